"""Over HTTP, keys, tokens, scopes and tenants are those of the service, and clients learn who issues tokens."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import anyio
import httpx
import httpx2
import mcp_types as types
import pytest
import uvicorn
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from adjudicator.mcp.apps import PANELS
from adjudicator.mcp.http import make_app
from adjudicator.mcp.service import here
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore, Scope
from agents.talking import A_CASE, APP, SHOWS_APPS, content, text_of
from service.tokens import ISSUER, key_set, settings_with, signed

T = TypeVar("T")
INITIALIZE: Final = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}},
}
ACCEPT: Final = {"Accept": "application/json, text/event-stream"}
Conversation = Callable[[str], Awaitable[T]]


def served(record: DecisionStore, settings: Settings, conversation: Conversation[T]) -> T:
    """Run a conversation with a server on a free port."""

    async def run() -> T:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            async with here(settings, record, keeps_a_record=True) as service:
                config = uvicorn.Config(make_app(service, settings, record, url, APP), log_level="error")
                server = uvicorn.Server(config)
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(server.serve, [listening])
                    try:
                        with anyio.fail_after(60):
                            found = await conversation(url)
                    finally:
                        server.should_exit = True
                return found

    return anyio.run(run)


def call(
    token: str, tool: str = "decide_on_record", mode: Any = "auto", **arguments: Any
) -> Conversation[types.CallToolResult]:
    """Call a tool with a key or token, as a host that shows apps."""

    async def conversation(url: str) -> types.CallToolResult:
        async with (
            httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as http,
            Client(
                streamable_http_client(f"{url}/mcp", http_client=http), mode=mode, extensions=[SHOWS_APPS]
            ) as client,
        ):
            return await client.call_tool(tool, arguments or {"case": A_CASE, "idempotency_key": "k"})

    return conversation


def test_a_key_decides_for_its_tenant(record: DecisionStore) -> None:
    record.tenants.create("shop-2")
    settings = Settings(requests_per_minute=None)
    other = record.for_tenant("shop-2")
    ids = []
    for store in (record, other):
        result = served(record, settings, call(store.api_keys.create("agent", [Scope.DECIDE]).token))
        ids.append(content(result)["id"])
        assert result.meta is not None
        assert [*result.meta[PANELS]] == ["en", "zh-Hans", "zh-Hant"]
    assert [each.id for each in record.decisions(limit=10).items] == ids[:1]
    assert [each.id for each in other.decisions(limit=10).items] == ids[1:]


def test_a_host_of_an_older_protocol_gets_the_panel_too(record: DecisionStore) -> None:
    """Its handshake is a separate request without state, so the host may support apps."""
    token = record.api_keys.create("agent", [Scope.DECIDE]).token
    result = served(record, Settings(), call(token, "check", mode="legacy", case=A_CASE))
    assert result.meta is not None
    assert [*result.meta[PANELS]] == ["en", "zh-Hans", "zh-Hant"]


def test_a_key_without_the_scope_decides_nothing(record: DecisionStore) -> None:
    token = record.api_keys.create("reader", [Scope.READ]).token
    result = served(record, Settings(), call(token))
    assert (result.is_error, content(result)["problem"]["status"]) == (True, 403)
    assert "scope decide" in text_of(result)


def test_a_token_of_the_issuer_is_accepted_and_clients_learn_the_issuer(record: DecisionStore, tmp_path: Any) -> None:
    keys = tmp_path / "jwks.json"
    keys.write_bytes(key_set())

    async def conversation(url: str) -> tuple[httpx.Response, httpx.Response, types.CallToolResult]:
        async with httpx.AsyncClient() as http:
            refused = await http.post(f"{url}/mcp", json=INITIALIZE, headers=ACCEPT)
            metadata = await http.get(f"{url}/.well-known/oauth-protected-resource/mcp")
        return refused, metadata, await call(signed())(url)

    refused, metadata, result = served(record, settings_with(keys), conversation)
    assert refused.status_code == 401
    assert "/.well-known/oauth-protected-resource/mcp" in refused.headers["www-authenticate"]
    assert metadata.json()["authorization_servers"] == [ISSUER]
    assert metadata.json()["resource"].endswith("/mcp")
    assert content(result)["decision"]["outcome"] == "partially_approved"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer adj_nonsense"}, 401),
        ({"Authorization": "Basic eDp5"}, 401),
    ],
)
def test_without_a_valid_key_nothing_is_answered(record: DecisionStore, headers: dict[str, str], status: int) -> None:
    async def conversation(url: str) -> int:
        async with httpx.AsyncClient() as http:
            return (await http.post(f"{url}/mcp", json=INITIALIZE, headers={**ACCEPT, **headers})).status_code

    assert served(record, Settings(), conversation) == status


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
def test_pages_of_other_hosts_are_refused(record: DecisionStore, headers: dict[str, str]) -> None:
    """In development mode no key protects the server, so no web page may reach it under another host name."""

    async def conversation(url: str) -> int:
        async with httpx.AsyncClient() as http:
            return (await http.post(f"{url}/mcp", json=INITIALIZE, headers={**ACCEPT, **headers})).status_code

    assert served(record, Settings(development=True), conversation) in (403, 421)


def test_a_message_that_is_too_large_is_refused(record: DecisionStore) -> None:
    settings = Settings(development=True, max_body_bytes=1_024)

    async def conversation(url: str) -> int:
        async with httpx.AsyncClient() as http:
            body = {**INITIALIZE, "padding": "x" * 100_000}
            return (await http.post(f"{url}/mcp", json=body, headers=ACCEPT)).status_code

    assert served(record, settings, conversation) == 413
