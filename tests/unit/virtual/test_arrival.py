"""The arrival of virtual goods: which feedback counts, what would settle the case, and the faults of a case."""

from __future__ import annotations

from typing import Any

import pytest

from adjudicator import Decision, decide
from adjudicator.analysis.checklist import requirements
from adjudicator.analysis.checklist_values import Status
from adjudicator.testing import laws
from adjudicator.wire.codec import case_from
from oracle.edges import put
from virtual.deciding import (
    AFTER_NOW,
    AN_INSTANT,
    BEFORE_IT_WAS_PLACED,
    NOT_AFTER,
    NOT_BEFORE,
    TOO_LATE,
    asked,
    asked_where,
    decided,
    faults_of,
    reason,
)
from virtual_goods import A_DISPATCH, A_SCREENSHOT, AN_ARRIVAL, PROOF_OF_DISPATCH, a_piece, some_feedback


def arrival(*evidence: Any, **changes: Any) -> Decision:
    """A claim with this evidence, decided."""
    return decided(AN_ARRIVAL, ("/evidence", list(evidence)), *((f"/{name}", value) for name, value in changes.items()))


LATER = "2022-08-01T10:00:00.000001+08:00"
DISPATCHED = "2022-07-31T12:30:00+08:00"


def a_dispatch(at: str, verification: str = "verified") -> dict[str, Any]:
    """Proof of a dispatch at an instant."""
    return {**PROOF_OF_DISPATCH, "dispatched_at": at, "verification": verification}


@pytest.mark.parametrize(
    ("evidence", "outcome", "why"),
    [
        ((some_feedback("not_arrived"),), "not_arrived", "not_arrived"),
        ((some_feedback("arrived"),), "arrived", "arrived"),
        ((some_feedback("not_arrived"), some_feedback("arrived", "E2", observed_at=LATER)), "arrived", "arrived"),
        ((some_feedback("not_arrived", observed_at=LATER), some_feedback("arrived", "E2")), "not_arrived", "not_arrived"),
        ((some_feedback("not_arrived"), some_feedback("arrived", "E2")), "manual_review", "documents_disagree"),
        ((some_feedback("not_arrived", observed_at=None), some_feedback("arrived", "E2", observed_at=LATER)), "needs_information", "pending"),
        ((some_feedback("not_arrived"), some_feedback("arrived", "E2", observed_at=None)), "needs_information", "pending"),
        ((some_feedback("arrived"), some_feedback("arrived", "E2", observed_at=None)), "arrived", "arrived"),
        ((some_feedback("not_arrived"), some_feedback("not_arrived", "E2"), some_feedback("arrived", "E3", observed_at=LATER)), "arrived", "arrived"),
        ((), "needs_information", "not_shown"),
        ((A_SCREENSHOT,), "needs_information", "not_shown"),
        ((PROOF_OF_DISPATCH,), "needs_information", "not_shown"),
        ((a_piece("other", description="He says so."),), "needs_information", "not_shown"),
    ],
)  # fmt: skip
def test_official_feedback_alone_judges_arrival(evidence: Any, outcome: str, why: str) -> None:
    """A merchant's own screenshot does not, verified or not. The latest feedback counts; its time is asked for if it matters."""
    decision = arrival(*evidence)
    assert (decision.outcome, reason(decision, "top_up_did_not_arrive")) == (outcome, why)


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"verification": "rejected"}, "rejected"),
        ({"shows": "unclear"}, "unclear"),
        ({"platform": None}, "names_no_platform"),
        ({"platform": "WeChat"}, "another_platform"),
        ({"account": None}, "shows_no_account"),
        ({"account": "10002"}, "another_account"),
        ({"observed_at": "2022-07-31T11:59:59.999999+08:00"}, "before_the_order"),
        ({"verification": "unverified"}, "unverified"),
        ({"verification": "rejected", "platform": "WeChat"}, "rejected"),
        ({"verification": "rejected", "account": "10002"}, "rejected"),
        ({"shows": "unclear", "platform": "WeChat"}, "unclear"),
        ({"shows": "unclear", "account": "10002"}, "unclear"),
        ({"observed_at": DISPATCHED}, "not_after_dispatch"),
    ],
)
def test_feedback_that_does_not_count_says_why(changes: Any, because: str) -> None:
    """Never, or not until it is verified. The checklist says which: the reason that holds whatever the account is comes first."""
    piece = {**some_feedback("not_arrived"), **changes}
    case = case_from(put(AN_ARRIVAL, "/evidence", [piece, a_dispatch(DISPATCHED)]))
    (checklist,) = requirements(case).lines
    (group, *_) = checklist.groups
    ((found,),) = (entry.pieces for entry in group.entries)
    pending = because == "unverified"
    assert (found.because, found.status) == (because, Status.PENDING if pending else Status.UNUSABLE)
    need = ("platform", "verification") if pending else ("merchant", "proof_of_arrival")
    assert asked(decide(case)) == [need]


