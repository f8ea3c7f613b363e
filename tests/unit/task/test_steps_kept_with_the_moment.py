"""A step is kept together with the moment of a case only if nothing follows from the moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pytest
from attrs import field, frozen

from adjudicator.engine.judgement import judge
from adjudicator.engine.policy import Edition
from adjudicator.engine.shared_judgement import NeedsTheCase
from adjudicator.kinds import kept_steps
from adjudicator.kinds.kept_steps import KeptStep
from adjudicator.kinds.progress import Progress
from adjudicator.kinds.step_in_any_case import HowOften, States, StepInAnyCase
from adjudicator.law import Answer, Instant, SingleStep, Turn, Window, fails
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


def step_that_is_no_question(edition: Edition) -> None:
    """Judge a step without a case, and check that it holds no moment."""
    known = tuple((HowOften(STEPS.positions[step]), (0,)) for step in TaskStep)
    subject = StepInAnyCase(STEPS, STEPS[TaskStep.RATE], States((Stage.OFFERED,)), TaskCase, None, known)
    kept_steps._check_holds_no_moment(judge(kept_steps.part_of(edition, STEPS[TaskStep.RATE]), subject))
