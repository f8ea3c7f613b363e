"""Cases in and decisions out, line by line."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types
from litestar.testing import TestClient

from adjudicator.service import access, streams
from adjudicator.service.access import Gate
from adjudicator.service.app import create_app
from adjudicator.service.operations import Line
from adjudicator.service.problems import Problem
from adjudicator.service.settings import Settings
from adjudicator.service.streams import MOST_LINES_AT_ONCE, Abandoned, Lines, Waiting, groups
from adjudicator.store import DecisionStore, Filter, Scope
from service.running import PATIENCE, Running, running
from store.cases import a_claim

HEADERS = {"Content-Type": "application/x-ndjson"}
INVALID = b'{"id": "odd", "policy": "douyin_global.damage"}'


def in_lines(*cases: bytes) -> bytes:
    return b"".join(case.replace(b"\n", b" ") + b"\n" for case in cases)


def results(content: bytes) -> list[Any]:
    assert content.endswith(b"\n")
    return [orjson.loads(line) for line in content.splitlines()]


# Lines


@given(st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\n\n", b"long line", b" "]), max_size=12))
def test_lines_do_not_depend_on_chunks(chunks: list[bytes]) -> None:
    found = Lines(5)
    lines = [line for chunk in chunks for line in found.add(chunk)] + found.end()
    whole = b"".join(chunks).split(b"\n")
    expected = [Line(number, text if len(text) <= 5 else None) for number, text in enumerate(whole, 1) if text.strip()]
    assert [line for line in lines if line.content is None or line.content.strip()] == expected


def test_nothing_is_kept_of_a_line_that_is_too_long() -> None:
    lines = Lines(10)
    for _ in range(1_000):
        assert lines.add(b"x" * 8) == []
    assert sum(map(len, lines._pieces)) <= 10
    assert lines.add(b"\nshort\n") == [Line(1, None), Line(2, b"short")]


def test_lines_are_handled_in_groups_of_a_bounded_size() -> None:
    many = [Line(number, b"x") for number in range(1, 2 * MOST_LINES_AT_ONCE + 2)]
    assert [len(group) for group in groups(many)] == [MOST_LINES_AT_ONCE, MOST_LINES_AT_ONCE, 1]
    large = [Line(number, b"x" * 200_000) for number in range(1, 5)]
    assert [len(group) for group in groups(large)] == [2, 2]
    assert groups([]) == []


# Results that wait


def test_results_come_out_in_order_and_their_memory_is_reused() -> None:
    async def go() -> list[bytes]:
        taken = []
        with closing(Waiting(most=10)) as waiting:
            for _ in range(3):
                await waiting.put(b"12345678", 1)
                taken.append(await waiting.take())
            await waiting.put(b"the end", 1)
            await waiting.end()
            return [*taken, await waiting.take(), await waiting.take()]

    assert asyncio.run(go()) == [b"12345678"] * 3 + [b"the end", b""]


def test_results_are_held_back_until_others_are_read() -> None:
    async def go() -> None:
        with closing(Waiting(most=10)) as waiting:
            await waiting.put(b"0123456789", 1)
            with pytest.raises(Abandoned):
                await waiting.put(b"more", 0.01)
            held = asyncio.create_task(waiting.put(b"more", PATIENCE))
            await asyncio.sleep(0)
            assert await waiting.take() == b"0123456789"
            await held
            assert await waiting.take() == b"more"

    asyncio.run(go())


# Streams


def test_each_line_has_the_result_that_it_would_have_alone(client: httpx.Client, record: DecisionStore) -> None:
    cases = [a_claim(order=f"O-{number}") for number in range(3)]
    alone = [client.post("/v1/dry-runs", content=case, headers={"Content-Type": "application/json"}) for case in cases]
    body = in_lines(cases[0], INVALID) + b"\n" + in_lines(b"no json", cases[1]) + cases[2].replace(b"\n", b" ")
    answer = client.post("/v1/decisions/stream", content=body, headers=HEADERS)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson")
    *lines, end = results(answer.content)
    assert [(line["line"], line["status"]) for line in lines] == [(1, 200), (2, 422), (4, 400), (5, 200), (6, 200)]
    assert [line["decision"] for line in lines if line["status"] == 200] == [each.json() for each in alone]
    assert {fault["pointer"] for fault in lines[1]["problem"]["errors"]} >= {"/as_of", "/claim", "/order"}
    assert end == {"lines": 6, "decided": 3, "refused": 2}
    described = client.get("/v1/openapi.json").json()
    validator = Draft202012Validator({**described, "$ref": "#/components/schemas/StreamLine"})
    assert [error.message for line in (*lines, end) for error in validator.iter_errors(line)] == []
    for line, case in zip((lines[0], *lines[3:]), cases, strict=True):
        assert orjson.loads(record.case(line["id"]).content)["order"]["id"] == orjson.loads(case)["order"]["id"]


def test_a_repeated_stream_gets_the_same_answers_and_continues(client: httpx.Client) -> None:
    cases = [a_claim(order=f"O-{number}") for number in range(3)]
    headers = {**HEADERS, "Idempotency-Key": '"nightly"'}
    first = results(client.post("/v1/decisions/stream", content=in_lines(*cases[:2]), headers=headers).content)
    again = results(client.post("/v1/decisions/stream", content=in_lines(*cases), headers=headers).content)
    assert [line["repeat"] for line in again[:-1]] == [True, True, False]
    assert [line["id"] for line in again[:2]] == [line["id"] for line in first[:2]]
    swapped = client.post("/v1/decisions/stream", content=in_lines(cases[1], cases[1]), headers=headers)
    assert [line["status"] for line in results(swapped.content)[:-1]] == [422, 200]
    other = client.post("/v1/decisions/stream?fill_settlements=true", content=in_lines(cases[0]), headers=headers)
    assert (other.status_code, other.json()["type"]) == (422, "/v1/problems/key-reused")


def test_a_dry_run_of_a_stream_records_nothing(client: httpx.Client, record: DecisionStore) -> None:
    answer = client.post("/v1/dry-runs/stream", content=in_lines(a_claim(), INVALID), headers=HEADERS)
    decided, refused, end = results(answer.content)
    assert decided.keys() == {"line", "status", "decision"}
    assert (refused["status"], end) == (422, {"lines": 2, "decided": 1, "refused": 1})
    assert record.decisions(Filter()).items == ()


def test_an_empty_stream_has_a_last_line(client: httpx.Client) -> None:
    assert results(client.post("/v1/dry-runs/stream", content=b"", headers=HEADERS).content) == [
        {"lines": 0, "decided": 0, "refused": 0}
    ]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/json"}, 415),
        ({**HEADERS, "Content-Encoding": "gzip"}, 415),
        ({**HEADERS, "Accept": "text/html"}, 406),
        ({**HEADERS, "Idempotency-Key": "unquoted"}, 400),
        ({**HEADERS, "Authorization": "Bearer adj_x_y"}, 401),
    ],
)
def test_a_stream_that_is_not_accepted_is_a_problem(client: httpx.Client, headers: dict[str, str], status: int) -> None:
    answer = client.post("/v1/decisions/stream", content=in_lines(a_claim()), headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_stream_needs_the_scope_to_decide_and_is_in_the_access_log(record: DecisionStore) -> None:
    with TestClient(create_app(Settings(), record)) as client:
        for scope, status in ((Scope.READ, 403), (Scope.DECIDE, 200)):
            made = record.api_keys.create(scope.value, [scope])
            headers = {**HEADERS, "Authorization": f"Bearer {made.token}"}
            assert client.post("/v1/decisions/stream", content=b"", headers=headers).status_code == status
    log, _ = record.accesses.page()
    assert [(each.operation, each.status) for each in log] == [("decide_stream", 200), ("decide_stream", 403)]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_stream_has_a_limit_of_lines_and_each_line_of_bytes(record: DecisionStore, token: str) -> None:
    settings = Settings(max_stream_lines=2, max_body_bytes=20_000, requests_per_minute=None)
    long = b'{"id": "' + b"x" * 20_000 + b'"}'
    with TestClient(create_app(settings, record)) as client:
        headers = {**HEADERS, "Authorization": f"Bearer {token}"}
        answer = client.post("/v1/dry-runs/stream", content=in_lines(a_claim(), long, a_claim()), headers=headers)
    first, second, end = results(answer.content)
    assert (first["status"], second["status"], second["problem"]["type"]) == (200, 413, "/v1/problems/too-large")
    assert (end["decided"], end["refused"], end["problem"]["status"]) == (1, 1, 413)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_stream_waits_for_the_rate_limit(record: DecisionStore, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        monkeypatch.setattr(Gate, "_count", counted)

    counted = Gate._count
    refusals = iter([None, Problem("too-many-requests", "", {"Retry-After": "17"})])

    async def count(self: Gate, caller: str, of: DecisionStore) -> Any:
        refusal = next(refusals)
        if refusal is not None:
            raise refusal
        return await counted(self, caller, of)

    monkeypatch.setattr(access, "sleep", sleep)
    monkeypatch.setattr(Gate, "_count", count)
    with TestClient(create_app(Settings(), record)) as client:
        headers = {**HEADERS, "Authorization": f"Bearer {token}"}
        answer = client.post("/v1/dry-runs/stream", content=in_lines(a_claim()), headers=headers)
    assert (slept, results(answer.content)[-1]["decided"]) == ([17.0], 1)


# Clients that send everything before they read, as most do


def scope_of(path: str) -> dict[str, Any]:
    """A request as a server passes it to the application."""
    headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
    return {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
        "state": {},
    }


def sent_before_reading(record: DecisionStore, settings: Settings, count: int) -> bytes:
    """The answers to a client that reads nothing until all its cases are accepted."""
    chunks = [in_lines(a_claim(order=f"O-{number}")) for number in range(count)]
    received: list[bytes] = []

    async def go() -> None:
        all_sent = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if chunks:
                return {"type": "http.request", "body": chunks.pop(0), "more_body": True}
            all_sent.set()
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                await all_sent.wait()
                received.append(message["body"])

        app: Any = create_app(settings, record)
        await app(scope_of("/v1/dry-runs/stream"), receive, send)

    asyncio.run(asyncio.wait_for(go(), PATIENCE))
    return b"".join(received)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_results_wait_for_a_client_that_sends_everything_first(
    record: DecisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MOST_WAITING_IN_MEMORY", 1_000)
    found = results(sent_before_reading(record, Settings(development=True), 60))
    assert [line.get("line") for line in found] == [*range(1, 61), None]
    assert found[-1]["decided"] == 60


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_client_that_never_reads_is_disconnected(record: DecisionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "Waiting", partial(Waiting, most=10_000))
    settings = Settings(development=True, request_timeout_seconds=0.5)
    assert b'"decided":' not in sent_before_reading(record, settings, 60)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_stream_that_takes_too_long_says_so_on_its_last_line(record: DecisionStore) -> None:
    """What was decided before has its results."""
    settings = Settings(development=True, stream_seconds=1)
    first = in_lines(a_claim())

    async def go() -> bytes:
        sent = bytearray()
        chunks = [first]

        async def receive() -> dict[str, Any]:
            if not chunks:
                await asyncio.sleep(PATIENCE)
            return {"type": "http.request", "body": chunks.pop(), "more_body": True}

        async def send(message: Any) -> None:
            sent.extend(message.get("body", b""))

        app: Any = create_app(settings, record)
        await app(scope_of("/v1/dry-runs/stream"), receive, send)
        return bytes(sent)

    decided, end = results(asyncio.run(go()))
    assert (decided["status"], end["decided"], end["problem"]["type"]) == (200, 1, "/v1/problems/request-timeout")
    assert end["problem"]["detail"].startswith("a stream may take 1 s at most")


# Over a connection


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    environment = {"ADJUDICATOR_REQUEST_TIMEOUT_SECONDS": "2", "ADJUDICATOR_REQUESTS_AT_ONCE": "1"}
    with running(tmp_path_factory.mktemp("streams"), environment=environment) as server:
        yield server


def opened(server: Running) -> socket.socket:
    """Open a connection and send the head of a stream."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
    head = "POST /v1/decisions/stream HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
    connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
    return connection