def test_the_time_of_feedback_is_asked_for_at_its_place() -> None:
    """Of the platform, for each document."""
    decision = arrival(some_feedback("not_arrived", observed_at=None))
    assert [(each.to, each.need, each.evidence_id, each.accepts) for each in decision.requests] == [
        ("platform", "observation_time", "E1", ({"/evidence/0/observed_at": ()},))
    ]


@pytest.mark.parametrize(
    ("shows", "opposite", "dispatches"),
    [
        ("arrived", "not_arrived", ()),
        ("arrived", "not_arrived", (a_dispatch("2022-08-01T09:30:00+08:00"),)),
        ("not_arrived", "arrived", ()),
    ],
)
def test_feedback_of_unknown_time_may_coincide_with_a_pending_one(
    shows: str, opposite: str, dispatches: tuple[Any, ...]
) -> None:
    """Only then does it matter whether the pending one counts: the two would contradict each other."""
    decision = arrival(
        *dispatches,
        some_feedback(shows, observed_at="2022-08-01T09:00:00+08:00"),
        some_feedback(shows, "E2", verification="unverified"),
        some_feedback(opposite, "E3", observed_at=None),
    )
    assert {(each.need, each.evidence_id) for each in decision.requests} == {
        ("verification", "E2"),
        ("observation_time", "E3"),
    }


@pytest.mark.parametrize(
    ("dispatch", "needs"),
    [
        (a_dispatch("2022-08-01T12:00:00+08:00"), ["proof_of_arrival"]),
        (a_dispatch("2022-08-01T11:59:59.999999+08:00"), ["observation_time"]),
        (a_dispatch("2022-07-31T11:59:59+08:00", "unverified"), ["observation_time"]),
        (a_dispatch("2022-07-31T12:00:00+08:00", "unverified"), ["observation_time", "verification"]),
    ],
)
def test_feedback_of_no_arrival_must_be_later_than_order_and_dispatch(dispatch: Any, needs: list[str]) -> None:
    """Feedback of unknown time cannot be later than a dispatch at this moment; a dispatch before the order excludes nothing."""
    decision = arrival(some_feedback("not_arrived", observed_at=None), dispatch)
    assert sorted(each.need for each in decision.requests) == needs


@pytest.mark.parametrize(
    "changes",
    [{"platform": " qQ "}, {"observed_at": "2022-07-31T12:00:00+08:00"}, {"submitted_by": "merchant"}],
)
def test_feedback_counts_no_matter_who_submits_it_or_how_it_is_spelt(changes: Any) -> None:
    """Even if it was observed at the moment of the order."""
    assert arrival({**some_feedback("not_arrived"), **changes}).outcome == "not_arrived"


@pytest.mark.parametrize("platform", ["", " "])
def test_feedback_that_names_no_platform_never_counts(platform: str) -> None:
    """Not even if the platform of the account is stated as nothing."""
    piece = some_feedback("not_arrived", platform=None)
    decision = arrival(piece, top_up={"account_platform": platform, "account": "10001"})
    assert asked(decision) == [("merchant", "proof_of_arrival")]


def test_pending_feedback_is_waited_for_if_it_matters() -> None:
    """Even if it would defeat the claim. Feedback with the same result is not waited for."""
    stands = some_feedback("not_arrived")
    contrary = some_feedback("arrived", "E2", verification="unverified")
    waiting = arrival(stands, contrary)
    assert [(each.need, each.evidence_id) for each in waiting.requests] == [("verification", "E2")]
    same = some_feedback("not_arrived", "E2", verification="unverified")
    assert arrival(stands, same).outcome == "not_arrived"


