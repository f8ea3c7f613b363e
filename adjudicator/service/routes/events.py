"""Reading the log of events, and how events are described to those who receive them."""

from __future__ import annotations

from typing import Final

import orjson

from adjudicator.service.asyncapi import document
from adjudicator.service.operations import (
    DOCUMENTS,
    JSON,
    Answer,
    Call,
    Link,
    Operation,
    Parameter,
    Tag,
    choice,
    integer,
    json_answer,
    operation,
    string,
)
from adjudicator.service.problems import Problem
from adjudicator.service.routes.parameters import parse_instant
from adjudicator.service.schemas import ref
from adjudicator.store import LONGEST_ID, EventFilter, Scope
from adjudicator.store.events import MOST_EVENTS
from adjudicator.store.webhooks import TYPES

CURSOR: Final = Parameter(
    name="cursor",
    description="Where to go on: `next_cursor` of the page before. Without it: from `since`, or the oldest event that is kept.",
    **string(32),
)
SINCE: Final = Parameter(
    name="since",
    description="Begin with the first event from this instant on. Not together with `cursor`.",
    schema={"type": "string", "format": "date-time"},
    read=parse_instant,
)
TYPE: Final = Parameter(name="type", description="Only events of this type.", **choice(*TYPES))
ORDER_ID: Final = Parameter(name="order_id", description="Only events on this order.", **string(LONGEST_ID))
LIMIT: Final = Parameter(name="limit", description="The most events to return.", **integer(1, MOST_EVENTS, 100))


@operation(
    "GET",
    "/v1/events",
    tag=Tag.EVENTS,
    scope=Scope.READ,
    parameters=(CURSOR, SINCE, TYPE, ORDER_ID, LIMIT),
    response_schemas={JSON: ref("EventPage")},
    problems=("events-dropped",),
    links={
        "next_page": Link(
            operation="list_events",
            parameters={"cursor": "$response.body#/next_cursor"},
            description="What comes next, with the same filter.",
        )
    },
)
def list_events(call: Call) -> Answer:
    """List what happened, in the order of the log: decisions, payouts, reviews due and erasures.

    Store `next_cursor`, and go on there: at once if `has_more`, otherwise after a moment. No event is ever inserted before a cursor. With
    a filter, a page may be empty although there is more.
    """
    values = call.values
    if values[CURSOR.name] is not None and values[SINCE.name] is not None:
        raise Problem("bad-request", "cursor and since exclude each other", errors=[])
    types = None if values[TYPE.name] is None else frozenset({values[TYPE.name]})
    wanted = EventFilter(types=types, order_id=values[ORDER_ID.name])
    try:
        page = call.record.events.page(values[CURSOR.name], values[LIMIT.name], since=values[SINCE.name], filter=wanted)
    except ValueError as error:
        raise Problem("bad-request", str(error)) from None
    events = [orjson.Fragment(event.body) for event in page.events]
    return json_answer({"events": events, "next_cursor": page.cursor, "has_more": page.has_more})


@operation(
    "GET",
    "/v1/events/asyncapi.json",
    tag=Tag.EVENTS,
    open=True,
    pace=DOCUMENTS,
    inline=lambda _: True,
    response_schemas={JSON: ref("AsyncApi")},
)
def get_asyncapi(_: Call) -> Answer:
    """Get the AsyncAPI document: every event as a webhook receives it."""
    return Answer(document())


OPERATIONS: Final[tuple[Operation, ...]] = (list_events, get_asyncapi)
