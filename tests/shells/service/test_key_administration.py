"""API keys over HTTP: an admin creates, rotates and revokes those of its tenant, and sees each token once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
from litestar.testing import TestClient

from adjudicator import Instant
from adjudicator.client import Client, Problem
from adjudicator.service.app import create_app
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore, Scope
from store.cases import a_claim

AS_JSON = {"Content-Type": "application/json"}
IN_A_CENTURY = "2126-01-01T00:00:00Z"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_key_is_created_and_its_token_is_shown_once(client: httpx.Client) -> None:
    made = client.post("/v1/keys", json={"name": "shop", "scopes": ["read"], "expires_at": IN_A_CENTURY})
    assert made.status_code == 200
    key, token = made.json()["key"], made.json()["token"]
    assert (key["name"], key["scopes"], key["identity"]) == ("shop", ["read"], key["id"])
    assert Instant.parse(key["expires_at"]) == Instant.parse(IN_A_CENTURY)
    listed = client.get("/v1/keys")
    assert key in listed.json()["keys"]
    assert token.split("_", 2)[2] not in listed.text
    assert client.get("/v1/decisions", headers=bearer(token)).status_code == 200
    assert client.get("/v1/keys", headers=bearer(token)).status_code == 403


def test_a_rotated_key_and_its_successor_are_one_caller(client: httpx.Client) -> None:
    old = client.post("/v1/keys", json={"name": "shop", "scopes": ["decide"]}).json()
    sent = {**AS_JSON, "Idempotency-Key": '"K"'}
    first = client.post("/v1/decisions", content=a_claim(), headers={**sent, **bearer(old["token"])})
    new = client.post(f"/v1/keys/{old['key']['id']}/rotate", json={"overlap_seconds": 60}).json()
    assert new["key"]["identity"] == old["key"]["identity"]
    for token in (old["token"], new["token"]):
        again = client.post("/v1/decisions", content=a_claim(), headers={**sent, **bearer(token)})
        assert again.headers["Decision-Repeat"] == "true"
        assert again.headers["Decision-Id"] == first.headers["Decision-Id"]
    (decision,) = client.get("/v1/decisions").json()["decisions"]
    assert decision["decided_by"] == old["key"]["identity"]
    keys = {key["id"]: key for key in client.get("/v1/keys").json()["keys"]}
    assert keys[old["key"]["id"]]["expires_at"] is not None
    assert keys[new["key"]["id"]]["expires_at"] is None


def test_a_cached_key_still_expires_on_time(record: DecisionStore, client: httpx.Client) -> None:
    """The clock of these tests advances by a second on each reading."""
    expiry = Instant(record.now() + 30_000_000)
    token = record.api_keys.create("shop", [Scope.READ], expiry).token
    statuses = [client.get("/v1/policies", headers=bearer(token)).status_code for _ in range(40)]
    assert statuses[0] == 200
    assert statuses[-1] == 401
    assert statuses == sorted(statuses)


def test_a_revoked_key_is_listed_and_cannot_be_rotated(client: httpx.Client) -> None:
    key = client.post("/v1/keys", json={"name": "shop", "scopes": ["read"]}).json()["key"]
    revoked = client.post(f"/v1/keys/{key['id']}/revoke")
    assert revoked.json()["revoked_at"] is not None
    assert client.post(f"/v1/keys/{key['id']}/revoke").json() == revoked.json()
    assert client.post(f"/v1/keys/{key['id']}/rotate", json={}).status_code == 404
    assert revoked.json() in client.get("/v1/keys").json()["keys"]


def test_keys_are_listed_page_by_page(client: httpx.Client) -> None:
    made = {client.post("/v1/keys", json={"name": "shop", "scopes": ["read"]}).json()["key"]["id"] for _ in range(3)}
    seen: list[str] = []
    cursor: str | None = "0"
    while cursor is not None:
        page = client.get("/v1/keys", params={"limit": 2, "cursor": cursor}).json()
        seen += [key["id"] for key in page["keys"]]
        cursor = page["next_cursor"]
    assert seen == sorted(seen)
    assert made < set(seen)


INVALID_NEW_KEYS: Final[Any] = [
    ([], [""]),
    ({}, ["/name", "/scopes"]),
    ({"name": "", "scopes": []}, ["/name", "/scopes"]),
    ({"name": "x", "scopes": ["root"]}, ["/scopes"]),
    ({"name": "x", "scopes": "read"}, ["/scopes"]),
    ({"name": "x", "scopes": [["read"]]}, ["/scopes"]),
    ({"name": "x", "scopes": ["read"], "expires_at": "tomorrow"}, ["/expires_at"]),
    ({"name": "x", "scopes": ["read"], "expires_at": 7}, ["/expires_at"]),
    ({"name": "x", "scopes": ["read"], "expires_at": "2001-01-01T00:00:00Z"}, ["/expires_at"]),
    ({"name": "x", "scopes": ["read"], "tenant": "acme"}, ["/tenant"]),
]
INVALID_ROTATIONS: Final[Any] = [{"overlap_seconds": -1}, {"overlap_seconds": True}, {"overlap": 1}, 7]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_an_invalid_new_key_is_reported_by_place(client: httpx.Client) -> None:
    for body, pointers in INVALID_NEW_KEYS:
        refused = client.post("/v1/keys", json=body)
        assert refused.status_code == 422, body
        assert sorted(each["pointer"] for each in refused.json()["errors"]) == pointers, body
    assert len(client.get("/v1/keys").json()["keys"]) == 1


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_an_invalid_rotation_is_reported(client: httpx.Client) -> None:
    (key,) = client.get("/v1/keys").json()["keys"]
    for body in INVALID_ROTATIONS:
        assert client.post(f"/v1/keys/{key['id']}/rotate", json=body).status_code == 422, body
    assert len(client.get("/v1/keys").json()["keys"]) == 1


class Through(httpx.BaseTransport):
    """Passes the requests of a typed client to the application, and can lose responses."""

    def __init__(self, service: Any) -> None:
        self.service, self.sent, self.lose = service, 0, False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass one request on."""
        self.sent += 1
        done = self.service.request(request.method, str(request.url), content=request.read(), headers=request.headers)
        if self.lose:
            raise httpx.ReadError("lost")
        return httpx.Response(done.status_code, headers=done.headers, content=done.content)


@pytest.fixture
def typed(record: DecisionStore, token: str) -> Iterator[tuple[Client, Through]]:
    with TestClient(create_app(Settings(requests_per_minute=None), record)) as service:
        through = Through(service)
        with Client("http://testserver.local", token, transport=through) as client:
            yield client, through


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_the_typed_client_administers_keys_and_never_retries_a_request_that_returns_a_token(
    typed: tuple[Client, Through],
) -> None:
    client, through = typed
    made = client.create_key("shop", ["read", "decide"], expires_at=Instant.parse(IN_A_CENTURY))
    newer = client.rotate_key(made.key.id, overlap_seconds=0)
    assert newer.key.identity == made.key.identity
    assert client.revoke_key(newer.key.id).revoked_at is not None
    assert {key.name for key in client.api_keys()} == {"tests", "shop"}
    with pytest.raises(Problem, match="404"):
        client.rotate_key("nothing")
    through.lose, through.sent = True, 0
    with pytest.raises(Exception, match="lost"):
        client.create_key("shop", ["read"])
    assert through.sent == 1