@pytest.mark.parametrize(("shows", "outcome"), [("arrived", "arrived"), ("not_arrived", "not_arrived")])
def test_pending_feedback_earlier_than_what_stands_never_matters(shows: str, outcome: str) -> None:
    """Not even more of it than combinations can be tried for (R62)."""
    contrary = "arrived" if shows == "not_arrived" else "not_arrived"
    earlier = [
        some_feedback(contrary, f"P{minute}", verification="unverified", observed_at=f"2022-08-01T09:{minute}:00+08:00")
        for minute in range(10, 30)
    ]
    assert arrival(*earlier, some_feedback(shows)).outcome == outcome
    at_the_same_instant = some_feedback(contrary, "E2", verification="unverified")
    waiting = arrival(*earlier, some_feedback(shows), at_the_same_instant)
    assert [(each.need, each.evidence_id) for each in waiting.requests] == [("verification", "E2")]


@pytest.mark.parametrize(
    "beside",
    [
        [some_feedback("not_arrived")],
        [some_feedback("arrived")],
        [some_feedback("not_arrived", observed_at="2022-08-01T09:45:00+08:00"), some_feedback("not_arrived", "E3", observed_at="2022-08-01T09:05:00+08:00"), a_piece("dispatch_proof", "E9", dispatched_at="2022-08-01T09:40:00+08:00")],
    ],
)  # fmt: skip
def test_a_pending_dispatch_that_voids_nothing_never_matters(beside: list[dict[str, Any]]) -> None:
    """It is earlier than what was observed, or than a dispatch that is proven; not even many of them matter (R62)."""
    pending = [
        a_piece(
            "dispatch_proof", f"P{minute}", verification="unverified", dispatched_at=f"2022-08-01T09:{minute}:00+08:00"
        )
        for minute in range(10, 30)
    ]
    assert arrival(*pending, *beside).outcome == beside[0]["shows"]
    later = a_piece("dispatch_proof", "E2", verification="unverified", dispatched_at="2022-08-01T10:00:00+08:00")
    waiting = arrival(*pending, *beside, later)
    expected = [] if beside[0]["shows"] == "arrived" else [("verification", "E2")]
    assert [(each.need, each.evidence_id) for each in waiting.requests] == expected


def test_a_pending_dispatch_leaves_feedback_of_arrival_as_it_is() -> None:
    """Whenever it was observed: not even many of them matter (R62)."""
    pending = [
        {**a_dispatch(f"2022-08-01T09:{minute}:00+08:00", "unverified"), "id": f"P{minute}"} for minute in range(10, 30)
    ]
    early = some_feedback("arrived", observed_at="2022-08-01T09:00:00+08:00")
    of_unknown_time = some_feedback("arrived", "E2", observed_at=None)
    assert arrival(*pending, early, of_unknown_time).outcome == "arrived"


def test_a_rejected_proof_of_dispatch_voids_no_feedback() -> None:
    """And its verification is not asked for again."""
    decision = arrival(some_feedback("not_arrived"), a_dispatch("2022-08-01T11:00:00+08:00", "rejected"))
    assert (decision.outcome, decision.requests) == ("not_arrived", ())


def test_the_account_is_asked_for_if_it_matters() -> None:
    """Without feedback it does not matter."""
    piece = some_feedback("not_arrived")
    assert asked(arrival(piece, top_up={"account_platform": None, "account": "10001"})) == [
        ("platform", "account_platform")
    ]
    assert asked(arrival(piece, top_up={"account_platform": "qq", "account": None})) == [("platform", "top_up_account")]
    assert asked(arrival(top_up={})) == [("merchant", "proof_of_arrival")]


def test_once_evidence_is_closed_a_person_decides() -> None:
    """R30: it was not up to the consumer to supply what is missing."""
    closed = "2022-08-01T11:59:59.999999+08:00"
    for evidence in ((), (some_feedback("arrived", verification="unverified"),)):
        decision = arrival(*evidence, evidence_closes_at=closed)
        assert (decision.outcome, decision.requests) == ("manual_review", ())
    still_open = arrival(evidence_closes_at="2022-08-01T12:00:00+08:00")
    assert still_open.outcome == "needs_information"
    assert str(still_open.requests[0].due_at) == "2022-08-01T12:00:00+08:00"
    assert str(still_open.reconsider_at) == "2022-08-01T12:00:00.000001+08:00"


def test_remarks_on_an_arrival() -> None:
    """The merchant has to keep proof of dispatch, if there is none; and its own screenshot proves nothing."""
    piece = some_feedback("not_arrived")
    rejected = {**PROOF_OF_DISPATCH, "verification": "rejected"}
    assert arrival(piece, PROOF_OF_DISPATCH).remarks == ()
    for evidence in ((piece,), (piece, rejected)):
        assert [each.code for each in arrival(*evidence).remarks] == ["merchant_keeps_proof_of_dispatch"]
    found = [each.code for each in arrival(piece, PROOF_OF_DISPATCH, A_SCREENSHOT).remarks]
    assert found == ["own_screenshot_proves_nothing"]


