"""Work grows linearly with the size of a case: the tests count calls, not seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from types import FrameType
from typing import Any, Final

import pytest

from adjudicator import check, decide, what_if
from adjudicator.analysis.whatif.trials import Trials, WorkUsedUp
from adjudicator.analysis.work import work_of_a_trial
from adjudicator.engine.registry import edition_for
from adjudicator.explain import explain
from adjudicator.model.time import SECOND, Instant
from adjudicator.wire.codec import case_from

Json = dict[str, Any]

NOW: Final = "2022-05-01T12:00:00+08:00"
BEFORE: Final = "2022-04-01T00:00:00+08:00"


def a_document(kind: str, number: int, **said: Any) -> Json:
    return {
        "id": f"E{number}",
        "kind": kind,
        "submitted_by": "consumer",
        "submitted_at": NOW,
        "verification": "unverified",
        **said,
    }


def an_appraisal(number: int, line: int, brand: str) -> Json:
    by_whom = {"issuer": {"role": "brand_owner", "name": f"N{number}"}, "conclusion": "counterfeit", "brand": brand}
    return a_document("appraisal_report", number, line_ids=[f"L{line}"], units_covered=number + 1, **by_whom)


def a_claim(lines: int, evidence: list[Json], *, brand: str | None = "B", **order: Any) -> Json:
    return {
        "id": "case",
        "policy": "douyin_global.authenticity",
        "as_of": NOW,
        "claim": {
            "id": "C",
            "claimant_id": "U",
            "filed_at": NOW,
            "filed_through": "order_page",
            "reason": "counterfeit",
            "service": "return_refund",
            "demands": ["refund", "tenfold_compensation"],
            "items": [{"line_id": f"L{number}", "quantity": 1} for number in range(lines)],
        },
        "order": {
            "id": "O",
            "buyer_id": "U",
            "placed_at": BEFORE,
            "currency": "CNY",
            "postage_paid": 500,
            "merchant": {"id": "M", "programme": "global"},
            "lines": [
                {
                    "id": f"L{number}",
                    "quantity": 1,
                    "goods_paid": 100,
                    "tax_paid": 0,
                    "brand": brand,
                    "completed_at": NOW,
                }
                for number in range(lines)
            ],
            "parcels": order.get("parcels", []),
        },
        "evidence": evidence,
        "settlements": order.get("settlements", []),
    }


def a_line_and_a_proof_each(size: int) -> Json:
    return a_claim(size, [an_appraisal(number, number, "B") for number in range(size)])


def an_unknown_brand_each(size: int) -> Json:
    return a_claim(size, [an_appraisal(number, number, f"B{number}") for number in range(size)], brand=None)


def a_brand_each_on_one_line(size: int) -> Json:
    return a_claim(1, [an_appraisal(number, 0, f"B{number}") for number in range(size)])


def a_brand_each_on_one_line_of_unknown_brand(size: int) -> Json:
    return a_claim(1, [an_appraisal(number, 0, f"B{number}") for number in range(size)], brand=None)


def proofs_of_every_line(lines: int) -> Json:
    of_every_line = [{**an_appraisal(number, 0, f"B{number}"), "line_ids": []} for number in range(100)]
    return a_claim(lines, of_every_line, brand=None)


def a_line_of_two_units_and_a_proof_of_one_each(size: int) -> Json:
    """After the time for evidence: a letter says of every line what can still be done."""
    document = a_claim(size, [{**an_appraisal(number, number, "B"), "units_covered": 1} for number in range(size)])
    verified = {"verification": "verified", "verified_by": "V", "verified_at": NOW}
    document["evidence"] = [{**each, **verified} for each in document["evidence"]]
    for each in (*document["claim"]["items"], *document["order"]["lines"]):
        each["quantity"] = 2
    document["claim"]["evidence_closes_at"] = NOW
    document["as_of"] = "2022-05-02T12:00:00+08:00"
    return document


def a_line_claimed_too_late_each(size: int) -> Json:
    document = a_claim(size, [])
    for each in document["order"]["lines"]:
        each["completed_at"] = BEFORE
    document["as_of"] = document["claim"]["filed_at"] = "2022-08-02T12:00:00+08:00"
    return document


def a_settlement_each(size: int) -> Json:
    paid = [{"kind": "refund", "amount": 1, "line_id": f"L{number}", "claim_id": "X"} for number in range(size)]
    return a_claim(size, [], settlements=paid)


def a_parcel_each(size: int) -> Json:
    return a_claim(size, [], parcels=[{"line_ids": [f"L{number}"], "signed_at": None} for number in range(size)])


def incidents_of_which_nothing_is_known(size: int) -> Json:
    return {
        "id": "case",
        "policy": "pinduoduo.off_platform_trading",
        "as_of": NOW,
        "opened_at": BEFORE,
        "incidents": [{"id": f"I{number}", "act": "parcel"} for number in range(size)],
        "shop": {"id": "S"},
    }


def earlier_findings_of_unknown_notice(size: int) -> Json:
    """Two answers for each: not received, or received at some time."""
    shop = {"id": "S", "earlier_findings": [{"id": f"F{number}", "notice": None} for number in range(size)]}
    incident = {"id": "I", "act": "contact", "begun_by": "merchant", "taken_up": True, "purpose": "off_platform_trade"}
    return {**incidents_of_which_nothing_is_known(0), "incidents": [{**incident, "happened_at": BEFORE}], "shop": shop}


def an_arrival(size: int, account: Callable[[int], str], top_up: Json) -> Json:
    feedback = [
        a_document(
            "official_feedback",
            number,
            shows=("arrived", "not_arrived")[number % 2],
            platform="p",
            account=account(number),
            observed_at=f"2022-04-{1 + number % 28:02d}T00:{number // 28:02d}:00+08:00",
        )
        for number in range(size)
    ]
    return {
        "id": "case",
        "policy": "pinduoduo.virtual_arrival",
        "as_of": NOW,
        "claim": {"id": "C", "filed_at": NOW},
        "order": {"id": "O", "placed_at": BEFORE},
        "top_up": top_up,
        "evidence": feedback,
    }


def pending_feedback(size: int) -> Json:
    return an_arrival(size, lambda _: "a", {"account_platform": "p", "account": "a"})


def feedback_on_an_account_each(size: int) -> Json:
    return an_arrival(size, lambda number: f"a{number}", {"account_platform": "p"})


def calls(function: Callable[[Any], object], document: Json) -> int:
    """The number of Python calls it takes, after a first call has filled the caches."""
    case = case_from(document)
    counted = 0

    def count(_frame: FrameType, event: str, _of: object) -> None:
        nonlocal counted
        counted += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        function(case)
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize(
    "of_size",
    [
        a_line_and_a_proof_each,
        an_unknown_brand_each,
        a_brand_each_on_one_line,
        a_brand_each_on_one_line_of_unknown_brand,
        feedback_on_an_account_each,
        a_settlement_each,
        a_parcel_each,
        incidents_of_which_nothing_is_known,
        earlier_findings_of_unknown_notice,
    ],
)
def test_work_grows_linearly_with_size(of_size: Callable[[int], Json]) -> None:
    """From 4 to 40 to 400: a quadratic part would take a hundred times as much."""
    decide(case_from(of_size(2)))
    few, many, most = (calls(decide, of_size(size)) for size in (4, 40, 400))
    assert many <= 12 * few
    assert most <= 12 * many


@pytest.mark.parametrize("voice", ["consumer", "merchant", "agent"])
@pytest.mark.parametrize("of_size", [a_line_of_two_units_and_a_proof_of_one_each, a_line_claimed_too_late_each])
def test_a_letter_grows_linearly_with_size(of_size: Callable[[int], Json], voice: str) -> None:
    """From 400 to 800 lines: what a letter remembers of its pointers is full with either."""
    decided = {size: decide(case_from(of_size(size))) for size in (400, 800)}

    def written(case: Any) -> object:
        return explain(decided[len(case.order.lines)], case, voice=voice)

    written(case_from(of_size(400)))
    few, many = (calls(written, of_size(size)) for size in (400, 800))
    assert many <= 2.5 * few


def test_pending_documents_do_not_multiply_beyond_the_bound() -> None:
    """Up to twelve pending pieces of feedback are tried in all combinations; with more, all are asked for (R62)."""
    decide(case_from(pending_feedback(2)))
    assert calls(decide, pending_feedback(1000)) <= 12 * calls(decide, pending_feedback(100))
    asked = decide(case_from(pending_feedback(1000))).requests
    assert [each.evidence_id for each in asked] == [f"E{number}" for number in range(1000)]


def test_combinations_of_answers_are_limited() -> None:
    """Up to 64 combinations are listed. Beyond that, each answer to each question is in one of them, and each is complete."""
    for size, listed in ((6, 64), (7, 2), (1000, 2)):
        requests = decide(case_from(earlier_findings_of_unknown_notice(size))).requests
        (request,) = (each for each in requests if each.need == "earlier_findings")
        assert len(request.accepts) == listed
        for number in range(size):
            place = f"/shop/earlier_findings/{number}/notice/happened"
            assert {ways[place] for ways in request.accepts} == {(True,), (False,)}


def test_checklists_look_up_what_is_the_same_for_every_line_and_document() -> None:
    """Ten times as many lines and documents make a hundred times as many pairs: no line decides the others again."""
    few, many = (calls(check, a_line_and_a_proof_each(size)) for size in (5, 50))
    assert many < 60 * few


def test_lines_share_the_best_case_of_documents_for_every_brand() -> None:
    """What each of 100 brands makes of each of 100 documents is compared once: it would double the calls for each line."""
    few, many = (calls(check, proofs_of_every_line(size)) for size in (2, 22))
    assert many - few < 20 * 35_000


def test_many_accounts_are_tried_with_few_calls_each() -> None:
    """What each document says is not evaluated again for each possible account."""
    decide(case_from(feedback_on_an_account_each(2)))
    assert calls(decide, feedback_on_an_account_each(250)) < 300_000


def test_what_if_tries_less_if_each_trial_takes_longer() -> None:
    """Everything that makes a trial long counts: lists of any kind, and the documents for each line."""
    few, many = (calls(partial(what_if, work=300), earlier_findings_of_unknown_notice(size)) for size in (20, 200))
    assert many < 2 * few


def test_what_if_tries_less_if_much_is_tried_for_what_is_unknown() -> None:
    """Five hundred documents and as many possible accounts are many comparisons for each trial; a few are nothing."""
    account_is_known = {"account_platform": "p", "account": "a"}
    few, many = (tries(feedback_on_an_account_each(size)) for size in (10, 500))
    assert few == tries(an_arrival(10, lambda number: f"a{number}", account_is_known))
    assert 2 * many < tries(an_arrival(500, lambda number: f"a{number}", account_is_known))


def tries(document: Json) -> int:
    """How many other moments of the order are tried before the work is used up."""
    case = case_from(document)
    trials = Trials(case, edition_for(case), work=5_000)
    with suppress(WorkUsedUp):
        for second in count():
            trials.verdict_after([("/order/placed_at", str(Instant.parse(BEFORE) - second * SECOND))])
    return second


def test_a_document_that_concerns_every_line_takes_work_for_every_line() -> None:
    named, unnamed = a_line_and_a_proof_each(20), a_line_and_a_proof_each(20)
    for each in unnamed["evidence"]:
        each["line_ids"] = []
    for document, work in ((named, 20 + 20 + 20 // 10), (unnamed, 20 + 20 + 20 * 20 // 10)):
        case = case_from(document)
        assert work_of_a_trial(case, edition_for(case).case_kind.subjects(case)) == work


def test_what_if_stops_when_its_work_is_used_up_and_says_so() -> None:
    case = case_from(a_line_and_a_proof_each(4))
    everything, some, nothing = (what_if(case, work=work) for work in (20_000, 400, 0))
    assert everything.complete
    assert not some.complete
    assert {*some.alternatives} < {*everything.alternatives} or len(some.alternatives) < len(everything.alternatives)
    assert not nothing.complete
    assert nothing.alternatives == ()
    assert [each.complete for each in nothing.questions] == [False] * len(everything.questions)
