"""The schemas of inputs and outputs that no class describes, and references to all others.

Together they are the components of the OpenAPI document (:mod:`adjudicator.service.components`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from adjudicator.model.award import SHA_256
from adjudicator.model.limits import MOST_ITEMS
from adjudicator.replies import MOST_CHARACTERS
from adjudicator.service.examination_schemas import examination_schemas
from adjudicator.service.job_schemas import job_schemas
from adjudicator.service.operations import NDJSON
from adjudicator.service.problems import PROBLEMS, ProblemType
from adjudicator.service.webhooks.schemas import webhook_requests
from adjudicator.store import LONGEST_ID, LONGEST_OVERLAP, Scope
from adjudicator.wire.schema import (
    Schema,
)

BATCH: Final = "Batch"
ON_RECORD: Final = "CaseOnRecord"
COMPONENTS: Final = "#/components/schemas/"
AWARD_KEY: Final[Schema] = {"type": "string", "pattern": f"^{SHA_256.pattern}$"}
STRING: Final[Schema] = {"type": "string"}
REFUSED: Final[Schema] = {"type": "integer", "minimum": 400, "maximum": 599}
MOST_PARTIES: Final = 16
"""The most parties whose answers one agent may enter."""
ID_STRING: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID, "pattern": "^[^\\x00]+$"}
TEXTS: Final[Schema] = {
    "type": "object",
    "description": "A text in each language, by language tag.",
    "additionalProperties": STRING,
}


def ref(name: str) -> Schema:
    """A reference to a component."""
    return {"$ref": COMPONENTS + name}


def object_schema(description: str, optional: tuple[str, ...] = (), /, **properties: Schema) -> Schema:
    """The schema of an output object. More fields may be added later, so it allows others."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "description": description, "properties": properties, "required": required}


def list_schema(schema: Schema) -> Schema:
    """The schema of a list."""
    return {"type": "array", "items": schema}


def lines_of(name: str) -> Schema:
    """The schema of a stream whose lines are documents of a component. OpenAPI 3.1 has no word for a line."""
    return {
        "type": "string",
        "format": "binary",
        "description": f"Lines of JSON. Each is a `{name}`.",
        "contentMediaType": NDJSON,
        "contentSchema": ref(name),
    }


def batch(most: int) -> Schema:
    """The schema of a batch of at most ``most`` cases."""
    description = "The cases to decide. Each is a `Case`; an invalid one gets a problem as its result."
    return {
        "type": "object",
        "description": description,
        "properties": {"cases": {"type": "array", "items": {"description": "A case."}, "maxItems": most}},
        "required": ["cases"],
        "additionalProperties": False,
    }


def composed() -> dict[str, Schema]:
    """The schemas that are written here, by the names of their components."""
    return {
        "BatchResults": object_schema(
            "One result per case, in the same order.",
            results=list_schema({"oneOf": [ref("BatchDecision"), ref("BatchProblem")]}),
        ),
        "BatchDecision": object_schema(
            "A case that was decided.",
            status={"const": 200},
            id=STRING,
            repeat={"type": "boolean", "description": "Whether the decision had been given out before."},
            decision=ref("Decision"),
        ),
        "BatchProblem": object_schema(
            "Why a case was not decided.",
            status=REFUSED,
            problem=ref("Problem"),
        ),
        **_streams(),
        "Given": {
            "description": "A `Decision` (it has `findings`) or a `Case`.",
            "anyOf": [ref("Case"), ref("Decision")],
        },
        "TwoGiven": {
            "type": "object",
            "description": "Two decisions on one case, or two cases.",
            "properties": {"before": ref("Given"), "after": ref("Given")},
            "required": ["before", "after"],
            "additionalProperties": False,
        },
        "ReplyToCheck": {
            "type": "object",
            "description": "A draft reply to the claimant.",
            "properties": {
                "about": ref("Given") | {"description": "The decision, or the case to decide now."},
                "case": {
                    "description": "The case that was decided, if `about` is the decision.",
                    "anyOf": [ref("Case"), {"type": "null"}],
                },
                "reply": {
                    "type": "string",
                    "maxLength": MOST_CHARACTERS,
                    "description": "The draft, in English or Chinese.",
                },
                "now": {
                    "type": ["string", "null"],
                    "format": "date-time",
                    "description": "When the reply is sent; by default the instant of the decision.",
                },
            },
            "required": ["about", "reply"],
            "additionalProperties": False,
        },
        "PayoutRequest": {
            "type": "object",
            "description": "What to do with the awards of a decision.",
            "properties": {
                "do": {"enum": ["reserve", "confirm", "reverse"]},
                "keys": {
                    "description": "The keys of the awards. Without them: all awards of the decision, or all payouts reserved on it.",
                    "anyOf": [
                        {"type": "array", "items": AWARD_KEY, "minItems": 1, "maxItems": MOST_ITEMS},
                        {"type": "null"},
                    ],
                },
            },
            "required": ["do"],
            "additionalProperties": False,
        },
        "ErasureRequest": {
            "type": "object",
            "description": "Whose personal data to erase, given as exactly one of `order_id`, `case_id` and `subject`, and why.",
            "properties": {
                "order_id": ID_STRING | {"description": "Everything on this order."},
                "case_id": ID_STRING | {"description": "Everything on this case, which has no order."},
                "subject": ID_STRING
                | {
                    "description": "Everything of this buyer or claimant; in a case that has neither, of anyone it identifies by this id."
                },
                "reason": ID_STRING | {"description": "Why. The reason stays on record, so it must not name anyone."},
            },
            "required": ["reason"],
            "minProperties": 2,
            "maxProperties": 2,
            "additionalProperties": False,
        },
        **_keys(),
        **webhook_requests(),
        **job_schemas(),
        **examination_schemas(),
        **_rules(),
        **_problems(),
    }


