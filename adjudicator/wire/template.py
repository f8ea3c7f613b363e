"""JSON text of values, and text in two orders with gaps for them: what is the same in every case is written once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from types import NoneType
from typing import Any, Final, NamedTuple, TypeAlias

from orjson import OPT_PASSTHROUGH_SUBCLASS, Fragment, dumps

from adjudicator.engine.by_types import ByTypes
from adjudicator.engine.shared_judgement import AnyMoment
from adjudicator.model.finding import JsonValue
from adjudicator.model.json_value import FORMS
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


def object_of(members: Mapping[str, Part | Mapping[str, Part]], *, in_order: bool = False) -> list[Part]:
    """The parts of an object with some members, itself or ``in_order`` of their names, and of the objects in it."""
    items = sorted(members.items()) if in_order else members.items()
    parts = [
        [dumps(name) + b":", *(object_of(each, in_order=in_order) if isinstance(each, Mapping) else [each])]
        for name, each in items
    ]
    return joined([b"{", *separated(parts), b"}"])


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
        self.moment = moment

    def of(self, values: Iterable[Any], documents: Iterable[Any] = ()) -> list[bytes]:
        """The texts of some values of facts or fields, and of what is JSON already; at least one. They are the same in both orders."""
        items = [*values]
        for position, form in _FORMS_OF[(*map(type, items),)]:
            items[position] = form(items[position])
        items += documents
        parts: list[Any] = [_BETWEEN] * (2 * len(items) - 1)
        parts[::2] = items
        return dumps(parts, self._moment, OPT_PASSTHROUGH_SUBCLASS)[1:-1].split(b",\1,")

    def _moment(self, value: Any) -> Any:
        """An instant as text, each put into text once."""
        return _ANY_MOMENT if type(value) is AnyMoment else self.instants[value]


class Instants(dict[Instant, str]):
    """The text of each instant of a decision."""

    def __missing__(self, moment: Instant) -> str:
        self[moment] = text = beijing_text(moment)
        return text


_WRITTEN_AS_IT_IS: Final = frozenset({str, int, bool, NoneType, Instant, AnyMoment})
"""The types of values that are JSON, and of moments."""


def _forms_of(types: tuple[type, ...]) -> tuple[tuple[int, Callable[[Any], JsonValue]], ...]:
    """What gives the JSON values of others among values of some types, with their positions."""
    return tuple((at, FORMS[kind]) for at, kind in enumerate(types) if kind not in _WRITTEN_AS_IT_IS)


_FORMS_OF: Final = ByTypes(_forms_of)
_BETWEEN: Final = Fragment(b"\1")
_ANY_MOMENT: Final = Fragment(ANY_MOMENT_TEXT)
