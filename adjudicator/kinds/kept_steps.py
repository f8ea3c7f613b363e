"""Steps whose judgement follows from the state of the process, whatever the case: each is judged once, and kept.

Such a step is judged without a case: all that its functions ask for is the stage, or how often a step was taken. If one asks for more,
there is nothing to keep, and the step is judged in every case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, NoReturn, TypeAlias, TypeVar

import attrs
from attrs import evolve, frozen

from adjudicator.engine.clause import PolicyError
from adjudicator.engine.judgement import judge
from adjudicator.engine.policy import Edition
from adjudicator.kinds.judged_step import JudgedStep, judged_step
from adjudicator.kinds.review import restricted_to
from adjudicator.kinds.steps import NO_STEPS, AnyEvent, Process, Progress, SingleStep, Step
from adjudicator.model.facts import Ask
from adjudicator.model.finding import Effect

T = TypeVar("T")

MOST_KEPT: Final = 16_384
"""The number of steps, each in a state of the process of an edition, whose judgement is kept."""

Taken: TypeAlias = Sequence[tuple[int, int | None]]
"""How often each step of a process was taken, and the position of its last event."""


class NeedsTheCase(BaseException):
    """A function asks for what differs between cases. It is no ``Exception``, which a policy may handle."""


class NeedsTimes(NeedsTheCase):
    """A function asks how often the step at this position in the process was taken."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


class _Stage:
    """A state of a process of which the stage is known."""

    __slots__ = ("stage",)

    def __init__(self, stage: StrEnum) -> None:
        self.stage = stage

    def __getattr__(self, name: str) -> NoReturn:
        raise NeedsTheCase(name)


class StepInAnyCase(SingleStep):
    """A step at a stage of its process, after others were taken so many ``times``, as far as that matters.

    ``closed`` are the steps that are next and can never be taken; ``event`` is what is known of the event that takes the step, if there
    is one. Whoever asks for more raises :class:`NeedsTheCase`.
    """

    __slots__ = ("_closed", "_known", "_stage", "_times")

    def __init__(
        self,
        process: Process,
        step: Step,
        stage: StrEnum,
        closed: frozenset[str],
        event: AnyEvent | None,
        times: Mapping[int, int],
    ) -> None:
        known: dict[str, Any] = {"process": process, "step": step, "closes_at": None}
        known |= {"_stage": _Stage(stage), "_closed": closed, "_known": event, "_times": times}
        if event is None:
            known["event"] = None
        for name, value in known.items():
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> NoReturn:
        raise NeedsTheCase(name)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.line_id} at {self._stage.stage})"

    def from_progress(self, read: Callable[[Any], T]) -> T:
        """A value read from the stage."""
        return read(self._stage)

    def times(self, step: StrEnum) -> int:
        """How often a step was taken."""
        place = self.process.positions[step]
        if place not in self._times:
            raise NeedsTimes(place)
        return self._times[place]

    def last(self, step: StrEnum, read: Callable[[int, Any], T]) -> T | None:
        """``None`` if the step was not taken; events differ."""
        if self.times(step):
            raise NeedsTheCase(step)
        return None

    def blocked_at(self, progress: Progress) -> Mapping[str, Ask | None]:
        """The closed steps."""
        return dict.fromkeys(self._closed)

    def stated(self, name: str, otherwise: Any) -> Any:
        """Whether the event counts, for the field that says so; what is assumed of a field that it does not have."""
        if self._known is None or name not in attrs.fields_dict(self._known.of):
            return otherwise
        if self.step.counts is None or name != self.step.counts.field:
            raise NeedsTheCase(name)
        return self._known.counts


@frozen
class _AsksFor:
    """How often the step at a position was taken makes a difference."""

    place: int


_Kept: TypeAlias = JudgedStep | _AsksFor | None


def kept_step(
    edition: Edition,
    process: Process,
    step: Step,
    stage: StrEnum,
    taken: Taken,
    closed: frozenset[str] = NO_STEPS,
    event: AnyEvent | None = None,
) -> JudgedStep | None:
    """A step as it is judged in every case that has come to this state; ``None`` if cases differ."""
    times: tuple[tuple[int, int], ...] = ()
    while True:
        found = _judged(edition, process, step, stage, closed, event, times)
        if not isinstance(found, _AsksFor):
            return found
        times = (*times, (found.place, taken[found.place][0]))


def kept_steps(
    edition: Edition, process: Process, progress: Progress, closed: frozenset[str], wanted: StrEnum
) -> tuple[JudgedStep | None, ...]:
    """Each step in every case that has come to this state; ``None`` for the wanted one, and for those in which cases differ."""
    stage, taken = progress.stage, progress.taken
    return tuple(
        [
            kept_step(edition, process, step, stage, taken, closed) if type(found) is _AsksFor else found
            for step, found in _at_stage(edition, process, stage, closed, wanted)
        ]
    )


def is_always_allowed(
    edition: Edition, process: Process, step: Step, stage: StrEnum, taken: Taken, event: AnyEvent
) -> bool:
    """Whether an event is allowed in this state in every case; ``False`` if cases may differ."""
    found = kept_step(edition, process, step, stage, taken, NO_STEPS, event)
    return found is not None and Effect.DEFEATS not in found.judgement.effects


@lru_cache(maxsize=MOST_KEPT)
def _at_stage(
    edition: Edition, process: Process, stage: StrEnum, closed: frozenset[str], wanted: StrEnum
) -> tuple[tuple[Step, Any], ...]:
    """Each step with what is kept of it whatever has been taken."""
    return tuple(
        [
            (each, None if each.name == wanted else _judged(edition, process, each, stage, closed, None, ()))
            for each in process.steps
        ]
    )


@lru_cache(maxsize=MOST_KEPT)
def _judged(
    edition: Edition,
    process: Process,
    step: Step,
    stage: StrEnum,
    closed: frozenset[str],
    event: AnyEvent | None,
    times: tuple[tuple[int, int], ...],
) -> JudgedStep | _AsksFor | None:
    subject = StepInAnyCase(process, step, stage, closed, event, dict(times))
    try:
        return judged_step(step, evolve(judge(part_of(edition, step), subject), written={}))
    except NeedsTimes as asked:
        return _AsksFor(asked.place)
    except NeedsTheCase:
        return None


@lru_cache(maxsize=MOST_KEPT)
def part_of(edition: Edition, step: Step) -> Edition:
    """The clauses of an edition for a step, in the order of the step."""
    if step.name not in edition.clauses_by_question:
        raise PolicyError(
            f"{edition.policy}: there are no clauses for the step {step.name}; take them from clauses_of(STEPS)"
        )
    part, declared = restricted_to(edition, step.name), edition.clauses_by_question[step.name]
    return evolve(
        part,
        requires=tuple([each for each in declared if each in part.requires]),
        barred_by=tuple([each for each in declared if each in part.barred_by]),
    )
