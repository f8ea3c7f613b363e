"""JSON in and out: bytes to a case, a decision to bytes.

Nothing is coerced and nothing is dropped: a value of another type, an unknown field, a key that stands twice, a number too large
to be exact is a fault, and all faults of an input are told at once.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from functools import cache
from math import inf
from operator import attrgetter
from typing import Any, Final, TypeVar, Union

import attrs
import orjson
from cattrs import (
    AttributeValidationNote,
    BaseValidationError,
    ClassValidationError,
    Converter,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from adjudicator.engine.policy import hints
from adjudicator.engine.registry import policies, ungoverned
from adjudicator.model.case import Case, kinds_in
from adjudicator.model.decision import ClaimDecision, ConductDecision, Decision, JsonValue
from adjudicator.model.errors import NOTHING, Fault, InputError, shown
from adjudicator.model.limits import LARGEST
from adjudicator.model.time import Instant
from adjudicator.wire.parser import DEEPEST, MOST_ITEMS, TOO_DEEP, depth_of, escaped, parsed, parsed_at_once

T = TypeVar("T")

DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?")
"""How a decimal is written."""

_DECISIONS: Final[Mapping[str, type[Decision]]] = {"lines": ClaimDecision, "incidents": ConductDecision}
"""What a decision is of that has a field which others lack, where nobody knows its policy."""
_WIRE_NAMES: Final[Mapping[str, str]] = {"in_favour_of": "for"}


class InvalidValue(ValueError):
    """A value that does not belong where it stands; ``at`` is its place below the value being read."""

    def __init__(self, value: Any, expected: str, at: str = "") -> None:
        super().__init__(expected)
        self.value = value
        self.expected = expected
        self.at = at


def load_case(text: str | bytes) -> Any:
    """Read a case, of the kind that its policy decides.

    Raises :class:`~adjudicator.model.errors.InputError` with every fault of the input.
    """
    case = _sound_case(text)
    return _case(*parsed(text)) if case is None else case


def case_from(document: object, faults: Iterable[Fault] = ()) -> Any:
    """The case that a parsed JSON document describes; ``faults`` were found when it was parsed.

    Raises :class:`~adjudicator.model.errors.InputError` with these and every other fault.
    """
    return _case(document, [*faults])


def value_from(document: object, annotation: Any) -> Any:
    """A part of a case, of a type, from a JSON document. Raises :class:`~adjudicator.model.errors.InputError` where it does not fit."""
    try:
        return _incoming(strict=True, every_fault=True).structure(document, annotation)
    except BaseValidationError as error:
        raise InputError(_faults_in(error)) from None


def part_of(document: object, annotation: type[T]) -> T:
    """Something that this library or its service has told, from a JSON document; fields that this version does not know are passed over."""
    part: T = _incoming(strict=False, every_fault=True).structure(document, annotation)
    return part


def dump_case(case: Any) -> bytes:
    """Write a case: what was not stated is null, instants are in Beijing time."""
    return _bytes(case_document(case))


def case_document(case: Any) -> dict[str, Any]:
    """A case as a JSON document."""
    return document_of(case)


def document_of(value: Any) -> dict[str, Any]:
    """A case, a decision or what is made of their parts, as a JSON document."""
    return typing.cast("dict[str, Any]", _outgoing(str).unstructure(value))


def _decision_type(document: Any) -> type[Decision]:
    """The class of a decision: that of its policy, or one that has its fields where the policy is not installed."""
    match document:
        case {"policy": {"id": str(policy)}} if policy in policies():
            kind: type[Decision] = hints(policies()[policy][-1].case_kind.decide)["return"]
            return kind
        case dict():
            return next((kind for field, kind in _DECISIONS.items() if field in document), Decision)
    return Decision


def normalised(case: Any) -> dict[str, Any]:
    """A case as its digest is taken: what was not stated is null, instants are in UTC."""
    return typing.cast("dict[str, Any]", _outgoing(Instant.utc_text).unstructure(case))


def dump_decision(decision: Decision) -> bytes:
    """Write a decision."""
    return _bytes(decision_document(decision))


def decision_document(decision: Decision) -> dict[str, Any]:
    """A decision as a JSON document."""
    return document_of(decision)


def load_decision(text: str | bytes) -> Decision:
    """Read a decision back; fields that this version does not know are passed over.

    Raises :class:`~adjudicator.model.errors.InputError` for what is no decision.
    """
    document, faults = parsed(text, most_bytes=inf)
    try:
        decision: Decision = _incoming(strict=False, every_fault=True).structure(document, _decision_type(document))
    except BaseValidationError as error:
        faults += _faults_in(error)
    except InvalidValue as error:
        faults.append(Fault("", shown(error.value), error.expected))
    if faults:
        raise InputError(faults)
    return decision


def _bytes(document: object) -> bytes:
    return orjson.dumps(document)


# Reading


def _sound_case(text: str | bytes) -> Any:
    """The case in a text with which nothing is wrong, ``None`` for a text that has to be looked at more closely."""
    document = parsed_at_once(text)
    if type(document) is not dict:
        return None
    try:
        case: Any = _incoming(strict=True, every_fault=False).structure(document, _shape(document))
    except (ValueError, KeyError, ForbiddenExtraKeysError):
        return None
    return None if ungoverned(case) else case


def _case(document: object, faults: list[Fault]) -> Any:
    if type(document) is not dict:
        raise InputError([*faults, Fault("", shown(document), "an object")])
    shape = _shape(document)
    try:
        case: Any = _incoming(strict=True, every_fault=True).structure(document, shape)
    except BaseValidationError as error:
        if depth_of(document) > DEEPEST:
            raise InputError([TOO_DEEP]) from None
        faults += _faults_in(error)
        case = _salvage(shape, document)
        faults += _soundness_of(case)
    if isinstance(document.get("policy"), str):
        faults += ungoverned(case)
    if faults:
        first = dict[str, Fault]()
        for fault in faults:
            first.setdefault(fault.pointer, fault)
        raise InputError(first.values())
    return case


def _shape(document: dict[str, Any]) -> type:
    """The kind of case: the policy's; for an unknown policy the kind that shares most fields."""
    policy = document.get("policy")
    if isinstance(policy, str) and policy in policies():
        return policies()[policy][0].case_kind.case_type
    kinds = dict.fromkeys([Case, *(group[0].case_kind.case_type for group in policies().values())])
    return max(kinds, key=lambda kind: len(document.keys() & {field.name for field in attrs.fields(kind)}))


