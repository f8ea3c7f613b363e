"""What a throttled flood costs another caller: its dry runs a second alone, and beside a flood that is over its limit."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from attrs import evolve, frozen

from adjudicator.store import DecisionStore, NewKey, Scope, open_store
from benchmarks.loading import REFUSED, Load
from benchmarks.serving import Served, run_load, server

LIMIT: Final = 60_000
"""Requests per minute: more than the other caller needs."""
FLOOD_CONNECTIONS: Final = 32
LEAST_LEFT: Final = 15.0
"""How many seconds of a minute a round needs: with the next one, the flood would have permits again."""


@frozen
class Turn:
    """How some requests of the other caller went: how many a second, and the processor time of the service for each, in seconds."""

    a_second: float
    processor: float


@frozen
class Fairness:
    """The other caller's turns without and with a flood beside it, and the refusals a second that the flood got."""

    alone: list[Turn]
    beside: list[Turn]
    refusals: list[float]

    @property
    def kept(self) -> float:
        """The share of its rate that the other caller keeps."""
        return median(less.a_second / most.a_second for less, most in zip(self.beside, self.alone, strict=True))

    @property
    def kept_of_the_processor(self) -> float:
        """The same by the processor time of the service, to which other work on the machine adds nothing."""
        return median(most.processor / less.processor for less, most in zip(self.beside, self.alone, strict=True))


def beside_a_flood(case: bytes, *, rounds: int, requests: int, connections: int = FLOOD_CONNECTIONS) -> Fairness:
    """Load the service by one caller, without and with a flood of another, in turns."""
    measured = Fairness([], [], [])
    with TemporaryDirectory(prefix="adjudicator-bench-") as folder:
        record = open_store(f"sqlite:///{folder}/record.db")
        greedy, modest = (record.api_keys.create(name, [Scope.DECIDE]) for name in ("greedy", "modest"))
        with server(Path(folder), requests_per_minute=LIMIT) as served:
            load = Load(port=served.port, method="POST", path="/v1/dry-runs", body=case.decode(), token=modest.token)
            load = evolve(load, count=requests)
            run_load(load)
            for _ in range(rounds):
                measured.alone.append(turn(served, load))
                use_up(record, greedy)
                with flood(evolve(load, token=greedy.token, connections=connections, flood=True), measured.refusals):
                    measured.beside.append(turn(served, load))
        record.close()
    return measured


def turn(served: Served, load: Load) -> Turn:
    """Run the load of the other caller."""
    before = served.processor_seconds()
    took = run_load(load)["took"]
    return Turn(load.count / took, (served.processor_seconds() - before) / load.count)


def use_up(record: DecisionStore, key: NewKey) -> None:
    """Take all permits of a caller for this minute, of which enough must be left."""
    if (left := 60 - time.time() % 60) < LEAST_LEFT:
        time.sleep(left + 0.1)
    record.rates.take(key.key.caller.identity, LIMIT, LIMIT)


@contextmanager
def flood(load: Load, refusals: list[float]) -> Iterator[None]:
    """Send refused requests in another process, and note how many a second there were. Fails if one of them is not refused."""
    command = [sys.executable, "-m", "benchmarks.loading"]
    running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert running.stdin is not None  # it is piped
    running.stdin.write(load.as_json())
    running.stdin.close()
    running.stdin = None
    try:
        assert running.stdout is not None  # it is piped
        running.stdout.readline()
        yield
    finally:
        running.terminate()
        output, _ = running.communicate()
    times: dict[str, Any] = json.loads(output)
    refusals.append(times["statuses"][REFUSED] / times["took"])
