"""Entitling: what an order gives before anything is claimed."""

from adjudicator.entitling.answers import (
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
from adjudicator.entitling.entitlements import entitlements, entitlements_document, entitlements_of
from adjudicator.entitling.inquiry import OrderInquiry, load_inquiry

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
