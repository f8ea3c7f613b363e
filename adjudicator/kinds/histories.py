"""Histories of processes: the states in which they may have left the process, and whether an edition allows them.

A history is replayed under the same clauses that decide the next step. If it is unknown whether an event counts, both possibilities are
followed until a later event settles it.
"""

from __future__ import annotations

from typing import Any

from adjudicator.engine.judgement import Judgement, judge
from adjudicator.engine.policy import Edition
from adjudicator.kinds.kept_steps import allows, moves_of, part_of
from adjudicator.kinds.progress import MOST_POSSIBILITIES, Progress, advance, counts, make_progress
from adjudicator.kinds.single_step import make_step
from adjudicator.kinds.steps import HISTORY, Process
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.finding import Effect


def states_after(edition: Edition, process: Process, case: Any) -> tuple[Progress, ...]:
    """The same as :func:`replay`. Under the edition that governs a case, they were found when the case was made."""
    noted = getattr(case, "_states", None)
    if noted is not None and noted[0] is edition:
        found: tuple[Progress, ...] = noted[1]
        return found
    return replay(edition, process, case)


def note_states(edition: Edition, process: Process, case: Any) -> None:
    """Find these states once, and note them in the case, which its copies do not take over. Raises as :func:`replay` does."""
    object.__setattr__(case, "_states", (edition, replay(edition, process, case)))


def possible_states(edition: Edition, process: Process, case: Any) -> tuple[Progress, ...]:
    """The same as :func:`replay`, and none for a history that the edition does not allow."""
    try:
        return replay(edition, process, case)
    except InputError:
        return ()


def replay(edition: Edition, process: Process, case: Any) -> tuple[Progress, ...]:
    """The states in which a history may have left its process, under an edition.

    Raises :class:`~adjudicator.model.errors.InputError` for one that it does not allow.
    """
    history = case.history
    possible: tuple[Progress, ...] = (Progress.at_the_start(process),)
    index = 0
    while True:
        if len(possible) == 1:
            state, index = _followed(edition, process, case, possible[0], index)
            possible = (state,)
        if index == len(history):
            return possible
        possible = _after_judging(edition, process, case, possible, index)
        index += 1


def _followed(edition: Edition, process: Process, case: Any, before: Progress, start: int) -> tuple[Progress, int]:
    """The state after the events of a history from a position on, and the position of the first that was not followed.

    That is one of which it is unknown whether it counts, or one that counts and is not surely allowed.
    """
    times, last, history = [*before.times], [*before.last], case.history
    followed = len(history)
    kind: Any = type(history[start]) if start < followed else None
    moves = moves_of(edition, process, kind)[before.stage]
    for index in range(start, followed):
        event = history[index]
        place, counts, then, is_allowed, kept = moves[event.step]
        is_counted = counts is None or getattr(event, counts)
        if is_counted is False:
            continue
        if is_counted is None or not (is_allowed or allows(kept.judged(case, (times,), event))):
            followed = index
            break
        moves = then
        times[place] += 1
        last[place] = index
    return make_progress(moves.stage, tuple(times), tuple(last)), followed


def _after_judging(
    edition: Edition, process: Process, case: Any, possible: tuple[Progress, ...], index: int
) -> tuple[Progress, ...]:
    """The states after an event, given those before it, under the edition's clauses for its step."""
    event = case.history[index]
    if counts(process, event) is False:
        return possible
    allowed = [each for each in possible if not _refuses(_judged(edition, process, case, each, index))]
    after = advance(process, possible, allowed, event, index)
    if not after:
        refusing = [each for state in possible for each in clauses_refusing(edition, process, case, state, index)]
        because = " and ".join(dict.fromkeys(refusing))
        raise _impossible(index, event, f"a step that was open then; this one was refused by {because}")
    if len(after) > MOST_POSSIBILITIES:
        raise _impossible(index, event, "fewer events before it of which it is not known whether they count")
    return after


def clauses_refusing(edition: Edition, process: Process, case: Any, progress: Progress, index: int) -> tuple[str, ...]:
    """The clauses that do not allow an event in a state of the process, each with its citations."""
    judgement = _judged(edition, process, case, progress, index)
    if not _refuses(judgement):
        return ()
    return tuple(
        [
            f"{clause.name} ({', '.join(clause.cites)})"
            for clause, _, effect in judgement.clauses
            if effect is Effect.DEFEATS
        ]
    )


def _judged(edition: Edition, process: Process, case: Any, progress: Progress, index: int) -> Judgement:
    """The step of an event in a state of the process."""
    event = case.history[index]
    kind: Any = type(event)
    place, _, _, _, kept = moves_of(edition, process, kind)[progress.stage][event.step]
    found = kept.judged(case, (progress.times,), event)
    if found is not None:
        return found.judgement
    step = process.steps[place]
    subject = make_step(case, process, step, (progress,), event.happened_at, event, {})
    return judge(part_of(edition, step), subject)


def _refuses(judgement: Judgement) -> bool:
    return Effect.DEFEATS in judgement.effects


def _impossible(index: int, event: Any, expected: str) -> InputError:
    return InputError([Fault(f"{HISTORY}/{index}/step", shown(event.step.value), expected)])
