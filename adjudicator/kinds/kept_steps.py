"""Steps whose judgement follows from the state of the process, whatever the case: each is judged once, and kept.

Such a step is judged without a case: all that its functions ask for is the stage, how often a step was taken, and what fields say that
have few values. If one asks for more, there is nothing to keep, and the step is judged in every case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import lru_cache
from types import NoneType
from typing import Any, Final, NamedTuple, NoReturn, TypeAlias, TypeVar

import attrs
from attrs import evolve

from adjudicator.engine.clause import PolicyError
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.judgement import Judgement, SharedJudgement, judge
from adjudicator.engine.policy import Edition
from adjudicator.kinds.judged_step import JudgedStep, judged_step
from adjudicator.kinds.review import restricted_to
from adjudicator.kinds.steps import Process, Progress, SingleStep, Step, Taken
from adjudicator.model.facts import Ask
from adjudicator.model.finding import Effect

T = TypeVar("T")

MOST_KEPT: Final = 16_384
"""The number of steps, each in a state of the process of an edition, whose judgement is kept."""


class Times(NamedTuple):
    """How often the step at a position of the process was taken."""

    place: int

    def answer(self, case: Any, taken: Taken, event: Any) -> int:
        """The number in a case."""
        return taken[self.place][0]


class Stated(NamedTuple):
    """What the event that takes a step says in a field."""

    name: str

    def answer(self, case: Any, taken: Taken, event: Any) -> Answer | None:
        """What it says in a case; ``None`` if there are many answers."""
        return _one_of_few(getattr(event, self.name))


class FieldOf(NamedTuple):
    """What the field at the end of a path says of a case."""

    path: tuple[str, ...]

    def answer(self, case: Any, taken: Taken, event: Any) -> Answer | None:
        """What it says of this one; ``None`` if there are many answers."""
        value = case
        for name in self.path:
            value = getattr(value, name)
        return _one_of_few(value)


Blocked: TypeAlias = tuple[tuple[str, Ask | None], ...]
"""The steps that are next and cannot be taken, each with the ask that would repair that, ``None`` if nothing would."""
Answer: TypeAlias = tuple[type, Any]
"""A value and its type: only together are they never equal to another value."""
Asked: TypeAlias = Times | Stated | FieldOf
Known: TypeAlias = tuple[tuple[Asked, Any], ...]
"""What was asked for, and the answers."""

_A_PART: Final = object()


def _one_of_few(value: Any) -> Answer | None:
    kind = type(value)
    if kind in (bool, NoneType) or issubclass(kind, StrEnum):
        return kind, value
    return (kind, _A_PART) if attrs.has(kind) else None


class NeedsTheCase(BaseException):
    """A function asks for what differs between cases. It is no ``Exception``, which a policy may handle."""


class NeedsToKnow(NeedsTheCase):
    """A function asks for something that has few values."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self.asked = asked


class _Stage:
    """A state of a process of which the stage is known."""

    __slots__ = ("stage",)

    def __init__(self, stage: StrEnum) -> None:
        self.stage = stage

    def __getattr__(self, name: str) -> NoReturn:
        raise NeedsTheCase(name)


class _Part:
    """A case, or a part of it, of which the fields can be read that have few values."""

    __slots__ = ("_answer", "_path")

    def __init__(self, answer: Callable[[Asked], Answer], path: tuple[str, ...] = ()) -> None:
        self._answer = answer
        self._path = path

    def __getattr__(self, name: str) -> Any:
        path = (*self._path, name)
        _, value = self._answer(FieldOf(path))
        return _Part(self._answer, path) if value is _A_PART else value


class StepInAnyCase(SingleStep):
    """A step at a stage of its process. ``known`` is what has been asked for; whoever asks for more raises :class:`NeedsTheCase`.

    ``blocked`` are the steps that are next and cannot be taken; ``event_class`` is the class of the event that takes the step, if there
    is one.
    """

    __slots__ = ("_blocked", "_event_class", "_known", "_stage")

    def __init__(
        self,
        process: Process,
        step: Step,
        stage: StrEnum,
        blocked: Blocked,
        event_class: type | None,
        known: Known,
    ) -> None:
        fields: dict[str, Any] = {"process": process, "step": step, "closes_at": None}
        fields |= {
            "_stage": _Stage(stage),
            "_blocked": dict(blocked),
            "_event_class": event_class,
            "_known": dict(known),
        }
        if event_class is None:
            fields["event"] = None
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> NoReturn:
        raise NeedsTheCase(name)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.line_id} at {self._stage.stage})"

    def _answer(self, asked: Asked) -> Any:
        if asked not in self._known:
            raise NeedsToKnow(asked)
        return self._known[asked]

    @property
    def whole(self) -> Any:
        """The case, of which facts read fields."""
        return _Part(self._answer)

    def from_progress(self, read: Callable[[Any], T]) -> T:
        """A value read from the stage."""
        return read(self._stage)

    def times(self, step: StrEnum) -> int:
        """How often a step was taken."""
        number: int = self._answer(Times(self.process.positions[step]))
        return number

    def last(self, step: StrEnum, read: Callable[[int, Any], T]) -> T | None:
        """``None`` if the step was not taken; events differ."""
        if self.times(step):
            raise NeedsTheCase(step)
        return None

    def blocked_at(self, progress: Progress) -> Mapping[str, Ask | None]:
        """The steps that are next and cannot be taken."""
        return self._blocked

    def stated(self, name: str, otherwise: T) -> T | None:
        """A field of the event that takes the step; ``otherwise`` if it has no such field, or there is no event."""
        if self._event_class is None or name not in attrs.fields_dict(self._event_class):
            return otherwise
        value: T | None
        _, value = self._answer(Stated(name))
        return value