def _streams() -> Mapping[str, Schema]:
    of_line = {"type": "integer", "minimum": 1, "description": "The number of the line with the case, from 1."}
    recorded = {
        "id": STRING,
        "repeat": {"type": "boolean", "description": "Whether the decision had been given out before."},
    }
    end = {
        "lines": {"type": "integer", "minimum": 0, "description": "The lines that were read."},
        "decided": {"type": "integer", "minimum": 0},
        "refused": {"type": "integer", "minimum": 0},
        "problem": ref("Problem") | {"description": "Why the rest of the stream was not read."},
    }
    return {
        "StreamLine": {
            "description": "A line of the response: the result of a case, or, at the end, the counts.",
            "oneOf": [ref("StreamDecision"), ref("StreamProblem"), ref("StreamEnd")],
        },
        "DryRunLine": {
            "description": "A line of the response: the result of a case, or, at the end, the counts.",
            "oneOf": [ref("StreamDryRun"), ref("StreamProblem"), ref("StreamEnd")],
        },
        "StreamDecision": object_schema(
            "A case that was decided.", line=of_line, status={"const": 200}, **recorded, decision=ref("Decision")
        ),
        "StreamDryRun": object_schema(
            "A case that was decided.", line=of_line, status={"const": 200}, decision=ref("Decision")
        ),
        "StreamProblem": object_schema(
            "Why a case was not decided.", line=of_line, status=REFUSED, problem=ref("Problem")
        ),
        "StreamEnd": {
            "type": "object",
            "description": "The last line. It has a problem if the stream was not read to its end.",
            "properties": end,
            "required": ["lines", "decided", "refused"],
            "additionalProperties": False,
        },
    }


def _keys() -> Mapping[str, Schema]:
    expiry = {
        "type": ["string", "null"],
        "format": "date-time",
        "description": "When the key stops working; null for never.",
    }
    return {
        "ApiKeyRequest": {
            "type": "object",
            "description": "A key to create.",
            "properties": {
                "name": ID_STRING | {"description": "Who uses the key."},
                "scopes": {"type": "array", "items": {"enum": [*Scope]}, "minItems": 1},
                "expires_at": expiry,
            },
            "required": ["name", "scopes"],
            "additionalProperties": False,
        },
        "PanelTokenRequest": {
            "type": "object",
            "description": "Whom a panel is for, and what it shows. Without an order and a case, the token is a pass.",
            "properties": {
                "agent": ID_STRING | {"description": "Who looks at it; on record, there is only a digest of this."},
                "order_id": ID_STRING | {"description": "Everything on this order."},
                "case_id": ID_STRING | {"description": "This case, which has no order."},
                "inquiry": ref("Inquiry") | {"description": "The order as you know it, for what it still has."},
                "answers": {
                    "type": "array",
                    "items": ID_STRING,
                    "maxItems": MOST_PARTIES,
                    "description": "The parties whose answers the agent may enter, such as `consumer`. The default is none.",
                },
                "time_zone": ID_STRING | {"description": "The customer's time zone, such as `Asia/Singapore`."},
            },
            "required": ["agent"],
            "additionalProperties": False,
        },
        "RotationRequest": {
            "type": "object",
            "description": "How a key is replaced.",
            "properties": {
                "overlap_seconds": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": LONGEST_OVERLAP,
                    "description": "For how long the old key still works. The default is a day.",
                },
                "expires_at": expiry,
            },
            "additionalProperties": False,
        },
    }


