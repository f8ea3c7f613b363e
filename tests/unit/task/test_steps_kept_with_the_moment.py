"""A step is kept together with the moment of a case only if nothing follows from the moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import pytest
from attrs import field, frozen

from adjudicator import decide
from adjudicator.engine.judgement import judge
from adjudicator.engine.policy import Edition
from adjudicator.engine.shared_judgement import NeedsTheCase
from adjudicator.kinds import kept_steps
from adjudicator.kinds.kept_steps import KeptStep
from adjudicator.kinds.progress import Progress
from adjudicator.kinds.step_in_any_case import HowOften, States, StepInAnyCase
from adjudicator.law import Answer, Instant, Need, Open, Party, SingleStep, Turn, Window, fails, missing
from adjudicator.model.time import DAY
from adjudicator.wire.codec import case_from
from douyin_xingtu.case import Stage, TaskCase, TaskStep
from kept_tasks import STEPS, WANTED, nothing_kept, with_one_more_clause, written

HANDED_ON: dict[str, tuple[Callable[..., Any], bool]] = {}
"""Clauses that take the moment, each with whether a step with it is kept."""


def _clause(*, is_kept: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def added(clause: Callable[..., Any]) -> Callable[..., Any]:
        HANDED_ON[clause.__name__] = clause, is_kept
        return clause

    return added


@_clause(is_kept=True)
def ignored(turn: Turn, as_of: Instant) -> Answer:
    """DX.2. Does not look at it."""
    return turn is not None and as_of is not None


@_clause(is_kept=True)
def looked_at_for_some(turn: Turn, as_of: Instant) -> Answer:
    """DX.2. Looks at it if the step is next."""
    return turn.answer is not True or as_of > 0


@_clause(is_kept=False)
def compared(turn: Turn, as_of: Instant) -> Answer:
    """DX.2. Compares it."""
    return turn is None or as_of > 0


@_clause(is_kept=False)
def caught(turn: Turn, as_of: Instant) -> Answer:
    """DX.2. Handles what goes wrong."""
    try:
        return turn is None or isinstance(as_of, str)
    except Exception:  # noqa: BLE001 - a policy may do so
        return True


@_clause(is_kept=False)
def answered(turn: Turn, as_of: Instant) -> Answer:
    """DX.2. Hands it on in the answer."""
    return turn is None or fails("not_yet", changes_at=as_of)


@_clause(is_kept=False)
def handed_on_as_another_fact(turn: Turn, same_moment: Instant) -> Answer:
    """DX.2. Does not look at a fact that is the moment."""
    return turn is not None and same_moment is not None


def same_moment(at: SingleStep) -> Instant:
    """The moment."""
    return at.as_of


@_clause(is_kept=False)
def measured(time_to_rate: Window, as_of: Instant) -> Answer:
    """DX.2. Its margin counts from it."""
    return time_to_rate is not None and as_of is not None


@frozen
class Noted:
    """A value that does not show the moment that it holds."""

    moment: Instant = field(repr=False)


@_clause(is_kept=False)
def held(noted: Noted) -> Answer:
    """DX.2. Takes a value that holds it."""
    return noted is not None


@_clause(is_kept=False)
def looked_up(table: Mapping[str, Any]) -> Answer:
    """DX.2. Takes a value that cannot be copied."""
    return table["rating"] is not None


def table(_: SingleStep) -> Mapping[str, Any]:
    """A table that nobody changes."""
    return MappingProxyType({"rating": True})


def noted(at: SingleStep) -> Noted:
    """The moment, put away."""
    return Noted(at.as_of)


def time_to_rate(_: SingleStep) -> Window:
    """A window."""
    return Window("a_step", Instant(0), Instant(1), includes_end=True)


@pytest.mark.parametrize("name", HANDED_ON)
def test_a_step_is_kept_with_the_moment_only_if_nothing_follows_from_it(name: str) -> None:
    clause, is_kept = HANDED_ON[name]
    facts = {"time_to_rate": time_to_rate, "same_moment": same_moment, "noted": noted, "table": table}
    edition = with_one_more_clause(TaskStep.RATE, clause, **facts)
    step = KeptStep(edition, STEPS, STEPS[TaskStep.RATE], States((Stage.OFFERED,)), None, with_remarks=False)
    kept = step.judged(case_from(WANTED[0]), (Progress.at_the_start(STEPS).times,))
    assert (kept is not None) == is_kept
    if name in ("measured", "looked_up"):
        with pytest.raises(NeedsTheCase, match="as_of"):
            step_that_is_no_question(edition)
    documents = [{**each, "as_of": f"2025-01-0{number}T00:00:00+08:00"} for number, each in enumerate(WANTED, 1)]
    found = [written(each, edition) for each in documents]
    with nothing_kept():
        assert [written(each, edition) for each in documents] == found


def test_a_step_has_a_deadline_if_its_clause_measures_a_window() -> None:
    """Though no other step of the process measures anything."""
    edition = with_one_more_clause(TaskStep.RATE, measured, time_to_rate=time_to_rate)
    deadlines = decide(case_from(WANTED[0]), edition).deadlines
    assert [(each.clause, each.counted_from, each.includes_end) for each in deadlines] == [("measured", "a_step", True)]


def step_that_is_no_question(edition: Edition) -> None:
    """Judge a step without a case, and check that it holds no moment."""
    known = tuple((HowOften(STEPS.positions[step]), (0,)) for step in TaskStep)
    subject = StepInAnyCase(STEPS, STEPS[TaskStep.RATE], States((Stage.OFFERED,)), TaskCase, None, known)
    kept_steps._check_holds_no_moment(judge(kept_steps.part_of(edition, STEPS[TaskStep.RATE]), subject))


A_DAY_LATER: Final = Instant(case_from(WANTED[0]).as_of + DAY)
CLIENT_CHECK, OTHER_CHECK = Need("client_check", Party.PLATFORM), Need("other_check", Party.PLATFORM)


def time_to_check(_: SingleStep) -> Window:
    """The time for one of two checks."""
    return Window("as_of", Instant(0), A_DAY_LATER, includes_end=False)


def checked(as_of: Instant, time_to_check: Window) -> bool | Open:
    """DX.2. Another check is needed after a day."""
    need = CLIENT_CHECK if as_of in time_to_check else OTHER_CHECK
    return missing(need, {"/client/payment_checked": (True, False)})


@pytest.mark.parametrize(("step", "changes"), [(TaskStep.RATE, True), (TaskStep.PUBLISH, False)])
def test_a_decision_says_when_something_else_is_asked_about_the_wanted_step_alone(
    step: TaskStep, changes: bool
) -> None:
    """What is asked about the others is in no decision."""
    edition, document = with_one_more_clause(step, checked, time_to_check=time_to_check), WANTED[0]
    later = {**document, "as_of": str(A_DAY_LATER)}
    now, then = (decide(case_from(each), edition) for each in (document, later))
    checks = [[each.need for each in decision.requests if "check" in each.need] for decision in (now, then)]
    assert checks == ([["client_check"], ["other_check"]] if changes else [[], []])
    assert (now.reconsider_at, then.reconsider_at) == (A_DAY_LATER if changes else None, None)
