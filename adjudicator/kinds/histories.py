"""Histories of processes: the states in which they may have left the process, and whether an edition allows them.

A history is replayed under the same clauses that decide the next step. If it is unknown whether an event counts, both possibilities are
followed until a later event settles it.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from adjudicator.engine.judgement import judge
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for, ungoverned
from adjudicator.kinds.kept_steps import States, is_allowed, is_always_allowed, kept_step, part_of
from adjudicator.kinds.progress import MOST_POSSIBILITIES, Allows, Progress, advance, counts, followed
from adjudicator.kinds.single_step import SingleStep
from adjudicator.kinds.steps import HISTORY, Process
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.finding import Effect


def progress_of(edition: Edition, process: Process, case: Any) -> tuple[Progress, ...]:
    """The same as :func:`replay` for a case that exists: its history is one that the edition which governs it allows."""
    return replay(edition, process, case, known_as_allowed=not ungoverned(case) and edition is edition_for(case))


def replay(edition: Edition, process: Process, case: Any, *, known_as_allowed: bool = False) -> tuple[Progress, ...]:
    """The states in which a history may have left its process, under an edition.

    Raises :class:`~adjudicator.model.errors.InputError` for one that it does not allow. If it is ``known_as_allowed``, nothing
    is judged while there is one state, which an event that counts must have been allowed in.
    """
    history = case.history
    allows = (
        None
        if known_as_allowed
        else Allows(partial(is_always_allowed, edition, process), partial(is_allowed, edition, process, case))
    )
    possible: tuple[Progress, ...] = (Progress.at_the_start(process),)
    index = 0
    while True:
        if len(possible) == 1:
            state, index = followed(process, possible[0], history, index, allows)
            possible = (state,)
        if index == len(history):
            return possible
        possible = _after_judging(edition, process, case, possible, index)
        index += 1


def _after_judging(
    edition: Edition, process: Process, case: Any, possible: tuple[Progress, ...], index: int
) -> tuple[Progress, ...]:
    """The states after an event, given those before it, under the edition's clauses for its step."""
    event = case.history[index]
    if counts(process, event) is False:
        return possible
    refusals = {each: clauses_refusing(edition, process, case, each, index) for each in possible}
    allowed = [each for each, clauses in refusals.items() if not clauses]
    after = advance(process, possible, allowed, event, index)
    if not after:
        because = " and ".join(dict.fromkeys(each for clauses in refusals.values() for each in clauses))
        raise _impossible(index, event, f"a step that was open then; this one was refused by {because}")
    if len(after) > MOST_POSSIBILITIES:
        raise _impossible(index, event, "fewer events before it of which it is not known whether they count")
    return after


def clauses_refusing(edition: Edition, process: Process, case: Any, progress: Progress, index: int) -> tuple[str, ...]:
    """The clauses that do not allow an event in a state of the process, each with its citations."""
    event = case.history[index]
    step = process[event.step]
    kept = kept_step(edition, process, case, step, States((progress.stage,)), (progress.taken,), event)
    if kept is None:
        subject = SingleStep(case, process, step, (progress,), event.happened_at, event)
        judgement = judge(part_of(edition, step), subject)
    else:
        judgement = kept.judgement
    if Effect.DEFEATS not in judgement.effects:
        return ()
    return tuple(
        [
            f"{clause.name} ({', '.join(clause.cites)})"
            for clause, _, effect in judgement.clauses
            if effect is Effect.DEFEATS
        ]
    )


def _impossible(index: int, event: Any, expected: str) -> InputError:
    return InputError([Fault(f"{HISTORY}/{index}/step", shown(event.step.value), expected)])
