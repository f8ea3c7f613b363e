"""Text in two orders with gaps, for what is the same in every case but for some values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from itertools import groupby
from json.encoder import encode_basestring as quoted
from operator import call, itemgetter
from types import NoneType
from typing import Any, Final, NamedTuple, TypeAlias

import attrs

from adjudicator.model.json_value import json_value
from adjudicator.model.time import Instant
from adjudicator.wire.writer import json_text

Part: TypeAlias = str | int
"""A piece of text that is always the same, or the position of the value that belongs there."""
Getter: TypeAlias = Callable[[list[str]], tuple[str, ...]]


class Template(NamedTuple):
    """A JSON value with gaps: its pieces of text, and what takes pieces and values for each order."""

    constants: tuple[str, ...]
    plain: Getter
    canonical: Getter

    @classmethod
    def of(cls, plain: Iterable[Part], canonical: Iterable[Part], gaps: int) -> Template:
        """The template of these parts; ``gaps`` is the number of values."""
        orders = (_joined(plain), _joined(canonical))
        constants = tuple(dict.fromkeys(part for order in orders for part in order if isinstance(part, str)))
        positions = {constant: gaps + number for number, constant in enumerate(constants)}
        getters = [
            itemgetter(*[positions[part] if isinstance(part, str) else part for part in order]) for order in orders
        ]
        return cls(constants, *getters)

    def filled(self, values: list[str]) -> tuple[str, str]:
        """The text in both orders. Takes over the list of values."""
        values.extend(self.constants)
        return "".join(self.plain(values)), "".join(self.canonical(values))


def _joined(parts: Iterable[Part]) -> list[Part]:
    """The parts with each run of constants as one."""
    joined: list[Part] = []
    for is_constant, run in groupby(parts, key=lambda part: isinstance(part, str)):
        if is_constant:
            joined.append("".join(map(str, run)))
        else:
            joined.extend(run)
    return joined


def value_text(value: Any) -> str:
    """The value of a fact as JSON text: the same in both orders."""
    return _WRITERS[type(value)](value)


def value_texts(values: Iterable[Any]) -> list[str]:
    """The values of some facts as JSON text."""
    values = tuple(values)
    return list(map(call, map(_WRITERS.__getitem__, map(type, values)), values))


class _Writers(dict[type, Callable[[Any], str]]):
    """How a value of each type is written; a type is added when the first value of it is."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        is_document = attrs.has(kind) and "id" in attrs.fields_dict(kind)
        self[kind] = write = _enumerated if issubclass(kind, Enum) else _named if is_document else _any
        return write


def _enumerated(value: Any) -> str:
    return quoted(value._value_)


def _named(value: Any) -> str:
    return value_text(value.id)


def _any(value: Any) -> str:
    return json_text(json_value(value))


def _items(value: tuple[Any, ...]) -> str:
    return f"[{','.join(value_texts(value))}]" if value else "[]"


def _unordered(value: frozenset[Any]) -> str:
    if all(isinstance(each, str) for each in value):
        return f"[{','.join(map(quoted, sorted(map(str, value))))}]"
    return _any(value)


_WRITERS: Final = _Writers(
    {
        str: quoted,
        int: str,
        bool: {True: "true", False: "false"}.__getitem__,
        NoneType: {None: "null"}.__getitem__,
        Instant: lambda moment: f'"{moment}"',
        tuple: _items,
        frozenset: _unordered,
    }
)
