"""Facts as JSON values."""

from __future__ import annotations

from collections.abc import Callable, Collection
from collections.abc import Set as AbstractSet
from enum import Enum, StrEnum
from operator import attrgetter
from types import NoneType
from typing import Any, Final, cast

import attrs

from adjudicator.model.by_date import ByDate
from adjudicator.model.finding import JsonValue
from adjudicator.model.time import Instant, beijing_text

MOST_SETS: Final = 1024
"""The number of sets of members of enumerations that are kept in order."""


def json_value(value: Any) -> JsonValue:
    """A fact's value in JSON terms.

    Instants become RFC 3339 text, decimals text, enumerations their value, sets ordered lists, tables by date
    their entries (``2023-03-01: 365``), and objects with an ``id`` that id.
    Anything that is not a value (see :mod:`adjudicator.model.facts`) becomes ``None``: not known.
    """
    return FORMS[type(value)](value)


class _Forms(dict[type, Callable[[Any], JsonValue]]):
    """What gives the JSON value of a value of each type; a type is added when the first value of it is."""

    def __missing__(self, kind: type) -> Callable[[Any], JsonValue]:
        self[kind] = form = _form_of(kind)
        return form


def _form_of(kind: type) -> Callable[[Any], JsonValue]:
    if issubclass(kind, (tuple, list)):
        return _items
    if issubclass(kind, Enum):
        return attrgetter("_value_") if issubclass(kind, StrEnum) else _its_value
    if issubclass(kind, AbstractSet):
        return _IN_ORDER.__getitem__ if kind is frozenset else _ordered
    if kind is ByDate:
        return _entries
    return _its_id if attrs.has(kind) else str


def _items(value: Collection[Any]) -> JsonValue:
    return tuple([FORMS[type(each)](each) for each in value]) if value else ()


def _ordered(value: AbstractSet[Any]) -> JsonValue:
    try:
        return tuple(sorted(map(_TEXT, value)))
    except TypeError:  # not all are text
        return tuple(sorted(map(json_value, value), key=str))


class _InOrder(dict[frozenset[Any], JsonValue]):
    """Sets in order. Those of members of enumerations, which are few, are kept."""

    def __missing__(self, value: frozenset[Any]) -> JsonValue:
        found = _ordered(value)
        if len(self) < MOST_SETS and all(isinstance(each, StrEnum) for each in value):
            self[value] = found
        return found


_IN_ORDER: Final = _InOrder()


def _entries(value: ByDate[Any]) -> JsonValue:
    return tuple([f"{day}: {json_value(each)}" for day, each in value.entries.items()])


def _its_value(value: Enum) -> JsonValue:
    return json_value(value._value_)


def _its_id(value: object) -> JsonValue:
    return json_value(getattr(value, "id", None))


_TEXT: Final = cast("Callable[[Any], str]", str.__str__)
"""The text in a text or in a member of an enumeration of texts; raises an error for anything else."""
FORMS: Final = _Forms({str: str, int: int, bool: bool, NoneType: {None: None}.get, Instant: beijing_text})
"""What :func:`json_value` calls, for those who have many values."""
