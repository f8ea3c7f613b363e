"""Cases of the rulebooks other than the guarantees, and for ranges of values where the rule says that the answer changes."""

from __future__ import annotations

from typing import Any, Final

from attrs import frozen

from adjudicator.testing import Json
from admissions import IN_ORDER, penalty
from oracle.edges import put
from proving.clearance_cases import CLEARANCE
from proving.trading_cases import OFF_PLATFORM
from proving.virtual_cases import ARRIVAL, DISPATCH, LISTING
from tasks import CONFIRMED, task

NOT_YET: Final = {"happened": False}


def happened(at: str | None) -> Json:
    """An event."""
    return {"happened": True, "at": at}


def day(of: str, time: str = "00:00:00") -> str:
    """An instant in Beijing."""
    return f"{of}T{time}+08:00"


def changed(document: Json, changes: Json) -> Json:
    """A copy of the case with other values at some paths."""
    for place, value in changes.items():
        document = put(document, place, value)
    return document


TRADING: Final[Json] = {
    "id": "case-1",
    "policy": OFF_PLATFORM,
    "as_of": day("2024-03-31", "12:00:00"),
    "opened_at": day("2024-03-01", "09:00:00"),
    "incidents": [
        {
            "id": "I1",
            "act": "payment",
            "happened_at": day("2024-02-20"),
            "begun_by": "merchant",
            "official": False,
            "problems": [],
            "risks": [],
            "prohibited_goods": False,
            "other_violation": False,
            "grave_threat": False,
        }
    ],
    "shop": {
        "id": "shop-1",
        "deposit": {
            "standard": 1_000_000,
            "balance": 1_000_000,
            "top_ups": [{"amount": 10_000_000, "paid_at": day("2024-03-05", "10:00:00")}],
            "raised": True,
        },
        "earlier_findings": [],
        "notice": happened(day("2024-03-05", "09:30:00")),
        "written_promise": happened(day("2024-03-05", "10:00:00")),
        "closing": NOT_YET,
        "exit_application": NOT_YET,
    },
}
"""A payment outside the platform, remedied completely on the day of the notice."""

IN_CLOSING: Final = {"/shop/closing": happened(day("2024-01-10", "23:59:59"))}
TWICE: Final = {"/shop/earlier_findings": [{"id": "F1", "notice": happened(day("2024-02-01"))}]}

CHECKED: Final[Json] = {
    "id": "check-1",
    "policy": CLEARANCE,
    "as_of": IN_ORDER["as_of"],
    "checked": {
        "of": "merchant",
        "state": "cleared",
        "virtual": False,
        "brand_papers_in_order": True,
        "found_unfit": False,
    },
    "shop": {**IN_ORDER["shop"], "experience_score": "3.5"},
}
PROMOTED: Final = {"/checked/state": "promoted"}

LISTED: Final[Json] = {
    "id": "listing-1",
    "policy": LISTING,
    "as_of": day("2024-03-01", "12:00:00"),
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
        "reply_rate": "80",
        "required_reply_rate": "80",
    },
    "product": {
        "id": "product-1",
        "category": "other",
        "goods": "other",
        "follows_platform_rules": True,
        "through_api": False,
        "regional": False,
    },
}
TRAVEL: Final = {"/product/category": "travel"}
SERVICE: Final = {"/product/goods": "offline_service"}
STORED: Final = {"/product/goods": "stored_value", "/product/longer_term_approved": True}
FOR_THE_MASSES: Final = {**STORED, "/product/mass_market_brand": True}
NOT_FOR_THE_MASSES: Final = {**STORED, "/product/mass_market_brand": False}
NOT_APPROVED: Final = {**FOR_THE_MASSES, "/product/longer_term_approved": False}
RENTED_OUT: Final = {"/product/goods": "account_rental", "/product/fully_bindable": False}
BOUND: Final = {**RENTED_OUT, "/product/fully_bindable": True}

SENT: Final[Json] = {
    "id": "dispatch-1",
    "policy": DISPATCH,
    "as_of": day("2024-04-01", "12:00:00"),
    "order": {
        "id": "order-1",
        "placed_at": day("2024-03-01", "10:00:00"),
        "formed_at": day("2024-03-01", "10:00:00"),
    },
    "goods": {
        "physical": False,
        "custom": True,
        "commitment": "agreed",
        "agreed_otherwise": False,
        "ordinary_hours": 72,
    },
    "dispatch": {
        "happened": True,
        "at": day("2024-03-01", "10:00:00"),
        "through": "order_page",
        "found_false": False,
    },
    "out_of_stock": False,
}
UNSENT: Final = {"/dispatch": NOT_YET, "/as_of": day("2024-03-01", "10:00:00")}
IN_24_HOURS: Final = {"/goods/commitment": "hours_24"}
IN_48_HOURS: Final = {"/goods/commitment": "hours_48"}
ORDINARY: Final = {"/goods/custom": False}
OTHER_DAYS: Final = {"/goods/agreed_otherwise": True, "/goods/agreed_days": 2}


