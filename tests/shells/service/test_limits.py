"""Limits: no caller makes the service work for long, or takes it from others."""

from __future__ import annotations

import asyncio
import gc
import math
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import httpx
import pytest
from litestar.testing import TestClient

from adjudicator.client.retry import is_retryable
from adjudicator.model.time import Instant
from adjudicator.service import access, server
from adjudicator.service import budget as budgets
from adjudicator.service.access import Admission
from adjudicator.service.app import create_app
from adjudicator.service.budget import budget
from adjudicator.service.monitoring import logs
from adjudicator.service.monitoring.probes import Readiness
from adjudicator.service.problems import Problem
from adjudicator.service.routes import OPERATIONS, questions, rules
from adjudicator.service.settings import Settings
from adjudicator.store import ApiKeys, Caller, DecisionStore, JobKind, JobLine, Permits, Rates, RecordError, Scope
from adjudicator.store.jobs import Jobs
from benchmarks.measuring import steps
from store.cases import a_claim

AS_JSON = {"Content-Type": "application/json"}
only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def for_ever(*_: object, **__: object) -> None:
    """Compute endlessly without waiting."""
    while True:
        sum(range(1000))


def threads_in(function: Callable[..., object]) -> list[int]:
    """The threads that run a function at this moment."""
    return [
        thread
        for thread, top in sys._current_frames().items()
        if any(frame.f_code is function.__code__ for frame, _ in traceback.walk_stack(top))
    ]


def calls_of(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> list[object]:
    """The list of calls of a method from now on."""
    calls: list[object] = []
    original: Callable[..., object] = getattr(owner, name)

    def counted(self: object, *arguments: object) -> object:
        calls.append(arguments)
        return original(self, *arguments)

    monkeypatch.setattr(owner, name, counted)
    return calls


# Budgets


def test_work_ends_when_its_budget_is_spent_and_its_thread_is_free_again() -> None:
    with pytest.raises(Problem, match=r"more than 0\.2 seconds"), budget(0.2):
        for_ever()
    with budget(60):
        assert sum(range(10)) == 45


class Thing:
    """Something that a weak reference can be about."""


def test_an_interruption_that_python_drops_arrives_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """It drops what callbacks raise that it makes itself, as when something is freed."""
    dropped: list[type[BaseException]] = []

    def drop(exception: sys.UnraisableHookArgs) -> None:
        dropped.append(exception.exc_type)
        logs._log_dropped(exception)

    def keep_busy(_: object) -> None:
        for _ in range(0 if dropped else 50_000):
            pass

    def be_freed_again_and_again() -> None:
        while time.monotonic() < began + 10:
            thing = Thing()
            reference = weakref.ref(thing, keep_busy)
            del thing
            assert reference() is None

    monkeypatch.setattr(sys, "unraisablehook", drop)
    began = time.monotonic()
    with pytest.raises(Problem, match=r"more than 0\.2 seconds"), budget(0.2):
        be_freed_again_and_again()
    assert {each.__name__ for each in dropped} == {"_OutOfTime"}
    assert time.monotonic() - began < 8


def test_a_budget_that_ends_with_its_work_never_affects_later_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "_TICK", 0.0001)
    for _ in range(300):
        try:
            with budget(0.0005):
                time.sleep(0.0004)
        except Problem:
            continue
    for _ in range(1000):
        sum(range(100))


def test_an_interruption_while_the_work_ends_raises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is already done, so its result is returned."""
    original = budgets._Watch.remove

    def remove(self: budgets._Watch, work: budgets._Work) -> None:
        work.check(math.inf)
        original(self, work)

    monkeypatch.setattr(budgets._Watch, "remove", remove)
    with budget(60):
        done = sum(range(10))
    assert done == 45


def test_budgets_share_one_thread_that_ends_when_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "_IDLE_TICKS", 5)

    def watching() -> list[threading.Thread]:
        return [each for each in threading.enumerate() if each.name == "budgets"]

    for _ in range(20):
        with budget(60):
            (thread,) = watching()
    thread.join(10)
    assert not watching()
    with pytest.raises(Problem, match=r"more than 0\.1 seconds"), budget(0.1):
        for_ever()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_keeps_its_budgets() -> None:
    """The thread that checks them is not among what a fork copies."""
    with budget(60):
        child = os.fork()
        if child == 0:
            signal.alarm(20)
            try:
                with budget(0.1):
                    for_ever()
            except Problem:
                os._exit(7)
            finally:
                os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_a_debugger_continues_after_a_budget(programs: Path) -> None:
    """An interpreter that watches for an exception stops forever when calls are traced."""
    program = """