def test_a_finding_names_the_documents_that_it_rests_on() -> None:
    """Those that agree with it; if they disagree with each other, all of them."""
    earlier, later = some_feedback("not_arrived"), some_feedback("arrived", "E2", observed_at=LATER)
    found = {
        evidence_ids: arrival(*evidence).findings[0].evidence
        for evidence_ids, evidence in {
            "E1": (earlier,),
            "E2": (earlier, later),
            "E1 E2": (earlier, some_feedback("arrived", "E2")),
        }.items()
    }
    assert found == {"E1": ("E1",), "E2": ("E2",), "E1 E2": ("E1", "E2")}


def test_a_request_describes_the_feedback_that_would_settle_an_arrival() -> None:
    """Verified feedback from that platform about that account, whatever it shows; for unverified feedback, its verification."""
    settling = {
        "kind": ("official_feedback",),
        "platform": ("qq",),
        "account": ("10001",),
        "verification": ("verified",),
        "shows": ("arrived", "not_arrived"),
        "observed_at": (),
    }
    assert arrival().requests[0].accepts == (settling,)
    assert arrival(top_up={}).requests[0].accepts == ({**settling, "platform": (), "account": ()},)
    unverified = arrival(some_feedback("arrived", verification="unverified"))
    assert unverified.requests[0].accepts == ({"/evidence/0/verification": ("verified",)},)
    unnamed = arrival(some_feedback("arrived"), top_up={"account": "10001"})
    assert asked_where(unnamed) == {("platform", "account_platform"): ["/top_up/account_platform"]}
    nobody = arrival(some_feedback("arrived"), top_up={"account_platform": "qq"})
    assert asked_where(nobody) == {("platform", "top_up_account"): ["/top_up/account"]}


@pytest.mark.parametrize(
    ("place", "value", "shown", "expected"),
    [
        ("/as_of", TOO_LATE, f'"{TOO_LATE}"', AN_INSTANT),
        ("/claim/filed_at", AFTER_NOW, f'"{AFTER_NOW}"', NOT_AFTER),
        ("/claim/filed_at", BEFORE_IT_WAS_PLACED, f'"{BEFORE_IT_WAS_PLACED}"', NOT_BEFORE),
        ("/evidence/0/submitted_at", AFTER_NOW, f'"{AFTER_NOW}"', NOT_AFTER),
        ("/evidence/0/verified_at", TOO_LATE, f'"{TOO_LATE}"', AN_INSTANT),
        ("/evidence/0/observed_at", AFTER_NOW, f'"{AFTER_NOW}"', NOT_AFTER),
        ("/evidence/1/dispatched_at", AFTER_NOW, f'"{AFTER_NOW}"', NOT_AFTER),
        ("/evidence/1/id", "E1", '"E1"', "an id that stands only once"),
        ("/evidence_closes_at", TOO_LATE, f'"{TOO_LATE}"', AN_INSTANT),
    ],
)
def test_an_impossible_arrival_is_a_fault(place: str, value: Any, shown: str, expected: str) -> None:
    """At its place, with the value and the expectation."""
    assert faults_of(put(AN_ARRIVAL, place, value)) == [(place, shown, expected)]


@pytest.mark.parametrize(("place", "value"), [("/evidence/0/kind", "appraisal_report"), ("/evidence/0/line_ids", [])])
def test_kinds_of_evidence_and_fields_of_other_cases_are_faults(place: str, value: Any) -> None:
    """They are reported at their places."""
    assert [pointer for pointer, _, _ in faults_of(put(AN_ARRIVAL, place, value))] == [place]


@pytest.mark.parametrize(("case", "member"), [(A_DISPATCH, "goods"), (A_DISPATCH, "dispatch"), (AN_ARRIVAL, "top_up")])
def test_a_missing_object_is_one_with_unknown_fields(case: dict[str, Any], member: str) -> None:
    """Absent, null and empty give the same requests, and answers have a place."""
    without = {name: value for name, value in case.items() if name != member}
    cases = [case_from(each) for each in (without, without | {member: None}, without | {member: {}})]
    decisions = [decide(each) for each in cases]
    assert [(each.outcome, each.requests) for each in decisions] == [(decisions[0].outcome, decisions[0].requests)] * 3
    for each in cases:
        laws.requests_are_honest(each)
        laws.what_if_is_honest(each)
