"""A path that is written as published goes straight to its endpoint, and gets the answer that it would get through Litestar's router."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from litestar import Litestar

from adjudicator.service.app import create_app
from adjudicator.service.routes import OPERATIONS
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore
from store.cases import a_claim

DIFFERENT = frozenset({b"x-request-id", b"decision-id", b"location", b"decision-repeat"})
"""Headers that differ from one response to the next."""


async def answered(app: Litestar, method: str, path: str, raw_path: bytes | None, body: bytes = b"") -> Any:
    """The status, the headers and the body of the response to a request. Without ``raw_path``, Litestar routes it."""
    scope: Any = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))],
        "client": ("127.0.0.1", 5),
        "server": ("127.0.0.1", 80),
    }
    if raw_path is not None:
        scope["raw_path"] = raw_path
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = sorted(each for each in sent[0]["headers"] if each[0] not in DIFFERENT)
    return sent[0]["status"], headers, b"".join(each.get("body", b"") for each in sent[1:]), scope.get("path_template")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_both_ways_to_an_endpoint_give_the_same_answer(record: DecisionStore) -> None:
    app = create_app(Settings(development=True, requests_per_minute=None), record)
    paths = sorted({each.path for each in OPERATIONS if "{" not in each.path})
    assert "/v1/dry-runs" in paths

    async def ask(method: str, path: str, raw_path: bytes | None) -> Any:
        return await answered(app, method, path, raw_path, a_claim() if path == "/v1/dry-runs" else b"")

    for path in paths:
        for method in ("GET", "HEAD", "POST", "OPTIONS", "DELETE"):
            straight, routed = (asyncio.run(ask(method, path, raw)) for raw in (path.encode(), None))
            assert straight == routed


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("raw_path", [b"/v1/dry%2Druns", b"/v1/dry-runs/", b"//v1/dry-runs"])
def test_a_path_that_is_written_in_another_way_is_refused(record: DecisionStore, raw_path: bytes) -> None:
    app = create_app(Settings(development=True), record)
    status, *_ = asyncio.run(answered(app, "POST", "/v1/dry-runs", raw_path, a_claim()))
    assert status == 404
