"""JSON pointers (RFC 6901) into a case: reading a value, its type, and replacing it.

A pointer leads through a JSON document, or through the objects read from one. A ``-`` in it is a new item of a list.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

import attrs
from attrs import Factory, evolve, frozen

from adjudicator.model.fields import fields_by_wire_name, if_known, item_of, steps
from adjudicator.model.soundness import CaseBase
from adjudicator.model.source import changed, unfinished
from adjudicator.wire.codec import value_from

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

    @property
    def item(self) -> Any:
        """The type of the items if this is a list; else ``None``."""
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
    kind = Kind(if_known(of))
    for step in steps(pointer):
        if kind.item is not None:
            kind, held = Kind(kind.item), _item(held, step)
        else:
            field = field_named(_class_of(kind.annotation, held), step)
            known = if_known(field.type)
            kind, held = Kind(known, field.metadata, known is not field.type), getattr(held, field.name, None)
    return kind


def with_value(case: T, pointer: str, value: Any) -> T:
    """The case with a JSON value at a place (``None`` for not known); creates missing objects on the way.

    Raises :class:`~adjudicator.model.errors.InputError` if that makes the case invalid.
    """
    path = steps(pointer)
    if value is None or not isinstance(case, CaseBase) or _extends_a_list(case, path):
        return cast(T, _with_value(case, type(case), path, value))
    field = field_named(type(case), path[0])
    part = _with_value(getattr(case, field.name), field.type, path[1:], value)
    return cast(T, case.with_parts(**{field.name: part}))


def field_named(of: type, name: str) -> attrs.Attribute[Any]:
    """The field of a class with this JSON name. Raises :class:`KeyError` if there is none."""
    return fields_by_wire_name(of)[name]


def _item(items: Any, step: str) -> Any:
    """The item of a list that a step leads to; ``None`` if there is none."""
    return items[int(step)] if items and step != NEW and int(step) < len(items) else None


def _class_of(annotation: Any, held: Any) -> Any:
    return type(held) if attrs.has(type(held)) else annotation


def _with_value(held: Any, annotation: Any, path: Sequence[str], value: Any) -> Any:
    if value is None and not path:
        return None
    if held is None or not path:
        return value_from(_nested(path, value), if_known(annotation))
    step, *rest = path
    if isinstance(held, tuple):
        position = _position(held, step)
        inner = _with_value(_item(held, step), item_of(if_known(annotation)), rest, value)
        return (*held[:position], inner, *held[position + 1 :])
    field = field_named(type(held), step)
    kind: Any = type(held)
    values = {field.name: _with_value(getattr(held, field.name), field.type, rest, value)}
    return evolve(held, **values) if unfinished(kind) is None else changed(held, values)


def _extends_a_list(held: Any, path: Sequence[str]) -> bool:
    """Whether a path leads to an item that a list does not have yet."""
    for step in path:
        if isinstance(held, tuple):
            if step == NEW or int(step) >= len(held):
                return True
            held = held[int(step)]
        elif held is None:
            return False
        else:
            held = getattr(held, field_named(type(held), step).name)
    return False


def _nested(path: Sequence[str], value: Any) -> Any:
    """The value, wrapped in everything on the way to it."""
    for step in reversed(path):
        value = [value] if _leads_into_a_list(step) else {step: value}
    return value
