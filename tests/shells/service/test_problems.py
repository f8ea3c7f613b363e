"""Every error is reported as problem details, with its place, and without internals."""

from __future__ import annotations

import gzip
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

import anyio
import httpx
import pytest
import sqlalchemy as sa
from litestar.testing import TestClient

from adjudicator.service.app import create_app
from adjudicator.service.problems import PROBLEMS
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore
from store.cases import a_claim

AS_JSON = {"Content-Type": "application/json"}


def problem_in(response: httpx.Response) -> tuple[int, str]:
    """The status and the type of a problem, after a check of its form."""
    assert response.headers["Content-Type"] == "application/problem+json"
    document = response.json()
    kind = PROBLEMS[document["type"].removeprefix("/v1/problems/")]
    assert (document["status"], document["title"]) == (response.status_code, kind.title) == (kind.status, kind.title)
    assert document["detail"]
    assert "Traceback" not in response.text
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    return response.status_code, kind.name


ADDRESSES: Final[Any] = [
    ("GET", "/", (404, "not-found")),
    ("GET", "/v1", (404, "not-found")),
    ("GET", "/v2/decisions", (404, "not-found")),
    ("GET", "/v1/decisions/none/nonsense", (404, "not-found")),
    ("GET", "/v1/decisions/none", (404, "not-found")),
    ("GET", "/v1/decisions/a%00b", (400, "bad-request")),
    ("GET", f"/v1/decisions/{'x' * 300}", (400, "bad-request")),
    ("GET", "/v1/policies/none", (404, "not-found")),
    ("GET", "/v1/policies/douyin_global.damage?edition=2021-01-01", (404, "not-found")),
    ("GET", "/v1/problems/none", (404, "not-found")),
    ("GET", "/v1/schemas/none", (404, "not-found")),
    ("GET", "/v1/schemas/check?policy=douyin_global.damage", (400, "bad-request")),
    ("GET", "/v1/codes?policy=none", (400, "bad-request")),
    ("GET", "/v1/policies?on=yesterday", (400, "bad-request")),
    ("DELETE", "/v1/decisions", (405, "method-not-allowed")),
    ("PUT", "/v1/decisions/none", (405, "method-not-allowed")),
    ("GET", "/v1/dry-runs", (405, "method-not-allowed")),
    ("GET", "/v1/decisions?limit=0", (400, "bad-request")),
    ("GET", "/v1/decisions?limit=1&limit=2", (400, "bad-request")),
    ("GET", "/v1/decisions?nonsense=1", (400, "bad-request")),
    ("GET", "/v1/decisions?order_id=", (400, "bad-request")),
    ("GET", "/v1/decisions?order_id=%ff", (400, "bad-request")),
    ("GET", "/v1/decisions?updated_since=2026-01-01", (400, "bad-request")),
    ("GET", "/v1/payouts", (400, "bad-request")),
]


def test_an_unknown_address_is_a_problem(client: httpx.Client) -> None:
    for method, path, expected in ADDRESSES:
        assert problem_in(client.request(method, path)) == expected, path


def test_a_disallowed_method_is_reported_with_the_allowed_ones(client: httpx.Client) -> None:
    assert {*client.delete("/v1/decisions").headers["Allow"].split(", ")} >= {"GET", "POST"}


BODIES: Final[Any] = [
    (b"", AS_JSON, (400, "malformed")),
    (b"{", AS_JSON, (400, "malformed")),
    (b"\xff\xfe", AS_JSON, (400, "malformed")),
    ("é".encode("latin-1"), AS_JSON, (400, "malformed")),
    (b"[" * 100_000, AS_JSON, (422, "invalid")),
    (b"[" * 40 + b"]" * 40, AS_JSON, (422, "invalid")),
    (b"null", AS_JSON, (422, "invalid")),
    (b'{"id": 1}', AS_JSON, (422, "invalid")),
    (b"9" * 5_000, AS_JSON, (422, "invalid")),
    (b"{}", {}, (415, "unsupported-media-type")),
    (b"{}", {"Content-Type": "text/plain"}, (415, "unsupported-media-type")),
    (b"{}", {"Content-Type": "application/json; charset=utf-16"}, (415, "unsupported-media-type")),
    (b"{}", {"Content-Type": "application/x-www-form-urlencoded"}, (415, "unsupported-media-type")),
    (gzip.compress(b"{}", mtime=0), {**AS_JSON, "Content-Encoding": "gzip"}, (415, "unsupported-media-type")),
    (b"{}", {**AS_JSON, "Content-Encoding": "br, gzip"}, (415, "unsupported-media-type")),
    (b"{}", {"Content-Type": 'Application/JSON; Charset="UTF-8"'}, (422, "invalid")),
    (b"{}", {**AS_JSON, "Content-Encoding": "identity"}, (422, "invalid")),
    (b"{}", {**AS_JSON, "Accept": "text/html"}, (406, "not-acceptable")),
    (b"{}", {**AS_JSON, "Accept": "application/json;q=0, */*"}, (406, "not-acceptable")),
    (b"{}", {**AS_JSON, "Accept": "application/*;q=0.1"}, (422, "invalid")),
    (b" " * (4 * 1024 * 1024 + 1), AS_JSON, (413, "too-large")),
]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_an_unacceptable_body_is_a_problem(client: httpx.Client) -> None:
    for body, headers, expected in BODIES:
        for path in ("/v1/dry-runs", "/v1/decisions"):
            assert problem_in(client.post(path, content=body, headers=headers)) == expected, (body[:100], headers)


