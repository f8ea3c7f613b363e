"""Who may do what, how often, and what nobody learns."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest
from attrs import evolve
from litestar.testing import TestClient

from adjudicator.model.time import Instant
from adjudicator.service import access
from adjudicator.service.app import create_app
from adjudicator.service.routes import OPERATIONS
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore, Scope, open_store
from store.cases import a_claim

AS_JSON = {"Content-Type": "application/json"}


@pytest.mark.usefixtures("_keys_at_once")
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_an_operation_takes_a_key_with_its_scope_and_no_other(anyone: httpx.Client, record: DecisionStore) -> None:
    """Without a key, no other fault of a request is even reported."""
    tokens = {scope: record.api_keys.create(scope.value, [scope]).token for scope in Scope}
    for each in OPERATIONS:
        path = each.path.replace("{", "").replace("}", "")
        if each.open:
            assert anyone.request(each.method, path).status_code in (200, 404), each.id
            continue
        assert anyone.request(each.method, path).status_code == 401, each.id
        for scope, token in tokens.items():
            status = anyone.request(each.method, path, headers={"Authorization": f"Bearer {token}"}).status_code
            assert (status == 403) is (each.scope not in (None, scope)), (each.id, scope)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer adj_x_y", "Basic {token}", "{token}", "Bearer {token}x", "Bearer é"],
)
def test_an_invalid_key_is_refused(anyone: httpx.Client, token: str, authorization: str) -> None:
    sent = authorization.format(token=token).encode("latin-1")
    refused = anyone.get("/v1/policies", headers=[(b"Authorization", sent)])
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert token not in refused.text
    assert anyone.get("/v1/policies", headers={"Authorization": f"bearer {token}"}).status_code == 200


def test_a_revoked_key_is_invalid_after_some_seconds(
    client: httpx.Client, record: DecisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/v1/policies").status_code == 200
    (key,) = record.api_keys.listed()
    record.api_keys.revoke(key.id)
    later = time.monotonic() + access.KEY_CACHE_SECONDS + 1
    monkeypatch.setattr("time.monotonic", lambda: later)
    assert client.get("/v1/policies").status_code == 401


def test_only_so_many_keys_are_remembered(
    anyone: httpx.Client, record: DecisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "MAX_CACHED_KEYS", 2)
    for number in range(4):
        token = record.api_keys.create(str(number), [Scope.READ]).token
        assert anyone.get("/v1/policies", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_the_caller_is_on_record(client: httpx.Client, record: DecisionStore) -> None:
    client.post("/v1/decisions", content=a_claim(), headers=AS_JSON)
    assert record.decisions().items[0].decided_by == record.api_keys.listed()[0].id


def test_development_asks_for_no_keys_and_says_so_in_every_answer(record: DecisionStore) -> None:
    with TestClient(create_app(Settings(development=True), record)) as client:
        for response in (client.get("/v1/policies"), client.get("/nowhere"), client.get("/v1/decisions?x=1")):
            assert response.headers["Adjudicator-Mode"] == "development"
        assert client.post("/v1/decisions", content=a_claim(), headers=AS_JSON).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.org"])
def test_development_is_for_this_machine_alone(host: str) -> None:
    with pytest.raises(ValueError, match="limited to a loopback address"):
        create_app(Settings(development=True, host=host, database="sqlite:///never.db"))


def test_every_answer_has_security_headers_and_is_not_cached(client: httpx.Client) -> None:
    place = client.post("/v1/decisions", content=a_claim(), headers=AS_JSON).headers["Content-Location"]
    for response in (client.get(place), client.get(f"{place}/explanation?format=html"), client.get("/v1/openapi.json")):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "Adjudicator-Mode" not in response.headers
        assert "Server" not in response.headers


# Rates


@pytest.fixture
def workers(url: str) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Two workers on one database, with the clock stopped and 30 requests a minute."""
    records = [open_store(url, now=lambda: Instant.parse("2026-06-01T00:00:20Z")) for _ in range(2)]
    tokens = {name: records[0].api_keys.create(name, [Scope.READ]).token for name in ("one", "another")}
    settings = Settings(requests_per_minute=30)
    with TestClient(create_app(settings, records[0])) as one, TestClient(create_app(settings, records[1])) as other:
        for client in (one, other):
            client.headers["Authorization"] = f"Bearer {tokens['one']}"
        one.headers["Another"] = tokens["another"]
        yield one, other
    for record in records:
        record.close()


def test_all_workers_together_keep_to_the_limit(workers: tuple[httpx.Client, httpx.Client]) -> None:
    responses = [workers[number % 2].get("/v1/policies") for number in range(34)]
    statuses = [each.status_code for each in responses]
    assert (statuses.count(200), statuses[-3:]) == (30, [429] * 3)
    late = responses[-1]
    assert late.json()["type"] == "/v1/problems/too-many-requests"
    assert late.headers["Retry-After"] == "40"
    assert late.headers["RateLimit"] == '"minute";r=0;t=40'
    assert {each.headers["RateLimit-Policy"] for each in responses} == {'"minute";q=30;w=60'}
    assert responses[0].headers["RateLimit"] == '"minute";r=29;t=40'


def test_each_caller_has_its_own_limit(workers: tuple[httpx.Client, httpx.Client]) -> None:
    one, _ = workers
    for _ in range(31):
        last = one.get("/v1/policies")
    assert last.status_code == 429
    assert one.get("/v1/policies", headers={"Authorization": f"Bearer {one.headers['Another']}"}).status_code == 200
    assert one.get("/v1/problems").status_code == 200


def test_another_minute_is_another_limit(url: str) -> None:
    clock = [Instant.parse("2026-06-01T00:00:59Z")]
    record = open_store(url, now=lambda: clock[0])
    settings = evolve(Settings(), requests_per_minute=1, development=True)
    with TestClient(create_app(settings, record)) as client:
        assert [client.get("/v1/policies").status_code for _ in range(2)] == [200, 429]
        clock[0] = Instant(clock[0] + 1_000_000)
        assert [client.get("/v1/policies").status_code for _ in range(2)] == [200, 429]
    record.close()
