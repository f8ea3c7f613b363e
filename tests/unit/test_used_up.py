"""Compensation uses up a proof, and reversed payments do not count (readings R50 and R51)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from attrs import evolve

from adjudicator import ClaimDecision, decide, load_case
from adjudicator.model.award import AwardKind
from adjudicator.model.case import Case
from adjudicator.model.claim import ClaimItem, Settlement
from adjudicator.model.decision import Outcome
from adjudicator.model.enumerations import Conclusion, IssuerRole, SettlementKind, Verification
from adjudicator.model.errors import InputError
from adjudicator.model.evidence import Evidence, Issuer
from adjudicator.model.time import SECOND, Instant
from adjudicator.testing import (
    AS_OF,
    a_case,
    a_claim,
    a_damage_photo,
    a_line,
    a_settlement,
    an_appraisal,
    an_order,
    laws,
)
from adjudicator.wire.codec import case_document, case_from
from adjudicator.wire.pointer import put
from douyin_global import shared

AUTHENTICITY: Final = "douyin_global.authenticity"
FAULTS: Final = Path(__file__).parents[1] / "data" / "faults"
COMPENSATION: Final = SettlementKind.COMPENSATION


def compensated(amount: int, **changes: Any) -> Settlement:
    """Compensation paid for the line under an earlier claim."""
    return a_settlement(amount, COMPENSATION, **({"claim_id": "earlier"} | changes))


def two_units_for_80_00(
    *evidence: Evidence, claimed: int = 1, settlements: Iterable[Settlement] = (), **changes: Any
) -> ClaimDecision:
    """The decision on a claim for units of a line with two units for 80.00 in total."""
    order = an_order(a_line(quantity=2, goods_paid=8_000), postage_paid=0)
    claim = a_claim(ClaimItem(line_id="L1", quantity=claimed), **changes)
    return decide(a_case(AUTHENTICITY, *evidence, order=order, claim=claim, settlements=settlements))


def why(decision: ClaimDecision, clause: str = "counterfeit_is_proven") -> str:
    """The reason of a clause."""
    return next(each.because.code for each in decision.findings if each.clause == clause)


def needs(decision: ClaimDecision) -> list[tuple[str, str | None]]:
    """What is asked for, and about which document."""
    return [(each.need, each.evidence_id) for each in decision.requests]


def test_one_report_does_not_pay_a_second_unit_under_another_claim() -> None:
    """The reported bug: nothing is awarded, and more proof is asked for."""
    document = json.loads((FAULTS / "same-proof-second-claim.json").read_text("utf-8"))["case"]
    decision = decide(case_from(document))
    assert (decision.outcome, decision.total, decision.awards) == (Outcome.NEEDS_INFORMATION, 0, ())
    assert why(decision) == "counterfeit_is_proven.proof_used_up"
    (request,) = decision.requests
    assert (request.to, request.need) == ("consumer", "counterfeit_proof")
    assert {accepted["units_covered"] for accepted in request.accepts} == {(2,)}


def test_a_report_for_two_approves_the_second_unit() -> None:
    """Two are covered and one was paid for, so one is left, however many are claimed."""
    paid = [compensated(40_000)]
    one = two_units_for_80_00(an_appraisal(units_covered=2), settlements=paid)
    both = two_units_for_80_00(an_appraisal(units_covered=2), claimed=2, settlements=paid)
    assert [(each.outcome, each.units) for each in (*one.lines, *both.lines)] == [
        (Outcome.APPROVED, 1),
        (Outcome.PARTIALLY_APPROVED, 1),
    ]
    assert one.total == both.total == 44_000


def test_payments_under_this_claim_use_nothing_up() -> None:
    """If decided again, a claim stays approved and gets no further payment."""
    again = two_units_for_80_00(an_appraisal(), settlements=[compensated(40_000, claim_id="A1")])
    assert [(each.outcome, each.units) for each in again.lines] == [(Outcome.APPROVED, 1)]
    assert [(each.kind, each.amount) for each in again.awards] == [(AwardKind.REFUND, 4_000)]


@pytest.mark.parametrize(
    ("settlements", "units_left_of_two"),
    [
        ([compensated(1)], 1),
        ([compensated(40_000)], 1),
        ([compensated(40_001)], 0),
        ([compensated(20_000), compensated(20_000)], 0),
        ([compensated(20_000, units=1), compensated(0)], 1),
        ([compensated(0)], 2),
        ([compensated(1, claim_id=None)], 1),
        ([compensated(1, units=2)], 0),
        ([compensated(80_000, units=1)], 1),
        ([compensated(90_000)], 0),
        ([a_settlement(4_000, claim_id="earlier")], 2),
        ([compensated(40_000, reversed_at=AS_OF)], 2),
        ([compensated(40_000), a_settlement(4_000, SettlementKind.PRICE_ADJUSTMENT)], 0),
    ],
    ids=str,
)
def test_units_are_those_stated_or_the_fewest_that_the_amount_can_be_for(
    settlements: list[Settlement], units_left_of_two: int
) -> None:
    """One unit is compensated with 400.00; each payment is counted by itself, on today's price."""
    decision = two_units_for_80_00(an_appraisal(units_covered=2), claimed=2, settlements=settlements)
    assert [each.units for each in decision.lines] == [units_left_of_two]


