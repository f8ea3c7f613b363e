"""Personal fields: declared with the field, and respected wherever a case or a decision is shown to somebody."""

from __future__ import annotations

from enum import StrEnum


class Personal(StrEnum):
    """Whom a field reveals something about. Explanations show it only to the people concerned."""

    IDENTITY = "identity"
    ADDRESS = "address"
    WAYBILL = "waybill"
    DOCUMENT = "document"
    INTERNAL = "internal"
