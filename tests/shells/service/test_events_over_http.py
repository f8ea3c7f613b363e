"""Events over HTTP: polling with a cursor, webhooks, their administration, and the description."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_args

import anyio
import httpx
import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # it ships no types
from litestar.testing import TestClient
from pydantic import ValidationError
from standardwebhooks import Webhook

from adjudicator import Instant
from adjudicator.cli.commands.events import EventTypeName
from adjudicator.client import AsyncClient, Client
from adjudicator.client import Problem as ClientProblem
from adjudicator.service.app import create_app
from adjudicator.service.asyncapi import document
from adjudicator.service.routes import OPERATIONS
from adjudicator.service.settings import Settings
from adjudicator.service.upkeep import Upkeep
from adjudicator.service.webhooks import publishing
from adjudicator.store import DecisionStore, Scope
from adjudicator.store.webhooks import TYPES, Delivering
from adjudicator.wire.events import EventType, WebhookState
from service.receiving import Receiver, receiver
from service.running import running, until
from store.cases import ORDER, a_claim

only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
SOON: Final = 0.02
JSON_TYPE: Final = {"Content-Type": "application/json"}


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deliver events without the pause of a second."""
    monkeypatch.setattr(publishing, "INTERVAL", SOON)


@pytest.fixture
def settings() -> Settings:
    return Settings(requests_per_minute=None, webhook_addresses="loopback")


@pytest.fixture
def record(record: DecisionStore) -> DecisionStore:
    """A record with a real clock, because signatures are checked against the current time."""
    return DecisionStore(record.engine)


@pytest.fixture
def receiving() -> Iterator[Receiver]:
    with receiver() as one:
        yield one


def decide(client: httpx.Client, *orders: str) -> list[str]:
    """Record a decision on each order. Returns their ids."""
    answers = [client.post("/v1/decisions", content=a_claim(order=order), headers=JSON_TYPE) for order in orders]
    return [answer.headers["Decision-Id"] for answer in answers]


def test_events_are_polled_with_a_cursor_that_is_never_null(client: httpx.Client) -> None:
    empty = client.get("/v1/events").json()
    assert empty == {"events": [], "next_cursor": "0", "has_more": False}
    ids = decide(client, "O-1", "O-2", "O-3")
    first = client.get("/v1/events", params={"cursor": empty["next_cursor"], "limit": 2}).json()
    assert [event["id"] for event in first["events"]] == ids[:2]
    assert first["has_more"]
    rest = client.get("/v1/events", params={"cursor": first["next_cursor"]}).json()
    assert [event["id"] for event in rest["events"]] == ids[2:]
    end = client.get("/v1/events", params={"cursor": rest["next_cursor"]}).json()
    assert end == {"events": [], "next_cursor": rest["next_cursor"], "has_more": False}


@only_sqlite
def test_events_are_filtered_and_start_at_a_given_instant(client: httpx.Client) -> None:
    decide(client, "O-1", "O-2")
    (given,) = decide(client, ORDER)
    client.post(f"/v1/decisions/{given}/payouts", json={"do": "reserve"})
    of_type = client.get("/v1/events?type=payout.reserved").json()["events"]
    assert [event["data"]["sequence"] for event in of_type] == [2, 3, 4]
    of_order = client.get("/v1/events?order_id=O-2").json()["events"]
    assert [event["data"]["order_id"] for event in of_order] == ["O-2"]
    since = of_type[0]["timestamp"]
    assert client.get("/v1/events", params={"since": since}).json()["events"][0] == of_type[0]
    for wrong in ("cursor=99", "cursor=x", "type=x", "since=x", f"cursor=1&since={since}", "limit=0"):
        assert client.get(f"/v1/events?{wrong}").status_code == 400, wrong


def test_a_cursor_before_dropped_events_is_answered_410(client: httpx.Client, record: DecisionStore) -> None:
    decide(client, "O-1", "O-2")
    client.get("/v1/events")
    record.events.drop(Instant.parse("2100-01-01T00:00:00Z"))
    gone = client.get("/v1/events?cursor=1")
    assert (gone.status_code, gone.json()["type"]) == (410, "/v1/problems/events-dropped")
    assert client.get("/v1/events").json()["next_cursor"] == "2"


@only_sqlite
def test_old_events_are_dropped_by_the_service(record: DecisionStore) -> None:
    record.decide(a_claim())
    later = Instant(record.now() + 40 * 86_400_000_000)
    record.decide(a_claim(ticket="T-2"))
    aged = DecisionStore(record.engine, lambda: later)
    Upkeep(aged, Settings(event_days=None)).round()
    assert len(record.events.page().events) == 2
    Upkeep(aged, Settings(event_days=30)).round()
    assert record.events.page().events == ()


