"""Histories of creators' tasks: impossible cases, limits, and how a process is declared."""

from __future__ import annotations

import datetime as dt
import json
import pickle
from collections.abc import Iterable
from copy import copy
from typing import Any, Final
from unittest import mock

import pytest
from attrs import evolve
from hypothesis import given

from adjudicator import InputError, Instant, decide
from adjudicator.engine.changes_in_time import at_moment
from adjudicator.kinds import histories
from adjudicator.kinds.histories import replay, states_after
from adjudicator.kinds.process import MOST_EVENTS, ProcessKind
from adjudicator.kinds.progress import MOST_POSSIBILITIES
from adjudicator.law import (
    PolicyError,
    Process,
    SingleStep,
    Step,
)
from adjudicator.model.errors import Fault, shown
from adjudicator.model.facts import Open
from adjudicator.model.limits import LATEST
from adjudicator.model.soundness import recast
from adjudicator.model.time import HOUR
from adjudicator.wire.codec import case_from
from douyin_xingtu.case import Stage, TaskCase, TaskStep
from douyin_xingtu.task import EDITION, STEPS
from task.deciding import LATER, UNKNOWN, decided, refused
from tasks import (
    CONFIRMED,
    FIRST,
    NOTHING_YET,
    REJECTED_SCRIPT,
    START,
    history,
    task,
    task_documents,
)

# Impossible cases


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"history": history("take_order")}, "/history/0/step"),
        ({"history": history("place_task", "place_task")}, "/history/1/step"),
        ({"history": history(*START, "rate")}, "/history/2/step"),
        ({"history": [*reversed(history(*START))]}, "/history/1/happened_at"),
        ({"history": history({"step": "place_task", "happened_at": "2024-07-01T00:00:00Z"})}, "/history/0/happened_at"),
        ({"history": history({"step": "place_task", "changes_stated": True})}, "/history/0/changes_stated"),
        ({"history": history({"step": "place_task", "set_for": str(FIRST)})}, "/history/0/set_for"),
        (
            {"history": history(*CONFIRMED, {"step": "set_publication", "set_for": str(FIRST)}), "as_of": LATER},
            f"/history/{len(CONFIRMED)}/set_for",
        ),
        (
            {"history": history("place_task", {"step": "take_order", "happened_at": str(Instant(FIRST - 1))})},
            "/history/1/happened_at",
        ),
        ({"as_of": str(LATEST)}, "/as_of"),
        (
            {"history": history(*CONFIRMED, {"step": "set_publication", "set_for": str(LATEST)}), "as_of": LATER},
            f"/history/{len(CONFIRMED)}/set_for",
        ),
        ({"history": ["place_task"]}, "/history/0"),
        ({"wanted": {"step": "publish", "by": "client", "changes_stated": True}}, "/wanted/changes_stated"),
    ],
)
def test_an_impossible_case_is_refused_by_pointer(changes: Any, pointer: str) -> None:
    assert [each.pointer for each in refused({**task("rate", "client", *START), **changes})] == [pointer]


@pytest.mark.parametrize(
    ("event", "field", "expected"),
    [
        ({"step": "place_task", "changes_stated": True}, "changes_stated", "nothing, because nothing is rejected"),
        ({"step": "place_task", "set_for": str(FIRST)}, "set_for", "nothing, because no time is set for a publication"),
        (
            {"step": "set_publication", "set_for": str(FIRST)},
            "set_for",
            f"an instant not before happened_at, {Instant(FIRST + len(CONFIRMED) * HOUR)}",
        ),
        (
            {"step": "set_publication", "happened_at": str(FIRST)},
            "happened_at",
            f"an instant not before the event before it, {Instant(FIRST + (len(CONFIRMED) - 1) * HOUR)}",
        ),
    ],
)
def test_a_fault_of_an_event_has_the_value_and_the_expectation(
    event: dict[str, Any], field: str, expected: str
) -> None:
    (fault,) = refused(task("rate", "client", *CONFIRMED, event))
    assert (fault.pointer, fault.value, fault.expected) == (
        f"/history/{len(CONFIRMED)}/{field}",
        json.dumps(event[field]),
        expected,
    )