def test_every_fault_of_a_case_is_reported_with_its_place_value_and_expectation(client: httpx.Client) -> None:
    case = json.loads(a_claim())
    case["claim"]["reason"], case["order"]["lines"][0]["quantity"] = "bored", 0
    response = client.post("/v1/decisions", json=case)
    assert problem_in(response) == (422, "invalid")
    faults = {each["pointer"]: each for each in response.json()["errors"]}
    assert faults["/claim/reason"]["value"] == '"bored"'
    assert "counterfeit" in faults["/claim/reason"]["expected"]
    assert "/order/lines/0/quantity" in faults


def test_faults_of_parameters_and_headers_are_reported_at_once(client: httpx.Client) -> None:
    response = client.get("/v1/decisions?limit=0&nonsense=1", headers={"If-Match": "x"})
    assert [each["parameter"] for each in response.json()["errors"]] == ["nonsense", "limit"]


def test_a_body_longer_than_allowed_is_refused_without_a_length(record: DecisionStore) -> None:
    """Sent in chunks without a length, the body is counted as it arrives."""
    settings = Settings(development=True, max_body_bytes=1_000, requests_per_minute=None)

    def in_chunks() -> Iterator[bytes]:
        yield from (b" " * 400 for _ in range(5))

    with TestClient(create_app(settings, record)) as client:
        assert problem_in(client.post("/v1/dry-runs", content=in_chunks(), headers=AS_JSON)) == (413, "too-large")


def asked(app: Any, messages: AsyncIterator[dict[str, Any]], **scope: Any) -> list[dict[str, Any]]:
    """The answer of an application to a request with these body messages."""
    answers: list[dict[str, Any]] = []
    whole = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/v1/dry-runs",
        "raw_path": b"/v1/dry-runs",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"content-type", b"application/json"), (b"host", b"localhost")],
        "client": None,
        "server": None,
        "scheme": "http",
        **scope,
    }

    async def send(message: dict[str, Any]) -> None:
        answers.append(message)

    anyio.run(app, whole, lambda: anext(messages), send)
    return answers


async def never() -> AsyncIterator[dict[str, Any]]:
    """A body that starts and does not continue."""
    yield {"type": "http.request", "body": b"{", "more_body": True}
    await anyio.sleep(60)


async def broken_off() -> AsyncIterator[dict[str, Any]]:
    """A body whose sender disconnects."""
    yield {"type": "http.request", "body": b"{", "more_body": True}
    yield {"type": "http.disconnect"}


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_body_that_does_not_arrive_is_not_waited_for(record: DecisionStore) -> None:
    settings = Settings(development=True, request_timeout_seconds=0.05, requests_per_minute=None)
    app = create_app(settings, record)
    assert asked(app, never())[0]["status"] == 408
    assert asked(app, broken_off())[0]["status"] == 400


def test_an_unreachable_record_is_reported_as_such(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise sa.exc.OperationalError("SELECT secret", {}, Exception("no route to host db.internal"))

    client.get("/v1/policies")
    monkeypatch.setattr(DecisionStore, "standing", fails)
    response = client.get("/v1/decisions/x/standing")
    assert problem_in(response) == (503, "unavailable")
    assert "secret" not in response.text
    assert "db.internal" not in response.text


def test_a_request_that_was_not_done_in_time_blames_no_record(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waits(*_: object, **__: object) -> None:
        raise TimeoutError

    client.get("/v1/policies")
    monkeypatch.setattr(DecisionStore, "standing", waits)
    response = client.get("/v1/decisions/x/standing")
    assert problem_in(response) == (503, "unavailable")
    assert response.headers["retry-after"] == "1"
    assert response.json()["detail"] == "the service did not get this done in time"


def test_a_defect_reveals_nothing_to_the_caller_or_in_the_log(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("buyer-7 lives in Elm Street")

    monkeypatch.setattr(DecisionStore, "standing", breaks)
    with caplog.at_level(logging.DEBUG):
        response = client.get("/v1/decisions/x/standing")
    assert problem_in(response) == (500, "internal")
    assert "RuntimeError at " in caplog.text
    assert "Elm Street" not in response.text + caplog.text


def test_a_request_that_takes_too_long_is_aborted(record: DecisionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setattr(DecisionStore, "standing", lambda *_: time.sleep(0.5))
    settings = Settings(development=True, request_timeout_seconds=0.05, requests_per_minute=None)
    with TestClient(create_app(settings, record)) as client:
        assert problem_in(client.get("/v1/decisions/x/standing")) == (503, "unavailable")


def test_every_type_of_problem_leads_to_its_explanation(anyone: httpx.Client) -> None:
    kinds = anyone.get("/v1/problems").json()["problems"]
    assert {each["type"] for each in kinds} == {each.uri for each in PROBLEMS.values()}
    for each in kinds:
        assert anyone.get(each["type"]).json() == each


def test_every_kind_of_problem_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs/http.md").read_text("utf-8")
    rows = {(name, int(status)) for status, name in re.findall(r"^\| (\d{3}) \| `([a-z-]+)` \|", page, re.MULTILINE)}
    assert rows == {(each.name, each.status) for each in PROBLEMS.values()}
