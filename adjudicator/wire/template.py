"""JSON text of values, and text in two orders with gaps for them: what is the same in every case is written once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from itertools import groupby
from json.encoder import encode_basestring as quoted
from operator import call, itemgetter
from types import NoneType
from typing import Any, Final, NamedTuple, TypeAlias

import attrs
import orjson
from orjson import Fragment

from adjudicator.engine.shared_judgement import AnyMoment
from adjudicator.model.json_value import json_value
from adjudicator.model.time import Instant, beijing_text

Pair: TypeAlias = tuple[str, str]
"""The text of a JSON value in both orders: with fields in their order, and in canonical order (RFC 8785), as digests need it."""
Part: TypeAlias = str | int
"""A piece of text that is always the same, or the position of the text that belongs there."""
ANY_MOMENT_TEXT: Final = "\0"
"""In the place of the moment of a case, in text that many cases share. JSON has no such character."""
Getter: TypeAlias = Callable[[Sequence[str]], tuple[str, ...]]


class Template(NamedTuple):
    """A JSON value with gaps: its pieces of text, and what takes pieces and texts for each order."""

    constants: tuple[str, ...]
    plain: Getter
    canonical: Getter

    @classmethod
    def of(cls, plain: Iterable[Part], canonical: Iterable[Part], gaps: int) -> Template:
        """The template of these parts; ``gaps`` is the number of texts."""
        orders = (_joined(plain), _joined(canonical))
        constants = tuple(dict.fromkeys(part for order in orders for part in order if isinstance(part, str)))
        positions = {constant: gaps + number for number, constant in enumerate(constants)}
        getters = [_getter([positions[part] if isinstance(part, str) else part for part in order]) for order in orders]
        return cls(constants, *getters)

    def filled(self, texts: list[str]) -> Pair:
        """The text in both orders. Takes over the list of texts."""
        texts.extend(self.constants)
        return "".join(self.plain(texts)), "".join(self.canonical(texts))


def _getter(positions: list[int]) -> Getter:
    if len(positions) == 1:
        (position,) = positions
        return lambda texts: (texts[position],)
    return itemgetter(*positions)


def _joined(parts: Iterable[Part]) -> list[Part]:
    """The parts with each run of constants as one."""
    joined: list[Part] = []
    for is_constant, run in groupby(parts, key=lambda part: isinstance(part, str)):
        if is_constant:
            joined.append("".join(map(str, run)))
        else:
            joined.extend(run)
    return joined


Fragments: TypeAlias = tuple[list[Fragment], list[Fragment]]
"""A list in both orders, for orjson: text for each item, or for several with commas between them."""


def json_text(value: Any, *, ordered: bool = False) -> str:
    """A JSON value as text; if ``ordered``, with the members of objects in canonical order."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS if ordered else 0).decode()


class Texts(dict[type, Callable[[Any], str]]):
    """How a value of each type is written in one decision. An instant is written once, however often it occurs."""

    __slots__ = ("instants", "moment")

    def __init__(self, moment: Instant | None = None) -> None:
        super().__init__(_WRITERS)
        self.instants = Instants()
        self.moment = "null" if moment is None else self.instants[moment]
        self[Instant] = self.instants.__getitem__

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        self[kind] = write = _WRITERS[kind]
        return write

    def of(self, values: Sequence[Any]) -> list[str]:
        """The texts of some values of facts or fields, which are the same in both orders."""
        return [*map(call, map(self.__getitem__, map(type, values)), values)]


class Instants(dict[Instant, str]):
    """The text of each instant of a decision."""

    def __missing__(self, moment: Instant) -> str:
        self[moment] = text = f'"{beijing_text(moment)}"'
        return text


class _Writers(dict[type, Callable[[Any], str]]):
    """How a value of each type is written; a type is added when the first value of it is."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        self[kind] = write = _writer(kind)
        return write


def _writer(kind: type) -> Callable[[Any], str]:
    if issubclass(kind, Enum):
        is_text = issubclass(kind, str) and all(str.__str__(each) == each._value_ for each in kind)
        return quoted if is_text else _any
    if attrs.has(kind):
        return _named if "id" in attrs.fields_dict(kind) or hasattr(kind, "id") else _null
    return _any


def _named(value: Any) -> str:
    return _WRITERS[type(value.id)](value.id)


def _null(_: object) -> str:
    return "null"


def _any(value: Any) -> str:
    return json_text(json_value(value))


def _items(value: Sequence[Any]) -> str:
    if not value:
        return "[]"
    return f"[{','.join(map(call, map(_WRITERS.__getitem__, map(type, value)), value))}]"


def _unordered(value: frozenset[Any]) -> str:
    try:
        texts = sorted(map(str.__str__, value))
    except TypeError:  # not all are text
        return _any(value)
    return f"[{','.join(map(quoted, texts))}]"


_WRITERS: Final = _Writers(
    {
        str: quoted,
        int: str,
        bool: {True: "true", False: "false"}.__getitem__,
        NoneType: {None: "null"}.__getitem__,
        Instant: lambda moment: f'"{moment}"',
        AnyMoment: lambda _: ANY_MOMENT_TEXT,
        tuple: _items,
        list: _items,
        frozenset: _unordered,
    }
)
