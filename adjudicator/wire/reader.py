"""Sound cases, and decisions, from JSON in one go: a straight function for each class of them, made from its fields.

It takes only what :mod:`adjudicator.wire.decoder` would take, and doubts everything else. What it doubts is read once more by the
decoder, which alone says what is wrong. On the way the document of a case becomes the normalised one, of which the digest is taken,
and the keys that it had are counted, which shows whether its text had more of them.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from functools import cache
from itertools import repeat
from typing import Any, Final, TypeAlias

import attrs
import orjson
from attrs import Factory, frozen

from adjudicator.engine.clause import getter
from adjudicator.model.evidence import kinds_in
from adjudicator.model.fields import if_known
from adjudicator.model.json_names import wire_name
from adjudicator.model.limits import DECIMAL, LARGEST, MOST_ITEMS
from adjudicator.model.soundness import CaseBase
from adjudicator.model.source import Source, unfinished
from adjudicator.model.time import Instant, instant_and_utc
from adjudicator.wire.annotations import is_enumeration, is_json_value, is_list, is_mapping, may_be_unknown


class Doubt(ValueError):
    """Something that may be a fault."""


DOUBTS: Final = (ValueError, KeyError, TypeError, AttributeError)
"""What a reader raises for what it does not take."""


class _Unreadable(Exception):
    """A field of a type that only the decoder reads."""


@cache
def reader_of(kind: type) -> Callable[..., Any] | None:
    """What makes a sound case, or a decision, of a JSON document in which every key stands once, or raises one of :data:`DOUBTS`.

    It makes the document of a case the normalised one: null for what was not stated, instants in UTC. It also takes a list to which it
    adds the number of keys that each object had, but for those in values of any kind. ``None`` for a kind of case or decision of which
    only the decoder reads all fields.
    """
    try:
        return source_of(kind).made("read")
    except _Unreadable:
        return None


def source_of(kind: type) -> Source:
    """The source of the reader of a kind of case or decision."""
    source = Source(f"the reader of {kind.__module__}.{kind.__name__}")
    source.values.update(Doubt=Doubt, Decimal=Decimal, decimal=DECIMAL, json_value=_json_value)
    source.values.update(
        instant=Instant.parse, instant_and_utc=instant_and_utc, in_document=_in_document, repeat=repeat
    )
    is_case = issubclass(kind, CaseBase)
    name = _Readers(source, of_a_case=is_case).of_class(kind)
    if is_case:
        source.add(
            "def read(document, keys):",
            f"    case = {name}(document, keys)",
            "    if not case.is_sound():",
            "        raise Doubt",
            "    return case",
        )
    else:
        source.add(f"read = {name}")
    return source


@frozen(eq=False)
class _Readers:
    """Writes the functions, those first that others call. They normalise the document of a case and count its keys."""

    source: Source
    of_a_case: bool
    names: dict[tuple[type, bool], str] = Factory(dict)
    within: list[type] = Factory(list)

    def of_class(self, kind: type, *, tagged: bool = False) -> str:
        """The name of the function that reads a class; in a ``tagged`` document it is said which class it is."""
        key = (kind, tagged)
        if key not in self.names:
            self.names[key] = name = self.source.named(f"read_{kind.__name__}", key)
            lines = [*self._part(kind, "document", tagged=tagged), "return value"]
            self.source.add(f"def {name}({self._given('document')}):", *_indented(lines))
        return self.names[key]

    def _part(self, kind: type, document: str, *, tagged: bool = False) -> Iterator[str]:
        """Makes an instance of a class of a document, as the value of that document."""
        fields = attrs.fields(attrs.resolve_types(kind))
        if not all(each.init and _BETWEEN not in each.name for each in fields):
            raise _Unreadable
        self.within.append(kind)
        yield from self._taken(kind, fields, document, tagged=tagged)
        yield from _type_checks(fields, document)
        yield from self._made(kind, fields, document)
        self.within.remove(kind)

    def _taken(self, kind: type, fields: Fields, document: str, *, tagged: bool) -> Iterator[str]:
        """Takes all values from the document at once; where it leaves some out, it gets null for them first."""
        names = _as_parsed([*[wire_name(each.name) for each in fields], *["kind"] * tagged])
        left_out = tuple(name for name, each in zip(names, fields, strict=False) if each.default is not attrs.NOTHING)
        places = "".join([f"{_place(each, document)}, " for each in fields]) + "_, " * tagged
        values = self.source.named(f"values_of_{kind.__name__}", getter(names))
        doubt_other_fields = (f"if len({document}) != {len(names)}:", "    raise Doubt")
        yield from self._counted(str(len(names)))
        if left_out:
            yield f"if len({document}) != {len(names)}:"
            yield from _indented(self._counted(f"len({document}) - {len(names)}"))
            yield f"    for name in {self.source.named(f'left_out_of_{kind.__name__}', left_out)}:"
            yield f"        if name not in {document}:"
            yield f"            {document}[name] = None"
            yield from _indented(doubt_other_fields)
        else:
            yield from doubt_other_fields
        yield f"{places}= {values}({document})"

    def _made(self, kind: type, fields: Fields, document: str) -> Iterator[str]:
        """Makes the instance: field by field, where its class allows that."""
        is_case = issubclass(kind, CaseBase)
        plain = unfinished(kind, checked=is_case)
        if plain is None and is_case:
            raise _Unreadable
        made, value = self.source.named(kind.__name__, kind), _value_of(document)
        if plain is None:
            for each in fields:
                yield from self._field(each, document, _place(each, document))
            yield f"{value} = {made}({', '.join(f'{each.alias}={_place(each, document)}' for each in fields)})"
        else:
            yield f"{value} = {self.source.named(f'{kind.__name__}_unfinished', plain)}()"
            for each in fields:
                yield from self._field(each, document, f"{value}.{each.name}")
            yield f"{value}.__class__ = {made}"

    def _field(self, of: attrs.Attribute[Any], document: str, target: str) -> Iterator[str]:
        """Puts in the target what the model has in place of a value. Where the field has a default, null stands for that."""
        place, known, may_be_null = _place(of, document), _known(of), _may_be_null(of)
        in_document = f"{document}[{wire_name(of.name)!r}]" if self.of_a_case else ""
        default = _default(of)
        if default is not None:
            may_be_null = False
            yield f"if {place} is None:"
            yield f"    {place} = {in_document and f'{in_document} = '}{default!r}"
        if may_be_null and is_enumeration(known):
            yield f"{target} = {self.source.named(f'{known.__name__}_or_none', _members_or_none(known))}[{place}]"
        elif known is str:
            # Adding it to nothing gives the text itself, and raises an error for anything but text.
            yield f"{target} = " + (f"{place} if {place} is None else " if may_be_null else "") + f"'' + {place}"
        elif known in _EXACT:
            yield from [f"{target} = {place}"] * (target != place)
        elif may_be_null:
            yield f"if {place} is None:"
            yield f"    {target} = None"
            yield "else:"
            yield from _indented(self._put(known, place, target, in_document))
        else:
            yield from self._put(known, place, target, in_document)

    def _put(self, known: Any, place: str, target: str, in_document: str) -> Iterator[str]:
        """Puts in the target what the model has in place of a value, and in the document its form in the digest if that can differ."""
        if in_document and known is Instant:
            yield f"{target}, {in_document} = instant_and_utc({place})"
            return
        if attrs.has(known) and known not in self.within:
            yield from self._part(known, place)
            yield f"{target} = {_value_of(place)}"
            return
        yield from self._checks(known, place)
        yield f"{target} = {self._expression(known, place)}"
        if in_document and _is_rewritten(known):
            yield f"{in_document} = {'str' if known is Decimal else 'in_document'}({target})"

    def _checked(self, annotation: Any, place: str) -> Iterator[str]:
        """Makes sure that a value within a list or mapping is of a type, and puts what the model has in its place."""
        annotation = _plain(annotation)
        if may_be_unknown(annotation):
            yield f"if {place} is not None:"
            yield from _indented(self._checked(if_known(annotation), place))
            return
        if wrong := _is_no(annotation, place):
            yield from (f"if {wrong}:", "    raise Doubt")
        yield from self._checks(annotation, place)
        if annotation not in _EXACT:
            yield f"{place} = {self._expression(annotation, place)}"

    def _checks(self, annotation: Any, place: str) -> Iterator[str]:
        """What has to come before the expression for a value; lists and mappings are known to be such."""
        each = f"each_of_{place}"
        if annotation is Decimal:
            yield from (f"if not decimal.fullmatch({place}):", "    raise Doubt")
        elif is_list(annotation):
            item = _plain(typing.get_args(annotation)[0])
            if item is str:
                yield f"''.join({place})  # raises an error for anything but text"
            elif self._function(item) is None:
                yield f"items_of_{place} = []"
                yield f"for {each} in {place}:"
                yield from _indented(self._checked(item, each))
                yield f"    items_of_{place}.append({each})"
        elif is_mapping(annotation) and typing.get_args(annotation)[1] is str:
            yield from self._counted(f"len({place})")
            yield f"''.join({place}.values())  # raises an error for anything but text"
        elif is_mapping(annotation):
            yield from self._counted(f"len({place})")
            yield f"items_of_{place} = {{}}"
            yield f"for name_of_{each}, {each} in {place}.items():"
            yield from _indented(self._checked(typing.get_args(annotation)[1], each))
            yield f"    items_of_{place}[name_of_{each}] = {each}"

    def _expression(self, annotation: Any, place: str) -> str:
        """What the model has in place of a value, which raises an error for most of what it cannot be."""
        if annotation is Decimal:
            return f"Decimal({place})"
        if is_mapping(annotation):
            return f"dict({place})" if typing.get_args(annotation)[1] is str else f"items_of_{place}"
        if is_list(annotation):
            item = _plain(typing.get_args(annotation)[0])
            if item is str:
                return f"tuple({place})"
            function = self._function(item)
            if function is None:
                return f"tuple(items_of_{place})"
            # Most lists have one item or none; what goes through several takes longer to make than to run.
            given = self._given(f"{place}[0]", item)
            keys = ", repeat(keys)" if given.endswith("keys") else ""
            several = f"tuple(map({function}, {place}{keys})) if {place} else ()"
            return f"({function}({given}),) if len({place}) == 1 else {several}"
        if is_enumeration(annotation):
            return f"{self.source.named(annotation.__name__, _members_of(annotation))}[{place}]"
        function = self._function(annotation)
        if function is None:
            raise _Unreadable
        return f"{function}({self._given(place, annotation)})"

    def _function(self, annotation: Any) -> str | None:
        """The function that reads a value, or raises an error for what it cannot be; ``None`` if checks have to come before it."""
        if annotation is Instant:
            return "instant"
        if is_json_value(annotation):
            return "json_value"
        if kinds := kinds_in(annotation):
            functions = {name: self.of_class(kind, tagged=True) for name, kind in kinds.items()}
            choice = ", ".join(f"{name!r}: {function}" for name, function in functions.items())
            table = self.source.named("kinds_of_evidence", annotation)
            given = self._given("document")
            self.source.add(f"{table} = {{{choice}}}", f"def read_{table}({given}):")
            self.source.add(f"    return {table}[document['kind']]({given})")
            return f"read_{table}"
        if is_enumeration(annotation):
            return self.source.named(f"{annotation.__name__}_named", _member_named(annotation))
        return self.of_class(annotation) if attrs.has(annotation) else None

    def _given(self, place: str, annotation: Any = None) -> str:
        """What the function that reads a value of a type is given; it counts keys if it reads a class, of which it is by default."""
        reads_a_class = annotation is None or attrs.has(annotation) or kinds_in(annotation)
        return f"{place}, keys" if self.of_a_case and reads_a_class else place

    def _counted(self, number: str) -> Iterator[str]:
        """Counts some keys of a case."""
        if self.of_a_case:
            yield f"keys.append({number})"


Fields: TypeAlias = "tuple[attrs.Attribute[Any], ...]"
_FACTORY: Final[Any] = attrs.Factory
_BETWEEN: Final = "__"
"""What stands between the names of fields in that of a variable, so that no two variables have the same name."""
_EXACT: Final = (str, int, bool)
"""The types whose values are the same in a document."""


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


def _in_document(value: Any) -> Any:
    """A value as the document has it of which the digest is taken."""
    if isinstance(value, (tuple, list)):
        return [*map(_in_document, value)]
    if isinstance(value, Mapping):
        return {name: _in_document(each) for name, each in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Instant):
        return value.utc_text()
    return str(value) if isinstance(value, Decimal) else value


def _default(of: attrs.Attribute[Any]) -> Any:
    """The default of a field as the document has it; ``None`` if it has none."""
    default: Any = of.default
    if isinstance(default, _FACTORY):
        if default.takes_self:
            raise _Unreadable
        default = default.factory()
    if default is attrs.NOTHING or default is None:
        return None
    if attrs.has(type(default)):
        raise _Unreadable
    return _in_document(default)


def _place(of: attrs.Attribute[Any], document: str) -> str:
    """The variable for what a document has for a field."""
    return f"the_{of.name}" if document == "document" else f"{document}{_BETWEEN}{of.name}"


def _as_parsed(names: list[str]) -> tuple[str, ...]:
    """The names as the same objects that are in documents: orjson keeps those it has read, and they are found in half the time."""
    return tuple(orjson.loads(orjson.dumps(dict.fromkeys(names))))


def _value_of(document: str) -> str:
    """The variable for what is made of a document."""
    return "value" if document == "document" else f"value_of_{document}"


def _known(of: attrs.Attribute[Any]) -> Any:
    """The type of a value that is not null."""
    return _plain(if_known(of.type))


def _plain(annotation: Any) -> Any:
    """The type that a document has for another that is only its name."""
    return getattr(annotation, "__supertype__", annotation)


def _is_rewritten(annotation: Any) -> bool:
    """Whether the text of a value in a digest can be another than in the document."""
    annotation = _plain(if_known(annotation))
    if is_list(annotation) or is_mapping(annotation):
        return any(map(_is_rewritten, typing.get_args(annotation)))
    return annotation in (Instant, Decimal)


def _may_be_null(of: attrs.Attribute[Any]) -> bool:
    return of.default is not attrs.NOTHING or may_be_unknown(of.type)


def _type_checks(fields: Fields, document: str) -> Iterator[str]:
    """What makes sure, in one go, that each value is of the type that a document has for it, where nothing else does."""
    wrong = []
    for each in fields:
        place = _place(each, document)
        if _known(each) is not str and (is_no := _is_no(_known(each), place)):
            is_no = f"({is_no})" if " or " in is_no else is_no
            wrong.append(f"{place} is not None and {is_no}" if _may_be_null(each) else is_no)
    if wrong:
        yield from ("if (", f"    {wrong[0]}", *[f"    or {each}" for each in wrong[1:]], "):", "    raise Doubt")


def _is_no(annotation: Any, place: str) -> str:
    """The condition under which a value is not of a type; empty if what reads it finds that out."""
    if annotation is int:
        return f"type({place}) is not int or {place}.bit_length() > {LARGEST.bit_length()}"
    if annotation in _EXACT:
        return f"type({place}) is not {annotation.__name__}"
    if is_list(annotation):
        return f"type({place}) is not list or len({place}) > {MOST_ITEMS}"
    if is_mapping(annotation):
        if typing.get_args(annotation)[0] is not str:
            raise _Unreadable
        return f"type({place}) is not dict or len({place}) > {MOST_ITEMS}"
    return ""


@cache
def _members_of(enumeration: type[Enum]) -> dict[str, Enum]:
    return {each.value: each for each in enumeration if type(each.value) is str}


@cache
def _members_or_none(enumeration: type[Enum]) -> dict[str | None, Enum | None]:
    return {None: None} | _members_of(enumeration)


@cache
def _member_named(enumeration: type[Enum]) -> Callable[[str], Enum]:
    return _members_of(enumeration).__getitem__


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)