def _rules() -> Mapping[str, Schema]:
    edition = {
        "policy": STRING,
        "edition": STRING,
        "revision": {"type": "integer"},
        "in_force_from": {"type": "string", "format": "date"},
        "in_force_until": {"type": ["string", "null"], "format": "date"},
        "title": ref("Texts"),
    }
    function = {"cites": list_schema(STRING), "readings": list_schema(STRING), "restatement": ref("Texts")}
    return {
        "Texts": TEXTS,
        "Edition": object_schema("An edition of a policy, and the dates it is in force.", **edition),
        "Editions": object_schema("Every edition of every policy.", editions=list_schema(ref("Edition"))),
        "Policy": object_schema(
            "An edition with its full content.",
            **edition,
            article=STRING,
            clauses=list_schema(ref("PolicyClause")),
            settings={"type": "object", "description": "Settings that you can change without changing the rule."},
            grants=list_schema(ref("PolicyGrant")),
            remarks=list_schema(ref("PolicyRemark")),
            not_adjudicated={
                "type": "object",
                "description": "Sentences of the rule that the policy does not decide, and why.",
                "additionalProperties": ref("Texts"),
            },
        ),
        "PolicyClause": object_schema(
            "A clause, in the order of the rule.",
            clause=STRING,
            role=ref("Role"),
            **function,
            facts=list_schema(ref("PolicyFact")),
        ),
        "PolicyFact": object_schema(
            "A fact that a clause depends on.",
            name=STRING,
            supplier={"type": ["string", "null"]},
            pointers=list_schema(STRING),
            label=ref("Texts"),
        ),
        "PolicyGrant": object_schema("An award that the policy can grant.", name=STRING, **function),
        "PolicyRemark": object_schema("A remark that a decision can contain.", code=STRING, **function),
        "Codes": object_schema("Stable codes.", codes=list_schema(ref("Code"))),
        "HandbookPage": object_schema("A page of the handbook.", name=STRING, title=STRING, markdown=STRING),
        "Handbook": object_schema("The pages of the handbook.", pages=list_schema(ref("HandbookPage"))),
        "SchemaNames": object_schema("The names of the schemas.", schemas=list_schema(STRING)),
        "JsonSchema": {"type": "object", "description": "A JSON Schema (2020-12)."},
        "OpenApi": {"type": "object", "description": "An OpenAPI document."},
    }


def _problems() -> Mapping[str, Schema]:
    return {
        "Problem": {"description": "Problem details (RFC 9457).", **problem_schema(PROBLEMS)},
        **{problem_component(name): _problem(kind) for name, kind in PROBLEMS.items()},
        "ProblemError": object_schema(
            "One fault: a `pointer` (RFC 6901) into the body, or a `parameter` and where it is (`in`).",
            ("pointer", "parameter", "in"),
            pointer=STRING,
            parameter=STRING,
            **{"in": {"enum": ["query", "header", "path"]}},
            value={"type": "string", "description": "The value found, shortened."},
            expected=STRING,
            detail=STRING,
        ),
        "ProblemType": object_schema(
            "A type of problem.",
            type={"type": "string", "format": "uri-reference"},
            status={"type": "integer"},
            title=STRING,
            meaning=STRING,
        ),
        "ProblemTypes": object_schema("All types of problems.", problems=list_schema(ref("ProblemType"))),
    }


def problem_schema(names: Iterable[str]) -> Schema:
    """The schema of a problem of one of these types, with ``type`` as discriminator."""
    schemas = {PROBLEMS[name].uri: ref(problem_component(name)) for name in names}
    if len(schemas) == 1:
        return next(iter(schemas.values()))
    mapping = {uri: schema["$ref"] for uri, schema in schemas.items()}
    return {"oneOf": [*schemas.values()], "discriminator": {"propertyName": "type", "mapping": mapping}}


def problem_component(name: str) -> str:
    """The component name of a type of problem."""
    return "".join(word.capitalize() for word in name.split("-")) + "Problem"


def _problem(kind: ProblemType) -> Schema:
    extra = {"errors": list_schema(ref("ProblemError")), "left": list_schema(ref("Award"))}
    members = {name: schema for name, schema in extra.items() if name in kind.members}
    return object_schema(
        kind.meaning,
        ("errors",),
        type={"const": kind.uri},
        title={"const": kind.title},
        status={"const": kind.status},
        detail={"type": "string", "description": "What went wrong, for people to read."},
        **members,
    )
