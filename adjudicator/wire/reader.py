"""Sound cases from JSON in one go: a straight function for each class of a case, made from its fields.

It takes only what :mod:`adjudicator.wire.decoder` would take, and doubts everything else. What it doubts is read once more by the
decoder, which alone says what is wrong.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Final

import attrs
from attrs import Factory, field, frozen

from adjudicator.model.evidence import kinds_in
from adjudicator.model.json_names import wire_name
from adjudicator.model.limits import DECIMAL, LARGEST, MOST_ITEMS
from adjudicator.model.soundness import CaseBase
from adjudicator.model.source import Source, unfinished
from adjudicator.model.time import Instant
from adjudicator.wire.annotations import is_list, is_mapping, may_be_unknown, without_none


class Doubt(ValueError):
    """Something that may be a fault."""


DOUBTS: Final = (ValueError, KeyError, TypeError)
"""What a reader raises for what it does not take."""


class _Unreadable(Exception):
    """A field of a type that only the decoder reads."""


@cache
def reader_of(kind: type[CaseBase]) -> Callable[[object], Any] | None:
    """What makes a sound case of a JSON document in which every key stands once, or raises one of :data:`DOUBTS`.

    ``None`` for a kind of case of which only the decoder reads all fields.
    """
    try:
        return source_of(kind).made("read")
    except _Unreadable:
        return None


def source_of(kind: type[CaseBase]) -> Source:
    """The source of the reader of a kind of case."""
    readers = _Readers(Source(f"the reader of {kind.__module__}.{kind.__name__}"))
    readers.source.values.update(Doubt=Doubt, new=object.__new__, Decimal=Decimal, decimal=DECIMAL, parse=Instant.parse)
    name = readers.of_class(kind)
    readers.source.add(
        "def read(document):",
        f"    case = {name}(document)",
        "    for fault in case.faults():",
        "        raise Doubt",
        "    return case",
    )
    return readers.source


@frozen(eq=False)
class _Readers:
    """Writes the functions, those first that others call."""

    source: Source
    names: dict[tuple[type, bool], str] = field(default=Factory(dict))

    def of_class(self, kind: type, *, tagged: bool = False) -> str:
        """The name of the function that reads a class; in a ``tagged`` document it is said which class it is."""
        key = (kind, tagged)
        if key not in self.names:
            self.names[key] = name = self.source.named(f"read_{kind.__name__}", key)
            self.source.add(*self._function(name, kind, tagged=tagged))
        return self.names[key]

    def _function(self, name: str, kind: type, *, tagged: bool) -> Iterator[str]:
        fields = attrs.fields(attrs.resolve_types(kind))
        names = [wire_name(each.name) for each in fields] + ["kind"] * tagged
        known = self.source.named(f"fields_of_{kind.__name__}", frozenset(names))
        yield f"def {name}(document):"
        yield f"    if type(document) is not dict or not {known}.issuperset(document):"
        yield "        raise Doubt"
        for each in fields:
            yield from _indented(self._field(each))
        yield from _indented(self._value(kind, fields))

    def _field(self, of: attrs.Attribute[Any]) -> Iterator[str]:
        """The value of a field; where it has a default, null stands for that."""
        place, key = f"the_{of.name}", wire_name(of.name)
        if not of.init:
            raise _Unreadable
        if of.default is attrs.NOTHING:
            yield f"{place} = document[{key!r}]"
            yield from self._checks(of.type, place)
            return
        known = without_none(of.type) if may_be_unknown(of.type) else of.type
        yield f"{place} = document.get({key!r})"
        yield f"if {place} is not None:"
        yield from _indented(self._checks(known, place))
        if of.default is not None:
            yield "else:"
            yield f"    {place} = {self._default(of)}"

    def _default(self, of: attrs.Attribute[Any]) -> str:
        default: Any = of.default
        if not isinstance(default, _FACTORY):
            return self.source.named(f"default_{of.name}", default)
        if default.takes_self:
            raise _Unreadable
        return self.source.named(f"make_{of.name}", default.factory) + "()"

    def _checks(self, annotation: Any, place: str) -> Iterator[str]:
        """What makes sure that a value is of a type, and makes of it what the model has."""
        annotation = getattr(annotation, "__supertype__", annotation)
        if may_be_unknown(annotation):
            yield f"if {place} is not None:"
            yield from _indented(self._checks(without_none(annotation), place))
        elif is_list(annotation):
            yield from self._items(typing.get_args(annotation)[0], place)
        elif is_mapping(annotation) and typing.get_args(annotation)[0] is str:
            yield from self._members(typing.get_args(annotation)[1], place)
        elif annotation in _PLAIN:
            yield from (line.format(place) for line in _PLAIN[annotation])
        else:
            yield f"{place} = {self._call(annotation, place)}"

    def _call(self, annotation: Any, place: str) -> str:
        """The expression for a value that is looked up, or read by a function of its own; what it cannot be raises an error."""
        if kinds := kinds_in(annotation):
            functions = {name: self.of_class(kind, tagged=True) for name, kind in kinds.items()}
            choice = ", ".join(f"{name!r}: {function}" for name, function in functions.items())
            table = self.source.named("kinds_of_evidence", annotation)
            self.source.add(f"{table} = {{{choice}}}")
            return f"{table}[{place}['kind']]({place})"
        if isinstance(annotation, type) and issubclass(annotation, Enum):
            return f"{self.source.named(annotation.__name__, _members_of(annotation))}[{place}]"
        if attrs.has(annotation):
            return f"{self.of_class(annotation)}({place})"
        raise _Unreadable

    def _items(self, item: Any, place: str) -> Iterator[str]:
        each, items = f"each_of_{place}", f"items_of_{place}"
        yield f"if type({place}) is not list or len({place}) > {MOST_ITEMS}:"
        yield "    raise Doubt"
        yield f"{items} = []"
        yield f"for {each} in {place}:"
        yield from _indented(self._checks(item, each))
        yield f"    {items}.append({each})"
        yield f"{place} = tuple({items})"

    def _members(self, value: Any, place: str) -> Iterator[str]:
        each, members = f"each_of_{place}", f"members_of_{place}"
        yield f"if type({place}) is not dict or len({place}) > {MOST_ITEMS}:"
        yield "    raise Doubt"
        yield f"{members} = {{}}"
        yield f"for name, {each} in {place}.items():"
        yield from _indented(self._checks(value, each))
        yield f"    {members}[name] = {each}"
        yield f"{place} = {members}"

    def _value(self, kind: type, fields: tuple[attrs.Attribute[Any], ...]) -> Iterator[str]:
        made = self.source.named(kind.__name__, kind)
        is_case = issubclass(kind, CaseBase)
        plain = unfinished(kind, checked=is_case)
        if plain is None:
            if is_case:
                raise _Unreadable
            yield f"return {made}({', '.join(f'{each.alias}=the_{each.name}' for each in fields)})"
            return
        yield f"value = new({self.source.named(f'{kind.__name__}_unfinished', plain)})"
        for each in fields:
            yield f"value.{each.name} = the_{each.name}"
        yield f"value.__class__ = {made}"
        yield "return value"


_FACTORY: Final[Any] = attrs.Factory
_PLAIN: Final[dict[Any, tuple[str, ...]]] = {
    str: ("if type({0}) is not str:", "    raise Doubt"),
    int: (f"if type({{0}}) is not int or not -{LARGEST} <= {{0}} <= {LARGEST}:", "    raise Doubt"),
    bool: ("if {0} is not True and {0} is not False:", "    raise Doubt"),
    Decimal: ("if not decimal.fullmatch({0}):", "    raise Doubt", "{0} = Decimal({0})"),
    Instant: ("{0} = parse({0})",),
}
"""For each type what makes sure that a value is of it; what takes text alone raises an error for anything else."""


@cache
def _members_of(enumeration: type[Enum]) -> dict[str, Enum]:
    return {each.value: each for each in enumeration if type(each.value) is str}


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)
