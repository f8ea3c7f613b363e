"""What to ask next: each answer leads where it says, and the most useful questions come first."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import InputError, Instant, decide, load_case
from adjudicator.analysis.whatif import Answer, Question, ask_next, questions_document
from adjudicator.model.claim import MerchantReply
from adjudicator.model.enumerations import Reason, ReplyDecision, Verification
from adjudicator.model.facts import Party
from adjudicator.model.time import DAY, HOUR, SECOND
from adjudicator.testing import (
    AS_OF,
    FILED_AT,
    Json,
    a_case,
    a_claim,
    a_damage_photo,
    a_line,
    a_merchant,
    a_parcel,
    an_appraisal,
    an_order,
    laws,
)
from adjudicator.wire.codec import case_document, case_from
from documents import documents
from whatif.trying import AUTHENTICITY, DAMAGE, LOCAL_RETURN, SOME, for_every_policy, of_line, patched


@for_every_policy
def test_an_answer_leads_where_it_says(policy: str) -> None:
    @SOME
    @given(documents(policy))
    def check(document: Json) -> None:
        case = case_from(document)
        laws.answers_are_honest(case)
        now = decide(case)
        questions = ask_next(case)
        asked = {(each.to, each.need, line_id, each.evidence_id) for each in questions for line_id in lines(each)}
        assert asked == {(each.to, each.need, each.line_id, each.evidence_id) for each in now.requests}
        for answer in (answer for question in questions for answer in question.answers):
            then = decide(load_case(patched(case_document(case), answer.changes)))
            assert (answer.outcome, answer.still_needed) == (then.outcome, len(then.requests))
            assert [(each.line_id, each.outcome) for each in answer.lines] == [
                (each.line_id, of_line(then, each.line_id)) for each in answer.lines
            ]

    check()


def lines(question: Question) -> tuple[str | None, ...]:
    """The lines that a question is about."""
    return question.line_ids or (None,)


@for_every_policy
def test_every_value_in_a_range_leads_where_the_range_does(policy: str) -> None:
    @SOME
    @given(documents(policy), st.data())
    def check(document: Json, data: st.DataObject) -> None:
        case = case_from(document)
        for question in ask_next(case):
            along = [each for each in question.answers if each.at_least is not None or each.at_most is not None]
            if not along:
                continue
            value = data.draw(st.sampled_from(values_like(case, along[0])))
            (answer,) = (each for each in along if lies_in(each, value))
            changes = tuple(evolve(each, to=value) for each in answer.changes)
            try:
                then = decide(load_case(patched(case_document(case), changes)))
            except InputError:
                continue
            assert (answer.outcome, answer.still_needed) == (then.outcome, len(then.requests)), value

    check()


def values_like(case: Any, answer: Answer) -> list[Any]:
    """Values to try where an instant, a decimal or an integer is asked for."""
    to = answer.changes[0].to
    if isinstance(to, int):
        return [0, 1, 2, 3, 4, 100]
    if "T" not in to:
        return ["0", "4.10", "4.11", "5", "3.50"]
    ends = [each for each in (answer.at_least, answer.at_most) if each is not None]
    near = [case.as_of, *(Instant.parse(str(each)) for each in ends)]
    moved = (0, SECOND, -SECOND, HOUR, -HOUR, DAY, -DAY, 90 * DAY, -90 * DAY, -91 * DAY)
    return [str(Instant((moment + by) // SECOND * SECOND)) for moment in near for by in moved]


def lies_in(answer: Answer, value: Any) -> bool:
    """Whether a value is in the range that an answer stands for."""

    def ordered(each: Any) -> Any:
        return each if isinstance(each, int) else Instant.parse(each) if "T" in each else Decimal(each)

    low, high = answer.at_least, answer.at_most
    return (low is None or ordered(low) <= ordered(value)) and (high is None or ordered(value) <= ordered(high))


def test_the_most_useful_questions_come_first_and_each_party_is_asked_once() -> None:
    """The merchant's programme settles both lines if it is not a Global one; the signing alone settles little."""
    order = an_order(
        a_line("L1"),
        a_line("L2", category=None),
        merchant=a_merchant(programme=None),
        parcels=(a_parcel("L1", "L2", signed_at=None),),
    )
    questions = ask_next(a_case(DAMAGE, a_damage_photo(), order=order))
    assert [(each.to, each.need, each.line_ids) for each in questions] == [
        (Party.PLATFORM, "global_programme", ("L1", "L2")),
        (Party.CARRIER, "signing_time", ("L1", "L2")),
    ]
    ranked = [(each.to, -each.settles, each.leaves) for each in questions]
    assert ranked == sorted(ranked, key=lambda each: each[1:])