def _soundness_of(case: Any) -> tuple[Fault, ...]:
    """The further faults of a case of which only a part could be read."""
    try:
        type(case).__attrs_post_init__(case)
    except InputError as error:
        return error.faults
    return ()


def _salvage(annotation: Any, value: Any) -> Any:
    """What can be read of a value, ``None`` for the rest."""
    kinds = kinds_in(annotation)
    if attrs.has(annotation) or kinds:
        if type(value) is not dict:
            return None
        kind: Any = kinds.get(str(value.get("kind"))) if kinds else annotation
        if kind is None:
            return None
        read = object.__new__(kind)
        for each in attrs.fields(attrs.resolve_types(kind)):
            found = _salvage(each.type, value.get(wire_name(each.name)))
            object.__setattr__(read, each.name, found)
        return read
    if typing.get_origin(annotation) is tuple and type(value) is list:
        return tuple(_salvage(typing.get_args(annotation)[0], each) for each in value)
    if _may_be_unknown(annotation):
        return _salvage(_known(annotation), value)
    try:
        return _incoming(strict=True, every_fault=True).structure(value, annotation)
    except (BaseValidationError, InvalidValue):
        return None


def _faults_in(error: BaseException, pointer: str = "") -> Iterator[Fault]:
    """The faults in an error of the converter, each with its place."""
    if isinstance(error, BaseValidationError):
        for inner in error.exceptions:
            yield from _faults_in(inner, pointer + _step(inner))
    elif isinstance(error, InputError):
        yield from error.faults
    elif isinstance(error, InvalidValue):
        yield Fault(pointer + error.at, shown(error.value), error.expected)
    else:
        raise error