def test_a_webhook_receives_what_happens_in_order_and_can_verify_it(client: httpx.Client, receiving: Receiver) -> None:
    made = client.post("/v1/webhooks", json={"url": receiving.url}).json()
    (given,) = decide(client, ORDER)
    client.post(f"/v1/decisions/{given}/payouts", json={"do": "reserve"})
    client.post(f"/v1/decisions/{given}/payouts", json={"do": "confirm"})
    received = receiving.wait_for(7)
    events = client.get("/v1/events").json()["events"]
    assert [json.loads(each.body) for each in received] == events
    for each, event in zip(received, events, strict=True):
        Webhook(made["secret"]).verify(each.body, dict(each.headers))
        assert each.headers["webhook-id"] == event["id"]
    until(lambda: client.get(f"/v1/webhooks/{made['webhook']['id']}").json()["waiting"] == 0)
    state = client.get(f"/v1/webhooks/{made['webhook']['id']}").json()
    assert (state["state"], state["behind"], state["last_failure"]) == ("enabled", 0, None)
    assert state["last_success_at"] is not None
    assert made["secret"] not in json.dumps(state)


@only_sqlite
def test_failures_are_seen_and_repaired(client: httpx.Client, receiving: Receiver) -> None:
    receiving.answer = lambda _: (500, {}, b"") if len(receiving.received) == 1 else (204, {}, b"")
    webhook = client.post("/v1/webhooks", json={"url": receiving.url}).json()["webhook"]["id"]
    decide(client, ORDER)
    receiving.wait_for(1)
    until(lambda: client.get(f"/v1/webhooks/{webhook}").json()["last_failure"] == "status 500")
    (waiting,) = client.get(f"/v1/webhooks/{webhook}/deliveries").json()["deliveries"]
    assert (waiting["state"], waiting["attempts"], waiting["type"]) == ("waiting", 1, "decision.recorded")
    client.patch(f"/v1/webhooks/{webhook}", json={"enabled": True})
    first, second = receiving.wait_for(2)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    client.post(f"/v1/webhooks/{webhook}/replay", json={})
    assert receiving.wait_for(3)[2].body == first.body


@only_sqlite
def test_a_test_delivery_says_at_once_how_it_went(client: httpx.Client, receiving: Receiver) -> None:
    made = client.post("/v1/webhooks", json={"url": receiving.url, "description": "ours", "types": None}).json()
    webhook = made["webhook"]["id"]
    assert client.post(f"/v1/webhooks/{webhook}/test").json() == {"delivered": True, "status": 204, "failure": None}
    (received,) = receiving.received
    event = Webhook(made["secret"]).verify(received.body, dict(received.headers))
    assert event["type"] == "webhook.test"
    receiving.answer = lambda _: (302, {"Location": "/"}, b"")
    assert client.post(f"/v1/webhooks/{webhook}/test").json() == {
        "delivered": False,
        "status": 302,
        "failure": "status 302",
    }
    rotated = client.post(f"/v1/webhooks/{webhook}/rotate", json={"overlap_seconds": 60}).json()
    receiving.answer = lambda _: (200, {}, b"")
    client.post(f"/v1/webhooks/{webhook}/test")
    for secret in (made["secret"], rotated["secret"]):
        Webhook(secret).verify(receiving.received[-1].body, dict(receiving.received[-1].headers))


@only_sqlite
def test_webhooks_are_listed_changed_and_deleted(client: httpx.Client, receiving: Receiver) -> None:
    made = [client.post("/v1/webhooks", json={"url": receiving.url}).json()["webhook"] for _ in range(3)]
    pages, cursor = [], None
    for _ in range(2):
        page = client.get("/v1/webhooks", params={"limit": 2} | ({} if cursor is None else {"cursor": cursor})).json()
        pages += page["webhooks"]
        cursor = page["next_cursor"]
    assert (pages, cursor) == (made, None)
    path = f"/v1/webhooks/{made[0]['id']}"
    changed = client.patch(path, json={"types": ["review.due"], "enabled": False, "description": "x"}).json()
    assert (changed["types"], changed["state"], changed["description"]) == (["review.due"], "disabled", "x")
    assert client.patch(path, json={"types": None, "description": None}).json()["types"] is None
    assert client.delete(path).json()["id"] == made[0]["id"]
    assert client.get(path).status_code == client.delete(path).status_code == 404


