"""Admission cases for tests: a valid one, and other values for its facts."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from adjudicator.testing import variations

IN_ORDER: Final[dict[str, Any]] = {
    "id": "application-1",
    "policy": "douyin_alliance.admission",
    "as_of": "2024-08-01T12:00:00+08:00",
    "shop": {
        "id": "shop-1",
        "opened": True,
        "state": "normal",
        "account_in_good_standing": True,
        "order_amount_30_days": 1,
        "shop_score": "4.11",
        "positive_review_rate": "75.01",
        "warehouse_check_passed": True,
        "alliance_platform_connected": True,
        "erp_connected": True,
        "penalties": [],
        "controller_shops": {"listed_serious_penalty": False, "grave_danger": False},
        "openings_so_far": 2,
    },
    "product": {"id": "product-1", "virtual": False},
}


def penalty(imposed_at: str, rule: str = "evasive_information") -> list[dict[str, str]]:
    """A penalty of the shop."""
    return [{"rule": rule, "imposed_at": imposed_at}]


MATTERS_LITTLE: Final = {
    "/product/virtual": (True,),
    "/shop/order_amount_30_days": (2, 100_000),
    "/shop/shop_score": ("4.1000000001", "5", "4.5"),
    "/shop/positive_review_rate": ("75.000001", "100"),
    "/shop/penalties": (
        penalty("2023-08-01T23:59:59.999999+08:00"),
        penalty("2024-07-31T00:00:00Z", "other"),
        [],
    ),
    "/shop/openings_so_far": (0, 1),
    "/as_of": ("2024-12-31T23:59:59Z",),
}
NOT_KNOWN: Final = {
    **{f"/shop/{name}": (None,) for name in IN_ORDER["shop"] if name != "id"},
    "/shop/controller_shops/grave_danger": (None,),
    "/shop/controller_shops/listed_serious_penalty": (None,),
    "/product/virtual": (None, True),
}
FAILS: Final = {
    "/shop/opened": (False,),
    "/shop/state": ("restricted", "closing", "closed"),
    "/shop/account_in_good_standing": (False,),
    "/shop/order_amount_30_days": (0,),
    "/shop/shop_score": ("4.1", "4.10", "0"),
    "/shop/positive_review_rate": ("75", "75.000", "0"),
    "/shop/warehouse_check_passed": (False,),
    "/shop/alliance_platform_connected": (False,),
    "/shop/erp_connected": (False,),
    "/shop/penalties": (penalty("2023-08-02T00:00:00+08:00"), penalty("2024-08-01T12:00:00+08:00")),
    "/shop/controller_shops": ({"listed_serious_penalty": True}, {"grave_danger": True}, {"grave_danger": False}),
    "/shop/openings_so_far": (3, 4),
    "/product/virtual": (True, None),
}


EVERYTHING: Final = {
    place: (*MATTERS_LITTLE.get(place, ()), *NOT_KNOWN.get(place, ()), *FAILS.get(place, ()))
    for place in {**MATTERS_LITTLE, **NOT_KNOWN, **FAILS}
    if place.count("/") == 2
}
APPLICATIONS: Final = (
    (MATTERS_LITTLE, (0, 1, 2, 3)),
    ({place: values for place, values in NOT_KNOWN.items() if place != "/shop/controller_shops"}, (0, 1, 2, 3)),
    (EVERYTHING, (1, 2, 6)),
)
"""The kinds of changes in generated cases, and their number: none, unknown facts, or any values."""


def admission_documents() -> st.SearchStrategy[dict[str, Any]]:
    """Valid admission cases of all kinds."""
    return st.one_of(*(variations(IN_ORDER, others, changes=counts) for others, counts in APPLICATIONS))