def test_a_history_has_a_hundred_events_at_most() -> None:
    """One more is refused before any of them is judged."""
    no_rejection = {"step": "reject_script", "changes_stated": False}
    shown = (*START, "upload_script")
    full: list[Any] = [*shown, *[no_rejection] * (MOST_EVENTS - len(shown))]
    assert decided(task("confirm_script", "client", *full)).outcome == "open"
    (fault,) = refused(task("confirm_script", "client", *full, no_rejection))
    assert (fault.pointer, fault.value, fault.expected) == ("/history", "101", "a history of at most 100 events")


def test_a_history_with_too_many_possibilities_is_refused() -> None:
    """Each event that may not count adds one here; the event that goes too far is named."""
    shown = (*START, "upload_script")
    most = task("confirm_script", "client", *shown, *[UNKNOWN] * (MOST_POSSIBILITIES - 1))
    assert decided(most).outcome == "needs_information"
    (fault,) = refused(task("confirm_script", "client", *shown, *[UNKNOWN] * MOST_POSSIBILITIES))
    assert (fault.pointer, fault.value, fault.expected) == (
        f"/history/{len(shown) + MOST_POSSIBILITIES - 1}/step",
        '"reject_script"',
        "fewer events before it of which it is not known whether they count",
    )


def test_a_sound_case_is_known_at_once() -> None:
    """At the limits too: all events at one instant, the most of them, and the last moment for a decision."""
    (placed,), moment = history("place_task"), str(FIRST)
    no_rejection = {"step": "reject_script", "happened_at": moment, "changes_stated": False}
    full = [placed, *[{"step": "take_order", "happened_at": moment}], *[no_rejection] * (MOST_EVENTS - 2)]
    for changes in ({"history": full}, {"as_of": str(Instant(LATEST - 1))}):
        assert case_from({**NOTHING_YET, **changes}).is_sound()


class DistrustedCase(TaskCase):
    """A case with a fault that its own events do not have."""

    __slots__ = ()

    def faults(self) -> Iterable[Fault]:
        """One more than those of its events."""
        yield from super().faults()
        yield Fault("/id", shown(self.id), "another name")


def test_a_class_of_cases_may_find_more_faults() -> None:
    """Whether a case is sound follows from them."""
    sound = case_from(NOTHING_YET)
    assert sound.is_sound()
    assert not recast(sound, DistrustedCase).is_sound()


@given(task_documents())
def test_the_states_noted_in_a_case_are_those_of_its_replay(document: dict[str, Any]) -> None:
    """Including the assumptions about events that may not count; a copy has no note, and another edition takes none."""
    case = case_from(document)
    kind = EDITION.case_kind
    assert isinstance(kind, ProcessKind)
    replayed = repr(replay(EDITION, kind.process, case))
    with mock.patch.object(histories, "replay", wraps=replay) as again:
        assert repr(states_after(EDITION, kind.process, case)) == replayed
        assert again.call_count == 0
        for edition, of in ((EDITION, copy(case)), (EDITION, at_moment(case, case.as_of)), (evolve(EDITION), case)):
            assert repr(states_after(edition, kind.process, of)) == replayed
        assert again.call_count == 3


def test_what_is_noted_in_a_case_is_no_part_of_its_value() -> None:
    case = case_from(task("rate", "client", *CONFIRMED))
    without = at_moment(case, case.as_of)
    assert hasattr(case, "_states")
    assert not hasattr(without, "_states")
    assert (case, hash(case), repr(case), pickle.dumps(case)) == (
        without,
        hash(without),
        repr(without),
        pickle.dumps(without),
    )


