"""Laws of processes: what is open can be taken, what was taken was open, and the past stays as it was."""

# ruff: noqa: S101 - a law asserts

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, cast

from adjudicator import api
from adjudicator.analysis.edits import applied
from adjudicator.analysis.whatif import alternatives
from adjudicator.engine.policy import Edition
from adjudicator.kinds.process import ProcessCase, ProcessKind
from adjudicator.kinds.process_decision import MANUAL_REVIEW, NEEDS_INFORMATION, OPEN, ProcessDecision
from adjudicator.kinds.steps import HISTORY, NEXT_EVENT, Process, counts
from adjudicator.model.errors import InputError
from adjudicator.testing.laws.deciders import Decider

NOT_SETTLED: Final = frozenset({NEEDS_INFORMATION, MANUAL_REVIEW})


def steps_stand_as_they_are_told_to(case: ProcessCase, edition: Edition, *, decide: Decider = api.decide) -> None:
    """What is open can be taken at once; what a clause refuses, for now or for good, would make a history that cannot be.

    The step that is asked about is passed over: it may be wanted by another, or in another way than it should be.
    """
    process = _process_of(edition)
    for each in _decided(case, decide).steps:
        if each.step != case.wanted.step:
            step = process[each.step]
            it_counts = {step.counts.field: True} if step.counts else {}
            event = {"step": each.step, "happened_at": str(case.as_of), **it_counts}
            taken = _can_be(case, [(NEXT_EVENT, event)], decide)
            settled = each.outcome == OPEN or each.refused_by
            assert not settled or taken == (not each.refused_by), f"{each} is told, but taking it at once is {taken}"


def each_event_was_possible(case: ProcessCase, edition: Edition, *, decide: Decider = api.decide) -> None:
    """A history is sound up to every event of it, and that step could be taken then if it counts."""
    process = _process_of(edition)
    for index, event in enumerate(case.history):
        before = case.replace(history=case.history[:index], as_of=event.happened_at)
        (then,) = (each for each in _decided(before, decide).steps if each.step == event.step)
        if counts(process, event) and event.step != case.wanted.step:
            assert not then.refused_by, f"{event} was taken, and yet {then}"


def the_past_is_not_rewritten(case: ProcessCase, *, decide: Decider = api.decide) -> None:
    """What-if takes further steps and supplies what is not known of those that were taken; it changes none of them."""
    for each in alternatives(case, decision=decide(case)):
        for change in each.changes:
            if change.pointer.startswith(f"{HISTORY}/"):
                assert change.pointer == NEXT_EVENT or change.was is None, f"{change} rewrites the past"


def no_step_is_told_by_guess(
    case: ProcessCase, edition: Edition, *, decide: Decider = api.decide, at_most: int = 16
) -> None:
    """What a step comes to while it is not known whether an event counts, it comes to whatever turns out."""
    known = {each.step: each for each in _decided(case, decide).steps}
    for completed in islice(_completions(case, edition), at_most):
        for each in _decided(completed, decide).steps:
            before = known[each.step]
            kept = before.outcome in NOT_SETTLED or each == before
            assert kept, f"{before} became {each} once more was known"


def _completions(case: ProcessCase, edition: Edition) -> Iterator[Any]:
    """The case with each event that is not known to count said to count, and said not to, as far as that can be."""
    process = _process_of(edition)
    for index, event in enumerate(case.history):
        on = process[event.step].counts
        if on is not None and counts(process, event) is None:
            for value in (True, False):
                try:
                    yield applied(case, [(f"{HISTORY}/{index}/{on.field}", value)])
                except InputError:
                    continue


def _can_be(case: ProcessCase, puts: list[tuple[str, Any]], decide: Decider) -> bool:
    try:
        decide(applied(case, puts))
    except InputError:
        return False
    return True


def _process_of(edition: Edition) -> Process:
    return cast(ProcessKind, edition.case_kind).process


def _decided(case: ProcessCase, decide: Decider) -> ProcessDecision:
    decision = decide(case)
    assert isinstance(decision, ProcessDecision), f"{decision} is not a decision about a process"
    return decision
