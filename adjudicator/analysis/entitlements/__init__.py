"""Entitlements: what a buyer can claim under an order before filing anything."""

from adjudicator.analysis.entitlements.guarantees import entitlements, entitlements_document, entitlements_of
from adjudicator.analysis.entitlements.inquiry import OrderInquiry, load_inquiry
from adjudicator.analysis.entitlements.results import (
    Against,
    Amount,
    Answer,
    Entitlement,
    Entitlements,
    Freight,
    Maximum,
    Missing,
    Needed,
    Status,
    Term,
    Together,
)

__all__ = [
    "Against",
    "Amount",
    "Answer",
    "Entitlement",
    "Entitlements",
    "Freight",
    "Maximum",
    "Missing",
    "Needed",
    "OrderInquiry",
    "Status",
    "Term",
    "Together",
    "entitlements",
    "entitlements_document",
    "entitlements_of",
    "load_inquiry",
]