def feedback(evidence_id: str, shows: str, observed_at: str | None, **changes: Any) -> Json:
    """Official feedback on the ordered account."""
    return {
        "id": evidence_id,
        "kind": "official_feedback",
        "submitted_by": "merchant",
        "submitted_at": day("2024-03-20"),
        "verification": "verified",
        "shows": shows,
        "platform": "QQ",
        "account": "10001",
        "observed_at": observed_at,
    } | changes


CLAIMED: Final[Json] = {
    "id": "arrival-1",
    "policy": ARRIVAL,
    "as_of": day("2024-03-20", "12:00:00"),
    "claim": {"id": "A1", "filed_at": day("2024-03-02")},
    "order": {"id": "order-1", "placed_at": day("2024-03-01", "10:00:00")},
    "top_up": {"account_platform": "QQ", "account": "10001"},
    "evidence": [],
    "evidence_closes_at": day("2024-03-25", "12:00:00"),
}
NOT_THERE: Final = feedback("E1", "not_arrived", day("2024-03-05"))
THERE: Final = feedback("E2", "arrived", day("2024-03-06"))
DISPATCHED: Final = {
    "id": "E3",
    "kind": "dispatch_proof",
    "submitted_by": "merchant",
    "submitted_at": day("2024-03-20"),
    "verification": "verified",
    "dispatched_at": day("2024-03-04"),
}
OBSERVED: Final = "/evidence/0/observed_at"


@frozen
class Range:
    """A case with changes, a path in it, the range of values, and the first value of each new answer."""

    name: str
    document: Json
    changes: Json
    place: str
    low: Any
    high: Any
    turns: tuple[Any, ...]

    def case(self) -> Json:
        """The case with its changes."""
        return changed(self.document, self.changes)


OPENED: Final = TRADING["opened_at"]
DECIDED: Final = TRADING["as_of"]
DAY_3_IS_OVER: Final = day("2024-03-09")
DAY_45_IS_OVER: Final = day("2024-02-25")
NOTICE, PROMISE, PAID = "/shop/notice/at", "/shop/written_promise/at", "/shop/deposit/top_ups/0/paid_at"
CLOSED, LEFT = "/shop/closing/at", "/shop/exit_application/at"
BALANCE, AMOUNT, STANDARD = "/shop/deposit/balance", "/shop/deposit/top_ups/0/amount", "/shop/deposit/standard"
DAY_OF_THE_TOP_UP: Final = day("2024-03-02")
"""The earliest day of notice for which a payment on the fifth was in time."""

OF_TRADING: Final = (
    Range("day 3 for the promise", TRADING, {}, PROMISE, day("2024-01-01"), DECIDED, (DAY_3_IS_OVER,)),
    Range("day 3 for the top-up", TRADING, {}, PAID, day("2024-01-01"), DECIDED, (DAY_3_IS_OVER,)),
    Range("the day of the notice", TRADING, {PROMISE: day("2024-03-20", "15:00:00")}, NOTICE, OPENED, DECIDED, (DAY_OF_THE_TOP_UP, day("2024-03-17"))),
    Range("day 3 while no promise is made", TRADING, {"/shop/written_promise": NOT_YET}, "/as_of", day("2024-03-05", "10:00:00"), DECIDED, (DAY_3_IS_OVER,)),
    Range("day 3 with nothing left to do", TRADING, {}, "/as_of", day("2024-03-05", "10:00:00"), DECIDED, ()),
    Range("day 3 of a serious case", TRADING, {"/incidents/0/grave_threat": True, PROMISE: DECIDED}, NOTICE, OPENED, DECIDED, (DAY_OF_THE_TOP_UP, day("2024-03-28"))),
    Range("day 45", TRADING, {**IN_CLOSING, CLOSED: day("2024-03-05"), "/shop/exit_application": NOT_YET}, "/as_of", DECIDED, day("2024-05-31"), (day("2024-04-20"),)),
    Range("day 45 for the application", TRADING, {**IN_CLOSING, "/shop/exit_application": happened(DECIDED)}, LEFT, day("2023-12-01"), DECIDED, (DAY_45_IS_OVER,)),
    Range("the day of closing", TRADING, {**IN_CLOSING, "/shop/exit_application": happened(DECIDED)}, CLOSED, day("2023-12-01"), DECIDED, (day("2024-02-15"),)),
    Range("the day of closing, nothing applied for", TRADING, IN_CLOSING, CLOSED, day("2023-12-01"), DECIDED, (day("2024-02-15"),)),
    Range("the last fen of the top-up", TRADING, {}, AMOUNT, 0, 20_000_000, (10_000_000,)),
    Range("the last fen of the balance", TRADING, {}, BALANCE, 0, 20_000_000, (1_000_000,)),
    Range("the last fen of the standard", TRADING, {}, STANDARD, 0, 20_000_000, (1_000_001,)),
    Range("the balance alone", TRADING, {"/shop/deposit/top_ups": []}, BALANCE, 0, 20_000_000, (11_000_000,)),
    Range("the old standard", TRADING, {"/shop/deposit/top_ups": [], "/shop/deposit/raised": False}, BALANCE, 0, 20_000_000, (1_000_000,)),
    Range("the shortfall", TRADING, {**TWICE, "/shop/deposit/top_ups": [], "/shop/deposit/raised": False}, BALANCE, 0, 20_000_000, (1_000_000, 11_000_000)),
    Range("an act after notice", TRADING, TWICE, "/incidents/0/happened_at", day("2023-12-01"), DECIDED, (day("2024-02-01", "00:00:00.000001"),)),
    Range("notice before an act", TRADING, TWICE, "/shop/earlier_findings/0/notice/at", day("2023-12-01"), OPENED, (day("2024-02-20"),)),
)  # fmt: skip

