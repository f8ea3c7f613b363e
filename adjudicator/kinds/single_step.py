"""One step of a process as a subject of clauses, and the fact that orders steps: whose turn it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

from attrs import field, frozen

from adjudicator.kinds.progress import Progress
from adjudicator.kinds.steps import Process, Step
from adjudicator.model.facts import Ask, Open, Repairable
from adjudicator.model.source import maker
from adjudicator.model.time import Instant

T = TypeVar("T")


@frozen(cache_hash=True)
class Turn:
    """The stage of a process, and whether a step is next at it, or what has to come first."""

    stage: StrEnum
    answer: bool | Repairable

    @property
    def id(self) -> str:
        """The stage, as written in decisions."""
        return self.stage.value


def in_turn(turn: Turn) -> bool | Repairable:
    """The step is next; or another step has to come first; or it can never be next again."""
    if isinstance(turn.answer, Repairable):
        return Repairable(turn.answer.ask, also=turn.answer.also)
    return turn.answer


@frozen(eq=False)
class SingleStep:
    """One step of a process as a subject of clauses, at the end of a history or, in a replay, in the middle of one.

    ``progress`` are the possible states of the process. ``event`` takes the step; ``None`` if no details are given. ``blocked`` has
    for each state the steps that are next and still cannot be taken, each with the asks that would together repair that, if anything
    would. ``asks`` settle which state it is, where several are possible.
    """

    case: Any
    process: Process
    step: Step
    progress: tuple[Progress, ...]
    as_of: Instant
    event: Any = None
    blocked: Mapping[Progress, Mapping[str, tuple[Ask, ...]]] = field(factory=dict)
    closes_at: None = None
    asks: tuple[Ask, ...] = ()

    @property
    def line_id(self) -> str:
        """Its name."""
        return self.step.id

    @property
    def whole(self) -> Any:
        """The case, of which facts read fields."""
        return self.case

    @property
    def positions(self) -> Mapping[str, int]:
        """No evidence is handed in for it."""
        return {}

    def places(self) -> Mapping[str, tuple[int, ...]]:
        """A step has no place of its own in the case."""
        return {}

    # What the glossary reads

    def from_progress(self, read: Callable[[Progress], T]) -> T | Open:
        """A value read from the state of the process; open if it depends on events that may not count."""
        if len(self.progress) == 1:
            return read(self.progress[0])
        found = tuple(dict.fromkeys([read(each) for each in self.progress]))
        return found[0] if len(found) == 1 else Open(self.asks, could_be=found)

    def times(self, step: StrEnum) -> int | Open:
        """How often a step was taken."""
        place = self.process.positions[step]
        return self.from_progress(lambda progress: progress.times[place])

    def last(self, step: StrEnum, read: Callable[[int, Any], T]) -> T | None | Open:
        """A value read from the last event of a step, given its position and the event; ``None`` if the step was not taken."""
        place = self.process.positions[step]

        def read_last(progress: Progress) -> T | None:
            index = progress.last[place]
            return None if index is None else read(index, self.case.history[index])

        return self.from_progress(read_last)

    def stated(self, name: str, otherwise: T) -> T | None:
        """A field of the event that takes the step; ``otherwise`` if it has no such field, or there is no event."""
        value: T | None = getattr(self.event, name, otherwise)
        return value

    def blocked_at(self, progress: Progress) -> Mapping[str, tuple[Ask, ...]]:
        """The steps that are next in a state and still cannot be taken."""
        return self.blocked.get(progress, _NOTHING)


make_step: Final = maker(SingleStep)


def turn(at: SingleStep) -> Turn | Open:
    """The stage of the process, and whether the step is next."""
    found = at.from_progress(lambda progress: _turn(at, progress))
    if isinstance(found, Open):
        awaited = [each.answer for each in found.could_be if isinstance(each.answer, Repairable)]
        # Different first steps are different answers, although each of them leaves this one waiting.
        return Open(found.asks) if any(each != awaited[0] for each in awaited[1:]) else found
    return found


def _turn(at: SingleStep, progress: Progress) -> Turn:
    stage, blocked = progress.stage, at.blocked_at(progress)
    if stage in at.step.at:
        return Turn(stage, True)
    closed = frozenset([name for name, asks in blocked.items() if not asks])
    first = at.process.first_step_towards(stage, at.step, closed)
    if first is None:
        return Turn(stage, False)
    ask, *others = blocked.get(first.id) or (first.ask,)
    return Turn(stage, Repairable(ask, also=tuple(others)))


_NOTHING: Final[Mapping[str, tuple[Ask, ...]]] = {}


def takers(at: SingleStep) -> tuple[str, ...]:
    """Who takes the step."""
    return at.step.takers
