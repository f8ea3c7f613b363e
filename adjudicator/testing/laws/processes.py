"""Laws of processes: open steps can be taken, past steps were open, and the past does not change."""

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
from adjudicator.kinds.progress import counts
from adjudicator.kinds.steps import HISTORY, NEXT_EVENT, Process
from adjudicator.model.errors import InputError
from adjudicator.testing.laws.deciders import Decider

NOT_SETTLED: Final = frozenset({NEEDS_INFORMATION, MANUAL_REVIEW})


def only_open_steps_are_possible(case: ProcessCase, edition: Edition, *, decide: Decider = api.decide) -> None:
    """A step decided as open can be taken at once; a refused one would make an impossible history.

    The wanted step is skipped: it may be requested by the wrong party, or in the wrong way.
    """
    process = _process_of(edition)
    for each in _decided(case, decide).steps:
        if each.step != case.wanted.step:
            step = process[each.step]
            it_counts = {step.counts.field: True} if step.counts else {}
            event = {"step": each.step, "happened_at": str(case.as_of), **it_counts}
            taken = _can_be(case, [(NEXT_EVENT, event)], decide)
            settled = each.outcome == OPEN or each.refused_by
            assert not settled or taken == (not each.refused_by), f"{each} is decided, but taking it at once is {taken}"


def each_event_was_possible(case: ProcessCase, edition: Edition, *, decide: Decider = api.decide) -> None:
    """A history is valid up to each of its events, and each event that counts was possible at that moment."""
    process = _process_of(edition)
    for index, event in enumerate(case.history):
        before = case.replace(history=case.history[:index], as_of=event.happened_at)
        (then,) = (each for each in _decided(before, decide).steps if each.step == event.step)
        if counts(process, event) and event.step != case.wanted.step:
            assert not then.refused_by, f"{event} was taken, and yet {then}"


def the_past_is_not_rewritten(case: ProcessCase, *, decide: Decider = api.decide) -> None:
    """What-if adds steps and supplies unknown facts about past ones, but changes none of them."""
    for each in alternatives(case, decision=decide(case)):
        for change in each.changes:
            if change.pointer.startswith(f"{HISTORY}/"):
                assert change.pointer == NEXT_EVENT or change.was is None, f"{change} rewrites the past"


def steps_are_never_a_guess(
    case: ProcessCase, edition: Edition, *, decide: Decider = api.decide, at_most: int = 16
) -> None:
    """The outcome of a step, decided while it is unknown whether an event counts, holds either way."""
    known = {each.step: each for each in _decided(case, decide).steps}
    for completed in islice(_completions(case, edition), at_most):
        for each in _decided(completed, decide).steps:
            before = known[each.step]
            kept = before.outcome in NOT_SETTLED or each == before
            assert kept, f"{before} became {each} once more was known"


def _completions(case: ProcessCase, edition: Edition) -> Iterator[Any]:
    """The case with every event that may count set to count and not to count, in all valid combinations."""
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