import sys
from adjudicator.service.budget import budget
from adjudicator.service.monitoring import logs
from adjudicator.service.monitoring.probes import Readiness
for seconds, times in ((60, 1), (0.0001, 1_000_000)):
    try:
        with budget(seconds):
            for _ in range(times):
                sum(range(1_000))
    except Exception:
        pass
sys.settrace(lambda *_: None)
print((lambda: "done")())
"""
    done = subprocess.run([programs / "python", "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "done\n"


@only_sqlite
def test_a_question_that_takes_too_long_is_a_problem_and_blocks_nobody(
    record: DecisionStore, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "find_what_if", for_ever)
    settings = Settings(requests_per_minute=None, analysis_seconds=0.3)
    with TestClient(create_app(settings, record)) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        with ThreadPoolExecutor(6) as threads:
            asked = [threads.submit(client.post, "/v1/what-if", content=a_claim(), headers=AS_JSON) for _ in range(6)]
            started = time.monotonic()
            assert client.get("/v1/decisions").status_code == 200
            assert time.monotonic() - started < 5
            answers = [each.result() for each in asked]
        assert {each.status_code for each in answers} == {422}
        assert {each.json()["type"] for each in answers} == {"/v1/problems/budget-exceeded"}
        assert not any(map(is_retryable, answers))
        assert not threads_in(for_ever)


# Threads and memory


@only_sqlite
def test_a_request_that_needs_no_thread_uses_none(record: DecisionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads of the event loop also look up names, which can hang: nothing else may wait for them."""
    app = create_app(Settings(development=True), record)
    monkeypatch.setattr(asyncio.BaseEventLoop, "run_in_executor", None)
    statuses: list[int] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": a_claim(), "more_body": False}

    async def send(message: dict[str, object]) -> None:
        if "status" in message:
            statuses.append(cast("int", message["status"]))

    scope = {"type": "http", "method": "POST", "path": "/v1/dry-runs", "query_string": b""}
    asyncio.run(app({**scope, "headers": [(b"content-type", b"application/json")]}, receive, send))  # type: ignore[arg-type]
    assert statuses == [200]


