"""Steps that are judged once for all cases in a state: the same decisions as if every case were judged, and no step that needs a case."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any
from unittest import mock

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import decide
from adjudicator.engine.judgement import judge
from adjudicator.engine.policy import Edition
from adjudicator.engine.shared_judgement import NeedsTheCase
from adjudicator.kinds import histories, kept_steps, process
from adjudicator.kinds.kept_steps import MOST_STATES, KeptStep, KeptSteps
from adjudicator.kinds.progress import Progress
from adjudicator.kinds.step_in_any_case import FieldOf, HowOften, NeedsToKnow, States, StepInAnyCase
from adjudicator.law import Answer, Fact, Glossary, Instant, SingleStep, Turn, repairable
from adjudicator.model.errors import InputError
from adjudicator.model.facts import Ask, Open
from adjudicator.wire.codec import case_from
from douyin_xingtu.case import Client, Stage, TaskCase, TaskEvent, TaskStep
from douyin_xingtu.facts import GLOSSARY, STATED_CHANGES, TO_BE_SIGNED
from douyin_xingtu.task import EDITION
from kept_tasks import KIND, STEPS, WANTED, nothing_kept, with_one_more_clause, written
from task.deciding import UNKNOWN
from tasks import CONFIRMED, START, task, task_documents


@given(task_documents())
def test_decisions_are_the_same_as_if_every_step_were_judged(document: dict[str, Any]) -> None:
    """And every history is as possible."""
    found = written(document, EDITION)
    with nothing_kept():
        assert written(document, EDITION) == found


def stage_of(at: SingleStep) -> object:
    return at.from_progress(lambda progress: progress.stage)


def taken_up_to(at: SingleStep) -> object:
    return at.from_progress(lambda progress: progress.times)


def handled(at: SingleStep) -> object:
    try:
        return at.case.id
    except Exception:  # noqa: BLE001 - a policy may do so
        return None


READS: dict[str, Callable[[SingleStep], object]] = {
    "the case": lambda at: at.case.id,
    "the case, and handles what goes wrong": handled,
    "the case at one stage": lambda at: at.case.client.id if stage_of(at) is Stage.SCRIPT_AWAITED else "",
    "the moment": lambda at: at.as_of,
    "whether there is a moment": lambda at: at.as_of is not None,
    "the event": lambda at: at.event and at.event.step,
    "a field of the event": lambda at: at.stated("happened_at", None),
    "whether changes are stated": lambda at: at.stated("changes_stated", 7),
    "who takes it": lambda at: at.stated("by", 7),
    "a fact of the client": lambda at: at.whole.client.payment_checked,
    "a name of the client": lambda at: at.whole.client.id,
    "the states": lambda at: len(at.progress),
    "a state": taken_up_to,
    "what is blocked": lambda at: len(at.blocked),
    "the last upload": lambda at: at.last(TaskStep.UPLOAD_SCRIPT, lambda _, event: event.happened_at),
    "the uploads": lambda at: at.times(TaskStep.UPLOAD_SCRIPT),
    "uploads, and then rejections": lambda at: (
        at.times(TaskStep.REJECT_SCRIPT) if at.times(TaskStep.UPLOAD_SCRIPT) == 1 else 9
    ),
    "the stage": stage_of,
}
WHATEVER_THE_CASE = {
    "whether there is a moment",
    "whether changes are stated",
    "who takes it",
    "a fact of the client",
    "the last upload",
    "the uploads",
    "uploads, and then rejections",
    "the stage",
}


def edition_that_reads(read: Callable[[SingleStep], object]) -> Edition:
    """The edition with one more clause for each step, which fails now and then, depending on what it reads."""

    def seen(at: SingleStep) -> int:
        """What is read, as a number."""
        found = read(at)
        return sum(map(ord, str(found.could_be if isinstance(found, Open) else found))) % 3

    def seen_often(seen: int) -> bool:
        """DX.2. Depends on what is read."""
        return seen < 2

    clauses = {step: (*of, seen_often) for step, of in EDITION.clauses_by_question.items()}
    kind = evolve(KIND, glossary=Glossary({**GLOSSARY.facts, "seen": Fact(seen, ("/history",))}))
    return evolve(EDITION, case_kind=kind, requires=(*EDITION.requires, seen_often), clauses_by_question=clauses)


@pytest.mark.parametrize("reads", READS)
def test_a_step_is_kept_only_if_it_asks_for_nothing_of_a_case(reads: str) -> None:
    """Cases that are decided in turn, under an edition that asks for something, are decided as if nothing were kept."""
    edition = edition_that_reads(READS[reads])
    documents = [{**each, "id": f"task-{number}"} for number, each in enumerate(WANTED * 2)]
    found = [written(each, edition) for each in documents]
    with nothing_kept():
        assert [written(each, edition) for each in documents] == found


@given(st.lists(task_documents(), min_size=2, max_size=4), st.sampled_from([*READS]))
def test_no_case_leaves_anything_to_the_next(documents: list[dict[str, Any]], reads: str) -> None:
    edition = edition_that_reads(READS[reads])
    found = [written(each, edition) for each in documents]
    with nothing_kept():
        assert [written(each, edition) for each in documents] == found


@pytest.mark.parametrize("reads", READS)
def test_only_what_is_the_same_in_every_case_is_kept(reads: str) -> None:
    """Otherwise every case is judged."""
    edition = edition_that_reads(READS[reads])
    case = case_from(WANTED[0])
    step, nothing_taken = STEPS[TaskStep.UPLOAD_SCRIPT], Progress.at_the_start(STEPS).times
    for event in (None, case.history[0], case.wanted):
        kind = None if event is None else type(event)
        step_kept = KeptStep(edition, STEPS, step, States((Stage.SCRIPT_AWAITED,)), kind, with_remarks=False)
        kept = step_kept.judged(case, (nothing_taken,), event)
        harmless = set()
        if event is None:
            harmless = {"the event", "a field of the event"}
        elif event is case.wanted:
            harmless = {"a field of the event"}
        assert (kept is not None) == (reads in WHATEVER_THE_CASE | harmless)


def test_the_wanted_step_is_kept_for_all_cases_that_want_it_in_the_same_way() -> None:
    """Also in another class of details."""
    at = KeptSteps(EDITION, STEPS, States((Stage.OFFERED,)), ())
    case, times = case_from(WANTED[1]), (Progress.at_the_start(STEPS).times,)
    found = at.wanted_step(case, times)
    assert at.wanted_step(case_from({**WANTED[1], "id": "task-2"}), times) is found
    assert (
        at.wanted_step(case_from({**WANTED[1], "wanted": {"step": "take_order", "by": "creator"}}), times) is not found
    )
    assert {kind for step, kind in at.wanted if step is TaskStep.TAKE_ORDER} == {type(case.wanted)}


def test_what_an_event_does_is_known_of_its_step_alone_where_it_is_allowed_in_all_cases() -> None:
    """Before the first task, that depends on the client. Nobody asks for the remarks on an event."""
    moves = kept_steps.Moves(EDITION, STEPS, TaskEvent)
    place, counts, then, is_allowed, kept = moves[Stage.OFFERED][TaskStep.TAKE_ORDER]
    assert (place, counts, then.stage, is_allowed) == (1, None, Stage.SCRIPT_AWAITED, True)
    assert then is moves[Stage.SCRIPT_AWAITED]
    assert kept.with_remarks is False
    assert kept.event_class is TaskEvent
    assert [moves[Stage.NO_TASK][step][3] for step in (TaskStep.PLACE_TASK, TaskStep.TAKE_ORDER)] == [False, False]


def test_an_event_that_no_case_allows_is_refused_without_judging_it_in_the_case() -> None:
    with (
        mock.patch.object(histories, "judge", side_effect=AssertionError),
        pytest.raises(InputError, match="a_task_is_offered"),
    ):
        case_from(task("rate", "client", "take_order"))


def test_a_history_is_followed_in_one_go_as_long_as_it_is_certain() -> None:
    """Also past events that do not count, and those that only some clients may take."""
    no_rejection = {"step": "reject_script", "changes_stated": False}
    document = task("rate", "client", *START, "upload_script", no_rejection, "confirm_script")
    with mock.patch.object(histories, "_after_judging", side_effect=AssertionError):
        (state,) = histories.replay(EDITION, STEPS, case_from(document))
    assert state.stage is Stage.VIDEO_AWAITED


def test_what_a_step_needs_a_case_for_is_named() -> None:
    place = STEPS.positions[TaskStep.PUBLISH]
    known = ((HowOften(place), (1,)),)
    subject = StepInAnyCase(STEPS, STEPS[TaskStep.RATE], States((Stage.PUBLISHED,)), TaskCase, None, known)
    with pytest.raises(NeedsTheCase, match="publish"):
        subject.last(TaskStep.PUBLISH, lambda _, event: event.happened_at)
    with pytest.raises(NeedsToKnow, match=r"HowOften\(place=0\)"):
        subject.times(TaskStep.PLACE_TASK)


def test_a_kept_step_holds_nothing_of_a_case() -> None:
    case, nothing_taken = case_from(WANTED[0]), Progress.at_the_start(STEPS).times
    at_the_offer = kept_steps.kept_steps(EDITION, STEPS, States((Stage.OFFERED,)))
    kept = at_the_offer.judged(case, (nothing_taken,)).judged[STEPS.positions[TaskStep.RATE]]
    assert kept is not None
    assert repr(kept.judgement.subject) == "StepInAnyCase(rate at offered)"
    for name in ("case", "progress", "blocked"):
        with pytest.raises(NeedsTheCase, match=name):
            getattr(kept.judgement.subject, name)
    with pytest.raises(NeedsTheCase, match="times"):
        kept.judgement.subject.from_progress(lambda progress: progress.times)


def test_a_step_in_two_states_asks_which_of_them_it_is() -> None:
    """Which events tell differs from case to case."""
    states = States((Stage.SCRIPT_AWAITED, Stage.SCRIPT_WITH_CLIENT), ((), ()), (STATED_CHANGES,))
    subject = StepInAnyCase(STEPS, STEPS[TaskStep.RATE], states, TaskCase, None, ())
    assert repr(subject) == "StepInAnyCase(rate at script_awaited or script_with_client)"
    found = subject.from_progress(lambda progress: progress.stage)
    assert isinstance(found, Open)
    assert found.asks == (Ask(STATED_CHANGES),)


def test_what_is_kept_is_forgotten_once_there_is_no_more_room() -> None:
    room = kept_steps._Room()
    with (
        mock.patch.object(kept_steps, "MOST_KEPT", 3),
        mock.patch.object(kept_steps.kept_steps, "cache_clear") as steps,
        mock.patch.object(kept_steps.steps_at, "cache_clear") as at_stages,
        mock.patch.object(kept_steps.moves_of, "cache_clear") as moves,
    ):
        cleared = []
        for _ in range(8):
            room.make()
            cleared.append((steps.call_count, at_stages.call_count, moves.call_count))
    assert cleared == [(0, 0, 0)] * 3 + [(1, 1, 1)] * 3 + [(2, 2, 2)] * 2


def test_steps_are_put_together_once_for_all_cases_that_say_the_same() -> None:
    """The number of rejections is asked for, and what is known of the client; nothing else."""
    kept_steps.kept_steps.cache_clear()
    at = kept_steps.kept_steps(EDITION, STEPS, States((Stage.SCRIPT_WITH_CLIENT,)))
    case, times = case_from(WANTED[3]), Progress.at_the_start(STEPS).times
    rejected = [*times]
    rejected[STEPS.positions[TaskStep.REJECT_SCRIPT]] = 1
    together = at.judged(case, (times,))
    assert at.judged(case_from({**WANTED[4], "id": "task-2"}), (times,)) is together
    assert at.judged(case, (rejected,)) is not together
    unchecked = case_from({**WANTED[3], "client": {**WANTED[3]["client"], "payment_checked": None}})
    assert at.judged(unchecked, (times,)) is not together
    assert at.judged(case, (times,)) is together
    assert together.own(3) == (3,)
    assert together.own(3) is together.own(3)


def test_steps_that_are_put_together_say_which_are_missing() -> None:
    """The case may say when the content is public."""
    published, place = [*Progress.at_the_start(STEPS).times], STEPS.positions[TaskStep.ACCEPT_CONTENT]
    published[STEPS.positions[TaskStep.PUBLISH]] = 1
    at = kept_steps.kept_steps(EDITION, STEPS, States((Stage.PUBLISHED,)))
    together = at.judged(case_from(WANTED[-1]), (published,))
    assert together.missing == (place,)
    assert [together.own(wanted) for wanted in (0, place)] == [(0, place), (place,)]


@pytest.mark.parametrize(
    ("document", "number"),
    [
        (task("rate", "client", *START), 0),
        (WANTED[-1], 0),
        (task("rate", "client", *CONFIRMED, "publish"), 1),
        (task("rate", "client", *START, "upload_script", *[UNKNOWN] * (MOST_STATES - 1)), 1),
        (task("rate", "client", *START, "upload_script", *[UNKNOWN] * MOST_STATES), len(STEPS.steps)),
    ],
)
def test_a_case_judges_only_steps_that_are_not_kept(document: dict[str, Any], number: int) -> None:
    """Those that differ between cases, if several states are possible the wanted one, and if many are, all."""
    decide(case_from(document))
    with mock.patch.object(process, "judge", wraps=judge) as judged:
        decide(case_from({**document, "id": "task-2"}))
    assert judged.call_count == number


@given(st.lists(task_documents(), min_size=2, max_size=4))
def test_remarks_can_ask_for_what_a_kept_step_did_without(documents: list[dict[str, Any]]) -> None:
    def next_is(turn: Turn, public_from: Instant | None, takers: tuple[str, ...]) -> bool:
        """DX.2. Says how things stand."""
        return turn.answer is True or public_from is None or "creator" in takers

    def comes_first(turn: Turn) -> bool:
        """DX.2. Another step comes first."""
        return not isinstance(turn.answer, bool)

    def seen(at: SingleStep) -> bool:
        """What a clause reads in place of the turn: two steps are closed."""
        return at.stated("happened_at", None) is not None or at.line_id not in ("confirm_script", "confirm_video")

    def may_be_tried(seen: bool) -> bool:
        """DX.2. May be tried."""
        return seen

    clauses = dict.fromkeys(EDITION.clauses_by_question, (may_be_tried,))
    kind = evolve(KIND, glossary=Glossary({**GLOSSARY.facts, "seen": Fact(seen, ("/history",))}))
    edition = evolve(
        EDITION,
        case_kind=kind,
        requires=(may_be_tried,),
        barred_by=(),
        remarks=(next_is, comes_first),
        clauses_by_question=clauses,
    )
    found = [written(each, edition) for each in documents]
    with nothing_kept():
        assert [written(each, edition) for each in documents] == found


def test_a_step_may_be_closed_in_one_possible_state_alone() -> None:
    """If the script was rejected, it is awaited; else it is with the client, who cannot confirm it."""

    def shut(at: SingleStep) -> bool:
        """Whether the step would be taken now."""
        return at.stated("happened_at", None) is None

    def no_longer_possible(shut: bool) -> bool:
        """DX.2(1). Is not possible any more."""
        return not shut

    edition = with_one_more_clause(TaskStep.CONFIRM_SCRIPT, no_longer_possible, shut=shut)
    unknown = {"step": "reject_script", "changes_stated": None}
    document = task("rate", "client", *START, "upload_script", unknown)
    found = written(document, edition)
    with nothing_kept():
        assert written(document, edition) == found


@pytest.mark.parametrize("name", ["task-1", "task-2"])
def test_of_two_steps_that_are_next_one_may_be_closed_and_the_other_depend_on_the_case(name: str) -> None:
    """The script can be rejected by some clients, and not be confirmed: the steps behind it wait for the rejection."""

    def shut(at: SingleStep) -> bool:
        """Whether the step would be taken now."""
        return at.stated("happened_at", None) is None

    def no_longer_possible(shut: bool) -> bool:
        """DX.2(1). Is not possible any more."""
        return not shut

    def name_of_the_task(at: SingleStep) -> str:
        """The id of the case."""
        return str(at.case.id)

    def for_the_first_task(name_of_the_task: str) -> bool:
        """DX.2(1). Only the first task."""
        return name_of_the_task == "task-1"

    steps: dict[TaskStep, Any] = {
        TaskStep.CONFIRM_SCRIPT: no_longer_possible,
        TaskStep.REJECT_SCRIPT: for_the_first_task,
    }
    clauses = {
        step: (*of, *([steps[step]] if step in steps else [])) for step, of in EDITION.clauses_by_question.items()
    }
    facts = {each.__name__: Fact(each, ("/history",)) for each in (shut, name_of_the_task)}
    kind = evolve(KIND, glossary=Glossary({**GLOSSARY.facts, **facts}))
    requires = (*EDITION.requires, *steps.values())
    edition = evolve(EDITION, case_kind=kind, requires=requires, clauses_by_question=clauses)
    document = {**task("upload_video", "creator", *START, "upload_script"), "id": name}
    found = written(document, edition)
    with nothing_kept():
        assert written(document, edition) == found


def test_nothing_is_kept_by_what_a_case_says_in_a_repair() -> None:
    """The other steps wait for that repair."""

    def name_of_the_task(at: SingleStep) -> str:
        """The id of the case."""
        return str(at.case.id)

    def named(name_of_the_task: str) -> Answer:
        """DX.1. The task is named."""
        return repairable(TO_BE_SIGNED, {f"/named/{name_of_the_task}": (True,)}, until=None)

    edition = with_one_more_clause(TaskStep.PLACE_TASK, named, name_of_the_task=name_of_the_task)
    decide(case_from(task("rate", "client")), edition)
    kept = kept_steps.kept_steps.cache_info().currsize
    decided = decide(case_from({**task("rate", "client"), "id": "task-2"}), edition)
    assert kept_steps.kept_steps.cache_info().currsize == kept
    assert [each.accepts for each in decided.requests] == [({"/named/task-2": (True,)},)]


@pytest.mark.parametrize("path", ["client.payment_checked", "client.nothing", "metadata"])
def test_only_fields_that_may_be_no_part_of_a_case_are_asked_for(path: str) -> None:
    """The client is a part of every task, and its fields may be unknown; a case need not have any metadata."""
    subject = StepInAnyCase(STEPS, STEPS[TaskStep.RATE], States((Stage.OFFERED,)), TaskCase, None, ())
    with pytest.raises(NeedsToKnow) as needs:
        attrgetter(path)(subject.whole)
    assert needs.value.asked == FieldOf(tuple(path.split(".")))


def test_whether_a_case_has_a_part_is_one_of_few_answers() -> None:
    """A text has many."""
    case = case_from(WANTED[0])
    of_the_client = FieldOf(("client",)).answer(case, (), None)
    assert of_the_client is not None
    assert of_the_client[0] is Client
    assert FieldOf(("id",)).answer(case, (), None) is None
