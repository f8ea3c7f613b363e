"""Personal data: declared field by field, and hidden from readers whom it does not concern."""

from __future__ import annotations

from enum import StrEnum


class Personal(StrEnum):
    """The people a field reveals something about. Explanations show it only to the people concerned."""

    IDENTITY = "identity"
    ADDRESS = "address"
    WAYBILL = "waybill"
    DOCUMENT = "document"
    INTERNAL = "internal"