def test_signing_times_are_given_with_their_turning_points() -> None:
    """R2, R5, R37: 72 hours before filing it is too late, 24 hours before it is in time for everything."""
    order = an_order(parcels=(a_parcel(signed_at=None),))
    (question,) = ask_next(a_case(DAMAGE, a_damage_photo(), order=order))
    edge = Instant(FILED_AT - 72 * HOUR)
    assert [(each.at_least, each.at_most, each.outcome) for each in question.answers] == [
        (None, str(Instant(edge - SECOND)), "denied"),
        (str(edge), str(AS_OF), "approved"),
        (str(Instant(AS_OF + SECOND)), None, "needs_information"),
    ]


def test_a_proof_is_given_with_its_other_possible_conclusions() -> None:
    """R23, R24, R27."""
    (question,) = ask_next(a_case(AUTHENTICITY))
    said = {
        (each.changes[0].to["conclusion"], each.changes[0].to["issuer"]["role"]): each.outcome
        for each in question.answers
        if each.changes[0].to["kind"] == "appraisal_report" and each.changes[0].to["verification"] == "verified"
    }
    assert said == {
        ("counterfeit", "brand_owner"): "approved",
        ("counterfeit", "accredited_lab"): "manual_review",
        ("counterfeit", "other"): "manual_review",
        ("genuine", "brand_owner"): "denied",
        ("inconclusive", "brand_owner"): "needs_information",
    }


def test_a_verification_is_asked_with_both_answers() -> None:
    (question,) = ask_next(a_case(AUTHENTICITY, an_appraisal(verification=Verification.UNVERIFIED)))
    assert [(each.changes[0].to, each.outcome, each.settles) for each in question.answers] == [
        ("verified", "approved", True),
        ("rejected", "needs_information", False),
    ]


def test_an_unknown_market_is_asked_with_every_one_that_the_policy_tells_apart() -> None:
    """R39."""
    (question,) = ask_next(a_case(LOCAL_RETURN, order=an_order(market=None)))
    assert {each.changes[0].to: each.outcome for each in question.answers} == {
        "CN": "approved",
        "HK": "needs_information",
        "TW": "needs_information",
        "ZZ": "manual_review",
    }


def test_a_correction_has_one_answer() -> None:
    (question,) = ask_next(a_case(AUTHENTICITY, an_appraisal(), claim=a_claim(reason=Reason.OTHER)))
    (answer,) = question.answers
    assert (answer.outcome, answer.settles, answer.still_needed) == ("approved", True, 0)


def test_a_reply_is_asked_for_with_both_answers() -> None:
    """R40."""
    case = a_case(LOCAL_RETURN, claim=a_claim(merchant_reply=None))
    (question,) = ask_next(case)
    assert {each.changes[0].to: each.outcome for each in question.answers} == {
        ReplyDecision.AGREED.value: "approved",
        ReplyDecision.REFUSED.value: "manual_review",
    }
    assert ask_next(evolve(case, claim=evolve(case.claim, merchant_reply=MerchantReply()))) == ask_next(case)


def test_a_new_document_concerns_every_line_that_it_is_asked_for() -> None:
    (question,) = ask_next(a_case(AUTHENTICITY, order=an_order(a_line("L1"), a_line("L2"))))
    assert question.line_ids == ("L1", "L2")
    assert question.answers[0].changes[0].to["line_ids"] == ["L1", "L2"]
    assert question.answers[0].settles


def test_a_decided_case_has_no_questions() -> None:
    assert ask_next(a_case(AUTHENTICITY, an_appraisal())) == ()
    assert questions_document(ask_next(a_case(AUTHENTICITY))) != []


def test_questions_are_plain_json() -> None:
    found = questions_document(ask_next(a_case(AUTHENTICITY)))
    assert json.loads(json.dumps(found)) == found
    assert found[0].keys() == {"to", "need", "line_ids", "evidence_id", "due_at", "answers", "complete"}