def kept_step(
    edition: Edition,
    process: Process,
    case: Any,
    step: Step,
    stage: StrEnum,
    taken: Taken,
    blocked: Blocked = (),
    event: Any = None,
) -> JudgedStep | None:
    """A step as it is judged in all cases like this one; ``None`` if even those differ."""
    event_class: Any = None if event is None else type(event)
    known: Known = ()
    while True:
        found = _judged(edition, process, step, stage, blocked, event_class, known)
        if found is None or isinstance(found, JudgedStep):
            return found
        if (answer := found.answer(case, taken, event)) is None:
            return None
        known = (*known, (found, answer))


def kept_steps(
    edition: Edition, process: Process, case: Any, progress: Progress, blocked: Blocked, wanted: Any
) -> list[JudgedStep | None]:
    """Each step as it is judged in all cases like this one; ``None`` for those in which even those differ."""
    stage, taken = progress.stage, progress.taken
    found = [
        kept
        if kept is None or type(kept) is JudgedStep
        else kept_step(edition, process, case, step, stage, taken, blocked)
        for step, kept in _at_stage(edition, process, stage, blocked, wanted.step)
    ]
    found[process.positions[wanted.step]] = kept_step(
        edition, process, case, process[wanted.step], stage, taken, blocked, wanted
    )
    return found


def is_always_allowed(
    edition: Edition, process: Process, case: Any, step: Step, stage: StrEnum, taken: Taken, event: Any
) -> bool:
    """Whether an event is allowed in all cases like this one; ``False`` if even those may differ."""
    event_class: Any = type(event)
    found = _judged(edition, process, step, stage, (), event_class, ())
    if found is not None and not isinstance(found, JudgedStep):
        found = kept_step(edition, process, case, step, stage, taken, (), event)
    return found is not None and Effect.DEFEATS not in found.judgement.effects


def in_case(judgement: Judgement, case: Any, progress: tuple[Progress, ...]) -> Judgement:
    """The judgement of the wanted step, with facts of its own if it is shared: those can be asked for what it did without."""
    if not isinstance(judgement, SharedJudgement):
        return judgement
    of: Any = judgement.subject
    blocked = {each: of.blocked_at(each) for each in progress}
    subject = SingleStep(case, of.process, of.step, progress, case.as_of, case.wanted, blocked)
    facts = Facts(judgement.edition, subject)
    facts.update(judgement.facts)
    facts.unsettled, facts.unknown = {*judgement.facts.unsettled}, judgement.facts.unknown
    return evolve(judgement, subject=subject, facts=facts, written={})


@lru_cache(maxsize=MOST_KEPT)
def _at_stage(
    edition: Edition, process: Process, stage: StrEnum, blocked: Blocked, wanted: StrEnum
) -> tuple[tuple[Step, JudgedStep | Asked | None], ...]:
    """Each step but the wanted one, with what is kept of it whatever was taken."""
    return tuple(
        [
            (each, None if each.name == wanted else _judged(edition, process, each, stage, blocked, None, ()))
            for each in process.steps
        ]
    )


@lru_cache(maxsize=MOST_KEPT)
def _judged(
    edition: Edition,
    process: Process,
    step: Step,
    stage: StrEnum,
    blocked: Blocked,
    event_class: Any,
    known: Known,
) -> JudgedStep | Asked | None:
    """A step in every case in which this is known, or what else has to be known; ``None`` if cases differ even then."""
    subject = StepInAnyCase(process, step, stage, blocked, event_class, known)
    try:
        return judged_step(step, SharedJudgement.of(judge(part_of(edition, step), subject)))
    except NeedsToKnow as more:
        return more.asked
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
