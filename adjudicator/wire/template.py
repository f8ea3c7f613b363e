"""JSON text of values, and text in two orders with gaps for them: what is the same in every case is written once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum, StrEnum
from operator import itemgetter
from types import NoneType
from typing import Any, Final, NamedTuple, TypeAlias

import attrs
from orjson import Fragment, dumps

from adjudicator.engine.shared_judgement import AnyMoment
from adjudicator.model.json_value import json_value
from adjudicator.model.time import Instant, beijing_text

Pair: TypeAlias = tuple[bytes, bytes]
"""The text of a JSON value in both orders: with fields in their order, and in canonical order (RFC 8785), as digests need it."""
Part: TypeAlias = bytes | int
"""A piece of text that is always the same, or the position of the text that belongs there."""
ANY_MOMENT_TEXT: Final = b"\0"
"""In the place of the moment of a case, in text that many cases share. JSON has no such character."""


def joined(parts: Iterable[Part]) -> list[Part]:
    """The parts with each run of text as one."""
    found: list[Part] = []
    for part in parts:
        if found and isinstance(part, bytes) and isinstance(found[-1], bytes):
            found[-1] += part
        else:
            found.append(part)
    return found


def separated(items: Iterable[Iterable[Part]]) -> list[Part]:
    """The parts of some items with commas between them."""
    parts: list[Part] = []
    for item in items:
        parts += [*([b","] if parts else []), *item]
    return parts


Taken: TypeAlias = Callable[[Sequence[bytes]], tuple[bytes, ...]]
"""Takes some texts."""


class Order(NamedTuple):
    """A JSON value with gaps, in one order: ``pieces`` of text at even positions, gaps at odd ones, and what takes the texts for them."""

    pieces: tuple[bytes, ...]
    taken: Taken

    @classmethod
    def of(cls, parts: Iterable[Part]) -> Order:
        """The order of these parts."""
        pieces: list[bytes] = [b""]
        positions: list[int] = []
        for part in parts:
            if isinstance(part, bytes):
                pieces[-1] += part
            else:
                positions.append(part)
                pieces += b"", b""
        return cls(tuple(pieces), _taking(*positions))

    def filled(self, texts: Sequence[bytes]) -> bytes:
        """The text with these texts in the gaps."""
        pieces = [*self.pieces]
        pieces[1::2] = self.taken(texts)
        return b"".join(pieces)


def _taking(*positions: int) -> Taken:
    if len(positions) == 1:
        (position,) = positions
        return lambda texts: (texts[position],)
    return itemgetter(*positions) if positions else lambda _: ()


class Template(NamedTuple):
    """A JSON value with gaps, in both orders."""

    plain: Order
    canonical: Order

    @classmethod
    def of(cls, plain: Iterable[Part], canonical: Iterable[Part]) -> Template:
        """The template of these parts."""
        return cls(Order.of(plain), Order.of(canonical))

    def filled(self, texts: Sequence[bytes]) -> Pair:
        """The text in both orders."""
        return self.plain.filled(texts), self.canonical.filled(texts)


Fragments: TypeAlias = tuple[list[Fragment], list[Fragment]]
"""A list in both orders, for orjson: text for each item, or for several with commas between them."""


class Texts:
    """How values are written in one decision. An instant is written once, however often it occurs."""

    __slots__ = ("instants", "moment")

    def __init__(self, moment: Instant | None = None) -> None:
        self.instants = Instants()
        self.moment = b"null" if moment is None else self.instants[moment]

    def of(self, values: Iterable[Any]) -> list[bytes]:
        """The texts of some values of facts or fields, which are the same in both orders."""
        instants = self.instants
        return [instants[each] if (kind := type(each)) is Instant else _WRITERS[kind](each) for each in values]


class Instants(dict[Instant, bytes]):
    """The text of each instant of a decision."""

    def __missing__(self, moment: Instant) -> bytes:
        self[moment] = text = b'"%b"' % beijing_text(moment).encode()
        return text


class _Writers(dict[type, Callable[[Any], bytes]]):
    """How a value of each type is written; a type is added when the first value of it is."""

    def __missing__(self, kind: type) -> Callable[[Any], bytes]:
        self[kind] = write = _writer(kind)
        return write


def _writer(kind: type) -> Callable[[Any], bytes]:
    if issubclass(kind, Enum):
        return {each: dumps(each) for each in kind}.__getitem__ if issubclass(kind, StrEnum) else _any
    if attrs.has(kind):
        return _named if "id" in attrs.fields_dict(kind) or hasattr(kind, "id") else _null
    return _any


def _named(value: Any) -> bytes:
    return dumps(json_value(value.id))


def _null(_: object) -> bytes:
    return b"null"


def _any(value: Any) -> bytes:
    return dumps(json_value(value))


def _items(value: Sequence[Any]) -> bytes:
    return dumps([*map(json_value, value)]) if value else b"[]"


_KNOWN: Final[Mapping[type, Callable[[Any], bytes]]] = {
    str: dumps,
    int: dumps,
    bool: {True: b"true", False: b"false"}.__getitem__,
    NoneType: _null,
    AnyMoment: lambda _: ANY_MOMENT_TEXT,
    tuple: _items,
    list: _items,
}
_WRITERS: Final = _Writers(_KNOWN)