@only_sqlite
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ([], ""),
        ({}, "/url"),
        ({"url": 7}, "/url"),
        ({"url": "ftp://claims.example/"}, "/url"),
        ({"url": "http://10.0.0.1/"}, "/url"),
        ({"url": "https://claims.example/", "types": ["x"]}, "/types"),
        ({"url": "https://claims.example/", "types": []}, "/types"),
        ({"url": "https://claims.example/", "types": [["review.due"]]}, "/types"),
        ({"url": "https://claims.example/", "description": "x" * 256}, "/description"),
        ({"url": "https://claims.example/", "secret": "x"}, "/secret"),
    ],
)
def test_an_invalid_webhook_is_reported_by_place(client: httpx.Client, body: object, pointer: str) -> None:
    refused = client.post("/v1/webhooks", json=body)
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json()["errors"]] == [pointer]


@only_sqlite
def test_an_invalid_change_rotation_or_replay_is_reported(client: httpx.Client) -> None:
    webhook = client.post("/v1/webhooks", json={"url": "https://claims.example/"}).json()["webhook"]["id"]
    for method, path, body in (
        ("PATCH", "", {}),
        ("PATCH", "", {"enabled": "yes"}),
        ("POST", "/rotate", {"overlap_seconds": -1}),
        ("POST", "/replay", {"cursor": "7"}),
        ("POST", "/replay", {"cursor": 0}),
        ("POST", "/replay", {"since": "x"}),
        ("POST", "/replay", {"since": "2026-01-01T00:00:00Z", "cursor": "0"}),
    ):
        assert client.request(method, f"/v1/webhooks/{webhook}{path}", json=body).status_code == 422, (path, body)
    assert client.get(f"/v1/webhooks/{webhook}/deliveries?cursor=x").status_code == 400


@only_sqlite
def test_by_default_webhooks_allow_only_public_addresses_over_https(record: DecisionStore, token: str) -> None:
    with TestClient(create_app(Settings(), record)) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        for url in ("http://claims.example/", "https://127.0.0.1/", "https://[::ffff:10.0.0.1]/"):
            assert client.post("/v1/webhooks", json={"url": url}).status_code == 422, url
        reader = record.api_keys.create("reader", [Scope.READ]).token
        own = {"Authorization": f"Bearer {reader}"}
        assert client.get("/v1/events", headers=own).status_code == 200
        assert client.get("/v1/webhooks", headers=own).status_code == 403


@only_sqlite
def test_deliveries_and_the_lag_of_the_log_are_measured(client: httpx.Client, receiving: Receiver) -> None:
    client.post("/v1/webhooks", json={"url": receiving.url})
    decide(client, ORDER)
    receiving.wait_for(1)
    until(lambda: 'adjudicator_deliveries_total{result="delivered"}' in client.get("/metrics").text)
    assert "adjudicator_event_lag_seconds 0.0" in client.get("/metrics").text


@only_sqlite
def test_the_typed_clients_poll_events_and_administer_webhooks(
    record: DecisionStore, token: str, settings: Settings, receiving: Receiver
) -> None:
    app: Any = create_app(settings, record)
    record.decide(a_claim())
    at = Instant.parse("2020-01-01T00:00:00Z")

    async def use() -> None:
        async with AsyncClient("http://service", token, transport=httpx.ASGITransport(app)) as client:
            page = await client.events(limit=1, since=at)
            assert (page.events[0].type, page.events[0].data.order_id) == (EventType.DECISION_RECORDED, ORDER)
            assert (await client.events(page.next_cursor, type="review.due", order_id=ORDER)).events == ()
            made = await client.create_webhook(receiving.url, types=["review.due"])
            webhook = made.webhook.id
            assert await client.webhook(webhook) == made.webhook
            assert (await client.change_webhook(webhook, enabled=False)).state is WebhookState.DISABLED
            assert (await client.change_webhook(webhook, types=None)).types is None
            assert (await client.test_webhook(webhook)).delivered
            assert (await client.rotate_webhook(webhook, overlap_seconds=0)).secret != made.secret
            assert (await client.replay_webhook(webhook, since=at)).behind == 1
            assert [each.id async for each in client.webhooks()] == [webhook]
            assert [each async for each in client.deliveries(webhook)] == []
            assert (await client.delete_webhook(webhook)).id == webhook
            with pytest.raises(ClientProblem, match="404"):
                await client.delete_webhook(webhook)

    anyio.run(use)
    sent = []
    answers = {"events": {"events": [], "next_cursor": "7", "has_more": False}}

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append((request.method, request.url.raw_path.decode(), request.content))
        return httpx.Response(200, json=answers["events"])

    with Client("http://service", transport=httpx.MockTransport(answer)) as client:
        assert client.events("5", since=None, type="review.due").next_cursor == "7"
    assert sent == [("GET", "/v1/events?cursor=5&type=review.due&limit=100", b"")]


