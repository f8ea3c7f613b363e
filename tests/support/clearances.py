"""Checks of the Select Alliance for tests: a valid one of each kind, and other values for their facts."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from adjudicator.testing import variations
from admissions import FAILS, IN_ORDER, MATTERS_LITTLE, NOT_KNOWN

CLEARANCE: Final = "douyin_alliance.clearance"
A_MERCHANT: Final[dict[str, Any]] = {
    "id": "check-1",
    "policy": CLEARANCE,
    "as_of": IN_ORDER["as_of"],
    "checked": {
        "of": "merchant",
        "state": "promoted",
        "virtual": False,
        "brand_papers_in_order": True,
        "found_unfit": False,
    },
    "shop": {**IN_ORDER["shop"], "experience_score": "4.11"},
}
ONE_THAT_WAS_CLEARED: Final = {**A_MERCHANT, "checked": {**A_MERCHANT["checked"], "state": "cleared"}}
A_PRODUCT: Final = {**A_MERCHANT, "checked": {**A_MERCHANT["checked"], "of": "product", "product_id": "product-1"}}
ONE_THAT_MAY_RETURN: Final = {**A_PRODUCT, "checked": {**A_PRODUCT["checked"], "state": "cleared"}}
BASES: Final = (A_MERCHANT, ONE_THAT_WAS_CLEARED, A_PRODUCT, ONE_THAT_MAY_RETURN)


def of_the_shop(others: Any) -> dict[str, Any]:
    """The other values for the shop in an application, adapted to checks. The goods of the shop are the checked ones."""
    places = {"/checked/virtual" if place == "/product/virtual" else place: values for place, values in others.items()}
    return {place: values for place, values in places.items() if place.count("/") == 2}


OF_THE_CHECK: Final = {
    "/checked/brand_papers_in_order": (None, False),
    "/checked/found_unfit": (None, True),
    "/shop/experience_score": ("3.5", "3.50", "3.4999999999", "4.1", None),
}
SOME_CHANGED: Final = {**of_the_shop(MATTERS_LITTLE), **OF_THE_CHECK}
SOME_NOT_KNOWN: Final = {**of_the_shop(NOT_KNOWN), **OF_THE_CHECK}
SOME_FAIL: Final = {**of_the_shop(FAILS), **OF_THE_CHECK}


def clearance_documents() -> st.SearchStrategy[dict[str, Any]]:
    """Valid checks of all kinds."""
    return st.one_of(
        *(
            variations(base, others, changes=(0, 1, 2, 3))
            for base in BASES
            for others in (SOME_CHANGED, SOME_NOT_KNOWN, SOME_FAIL)
        )
    )
