"""The schemas of tools, derived from the components of the service's OpenAPI document.

A model reads every schema of every tool, and a case in full has sixty kilobytes of them. So what lies deeper than two levels is named and
described, but not spelt out; the resources ``adjudicator://schemas/...`` do that, and the service checks everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from adjudicator.service.components import components
from adjudicator.service.operations import Operation
from adjudicator.service.schemas import COMPONENTS
from adjudicator.service.settings import Settings
from adjudicator.wire.schema import Schema

LEVELS: Final = 2
"""How many levels of objects are spelt out."""
_KEPT: Final = (
    "type",
    "description",
    "enum",
    "const",
    "format",
    "minimum",
    "maximum",
    "maxLength",
    "minLength",
    "pattern",
)


def body_schema(operation: Operation) -> Schema:
    """The schema of what an operation takes as its body."""
    return _spelt_out(operation.request_body.schema if operation.request_body else {"type": "object"}, LEVELS)


def answer_schema(operation: Operation) -> Schema:
    """The schema of what an operation answers, in its first media type."""
    return _spelt_out(next(iter(operation.response_schemas.values())), LEVELS)


def _spelt_out(schema: Schema, levels: int) -> Schema:
    """A schema with its references replaced by what they name, ``levels`` of objects deep."""
    resolved = _resolved(schema)
    variants = resolved.get("oneOf") or resolved.get("anyOf")
    if variants:
        return _of_variants(resolved, [_resolved(each) for each in variants], levels)
    spelt: Schema = {name: resolved[name] for name in _KEPT if name in resolved}
    if "properties" in resolved:
        spelt |= _members(resolved["properties"], resolved.get("required", []), levels)
    if "items" in resolved and levels:
        spelt["items"] = _spelt_out(resolved["items"], levels - 1)
    return spelt


def _of_variants(schema: Schema, variants: list[Schema], levels: int) -> Schema:
    """One schema for several: of objects with the members of all of them, where only what all require is required."""
    spelt: Schema = {name: schema[name] for name in _KEPT if name in schema}
    objects = [each for each in variants if "properties" in each or "oneOf" in each or "anyOf" in each]
    others = [_spelt_out(each, levels) for each in variants if each not in objects]
    if not objects:
        return spelt | {"anyOf": others}
    whole = [_spelt_out(each, levels) for each in objects]
    types = ["object", *(each["type"] for each in others if isinstance(each.get("type"), str))]
    spelt["type"] = types[0] if len(types) == 1 else types
    required = set.intersection(*(set(each.get("required", ())) for each in whole))
    members: dict[str, Schema] = {}
    for each in whole:
        for name, member in each.get("properties", {}).items():
            members[name] = _joined(members[name], member) if name in members else member
    if members:
        spelt |= {"properties": members, "required": sorted(required)}
    return spelt


def _joined(one: Schema, other: Schema) -> Schema:
    """The schema of a member that variants describe differently: the values of both, or else no more than a description."""
    if one == other:
        return one
    values = [value for each in (one, other) for value in each.get("enum", [each["const"]] if "const" in each else [])]
    if values:
        return {"enum": list(dict.fromkeys(values))}
    return {"description": one["description"]} if "description" in one else {}


def _members(properties: Mapping[str, Schema], required: list[str], levels: int) -> Schema:
    if not levels:
        return {}
    members = {name: _spelt_out(each, levels - 1) for name, each in properties.items()}
    return {"properties": members, "required": sorted(required)}


def _resolved(schema: Schema) -> Schema:
    """What a reference names, with the description that stands beside it."""
    beside = {name: value for name, value in schema.items() if name != "$ref"}
    while "$ref" in schema:
        schema = _components()[schema["$ref"].removeprefix(COMPONENTS)]
        beside = {**{name: value for name, value in schema.items() if name != "$ref"}, **beside}
    return beside


@cache
def _components() -> Mapping[str, Any]:
    return components(Settings().max_batch)
