"""JSON to objects, with cattrs: exact types, no coercion, nothing dropped."""

from __future__ import annotations

import typing
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from functools import cache
from math import inf
from typing import Any

import attrs
from cattrs import (
    ClassValidationError,
    Converter,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn

from adjudicator.model.errors import NOTHING, InputError
from adjudicator.model.evidence import kinds_in
from adjudicator.model.fields import if_known
from adjudicator.model.json_names import pointer_step, wire_name
from adjudicator.model.limits import DECIMAL, LARGEST, MOST_ITEMS
from adjudicator.model.soundness import (
    A_DECIMAL,
    AN_INSTANT,
    AN_INTEGER,
    REQUIRED,
    UNICODE,
    CaseBase,
    choices,
)
from adjudicator.model.time import Instant, OutOfRange
from adjudicator.wire.annotations import (
    enumerations,
    is_evidence,
    is_json_value,
    is_list,
    is_mapping,
    may_be_unknown,
    renamed,
    with_current_names,
)


class InvalidValue(ValueError):
    """A value of the wrong type; ``at`` is its place below the value being read."""

    def __init__(self, value: Any, expected: str, at: str = "") -> None:
        super().__init__(expected)
        self.value = value
        self.expected = expected
        self.at = at


@cache
def decoder(*, strict: bool) -> Converter:
    """The converter from JSON to objects of exact types, which finds every fault with its place.

    ``strict`` rejects unknown fields, and more items than a case may hold.
    """
    converter = Converter()
    most = MOST_ITEMS if strict else inf
    for exactly, hook in ((str, _text), (int, _integer), (bool, _boolean), (Decimal, _decimal), (Instant, _moment)):
        converter.register_structure_hook(exactly, hook)
    for each in enumerations():
        converter.register_structure_hook(each, _member(each))
    converter.register_structure_hook_func(is_json_value, _json_value)
    converter.register_structure_hook_factory(may_be_unknown, lambda each: _if_known(each, converter))
    converter.register_structure_hook_factory(is_evidence, lambda each: _evidence(each, converter))
    converter.register_structure_hook_factory(is_list, lambda each: _items(each, converter, most))
    converter.register_structure_hook_factory(is_mapping, lambda each: _fields(each, converter, most))
    converter.register_structure_hook_factory(attrs.has, lambda each: _object(each, converter, strict=strict))
    return converter


def _text(value: Any, _: Any) -> str:
    if type(value) is not str:
        raise InvalidValue(value, "a string")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidValue(value, UNICODE) from None
    return value


def _integer(value: Any, _: Any) -> int:
    if type(value) is not int or abs(value) > LARGEST:
        raise InvalidValue(value, AN_INTEGER)
    return value


def _boolean(value: Any, _: Any) -> bool:
    if type(value) is not bool:
        raise InvalidValue(value, "true or false")
    return value


def _decimal(value: Any, _: Any) -> Decimal:
    if type(value) is not str or not DECIMAL.fullmatch(value):
        raise InvalidValue(value, A_DECIMAL)
    return Decimal(value)


def _moment(value: Any, _: Any) -> Instant:
    if type(value) is not str:
        raise InvalidValue(value, AN_INSTANT)
    try:
        return Instant.parse(value)
    except OutOfRange as error:
        raise InvalidValue(value, str(error)) from None
    except ValueError:
        raise InvalidValue(value, "an RFC 3339 instant with an offset, to the microsecond at most") from None


def _member(annotation: type[Enum]) -> Callable[[Any, Any], Enum]:
    known = {each.value: each for each in annotation}
    expected = choices(annotation)

    def structure(value: Any, _: Any) -> Enum:
        if type(value) is not str or value not in known:
            raise InvalidValue(value, expected)
        return known[value]

    return structure


def _if_known(annotation: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    known = if_known(annotation)
    hook = converter.get_structure_hook(known, cache_result=False)
    return lambda value, _: None if value is None else hook(value, known)


def _items(annotation: Any, converter: Converter, most: float) -> Callable[[Any, Any], tuple[Any, ...]]:
    item = typing.get_args(annotation)[0]
    hook = converter.get_structure_hook(item, cache_result=False)

    def structure(value: Any, _: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise InvalidValue(value, "a list")
        if len(value) > most:
            raise InvalidValue(value, f"a list of at most {most}")
        items, errors = [], []
        for index, each in enumerate(value):
            try:
                items.append(hook(each, item))
            except Exception as error:  # noqa: BLE001 - any error in an item is reported with its position
                error.add_note(IterableValidationNote(f"item {index}", index, item))
                errors.append(error)
        if errors:
            raise IterableValidationError("faults in a list", errors, annotation)
        return tuple(items)

    return structure


def _fields(annotation: Any, converter: Converter, most: float) -> Callable[[Any, Any], dict[str, Any]]:
    _, item = typing.get_args(annotation)
    hook = converter.get_structure_hook(item, cache_result=False)

    def structure(value: Any, _: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise InvalidValue(value, "an object")
        if len(value) > most:
            raise InvalidValue(value, f"an object of at most {most} fields")
        fields, errors = {}, []
        for name, each in value.items():
            try:
                fields[_text(name, str)] = hook(each, item)
            except Exception as error:  # noqa: BLE001 - any error in a field is reported with its name
                error.add_note(IterableValidationNote(f"field {name!a}", name, item))
                errors.append(error)
        if errors:
            raise IterableValidationError("faults in an object", errors, annotation)
        return fields

    return structure


def _object(annotation: type[attrs.AttrsInstance], converter: Converter, *, strict: bool) -> Callable[[Any, Any], Any]:
    names = renamed(annotation)
    known = {wire_name(name) for name in names}
    listed = sorted({*known, "kind"} if isinstance(getattr(annotation, "kind", None), str) else known)
    nullable = {
        wire_name(field.name)
        for field in attrs.fields(annotation)
        if field.default is attrs.NOTHING and type(None) in typing.get_args(field.type)
    }
    structured = (
        _structured_case(annotation, converter, names)
        if _is_case(annotation)
        else make_dict_structure_fn(annotation, converter, **names)
    )

    def structure(value: Any, _: Any) -> Any:
        if type(value) is not dict:
            raise InvalidValue(value, "an object")
        value = with_current_names(annotation, value)
        stated = {name: each for name, each in value.items() if each is not None or name in nullable}
        unknown = [
            InvalidValue(value[name], f"no such field; known here: {', '.join(listed)}", f"/{pointer_step(name)}")
            for name in value
            if strict and name not in known
        ]
        try:
            read = structured(stated, annotation)
        except ClassValidationError as error:
            inner = [_missing(each, value) if isinstance(each, KeyError) else each for each in error.exceptions]
            raise ClassValidationError("faults in an object", [*inner, *unknown], annotation) from None
        except InputError as error:  # a case whose parts are right, and which is unsound
            raise ClassValidationError("faults in an object", [error, *unknown], annotation) from None
        if unknown:
            raise ClassValidationError("faults in an object", unknown, annotation)
        return read

    return structure


def _is_case(annotation: type) -> bool:
    return issubclass(annotation, CaseBase)


def _structured_case(
    annotation: type[attrs.AttrsInstance], converter: Converter, names: dict[str, Any]
) -> Callable[[Any, Any], Any]:
    """A case made of parts that have exact types already, so only consistency is left to check."""
    fields = {
        each.name: attrs.field(default=each.default, type=each.type, kw_only=each.kw_only)
        for each in attrs.fields(annotation)
    }
    parts_type = attrs.make_class(annotation.__name__, fields)
    parts_of: Callable[[Any, Any], Any] = make_dict_structure_fn(parts_type, converter, **names)

    def structure(value: Any, _: Any) -> Any:
        parts = parts_of(value, parts_type)
        case: Any = object.__new__(annotation)
        for name in fields:
            object.__setattr__(case, name, getattr(parts, name))
        if faults := tuple(case.faults()):
            raise InputError(faults)
        return case

    return structure


def _missing(error: KeyError, value: dict[str, Any]) -> InvalidValue:
    """A required field that is absent or null, at the place where it belongs."""
    name = wire_name(str(error.args[0]))
    missing = InvalidValue(None, REQUIRED) if name in value else InvalidValue(NOTHING, REQUIRED)
    missing.__notes__ = error.__notes__
    return missing


def _evidence(annotation: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    kinds = kinds_in(annotation)
    hooks = {kind: converter.get_structure_hook(each) for kind, each in kinds.items()}
    expected = "one of " + ", ".join(kinds)

    def structure(value: Any, _: Any) -> Any:
        if type(value) is not dict:
            raise InvalidValue(value, "an object")
        kind = value.get("kind", NOTHING)
        if type(kind) is not str or kind not in hooks:
            raise InvalidValue(kind, expected, "/kind")
        return hooks[kind]({name: each for name, each in value.items() if name != "kind"}, kinds[kind])

    return structure


def _json_value(value: Any, _: Any) -> Any:
    return tuple(_json_value(each, _) for each in value) if isinstance(value, list) else value
