"""Edges found by bisecting the oracle: the engine changes at the same microsecond, minor unit and unit of goods."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from attrs import field, frozen

from adjudicator import Instant
from adjudicator.model.case import Case
from adjudicator.model.claim import ClaimItem
from adjudicator.model.enumerations import Category, Channel, Demand, Service, SettlementKind, Verification
from adjudicator.model.evidence import Evidence
from adjudicator.model.order import OrderLine
from adjudicator.model.time import DAY
from adjudicator.testing import (
    FILED_AT,
    Json,
    a_case,
    a_claim,
    a_courier_statement,
    a_damage_photo,
    a_line,
    a_settlement,
    an_appraisal,
    an_order,
)
from adjudicator.wire.codec import dump_case
from admissions import IN_ORDER, penalty
from oracle import judge, judge_admission
from oracle.edges import bisect_edges, put, verdict
from proving.comparison import engine_decision, oracle_decision
from returns import a_return, a_returned_line

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
LOCAL_RETURN: Final = "douyin_global.local_return"

PLACED: Final = "2022-03-20T20:15:00+08:00"
LATE: Final = Instant.parse("2022-09-01T00:00:00+08:00")
UNVERIFIED: Final = Verification.UNVERIFIED


@frozen
class Range:
    """A case, a path in it, the range of values, and the number of edges the oracle has there (``None``: at least one)."""

    name: str
    case: Case
    place: str
    low: Any
    high: Any
    edges: int | None = field(default=1)


def of_units(quantity: int, *evidence: Evidence, policy: str = AUTHENTICITY, **line: Any) -> Case:
    """A claim for all units of one line."""
    return a_case(policy, *evidence, order=an_order(a_line(quantity=quantity, **line)))


def closing(policy: str, *evidence: Evidence, line: OrderLine | None = None, **claim: Any) -> Case:
    """A claim whose evidence closes ten days after filing."""
    order = an_order(line or a_line())
    return a_case(
        policy, *evidence, order=order, claim=a_claim(evidence_closes_at=Instant(FILED_AT + 10 * DAY), **claim)
    )


def settled(policy: str, kind: SettlementKind, evidence: Evidence, **changes: Any) -> Case:
    """A claim on an order with an earlier settlement."""
    return a_case(policy, evidence, settlements=(a_settlement(0, kind, **changes),))


def two_lines(*items: ClaimItem) -> Case:
    """A claim for both lines of an order as damaged; part of the other line may have been refunded before."""
    return a_case(
        DAMAGE,
        a_damage_photo(units_covered=3),
        order=an_order(a_line("L1", quantity=3, goods_paid=100), a_line("L2", goods_paid=50)),
        claim=a_claim(*items),
        settlements=(a_settlement(0, line_id="L2"), a_settlement(0, SettlementKind.PRICE_ADJUSTMENT, line_id="L2")),
    )


APPRAISED: Final = an_appraisal(units_covered=9)
SHOWN: Final = a_damage_photo(units_covered=9)
LATER: Final = str(Instant(FILED_AT + 20 * DAY))
FILED: Final = str(FILED_AT)
FIRST: Final = "/claim/items/0/quantity"
AMOUNT: Final = "/settlements/0/amount"
CLOSES: Final = Instant(FILED_AT + 10 * DAY)
OTHER_CHANNEL: Final = a_claim(filed_through=Channel.OTHER)

IN_TIME: Final = (
    Range("ninety days", a_case(AUTHENTICITY, APPRAISED, as_of=LATE), "/claim/filed_at", PLACED, str(LATE)),
    Range("success, which may be to come", a_case(AUTHENTICITY, APPRAISED, as_of=LATE, claim=a_claim(filed_at=LATE)),
          "/order/lines/0/completed_at", PLACED, "2023-01-01T00:00:00+08:00", 2),
    Range("refiling for authenticity", a_case(AUTHENTICITY, APPRAISED, claim=a_claim(demands=(Demand.REFUND,))),
          "/as_of", FILED, str(LATE)),
    Range("refiling until closing", closing(AUTHENTICITY, APPRAISED, filed_through=Channel.OTHER), "/as_of", FILED, LATER),
    *(
        Range(f"hours for {category}", a_case(DAMAGE, SHOWN, as_of=LATE, order=an_order(a_line(category=category))),
              "/claim/filed_at", PLACED, str(LATE), 1 if category else 2)
        for category in (*Category, None)
    ),
    Range("signing, which may be to come", a_case(DAMAGE, SHOWN, as_of=LATE, claim=a_claim(filed_at=LATE)),
          "/order/parcels/0/signed_at", PLACED, "2023-01-01T00:00:00+08:00", 2),
    *(
        Range(f"refiling for damage to {category}", a_case(DAMAGE, SHOWN, order=an_order(a_line(category=category)), claim=OTHER_CHANNEL),
              "/as_of", FILED, LATER)
        for category in (Category.FOOD, Category.OTHER, None)
    ),
)  # fmt: skip
CLOSING: Final = (
    Range("no proof", closing(AUTHENTICITY), "/as_of", FILED, LATER),
    Range("a report to verify", closing(AUTHENTICITY, an_appraisal(verification=UNVERIFIED)), "/as_of", FILED, LATER),
    Range("a brand to name", closing(AUTHENTICITY, an_appraisal(), line=a_line(brand=None)), "/as_of", FILED, LATER),
    Range("success to tell", closing(AUTHENTICITY, an_appraisal(), line=a_line(completed_at=None)), "/as_of", FILED, LATER),
    Range("no close-up", closing(DAMAGE), "/as_of", FILED, LATER),
    Range("half a close-up", closing(DAMAGE, a_damage_photo(leak=None)), "/as_of", FILED, LATER),
    Range("a statement to verify", closing(DAMAGE, a_courier_statement(verification=UNVERIFIED)), "/as_of", FILED, LATER),
    Range("a badge to tell", closing(DAMAGE, SHOWN, line=a_line(badges=None)), "/as_of", FILED, LATER),
    Range("no answer", closing(LOCAL_RETURN, merchant_reply=None), "/as_of", FILED, LATER),
    Range("closed before", closing(AUTHENTICITY), "/claim/evidence_closes_at", FILED, LATER),
)  # fmt: skip
MONEY: Final = (
    Range("what is asked for", a_case(AUTHENTICITY, APPRAISED), "/claim/requested_amount", 0, 400_000, 3),
    Range("what is asked for damage", a_case(DAMAGE, SHOWN), "/claim/requested_amount", 0, 40_000, 3),
    Range("what the goods cost", of_units(3, APPRAISED), "/order/lines/0/goods_paid", 0, 100),
    Range("what the damaged goods cost", of_units(3, a_damage_photo(), policy=DAMAGE), "/order/lines/0/goods_paid", 0, 100, None),
    Range("the tax", of_units(3, a_damage_photo(), policy=DAMAGE), "/order/lines/0/tax_paid", 0, 100),
    Range("the postage", of_units(3, APPRAISED), "/order/postage_paid", 0, 100),
    *(
        Range(f"{kind} before", settled(AUTHENTICITY, kind, APPRAISED), AMOUNT, 0, 300_000, edges)
        for kind, edges in (("refund", 1), ("compensation", 1), ("postage", 1), ("price_adjustment", 1), ("tax", 0))
        for kind in (SettlementKind(kind),)
    ),
    *(
        Range(f"{kind} before, under this claim", settled(AUTHENTICITY, kind, APPRAISED, claim_id="A1"), AMOUNT, 0, 300_000)
        for kind in (SettlementKind.REFUND, SettlementKind.COMPENSATION, SettlementKind.POSTAGE)
    ),
    *(
        Range(f"{kind} before the damage", settled(DAMAGE, kind, SHOWN), AMOUNT, 0, 60_000, None)
        for kind in (SettlementKind.REFUND, SettlementKind.TAX, SettlementKind.POSTAGE, SettlementKind.PRICE_ADJUSTMENT)
    ),
    Range("the other line refunded", two_lines(ClaimItem(line_id="L1", quantity=3)), AMOUNT, 0, 100),
    Range("the other line cheaper", two_lines(ClaimItem(line_id="L1", quantity=3)), "/settlements/1/amount", 0, 100),
)  # fmt: skip
UNITS: Final = (
    Range("units claimed", of_units(5, an_appraisal(units_covered=3)), FIRST, 1, 5, 3),
    Range("units appraised", of_units(5, an_appraisal()), "/evidence/0/units_covered", 1, 9, 4),
    Range("units shown", of_units(5, a_damage_photo(), policy=DAMAGE), "/evidence/0/units_covered", 1, 9, 4),
    Range("units stated", of_units(5, a_damage_photo(leak=None, units_covered=4), a_courier_statement("E2"), policy=DAMAGE),
          "/evidence/1/units_covered", 1, 9, 4),
    Range("units taken back", two_lines(ClaimItem(line_id="L1", quantity=3), ClaimItem(line_id="L2", quantity=1)), FIRST, 1, 3, 2),
    Range("units bought", of_units(4, APPRAISED), "/order/lines/0/quantity", 4, 9, 0),
    Range("units bought of the damaged", of_units(4, SHOWN, policy=DAMAGE), "/order/lines/0/quantity", 4, 9, 1),
    Range("units returned", of_units(4, policy=LOCAL_RETURN), FIRST, 1, 4, 3),
)  # fmt: skip


RETURNS: Final = (
    Range("seven days", a_return(as_of=LATE), "/claim/filed_at", PLACED, str(LATE)),
    Range("receipt, which may be to come", a_return(as_of=LATE, filed_at=LATE),
          "/order/parcels/0/signed_at", PLACED, "2023-01-01T00:00:00+08:00", 2),
    Range("changing to a return", a_return(service=Service.REFUND_ONLY), "/as_of", FILED, str(LATE)),
    Range("goods to send back", a_return(goods_back=False, evidence_closes_at=CLOSES), "/as_of", FILED, LATER),
    Range("goods to inspect", a_return(intact=None, evidence_closes_at=CLOSES), "/as_of", FILED, LATER),
    Range("a class to tell", a_return(a_returned_line(goods=None), evidence_closes_at=CLOSES), "/as_of", FILED, LATER),
    Range("what the returned goods cost", a_return(a_returned_line(quantity=3)), "/order/lines/0/goods_paid", 0, 100),
    Range("what is asked for a return", a_return(), "/claim/requested_amount", 0, 40_000, 1),
    Range("refunded before the return", a_return(settlements=(a_settlement(0),)), AMOUNT, 0, 60_000),
    Range("units sent back", a_return(a_returned_line(quantity=4)), FIRST, 1, 4, 3),
)  # fmt: skip


def written(case: Case) -> Json:
    """A case as the JSON that the oracle reads."""
    document: Json = json.loads(dump_case(case))
    return document


@pytest.mark.parametrize("at", [*IN_TIME, *CLOSING, *MONEY, *UNITS, *RETURNS], ids=lambda at: str(at.name))
def test_the_engine_turns_where_the_oracle_turns(at: Range) -> None:
    """Bisecting engine and oracle finds the same edges, and on both sides of each the whole decisions agree."""
    document = written(at.case)
    edges = bisect_edges(document, at.place, at.low, at.high, watch=verdict, decide=judge)
    assert len(edges) == at.edges or (at.edges is None and edges), edges
    assert bisect_edges(document, at.place, at.low, at.high, watch=verdict, decide=engine_decision) == edges
    for side in (at.low, *(side for edge in edges for side in edge), at.high):
        there = put(document, at.place, side)
        assert engine_decision(there) == oracle_decision(there), f"{at.place} = {side}"


def but_for_when(decision: Json) -> Json:
    """A decision without the time to look again, which changes with every step."""
    return {name: value for name, value in decision.items() if name != "reconsider_at"}


@pytest.mark.parametrize(
    ("place", "low", "high"),
    [
        ("/shop/penalties/0/imposed_at", "2022-01-01T00:00:00+08:00", "2024-08-01T12:00:00+08:00"),
        ("/as_of", "2024-08-01T12:00:00+08:00", "2026-08-01T12:00:00+08:00"),
        ("/shop/openings_so_far", 0, 9),
        ("/shop/order_amount_30_days", 0, 9),
    ],
)
def test_admission_turns_where_the_oracle_turns(place: str, low: Any, high: Any) -> None:
    """The same for admission: one edge each, found in engine and oracle."""
    imposed_at = "2024-02-29T10:00:00+08:00" if place == "/as_of" else "2023-01-01T00:00:00+08:00"
    document = put(IN_ORDER, "/shop/penalties", penalty(imposed_at))
    edges = bisect_edges(document, place, low, high, watch=but_for_when, decide=judge_admission)
    assert len(edges) == 1
    assert bisect_edges(document, place, low, high, watch=but_for_when, decide=engine_decision) == edges


@pytest.mark.parametrize("place", ["/shop/shop_score", "/shop/positive_review_rate"])
def test_a_score_is_exact_to_its_last_digit(place: str) -> None:
    """A threshold is strict: an equal value fails, however it is written, and the smallest step above it passes."""
    threshold = {"/shop/shop_score": "4.1", "/shop/positive_review_rate": "75.0"}[place]
    for text in (threshold, threshold + "0000", threshold + "000000001", "0"):
        document = put(IN_ORDER, place, text)
        assert engine_decision(document) == judge_admission(document), text
    assert judge_admission(put(IN_ORDER, place, threshold))["outcome"] == "refused"
    assert judge_admission(put(IN_ORDER, place, threshold + "000000001"))["outcome"] == "admitted"