@pytest.mark.parametrize(
    ("amount", "price", "of", "times", "units"),
    [
        (0, 100, 3, 10, 0),
        (340, 100, 3, 10, 1),
        (341, 100, 3, 10, 2),
        (670, 100, 3, 10, 2),
        (671, 100, 3, 10, 3),
        (1_000, 100, 3, 10, 3),
        (1_001, 100, 3, 10, 3),
        (10, 0, 4, 10, 4),
        (1, 1, 4, 1, 1),
    ],
)
def test_the_fewest_units_by_hand(amount: int, price: int, of: int, times: int, units: int) -> None:
    """Shares are rounded up: a third of 1.00 is 0.34, two thirds 0.67."""
    assert shared.fewest_units(amount, price, of, times) == units  # type: ignore[arg-type]


def test_a_price_adjustment_that_doubles_the_count_is_remarked_on() -> None:
    """A payment for one unit before the price fell now looks like two, unless its units are stated."""
    fell = a_settlement(4_000, SettlementKind.PRICE_ADJUSTMENT)
    guessed = two_units_for_80_00(an_appraisal(units_covered=2), settlements=[compensated(40_000), fell])
    stated = two_units_for_80_00(an_appraisal(units_covered=2), settlements=[compensated(40_000, units=1), fell])
    codes = [[remark.code for remark in each.remarks] for each in (guessed, stated)]
    assert ["units_are_counted_by_amount" in each for each in codes] == [True, False]
    assert (why(guessed), stated.lines[0].units) == ("counterfeit_is_proven.proof_used_up", 1)


def test_a_pending_document_that_would_leave_units_is_waited_for() -> None:
    """One that covers no more than was paid for is not: only more proof helps."""
    unverified = {"verification": Verification.UNVERIFIED}
    waiting, asking = (
        two_units_for_80_00(
            an_appraisal("E1"), an_appraisal("E2", units_covered=units, **unverified), settlements=[compensated(40_000)]
        )
        for units in (2, 1)
    )
    assert needs(waiting) == [("verification", "E2")]
    assert needs(asking) == [("counterfeit_proof", None)]
    assert why(asking) == "counterfeit_is_proven.proof_used_up"


def test_after_closing_a_used_up_proof_counts_as_missing() -> None:
    """The claim is denied under 1.4(5), as without proof."""
    decision = two_units_for_80_00(
        an_appraisal(), settlements=[compensated(40_000)], evidence_closes_at=Instant(AS_OF - SECOND)
    )
    assert decision.outcome is Outcome.DENIED
    assert why(decision, "evidence_is_inconclusive") == "evidence_is_inconclusive.holds"


def test_a_laboratory_and_documents_that_disagree_go_to_a_person_as_before() -> None:
    """Earlier payments change neither."""
    laboratory = an_appraisal("E2", issuer=Issuer(role=IssuerRole.ACCREDITED_LAB))
    genuine = an_appraisal("E2", conclusion=Conclusion.GENUINE)
    for evidence, reason in (
        ((laboratory,), "proof_not_on_the_list"),
        ((an_appraisal("E1"), laboratory), "proof_not_on_the_list"),
        ((an_appraisal("E1"), genuine), "documents_disagree"),
    ):
        decision = two_units_for_80_00(*evidence, settlements=[compensated(40_000)])
        assert (decision.outcome, why(decision)) == (Outcome.MANUAL_REVIEW, f"counterfeit_is_proven.{reason}")


# Units of an award, and reversed payments


def awarded_units(decision: ClaimDecision) -> dict[str, int | None]:
    """How many units each award settles."""
    return {each.kind.value: each.units for each in decision.awards}


def test_an_award_states_the_units_that_it_settles() -> None:
    """The approved units less those already paid under this claim, stated or counted by the amount; none for tax and postage."""
    order = an_order(a_line(quantity=3, goods_paid=9_000, tax_paid=900), postage_paid=500)
    claim = a_claim(ClaimItem(line_id="L1", quantity=3))
    photo, report = a_damage_photo(units_covered=3), an_appraisal(units_covered=3)
    first = decide(a_case(AUTHENTICITY, report, order=order, claim=claim))
    assert awarded_units(first) == {"refund": 3, "compensation": 3, "postage": None}
    damaged = decide(a_case("douyin_global.damage", photo, order=order, claim=claim))
    assert awarded_units(damaged) == {"refund": 3, "tax": None, "postage": None}
    for compensation in (compensated(30_000, claim_id="A1", units=2), compensated(60_000, claim_id="A1")):
        paid = [a_settlement(3_000, claim_id="A1"), compensation]
        again = decide(a_case(AUTHENTICITY, report, order=order, claim=claim, settlements=paid))
        assert awarded_units(again) == {"refund": 2, "compensation": 1, "postage": None}
    refunded = [a_settlement(6_000, claim_id="A1")]
    last = decide(a_case(AUTHENTICITY, report, order=order, claim=claim, settlements=refunded))
    assert awarded_units(last) == {"refund": 1, "compensation": 3, "postage": None}


