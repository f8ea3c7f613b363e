"""Cases of virtual goods for tests: a valid one of each kind, and other values for their facts."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from adjudicator.testing import variations

LISTING: Final = "pinduoduo.virtual_listing"
DISPATCH: Final = "pinduoduo.virtual_dispatch"
ARRIVAL: Final = "pinduoduo.virtual_arrival"

YES_NO_OR_UNKNOWN: Final = (True, False, None)

# Listing

A_LISTING: Final[dict[str, Any]] = {
    "id": "listing-1",
    "policy": LISTING,
    "as_of": "2022-08-01T12:00:00+08:00",
    "shop": {
        "id": "shop-1",
        "type": "enterprise",
        "agreement_accepted": True,
        "entry_review_passed": True,
        "virtual_deposit": 1_000_000,
        "operations_contact_complete": True,
        "diverts_users": False,
        "hoards_users": False,
        "unconfirmed_pushes": False,
        "reply_rate": "92.5",
        "required_reply_rate": "90",
    },
    "product": {
        "id": "product-1",
        "category": "top_up_centre",
        "goods": "phone_credit",
        "follows_platform_rules": True,
        "direct_top_up": True,
        "through_api": True,
        "api": {
            "trades_there": True,
            "supplies_there": False,
            "authorised": True,
            "reviewed": True,
            "price_advantage": True,
        },
        "fulfilment_days": 15,
        "validity_days": 15,
        "rental_days": 15,
        "mass_market_brand": False,
        "longer_term_approved": False,
        "fully_bindable": False,
        "needs_app_download": True,
        "asks_for_number": True,
        "regional": False,
        "open_nationwide": True,
    },
}
DAYS: Final = (1, 15, 16, 30, None)
OF_A_LISTING: Final[dict[str, tuple[Any, ...]]] = {
    "/as_of": ("2018-10-24T00:00:00+08:00", "2023-12-31T23:59:59Z"),
    "/shop/type": ("individual", None),
    **{
        f"/shop/{name}": (False, None)
        for name in ("agreement_accepted", "entry_review_passed", "operations_contact_complete")
    },
    **{f"/shop/{name}": (True, None) for name in ("diverts_users", "hoards_users", "unconfirmed_pushes")},
    "/shop/virtual_deposit": (999_999, 1_000_001, 0, None),
    "/shop/reply_rate": ("90", "90.0", "89.9999999", "100", None),
    "/shop/required_reply_rate": ("92.5", "92.50", "92.5000001", "0", None),
    "/product/category": ("outside", "travel", "games", "other", None),
    "/product/goods": ("offline_service", "stored_value", "account_rental", "internet_phone", "video", "other", None),
    "/product/api": (None, {"trades_there": False, "supplies_there": True, "authorised": True}),
    **{f"/product/{name}": DAYS for name in ("fulfilment_days", "validity_days", "rental_days")},
    **{
        f"/product/{name}": YES_NO_OR_UNKNOWN
        for name in (
            "follows_platform_rules",
            "direct_top_up",
            "through_api",
            "mass_market_brand",
            "longer_term_approved",
            "fully_bindable",
            "needs_app_download",
            "asks_for_number",
            "regional",
            "open_nationwide",
        )
    },
}
OF_ITS_API: Final = {
    f"/product/api/{name}": YES_NO_OR_UNKNOWN
    for name in ("trades_there", "supplies_there", "authorised", "reviewed", "price_advantage")
}


def listing_documents() -> st.SearchStrategy[dict[str, Any]]:
    """Valid listings of all kinds."""
    of_the_api = {**OF_ITS_API, "/shop/type": ("individual", None), "/product/through_api": (None,)}
    return st.one_of(
        variations(A_LISTING, OF_A_LISTING, changes=(0, 1, 2, 3)),
        variations(A_LISTING, of_the_api, changes=(1, 2, 3)),
        variations(A_LISTING, OF_A_LISTING, changes=(6, 12)),
    )


# Dispatch

FORMED: Final = "2022-07-31T12:30:00+08:00"
NOT_DISPATCHED: Final = {"happened": False}
A_DISPATCH: Final[dict[str, Any]] = {
    "id": "dispatch-1",
    "policy": DISPATCH,
    "as_of": "2022-08-01T12:00:00+08:00",
    "order": {"id": "order-1", "placed_at": "2022-07-31T12:00:00+08:00", "formed_at": FORMED},
    "goods": {
        "physical": False,
        "custom": True,
        "commitment": "hours_24",
        "agreed_otherwise": False,
        "agreed_days": None,
        "ordinary_hours": 48,
    },
    "dispatch": {
        "happened": True,
        "at": "2022-08-01T11:00:00+08:00",
        "through": "order_page",
        "found_false": False,
    },
    "out_of_stock": False,
}
OF_A_DISPATCH: Final[dict[str, tuple[Any, ...]]] = {
    "/as_of": (
        "2022-08-01T12:30:00+08:00",
        "2022-08-01T12:30:00.000001+08:00",
        "2022-08-02T12:30:00+08:00",
        "2022-08-10T23:59:59.999999+08:00",
        "2022-08-11T00:00:00+08:00",
        "2022-09-01T00:00:00Z",
    ),
    "/order/formed_at": (None, "2022-07-31T12:00:00+08:00", "2022-09-30T00:00:00+08:00"),
    "/goods/physical": (True, None),
    "/goods/custom": (False, None),
    "/goods/commitment": ("hours_48", "agreed", None),
    "/goods/ordinary_hours": (1, 24, None),
    "/dispatch": (
        None,
        NOT_DISPATCHED,
        {"happened": True},
        {"at": "2022-08-01T11:00:00+08:00"},
        {"through": "logistics"},
        {"happened": True, "at": "2022-08-01T11:00:00+08:00", "through": "logistics", "found_false": True},
        {"happened": True, "at": "2022-07-31T12:10:00+08:00", "through": "batch_import", "found_false": False},
    ),
    "/out_of_stock": (True, None),
}
OTHERWISE_AGREED: Final = {
    **A_DISPATCH,
    "goods": {**A_DISPATCH["goods"], "commitment": "agreed", "agreed_otherwise": True, "agreed_days": 3},
}


def dispatch_documents() -> st.SearchStrategy[dict[str, Any]]:
    """Valid dispatches of all kinds."""
    not_yet = {**A_DISPATCH, "dispatch": NOT_DISPATCHED}
    return st.one_of(
        variations(A_DISPATCH, OF_A_DISPATCH, changes=(0, 1, 2, 3)),
        variations(not_yet, {**OF_A_DISPATCH, "/goods/agreed_otherwise": (None,)}, changes=(0, 1, 2, 3)),
        variations(OTHERWISE_AGREED, {**OF_A_DISPATCH, "/goods/agreed_days": (1, 9, 3650, None)}, changes=(0, 1, 2)),
    )


# Arrival


def a_piece(kind: str, evidence_id: str = "E1", **changes: Any) -> dict[str, Any]:
    """A piece of evidence about the top-up."""
    return {
        "id": evidence_id,
        "kind": kind,
        "submitted_by": "consumer",
        "submitted_at": "2022-08-01T11:00:00+08:00",
        "verification": "verified",
        **changes,
    }


def some_feedback(shows: str, evidence_id: str = "E1", **changes: Any) -> dict[str, Any]:
    """Official feedback about the ordered account."""
    about = {"platform": "QQ", "account": "10001", "observed_at": "2022-08-01T10:00:00+08:00"}
    return a_piece("official_feedback", evidence_id, shows=shows, **{**about, **changes})


A_SCREENSHOT: Final = a_piece("merchant_screenshot", "E8", submitted_by="merchant", shows="arrived")
PROOF_OF_DISPATCH: Final = a_piece("dispatch_proof", "E9", submitted_by="merchant", dispatched_at=FORMED)
AN_ARRIVAL: Final[dict[str, Any]] = {
    "id": "arrival-1",
    "policy": ARRIVAL,
    "as_of": "2022-08-01T12:00:00+08:00",
    "claim": {"id": "claim-1", "filed_at": "2022-08-01T09:00:00+08:00"},
    "order": {"id": "order-1", "placed_at": "2022-07-31T12:00:00+08:00"},
    "top_up": {"account_platform": "qq", "account": "10001"},
    "evidence": [some_feedback("not_arrived"), PROOF_OF_DISPATCH],
    "evidence_closes_at": None,
}
OF_AN_ARRIVAL: Final[dict[str, tuple[Any, ...]]] = {
    "/as_of": ("2022-12-31T23:59:59Z",),
    "/top_up/account_platform": ("another", "  QQ ", None),
    "/top_up/account": ("10002", None),
    "/evidence_closes_at": ("2022-08-01T12:00:00+08:00", "2022-08-01T11:59:59.999999+08:00", "2022-08-09T00:00:00Z"),
    "/evidence": (
        [],
        [A_SCREENSHOT],
        [some_feedback("arrived")],
        [some_feedback("arrived", verification="unverified")],
        [some_feedback("not_arrived", verification="unverified"), A_SCREENSHOT],
        [some_feedback("not_arrived"), some_feedback("arrived", "E2", verification="unverified")],
        [some_feedback("not_arrived"), some_feedback("arrived", "E2")],
        [some_feedback("not_arrived"), some_feedback("arrived", "E2", observed_at="2022-08-01T10:00:00.000001+08:00")],
        [some_feedback("not_arrived", observed_at=None), some_feedback("arrived", "E2", verification=None)],
        [some_feedback("unclear"), some_feedback("arrived", "E2", verification="rejected")],
        [a_piece("other", description="A chat.")],
        [some_feedback("not_arrived"), a_piece("dispatch_proof", "E2", dispatched_at="2022-08-01T10:00:00+08:00")],
        [
            some_feedback("not_arrived"),
            a_piece("dispatch_proof", "E2", dispatched_at="2022-08-01T10:30:00+08:00", verification="unverified"),
        ],
        [some_feedback("arrived"), some_feedback("not_arrived", "E2", observed_at="2022-08-01T10:00:00.000001+08:00")],
    ),
}
OF_THE_FEEDBACK: Final[dict[str, tuple[Any, ...]]] = {
    "/evidence/0/platform": ("WeChat", "qQ ", None),
    "/evidence/0/account": ("10002", None),
    "/evidence/0/observed_at": ("2022-07-31T12:00:00+08:00", "2022-07-31T11:59:59.999999+08:00", None),
    "/evidence/0/shows": ("arrived", "unclear"),
    "/evidence/0/verification": ("unverified", "rejected", None),
}


def arrival_documents() -> st.SearchStrategy[dict[str, Any]]:
    """Valid claims about a top-up, of all kinds."""
    beside = {place: values for place, values in OF_AN_ARRIVAL.items() if place != "/evidence"}
    return st.one_of(
        variations(AN_ARRIVAL, OF_AN_ARRIVAL, changes=(0, 1, 2, 3)),
        variations(AN_ARRIVAL, {**OF_THE_FEEDBACK, **beside}, changes=(0, 1, 2, 3)),
    )