def _step(error: BaseException) -> str:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return f"/{wire_name(note.name)}"
        if isinstance(note, IterableValidationNote):
            return f"/{escaped(str(note.index))}"
    return ""


def wire_name(field: str) -> str:
    """What a field is called in JSON."""
    return _WIRE_NAMES.get(field, field)


@cache
def fields_by_wire_name(of: type[attrs.AttrsInstance]) -> Mapping[str, attrs.Attribute[Any]]:
    """The fields of a class by what they are called in JSON, their types resolved."""
    return {wire_name(field.name): field for field in attrs.fields(attrs.resolve_types(of))}


# The converters


@cache
def _incoming(*, strict: bool, every_fault: bool) -> Converter:
    """JSON to objects: exact types.

    ``strict`` refuses fields that are not known, and more items than a case may hold. Without ``every_fault`` reading stops at
    the first one, and does not say where it is.
    """
    converter = Converter(detailed_validation=every_fault, forbid_extra_keys=strict and not every_fault)
    most = MOST_ITEMS if strict else inf
    for exactly, hook in ((str, _text), (int, _integer), (bool, _boolean), (Decimal, _decimal), (Instant, _moment)):
        converter.register_structure_hook(exactly, hook)
    for each in _enumerations():
        converter.register_structure_hook(each, _member(each))
    converter.register_structure_hook_func(_is_plain, _as_plain)
    converter.register_structure_hook_factory(_may_be_unknown, lambda each: _if_known(each, converter))
    converter.register_structure_hook_factory(_is_evidence, lambda each: _evidence(each, converter))
    converter.register_structure_hook_factory(_is_list, lambda each: _items(each, converter, most))
    converter.register_structure_hook_factory(_is_mapping, lambda each: _fields(each, converter, most))
    converter.register_structure_hook_factory(attrs.has, lambda each: _object(each, converter, strict=strict))
    return converter


@cache
def _outgoing(instant: Callable[[Instant], str]) -> Converter:
    """Objects to JSON; ``instant`` writes an instant."""
    converter = Converter()
    converter.register_unstructure_hook(Instant, instant)
    converter.register_unstructure_hook(Decimal, str)
    converter.register_unstructure_hook_factory(attrs.has, lambda each: _written(each, converter))
    for each in _enumerations():
        converter.register_unstructure_hook(each, attrgetter("_value_"))
    converter.register_unstructure_hook_factory(_may_be_unknown, lambda each: _written_if_known(each, converter))
    converter.register_unstructure_hook_func(_is_evidence, converter.unstructure)
    converter.register_unstructure_hook_factory(_is_list, lambda each: _listed(each, converter))
    converter.register_unstructure_hook_factory(_is_mapping, lambda each: _named(each, converter))
    converter.register_unstructure_hook_func(_is_plain, _from_plain)
    return converter


def _text(value: Any, _: Any) -> str:
    if type(value) is not str:
        raise InvalidValue(value, "a string")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidValue(value, "text in Unicode, without half of a surrogate pair") from None
    return value


def _integer(value: Any, _: Any) -> int:
    if type(value) is not int or abs(value) > LARGEST:
        raise InvalidValue(value, f"an integer, at most {LARGEST}")
    return value


def _boolean(value: Any, _: Any) -> bool:
    if type(value) is not bool:
        raise InvalidValue(value, "true or false")
    return value


def _decimal(value: Any, _: Any) -> Decimal:
    if type(value) is not str or not DECIMAL.fullmatch(value):
        raise InvalidValue(value, 'an exact decimal as text, such as "4.12"')
    return Decimal(value)


def _moment(value: Any, _: Any) -> Instant:
    if type(value) is not str:
        raise InvalidValue(value, "an RFC 3339 instant with an offset, as text")
    try:
        return Instant.parse(value)
    except ValueError:
        raise InvalidValue(value, "an RFC 3339 instant with an offset, to the microsecond at most") from None


