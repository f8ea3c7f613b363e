"""The schemas of everything that goes in and comes out, as components of the OpenAPI document.

They are made from the classes, as ``adjudicator schema`` makes them; what is put together of them stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from adjudicator.codes import Code
from adjudicator.decision import SHA_256, Award
from adjudicator.parsing import MOST_ITEMS
from adjudicator.schema import (
    Schema,
    case_schema,
    check_schema,
    decision_schema,
    difference_schema,
    entitlements_schema,
    inquiry_schema,
    output_schema,
    what_if_schema,
)
from adjudicator.service.problems import PROBLEMS
from adjudicator.service.shapes import DecisionPage, DecisionStanding, Payouts, RunAgain, Settlements

HERE: Final = "#/components/schemas/"
A_KEY: Final[Schema] = {"type": "string", "pattern": f"^{SHA_256.pattern}$"}
A_TEXT: Final[Schema] = {"type": "string"}
TEXTS: Final[Schema] = {
    "type": "object",
    "description": "A text by the tag of its language.",
    "additionalProperties": A_TEXT,
}


def ref(name: str) -> Schema:
    """A reference to a component."""
    return {"$ref": HERE + name}


def an_object(about: str, optional: tuple[str, ...] = (), /, **properties: Schema) -> Schema:
    """An object that is put out, with these fields; others may come."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "description": about, "properties": properties, "required": required}