def test_only_the_first_impossible_event_is_reported_and_only_if_all_else_is_valid() -> None:
    """Faults that follow from it, or from unreadable values, are not reported."""
    twice = history("take_order", "take_order")
    assert [each.pointer for each in refused({**NOTHING_YET, "as_of": LATER, "history": twice})] == ["/history/0/step"]
    unread = [*twice, {"step": "no_such_step", "happened_at": twice[1]["happened_at"]}]
    found = refused({**NOTHING_YET, "as_of": LATER, "history": unread})
    assert [each.pointer for each in found] == ["/history/2/step"]


def test_a_case_of_no_installed_policy_is_refused_when_it_is_decided() -> None:
    """No edition governs it, so its history is judged under the edition that decides it."""
    document = task("rate", "client", "take_order")
    assert [each.pointer for each in refused({**document, "policy": "no.such.policy"})] == ["/policy"]
    sound = case_from(task("rate", "client", "place_task"))
    unsound = at_moment(sound, sound.as_of)
    object.__setattr__(unsound, "policy", "no.such.policy")
    object.__setattr__(unsound, "history", (evolve(sound.history[0], step=TaskStep.TAKE_ORDER),))
    with pytest.raises(InputError, match="/history/0/step"):
        decide(unsound, EDITION)


# How a process is declared


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((*STEPS, STEPS[0]), "two steps are called place_task"),
        ((evolve(STEPS[0], by=()), *STEPS[1:]), "nobody takes the step place_task"),
        (STEPS[1:], "no steps lead from no_task to the turn of take_order"),
    ],
)
def test_an_invalid_process_is_refused(steps: tuple[Step, ...], expected: str) -> None:
    with pytest.raises(PolicyError, match=expected):
        Process(Stage.NO_TASK, steps)


def test_an_edition_has_clauses_for_each_step() -> None:
    lacking = evolve(EDITION, clauses_by_question={})
    with pytest.raises(PolicyError, match="there are no clauses for the step place_task"):
        decide(case_from(NOTHING_YET), lacking)


def test_an_amended_edition_judges_its_history_by_its_own_clauses() -> None:
    """With two rejections instead of three, a history of the old edition can be impossible under the new one."""

    def three_rejections_of_the_script_are_used_up(script_rejections: int) -> bool:
        """DX.2(1). The script is rejected 2 times at most."""
        return script_rejections >= 2

    later = EDITION.amended(effective_from=dt.date(2030, 1, 1), replacing=(three_rejections_of_the_script_are_used_up,))
    case = case_from(task("reject_script", "client", *START, *REJECTED_SCRIPT * 2, "upload_script"))
    assert (decide(case).outcome, decide(case, later).outcome) == ("open", "refused")
    with pytest.raises(InputError, match="/history/7/step"):
        decide(case_from(task("rate", "client", *START, *REJECTED_SCRIPT * 3)), later)


# Uncertain events


UNCERTAIN: Final = task("rate", "client", *START, "upload_script", UNKNOWN)


def stage_of(at: SingleStep) -> object:
    return at.from_progress(lambda progress: progress.stage)


def test_the_steps_of_a_case_ask_which_of_its_uncertain_events_count() -> None:
    """If it is certain which do, they know the stage."""
    for at in EDITION.case_kind.subjects(case_from(UNCERTAIN)):
        found = stage_of(at)
        assert isinstance(found, Open)
        (ask,) = found.asks
        (places,) = ask.accepts
        assert places == {f"/history/{len(UNCERTAIN['history']) - 1}/changes_stated": (True, False)}
    certain = case_from(task("rate", "client", *START))
    assert {stage_of(at) for at in EDITION.case_kind.subjects(certain)} == {Stage.SCRIPT_AWAITED}


@pytest.mark.parametrize("document", [UNCERTAIN, task("rate", "client", *START), task("rate", "client", *CONFIRMED)])
def test_the_history_of_a_case_is_replayed_under_another_edition(document: dict[str, Any]) -> None:
    """One that is as the edition that governs the case rules as that one does."""
    case, kind = case_from(document), EDITION.case_kind
    assert kind.rule(evolve(EDITION), case) == kind.rule(EDITION, case)
