"""Fields of the classes of a case, by their names in JSON and along a JSON pointer."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Union

import attrs

from adjudicator.model.json_names import wire_name


@cache
def fields_by_wire_name(of: type[attrs.AttrsInstance]) -> Mapping[str, attrs.Attribute[Any]]:
    """The fields of a class by their JSON names, with types resolved."""
    return {wire_name(field.name): field for field in attrs.fields(attrs.resolve_types(of))}


def steps(pointer: str) -> list[str]:
    """The steps of a JSON pointer into a case; no name in a case contains a slash or a tilde."""
    return pointer.split("/")[1:]


def fields_along(of: type, place: str) -> Iterator[tuple[attrs.Attribute[Any], ...]]:
    """The fields along a place in a type of case, step by step: one for each class that can be there, none if none has the field.

    The place is a JSON pointer, or a field of a new piece of evidence. The ``kind`` of evidence is not a field.
    """
    pointer = place if place.startswith("/") else f"/evidence/{place.removeprefix('with/')}"
    kinds = classes_in(of)
    for step in (each for each in steps(pointer) if each.strip("-0123456789") and each != "kind"):
        fields = tuple(fields_by_wire_name(kind)[step] for kind in kinds if step in fields_by_wire_name(kind))
        yield fields
        kinds = {each for field in fields for each in classes_in(field.type)}


def classes_in(annotation: Any) -> set[type]:
    """The classes with fields of their own that an annotation names."""
    if typing.get_origin(annotation) in (Union, types.UnionType, tuple):
        return {each for one in typing.get_args(annotation) for each in classes_in(one)}
    return {annotation} if isinstance(annotation, type) and attrs.has(annotation) else set()


def all_fields(case_type: type) -> Iterator[tuple[type, attrs.Attribute[Any]]]:
    """Every field of a case and its parts, with its class."""
    waiting, seen = [case_type], set[type]()
    while waiting:
        of = waiting.pop()
        if of not in seen:
            seen.add(of)
            for each in fields_by_wire_name(of).values():
                yield of, each
                waiting.extend(sorted(classes_in(each.type), key=lambda kind: kind.__name__))


def if_known(annotation: Any) -> Any:
    """The type without the ``None`` for not known."""
    return _if_known(annotation)


@cache
def _if_known(annotation: Any) -> Any:
    if typing.get_origin(annotation) not in (Union, types.UnionType):
        return annotation
    known = tuple(each for each in typing.get_args(annotation) if each is not type(None))
    return known[0] if len(known) == 1 else annotation


@cache
def item_of(annotation: Any) -> Any:
    """The type of the items of a list; ``None`` for another type."""
    is_list = typing.get_origin(annotation) is tuple
    return if_known(typing.get_args(annotation)[0]) if is_list else None
