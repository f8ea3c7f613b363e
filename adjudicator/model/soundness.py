"""Every case is valid, whether it was read from JSON or built in Python.

In Python, a field also takes unambiguous substitutes: the value of an enumeration member, an aware ``datetime`` or RFC 3339 text
for an instant, text for a decimal, a list for a tuple. Anything else is a fault that names its place.
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Final, Self, TypeAlias, TypeVar, Union, cast

import attrs

from adjudicator.model.declared_faults import declared_faults, is_plainly_right
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.json_names import pointer_step, wire_name
from adjudicator.model.limits import DECIMAL, LARGEST, MOST_ITEMS
from adjudicator.model.source import changed
from adjudicator.model.time import EARLIEST, LATEST, Instant, OutOfRange

AN_INSTANT: Final = "an RFC 3339 instant with an offset, as text"
A_DECIMAL: Final = 'an exact decimal as text, such as "4.12"'
AN_INTEGER: Final = f"an integer, at most {LARGEST}"
UNICODE: Final = "text in Unicode, without half of a surrogate pair"
REQUIRED: Final = "a value: it is required"

Convert: TypeAlias = Callable[[Any, str, list[Fault]], Any]
"""Converts a value, given its JSON pointer and the faults so far; on failure adds a fault and returns ``None``."""


class CaseBase:
    """The base of all kinds of case, which are attrs classes with typed fields.

    ``policy`` names the policy that decides the case, and ``as_of`` is the instant of the decision. Constructing an invalid case
    raises :class:`~adjudicator.model.errors.InputError` with every fault in it.
    """

    __slots__ = ()

    id: str
    policy: str
    as_of: Instant
    metadata: Mapping[str, str] | None

    def faults(self) -> Iterable[Fault]:
        """The faults of a case whose fields have the right types; ignores fields that are ``None``.

        They follow from what the fields say of themselves (:mod:`adjudicator.model.declared_faults`), and include instants too late to
        compute with. A class that has more begins with ``yield from super().faults()``.
        """
        return declared_faults(cast(Any, self))

    def is_sound(self) -> bool:
        """Whether a case whose fields have the right types has no fault."""
        if type(self).faults is CaseBase.faults and is_plainly_right(self):
            return True
        return next(iter(self.faults()), None) is None

    def soundness_of_copies(self) -> Callable[[Self], bool]:
        """What :meth:`is_sound` says of copies of this case with other values of the right types in some fields."""
        kind: type[Self] = type(self)
        return kind.is_sound

    def replace(self, **changes: Any) -> Self:
        """A copy of the case with other values in some fields, validated again."""
        evolved: Any = attrs.evolve(cast(Any, self), **changes)
        return cast(Self, evolved)

    def with_parts(self, **parts: Any) -> Self:
        """A copy with other values of the right types in some fields; checks only the case as a whole."""
        case = changed(self, parts)
        if not case.is_sound():
            raise InputError(first_at_each_place(case.faults()))
        return case

    def __attrs_post_init__(self) -> None:
        faults: list[Fault] = []
        for name, value in _changes(self, "", faults).items():
            object.__setattr__(self, name, value)
        faults += self.faults()
        if faults:
            raise InputError(first_at_each_place(faults))


P = TypeVar("P")


def as_modelled(part: P, pointer: str = "") -> P:
    """A part of a case with its values converted to the types of the model; faults name ``pointer`` as its place.

    Raises :class:`~adjudicator.model.errors.InputError` if that is impossible.
    """
    faults: list[Fault] = []
    changes = _changes(part, pointer, faults)
    if faults:
        raise InputError(faults)
    return changed(part, changes) if changes else part


def recast(part: Any, kind: Any) -> Any:
    """A part of a case as another class of its family; fields the new class adds are unknown, and others are left out."""
    if type(part) is kind or not attrs.has(type(part)):
        return part
    made = object.__new__(kind)
    for field in attrs.fields(attrs.resolve_types(kind)):
        held = getattr(part, field.name, None)
        if isinstance(held, tuple):
            (item, *_) = typing.get_args(field.type) or (None,)
            held = tuple([recast(each, item) if attrs.has(item) else each for each in held])
        elif isinstance(field.type, type) and attrs.has(field.type):
            held = recast(held, field.type)
        object.__setattr__(made, field.name, held)
    return made


def first_at_each_place(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """The first fault for each pointer; any others there may only follow from it."""
    first: dict[str, Fault] = {}
    for fault in faults:
        first.setdefault(fault.pointer, fault)
    return tuple(first.values())


def require_case(value: Any) -> Any:
    """The case itself. Raises :class:`~adjudicator.model.errors.InputError` for anything else, such as a case document."""
    if not isinstance(value, CaseBase):
        raise InputError([Fault("", shown(value), "a case, as load_case gives it or a class of cases makes it")])
    return value


def choices(enumeration: type[Enum]) -> str:
    """The values of an enumeration, for the expectation of a fault."""
    values = [str(each.value) for each in enumeration]
    return ("one of " if len(values) > 1 else "") + ", ".join(values)


def _changes(part: Any, pointer: str, faults: list[Fault]) -> dict[str, Any]:
    """The fields of a part that differ from their model, converted."""
    changes: dict[str, Any] = {}
    for name, convert in _fields(part.__class__):
        held = getattr(part, name)
        converted = convert(held, f"{pointer}/{wire_name(name)}", faults)
        if converted is not held:
            changes[name] = converted
    return changes


@cache
def _fields(kind: type) -> tuple[tuple[str, Convert], ...]:
    return tuple((each.name, _converter(each.type)) for each in attrs.fields(attrs.resolve_types(kind)))


@cache
def _converter(annotation: Any) -> Convert:
    annotation = getattr(annotation, "__supertype__", annotation)
    if typing.get_origin(annotation) in (Union, types.UnionType):
        return _converter_of_a_union(typing.get_args(annotation))
    if typing.get_origin(annotation) is tuple:
        return _items_converter(_converter(typing.get_args(annotation)[0]))
    if typing.get_origin(annotation) is Mapping:
        return _mapping_converter(_converter(typing.get_args(annotation)[1]))
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _member_converter(annotation)
    return _part_converter((annotation,)) if attrs.has(annotation) else _as_it_is


def _converter_of_a_union(members: tuple[Any, ...]) -> Convert:
    known = tuple(each for each in members if each is not type(None))
    convert = _converter(known[0]) if len(known) == 1 else _part_converter(known)
    if len(known) == len(members):
        return convert
    return lambda value, pointer, faults: None if value is None else convert(value, pointer, faults)


def _refuse(value: Any, pointer: str, expected: str, faults: list[Fault]) -> None:
    faults.append(Fault(pointer, shown(value), REQUIRED if value is None else expected))


def _text(value: Any, pointer: str, faults: list[Fault]) -> Any:
    if not isinstance(value, str):
        return _refuse(value, pointer, "a string", faults)
    text = str(value.value) if isinstance(value, Enum) else value
    try:
        text.encode()
    except UnicodeEncodeError:
        return _refuse(value, pointer, UNICODE, faults)
    return text if type(text) is str else str(text)


def _integer(value: Any, pointer: str, faults: list[Fault]) -> Any:
    if type(value) is int and abs(value) <= LARGEST:
        return value
    return _refuse(value, pointer, AN_INTEGER, faults)


def _boolean(value: Any, pointer: str, faults: list[Fault]) -> Any:
    return value if type(value) is bool else _refuse(value, pointer, "true or false", faults)


def _decimal(value: Any, pointer: str, faults: list[Fault]) -> Any:
    text = format(value, "f") if type(value) is Decimal and value.is_finite() else value
    if isinstance(text, str) and DECIMAL.fullmatch(text):
        return value if str(value) == text and type(value) is Decimal else Decimal(text)
    return _refuse(str(value) if type(value) is Decimal else value, pointer, A_DECIMAL, faults)


def _instant(value: Any, pointer: str, faults: list[Fault]) -> Any:
    if type(value) is Instant and EARLIEST <= value < LATEST:
        return value
    expected = str(OutOfRange()) if type(value) is Instant else AN_INSTANT
    try:
        if isinstance(value, str):
            return Instant.parse(value)
        if isinstance(value, dt.datetime):
            return Instant.at(value)
    except OutOfRange as error:
        expected = str(error)
    except (ValueError, OverflowError):
        pass
    shown_as = value.isoformat() if isinstance(value, dt.datetime) else int(value) if isinstance(value, int) else value
    return _refuse(shown_as, pointer, expected, faults)


def _as_it_is(value: Any, _: str, __: list[Fault]) -> Any:
    return value


_SIMPLE: Final[Mapping[Any, Convert]] = {
    str: _text,
    int: _integer,
    bool: _boolean,
    Decimal: _decimal,
    Instant: _instant,
}


def _member_converter(enumeration: type[Enum]) -> Convert:
    members = {each.value: each for each in enumeration}
    expected = choices(enumeration)

    def convert(value: Any, pointer: str, faults: list[Fault]) -> Any:
        if type(value) is enumeration:
            return value
        if type(value) is str and value in members:
            return members[value]
        return _refuse(value, pointer, expected, faults)

    return convert


def _part_converter(kinds: tuple[Any, ...]) -> Convert:
    names = ", ".join(kind.__name__ for kind in kinds)
    expected = f"an instance of {'one of ' if len(kinds) > 1 else ''}{names}"

    def convert(value: Any, pointer: str, faults: list[Fault]) -> Any:
        if type(value) not in kinds:
            if not _is_plainer(type(value), kinds):
                return _refuse(value, pointer, expected, faults)
            value = recast(value, kinds[0])
        changes = _changes(value, pointer, faults)
        return changed(value, changes) if changes else value

    return convert


def _is_plainer(given: type, kinds: tuple[Any, ...]) -> bool:
    """Whether the wanted class only adds optional fields to the given one."""
    if len(kinds) != 1 or not attrs.has(given) or not issubclass(kinds[0], given):
        return False
    known = attrs.fields_dict(given)
    return all(each.default is None for each in attrs.fields(kinds[0]) if each.name not in known)


def _items_converter(item: Convert) -> Convert:
    def convert(value: Any, pointer: str, faults: list[Fault]) -> Any:
        if not isinstance(value, (tuple, list)):
            return _refuse(value, pointer, "a list", faults)
        if len(value) > MOST_ITEMS:
            return _refuse(value, pointer, f"a list of at most {MOST_ITEMS}", faults)
        items = tuple([item(each, f"{pointer}/{index}", faults) for index, each in enumerate(value)])
        unchanged = type(value) is tuple and all(map(_is, items, value))
        return value if unchanged else items

    return convert


def _is(one: object, other: object) -> bool:
    return one is other


def _mapping_converter(item: Convert) -> Convert:
    def convert(value: Any, pointer: str, faults: list[Fault]) -> Any:
        if not isinstance(value, Mapping):
            return _refuse(value, pointer, "an object", faults)
        if len(value) > MOST_ITEMS:
            return _refuse(value, pointer, f"an object of at most {MOST_ITEMS} fields", faults)
        return {
            _text(name, pointer, faults): item(each, f"{pointer}/{pointer_step(str(name))}", faults)
            for name, each in value.items()
        }

    return convert
