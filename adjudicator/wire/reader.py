"""Sound cases, and decisions, from JSON in one go: a straight function for each class of them, made from its fields.

It takes only what :mod:`adjudicator.wire.decoder` would take, and doubts everything else. What it doubts is read once more by the
decoder, which alone says what is wrong. On the way the document becomes the normalised one, for
:func:`adjudicator.model.digest.digest_with_values`.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Final

import attrs
from attrs import Factory, field, frozen

from adjudicator.engine.clause import getter
from adjudicator.model.evidence import kinds_in
from adjudicator.model.json_names import wire_name
from adjudicator.model.limits import DECIMAL, LARGEST, MOST_ITEMS
from adjudicator.model.soundness import CaseBase
from adjudicator.model.source import Source, unfinished
from adjudicator.model.time import Instant
from adjudicator.wire.annotations import is_json_value, is_list, is_mapping, may_be_unknown, without_none


class Doubt(ValueError):
    """Something that may be a fault."""


DOUBTS: Final = (ValueError, KeyError, TypeError)
"""What a reader raises for what it does not take."""


class _Unreadable(Exception):
    """A field of a type that only the decoder reads."""


@cache
def reader_of(kind: type) -> Callable[[object], Any] | None:
    """What makes a sound case, or a decision, of a JSON document in which every key stands once, or raises one of :data:`DOUBTS`.

    It adds to the document what was not stated, and puts the values of the case in place of instants and decimals. ``None`` for a kind of
    case or decision of which only the decoder reads all fields.
    """
    try:
        return source_of(kind).made("read")
    except _Unreadable:
        return None


def source_of(kind: type) -> Source:
    """The source of the reader of a kind of case or decision."""
    readers = _Readers(Source(f"the reader of {kind.__module__}.{kind.__name__}"))
    readers.source.values.update(Doubt=Doubt, new=object.__new__, Decimal=Decimal, decimal=DECIMAL, parse=Instant.parse)
    readers.source.values["json_value"] = _json_value
    for each in _CHECKED_TOGETHER:
        names = (f"only_{each.__name__}", f"{each.__name__}_or_none")
        readers.source.values.update(zip(names, (frozenset({each}), frozenset({each, type(None)})), strict=True))
    name = readers.of_class(kind)
    if issubclass(kind, CaseBase):
        readers.source.add(
            "def read(document):",
            f"    case = {name}(document)",
            "    if not case.is_sound():",
            "        raise Doubt",
            "    return case",
        )
    else:
        readers.source.add(f"read = {name}")
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
        """Takes all values from the document at once, after adding null for the fields that it leaves out."""
        fields = attrs.fields(attrs.resolve_types(kind))
        if not all(each.init for each in fields):
            raise _Unreadable
        names = (*[wire_name(each.name) for each in fields], *["kind"] * tagged)
        absent = {wire_name(each.name): None for each in fields if each.default is not attrs.NOTHING}
        left_out = self.source.named(f"left_out_of_{kind.__name__}", absent)
        values = self.source.named(f"values_of_{kind.__name__}", getter(names))
        yield f"def {name}(document):"
        yield f"    members = {left_out} | document"
        yield f"    if len(members) != {len(names)}:"
        yield "        raise Doubt"
        if absent:
            yield f"    if len(document) != {len(names)}:"
            yield "        document.update(members)"
        yield f"    {''.join([f'the_{each.name}, ' for each in fields])}{'_, ' * tagged}= {values}(members)"
        yield from _indented(_type_checks(fields))
        for each in fields:
            yield from _indented(self._field(each))
        yield from _indented(self._value(kind, fields))

    def _field(self, of: attrs.Attribute[Any]) -> Iterator[str]:
        """What the model has in place of a value; where it has a default, null stands for that."""
        place, known = f"the_{of.name}", _known(of)
        checks = [] if known in _CHECKED_TOGETHER else [*self._checks(known, place)]
        if checks and _may_be_null(of):
            yield f"if {place} is not None:"
            yield from _indented(iter(checks))
        else:
            yield from checks
        put_back = f"document[{wire_name(of.name)!r}] = {place}"
        if _is_rewritten(known):
            yield put_back
        if of.default is not None and of.default is not attrs.NOTHING:
            yield f"if {place} is None:"
            yield f"    {place} = {self._default(of)}"
            yield f"    {put_back}"

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
        elif function := self._reads(annotation):
            yield f"{place} = {function}({place})"
        else:
            raise _Unreadable

    def _reads(self, annotation: Any) -> str | None:
        """The function that reads a value, or raises an error for what it cannot be; ``None`` if checks have to come before it."""
        if annotation is Instant:
            return "parse"
        if is_json_value(annotation):
            return "json_value"
        if kinds := kinds_in(annotation):
            functions = {name: self.of_class(kind, tagged=True) for name, kind in kinds.items()}
            choice = ", ".join(f"{name!r}: {function}" for name, function in functions.items())
            table = self.source.named("kinds_of_evidence", annotation)
            self.source.add(f"{table} = {{{choice}}}", f"def read_{table}(document):")
            self.source.add(f"    return {table}[document['kind']](document)")
            return f"read_{table}"
        if isinstance(annotation, type) and issubclass(annotation, Enum):
            return f"{self.source.named(annotation.__name__, _members_of(annotation))}.__getitem__"
        return self.of_class(annotation) if attrs.has(annotation) else None

    def _items(self, item: Any, place: str) -> Iterator[str]:
        yield f"if type({place}) is not list or len({place}) > {MOST_ITEMS}:"
        yield "    raise Doubt"
        item = getattr(item, "__supertype__", item)
        if item is str:
            yield f"if not only_str.issuperset(map(type, {place})):"
            yield "    raise Doubt"
            yield f"{place} = tuple({place})"
        elif function := self._reads(item):
            yield f"{place} = tuple(map({function}, {place}))"
        else:
            yield from self._checked_items(item, place)

    def _checked_items(self, item: Any, place: str) -> Iterator[str]:
        each, items = f"each_of_{place}", f"items_of_{place}"
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
}
"""For each type what makes sure that a value is of it; what takes text alone raises an error for anything else."""


_CHECKED_TOGETHER: Final = (str, int)
"""The types of which all values of a document are checked in one go."""


def _json_value(value: Any) -> Any:
    """Any JSON value as the decoder has it. A float may be an integer of more than 64 bits."""
    kind = type(value)
    if kind is list:
        return tuple(map(_json_value, value))
    if kind is float:
        raise Doubt
    if kind is dict:
        for each in value.values():
            _json_value(each)
    return value


def _known(field: attrs.Attribute[Any]) -> Any:
    """The type of a value that is not null."""
    known = without_none(field.type) if may_be_unknown(field.type) else field.type
    return getattr(known, "__supertype__", known)


def _is_rewritten(annotation: Any) -> bool:
    """Whether the text of a value in a digest can be another than in the document."""
    annotation = getattr(annotation, "__supertype__", annotation)
    if may_be_unknown(annotation):
        return _is_rewritten(without_none(annotation))
    if is_list(annotation) or is_mapping(annotation):
        return any(map(_is_rewritten, typing.get_args(annotation)))
    return annotation in (Instant, Decimal)


def _may_be_null(field: attrs.Attribute[Any]) -> bool:
    return field.default is not attrs.NOTHING or may_be_unknown(field.type)


def _type_checks(fields: Iterable[attrs.Attribute[Any]]) -> Iterator[str]:
    """What makes sure that text is text, and whole numbers are such that every JSON reader keeps."""
    for of in _CHECKED_TOGETHER:
        same_type = [each for each in fields if _known(each) is of]
        for may_be_null, types in ((False, f"only_{of.__name__}"), (True, f"{of.__name__}_or_none")):
            places = [f"the_{each.name}" for each in same_type if _may_be_null(each) is may_be_null]
            if len(places) == 1 and not may_be_null:
                yield f"if type({places[0]}) is not {of.__name__}:"
                yield "    raise Doubt"
            elif places:
                yield f"if not {types}.issuperset(map(type, ({', '.join(places)},))):"
                yield "    raise Doubt"
            for place in places if of is int else ():
                known = f"{place} is not None and " if may_be_null else ""
                yield f"if {known}not -{LARGEST} <= {place} <= {LARGEST}:"
                yield "    raise Doubt"


@cache
def _members_of(enumeration: type[Enum]) -> dict[str, Enum]:
    return {each.value: each for each in enumeration if type(each.value) is str}


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)
