"""How far a history has come: the possible states of a process, and what settles which one it is."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

from adjudicator.kinds.steps import Process, Step
from adjudicator.model.source import changed, maker

MOST_POSSIBILITIES: Final = 64
"""The most possible states of a process that are followed while it is unknown which events count."""


@frozen
class Progress:
    """A state of a process: its stage, and for each step how many ``times`` it was taken and the position of its ``last`` event.

    ``assumed`` are the positions of events that may or may not count, each with what is assumed.
    """

    stage: StrEnum
    times: tuple[int, ...]
    last: tuple[int | None, ...]
    assumed: frozenset[tuple[int, bool]] = field(default=frozenset(), eq=False)

    @classmethod
    def at_the_start(cls, process: Process) -> Progress:
        """Before anything has happened."""
        return cls(process.begins_at, (0,) * len(process.steps), (None,) * len(process.steps))

    def after(self, process: Process, step: Step, index: int) -> Progress:
        """The state after a step that the event at a position takes."""
        place, times, last = process.positions[step.name], [*self.times], [*self.last]
        times[place] += 1
        last[place] = index
        return make_progress(step.leads_to(self.stage), tuple(times), tuple(last), self.assumed)

    def assuming(self, index: int, counts: bool) -> Progress:
        """The same state, with the assumption that the event at a position counts or does not."""
        return make_progress(self.stage, self.times, self.last, self.assumed | {(index, counts)})


make_progress: Final = maker(Progress)
"""What makes a state from its fields in order."""


def distinct(found: Iterable[Progress]) -> tuple[Progress, ...]:
    """The possible states without duplicates, each with all assumptions that may have led to it; of a single one, they do not matter."""
    alike: dict[Progress, Progress] = {}
    for each in found:
        before = alike.get(each)
        alike[each] = each if before is None else changed(each, {"assumed": each.assumed | before.assumed})
    if len(alike) == 1:
        return tuple([changed(each, {"assumed": _NOTHING}) for each in alike])
    return tuple(alike.values())


def counts(process: Process, event: Any) -> bool | None:
    """Whether an event counts as the step that it names; ``None`` if that is unknown."""
    on = process[event.step].counts
    known: bool | None = True if on is None else getattr(event, on.field)
    return known


def advance(
    process: Process, possible: tuple[Progress, ...], allowed: Iterable[Progress], event: Any, index: int
) -> tuple[Progress, ...]:
    """The possible states after one more event, given those before it and those of them that allow it."""
    step, known = process[event.step], counts(process, event)
    if known is False:
        return possible
    taken = [each.after(process, step, index) for each in allowed]
    if known:
        return distinct(taken)
    return distinct(
        [*(each.assuming(index, True) for each in taken), *(each.assuming(index, False) for each in possible)]
    )


def progress_by_stages(process: Process, case: Any, *, strictly: bool = False) -> tuple[Progress, ...]:
    """The possible states after a history by stages alone, without judging clauses; at most :data:`MOST_POSSIBILITIES`.

    An event that is not next at any of them is ignored; ``strictly``, no state is possible after it.
    """
    possible: tuple[Progress, ...] = (Progress.at_the_start(process),)
    for index, event in enumerate(case.history):
        allowed = [each for each in possible if each.stage in process[event.step].at]
        after = advance(process, possible, allowed, event, index)
        possible = (after if after or strictly else possible)[:MOST_POSSIBILITIES]
    return possible


def uncertain_events(progress: Iterable[Progress]) -> list[int]:
    """The positions of the events of which some possible states assume that they count, and others that they do not."""
    assumed = _NOTHING.union(*[each.assumed for each in progress])
    return sorted([index for index, counts in assumed if counts and (index, False) in assumed])


_NOTHING: Final = frozenset[tuple[int, bool]]()
