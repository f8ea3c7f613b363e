"""A step of a process as it stands in any case: it answers what is the same in many cases, and says what else is asked for.

What is asked for is how often a step was taken, and what fields say that have few values. Whoever asks for more needs the case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from operator import attrgetter
from types import NoneType
from typing import Any, Final, NamedTuple, NoReturn, TypeAlias, TypeVar

import attrs
from attrs import field, frozen

from adjudicator.engine.shared_judgement import AnyMoment, NeedsTheCase
from adjudicator.kinds.judged_step import Blocked
from adjudicator.kinds.single_step import SingleStep
from adjudicator.kinds.steps import Process, Step
from adjudicator.model.facts import Ask, Need, Open

T = TypeVar("T")

Times: TypeAlias = Sequence[int]
"""How often each step of a process was taken."""


class HowOften(NamedTuple):
    """How often the step at a position of the process was taken."""

    place: int

    def answer(self, case: Any, times: Sequence[Times], event: Any) -> tuple[int, ...]:
        """The number in a case, for each state that is possible."""
        if len(times) == 1:
            return (times[0][self.place],)
        return tuple([each[self.place] for each in times])


class Stated(NamedTuple):
    """What the event that takes a step says in a field."""

    name: str

    def answer(self, case: Any, times: Sequence[Times], event: Any) -> Answer | None:
        """What it says in a case; ``None`` if there are many answers."""
        return _one_of_few(getattr(event, self.name))


@frozen(cache_hash=True)
class FieldOf:
    """What the field at the end of a path says of a case."""

    path: tuple[str, ...]
    value_of: Callable[[Any], Any] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "value_of", attrgetter(".".join(self.path)))

    def answer(self, case: Any, times: Sequence[Times], event: Any) -> Answer | None:
        """What it says of this one; ``None`` if there are many answers."""
        return _one_of_few(self.value_of(case))


class States(NamedTuple):
    """The stage of each state that is possible, with what is blocked at it, and the needs to ask for to settle which it is."""

    stages: tuple[StrEnum, ...]
    blocked: tuple[Blocked, ...] = ((),)
    needs: tuple[Need, ...] = ()


Answer: TypeAlias = tuple[Any, ...]
"""Numbers, or a value after its type: only together are they never equal to another value."""
Asked: TypeAlias = HowOften | Stated | FieldOf
Known: TypeAlias = tuple[tuple[Asked, Any], ...]
"""What was asked for, and the answers."""

_A_PART: Final = object()
_PLAIN: Final[Mapping[bool | None, Answer]] = {each: (type(each), each) for each in (True, False, None)}
_HAVE_FEW_VALUES: Final = frozenset({bool, NoneType})
"""The types of plain answers."""


def _one_of_few(value: Any) -> Answer | None:
    kind: Any = type(value)
    if kind in _HAVE_FEW_VALUES:
        return _PLAIN[value]
    if issubclass(kind, StrEnum):
        return kind, value
    return (kind, _A_PART) if _has_parts(kind) else None


_has_parts: Final = cache(attrs.has)


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
    """A case, or a part of it, of which the fields can be read that have few values. Its class says which fields are always parts."""

    __slots__ = ("_answer", "_class", "_path")

    def __init__(self, answer: Callable[[Asked], Answer], kind: Any, path: tuple[str, ...] = ()) -> None:
        self._answer = answer
        self._class = kind
        self._path = path

    def __getattr__(self, name: str) -> Any:
        path = (*self._path, name)
        kind = _class_of_part(self._class, name)
        if kind is None:
            kind, value = self._answer(FieldOf(path))
            if value is not _A_PART:
                return value
        return _Part(self._answer, kind, path)


@cache
def _class_of_part(kind: Any, name: str) -> Any:
    """The class of a field that is always a part of the same class; ``None`` for another field."""
    field = attrs.fields_dict(attrs.resolve_types(kind)).get(name)
    of: Any = None if field is None else field.type
    return of if attrs.has(of) else None


class StepInAnyCase(SingleStep):
    """A step of a process. ``known`` is what has been asked for; whoever asks for more raises :class:`NeedsTheCase`.

    ``case_class`` is the class of the cases, ``event_class`` that of the event that takes the step, if there is one.
    """

    __slots__ = ("_asks", "_blocked", "_case_class", "_event_class", "_known", "_states")
    _states: list[_State]

    def __init__(
        self, process: Process, step: Step, states: States, case_class: type, event_class: type | None, known: Known
    ) -> None:
        fields: dict[str, Any] = {"process": process, "step": step, "closes_at": None}
        fields |= {
            "_states": [_State(number, stage) for number, stage in enumerate(states.stages)],
            "_blocked": [*map(dict, states.blocked)],
            "_asks": tuple(map(Ask, states.needs)),
            "_case_class": case_class,
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
        return _Part(self._answer, self._case_class)

    @property
    def as_of(self) -> Any:
        """The moment, which nobody may look at."""
        return AnyMoment()

    def from_progress(self, read: Callable[[Any], T]) -> T | Open:
        """A value read from the stage; open if it depends on events that may not count."""
        found = tuple(dict.fromkeys([read(each) for each in self._states]))
        return found[0] if len(found) == 1 else Open(self._asks, could_be=found)

    def times(self, step: StrEnum) -> int | Open:
        """How often a step was taken."""
        times = self._answer(HowOften(self.process.positions[step]))
        return self.from_progress(lambda state: times[state.number])

    def last(self, step: StrEnum, read: Callable[[int, Any], T]) -> T | None:
        """``None`` if the step was not taken; events differ."""
        if any(self._answer(HowOften(self.process.positions[step]))):
            raise NeedsTheCase(step)
        return None

    def blocked_at(self, progress: Any) -> Mapping[str, tuple[Ask, ...]]:
        """The steps that are next in a state and still cannot be taken."""
        return self._blocked[progress.number]

    def stated(self, name: str, otherwise: T) -> T | None:
        """A field of the event that takes the step; ``otherwise`` if it has no such field, or there is no event."""
        if self._event_class is None or name not in attrs.fields_dict(self._event_class):
            return otherwise
        value: T | None
        _, value = self._answer(Stated(name))
        return value
