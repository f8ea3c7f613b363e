"""The AsyncAPI document (3.0): the events that webhooks receive, from the same classes as everything else."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import orjson

from adjudicator.service.openapi import program_version
from adjudicator.wire.events import Event, EventType
from adjudicator.wire.schema import Schema, name_in_schema, output_schema

COMPONENTS: Final = "#/components/schemas/"
SUMMARIES: Final[Mapping[EventType, str]] = {
    EventType.DECISION_RECORDED: "A decision was recorded.",
    EventType.PAYOUT_RESERVED: "An award was reserved.",
    EventType.PAYOUT_CONFIRMED: "A reserved award was confirmed as paid.",
    EventType.PAYOUT_REVERSED: "A payout was cancelled, or came back.",
    EventType.REVIEW_DUE: "The time has come to decide a case again: it may now be decided otherwise, or a request is due.",
    EventType.ERASURE_RECORDED: "The personal data of decisions were erased.",
    EventType.WEBHOOK_TEST: "You asked for a test delivery.",
}
ABOUT: Final = (
    "Events of decisions, payouts, reviews and erasures, delivered to your webhook as the Standard Webhooks define it. They are thin: read "
    "the rest over HTTP. Delivered at least once, and in order for each order or case: ignore an id that you have seen."
)
HEADERS: Final[Schema] = {
    "type": "object",
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "properties": {
        "webhook-id": {"type": "string", "description": "The id of the event."},
        "webhook-timestamp": {"type": "string", "description": "When this attempt was made, in seconds since 1970."},
        "webhook-signature": {
            "type": "string",
            "description": "HMAC-SHA256 signatures over id, timestamp and body (`v1,...`), separated by spaces: one for each valid secret.",
        },
    },
}


@cache
def document() -> bytes:
    """The document as JSON."""
    return orjson.dumps(_document(), option=orjson.OPT_INDENT_2)


def _document() -> dict[str, Any]:
    names = {each: _message_name(each) for each in EventType}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "adjudicator events",
            "version": program_version(),
            "description": ABOUT,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {
            "webhook": {
                "description": "The address of your webhook.",
                "address": None,
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names.values()},
            }
        },
        "operations": {
            "deliver": {
                "action": "send",
                "channel": {"$ref": "#/channels/webhook"},
                "summary": "The service posts an event to your webhook.",
                "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}},
                "messages": [{"$ref": f"#/channels/webhook/messages/{name}"} for name in names.values()],
            }
        },
        "components": {
            "messages": {name: _message(each, name) for each, name in names.items()},
            "schemas": _schemas(),
        },
    }


def _message_name(event_type: EventType) -> str:
    return "".join(word.capitalize() for word in event_type.value.split("."))


def _message(event_type: EventType, name: str) -> dict[str, Any]:
    only = {"type": "object", "properties": {"type": {"const": event_type.value}}}
    return {
        "name": event_type.value,
        "title": name,
        "summary": SUMMARIES[event_type],
        "headers": HEADERS,
        "payload": {"allOf": [{"$ref": f"{COMPONENTS}{name_in_schema(Event)}"}, only]},
    }


def _schemas() -> dict[str, Schema]:
    event = output_schema(Event)
    definitions = event.pop("$defs")
    return {name: _with_references(schema) for name, schema in {name_in_schema(Event): event, **definitions}.items()}


def _with_references(schema: Any) -> Any:
    """A schema whose references lead to the components."""
    if isinstance(schema, list):
        return [_with_references(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: value.replace("#/$defs/", COMPONENTS) if key == "$ref" else _with_references(value)
        for key, value in schema.items()
        if key != "$schema"
    }
