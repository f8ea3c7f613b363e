"""The schemas of requests about webhooks."""

from __future__ import annotations

from collections.abc import Mapping

from adjudicator.store.webhooks import LONGEST_DESCRIPTION, LONGEST_ROTATION, LONGEST_URL, TYPES
from adjudicator.wire.schema import Schema


def webhook_requests() -> Mapping[str, Schema]:
    """The schemas by name, and that of the AsyncAPI document."""
    fields: Schema = {
        "url": {
            "type": "string",
            "minLength": 1,
            "maxLength": LONGEST_URL,
            "description": "Where to deliver. HTTPS, and no address inside a network, unless the service allows it.",
        },
        "types": {
            "description": "Only events of these types; null for all.",
            "anyOf": [
                {"type": "array", "items": {"enum": [*TYPES]}, "minItems": 1, "uniqueItems": True},
                {"type": "null"},
            ],
        },
        "description": {"type": ["string", "null"], "maxLength": LONGEST_DESCRIPTION},
    }
    enabled = {
        "enabled": {"type": "boolean", "description": "Whether to deliver. Enabling attempts at once what waits."}
    }
    return {
        "WebhookRequest": {
            "type": "object",
            "description": "A webhook to create.",
            "properties": fields,
            "required": ["url"],
            "additionalProperties": False,
        },
        "WebhookChange": {
            "type": "object",
            "description": "What to change; what is not given stays.",
            "properties": {**fields, **enabled},
            "minProperties": 1,
            "additionalProperties": False,
        },
        "SecretRotation": {
            "type": "object",
            "description": "How a secret is replaced.",
            "properties": {
                "overlap_seconds": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": LONGEST_ROTATION,
                    "description": "For how long deliveries are signed with the old secret too. The default is a day.",
                },
            },
            "additionalProperties": False,
        },
        "ReplayRequest": {
            "type": "object",
            "description": "From where in the log to deliver again: a cursor, an instant, or neither for all that is kept.",
            "properties": {
                "cursor": {"type": "string", "description": "After this cursor of `GET /v1/events`."},
                "since": {"type": "string", "format": "date-time", "description": "Events from this instant on."},
            },
            "maxProperties": 1,
            "additionalProperties": False,
        },
        "AsyncApi": {"type": "object", "description": "An AsyncAPI document."},
    }
