"""The seven-day return: its days, its exceptions, its requests, and its amounts."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from adjudicator import ClaimDecision, Instant, decide
from adjudicator.claims import Paid
from adjudicator.law import Minor
from adjudicator.model.enumerations import Service, SettlementKind
from adjudicator.model.order import Parcel
from adjudicator.testing import AS_OF, a_parcel, a_settlement
from consumer_law import seven_day_return
from consumer_law.case import GoodsClass, ReturnLine
from returns import a_return, a_returned_line

LATER = Instant.parse("2022-05-01T12:00:00+08:00")


def asked(decision: ClaimDecision) -> list[tuple[str, str]]:
    """Who is asked for what."""
    return [(each.to, each.need) for each in decision.requests]


def against(decision: ClaimDecision) -> list[str]:
    """The clauses that defeat the claim."""
    return [each.clause for each in decision.findings if each.effect == "defeats"]


def reasons(decision: ClaimDecision) -> set[str]:
    """The reason of each clause."""
    return {each.because.code for each in decision.findings}


@pytest.mark.parametrize(
    ("filed_at", "outcome"),
    [
        ("2022-03-26T18:29:59+08:00", "approved"),
        ("2022-04-02T23:59:59+08:00", "approved"),
        ("2022-04-03T00:00:00+08:00", "denied"),
        ("2022-04-02T15:59:59Z", "approved"),
        ("2022-04-02T16:00:00Z", "denied"),
    ],
)
def test_seven_days_end_at_midnight_in_beijing(filed_at: str, outcome: str) -> None:
    """The day of receipt is not counted. A claim before receipt is not late once the goods have arrived."""
    assert decide(a_return(as_of=LATER, filed_at=Instant.parse(filed_at))).outcome == outcome


def test_the_last_parcel_counts() -> None:
    """While one parcel is on its way it is too early to decide, and the carrier is asked."""
    case = a_return()
    second = a_parcel("L1", waybill_no="W2", signed_at=None)
    split = evolve(case, order=evolve(case.order, parcels=(*case.order.parcels, second)))
    assert asked(decide(split)) == [("carrier", "signing_time")]
    signed_at = Instant.parse("2022-03-29T08:00:00+08:00")
    arrived = (evolve(second, signed_at=signed_at), *case.order.parcels)
    (deadline,) = decide(evolve(case, as_of=LATER, order=evolve(case.order, parcels=arrived))).deadlines
    assert deadline.starts_at == signed_at


@pytest.mark.parametrize(
    ("parcels", "accepts"),
    [
        ((a_parcel("L1", signed_at=None),), {"/order/parcels/0/signed_at": ()}),
        ((), {"/order/parcels/-/line_ids": ("L1",), "/order/parcels/-/signed_at": ()}),
    ],
)
def test_the_carrier_is_asked_when_the_goods_were_signed_for(
    parcels: tuple[Parcel, ...], accepts: dict[str, tuple[str, ...]]
) -> None:
    """For the existing parcel, or for a new one. Until then the goods have not been received."""
    case = a_return()
    decision = decide(evolve(case, order=evolve(case.order, parcels=parcels)))
    assert [(each.need, each.accepts) for each in decision.requests] == [("signing_time", (accepts,))]
    assert "claimed_within_seven_days.not_received" in reasons(decision)


def test_goods_signed_for_in_the_future_are_not_received() -> None:
    """Once they are signed for, the claim is in time."""
    case = a_return()
    signed_at = Instant.parse("2022-03-29T08:00:00+08:00")
    ahead = decide(evolve(case, order=evolve(case.order, parcels=(a_parcel("L1", signed_at=signed_at),))))
    assert (ahead.outcome, ahead.reconsider_at) == ("needs_information", signed_at)


@pytest.mark.parametrize(
    ("line", "clause"),
    [
        (a_returned_line(goods=GoodsClass.MADE_TO_ORDER), "made_to_order"),
        (a_returned_line(goods=GoodsClass.PERISHABLE), "fresh_and_perishable"),
        (a_returned_line(goods=GoodsClass.DIGITAL, sealed=False), "unsealed_digital_goods"),
        (a_returned_line(goods=GoodsClass.PERIODICAL), "newspapers_and_periodicals"),
        (a_returned_line(goods=GoodsClass.UNFIT_FOR_RETURN, exclusion_confirmed=True), "excluded_at_purchase"),
    ],
)
def test_an_exception_turns_the_return_down(line: ReturnLine, clause: str) -> None:
    """Each alone, and by its own clause."""
    decision = decide(a_return(line))
    assert (decision.outcome, against(decision)) == ("denied", [clause])


@pytest.mark.parametrize(
    "line",
    [
        a_returned_line(sealed=False, exclusion_confirmed=True),
        a_returned_line(goods=GoodsClass.DIGITAL, sealed=True),
        a_returned_line(goods=GoodsClass.UNFIT_FOR_RETURN, exclusion_confirmed=False),
    ],
)
def test_goods_that_almost_meet_an_exception_can_be_returned(line: ReturnLine) -> None:
    """Ordinary goods may be opened, and an exception must have been confirmed at purchase."""
    assert decide(a_return(line)).outcome == "approved"


def test_the_platform_is_asked_only_for_what_matters() -> None:
    """For digital goods whether they are sealed, for unsuitable ones what was confirmed, for ordinary ones nothing."""

    def places(goods: GoodsClass | None) -> set[str]:
        requests = decide(a_return(a_returned_line(goods=goods))).requests
        assert {each.to for each in requests} <= {"platform"}
        return {place.rpartition("/")[2] for each in requests for accepted in each.accepts for place in accepted}

    assert places(None) == {"goods", "sealed", "exclusion_confirmed"}
    assert places(GoodsClass.DIGITAL) == {"sealed"}
    assert places(GoodsClass.UNFIT_FOR_RETURN) == {"exclusion_confirmed"}
    assert places(GoodsClass.ORDINARY) == places(GoodsClass.PERISHABLE) == set()


@pytest.mark.parametrize(
    ("goods_back", "intact", "wanted"),
    [
        (None, None, [("consumer", "goods_back")]),
        (False, None, [("consumer", "goods_back")]),
        (True, None, [("merchant", "condition_of_the_goods")]),
        (True, True, []),
    ],
)
def test_the_merchant_is_asked_once_the_goods_are_back(
    goods_back: bool | None, intact: bool | None, wanted: list[tuple[str, str]]
) -> None:
    """Before that, the consumer is asked to send them. Nothing is paid while something is asked for."""
    decision = decide(a_return(goods_back=goods_back, intact=intact))
    assert asked(decision) == wanted
    assert bool(decision.total) == (not wanted)
    assert ("goods_are_back.not_back" in reasons(decision)) == (not goods_back)


@pytest.mark.parametrize(
    ("goods_back", "intact", "goods", "outcome"),
    [
        (None, None, GoodsClass.ORDINARY, "denied"),
        (True, None, GoodsClass.ORDINARY, "manual_review"),
        (True, True, None, "manual_review"),
    ],
)
def test_after_closing_missing_evidence_counts_against_the_party_that_owed_it(
    goods_back: bool | None, intact: bool | None, goods: GoodsClass | None, outcome: str
) -> None:
    """If the goods were never sent back, the claim is denied. If merchant or platform owe evidence, a person decides."""
    line = a_returned_line(goods=goods)
    case = a_return(line, goods_back=goods_back, intact=intact, evidence_closes_at=Instant(AS_OF - 1))
    decision = decide(case)
    assert decision.outcome == outcome
    assert ("goods_are_back.not_back" in reasons(decision)) == (not goods_back)


def test_worn_goods_are_not_refunded() -> None:
    """They are not intact."""
    decision = decide(a_return(intact=False))
    assert (decision.outcome, against(decision)) == ("denied", ["goods_are_intact"])


def test_another_service_can_be_changed_while_there_is_time() -> None:
    """The consumer gets a deadline; afterwards it is too late."""
    case = a_return(service=Service.REFUND_ONLY)
    (request,) = decide(case).requests
    assert (request.need, str(request.due_at)) == ("refile", "2022-04-02T23:59:59.999999+08:00")
    assert decide(evolve(case, as_of=LATER)).outcome == "denied"


def test_the_price_comes_back_without_postage() -> None:
    """The share of two of three units, after price adjustments and earlier refunds, rounded up."""
    line = a_returned_line(quantity=3, goods_paid=10_000)
    case = a_return(line, settlements=(a_settlement(1_000, SettlementKind.PRICE_ADJUSTMENT),))
    two = evolve(case, claim=evolve(case.claim, items=(evolve(case.claim.items[0], quantity=2),)))
    assert decide(two).total == 6_000
    assert decide(evolve(two, settlements=(a_settlement(5_000),))).total == 5_000
    assert decide(evolve(two, settlements=(a_settlement(5_000, claim_id="A1"),))).total == 1_667
    assert [each.kind for each in decide(two).awards] == ["refund"]


@pytest.mark.parametrize(
    ("paid_before", "units"),
    [
        ({}, 2),
        ({"amount": 1, "units": 1, "claim_id": "A1"}, 1),
        ({"amount": 3_334, "claim_id": "A1"}, 1),
        ({"amount": 3_335, "claim_id": "A1"}, 0),
        ({"amount": 0, "claim_id": "A1"}, 2),
        ({"amount": 3_334, "units": 1}, 2),
    ],
)
def test_the_award_says_how_many_units_it_refunds(paid_before: dict[str, Any], units: int) -> None:
    """Two of three units, less those that this claim was refunded before: as stated, or else by the amount."""
    settlements = (a_settlement(**paid_before),) if paid_before else ()
    case = a_return(a_returned_line(quantity=3, goods_paid=10_000), settlements=settlements)
    two = evolve(case, claim=evolve(case.claim, items=(evolve(case.claim.items[0], quantity=2),)))
    assert [each.units for each in decide(two).awards] == [units]


def test_a_refund_above_the_price_was_for_the_whole_line() -> None:
    """A later price adjustment can bring the price below what was refunded."""
    refund = Paid(Minor(7_000), None)
    assert [seven_day_return.units_refunded(refund, Minor(price), 3) for price in (0, 6_999, 7_000)] == [3, 3, 3]


def test_a_refund_of_the_price_of_more_units_than_cents_was_for_the_fewest_units() -> None:
    """One unit's share of one cent is a cent already."""
    assert [seven_day_return.units_refunded(Paid(Minor(paid), None), Minor(1), 3) for paid in (0, 1, 2)] == [0, 1, 3]


@pytest.mark.parametrize(("free_return", "remark"), [(None, "consumer"), (False, "consumer"), (True, "merchant")])
def test_the_freight_of_the_return_is_the_consumers_unless_agreed(free_return: bool | None, remark: str) -> None:
    """The decision says who pays it."""
    codes = {each.code for each in decide(a_return(free_return=free_return)).remarks}
    assert codes & {"consumer_pays_the_return", "merchant_pays_the_return"} == {f"{remark}_pays_the_return"}


@pytest.mark.parametrize(("goods_back", "is_told"), [(True, True), (None, False)])
def test_a_remark_names_the_merchants_seven_days_once_it_owes_the_price(goods_back: bool | None, is_told: bool) -> None:
    """For one unit or many, but not before the goods are back."""
    codes = [each.code for each in decide(a_return(goods_back=goods_back)).remarks]
    assert ("price_is_due_in_seven_days" in codes) is is_told
