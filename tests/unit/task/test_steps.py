"""Creators' tasks, step by step: which steps are open, and what the others wait for (DX, R61)."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from adjudicator import InputError, Instant, decide
from adjudicator.kinds.process_decision import ProcessDecision
from adjudicator.law import (
    Answer,
    Fact,
    Glossary,
    SingleStep,
    fails,
    for_a_person,
    repairable,
)
from adjudicator.model.time import HOUR
from adjudicator.wire.codec import case_from
from douyin_xingtu.case import TaskStep
from douyin_xingtu.facts import GLOSSARY, TO_BE_SIGNED
from douyin_xingtu.task import EDITION
from kept_tasks import with_one_more_clause
from task.deciding import LATER, UNKNOWN, awaited, decided, finding, refused, standing
from tasks import (
    CONFIRMED,
    FIRST,
    NOTHING_YET,
    REJECTED_SCRIPT,
    REJECTED_VIDEO,
    SCRIPT,
    START,
    VIDEO,
    task,
)

# Before the first task (DX.1)


@pytest.mark.parametrize(
    ("field", "remedy", "need"),
    [
        ("qualification_certified", "qualification_certification", "qualification"),
        ("payment_checked", "corporate_transfer", "payment_check"),
        ("agreement_signed", "signature", "service_agreement"),
    ],
)
def test_each_condition_of_the_account_blocks_the_first_task(field: str, remedy: str, need: str) -> None:
    """If it is not met, the client has to meet it; if it is unknown, the platform is asked."""
    lacking = task("place_task", "client", client={**NOTHING_YET["client"], field: False})
    assert decided(lacking).outcome == "waiting"
    (request,) = decided(lacking).requests
    assert (request.to, request.need, request.accepts) == ("client", remedy, ({f"/client/{field}": (True,)},))
    assert awaited(lacking, "rate") == [("client", remedy)]
    unknown = task("place_task", "client", client={**NOTHING_YET["client"], field: None})
    assert decided(unknown).outcome == "needs_information"
    assert [(each.to, each.need) for each in decided(unknown).requests] == [("platform", need)]


@pytest.mark.parametrize("wanted", ["place_task", "take_order", "rate"])
def test_every_step_waits_for_all_that_the_client_lacks(wanted: str) -> None:
    """What is only unknown is asked for once the rest is there."""
    client = {**NOTHING_YET["client"], "payment_checked": False, "agreement_signed": False}
    lacking = task(wanted, "client" if wanted != "take_order" else "creator", client=client)
    needs = ["corporate_transfer", "signature"]
    assert [(each.need, each.line_id) for each in decided(lacking).requests] == [(need, wanted) for need in needs]
    assert awaited(lacking, wanted) == [("client", need) for need in needs]


def test_a_task_placed_without_meeting_a_condition_is_impossible() -> None:
    (fault,) = refused(task("take_order", "creator", "place_task", client={"id": "c", "payment_checked": False}))
    assert (fault.pointer, fault.value) == ("/history/0/step", '"place_task"')
    assert "payment_is_checked (DX.1(2))" in fault.expected
    unsigned = {"id": "c", "payment_checked": False, "agreement_signed": False}
    (fault,) = refused(task("take_order", "creator", "place_task", client=unsigned))
    assert "payment_is_checked (DX.1(2)) and agreement_is_signed (DX.1(3))" in fault.expected


# Step by step (DX.2)


@pytest.mark.parametrize(
    ("events", "is_open"),
    [
        ((), {"place_task"}),
        (START[:1], {"take_order"}),
        (START, {"upload_script"}),
        ((*START, "upload_script"), {"confirm_script", "reject_script"}),
        ((*START, *REJECTED_SCRIPT), {"upload_script"}),
        ((*START, *SCRIPT), {"upload_video"}),
        ((*START, *SCRIPT, "upload_video"), {"approve_video", "disapprove_video"}),
        ((*START, *SCRIPT, "upload_video", "disapprove_video"), {"upload_video"}),
        ((*START, *SCRIPT, *VIDEO), {"confirm_video", "reject_video"}),
        ((*START, *SCRIPT, *REJECTED_VIDEO), {"upload_video"}),
        (CONFIRMED, {"publish", "set_publication"}),
        ((*CONFIRMED, "publish"), {"accept_content"}),
        ((*CONFIRMED, "publish", "accept_content"), {"rate"}),
        ((*CONFIRMED, "publish", "accept_content", "rate"), {"rate"}),
        ((*START, "end_task"), set()),
    ],
)
def test_each_stage_opens_its_steps(events: tuple[str, ...], is_open: set[str]) -> None:
    assert standing(task("rate", "client", *events), "open") == is_open


def test_a_decision_carries_the_metadata_of_its_case() -> None:
    assert decided(task("place_task", "client", metadata={"desk": "7"})).metadata == {"desk": "7"}


def test_a_step_is_taken_by_the_party_named_in_the_rule() -> None:
    """Either side can rate."""
    shown = (*START, "upload_script")
    assert decided(task("confirm_script", "client", *shown)).outcome == "open"
    by_the_creator = decided(task("confirm_script", "creator", *shown))
    assert by_the_creator.outcome == "refused"
    (clauses,) = (each.refused_by for each in by_the_creator.steps if each.step == "confirm_script")
    assert clauses == ("taken_by_the_right_side",)
    assert awaited(task("confirm_script", "creator", *shown), "rate") == [("client", "confirm_script")]
    complete = (*CONFIRMED, "publish", "accept_content")
    assert [decided(task("rate", by, *complete)).outcome for by in ("client", "creator", "platform")] == [
        "open",
        "open",
        "refused",
    ]


def test_a_video_waits_for_the_review() -> None:
    """Until then it cannot be confirmed; the rule does not say whether it can be rejected."""
    in_review = (*START, *SCRIPT, "upload_video")
    assert awaited(task("confirm_video", "client", *in_review), "confirm_video") == [("platform", "approve_video")]
    early = task("reject_video", "client", *in_review)
    assert decided(early).outcome == "manual_review"
    code = finding(early, "reject_video", "a_video_is_before_the_client").because.code
    assert code == "a_video_is_before_the_client.in_review"


def test_a_step_waits_for_the_party_that_acts_next() -> None:
    """A step that is over waits for nothing."""
    shown = task("rate", "client", *START, "upload_script")
    assert awaited(shown, "accept_content") == [("client", "confirm_script")]
    assert awaited(shown, "upload_script") == [("client", "reject_script")]
    assert standing(shown, "refused") == {"place_task", "take_order"}


# Rejections, as R61 reads them


@pytest.mark.parametrize(
    ("step", "begun", "once", "again", "most"),
    [
        ("reject_script", START, REJECTED_SCRIPT, ("upload_script",), 3),
        ("reject_video", (*START, *SCRIPT), REJECTED_VIDEO, VIDEO, 2),
    ],
)
def test_one_rejection_too_many_is_refused(
    step: str, begun: tuple[str, ...], once: tuple[str, ...], again: tuple[str, ...], most: int
) -> None:
    """The client may still confirm, and a remark says that a person decides if neither side does anything."""
    last = task(step, "client", *begun, *once * (most - 1), *again)
    assert (decided(last).outcome, decided(last).remarks) == ("open", ())
    one_more = task(step, "client", *begun, *once * most, *again)
    assert decided(one_more).outcome == "refused"
    assert standing(one_more, "open") == {step.replace("reject", "confirm")}
    assert [each.code for each in decided(one_more).remarks] == ["the_client_may_still_confirm"]
    assert decided({**one_more, "wanted": {"step": "end_task", "by": "client"}}).outcome == "manual_review"
    (fault,) = refused(task("rate", "client", *begun, *once * most, *again, step))
    assert fault.pointer == f"/history/{len(begun) + most * len(once) + len(again)}/step"
    assert "rejections_of_the" in fault.expected


def test_a_rejection_without_stated_changes_does_not_count() -> None:
    """It uses up nothing, leaves the script where it is, and may even occur where a rejection is impossible."""
    empty = {"step": "reject_script", "changes_stated": False}
    shown = task("reject_script", "client", *START, *REJECTED_SCRIPT * 2, "upload_script", empty, empty)
    assert standing(shown, "open") == {"confirm_script", "reject_script"}
    assert decided(task("upload_script", "creator", empty, *START)).outcome == "open"
    unstated = {**shown, "wanted": {"step": "reject_script", "by": "client", "changes_stated": False}}
    assert decided(unstated).outcome == "waiting"
    (request,) = decided(unstated).requests
    assert (request.to, request.need, request.accepts) == ("client", "changes", ({"/wanted/changes_stated": (True,)},))


def test_whether_the_wanted_rejection_states_changes_is_asked_of_the_client() -> None:
    """Either is possible, and only one that states changes is a rejection."""
    document = task("reject_script", "client", *START, "upload_script")
    document["wanted"]["changes_stated"] = None
    (request,) = decided(document).requests
    assert (request.to, request.need, request.accepts) == ("client", "changes", ({"/wanted/changes_stated": (True,)},))
    steps = EDITION.case_kind.subjects(case_from(document))
    stated = next(GLOSSARY.facts["changes_stated"].read(each) for each in steps if each.line_id == "reject_script")
    assert stated.could_be == (False, True)


def test_whether_a_rejection_counts_is_asked_if_it_matters() -> None:
    """Later events may show it."""
    unclear = task("upload_script", "creator", *START, "upload_script", UNKNOWN)
    (request,) = decided(unclear).requests
    assert (request.to, request.need) == ("platform", "stated_changes")
    assert request.accepts == ({"/history/3/changes_stated": (True, False)},)
    assert standing(unclear, "refused") == {"place_task", "take_order"}
    assert standing(unclear, "manual_review") == {"end_task"}
    assert standing(unclear, "waiting") == set()
    it_did = task("reject_script", "client", *START, "upload_script", UNKNOWN, *REJECTED_SCRIPT * 2, "upload_script")
    assert decided(it_did).outcome == "refused"
    it_did_not = task("upload_video", "creator", *START, "upload_script", UNKNOWN, "confirm_script")
    assert decided(it_did_not).outcome == "open"


def test_what_makes_no_difference_any_more_is_not_asked_for() -> None:
    """One of two rejections counted, whichever it was; after another one, only the last event is uncertain."""
    events = (*START, "upload_script", UNKNOWN, UNKNOWN, *REJECTED_SCRIPT, "upload_script")
    decision = decided(task("upload_script", "creator", *events, UNKNOWN))
    (request,) = decision.requests
    assert decision.outcome == "needs_information"
    assert request.accepts == ({f"/history/{len(events)}/changes_stated": (True, False)},)


def test_a_step_that_can_no_longer_be_reached_is_refused() -> None:
    """Another script is uploaded after a rejection, and none is left."""
    used_up = task("upload_script", "creator", *START, *REJECTED_SCRIPT * 3, "upload_script")
    assert decided(used_up).outcome == "refused"


def test_an_impossible_rejection_did_not_count() -> None:
    """A fourth rejection does not count, unless the case says that it stated changes."""
    used_up = (*START, *REJECTED_SCRIPT * 3, "upload_script")
    assert decided(task("confirm_script", "client", *used_up, UNKNOWN)).outcome == "open"
    assert refused(task("confirm_script", "client", *used_up, "reject_script"))


# Publishing (DX.2(3), DX.2(4))


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [("2024-05-03T09:59:59.999999+08:00", "opens_later"), ("2024-05-03T10:00:00+08:00", "open")],
)
def test_content_is_accepted_once_it_is_public(as_of: str, outcome: str) -> None:
    """From exactly the instant that was set."""
    set_for = "2024-05-03T10:00:00+08:00"
    event = {"step": "set_publication", "set_for": set_for}
    decision = decided({**task("accept_content", "client", *CONFIRMED, event), "as_of": as_of})
    assert decision.outcome == outcome
    (result,) = (each for each in decision.steps if each.step == "accept_content")
    later = Instant.parse(set_for) if outcome == "opens_later" else None
    assert (result.opens_at, decision.reconsider_at) == (later, later)
    events = (*CONFIRMED, event, {"step": "accept_content", "happened_at": as_of})
    document = {**task("rate", "client", *events), "as_of": as_of}
    if outcome == "open":
        assert decided(document).outcome == "open"
    else:
        assert [each.pointer for each in refused(document)] == [f"/history/{len(CONFIRMED) + 1}/step"]


@pytest.mark.parametrize(
    ("event", "public_from", "code"),
    [
        ("publish", str(Instant(FIRST + len(CONFIRMED) * HOUR)), "holds"),
        ({"step": "set_publication", "set_for": LATER}, LATER, "not_public_yet"),
    ],
)
def test_a_decision_states_since_when_the_content_is_public(event: Any, public_from: str, code: str) -> None:
    """Since it was published, or from the time that was set."""
    answer = finding(task("accept_content", "client", *CONFIRMED, event), "accept_content", "the_content_is_public")
    assert {each.name: str(each.value) for each in answer.facts}["public_from"] == public_from
    assert answer.because.code == f"the_content_is_public.{code}"


def test_content_cannot_be_accepted_before_it_is_public() -> None:
    """However long ago."""
    set_for_later = {"step": "set_publication", "set_for": "2024-05-03T10:00:00+08:00"}
    document = {**task("rate", "client", *CONFIRMED, set_for_later, "accept_content"), "as_of": LATER}
    (fault,) = refused(document)
    assert fault.pointer == f"/history/{len(CONFIRMED) + 1}/step"
    assert "this one was refused by the_content_is_public (DX.2(3), DX.2(4))" in fault.expected


def test_an_event_is_judged_by_its_own_fields() -> None:
    """Not by the declaration of its step."""

    def time_set(at: SingleStep) -> Instant | None:
        """The time set for the publication."""
        return at.stated("set_for", None)

    def set_for_may(time_set: Instant | None) -> bool:
        """DX.2(3). No later than May."""
        return time_set is None or time_set < Instant.parse(LATER)

    step = TaskStep.SET_PUBLICATION
    declared: Any = EDITION.case_kind
    kind = evolve(declared, glossary=Glossary({**GLOSSARY.facts, "time_set": Fact(time_set, ("/history",))}))
    edition = evolve(
        EDITION,
        case_kind=kind,
        requires=(*EDITION.requires, set_for_may),
        clauses_by_question={
            **EDITION.clauses_by_question,
            step: (*EDITION.clauses_by_question[step], set_for_may),
        },
    )
    case = case_from(task("rate", "client", *CONFIRMED, {"step": step.value, "set_for": LATER}))
    with pytest.raises(InputError, match=r"set_for_may \(DX\.2\(3\)\)"):
        decide(case, edition)


def test_a_step_that_is_too_early_and_blocked_does_not_open_by_itself() -> None:
    def somebody_has_looked_at_it(public_from: Instant | None) -> Answer:
        """DX.2(4). The client looks at the content."""
        return for_a_person("nobody_knows") if public_from else True

    step = TaskStep.ACCEPT_CONTENT
    edition = evolve(
        EDITION,
        requires=(*EDITION.requires, somebody_has_looked_at_it),
        clauses_by_question={
            **EDITION.clauses_by_question,
            step: (*EDITION.clauses_by_question[step], somebody_has_looked_at_it),
        },
    )
    event = {"step": "set_publication", "set_for": "2024-05-03T10:00:00+08:00"}
    decision: ProcessDecision = decide(case_from(task(step.value, "client", *CONFIRMED, event)), edition)
    (result,) = (each for each in decision.steps if each.step == step)
    assert (result.outcome, result.opens_at) == ("refused", None)


def test_a_decision_says_when_another_step_is_lost() -> None:
    """That step waits until then, and is refused from the next instant on; the step in question stays the same."""
    until = Instant(FIRST + 5 * HOUR)

    def rated_in_good_time(as_of: Instant) -> Answer:
        """DX.2(5). A rating waits for a signature for some hours."""
        return fails() if as_of > until else repairable(TO_BE_SIGNED, {"agreement_signed": (True,)}, until)

    edition = evolve(
        EDITION,
        requires=(*EDITION.requires, rated_in_good_time),
        clauses_by_question={
            **EDITION.clauses_by_question,
            TaskStep.RATE: (*EDITION.clauses_by_question[TaskStep.RATE], rated_in_good_time),
        },
    )
    decision: ProcessDecision = decide(case_from(task("place_task", "client")), edition)
    assert (decision.outcome, decision.reconsider_at) == ("open", until + 1)


def test_a_decision_says_when_a_step_is_lost_by_the_moment_of_its_case() -> None:
    """A clause may read that moment as a field of the case."""
    until = Instant(FIRST + 5 * HOUR)

    def decided_at(at: SingleStep) -> Instant:
        """The moment of the case."""
        moment: Instant = at.whole.as_of
        return moment

    def rated_in_good_time(decided_at: Instant) -> Answer:
        """DX.2(5). A rating waits for a signature for some hours."""
        return fails() if decided_at > until else repairable(TO_BE_SIGNED, {"agreement_signed": (True,)}, until)

    edition = with_one_more_clause(TaskStep.RATE, rated_in_good_time, ("/as_of",), decided_at=decided_at)
    decision: ProcessDecision = decide(case_from(task("place_task", "client")), edition)
    assert (decision.outcome, decision.reconsider_at) == ("open", until + 1)


def test_an_unknown_publication_time_is_asked_for() -> None:
    decision = decided(task("accept_content", "client", *CONFIRMED, "set_publication"))
    (request,) = decision.requests
    assert (decision.outcome, request.need) == ("needs_information", "publication_time")
    assert request.accepts == ({f"/history/{len(CONFIRMED)}/set_for": ()},)
