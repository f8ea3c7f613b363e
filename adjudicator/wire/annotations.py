"""What the types of cases and decisions say about their form in JSON."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any, Final, Union

import attrs

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
"""The kinds of decision by a field that the kinds after it lack, for decisions whose policy is not installed."""


@cache
def former_names(of: type[attrs.AttrsInstance]) -> Mapping[str, str]:
    """The former JSON names of a class's fields (``formerly`` in their metadata), with the current ones."""
    return {each.metadata["formerly"]: wire_name(each.name) for each in attrs.fields(of) if "formerly" in each.metadata}


def with_current_names(of: type[attrs.AttrsInstance], value: dict[str, Any]) -> dict[str, Any]:
    """A copy of the object with former field names replaced; one that also has the current name stays."""
    former = former_names(of)
    if former.keys().isdisjoint(value):
        return value
    replaced = {old: new for old, new in former.items() if new not in value}
    return {replaced.get(name, name): each for name, each in value.items()}


def may_be_unknown(annotation: Any) -> bool:
    """Whether null is allowed, for a value that is not known."""
    members = typing.get_args(annotation)
    is_union = typing.get_origin(annotation) in (Union, types.UnionType)
    return is_union and len(members) == 2 and type(None) in members


def is_list(annotation: Any) -> bool:
    """Whether the type is a list in JSON."""
    return typing.get_origin(annotation) is tuple


def is_mapping(annotation: Any) -> bool:
    """Whether the type is a JSON object with arbitrary keys."""
    return typing.get_origin(annotation) is Mapping


def is_enumeration(annotation: Any) -> bool:
    """Whether the type is an enumeration: in JSON, the value of one of its members."""
    return isinstance(annotation, type) and issubclass(annotation, Enum)


def enumerations() -> Iterator[type[Enum]]:
    """Every enumeration in a case or decision; cattrs needs a hook for each, or treats them as text."""
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
        elif is_enumeration(each):
            yield each
        waiting.extend(typing.get_args(each))


def is_evidence(annotation: Any) -> bool:
    """Whether the type is a union of kinds of evidence, distinguished by a tag."""
    return bool(kinds_in(annotation))


def is_json_value(annotation: Any) -> bool:
    """Whether the type is any JSON value."""
    return bool(annotation == JsonValue)


def renamed(annotation: type[attrs.AttrsInstance]) -> dict[str, Any]:
    """The JSON names of a class's fields, as cattrs overrides."""
    from cattrs.gen import override  # noqa: PLC0415 - takes long to import, and is seldom needed

    return {
        field.name: override(rename=wire_name(field.name))
        for field in attrs.fields(attrs.resolve_types(typing.get_origin(annotation) or annotation))
    }
