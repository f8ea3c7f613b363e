"""Hostile inputs against the running server: it reports the error, stays up, and keeps serving others."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from service.running import PATIENCE, Running, connections, everything_from, running
from store.cases import a_claim

TIMEOUT = "4"
MILLION = 1_000_000
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("attacked")
    with running(folder, environment={"ADJUDICATOR_REQUEST_TIMEOUT_SECONDS": TIMEOUT}) as server:
        yield server
        assert server.stop() == 0  # and everything is in the log
        assert "Traceback" not in server.log_text()
        assert '"status":500' not in server.log_text()


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that waits one second for a body."""
    folder = tmp_path_factory.mktemp("impatient")
    with running(folder, environment={"ADJUDICATOR_REQUEST_TIMEOUT_SECONDS": "1"}) as server:
        yield server


def refused(answer: httpx.Response, *statuses: int) -> None:
    assert answer.status_code in statuses, answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) < 500_000


CASE = a_claim().decode()
BODIES = {
    "deep lists": b"[" * MILLION,
    "deep objects": b'{"a":' * MILLION,
    "deep within a case": CASE.replace('"ticket"', f'"x": {"[" * 500}{"]" * 500}, "ticket"').encode(),
    "a long list": b"[" + b"1," * MILLION + b"1]",
    "many faults": json.dumps({f"field-{n}": n for n in range(20_000)}).encode(),
    "a long text": json.dumps({"id": "x" * (3 * MILLION)}).encode(),
    "a long number": b'{"id": ' + b"9" * 400_000 + b"}",
    "a large exponent": b'{"id": 1e999999999}',
    "no number": b'{"id": NaN}',
    "a key twice": CASE.replace('"id"', '"id": "x", "id"', 1).encode(),
    "UTF-16": CASE.encode("utf-16"),
    "Latin-1": '{"id": "é"}'.encode("latin-1"),
    "half a surrogate pair": b'{"id": "\\ud800"}',
    "overlong UTF-8": b'{"id": "\xc0\xaf"}',
    "a NUL": b'{"id": "\x00"}',
    "nothing": b"",
    "two documents": (CASE + CASE).encode(),
    "NDJSON": (CASE + "\n" + CASE).encode(),
    "no object": b"null",
    "a form": b"id=1&policy=2",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("path", ["/v1/decisions", "/v1/dry-runs", "/v1/decisions/batch"])
def test_a_body_that_is_not_a_case_is_refused(attacked: Running, path: str, body: bytes) -> None:
    answer = httpx.post(f"{attacked.url}{path}", content=body, headers=JSON, timeout=PATIENCE)
    refused(answer, 400, 413, 422)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity, gzip", "gzip, gzip"])
def test_a_compressed_body_is_not_unpacked(attacked: Running, encoding: str) -> None:
    bomb = gzip.compress(b" " * (50 * MILLION))
    answer = httpx.post(
        f"{attacked.url}/v1/dry-runs", content=bomb, headers={**JSON, "Content-Encoding": encoding}, timeout=PATIENCE
    )
    refused(answer, 415)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/json; charset=utf-16", "", "x" * 5000])
def test_a_body_of_another_kind_is_refused(attacked: Running, kind: str) -> None:
    answer = httpx.post(f"{attacked.url}/v1/dry-runs", content=CASE, headers={"Content-Type": kind})
    refused(answer, 415)


def test_a_body_with_too_large_a_length_is_refused_before_it_arrives(attacked: Running) -> None:
    with connections(attacked, 1) as (connection,):
        connection.sendall(head("Content-Length: 999999999999"))
        assert b" 413 " in everything_from(connection).partition(b"\r\n")[0]


def test_a_body_without_end_is_refused_when_it_is_too_long(attacked: Running) -> None:
    piece = b"10000\r\n" + b" " * 65536 + b"\r\n"
    with connections(attacked, 1) as (connection,):
        connection.sendall(head("Transfer-Encoding: chunked"))
        with suppress(OSError):
            for _ in range(200):
                connection.sendall(piece)
        answer = everything_from(connection)
    assert answer == b"" or b" 413 " in answer.partition(b"\r\n")[0]
    assert is_well(attacked)


@pytest.mark.parametrize("framing", ["Content-Length: 1000000", "Transfer-Encoding: chunked"])
def test_a_body_that_trickles_is_not_waited_for(impatient: Running, framing: str) -> None:
    before = time.monotonic()
    with connections(impatient, 1) as (connection,):
        connection.sendall(head(framing))
        answer = b""
        while b"\r\n\r\n" not in answer and time.monotonic() - before < 20:
            with suppress(OSError):
                connection.sendall(b"1\r\n \r\n" if "chunked" in framing else b" ")
            connection.settimeout(0.1)
            with suppress(TimeoutError, OSError):
                answer += connection.recv(65536)
            assert is_well(impatient)
    assert b" 408 " in answer.partition(b"\r\n")[0]
    assert time.monotonic() - before < 5


def test_many_idle_connections_do_not_block_others(attacked: Running) -> None:
    with connections(attacked, 300) as held:
        for each in held[::2]:
            each.sendall(b"POST /v1/dry-runs HTTP/1.1\r\nHost: x\r\n")
        assert is_well(attacked)
        answer = httpx.post(f"{attacked.url}/v1/dry-runs", content=CASE, headers=JSON, timeout=PATIENCE)
        assert answer.status_code == 200


def test_many_pipelined_requests_without_reading_answers_do_no_harm(attacked: Running) -> None:
    """With pipelining, the server reads on only once it can write."""
    request = head(f"Content-Length: {len(CASE.encode())}", "keep-alive") + CASE.encode()
    with connections(attacked, 1) as (connection,):
        connection.settimeout(1.0)
        with suppress(TimeoutError):
            for _ in range(2000):
                connection.sendall(request)
        assert is_well(attacked)


@pytest.mark.parametrize(
    "target",
    [
        "//",
        f"/{'a/' * 10_000}",
        "/v1/decisions/%00",
        "/v1/decisions/..%2f..%2fetc",
        "/v1/decisions/%ff%fe",
        "/v1/decisions?cursor=%ff",
        f"/v1/decisions?limit={'9' * 5000}",
        f"/v1/decisions?{'a=1&' * 500}",
        "/v1/schemas/%2e%2e",
    ],
)
def test_an_odd_address_is_refused(attacked: Running, target: str) -> None:
    with connections(attacked, 1) as (connection,):
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1"))
        answer = everything_from(connection)
    assert answer.split(b" ")[1] in {b"400", b"404", b"431"}, answer[:200]
    assert b"application/problem+json" in answer
    assert is_well(attacked)


def head(framing: str, connection: str = "close") -> bytes:
    return (
        f"POST /v1/dry-runs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: {connection}\r\n{framing}\r\n\r\n"
    ).encode()


def is_well(server: Running) -> bool:
    return httpx.get(f"{server.url}/healthz", timeout=PATIENCE).status_code == 200
