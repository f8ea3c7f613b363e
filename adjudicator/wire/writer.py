"""Values as JSON text, written by a straight function for each class, which is made from its fields.

Each value is written twice at once: with fields in their order, and in canonical order (RFC 8785), as digests need it. The texts are
those of :mod:`adjudicator.wire.encoder`, which also writes what these functions cannot.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from functools import cache
from json.encoder import encode_basestring as quoted
from typing import Any, Final, NamedTuple, TypeAlias

import attrs
import orjson
from attrs import Attribute, Factory, frozen

from adjudicator.model.evidence import kinds_in
from adjudicator.model.json_names import wire_name
from adjudicator.model.source import Source
from adjudicator.model.time import Instant
from adjudicator.wire.annotations import is_json_value, is_list, is_mapping, may_be_unknown, without_none


class Text(NamedTuple):
    """A JSON value in both orders."""

    plain: str
    canonical: str


Writer: TypeAlias = Callable[[Any], tuple[str, str]]
"""Gives the text of a value, plain and canonical."""


class Unwritable(Exception):
    """A type that only the encoder writes."""


@cache
def writer_of(annotation: Any, instant: Callable[[Instant], str] = str) -> Writer:
    """The writer of a type; ``instant`` formats an instant. Raises :class:`Unwritable` for a type that only the encoder writes.

    Text in canonical order is right if no key of a mapping has a character beyond the basic plane.
    """
    return source_of(annotation, instant).made("write")


def source_of(annotation: Any, instant: Callable[[Instant], str] = str) -> Source:
    """The source of a writer."""
    writers = _Writers(Source(f"the writer of {annotation} with {instant.__qualname__}"))
    writers.source.values.update(_HELPERS, instant=instant)
    writers.source.add("def write(value):", f"    return {writers.form(annotation).both('value')}")
    return writers.source


def part_writer_of(
    kind: Any, *, written: Iterable[str], left_out: str
) -> Callable[[Any, Mapping[str, tuple[str, str]]], tuple[str, str, str]]:
    """A writer of a class that is also given the text of fields that are ``written`` elsewhere, and leaves out one field.

    It gives the text before that field and after it, and the text in canonical order. Raises :class:`Unwritable` as
    :func:`writer_of` does.
    """
    writers = _Writers(Source(f"the writer of {kind} without {left_out}"))
    writers.source.values.update(_HELPERS, instant=str)
    writers.part(kind, frozenset(written), left_out)
    return writers.source.made("write")


@frozen
class _Form:
    """How a type is written: what makes the expression for a place, which gives one text, or both if the orders can differ.

    ``function`` is the name of the function that the expression calls, if it does nothing else.
    """

    expression: Callable[[str], str]
    is_pair: bool = False
    function: str | None = None

    def both(self, place: str) -> str:
        """The expression for both texts."""
        return self.expression(place) if self.is_pair else f"twice({self.expression(place)})"


@frozen(eq=False)
class _Writers:
    """Writes the functions, those first that others call."""

    source: Source
    forms: dict[Any, _Form] = Factory(dict)
    functions: dict[Any, str] = Factory(dict)

    def form(self, annotation: Any) -> _Form:
        """How a type is written."""
        annotation = getattr(annotation, "__supertype__", annotation)
        if annotation not in self.forms:
            self.forms[annotation] = self._form(annotation)
        return self.forms[annotation]

    def _form(self, annotation: Any) -> _Form:
        if annotation in _SCALARS:
            return _SCALARS[annotation]
        if is_json_value(annotation):
            return _Form(lambda place: f"json_text({place})")
        if may_be_unknown(annotation):
            return self._if_known(self.form(without_none(annotation)))
        if kinds := kinds_in(annotation):
            return self._one_of(kinds.values())
        if is_list(annotation):
            return self._list(self.form(typing.get_args(annotation)[0]))
        if is_mapping(annotation) and typing.get_args(annotation)[0] is str:
            return self._mapping(self.form(typing.get_args(annotation)[1]))
        if isinstance(annotation, type) and issubclass(annotation, Enum):
            return _Form(lambda place: f"quoted({place}._value_)")
        if attrs.has(annotation):
            function = self._function(annotation)
            return _Form(lambda place: f"{function}({place})", is_pair=True, function=function)
        raise Unwritable

    def _if_known(self, form: _Form) -> _Form:
        null = '("null", "null")' if form.is_pair else '"null"'
        return _Form(lambda place: f"({null} if {place} is None else {form.expression(place)})", form.is_pair)

    def _one_of(self, kinds: Iterable[type]) -> _Form:
        functions = {kind: self._function(kind) for kind in kinds}
        members = ", ".join(f"{self.source.named(kind.__name__, kind)}: {name}" for kind, name in functions.items())
        table = self.source.named("writers", functions)
        self.source.add(f"{table} = {{{members}}}")
        return _Form(lambda place: f"{table}[{place}.__class__]({place})", is_pair=True)

    def _list(self, item: _Form) -> _Form:
        write, empty = ("list_of_pairs", '("[]", "[]")') if item.is_pair else ("list_of_texts", '"[]"')

        def items(place: str) -> str:
            calls = f"[{item.expression('each')} for each in {place}]"
            return f"[*map({item.function}, {place})]" if item.function else calls

        return _Form(lambda place: f"({write}({items(place)}) if {place} else {empty})", item.is_pair)

    def _mapping(self, value: _Form) -> _Form:
        write = "mapping_of_pairs" if value.is_pair else "mapping_of_texts"
        members = f"name: {value.expression('each')}"
        return _Form(lambda place: f"{write}({{{members} for name, each in {place}.items()}})", is_pair=True)

    def _function(self, kind: Any) -> str:
        """The name of the function that writes a class: its tag, if it has one, and its fields."""
        if kind in self.functions:
            return self.functions[kind]
        self.functions[kind] = name = self.source.named(f"write_{kind.__name__}", kind)
        tag = getattr(kind, "kind", None)
        constants = {"kind": quoted(tag)} if isinstance(tag, str) else {}
        lines: list[str] = []
        plain, canonical = dict(constants), dict(constants)
        for each in attrs.fields(attrs.resolve_types(kind)):
            places, line = self._field(each)
            lines.append(line)
            plain[wire_name(each.name)], canonical[wire_name(each.name)] = (f"{{{place}}}" for place in places)
        ordered = {key: canonical[key] for key in sorted(canonical)}
        self.source.add(f"def {name}(value):", *lines, f"    return {_template(plain)}, {_template(ordered)}")
        return name

    def part(self, kind: Any, written: frozenset[str], left_out: str) -> None:
        """Write the function for a class with fields that are written elsewhere, and one that is left out."""
        lines: list[str] = []
        plain: dict[str, str] = {}
        canonical: dict[str, str] = {}
        for each in attrs.fields(attrs.resolve_types(kind)):
            key = wire_name(each.name)
            if each.name == left_out:
                plain[key] = GAP
                continue
            places, line = self._field(each)
            if each.name in written:
                lines.append(f"    if {each.name!r} in written:")
                lines.append(f"        the_{each.name}, canonical_{each.name} = written[{each.name!r}]")
                lines += ["    else:", f"    {line}"]
            else:
                lines.append(line)
            plain[key], canonical[key] = (f"{{{place}}}" for place in places)
        before, after = (f"f{part!r}" for part in _members(plain).split(GAP))
        ordered = _template({key: canonical[key] for key in sorted(canonical)})
        self.source.add("def write(value, written):", *lines, f"    return {before}, {after}, {ordered}")

    def _field(self, field: Attribute[Any]) -> tuple[tuple[str, str], str]:
        """The variables that hold the text of a field in each order, and the line that fills them."""
        form = self.form(field.type)
        places = (f"the_{field.name}", f"canonical_{field.name}" if form.is_pair else f"the_{field.name}")
        return places, f"    {', '.join(dict.fromkeys(places))} = {form.expression(f'value.{field.name}')}"


def _template(members: Mapping[str, str]) -> str:
    """The f-string for an object, with constants in it as they are and places in braces."""
    return f"f{_members(members)!r}"


def _members(members: Mapping[str, str]) -> str:
    """The text of an object in an f-string."""
    parts = [f"{quoted(key)}:{text}" for key, text in members.items()]
    return f"{{{{{','.join(parts)}}}}}"


GAP: Final = "\0"
"""Where a field that is left out belongs."""


def _twice(text: str) -> tuple[str, str]:
    return text, text


def _list_of_texts(texts: list[str]) -> str:
    return f"[{','.join(texts)}]"


def list_of_pairs(pairs: list[tuple[str, str]]) -> tuple[str, str]:
    """A list of values that are written in both orders."""
    if len(pairs) == 1:
        plain, canonical = pairs[0]
    else:
        plain, canonical = one_after_another(pairs)
    return f"[{plain}]", f"[{canonical}]"


def one_after_another(pairs: list[tuple[str, str]]) -> tuple[str, str]:
    """The items of a list, separated by commas."""
    if len(pairs) < 2:
        return pairs[0] if pairs else ("", "")
    plain, canonical = zip(*pairs, strict=True)
    return ",".join(plain), ",".join(canonical)


def _mapping_of_pairs(members: dict[str, tuple[str, str]]) -> tuple[str, str]:
    plain = {name: text for name, (text, _) in members.items()}
    canonical = {name: text for name, (_, text) in members.items()}
    return mapping_of_texts(plain)[0], mapping_of_texts(canonical)[1]


def mapping_of_texts(members: dict[str, str]) -> tuple[str, str]:
    """A mapping of values whose text is the same in both orders."""
    if not members:
        return "{}", "{}"
    written = {name: f"{quoted(name)}:{text}" for name, text in members.items()}
    names = sorted(written)
    return f"{{{','.join(written.values())}}}", f"{{{','.join(map(written.__getitem__, names))}}}"


def json_text(value: Any) -> str:
    """A JSON value that holds no mapping as text."""
    kind = type(value)
    if kind is str:
        return quoted(value)
    if kind is int:
        return str(value)
    if kind is tuple:
        return f"[{','.join([json_text(each) for each in value])}]"
    return orjson.dumps(value).decode()


_SCALARS: Final[Mapping[Any, _Form]] = {
    str: _Form(lambda place: f"quoted({place})"),
    int: _Form(lambda place: f"str({place})"),
    bool: _Form(lambda place: f'("true" if {place} else "false")'),
    Decimal: _Form(lambda place: f"quoted(str({place}))"),
    Instant: _Form(lambda place: f"quoted(instant({place}))"),
}
_HELPERS: Final[Mapping[str, Any]] = {
    "quoted": quoted,
    "json_text": json_text,
    "twice": _twice,
    "list_of_texts": _list_of_texts,
    "list_of_pairs": list_of_pairs,
    "mapping_of_pairs": _mapping_of_pairs,
    "mapping_of_texts": mapping_of_texts,
}
