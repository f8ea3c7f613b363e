"""What the types of cases and decisions say of how they are written in JSON."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any, Final, Union

import attrs
from cattrs.gen import override

from adjudicator.engine.clause import hints
from adjudicator.engine.registry import policies
from adjudicator.model.case import Case
from adjudicator.model.decision import ClaimDecision, ConductDecision, Decision, PaymentDecision
from adjudicator.model.evidence import kinds_in
from adjudicator.model.finding import JsonValue
from adjudicator.model.json_names import wire_name

DECISIONS: Final[Mapping[str, type[Decision]]] = {
    "lines": ClaimDecision,
    "incidents": ConductDecision,
    "awards": PaymentDecision,
}
"""What a decision is of that has a field which those further on lack, where its policy is not installed."""


@cache
def fields_by_wire_name(of: type[attrs.AttrsInstance]) -> Mapping[str, attrs.Attribute[Any]]:
    """The fields of a class by what they are called in JSON, their types resolved."""
    return {wire_name(field.name): field for field in attrs.fields(attrs.resolve_types(of))}


@cache
def former_names(of: type[attrs.AttrsInstance]) -> Mapping[str, str]:
    """The names in JSON that fields of a class had before, as their metadata say (``formerly``), with the names they have now."""
    return {each.metadata["formerly"]: wire_name(each.name) for each in attrs.fields(of) if "formerly" in each.metadata}


def with_current_names(of: type[attrs.AttrsInstance], value: dict[str, Any]) -> dict[str, Any]:
    """The same object with former names of fields replaced, except where the current name is there as well."""
    former = former_names(of)
    if former.keys().isdisjoint(value):
        return value
    replaced = {old: new for old, new in former.items() if new not in value}
    return {replaced.get(name, name): each for name, each in value.items()}


def may_be_unknown(annotation: Any) -> bool:
    """Whether null may stand for a value that is not known."""
    members = typing.get_args(annotation)
    is_union = typing.get_origin(annotation) in (Union, types.UnionType)
    return is_union and len(members) == 2 and type(None) in members


def without_none(annotation: Any) -> Any:
    """A type without the ``None`` that stands for not known."""
    (known,) = (each for each in typing.get_args(annotation) if each is not type(None))
    return known


def is_list(annotation: Any) -> bool:
    """Whether it is written as a list."""
    return typing.get_origin(annotation) is tuple


def is_mapping(annotation: Any) -> bool:
    """Whether it is written as an object with any keys."""
    return typing.get_origin(annotation) is Mapping


def enumerations() -> Iterator[type[Enum]]:
    """Every enumeration in a case or decision; cattrs would take them for texts if it were not told of each."""
    kinds = [group[0].case_kind for group in policies().values()]
    decisions = [hints(kind.decide)["return"] for kind in kinds]
    waiting: list[Any] = [Case, *DECISIONS.values(), *decisions, *(kind.case_type for kind in kinds)]
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


def is_evidence(annotation: Any) -> bool:
    """Whether it is a union of kinds of evidence, told apart by a tag."""
    return bool(kinds_in(annotation))


def is_json_value(annotation: Any) -> bool:
    """Whether it is whatever may stand in JSON."""
    return bool(annotation == JsonValue)


def renamed(annotation: type[attrs.AttrsInstance]) -> dict[str, Any]:
    """For cattrs: the names of a class's fields in JSON."""
    return {
        field.name: override(rename=wire_name(field.name))
        for field in attrs.fields(attrs.resolve_types(typing.get_origin(annotation) or annotation))
    }
