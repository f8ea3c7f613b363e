"""Test deliveries, which are sent at once and leave no trace on record."""

from __future__ import annotations

from collections.abc import Iterable

import anyio
import orjson

from adjudicator.model.time import Instant
from adjudicator.service.webhooks.addresses import Reach
from adjudicator.service.webhooks.sending import Sender, Sent
from adjudicator.store.entries import new_id
from adjudicator.store.outbox import event_body
from adjudicator.wire.events import EventType


def send_test_now(url: str, secrets: Iterable[str], reach: Reach, at: Instant) -> Sent:
    """Deliver a test event once, from a program that has no event loop."""
    return anyio.run(send_test, url, secrets, reach, at)


async def send_test(url: str, secrets: Iterable[str], reach: Reach, at: Instant) -> Sent:
    """Deliver a test event once."""
    event_id = new_id(at)
    body = event_body(event_id, EventType.WEBHOOK_TEST.value, at.utc_text(), "webhook/test", sequence=0, digest=None)
    async with Sender(reach) as sender:
        return await sender.send(url, event_id, orjson.dumps(body), secrets, at)
