"""Requests a second that the service answers on loopback, compared with the same server that only echoes the body."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from attrs import frozen
from litestar import Litestar, Request, Response, post

from adjudicator.service.server import application, open_socket, serve
from adjudicator.service.settings import Settings
from benchmarks.loading import PLACE
from benchmarks.measuring import on_one_core

ECHO: Final = "/echo"
CONTENDERS: Final[Mapping[str, str]] = {
    "echo": ECHO,
    "dry run": "/v1/dry-runs",
    "decide, on record (SQLite)": "/v1/decisions",
}
CONNECTIONS: Final = 8
WARM_UP: Final = 50


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


def answers_a_second(case: bytes, *, rounds: int, requests: int) -> dict[str, Answers]:
    """Load each contender in turn, round after round, from a second process. Returns medians over the rounds."""
    rates: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    seconds: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    first = 1
    with server() as port:
        for path in CONTENDERS.values():
            run_load(port, path, case, WARM_UP, first)
            first += WARM_UP
        for _ in range(rounds):
            for name, path in CONTENDERS.items():
                times = run_load(port, path, case, requests, first)
                first += requests
                rates[name].append(requests / times["took"])
                seconds[name] += times["seconds"]
    return {
        name: Answers(
            median(rates[name]),
            percentile(seconds[name]),
            median(one / most for one, most in zip(rates[name], rates["echo"], strict=True)),
        )
        for name in CONTENDERS
    }


def percentile(seconds: list[float]) -> float:
    """The 99th percentile: 99 in 100 requests were answered within this time."""
    return sorted(seconds)[math.ceil(0.99 * len(seconds)) - 1]


def run_load(port: int, path: str, body: bytes, count: int, first: int) -> dict[str, Any]:
    """Run the load in another process and return its times."""
    command = [sys.executable, "-m", "benchmarks.loading", "127.0.0.1", str(port), path, str(count), str(CONNECTIONS)]
    done = subprocess.run([*command, str(first)], input=body, stdout=subprocess.PIPE, check=True)
    times: dict[str, Any] = json.loads(done.stdout)
    return times


def numbered(case: bytes) -> bytes:
    """A case with a placeholder for the request's number in its own id and in those of its claim and order."""
    document = json.loads(case)
    document["id"] = document["claim"]["id"] = document["order"]["id"] = f"bench-{PLACE.decode()}"
    return json.dumps(document).encode()


@contextmanager
def server() -> Iterator[int]:
    """The port of a server in its own process, with one worker."""
    with TemporaryDirectory(prefix="adjudicator-bench-") as folder:
        command = [sys.executable, "-c", "from benchmarks.serving import main; main()", folder]
        running = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert running.stdout is not None  # it is piped
        try:
            yield int(running.stdout.readline())
        finally:
            running.terminate()
            running.wait()
            running.stdout.close()


def main() -> None:
    """Serve in development mode, logging only warnings."""
    on_one_core()
    folder = Path(sys.argv[1])
    settings = Settings(
        database=f"sqlite:///{folder}/record.db",
        port=0,
        development=True,
        requests_per_minute=None,
        log_level="warning",
    )
    with open_socket(settings) as listening:
        sys.stdout.write(f"{listening.getsockname()[1]}\n")
        sys.stdout.flush()
        serve(settings, listening, echoing)