@pytest.mark.parametrize("kind", SettlementKind)
def test_a_reversed_payment_does_not_count(kind: SettlementKind) -> None:
    """A reversed settlement does not affect awards and units, but changes the keys."""
    order = an_order(a_line(quantity=2, goods_paid=8_000, tax_paid=800), postage_paid=500)
    for policy, proof in ((AUTHENTICITY, an_appraisal()), ("douyin_global.damage", a_damage_photo())):
        case = a_case(
            policy, proof, order=order, claim=a_claim(ClaimItem(line_id="L1", quantity=1), requested_amount=50_000)
        )
        for claim_id in ("A1", "earlier"):
            paid = a_settlement(500, kind, claim_id=claim_id, reversed_at=AS_OF)
            after, never = decide(evolve(case, settlements=(paid,))), decide(case)
            assert [evolve(each, key="") for each in after.awards] == [evolve(each, key="") for each in never.awards]
            assert (after.lines, after.remarks) == (never.lines, never.remarks)
            moved = {new.kind.value for new, old in zip(after.awards, never.awards, strict=True) if new.key != old.key}
            assert moved == {kind.value} & {each.kind.value for each in never.awards}


def test_a_reversal_does_not_repeat_a_key() -> None:
    """If a payment is reversed while another is in flight, the next award keeps the key of the latter, which is not made twice."""
    standing = [compensated(40_000, units=1)]
    taken_back = [evolve(each, reversed_at=AS_OF) for each in standing]
    before, after = (
        {each.kind: each.key for each in two_units_for_80_00(an_appraisal(units_covered=2), settlements=paid).awards}
        for paid in (standing, taken_back)
    )
    assert before == after


@pytest.mark.parametrize(
    ("pointer", "value", "fault"),
    [
        ("/settlements/0/units", 0, "/settlements/0/units"),
        ("/settlements/0/units", True, "/settlements/0/units"),
        ("/settlements/1/units", 1, "/settlements/1/units"),
        ("/settlements/0/reversed_at", str(Instant(AS_OF + 1)), "/settlements/0/reversed_at"),
    ],
)
def test_impossible_settlements_are_refused(pointer: str, value: Any, fault: str) -> None:
    """Units are at least one, and only for refunds and compensation; nothing can be reversed in the future."""
    case = a_case(AUTHENTICITY, settlements=[compensated(1), a_settlement(1, SettlementKind.POSTAGE)])
    document = case_document(case)
    put(document, pointer, value)
    with pytest.raises(InputError) as raised:
        load_case(json.dumps(document))
    assert [each.pointer for each in raised.value.faults] == [fault]


# Laws


def a_line_of_five(*covered: int) -> Case:
    """A claim for all five units of a line, with reports that cover these numbers."""
    reports = (an_appraisal(f"E{number}", units_covered=units) for number, units in enumerate(covered))
    return a_case(AUTHENTICITY, *reports, order=an_order(a_line(quantity=5, goods_paid=9_999)))


@pytest.mark.parametrize("seed", range(25))
def test_no_sequence_of_claims_compensates_more_than_the_proof_covers(seed: int) -> None:
    """In any order and under any claim ids."""
    laws.a_proof_is_used_up(a_line_of_five(*((2,), (1, 3), (5,))[seed % 3]), Random(seed))


def test_the_law_notices_a_proof_that_is_used_twice() -> None:
    """An engine that ignores compensated units breaks it."""

    def forgets(case: Case) -> ClaimDecision:
        return decide(evolve(case, settlements=()))

    with pytest.raises(AssertionError, match="the proof covers 2"):
        laws.a_proof_is_used_up(a_line_of_five(2), Random(1), rounds=20, decide=forgets)


def test_the_law_of_reversed_payments() -> None:
    """It holds, and rejects an engine that counts reversed payments."""
    case = a_line_of_five(2)
    laws.what_was_taken_back_counts_for_nothing(case)

    def takes_no_notice(case: Case) -> ClaimDecision:
        return decide(evolve(case, settlements=tuple(evolve(each, reversed_at=None) for each in case.settlements)))

    with pytest.raises(AssertionError, match="became"):
        laws.what_was_taken_back_counts_for_nothing(case, decide=takes_no_notice)