# Workers


@only_sqlite
def test_nothing_is_lost_when_a_worker_is_killed_during_a_delivery(
    record: DecisionStore, url: str, receiving: Receiver, tmp_path: Path
) -> None:
    """The next worker retries once the lease has expired, which takes a second here."""
    record.webhooks.create(receiving.url)
    receiving.answer = lambda _: (time.sleep(3.0), (204, {}, b""))[1]  # type: ignore[func-returns-value]
    program = "import sys; from adjudicator.store import deliveries; deliveries.LEASE = 1_000_000\n"
    program += f"from adjudicator.service.webhooks import publishing; publishing.INTERVAL = {SOON}\n"
    program += "from adjudicator.cli import main; sys.exit(main())"
    started = {"database": url, "environment": {"ADJUDICATOR_WEBHOOK_ADDRESSES": "loopback"}, "program": program}
    given = record.decide(a_claim())
    with running(tmp_path / "one", **started) as server:  # type: ignore[arg-type]
        receiving.wait_for(1)
        server.kill()
    receiving.answer = lambda _: (204, {}, b"")
    record.reserve(given.id)
    with running(tmp_path / "two", **started):  # type: ignore[arg-type]
        received = receiving.wait_for(5)
    events = [event.id for event in record.events.page().events]
    assert [each.headers["webhook-id"] for each in received] == [events[0], *events]


# The description


def check_asyncapi(expected: Any) -> None:
    """Raises the library's error if a document is not AsyncAPI 3."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its classes have fields with the names of pydantic's methods
        from asyncapi3 import AsyncAPI3  # type: ignore[import-untyped]  # it does not say that it has types

        AsyncAPI3.model_validate(expected)


def test_the_asyncapi_document_is_valid_and_describes_every_event(client: httpx.Client, receiving: Receiver) -> None:
    served = client.get("/v1/events/asyncapi.json")
    assert served.content == document()
    answer = served.json()
    check_asyncapi(answer)
    client.post("/v1/webhooks", json={"url": receiving.url})
    webhook = client.get("/v1/webhooks").json()["webhooks"][0]["id"]
    client.post(f"/v1/webhooks/{webhook}/test")
    (decision,) = decide(client, ORDER)
    client.post(f"/v1/decisions/{decision}/payouts", json={"do": "reserve"})
    client.post("/v1/erasures", json={"order_id": ORDER, "reason": "asked"})
    messages = {each["name"]: each["payload"] for each in answer["components"]["messages"].values()}
    seen = set()
    for each in receiving.wait_for(6):
        event = json.loads(each.body)
        seen.add(event["type"])
        for name, payload in messages.items():
            assert Draft7Validator({**answer, **payload}).is_valid(event) == (name == event["type"])
    assert seen == {"webhook.test", "decision.recorded", "payout.reserved", "erasure.recorded"}


def test_an_invalid_asyncapi_document_is_refused() -> None:
    """The check can fail."""
    found: dict[str, Any] = json.loads(document())
    for broken in (
        {**found, "asyncapi": "2.0.0"},
        {**found, "channels": {"webhook": {"address": 7}}},
        {**found, "operations": {"deliver": {"action": "push", "channel": {"$ref": "#/channels/webhook"}}}},
        {name: value for name, value in found.items() if name != "info"},
        {**found, "chanels": {}},
    ):
        with pytest.raises(ValidationError):
            check_asyncapi(broken)


def test_every_webhook_operation_needs_an_admin() -> None:
    scopes = {each.scope for each in OPERATIONS if each.path.startswith("/v1/webhooks")}
    assert scopes == {Scope.ADMIN}


@only_sqlite
def test_a_bug_in_one_delivery_ends_no_other(
    client: httpx.Client, receiving: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook = client.post("/v1/webhooks", json={"url": receiving.url}).json()["webhook"]["id"]
    with monkeypatch.context() as patch:
        patch.setattr("adjudicator.service.webhooks.sending._outcome", lambda _: 1 / 0)
        decide(client, "O-1")
        until(lambda: client.get(f"/v1/webhooks/{webhook}").json()["last_failure"] == "internal error")
    decide(client, "O-2")
    until(lambda: client.get(f"/v1/webhooks/{webhook}").json()["last_success_at"] is not None)


def test_types_and_states_have_the_same_names_everywhere() -> None:
    assert get_args(EventTypeName) == TYPES
    assert [each.value for each in WebhookState] == [each.value for each in Delivering]