def _member(annotation: type[Enum]) -> Callable[[Any, Any], Enum]:
    known = {each.value: each for each in annotation}
    expected = ("one of " if len(known) > 1 else "") + ", ".join(map(str, known))

    def structure(value: Any, _: Any) -> Enum:
        if type(value) is not str or value not in known:
            raise InvalidValue(value, expected)
        return known[value]

    return structure


def _may_be_unknown(annotation: Any) -> bool:
    members = typing.get_args(annotation)
    is_union = typing.get_origin(annotation) in (Union, types.UnionType)
    return is_union and len(members) == 2 and type(None) in members


def _known(annotation: Any) -> Any:
    """A type without the ``None`` that stands for not known."""
    (known,) = (each for each in typing.get_args(annotation) if each is not type(None))
    return known


def _if_known(annotation: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    known = _known(annotation)
    hook = converter.get_structure_hook(known, cache_result=False)
    return lambda value, _: None if value is None else hook(value, known)


def _is_list(annotation: Any) -> bool:
    return typing.get_origin(annotation) is tuple


def _items(annotation: Any, converter: Converter, most: float) -> Callable[[Any, Any], tuple[Any, ...]]:
    item = typing.get_args(annotation)[0]
    hook = converter.get_structure_hook(item, cache_result=False)

    def at_once(value: Any, _: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise InvalidValue(value, "a list")
        if len(value) > most:
            raise InvalidValue(value, f"a list of at most {most}")
        return tuple([hook(each, item) for each in value])

    def one_by_one(value: Any, _: Any) -> tuple[Any, ...]:
        if type(value) is not list or len(value) > most:
            return at_once(value, _)
        items, errors = [], []
        for index, each in enumerate(value):
            try:
                items.append(hook(each, item))
            except Exception as error:  # noqa: BLE001 - whatever is wrong with an item is told with its position
                error.add_note(IterableValidationNote(f"item {index}", index, item))
                errors.append(error)
        if errors:
            raise IterableValidationError("faults in a list", errors, annotation)
        return tuple(items)

    return one_by_one if converter.detailed_validation else at_once


def _is_mapping(annotation: Any) -> bool:
    return typing.get_origin(annotation) is Mapping


def _fields(annotation: Any, converter: Converter, most: float) -> Callable[[Any, Any], dict[str, Any]]:
    _, item = typing.get_args(annotation)
    hook = converter.get_structure_hook(item, cache_result=False)

    def at_once(value: Any, _: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise InvalidValue(value, "an object")
        if len(value) > most:
            raise InvalidValue(value, f"an object of at most {most} fields")
        return {_text(name, str): hook(each, item) for name, each in value.items()}

    def one_by_one(value: Any, _: Any) -> dict[str, Any]:
        if type(value) is not dict or len(value) > most:
            return at_once(value, _)
        fields, errors = {}, []
        for name, each in value.items():
            try:
                fields[_text(name, str)] = hook(each, item)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with a field is told with its name
                error.add_note(IterableValidationNote(f"field {name!a}", name, item))
                errors.append(error)
        if errors:
            raise IterableValidationError("faults in an object", errors, annotation)
        return fields

    return one_by_one if converter.detailed_validation else at_once


def _object(annotation: type[attrs.AttrsInstance], converter: Converter, *, strict: bool) -> Callable[[Any, Any], Any]:
    names = _renamed(annotation)
    known = {wire_name(name) for name in names}
    nullable = {
        wire_name(field.name)
        for field in attrs.fields(annotation)
        if field.default is attrs.NOTHING and type(None) in typing.get_args(field.type)
    }
    structured = make_dict_structure_fn(annotation, converter, **names)

    def at_once(value: Any, _: Any) -> Any:
        if type(value) is not dict:
            raise InvalidValue(value, "an object")
        return structured(value, annotation)

    def one_by_one(value: Any, _: Any) -> Any:
        if type(value) is not dict:
            raise InvalidValue(value, "an object")
        stated = {name: each for name, each in value.items() if each is not None or name in nullable}
        unknown = [
            InvalidValue(value[name], f"no such field; known here: {', '.join(sorted(known))}", f"/{escaped(name)}")
            for name in value
            if strict and name not in known
        ]
        try:
            read = structured(stated, annotation)
        except ClassValidationError as error:
            inner = [_missing(each, value) if isinstance(each, KeyError) else each for each in error.exceptions]
            raise ClassValidationError("faults in an object", [*inner, *unknown], annotation) from None
        if unknown:
            raise ClassValidationError("faults in an object", unknown, annotation)
        return read

    return one_by_one if converter.detailed_validation else at_once


def _missing(error: KeyError, value: dict[str, Any]) -> InvalidValue:
    """A required field that is not there, or null; said in the same place."""
    name = wire_name(str(error.args[0]))
    missing = (
        InvalidValue(None, "a value: it is required")
        if name in value
        else InvalidValue(NOTHING, "a value: it is required")
    )
    missing.__notes__ = error.__notes__
    return missing


def _enumerations() -> Iterator[type[Enum]]:
    """Every enumeration in a case or decision; cattrs would take them for texts if it were not told of each."""
    kinds = [group[0].case_kind for group in policies().values()]
    decisions = [hints(kind.decide)["return"] for kind in kinds]
    waiting: list[Any] = [Case, *_DECISIONS.values(), *decisions, *(kind.case_type for kind in kinds)]
    seen: set[Any] = set()
    while waiting:
        each = waiting.pop()
        if each in seen:
            continue
        seen.add(each)
        if attrs.has(each):
            waiting.extend(field.type for field in attrs.fields(attrs.resolve_types(each)))
        elif isinstance(each, type) and issubclass(each, Enum):
            yield each
        waiting.extend(typing.get_args(each))


def _is_evidence(annotation: Any) -> bool:
    return bool(kinds_in(annotation))


def _evidence(annotation: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    kinds = kinds_in(annotation)
    hooks = {kind: converter.get_structure_hook(each) for kind, each in kinds.items()}
    expected = "one of " + ", ".join(kinds)

    def structure(value: Any, _: Any) -> Any:
        if type(value) is not dict:
            raise InvalidValue(value, "an object")
        kind = value.get("kind")
        if type(kind) is not str or kind not in hooks:
            raise InvalidValue(kind, expected, "/kind")
        return hooks[kind]({name: each for name, each in value.items() if name != "kind"}, kinds[kind])

    return structure


def _is_plain(annotation: Any) -> bool:
    return bool(annotation == JsonValue)


def _as_plain(value: Any, _: Any) -> Any:
    return tuple(_as_plain(each, _) for each in value) if isinstance(value, list) else value


def _from_plain(value: Any) -> Any:
    return [_from_plain(each) for each in value] if type(value) is tuple else value


def _listed(annotation: Any, converter: Converter) -> Callable[[Any], list[Any]]:
    item = typing.get_args(annotation)[0]
    if item is str:
        return list
    written = converter.get_unstructure_hook(item, cache_result=False)
    return lambda value: [written(each) for each in value]


def _named(annotation: Any, converter: Converter) -> Callable[[Any], dict[str, Any]]:
    written = converter.get_unstructure_hook(typing.get_args(annotation)[1], cache_result=False)
    return lambda value: {name: written(each) for name, each in value.items()} if value else {}


def _written_if_known(annotation: Any, converter: Converter) -> Callable[[Any], Any]:
    written = converter.get_unstructure_hook(_known(annotation), cache_result=False)
    as_it_is = converter.get_unstructure_hook(str)
    return written if written is as_it_is else lambda value: None if value is None else written(value)


def _renamed(annotation: type[attrs.AttrsInstance]) -> dict[str, Any]:
    return {
        field.name: override(rename=wire_name(field.name))
        for field in attrs.fields(attrs.resolve_types(typing.get_origin(annotation) or annotation))
    }


def _written(annotation: type[attrs.AttrsInstance], converter: Converter) -> Callable[[Any], dict[str, Any]]:
    written: Callable[[Any], dict[str, Any]] = make_dict_unstructure_fn(annotation, converter, **_renamed(annotation))
    kind = getattr(annotation, "kind", None)
    if not isinstance(kind, str):
        return written
    return lambda value: {"kind": kind, **written(value)}
