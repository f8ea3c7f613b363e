"""Two workers, each a separate process, on one database: the same money is never reserved twice."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import httpx
import pytest

import warm
from adjudicator.store import Scope, open_store
from service.running import PATIENCE, outside, until
from store.cases import ORDER, UNIT, a_claim

WORKER = """
import socket, sys
import uvicorn
from adjudicator.service.app import create_app
from adjudicator.service.settings import Settings

listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
app = create_app(Settings(database=sys.argv[1], requests_per_minute=None))
uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listening])
"""
CLAIMS = 8


@pytest.fixture
def workers(url: str, warmed: warm.Server, tmp_path: Path) -> Iterator[tuple[httpx.Client, ...]]:
    """A client for each of two workers, with the same key."""
    record = open_store(url)
    token = record.api_keys.create("tests", Scope).token
    record.close()
    outputs = [tmp_path / f"worker-{number}" for number in range(2)]
    running = []
    for output in outputs:
        with output.open("wb") as stream:
            running.append(warmed.start(["-c", WORKER, url], directory=tmp_path, environment=outside(), output=stream))
    until(lambda: all(each.read_text().endswith("\n") for each in outputs))
    ports = [each.read_text().strip() for each in outputs]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    clients = tuple(httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) for port in ports)
    yield clients
    for client, process in zip(clients, running, strict=True):
        client.close()
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def test_claims_on_one_order_at_the_same_moment_never_reserve_the_same_money_twice(
    workers: tuple[httpx.Client, ...], url: str
) -> None:
    """Both were decided before any payment, with the same report for two of three units; the second learns that nothing is left."""
    start = Barrier(CLAIMS)

    def pay(number: int) -> httpx.Response:
        worker = workers[number % 2]
        given = worker.post("/v1/decisions?fill_settlements=true", content=a_claim(f"AS-{number}"))
        start.wait()
        return worker.post(
            f"{given.headers['Content-Location']}/payouts",
            content=b'{"do":"reserve"}',
            headers={"Idempotency-Key": f'"{number}"'},
        )

    with ThreadPoolExecutor(CLAIMS) as threads:
        answers = list(threads.map(pay, range(CLAIMS)))

    assert sorted(each.status_code for each in answers) == [200] + [409] * (CLAIMS - 1)
    for each in answers:
        if each.status_code == 409:
            assert each.json()["left"] == []
    found = json.loads(workers[0].get("/v1/settlements", params={"order_id": ORDER}).content)["settlements"]
    assert {each["kind"]: each["amount"] for each in found} == {
        "refund": 2 * UNIT,
        "compensation": 20 * UNIT,
        "postage": 1200,
    }
    record = open_store(url)
    assert record.verify() is None
    record.close()


def test_one_key_on_two_workers_at_the_same_moment_gets_one_decision(workers: tuple[httpx.Client, ...]) -> None:
    start = Barrier(CLAIMS)

    def ask(number: int) -> httpx.Response:
        start.wait()
        return workers[number % 2].post("/v1/decisions", content=a_claim(), headers={"Idempotency-Key": '"k"'})

    with ThreadPoolExecutor(CLAIMS) as threads:
        answers = list(threads.map(ask, range(CLAIMS)))
    assert {each.status_code for each in answers} <= {200, 409}
    assert len({each.headers["Decision-Id"] for each in answers if each.status_code == 200}) == 1
    assert len(workers[1].get("/v1/decisions").json()["decisions"]) == 1
