"""The schemas of jobs that no class describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adjudicator.store import LONGEST_ID
from adjudicator.wire.schema import Schema

TEXT: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID, "pattern": "^[^\\x00]+$"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def job_schemas() -> Mapping[str, Schema]:
    """The schemas by the names of their components."""
    summary: Schema = {
        "type": "object",
        "description": "A decision in short.",
        "properties": {
            "policy": {"type": "string"},
            "edition": {"type": "string"},
            "outcome": {"type": "string"},
            "currency": {"type": ["string", "null"]},
            "total": COUNT | {"description": "What it awards, in minor units."},
        },
        "required": ["policy", "edition", "outcome", "currency", "total"],
    }
    replayed: Schema = {
        "type": "object",
        "description": "A recorded case that was decided again.",
        "properties": {
            "line": {"type": "integer", "minimum": 1},
            "status": {"const": 200},
            "id": {"type": "string", "description": "The id of the recorded decision."},
            "agrees": {"type": "boolean", "description": "Whether the bytes are the same."},
            "recorded": _ref("DecisionInShort"),
            "now": _ref("DecisionInShort"),
        },
        "required": ["line", "status", "id", "agrees", "recorded", "now"],
    }
    end: Schema = {
        "type": "object",
        "description": "The last line: how far the job is.",
        "properties": {
            "state": {"enum": ["uploading", "waiting", "running", "done", "cancelled"]},
            "cases": COUNT,
            "decided": COUNT,
            "refused": COUNT,
        },
        "required": ["state", "cases", "decided", "refused"],
        "additionalProperties": False,
    }
    kinds = ("StreamDecision", "StreamDryRun", "JobReplayed", "StreamProblem", "JobEnd")
    return {
        "JobRequest": {
            "type": "object",
            "description": "Which recorded decisions to decide again: all of them, or those that match every field given.",
            "properties": {
                "edition": TEXT
                | {"description": "The edition to decide under; without it, the one that governs each case now."},
                "policy": TEXT,
                "outcome": TEXT,
                "order_id": TEXT,
                "updated_since": {"type": "string", "format": "date-time"},
            },
            "additionalProperties": False,
        },
        "JobLine": {
            "description": "A line of the results of a job, by what the job does; or, at the end, how far it is.",
            "anyOf": [_ref(kind) for kind in kinds],
        },
        "JobReplayed": replayed,
        "JobEnd": end,
        "DecisionInShort": summary,
    }