OF_CLEARANCE: Final = (
    Range("the fourth opening", CHECKED, {}, "/shop/openings_so_far", 0, 9, (3,)),
    Range("orders", CHECKED, {}, "/shop/order_amount_30_days", 0, 9, (1,)),
    Range("day 365", CHECKED, {"/shop/penalties": penalty(day("2023-01-01"))}, "/shop/penalties/0/imposed_at", day("2022-01-01"), CHECKED["as_of"], (day("2023-08-02"),)),
    Range("day 365 across a leap day", CHECKED, {"/shop/penalties": penalty(day("2024-02-28", "23:59:59"))}, "/as_of", CHECKED["as_of"], day("2026-01-01"), (day("2025-02-28"),)),
    Range("openings of one who is in", CHECKED, PROMOTED, "/shop/openings_so_far", 0, 9, ()),
)  # fmt: skip

OF_LISTING: Final = (
    Range("the deposit", LISTED, {}, "/shop/virtual_deposit", 0, 2_000_000, (1_000_000,)),
    Range("fulfilment of travel", LISTED, TRAVEL, "/product/fulfilment_days", 0, 400, (16,)),
    Range("fulfilment of offline services", LISTED, SERVICE, "/product/fulfilment_days", 0, 400, (16,)),
    Range("fulfilment of anything else", LISTED, {}, "/product/fulfilment_days", 0, 400, ()),
    Range("stored value", LISTED, NOT_FOR_THE_MASSES, "/product/validity_days", 1, 400, (16,)),
    Range("stored value of a mass-market brand", LISTED, FOR_THE_MASSES, "/product/validity_days", 1, 400, ()),
    Range("stored value not approved", LISTED, NOT_APPROVED, "/product/validity_days", 1, 400, (16,)),
    Range("stored value of who knows whom", LISTED, STORED, "/product/validity_days", 1, 400, (16,)),
    Range("rental", LISTED, RENTED_OUT, "/product/rental_days", 1, 400, (16,)),
    Range("rental of what can be bound", LISTED, BOUND, "/product/rental_days", 1, 400, ()),
    Range("goods of unknown kind", LISTED, {"/product/goods": None, "/product/direct_top_up": True, "/product/asks_for_number": True, "/product/needs_app_download": False, "/product/fulfilment_days": 15, "/product/validity_days": 15}, "/product/rental_days", 1, 400, (16,)),
)  # fmt: skip