def test_what_a_server_imports_is_left_out_of_garbage_collections(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(gc, "collect", lambda: done.append("collect"))
    monkeypatch.setattr(gc, "freeze", lambda: done.append("freeze"))
    server.application(Settings(), lambda _: done.append("made"))  # type: ignore[arg-type, return-value]
    assert done == ["made", "collect", "freeze"]


# Fairness


@only_sqlite
def test_a_key_has_only_so_many_requests_at_once_and_others_do_not_wait_for_them(
    record: DecisionStore, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()
    original = DecisionStore.payouts
    monkeypatch.setattr(DecisionStore, "payouts", lambda self, order: (goes_on.wait(30), original(self, order))[1])
    other = record.api_keys.create("other", Scope).token
    with TestClient(create_app(Settings(requests_per_minute=None, requests_at_once=3), record)) as client:
        headers = {"Authorization": f"Bearer {token}"}
        with ThreadPoolExecutor(8) as threads:
            asked = [threads.submit(client.get, "/v1/payouts?order_id=x", headers=headers) for _ in range(8)]
            while sum(each.done() for each in asked) < 5:
                time.sleep(0.01)
            assert client.get("/v1/decisions", headers={"Authorization": f"Bearer {other}"}).status_code == 200
            goes_on.set()
            statuses = sorted(each.result().status_code for each in asked)
        assert statuses == [200] * 3 + [429] * 5
        assert client.get("/v1/payouts?order_id=x", headers=headers).status_code == 200


@only_sqlite
def test_a_download_counts_among_the_requests_at_once_until_it_ends(
    record: DecisionStore, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (key,) = record.api_keys.listed()
    jobs = record.jobs_of(key.identity)
    upload = jobs.begin(JobKind.DRY_RUN, most=1)
    jobs.add(upload, [JobLine(1, a_claim())])
    job = jobs.complete(upload, 1, 1).id
    goes_on, reading, original = threading.Event(), threading.Event(), Jobs.results

    def slow(self: Jobs, id: str, after: int = 0, limit: int = 1) -> object:
        reading.set()
        goes_on.wait(30)
        return original(self, id, after, limit)

    monkeypatch.setattr(Jobs, "results", slow)
    with TestClient(create_app(Settings(requests_per_minute=None, requests_at_once=1), record)) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        with ThreadPoolExecutor(1) as threads:
            download = threads.submit(client.get, f"/v1/jobs/{job}/results")
            assert reading.wait(30)
            refused = client.get("/v1/policies")
            goes_on.set()
            assert download.result().status_code == 200
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
        assert client.get("/v1/policies").status_code == 200


def test_a_caller_over_the_limit_is_refused_without_the_database(
    record: DecisionStore, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    object.__setattr__(record, "now", lambda: Instant.parse("2026-06-01T00:00:20Z"))
    other = record.api_keys.create("other", Scope).token
    counted = calls_of(monkeypatch, Rates, "take")
    with TestClient(create_app(Settings(requests_per_minute=20), record)) as client:
        greedy = [client.get("/v1/policies", headers={"Authorization": f"Bearer {token}"}) for _ in range(200)]
        modest = [client.get("/v1/policies", headers={"Authorization": f"Bearer {other}"}) for _ in range(20)]
    assert [each.status_code for each in greedy] == [200] * 20 + [429] * 180
    assert [each.status_code for each in modest] == [200] * 20
    assert len(counted) == 40  # one write for each handful of requests, none for a refusal


def test_a_caller_gets_the_whole_limit_however_many_of_its_requests_arrive_together(
    record: DecisionStore, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    object.__setattr__(record, "now", lambda: Instant.parse("2026-06-01T00:00:20Z"))
    counted = calls_of(monkeypatch, Rates, "take")
    (policies,) = (each for each in OPERATIONS if each.path == "/v1/policies")

    async def ask() -> list[Admission | BaseException]:
        gate = access.Gate(record, Settings(requests_per_minute=100))
        asked = (gate.admit(policies, f"Bearer {token}") for _ in range(120))
        return await asyncio.gather(*asked, return_exceptions=True)

    found = asyncio.run(ask())
    assert [isinstance(each, Problem) for each in found].count(False) == 100
    assert len(counted) == 20


def test_bad_tokens_that_arrive_together_are_looked_up_together(
    record: DecisionStore, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = calls_of(monkeypatch, ApiKeys, "callers_for")

    async def ask() -> list[Caller | BaseException]:
        gate = access.Gate(record, Settings())
        sent = [*(f"Bearer adj_{number}_x" for number in range(100)), f"Bearer {token}"]
        return await asyncio.gather(*map(gate.caller, sent), return_exceptions=True)

    found = asyncio.run(ask())
    assert [isinstance(each, Problem) for each in found] == [True] * 100 + [False]
    assert len(counted) <= 2


def test_probes_that_arrive_together_share_one_check(record: DecisionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = calls_of(monkeypatch, DecisionStore, "check")

    async def probe() -> list[None]:
        readiness = Readiness(record)
        first = await asyncio.gather(*(readiness.check() for _ in range(50)))
        await readiness.check()
        return first

    assert asyncio.run(probe()) == [None] * 50
    assert len(counted) == 2


@only_sqlite
def test_a_probe_of_a_record_is_no_dearer_than_a_request(record: DecisionStore) -> None:
    assert steps(record.check) < 40_000


def test_every_probe_that_waits_learns_that_the_record_cannot_be_used(
    record: DecisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: DecisionStore) -> None:
        raise RecordError("no space")

    monkeypatch.setattr(DecisionStore, "check", refuse)

    async def probe() -> list[object]:
        readiness = Readiness(record)
        return await asyncio.gather(*(readiness.check() for _ in range(3)), return_exceptions=True)

    assert [str(each) for each in asyncio.run(probe())] == ["no space"] * 3


def test_the_open_description_is_made_once(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client.get("/v1/openapi.json").content
    monkeypatch.setattr(rules, "document", for_ever)
    assert client.get("/v1/openapi.json").content == first


def test_a_wrong_clock_locks_nobody_out_for_more_than_a_minute(record: DecisionStore) -> None:
    def at(text: str) -> Permits:
        return Rates(record.engine, lambda: Instant.parse(text)).take("caller", 10, 10)

    assert at("2026-06-01T00:00:10Z").granted == 10
    assert at("2030-01-01T00:00:10Z").granted == 10  # four years too fast
    assert at("2026-06-01T00:01:10Z").granted == 10
    assert at("2026-06-01T00:00:59Z").granted == 0  # a little too slow


# Addresses


@only_sqlite
@pytest.mark.parametrize(
    "alias",
    ["//v1//codes", "/v1/%63odes", "/v1/codes/", "//v1/codes", "//metrics", "/%6detrics", "/readyz/", "//healthz"],
)
def test_an_operation_has_one_address(client: httpx.Client, alias: str) -> None:
    for address in ("/v1/codes", "/metrics", "/readyz", "/healthz"):
        assert client.get(address).status_code == 200
    url = client.base_url.copy_with(raw_path=alias.encode())
    assert client.get(url).status_code == 404


@only_sqlite
@pytest.mark.parametrize("scheme", ["Basic", "Token", "BearerX", ""])
def test_no_other_scheme_passes_while_a_key_is_remembered(client: httpx.Client, token: str, scheme: str) -> None:
    assert client.get("/v1/policies").status_code == 200
    assert client.get("/v1/policies", headers={"Authorization": f"{scheme} {token}"}).status_code == 401
