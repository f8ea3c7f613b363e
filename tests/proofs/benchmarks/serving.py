"""Requests a second that the service answers on loopback, compared with the same server that only echoes the body."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from attrs import asdict, evolve, frozen
from litestar import Litestar, Request, Response, post

from adjudicator.service.server import application, open_socket, serve
from adjudicator.service.settings import Settings
from benchmarks.loading import PLACE, Load
from benchmarks.measuring import on_one_core

ECHO: Final = "/echo"
THE_ECHO: Final = "echo"
DRY_RUN: Final = "dry run"
ON_RECORD: Final = "decide, on record (SQLite)"
PAGE: Final = 100
"""How many decisions a page of the list holds unless the caller asks for more or fewer."""
WARM_UP: Final = 2 * PAGE
"""How many requests each contender gets before. So there is more than a page of decisions on record."""


@post(ECHO)
async def echo(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return the body of the request."""
    return Response(await request.body(), media_type="application/json", status_code=200)


def echoing(settings: Settings) -> Litestar:
    """The service with an additional route that echoes."""
    app = application(settings)
    app.register(echo)
    return app


@frozen
class Answers:
    """The speed of a server: requests a second, the 99th percentile of seconds for a request, and the ratio to the echo."""

    a_second: float
    p99: float
    of_the_echo: float


def answers_a_second(
    case: bytes, *, rounds: int, requests: int, workers: int = 1, only: Collection[str] = ()
) -> dict[str, Answers]:
    """Load each contender in turn, or ``only`` the echo and some, round after round, from another process. Returns medians over the rounds."""
    with server(workers=workers) as served:
        loads = contenders(served.port, case)
        if only:
            loads = {name: load for name, load in loads.items() if name in (THE_ECHO, *only)}
        rates: dict[str, list[float]] = {name: [] for name in loads}
        seconds: dict[str, list[float]] = {name: [] for name in loads}
        first = WARM_UP + 1
        for load in loads.values():
            run_load(evolve(load, count=WARM_UP, first=first))
            first += WARM_UP
        for _ in range(rounds):
            for name, load in loads.items():
                times = run_load(evolve(load, count=requests, first=first))
                first += requests
                rates[name].append(requests / times["took"])
                seconds[name] += times["seconds"]
    return {
        name: Answers(
            median(rates[name]),
            percentile(seconds[name]),
            median(one / most for one, most in zip(rates[name], rates[THE_ECHO], strict=True)),
        )
        for name in loads
    }


def contenders(port: int, case: bytes) -> dict[str, Load]:
    """What is compared, on a server with more than a page of decisions on record."""

    def sent(path: str) -> Load:
        return Load(port=port, method="POST", path=path, body=case.decode())

    def read(path: str) -> Load:
        return Load(port=port, method="GET", path=path)

    run_load(evolve(sent("/v1/decisions"), count=WARM_UP))
    decision = f"/v1/decisions/{first_decision(port)}"
    return {
        THE_ECHO: sent(ECHO),
        DRY_RUN: sent("/v1/dry-runs"),
        ON_RECORD: sent("/v1/decisions"),
        "get a decision": read(decision),
        f"list {PAGE} decisions": read("/v1/decisions"),
        "explain a case": sent("/v1/explanations"),
        "explain a decision on record": read(f"{decision}/explanation"),
    }


def first_decision(port: int) -> str:
    """The id of the first decision in the list, which must have more than one page."""
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/v1/decisions")
    page = json.loads(connection.getresponse().read())
    connection.close()
    if len(page["decisions"]) != PAGE:
        raise AssertionError(f"a page has {len(page['decisions'])} decisions")
    identifier: str = page["decisions"][0]["id"]
    return identifier


def percentile(seconds: list[float]) -> float:
    """The 99th percentile: 99 in 100 requests were answered within this time."""
    return sorted(seconds)[math.ceil(0.99 * len(seconds)) - 1]


def run_load(load: Load) -> dict[str, Any]:
    """Run a load in another process and return its times."""
    command = [sys.executable, "-m", "benchmarks.loading"]
    done = subprocess.run(command, input=load.as_json(), stdout=subprocess.PIPE, check=True)
    times: dict[str, Any] = json.loads(done.stdout)
    return times


def numbered(case: bytes) -> bytes:
    """A case with a placeholder for the request's number in its own id and in those of its claim and order."""
    document = json.loads(case)
    document["id"] = document["claim"]["id"] = document["order"]["id"] = f"bench-{PLACE.decode()}"
    return json.dumps(document).encode()


@frozen
class Served:
    """A server in another process."""

    port: int
    pid: int

    def processor_seconds(self) -> float:
        """The processor time that it has used. Needs Linux."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def server(folder: Path | None = None, *, requests_per_minute: int | None = None, workers: int = 1) -> Iterator[Served]:
    """A server in its own process, with one worker or more. With a limit it needs API keys, from the record in ``folder``."""
    with TemporaryDirectory(prefix="adjudicator-bench-") as temporary:
        settings = Settings(
            database=f"sqlite:///{folder or temporary}/record.db",
            port=0,
            workers=workers,
            development=requests_per_minute is None,
            requests_per_minute=requests_per_minute,
            log_level="warning",
        )
        command = [sys.executable, "-c", "from benchmarks.serving import main; main()", json.dumps(asdict(settings))]
        running = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert running.stdout is not None  # it is piped
        try:
            yield Served(int(running.stdout.readline()), running.pid)
        finally:
            running.terminate()
            running.wait()
            running.stdout.close()


def main() -> None:
    """Serve with the settings in the argument: one worker on one core, more on all of them."""
    settings = Settings(**json.loads(sys.argv[1]))
    if settings.workers == 1:
        on_one_core()
    with open_socket(settings) as listening:
        sys.stdout.write(f"{listening.getsockname()[1]}\n")
        sys.stdout.flush()
        serve(settings, listening, echoing)