SENT_AT: Final = "/dispatch/at"
PLACED: Final = SENT["order"]["placed_at"]
OF_DISPATCH: Final = (
    Range("24 hours", SENT, IN_24_HOURS, SENT_AT, PLACED, SENT["as_of"], (day("2024-03-02", "10:00:00.000001"),)),
    Range("48 hours", SENT, IN_48_HOURS, SENT_AT, PLACED, SENT["as_of"], (day("2024-03-03", "10:00:00.000001"),)),
    Range("10 days", SENT, {}, SENT_AT, PLACED, SENT["as_of"], (day("2024-03-12"),)),
    Range("2 days", SENT, OTHER_DAYS, SENT_AT, PLACED, SENT["as_of"], (day("2024-03-04"),)),
    Range("72 hours", SENT, ORDINARY, SENT_AT, PLACED, SENT["as_of"], (day("2024-03-04", "10:00:00.000001"),)),
    Range("24 hours, not sent", SENT, {**IN_24_HOURS, **UNSENT}, "/as_of", PLACED, SENT["as_of"], (day("2024-03-02", "10:00:00.000001"),)),
    Range("48 hours, not sent", SENT, {**IN_48_HOURS, **UNSENT}, "/as_of", PLACED, SENT["as_of"], (day("2024-03-03", "10:00:00.000001"),)),
    Range("10 days, not sent", SENT, UNSENT, "/as_of", PLACED, SENT["as_of"], (day("2024-03-12"),)),
    Range("not known what was promised", SENT, {**UNSENT, "/goods/commitment": None}, "/as_of", PLACED, SENT["as_of"], (day("2024-03-02", "10:00:00.000001"), day("2024-03-12"))),
    Range("days agreed", SENT, {**OTHER_DAYS, SENT_AT: day("2024-03-08", "23:59:59.999999")}, "/goods/agreed_days", 1, 20, (7,)),
    Range("hours of others", SENT, {**ORDINARY, SENT_AT: day("2024-03-02")}, "/goods/ordinary_hours", 1, 90, (14,)),
    Range("when the order came about", SENT, {**IN_24_HOURS, SENT_AT: day("2024-03-09")}, "/order/formed_at", PLACED, day("2024-05-01"), (day("2024-03-08"), day("2024-04-01", "12:00:00.000001"))),
)  # fmt: skip

OF_ARRIVAL: Final = (
    Range("the time for evidence", CLAIMED, {}, "/as_of", CLAIMED["as_of"], day("2024-04-01"), (day("2024-03-25", "12:00:00.000001"),)),
    Range("the end of that time", CLAIMED, {}, "/evidence_closes_at", day("2024-03-19"), day("2024-03-21"), (CLAIMED["as_of"],)),
    Range("feedback to verify", CLAIMED, {"/evidence": [THERE | {"verification": None}]}, "/as_of", CLAIMED["as_of"], day("2024-04-01"), (day("2024-03-25", "12:00:00.000001"),)),
    Range("feedback from before the order", CLAIMED, {"/evidence": [NOT_THERE]}, OBSERVED, day("2024-02-01"), CLAIMED["as_of"], (PLACED,)),
    Range("later feedback", CLAIMED, {"/evidence": [NOT_THERE, THERE]}, OBSERVED, day("2024-03-01", "10:00:00"), CLAIMED["as_of"], (day("2024-03-06"), day("2024-03-06", "00:00:00.000001"))),
    Range("later feedback that it had arrived", CLAIMED, {"/evidence": [THERE, NOT_THERE]}, OBSERVED, day("2024-02-01"), CLAIMED["as_of"], (day("2024-03-05"), day("2024-03-05", "00:00:00.000001"))),
    Range("feedback from before the dispatch", CLAIMED, {"/evidence": [NOT_THERE, DISPATCHED]}, OBSERVED, day("2024-02-01"), CLAIMED["as_of"], (day("2024-03-04", "00:00:00.000001"),)),
    Range("a dispatch after the feedback", CLAIMED, {"/evidence": [NOT_THERE, DISPATCHED]}, "/evidence/1/dispatched_at", PLACED, CLAIMED["as_of"], (day("2024-03-05"),)),
    Range("a dispatch to verify", CLAIMED, {"/evidence": [NOT_THERE, DISPATCHED | {"verification": None}]}, "/evidence/1/dispatched_at", PLACED, CLAIMED["as_of"], (day("2024-03-05"),)),
)  # fmt: skip

SET_FOR: Final = day("2024-05-03", "10:00:00")
SET: Final = task("accept_content", "client", *CONFIRMED, {"step": "set_publication", "set_for": SET_FOR})
SET_AT: Final = SET["history"][-1]["happened_at"]
OF_TASKS: Final = (
    Range("a set publication", SET, {}, "/as_of", SET["as_of"], day("2024-06-01"), (SET_FOR,)),
    Range("the time that is set", SET, {"/as_of": SET_FOR}, f"/history/{len(CONFIRMED)}/set_for", SET_AT, day("2024-06-01"), (day("2024-05-03", "10:00:00.000001"),)),
)  # fmt: skip

RANGES: Final = (*OF_TRADING, *OF_CLEARANCE, *OF_LISTING, *OF_DISPATCH, *OF_ARRIVAL, *OF_TASKS)
