"""All schemas as components of the OpenAPI document.

Most are generated from classes, as ``adjudicator schema`` does; the others are written in :mod:`adjudicator.service.schemas`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from adjudicator.analysis.schemas import (
    check_schema,
    difference_schema,
    entitlements_schema,
    inquiry_schema,
    reply_check_schema,
    what_if_schema,
)
from adjudicator.model.award import Award
from adjudicator.rulebook.codes import Code
from adjudicator.service.schemas import BATCH, COMPONENTS, ON_RECORD, batch, composed
from adjudicator.wire.events import (
    DeliveryPage,
    DeliveryTested,
    EventPage,
    WebhookCreated,
    WebhookListed,
    WebhookPage,
)
from adjudicator.wire.messages import (
    AccessPage,
    ApiKeyCreated,
    ApiKeyListed,
    ApiKeyPage,
    DecisionPage,
    DecisionWithPayouts,
    Erasure,
    Job,
    JobPage,
    PanelToken,
    Payouts,
    Rerun,
    Settlements,
)
from adjudicator.wire.schema import (
    Schema,
    case_on_record_schema,
    case_schema,
    decision_schema,
    name_in_schema,
    output_schema,
)


def components(most_cases: int) -> dict[str, Schema]:
    """All schemas by name, for a service that takes at most ``most_cases`` cases in a batch."""
    return {**_fixed_components(), BATCH: batch(most_cases)}


@cache
def _fixed_components() -> Mapping[str, Schema]:
    from_classes, result = _from_classes(), composed()
    reserved = frozenset((*from_classes, *result, BATCH))
    for name, schema in from_classes.items():
        _split(name, schema, result, reserved)
    return dict(sorted(result.items()))


def _from_classes() -> dict[str, Schema]:
    return {
        "Award": output_schema(Award),
        "Case": case_schema(),
        "Decision": decision_schema(),
        ON_RECORD: case_on_record_schema(),
        "WhatIf": what_if_schema(),
        "Check": check_schema(),
        "Inquiry": inquiry_schema(),
        "Entitlements": entitlements_schema(),
        "Difference": difference_schema(),
        "ReplyCheck": reply_check_schema(),
        "Code": output_schema(Code),
        **{
            name_in_schema(message): output_schema(message)
            for message in (
                DecisionPage,
                DecisionWithPayouts,
                Erasure,
                Job,
                JobPage,
                PanelToken,
                Payouts,
                Rerun,
                Settlements,
                ApiKeyListed,
                ApiKeyPage,
                ApiKeyCreated,
                AccessPage,
                EventPage,
                WebhookListed,
                WebhookPage,
                WebhookCreated,
                DeliveryPage,
                DeliveryTested,
            )
        },
    }


# A generated client needs exactly one name for each component. So each schema is split into components that have names but no titles, and
# that are shared wherever they are referenced.


def _split(name: str, schema: Schema, result: dict[str, Schema], reserved: frozenset[str]) -> None:
    """Add a schema, its definitions and its variants to the components. ``reserved`` names stay free even if not used yet."""
    body = {key: value for key, value in schema.items() if key not in ("$schema", "$defs")}
    definitions = {**schema.get("$defs", {}), **_variants(body)}
    if "oneOf" in body:
        body["oneOf"] = [{"$ref": f"#/$defs/{variant}"} for variant in _variants(body)]
    renamed = {definition: _component_name(definition) for definition in definitions}
    while clashes := [key for key in definitions if _conflicts(result, reserved, renamed, key, definitions)]:
        renamed |= {key: _qualified_name(name, key) for key in clashes}
    for key, definition in definitions.items():
        result[renamed[key]] = _component(key, definition, renamed)
    result[name] = _component(name, body, renamed)
    for component in (name, *renamed.values()):
        result[component] |= _discriminator(result[component], result)


def _variants(schema: Schema) -> dict[str, Schema]:
    """The variants of a ``oneOf`` schema, named after their titles."""
    result: dict[str, Schema] = {}
    for variant in schema.get("oneOf", ()):
        name = variant["title"].title().replace(" ", "")
        result[f"{name}{len(result)}" if name in result else name] = variant
    return result


def _component_name(definition: str) -> str:
    """The component name of a definition, whose own name may contain a module path with dots."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[._]", definition))


def _qualified_name(name: str, definition: str) -> str:
    """The component name of a definition whose plain name is taken."""
    own = _component_name(definition)
    return f"{own}OnRecord" if name in (ON_RECORD, "Settlements") else f"{name}{own}"


def _conflicts(
    result: Mapping[str, Schema],
    reserved: frozenset[str],
    renamed: Mapping[str, str],
    name: str,
    definitions: Mapping[str, Schema],
) -> bool:
    known = result.get(renamed[name])
    if known is None:
        return renamed[name] in reserved
    return _without(known, "discriminator") != _component(name, definitions[name], renamed)


def _component(name: str, schema: Schema, renamed: Mapping[str, str]) -> Schema:
    """Convert a schema to a component. The items of a recursive list stay open, as few generators support recursive types."""
    recursive_items = {"items": {"$ref": f"#/$defs/{name}"}}
    body = {**schema, "items": {}} if schema.items() >= recursive_items.items() else schema
    component: Schema = _rewrite_refs(_without(body, "title"), renamed)
    return component


def _rewrite_refs(schema: Any, renamed: Mapping[str, str]) -> Any:
    """Point references at the components."""
    if isinstance(schema, list):
        return [_rewrite_refs(item, renamed) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: COMPONENTS + renamed[value.rpartition("/")[2]] if key == "$ref" else _rewrite_refs(value, renamed)
        for key, value in schema.items()
    }


def _without(schema: Schema, *keys: str) -> Schema:
    return {key: value for key, value in schema.items() if key not in keys}


def _discriminator(schema: Schema, result: Mapping[str, Schema]) -> Schema:
    """The discriminator of a ``oneOf`` schema, if one property tells its variants apart."""
    refs = [variant["$ref"] for variant in schema.get("oneOf", ())]
    for name in ("policy", "kind"):
        values = [_allowed_values(result[ref.removeprefix(COMPONENTS)]["properties"].get(name, {})) for ref in refs]
        if refs and all(values):
            mapping = {value: ref for ref, of_variant in zip(refs, values, strict=True) for value in of_variant}
            return {"discriminator": {"propertyName": name, "mapping": mapping}}
    return {}


def _allowed_values(schema: Schema) -> list[str]:
    """The constant or enumerated values of a property, if it has any."""
    return [schema["const"]] if "const" in schema else schema.get("enum", [])
