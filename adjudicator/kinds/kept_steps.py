"""Steps whose judgement follows from the state of the process, whatever the case: each is judged once, and kept.

Such a step is judged without a case: all that its functions ask for is the stage, how often a step was taken, and what fields say that
have few values. If one asks for more, there is nothing to keep, and the step is judged in every case.

If it is uncertain whether some events count, a step is judged for all states that are possible. Which events they are makes a difference
only to what is asked for, and is asked for only where the wanted step needs it, which is then judged in every case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from types import NoneType
from typing import Any, Final, NamedTuple, NoReturn, TypeAlias, TypeVar

import attrs
from attrs import evolve

from adjudicator.engine.clause import PolicyError
from adjudicator.engine.findings import remarks_made
from adjudicator.engine.judgement import SharedJudgement, judge
from adjudicator.engine.policy import Edition
from adjudicator.kinds.judged_step import JudgedStep, judged_step
from adjudicator.kinds.progress import Progress, Taken, uncertain_events
from adjudicator.kinds.review import restricted_to
from adjudicator.kinds.single_step import SingleStep
from adjudicator.kinds.steps import HISTORY, Process, Step
from adjudicator.model.facts import Ask, Open
from adjudicator.model.finding import Effect

T = TypeVar("T")

MOST_KEPT: Final = 8192
"""The number of steps, each in a state of the process of an edition, whose judgement is kept."""
MOST_STATES: Final = 4
"""The most possible states of a process for which judgements are kept."""


class Times(NamedTuple):
    """How often the step at a position of the process was taken."""

    place: int

    def answer(self, case: Any, taken: Sequence[Taken], event: Any) -> tuple[int, ...]:
        """The number in a case, for each state that is possible."""
        return tuple([each[self.place][0] for each in taken])


class Stated(NamedTuple):
    """What the event that takes a step says in a field."""

    name: str

    def answer(self, case: Any, taken: Sequence[Taken], event: Any) -> Answer | None:
        """What it says in a case; ``None`` if there are many answers."""
        return _one_of_few(getattr(event, self.name))


class FieldOf(NamedTuple):
    """What the field at the end of a path says of a case."""

    path: tuple[str, ...]

    def answer(self, case: Any, taken: Sequence[Taken], event: Any) -> Answer | None:
        """What it says of this one; ``None`` if there are many answers."""
        value = case
        for name in self.path:
            value = getattr(value, name)
        return _one_of_few(value)


Blocked: TypeAlias = tuple[tuple[str, Ask | None], ...]
"""The steps that are next and cannot be taken, each with the ask that would repair that, ``None`` if nothing would."""


class States(NamedTuple):
    """The stage of each state that is possible, with what is blocked at it, and the positions of the steps of uncertain events."""

    stages: tuple[StrEnum, ...]
    blocked: tuple[Blocked, ...] = ((),)
    uncertain: tuple[int, ...] = ()


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


class _State:
    """A state of a process of which the stage is known."""

    __slots__ = ("number", "stage")

    def __init__(self, number: int, stage: StrEnum) -> None:
        self.number = number
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
    """A step of a process. ``known`` is what has been asked for; whoever asks for more raises :class:`NeedsTheCase`.

    ``event_class`` is the class of the event that takes the step, if there is one.
    """

    __slots__ = ("_asks", "_blocked", "_event_class", "_known", "_states")
    _states: list[_State]

    def __init__(self, process: Process, step: Step, states: States, event_class: type | None, known: Known) -> None:
        fields: dict[str, Any] = {"process": process, "step": step, "closes_at": None}
        fields |= {
            "_states": [_State(number, stage) for number, stage in enumerate(states.stages)],
            "_blocked": [*map(dict, states.blocked)],
            "_asks": tuple([_ask_about_some(process, at, place) for at, place in enumerate(states.uncertain)]),
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
        return f"{type(self).__name__}({self.line_id} at {' or '.join(each.stage for each in self._states)})"

    def _answer(self, asked: Asked) -> Any:
        if asked not in self._known:
            raise NeedsToKnow(asked)
        return self._known[asked]

    @property
    def whole(self) -> Any:
        """The case, of which facts read fields."""
        return _Part(self._answer)

    def from_progress(self, read: Callable[[Any], T]) -> T | Open:
        """A value read from the stage; open if it depends on events that may not count."""
        found = tuple(dict.fromkeys([read(each) for each in self._states]))
        return found[0] if len(found) == 1 else Open(self._asks, could_be=found)

    def times(self, step: StrEnum) -> int | Open:
        """How often a step was taken."""
        times = self._answer(Times(self.process.positions[step]))
        return self.from_progress(lambda state: times[state.number])

    def last(self, step: StrEnum, read: Callable[[int, Any], T]) -> T | None:
        """``None`` if the step was not taken; events differ."""
        if any(self._answer(Times(self.process.positions[step]))):
            raise NeedsTheCase(step)
        return None

    def blocked_at(self, progress: Any) -> Mapping[str, Ask | None]:
        """The steps that are next in a state and still cannot be taken."""
        return self._blocked[progress.number]

    def stated(self, name: str, otherwise: T) -> T | None:
        """A field of the event that takes the step; ``otherwise`` if it has no such field, or there is no event."""
        if self._event_class is None or name not in attrs.fields_dict(self._event_class):
            return otherwise
        value: T | None
        _, value = self._answer(Stated(name))
        return value


def _ask_about_some(process: Process, number: int, place: int) -> Ask:
    """The ask about an uncertain event, of which only the step is known: it is for the place where it stands, and is handed to nobody."""
    counts = process.steps[place].counts
    assert counts is not None  # noqa: S101 - nothing is assumed of other events
    return Ask(counts.need, ({f"{HISTORY}/?{number}/{counts.field}": (True, False)},))


def kept_step(
    edition: Edition,
    process: Process,
    case: Any,
    step: Step,
    states: States,
    taken: Sequence[Taken],
    event: Any = None,
    *,
    with_remarks: bool = False,
) -> JudgedStep | None:
    """A step as it is judged in all cases like this one, ``with_remarks`` about it if you will ask for them; ``None`` if even those differ."""
    event_class: Any = None if event is None else type(event)
    known: Known = ()
    while True:
        found = _judged(edition, process, step, states, event_class, known, with_remarks)
        if found is None or isinstance(found, JudgedStep):
            return found
        if (answer := found.answer(case, taken, event)) is None:
            return None
        known = (*known, (found, answer))


def kept_steps(
    edition: Edition, process: Process, case: Any, progress: Sequence[Progress], blocked: Iterable[Blocked]
) -> list[JudgedStep | None]:
    """Each step as it is judged in all cases like this one; ``None`` for those in which even those differ."""
    wanted, taken = case.wanted, [each.taken for each in progress]
    uncertain = [process.positions[case.history[index].step] for index in uncertain_events(progress)]
    states = States(tuple([each.stage for each in progress]), tuple(blocked), tuple(uncertain))
    found = [
        kept if kept is None or type(kept) is JudgedStep else kept_step(edition, process, case, step, states, taken)
        for step, kept in _in_states(edition, process, states, wanted.step)
    ]
    if len(progress) == 1:
        step = process[wanted.step]
        found[process.positions[wanted.step]] = kept_step(
            edition, process, case, step, states, taken, wanted, with_remarks=True
        )
    return found


@lru_cache(maxsize=MOST_KEPT)
def is_always_allowed(edition: Edition, process: Process, step: Step, stage: StrEnum, event_class: Any) -> bool:
    """Whether every event of a class is allowed at a stage in every case; ``False`` if cases differ."""
    found = _judged(edition, process, step, States((stage,)), event_class, ())
    return isinstance(found, JudgedStep) and Effect.DEFEATS not in found.judgement.effects


def is_allowed(
    edition: Edition, process: Process, case: Any, step: Step, stage: StrEnum, taken: Taken, event: Any
) -> bool:
    """Whether an event is allowed in all cases like this one; ``False`` if even those may differ."""
    found = kept_step(edition, process, case, step, States((stage,)), (taken,), event)
    return found is not None and Effect.DEFEATS not in found.judgement.effects


@lru_cache(maxsize=MOST_KEPT)
def _in_states(
    edition: Edition, process: Process, states: States, wanted: StrEnum
) -> tuple[tuple[Step, JudgedStep | Asked | None], ...]:
    """Each step but the wanted one, with what is kept of it whatever was taken."""
    return tuple(
        [
            (each, None if each.name == wanted else _judged(edition, process, each, states, None, ()))
            for each in process.steps
        ]
    )


@lru_cache(maxsize=MOST_KEPT)
def _judged(
    edition: Edition,
    process: Process,
    step: Step,
    states: States,
    event_class: Any,
    known: Known,
    with_remarks: bool = False,
) -> JudgedStep | Asked | None:
    """A step in every case in which this is known, or what else has to be known; ``None`` if cases differ even then."""
    subject = StepInAnyCase(process, step, states, event_class, known)
    try:
        found = judged_step(step, SharedJudgement.of(judge(part_of(edition, step), subject)))
        if with_remarks:
            tuple(remarks_made(found.judgement))
    except NeedsToKnow as more:
        return more.asked
    except NeedsTheCase:
        return None
    return found


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
