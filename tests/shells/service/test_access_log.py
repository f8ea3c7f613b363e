"""The access log: who did what with which decision, written a moment later, and nothing personal."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient

from adjudicator import Instant
from adjudicator.service import accesses
from adjudicator.service.app import create_app
from adjudicator.service.settings import Settings
from adjudicator.store import Access, DecisionStore, Scope
from store.cases import ORDER, a_claim

AS_JSON = {"Content-Type": "application/json"}
LIMIT_S = 10.0


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accesses, "FLUSH_SECONDS", 0.02)


def logged(client: httpx.Client, enough: Callable[[list[dict[str, Any]]], bool], **query: str) -> list[dict[str, Any]]:
    """The log, oldest first, once it has enough entries."""
    until = time.monotonic() + LIMIT_S
    while True:
        found: list[dict[str, Any]] = client.get("/v1/accesses", params=query).json()["accesses"][::-1]
        if enough(found) or time.monotonic() > until:
            return found
        time.sleep(0.02)


def an_access(tenant: str = "default", at: str = "2026-06-01T00:00:00Z", resource: str | None = None) -> Access:
    return Access(
        tenant=tenant,
        at=Instant.parse(at),
        caller="c",
        key_id="k",
        operation="get_decision",
        resource=resource,
        status=200,
    )


def test_every_use_of_a_decision_is_logged(client: httpx.Client, record: DecisionStore) -> None:
    given = client.post("/v1/decisions", content=a_claim(), headers=AS_JSON).headers["Decision-Id"]
    client.get(f"/v1/decisions/{given}/case")
    client.post(f"/v1/decisions/{given}/payouts", json={"do": "confirm"})
    found = logged(client, lambda found: len(found) >= 3, resource=given)
    assert [(each["operation"], each["status"]) for each in found] == [
        ("decide", 200),
        ("get_case", 200),
        ("settle", 409),
    ]
    (key,) = record.api_keys.listed()
    assert {(each["caller"], each["key_id"]) for each in found} == {(key.identity, key.id)}


def test_an_order_is_named_if_it_is_on_record(client: httpx.Client) -> None:
    given = client.post("/v1/decisions", content=a_claim(), headers=AS_JSON).headers["Decision-Id"]
    client.post(f"/v1/decisions/{given}/payouts", json={"do": "reserve"})
    client.get(f"/v1/payouts?order_id={ORDER}")
    client.get("/v1/payouts?order_id=alice@example.org")
    client.get("/v1/decisions/alice@example.org")
    found = logged(client, lambda found: any(each["operation"] == "get_decision" for each in found))
    named = [each["resource"] for each in found if each["operation"] in ("list_payouts", "get_decision")]
    assert named == [f"order/{ORDER}", None, None]
    assert "alice" not in str(found)


def test_refusals_of_a_key_are_logged_once_a_minute(record: DecisionStore) -> None:
    """A flood of them must not become a flood of writes."""
    now = [Instant.parse("2026-06-01T00:00:00Z")]
    fixed = DecisionStore(record.engine, lambda: now[0])
    admin, reader = (record.api_keys.create(name, [name]).token for name in (Scope.ADMIN, Scope.READ))
    with TestClient(create_app(Settings(requests_per_minute=None), fixed)) as client:
        for _ in range(5):
            refused = client.get("/v1/keys", headers={"Authorization": f"Bearer {reader}"})
            assert refused.status_code == 403
        client.headers["Authorization"] = f"Bearer {admin}"
        found = logged(client, lambda found: any(each["status"] == 403 for each in found))
        assert len([each for each in found if each["status"] == 403]) == 1
        now[0] = Instant(now[0] + 61_000_000)
        client.get("/v1/keys", headers={"Authorization": f"Bearer {reader}"})
        found = logged(client, lambda found: len([each for each in found if each["status"] == 403]) == 2)
        assert len([each for each in found if each["status"] == 403]) == 2


def test_the_last_use_of_a_key_is_known(client: httpx.Client, record: DecisionStore) -> None:
    client.get("/v1/policies")
    until = time.monotonic() + LIMIT_S
    while record.api_keys.listed()[0].last_used_at is None and time.monotonic() < until:
        time.sleep(0.02)
    assert record.api_keys.listed()[0].last_used_at is not None


def test_pending_accesses_are_written_at_shutdown(
    record: DecisionStore, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accesses, "FLUSH_SECONDS", 1000.0)
    with TestClient(create_app(Settings(), record)) as client:
        client.get("/v1/policies", headers={"Authorization": f"Bearer {token}"})
        assert record.accesses.page() == ((), None)
    ((written,), _) = record.accesses.page()
    assert written.operation == "list_policies"


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_no_log_is_kept_if_none_is_wanted(record: DecisionStore, token: str) -> None:
    with TestClient(create_app(Settings(access_log_days=None), record)) as client:
        client.get("/v1/policies", headers={"Authorization": f"Bearer {token}"})
    assert record.accesses.page() == ((), None)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_record_that_cannot_be_written_stops_no_request(
    record: DecisionStore, token: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise OSError(f"secret {token}")

    monkeypatch.setattr("adjudicator.store.accesses.Accesses.write", broken)
    with TestClient(create_app(Settings(), record)) as client:
        assert client.get("/v1/policies", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert "1 accesses are missing from the log" in caplog.text
    assert token not in caplog.text


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_only_so_many_accesses_wait(
    record: DecisionStore, token: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(accesses, "FLUSH_SECONDS", 1000.0)
    monkeypatch.setattr(accesses, "MOST_PENDING", 2)
    with TestClient(create_app(Settings(), record)) as client:
        for _ in range(5):
            client.get("/v1/policies", headers={"Authorization": f"Bearer {token}"})
    assert len(record.accesses.page()[0]) == 2
    assert "3 accesses are missing from the log" in caplog.text


# Reading and retention


def test_the_log_is_read_newest_first_page_by_page(record: DecisionStore) -> None:
    record.accesses.write(an_access(resource=str(number)) for number in range(5))
    seen, cursor = [], None
    while True:
        page, cursor = record.accesses.page(cursor, 2)
        seen += [each.resource for each in page]
        if cursor is None:
            break
    assert seen == ["4", "3", "2", "1", "0"]
    for wrong in ("x", "-1", "9" * 30, "١"):
        with pytest.raises(ValueError, match="not a cursor"):
            record.accesses.page(wrong)


def test_each_tenant_reads_its_own_log(record: DecisionStore) -> None:
    record.tenants.create("acme")
    record.accesses.write([an_access(), an_access("acme")])
    for tenant in ("default", "acme"):
        (found, _) = record.for_tenant(tenant).accesses.page()
        assert [each.tenant for each in found] == [tenant]


def test_old_accesses_are_deleted_in_steps(record: DecisionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adjudicator.store.accesses.MOST_PRUNED", 2)
    record.tenants.create("acme")
    old = [an_access(tenant, "2026-01-01T00:00:00Z") for tenant in ("default", "acme", "acme")]
    record.accesses.write([*old, an_access()])
    before = Instant.parse("2026-03-01T00:00:00Z")
    assert [record.accesses.prune(before) for _ in range(3)] == [2, 1, 0]
    assert record.accesses.page()[0] == (an_access(),)


def test_the_service_deletes_old_accesses(record: DecisionStore, token: str) -> None:
    record.accesses.write([an_access(at="2020-01-01T00:00:00Z")])
    with TestClient(create_app(Settings(access_log_days=30), record)) as client:
        client.get("/v1/policies", headers={"Authorization": f"Bearer {token}"})
    assert [each.operation for each in record.accesses.page()[0]] == ["list_policies"]
