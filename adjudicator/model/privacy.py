"""What makes a field personal: declared where the field is, and read by whoever tells a case or a decision to somebody."""

from __future__ import annotations

from enum import StrEnum


class Personal(StrEnum):
    """What a field tells of someone. Explanations tell it to those alone whom it concerns."""

    IDENTITY = "identity"
    ADDRESS = "address"
    WAYBILL = "waybill"
    DOCUMENT = "document"
    INTERNAL = "internal"