def a_list_of(schema: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": schema}


def or_null(schema: Schema) -> Schema:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def components(most_cases: int) -> dict[str, Schema]:
    """All schemas by name; a batch holds at most so many cases."""
    return {**_made(), "Batch": _batch(most_cases)}


@cache
def _made() -> Mapping[str, Schema]:
    found: dict[str, Schema] = {}
    for name, schema in _from_classes().items():
        _take_apart(name, schema, found)
    return dict(sorted({**found, **_put_together()}.items()))


def _from_classes() -> Mapping[str, Schema]:
    return {
        "Case": case_schema(),
        "Decision": decision_schema(),
        "WhatIf": what_if_schema(),
        "Check": check_schema(),
        "Inquiry": inquiry_schema(),
        "Entitlements": entitlements_schema(),
        "Difference": difference_schema(),
        "Code": output_schema(Code),
        **{
            each.__name__: output_schema(each)
            for each in (DecisionPage, DecisionStanding, Payouts, RunAgain, Settlements, Award)
        },
    }


def _take_apart(name: str, schema: Schema, found: dict[str, Schema]) -> None:
    """Put a schema and its definitions among the components; a definition that is another's namesake gets the schema's name before its own."""
    definitions = schema.get("$defs", {})
    body = {key: value for key, value in schema.items() if key not in ("$schema", "$defs")}
    renamed = {each: each for each in definitions}
    while clash := [each for each in definitions if _differs(found, renamed, each, definitions)]:
        renamed |= {each: f"{name}{each}" for each in clash}
    for each, definition in definitions.items():
        found[renamed[each]] = _pointed(definition, renamed)
    found[name] = _pointed(body, renamed)


def _differs(
    found: Mapping[str, Schema], renamed: Mapping[str, str], name: str, definitions: Mapping[str, Schema]
) -> bool:
    known = found.get(renamed[name])
    return known is not None and known != _pointed(definitions[name], renamed)


def _pointed(schema: Any, renamed: Mapping[str, str]) -> Any:
    """The schema with its references to where its definitions are now."""
    if isinstance(schema, list):
        return [_pointed(each, renamed) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: HERE + renamed[value.rpartition("/")[2]] if key == "$ref" else _pointed(value, renamed)
        for key, value in schema.items()
    }


def _batch(most: int) -> Schema:
    about = "Cases to be decided. Each is a `Case`; one that is not gets that told in its place."
    return {
        "type": "object",
        "description": about,
        "properties": {"cases": {"type": "array", "items": {"description": "A case."}, "maxItems": most}},
        "required": ["cases"],
        "additionalProperties": False,
    }


def _put_together() -> Mapping[str, Schema]:
    erasable = "personal data that were erased are null."
    return {
        "BatchResults": an_object(
            "A result for each case, in the order of the cases.",
            results=a_list_of({"oneOf": [ref("BatchDecision"), ref("BatchProblem")]}),
        ),
        "BatchDecision": an_object(
            "A case that was decided.",
            status={"const": 200},
            id=A_TEXT,
            repeat={"type": "boolean", "description": "Whether the decision had been given out before."},
            decision=ref("Decision"),
        ),
        "BatchProblem": an_object(
            "A case that was not decided, and why.",
            status={"type": "integer", "minimum": 400, "maximum": 599},
            problem=ref("Problem"),
        ),
        "DecisionOnRecord": {"description": f"A `Decision`; {erasable}", "type": "object"},
        "CaseOnRecord": {"description": f"A `Case`; {erasable}", "type": "object"},
        "Given": {
            "description": "A `Decision` (it has `findings`) or a `Case`.",
            "anyOf": [ref("Case"), ref("Decision")],
        },
        "TwoGiven": {
            "type": "object",
            "description": "Two decisions of one case, or cases.",
            "properties": {"before": ref("Given"), "after": ref("Given")},
            "required": ["before", "after"],
            "additionalProperties": False,
        },
        "PayoutRequest": {
            "type": "object",
            "description": "What to do with awards of a decision.",
            "properties": {
                "do": {"enum": ["reserve", "confirm", "reverse"]},
                "keys": {
                    "description": "Their keys; without any, all awards of the decision, or all that were reserved on it.",
                    "anyOf": [
                        {"type": "array", "items": A_KEY, "minItems": 1, "maxItems": MOST_ITEMS},
                        {"type": "null"},
                    ],
                },
            },
            "required": ["do"],
            "additionalProperties": False,
        },
        **_rules(),
        **_problems(),
    }


def _rules() -> Mapping[str, Schema]:
    edition = {
        "policy": A_TEXT,
        "edition": A_TEXT,
        "revision": {"type": "integer"},
        "in_force_from": {"type": "string", "format": "date"},
        "in_force_until": {"type": ["string", "null"], "format": "date"},
        "title": TEXTS,
    }
    function = {"cites": a_list_of(A_TEXT), "readings": a_list_of(A_TEXT), "restatement": TEXTS}
    fact = an_object(
        "A fact that a clause rests on.",
        name=A_TEXT,
        supplier={"type": ["string", "null"]},
        pointers=a_list_of(A_TEXT),
        label=TEXTS,
    )
    return {
        "Edition": an_object("An edition of a policy, and from when until when it is in force.", **edition),
        "Editions": an_object("Every edition of every policy.", editions=a_list_of(ref("Edition"))),
        "Policy": an_object(
            "An edition with all that it says.",
            **edition,
            article=A_TEXT,
            clauses=a_list_of(
                an_object(
                    "A clause, in the order of the rule.",
                    clause=A_TEXT,
                    role={"enum": ["requirement", "bar"]},
                    **function,
                    facts=a_list_of(fact),
                )
            ),
            settings={"type": "object", "description": "What can be set otherwise without another rule."},
            grants=a_list_of(an_object("What is paid.", name=A_TEXT, **function)),
            remarks=a_list_of(an_object("What is remarked.", code=A_TEXT, **function)),
            not_adjudicated={
                "type": "object",
                "description": "Sentences of the rule that are left out, and why.",
                "additionalProperties": TEXTS,
            },
        ),
        "Codes": an_object("Stable codes.", codes=a_list_of(ref("Code"))),
        "HandbookPage": an_object("A page.", name=A_TEXT, title=A_TEXT, markdown=A_TEXT),
        "Handbook": an_object("The pages of the handbook.", pages=a_list_of(ref("HandbookPage"))),
        "SchemaNames": an_object("The names of the schemas.", schemas=a_list_of(A_TEXT)),
        "JsonSchema": {"type": "object", "description": "A JSON Schema (2020-12)."},
        "OpenApi": {"type": "object", "description": "An OpenAPI document."},
    }


def _problems() -> Mapping[str, Schema]:
    error = an_object(
        "One fault: in a body with its `pointer` (RFC 6901), else with the `parameter` and what it is `in`.",
        ("pointer", "parameter", "in"),
        pointer=A_TEXT,
        parameter=A_TEXT,
        **{"in": {"enum": ["query", "header", "path"]}},
        value={"type": "string", "description": "A short rendering of what stands there."},
        expected=A_TEXT,
        detail=A_TEXT,
    )
    return {
        "Problem": an_object(
            "Problem details (RFC 9457).",
            ("errors", "left"),
            type={"enum": [each.uri for each in PROBLEMS.values()]},
            title=A_TEXT,
            status={"type": "integer"},
            detail={"type": "string", "description": "What happened this time, for people."},
            errors=a_list_of(error),
            left=a_list_of(ref("Award")),
        ),
        "ProblemType": an_object(
            "A kind of problem.",
            type={"type": "string", "format": "uri-reference"},
            status={"type": "integer"},
            title=A_TEXT,
            meaning=A_TEXT,
        ),
        "ProblemTypes": an_object("Every kind of problem.", problems=a_list_of(ref("ProblemType"))),
    }