def send_chunk(connection: socket.socket, content: bytes) -> None:
    connection.sendall(b"%x\r\n%b\r\n" % (len(content), content))


def read_until(connection: socket.socket, found: bytes) -> bytes:
    received = b""
    while found not in received[-(65_536 + len(found)) :]:
        more = connection.recv(65_536)
        assert more, received
        received += more
    return received


def test_a_result_is_there_before_the_next_case_is_sent(served: Running) -> None:
    with opened(served) as connection:
        for number in range(1, 4):
            send_chunk(connection, in_lines(a_claim(order=f"S-{number}")))
            assert b'"status":200' in read_until(connection, b'{"line":%d,' % number)
        send_chunk(connection, b"")
        assert read_until(connection, b"\r\n0\r\n\r\n").count(b'{"lines":3,"decided":3,"refused":0}') == 1


def test_cases_of_a_client_that_disconnects_are_recorded_and_block_nothing(served: Running) -> None:
    with opened(served) as connection:
        send_chunk(connection, in_lines(a_claim(order="L-1")) + b'{"half a')
        read_until(connection, b'{"line":1,')
    found = httpx.get(f"{served.url}/v1/decisions?order_id=L-1", timeout=PATIENCE).json()["decisions"]
    assert len(found) == 1
    assert httpx.post(f"{served.url}/v1/dry-runs/stream", content=b"", headers=HEADERS).status_code == 200


def test_a_client_that_stops_sending_gets_an_error_on_the_last_line(served: Running) -> None:
    with opened(served) as connection:
        send_chunk(connection, in_lines(a_claim(order="I-1")) + b'{"half a')
        received = read_until(connection, b"\r\n0\r\n\r\n")
    assert b'{"lines":1,"decided":1,"refused":0,"problem":{"type":"/v1/problems/request-timeout"' in received
