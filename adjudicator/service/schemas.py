"""The schemas of everything that goes in and comes out, as components of the OpenAPI document.

They are made from the classes, as ``adjudicator schema`` makes them; what is put together of them stands here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from adjudicator.analysis.schemas import (
    check_schema,
    difference_schema,
    entitlements_schema,
    inquiry_schema,
    what_if_schema,
)
from adjudicator.model.award import SHA_256, Award
from adjudicator.model.limits import MOST_ITEMS
from adjudicator.rulebook.codes import Code
from adjudicator.service.problems import PROBLEMS, ProblemType
from adjudicator.store import LONGEST_ID
from adjudicator.wire.messages import DecisionPage, DecisionStanding, Payouts, RunAgain, Settlements
from adjudicator.wire.schema import Schema, case_on_record_schema, case_schema, decision_schema, output_schema

BATCH: Final = "Batch"
ON_RECORD: Final = "CaseOnRecord"
HERE: Final = "#/components/schemas/"
A_KEY: Final[Schema] = {"type": "string", "pattern": f"^{SHA_256.pattern}$"}
A_TEXT: Final[Schema] = {"type": "string"}
AN_ID: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID, "pattern": "^[^\\x00]+$"}
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
    return {**_made(), BATCH: _batch(most_cases)}


@cache
def _made() -> Mapping[str, Schema]:
    whole, found = _from_classes(), _put_together()
    taken = frozenset((*whole, *found, BATCH))
    for name, schema in whole.items():
        _take_apart(name, schema, found, taken)
    return dict(sorted(found.items()))


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
        "Code": output_schema(Code),
        **{
            each.__name__: output_schema(each)
            for each in (DecisionPage, DecisionStanding, Payouts, RunAgain, Settlements)
        },
    }


# A component can be called by one name only, in whatever language a client is made. So a schema is taken apart into components that have
# names and no titles, and are the same wherever they are referred to.


def _take_apart(name: str, schema: Schema, found: dict[str, Schema], taken: frozenset[str]) -> None:
    """Put a schema, its definitions and its kinds among the components; some names are taken, whether they are there yet or not."""
    body = {key: value for key, value in schema.items() if key not in ("$schema", "$defs")}
    definitions = {**schema.get("$defs", {}), **_kinds_of(body)}
    if "oneOf" in body:
        body["oneOf"] = [{"$ref": f"#/$defs/{each}"} for each in _kinds_of(body)]
    renamed = {each: _name_of(each) for each in definitions}
    while clash := [each for each in definitions if _differs(found, taken, renamed, each, definitions)]:
        renamed |= {each: _longer(name, each) for each in clash}
    for each, definition in definitions.items():
        found[renamed[each]] = _component(each, definition, renamed)
    found[name] = _component(name, body, renamed)
    for each in (name, *renamed.values()):
        found[each] |= _told_apart(found[each], found)


def _kinds_of(schema: Schema) -> dict[str, Schema]:
    """The kinds of which a schema is either, by their titles."""
    found: dict[str, Schema] = {}
    for each in schema.get("oneOf", ()):
        name = each["title"].title().replace(" ", "")
        found[f"{name}{len(found)}" if name in found else name] = each
    return found


def _name_of(definition: str) -> str:
    """What a definition is called among the components; some are called after their modules, with dots."""
    return "".join(each[:1].upper() + each[1:] for each in re.split(r"[._]", definition))


def _longer(name: str, definition: str) -> str:
    """What a definition within a schema is called if its name is taken."""
    own = _name_of(definition)
    return f"{own}OnRecord" if name in (ON_RECORD, "Settlements") else f"{name}{own}"


def _differs(
    found: Mapping[str, Schema],
    taken: frozenset[str],
    renamed: Mapping[str, str],
    name: str,
    definitions: Mapping[str, Schema],
) -> bool:
    known = found.get(renamed[name])
    if known is None:
        return renamed[name] in taken
    return _without(known, "discriminator") != _component(name, definitions[name], renamed)


def _component(name: str, schema: Schema, renamed: Mapping[str, str]) -> Schema:
    """A schema as a component. Of what a list within a list of its own kind holds it says nothing: few can make a type that holds itself."""
    of_its_own = {"items": {"$ref": f"#/$defs/{name}"}}
    body = {**schema, "items": {}} if schema.items() >= of_its_own.items() else schema
    component: Schema = _pointed(_without(body, "title"), renamed)
    return component


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


def _without(schema: Schema, *keys: str) -> Schema:
    return {key: value for key, value in schema.items() if key not in keys}


def _told_apart(schema: Schema, found: Mapping[str, Schema]) -> Schema:
    """By which property the kinds of which a schema is either are told apart, if there is one."""
    kinds = [each["$ref"] for each in schema.get("oneOf", ())]
    for name in ("policy", "kind"):
        values = [_values_of(found[each.removeprefix(HERE)]["properties"].get(name, {})) for each in kinds]
        if kinds and all(values):
            mapping = {value: kind for kind, all_of_it in zip(kinds, values, strict=True) for value in all_of_it}
            return {"discriminator": {"propertyName": name, "mapping": mapping}}
    return {}


def _values_of(schema: Schema) -> list[str]:
    """The few texts that a property may be."""
    return [schema["const"]] if "const" in schema else schema.get("enum", [])


def _batch(most: int) -> Schema:
    about = "Cases to be decided. Each is a `Case`; one that is not gets that told in its place."
    return {
        "type": "object",
        "description": about,
        "properties": {"cases": {"type": "array", "items": {"description": "A case."}, "maxItems": most}},
        "required": ["cases"],
        "additionalProperties": False,
    }


def _put_together() -> dict[str, Schema]:
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
        "ErasureRequest": {
            "type": "object",
            "description": "Whose personal data are to be erased: exactly one of `order_id`, `case_id` and `subject`, and why.",
            "properties": {
                "order_id": AN_ID | {"description": "All of this order."},
                "case_id": AN_ID | {"description": "All of this case, which has no order."},
                "subject": AN_ID
                | {"description": "All of this buyer or claimant; in a case that has neither, of whoever it names so."},
                "reason": AN_ID | {"description": "Why. It stays on record, so it must name nobody."},
            },
            "required": ["reason"],
            "minProperties": 2,
            "maxProperties": 2,
            "additionalProperties": False,
        },
        "Erasure": an_object(
            "What was erased.",
            erased={
                **a_list_of(A_TEXT),
                "description": "The ids of the decisions from which personal data were erased.",
            },
        ),
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
        "title": ref("Texts"),
    }
    function = {"cites": a_list_of(A_TEXT), "readings": a_list_of(A_TEXT), "restatement": ref("Texts")}
    return {
        "Texts": TEXTS,
        "Edition": an_object("An edition of a policy, and from when until when it is in force.", **edition),
        "Editions": an_object("Every edition of every policy.", editions=a_list_of(ref("Edition"))),
        "Policy": an_object(
            "An edition with all that it says.",
            **edition,
            article=A_TEXT,
            clauses=a_list_of(ref("PolicyClause")),
            settings={"type": "object", "description": "What can be set otherwise without another rule."},
            grants=a_list_of(ref("PolicyGrant")),
            remarks=a_list_of(ref("PolicyRemark")),
            not_adjudicated={
                "type": "object",
                "description": "Sentences of the rule that are left out, and why.",
                "additionalProperties": ref("Texts"),
            },
        ),
        "PolicyClause": an_object(
            "A clause, in the order of the rule.",
            clause=A_TEXT,
            role=ref("Role"),
            **function,
            facts=a_list_of(ref("PolicyFact")),
        ),
        "PolicyFact": an_object(
            "A fact that a clause rests on.",
            name=A_TEXT,
            supplier={"type": ["string", "null"]},
            pointers=a_list_of(A_TEXT),
            label=ref("Texts"),
        ),
        "PolicyGrant": an_object("What is paid.", name=A_TEXT, **function),
        "PolicyRemark": an_object("What is remarked.", code=A_TEXT, **function),
        "Codes": an_object("Stable codes.", codes=a_list_of(ref("Code"))),
        "HandbookPage": an_object("A page.", name=A_TEXT, title=A_TEXT, markdown=A_TEXT),
        "Handbook": an_object("The pages of the handbook.", pages=a_list_of(ref("HandbookPage"))),
        "SchemaNames": an_object("The names of the schemas.", schemas=a_list_of(A_TEXT)),
        "JsonSchema": {"type": "object", "description": "A JSON Schema (2020-12)."},
        "OpenApi": {"type": "object", "description": "An OpenAPI document."},
    }


def _problems() -> Mapping[str, Schema]:
    return {
        "Problem": {"description": "Problem details (RFC 9457).", **either_problem(PROBLEMS)},
        **{name_of_problem(name): _problem(kind) for name, kind in PROBLEMS.items()},
        "ProblemError": an_object(
            "One fault: in a body with its `pointer` (RFC 6901), else with the `parameter` and what it is `in`.",
            ("pointer", "parameter", "in"),
            pointer=A_TEXT,
            parameter=A_TEXT,
            **{"in": {"enum": ["query", "header", "path"]}},
            value={"type": "string", "description": "A short rendering of what stands there."},
            expected=A_TEXT,
            detail=A_TEXT,
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


def either_problem(names: Iterable[str]) -> Schema:
    """A problem of one of these kinds, which are told apart by their ``type``."""
    kinds = {PROBLEMS[name].uri: ref(name_of_problem(name)) for name in names}
    if len(kinds) == 1:
        return next(iter(kinds.values()))
    mapping = {uri: kind["$ref"] for uri, kind in kinds.items()}
    return {"oneOf": [*kinds.values()], "discriminator": {"propertyName": "type", "mapping": mapping}}


def name_of_problem(name: str) -> str:
    """What the component of a kind of problem is called."""
    return "".join(each.capitalize() for each in name.split("-")) + "Problem"


def _problem(kind: ProblemType) -> Schema:
    more = {"errors": a_list_of(ref("ProblemError")), "left": a_list_of(ref("Award"))}
    members = {name: schema for name, schema in more.items() if name in kind.members}
    return an_object(
        kind.meaning,
        ("errors",),
        type={"const": kind.uri},
        title={"const": kind.title},
        status={"const": kind.status},
        detail={"type": "string", "description": "What happened this time, for people."},
        **members,
    )
