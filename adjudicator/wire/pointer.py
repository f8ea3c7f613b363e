"""JSON pointers (RFC 6901) into a case: reading a value, its type, and replacing it.

A pointer leads through a JSON document, or through the objects read from one. A ``-`` in it is a new item of a list.
"""

from __future__ import annotations

import typing
from collections import deque
from collections.abc import Callable, Mapping, Reversible, Sequence
from functools import cache, partial
from typing import Any, TypeVar, cast

import attrs
from attrs import Factory, evolve, field, frozen

from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.fields import fields_by_wire_name, if_known, item_of, steps
from adjudicator.model.limits import MOST_ITEMS
from adjudicator.model.soundness import REQUIRED, CaseBase, first_at_each_place
from adjudicator.model.source import copier, unfinished
from adjudicator.wire.codec import value_reader

NEW: typing.Final = "-"
"""The step to a new item of a list."""

T = TypeVar("T")


# In a document


def at(document: Any, pointer: str) -> Any:
    """The value at a JSON pointer of a document; ``None`` if there is none."""
    for step in steps(pointer):
        if isinstance(document, list):
            document = _item(document, step)
        else:
            document = (document or {}).get(step)
    return document


def put(document: Any, pointer: str, value: Any) -> None:
    """Put a value at a JSON pointer of a document, in place; creates missing objects and list items."""
    first, *rest = steps(pointer)
    place: Any = _position(document, first) if isinstance(document, list) else first
    if isinstance(document, list) and place == len(document):
        document.append(None)
    if not rest:
        document[place] = value
        return
    inner = document[place] if isinstance(document, list) else document.get(place)
    if inner is None:
        inner = document[place] = [] if _leads_into_a_list(rest[0]) else {}
    put(inner, _pointer(rest), value)


def _pointer(of: Sequence[str]) -> str:
    return "".join(f"/{step}" for step in of)


def _position(items: Sequence[Any], step: str) -> int:
    return len(items) if step == NEW else int(step)


def _leads_into_a_list(step: str) -> bool:
    return step == NEW or step.isdigit()


# In a case


@frozen(eq=False)
class Kind:
    """What a place can hold: a type, the metadata that limit it, and whether it may be unknown (``None``)."""

    annotation: Any
    limits: Mapping[str, Any] = Factory(dict)
    may_be_unknown: bool = False

    item: Any = field(init=False)
    """The type of the items if this is a list; else ``None``."""

    @item.default
    def _item_of(self) -> Any:
        return item_of(self.annotation)


def held_at(case: CaseBase, pointer: str) -> Any:
    """The value at a JSON pointer of a case; ``None`` if there is none."""
    for step in steps(pointer):
        if isinstance(case, tuple):
            case = _item(case, step)
        elif case is not None:
            case = getattr(case, field_named(type(case), step).name)
    return case


def kind_at(of: Any, pointer: str, held: Any = None) -> Kind:
    """What a JSON pointer of a type can hold; ``held``, the value there, tells which kind an item is."""
    return _at(of, pointer, held)[0]


def place_at(case: CaseBase, pointer: str) -> tuple[Kind, Any]:
    """What a JSON pointer of a case can hold, and the value there; ``None`` if there is none."""
    return _at(type(case), pointer, case)


def _at(of: Any, pointer: str, held: Any) -> tuple[Kind, Any]:
    kind = _kind_of(if_known(of))
    for step in steps(pointer):
        if kind.item is not None:
            kind, held = _kind_of(kind.item), _item(held, step)
        else:
            name, kind = _field_at(_class_of(kind.annotation, held), step)
            held = getattr(held, name, None)
    return kind, held


@cache
def _kind_of(annotation: Any) -> Kind:
    return Kind(annotation)


@cache
def _field_at(of: type, step: str) -> tuple[str, Kind]:
    """The name of a field of a class, and what it can hold."""
    found = field_named(of, step)
    known = if_known(found.type)
    return found.name, Kind(known, found.metadata, known != found.type)


class Slot:
    """A place in a case, found once for all the values that you put there; each makes a copy of the case.

    Raises :class:`~adjudicator.model.errors.InputError` for a new item of a list that cannot be any longer.
    """

    def __init__(self, case: Any, pointer: str) -> None:
        self._pointer = pointer
        around: list[Callable[[Any], Any]] = []
        self._missing = deque(steps(pointer))
        held = case
        annotation: Any = type(case)
        while self._missing and held is not None:
            step = self._missing.popleft()
            if isinstance(held, tuple):
                position, inner, annotation = _position(held, step), _item(held, step), item_of(if_known(annotation))
                if position >= MOST_ITEMS:
                    raise InputError([Fault(pointer, shown(held), f"a list of at most {MOST_ITEMS}")])
                around.append(partial(_with_item, held, position))
            else:
                within = field_named(type(held), step)
                inner, annotation = getattr(held, within.name), within.type
                around.append(_with_field(held, within.name))
            held = inner
        self._around = around[::-1]
        known = if_known(annotation)
        self._read = value_reader(known)
        self._may_be_unknown = known != annotation

    def holding(self, value: Any) -> Any:
        """The case with a JSON value there (``None`` for not known), and with the objects that were missing on the way.

        It is not checked as a whole. Raises :class:`~adjudicator.model.errors.InputError` for a value that does not fit the place.
        """
        part = self._part(value)
        for with_part in self._around:
            part = with_part(part)
        return part

    def _part(self, value: Any) -> Any:
        if value is not None or self._missing:
            return self._read(_nested(self._missing, value))
        if not self._may_be_unknown:
            raise InputError([Fault(self._pointer, shown(None), REQUIRED)])
        return None


def _with_item(items: tuple[Any, ...], position: int, item: Any) -> tuple[Any, ...]:
    return (*items[:position], item, *items[position + 1 :])


def _with_field(held: Any, name: str) -> Callable[[Any], Any]:
    """What makes a copy of an object with another value in a field."""
    kind: Any = type(held)
    if not isinstance(held, CaseBase) and unfinished(kind) is None:
        return lambda value: evolve(held, **{name: value})
    copy_of = copier(kind)

    def with_field(value: Any) -> Any:
        copy = copy_of(held)
        object.__setattr__(copy, name, value)
        return copy

    return with_field


def with_value(case: T, pointer: str, value: Any) -> T:
    """The case with a JSON value at a place (``None`` for not known); creates missing objects on the way.

    Raises :class:`~adjudicator.model.errors.InputError` if that makes the case invalid.
    """
    changed_case: Any = Slot(case, pointer).holding(value)
    if isinstance(changed_case, CaseBase) and not changed_case.is_sound():
        raise InputError(first_at_each_place(changed_case.faults()))
    return cast(T, changed_case)


def field_named(of: type, name: str) -> attrs.Attribute[Any]:
    """The field of a class with this JSON name. Raises :class:`KeyError` if there is none."""
    return fields_by_wire_name(of)[name]


def _item(items: Any, step: str) -> Any:
    """The item of a list that a step leads to; ``None`` if there is none."""
    return items[int(step)] if items and step != NEW and int(step) < len(items) else None


def _class_of(annotation: Any, held: Any) -> Any:
    return type(held) if attrs.has(type(held)) else annotation


def _nested(path: Reversible[str], value: Any) -> Any:
    """The value, wrapped in everything on the way to it."""
    for step in reversed(path):
        value = [value] if _leads_into_a_list(step) else {step: value}
    return value
