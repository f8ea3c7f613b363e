"""Refusals come at a steady pace, however fast they are asked for, and nobody else waits for them."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections import Counter
from typing import Any

import pytest
from attrs import define
from litestar import Litestar

from adjudicator.model.time import Instant
from adjudicator.service import refusals
from adjudicator.service.access import Gate
from adjudicator.service.app import create_app
from adjudicator.service.problems import Problem
from adjudicator.service.refusals import Refusals
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore, Scope

CONNECTIONS = 50
SECONDS = 0.5
FLOOD = Problem("too-many-requests", "too many")


@define
class Clock:
    """A clock that a test sets."""

    now: float = 1_000.0

    def __call__(self) -> float:
        """The time in seconds."""
        return self.now


def answered(connections: int, seconds: float) -> tuple[int, float]:
    """How many refusals so many connections of one caller get if each asks again at once, and the longest wait for one."""
    clock, longest, count = Clock(), 0.0, 0
    paced = Refusals(clock)
    free = [(clock.now, number) for number in range(connections)]
    end = clock.now + seconds
    while free[0][0] < end and count < 100_000:
        clock.now, number = heapq.heappop(free)
        waits = paced._take_turn("flood")
        longest = max(longest, waits)
        count += 1
        heapq.heappush(free, (clock.now + max(waits, 0.0), number))
    return count, longest


@pytest.mark.parametrize("connections", [1, 8, 150])
def test_a_caller_is_refused_at_a_steady_pace_however_many_connections_it_has(connections: int) -> None:
    count, longest = answered(connections, 20.0)
    assert 100 + 20 * 50 <= count <= 100 + 20 * 50 + connections
    assert longest < 4.0


def test_a_caller_that_is_seldom_refused_never_waits() -> None:
    clock = Clock()
    paced = Refusals(clock)
    for _ in range(1_000):
        assert paced._take_turn("modest") <= 0
        clock.now += 0.1


def test_one_caller_does_not_wait_for_another() -> None:
    paced = Refusals(Clock())
    waits = [paced._take_turn("flood") for _ in range(200)]
    assert waits[-1] == pytest.approx(2.0)
    assert paced._take_turn("modest") <= 0
    assert paced._take_turn(None) <= 0


def test_what_would_wait_too_long_is_refused_at_once() -> None:
    paced = Refusals(Clock())
    waits = [paced._take_turn("flood") for _ in range(1_000)]
    assert max(waits) == pytest.approx(refusals.LONGEST_WAIT)
    assert waits[-1] == 0


def test_only_so_many_refusals_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "MOST_WAITING", 3)
    asked: list[float] = []

    async def run() -> None:
        released = asyncio.Event()

        async def sleep(seconds: float) -> None:
            asked.append(seconds)
            await released.wait()

        paced = Refusals(Clock(), sleep)
        for _ in range(refusals.AT_ONCE):
            await paced.wait(FLOOD)
        waiting = [asyncio.create_task(paced.wait(FLOOD)) for _ in range(5)]
        await asyncio.sleep(0)
        assert [each.done() for each in waiting] == [False] * 3 + [True] * 2
        released.set()
        await asyncio.gather(*waiting)
        await paced.wait(FLOOD)

    asyncio.run(run())
    assert len(asked) == 4


def test_only_so_many_callers_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "MOST_CALLERS", 10)
    paced = Refusals(Clock())
    for number in range(100):
        paced._take_turn(str(number))
    assert len(paced._due) <= 10


# Over HTTP


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("problem", "paced"), [("unavailable", 0), ("unauthorized", 5)])
def test_only_refusals_are_paced_and_no_failure_of_the_service(
    record: DecisionStore, monkeypatch: pytest.MonkeyPatch, problem: str, paced: int
) -> None:
    turns: list[str | None] = []

    async def caller(*_: object) -> None:
        raise Problem(problem, "not now")

    def take_turn(_: Refusals, caller: str | None) -> float:
        turns.append(caller)
        return 0.0

    monkeypatch.setattr(Gate, "caller", caller)
    monkeypatch.setattr(Refusals, "_take_turn", take_turn)

    async def run() -> set[int]:
        app = create_app(Settings(), record)
        return {await ask(app, "/v1/policies", "adj_x") for _ in range(5)}

    assert asyncio.run(run()) == {Problem(problem, "").type.status}
    assert len(turns) == paced


async def ask(app: Litestar, path: str, token: str | None, client: str = "192.0.2.1") -> int:
    """The status of the answer to a GET, or to the method before the path, without a client, which would take longer than the service."""
    headers = [] if token is None else [(b"authorization", f"Bearer {token}".encode())]
    method, path = path.split() if " " in path else ("GET", path)
    scope: Any = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers}
    scope["client"] = (client, 5678)
    statuses: list[int] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        statuses.append(message.get("status"))

    await app(scope, receive, send)
    return statuses[0]


async def flood(app: Litestar, path: str, token: str | None) -> Counter[int]:
    """Ask over many connections for some time, and count the answers by status."""
    statuses: Counter[int] = Counter()
    end = time.monotonic() + SECONDS

    async def ask_again() -> None:
        while time.monotonic() < end:
            statuses[await ask(app, path, token)] += 1
            await asyncio.sleep(0)

    await asyncio.gather(*(ask_again() for _ in range(CONNECTIONS)))
    return statuses


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("path", "scope", "status"),
    [
        ("/v1/policies", Scope.READ, 429),
        ("/v1/accesses", Scope.READ, 403),
        ("/v1/policies", None, 401),
        ("/v1/nothing", None, 404),
        ("/v1/openapi.json", None, 429),
        ("/metrics", None, 401),
        ("/metrics", Scope.READ, 403),
        ("/metrics", Scope.METRICS, 429),
        ("/healthz", None, 200),
        ("/readyz", None, 200),
        ("OPTIONS /v1/decisions", None, 204),
    ],
    ids=[
        *["over the limit", "wrong scope", "no key", "no address", "open, over its pace"],
        *["metrics, no key", "metrics, wrong scope", "metrics, over the limit", "alive", "ready", "which methods"],
    ],
)
def test_a_flood_that_is_refused_is_answered_slowly_and_others_are_not(
    record: DecisionStore, path: str, scope: Scope | None, status: int
) -> None:
    object.__setattr__(record, "now", lambda: Instant.parse("2026-06-01T00:00:20Z"))
    token = None if scope is None else record.api_keys.create("flood", [scope]).token
    other = record.api_keys.create("other", [Scope.READ]).token

    async def run() -> tuple[Counter[int], float, list[int]]:
        app = create_app(Settings(requests_per_minute=20), record)
        async with app.lifespan():
            for _ in range(100 if status == 429 else 0):
                await ask(app, path, token)
            started = time.monotonic()
            flooding = asyncio.create_task(flood(app, path, token))
            await asyncio.sleep(0)
            modest = [
                await ask(app, path, other, "192.0.2.2") for path in ("/v1/policies", "/healthz") for _ in range(15)
            ]
            return await flooding, time.monotonic() - started, modest

    statuses, seconds, modest = asyncio.run(run())
    assert modest == [200] * 30
    assert 0 < statuses[status] <= 100 + 50 * seconds + CONNECTIONS


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("problem", "status"), [("unavailable", 503), ("too-many-requests", 429), ("unauthorized", 401)]
)
def test_metrics_say_why_a_key_is_refused(
    record: DecisionStore, monkeypatch: pytest.MonkeyPatch, problem: str, status: int
) -> None:
    async def caller(*_: object) -> None:
        raise Problem(problem, "not now")

    monkeypatch.setattr(Gate, "caller", caller)
    assert asyncio.run(ask(create_app(Settings(), record), "/metrics", "adj_x")) == status


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", ["GET /healthz", "GET /readyz", "OPTIONS /v1/decisions"])
def test_a_client_behind_a_proxy_cannot_choose_whose_turn_it_takes(
    record: DecisionStore, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    turns: list[str | None] = []

    def take_turn(_: Refusals, caller: str | None) -> float:
        turns.append(caller)
        return 0.0

    monkeypatch.setattr(Refusals, "_take_turn", take_turn)
    method, address = path.split()
    forwarded = [(b"x-forwarded-for", each) for each in (b"203.0.113.9", b"192.0.2.1:80")]
    scope: Any = {"type": "http", "method": method, "path": address, "query_string": b"", "headers": forwarded}
    scope["client"] = ("127.0.0.1", 1)

    async def send(_: Any) -> None:
        pass

    asyncio.run(create_app(Settings(), record)(scope, nothing, send))
    assert turns == ["client 192.0.2.1/32"]


async def nothing() -> Any:
    """No body."""
    return {"type": "http.request", "body": b"", "more_body": False}
