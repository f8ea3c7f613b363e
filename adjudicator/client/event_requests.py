"""Every call about events and webhooks, as a request and a reader for its response, for both clients."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict
from urllib.parse import quote

import orjson
from attrs import evolve

from adjudicator.client.requests import Call, get, instant_text, post, reader
from adjudicator.model.time import Instant
from adjudicator.wire.events import DeliveryPage, DeliveryTested, EventPage, WebhookCreated, WebhookListed, WebhookPage


class WebhookChanges(TypedDict, total=False):
    """The changes to a webhook; fields that are not given stay the same."""

    url: str
    types: Iterable[str] | None
    description: str | None
    enabled: bool


def events(
    cursor: str | None, since: Instant | None, type: str | None, order_id: str | None, limit: int
) -> Call[EventPage]:
    """Get a page of the log of events."""
    query = {"cursor": cursor, "since": instant_text(since), "type": type, "order_id": order_id, "limit": limit}
    return get("/v1/events", reader(EventPage), **query)


def webhooks_page(cursor: str | None) -> Call[WebhookPage]:
    """Get a page of the webhooks."""
    return get("/v1/webhooks", reader(WebhookPage), cursor=cursor)


def webhook(id: str) -> Call[WebhookListed]:
    """Get a webhook."""
    return get(_webhook(id), reader(WebhookListed))


def create_webhook(url: str, types: Iterable[str] | None, description: str | None) -> Call[WebhookCreated]:
    """Create a webhook. Not repeatable: the secret is shown once."""
    body = {"url": url, "types": None if types is None else [*types], "description": description}
    return evolve(post("/v1/webhooks", reader(WebhookCreated), orjson.dumps(body)), repeatable=False)


def change_webhook(id: str, changes: WebhookChanges) -> Call[WebhookListed]:
    """Change a webhook."""
    body: dict[str, Any] = {**changes}
    if body.get("types") is not None:
        body["types"] = [*body["types"]]
    return evolve(post(_webhook(id), reader(WebhookListed), orjson.dumps(body)), method="PATCH")


def delete_webhook(id: str) -> Call[WebhookListed]:
    """Delete a webhook. Not repeatable: the second time, there is none."""
    return Call("DELETE", _webhook(id), reader(WebhookListed), repeatable=False)


def rotate_webhook(id: str, overlap_seconds: int | None) -> Call[WebhookCreated]:
    """Replace the secret of a webhook. Not repeatable: the secret is shown once."""
    body = {} if overlap_seconds is None else {"overlap_seconds": overlap_seconds}
    return evolve(post(f"{_webhook(id)}/rotate", reader(WebhookCreated), orjson.dumps(body)), repeatable=False)


def test_webhook(id: str) -> Call[DeliveryTested]:
    """Deliver a test event. Not repeatable: the receiver would get another."""
    return Call("POST", f"{_webhook(id)}/test", reader(DeliveryTested), repeatable=False)


def replay_webhook(id: str, cursor: str | None, since: Instant | None) -> Call[WebhookListed]:
    """Deliver again from a place in the log."""
    given = {"cursor": cursor, "since": instant_text(since)}
    body = {name: value for name, value in given.items() if value is not None}
    return post(f"{_webhook(id)}/replay", reader(WebhookListed), orjson.dumps(body))


def deliveries_page(id: str, cursor: str | None) -> Call[DeliveryPage]:
    """Get a page of the deliveries of a webhook that have not succeeded."""
    return get(f"{_webhook(id)}/deliveries", reader(DeliveryPage), cursor=cursor)


def _webhook(id: str) -> str:
    return f"/v1/webhooks/{quote(id, safe='')}"
