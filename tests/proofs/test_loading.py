"""What the benchmark sends to the service, and what it makes of the answers."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from attrs import evolve

from benchmarks.fairness import Fairness, Turn
from benchmarks.loading import PLACE, REFUSED, Load, Run
from benchmarks.serving import percentile

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def answering(status: str, requests: list[bytes]) -> Handle:
    """Answer every request with a status, and note it."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not reader.at_eof():
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
            requests.append(head + await reader.readexactly(length))
            writer.write(f"HTTP/1.1 {status} Any\r\ncontent-length: 2\r\n\r\n{{}}".encode())
        writer.close()

    return handle


def sent(load: Load, status: str = "200") -> tuple[dict[str, Any], list[bytes]]:
    """The times of a load, and the requests that arrived."""
    requests: list[bytes] = []

    async def run() -> dict[str, Any]:
        server = await asyncio.start_server(answering(status, requests), "127.0.0.1", 0)
        async with server:
            return await Run(evolve(load, port=server.sockets[0].getsockname()[1])).all()

    return asyncio.run(run()), requests


def test_a_load_sends_each_number_once_over_all_connections() -> None:
    load = Load(
        port=0, method="POST", path="/p", body=f"<{PLACE.decode()}>", token="T", count=20, connections=3, first=5
    )
    times, requests = sent(load)
    assert sorted(each.rpartition(b"\r\n\r\n")[2] for each in requests) == [b"<%09d>" % n for n in range(5, 25)]
    assert all(each.startswith(b"POST /p HTTP/1.1\r\n") for each in requests)
    assert all(b"\r\nAuthorization: Bearer T\r\n" in each for each in requests)
    assert (len(times["seconds"]), times["statuses"]) == (20, {"200": 20})


def test_a_load_can_read() -> None:
    _, (request,) = sent(Load(port=0, method="GET", path="/p?q=1", count=1))
    assert request == b"GET /p?q=1 HTTP/1.1\r\nHost: bench\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(("flood", "status"), [(False, "429"), (False, "500"), (True, "200"), (True, "401")])
def test_another_answer_than_expected_ends_a_load(flood: bool, status: str) -> None:
    with pytest.raises(ExceptionGroup) as found:
        sent(Load(port=0, method="GET", path="/", count=3, connections=1, flood=flood), status)
    assert status in str(found.value.exceptions[0])


def test_a_flood_goes_on_until_it_is_stopped() -> None:
    requests: list[bytes] = []

    async def run() -> bytes:
        server = await asyncio.start_server(answering(REFUSED, requests), "127.0.0.1", 0)
        async with server:
            load = Load(port=server.sockets[0].getsockname()[1], method="GET", path="/", connections=2, flood=True)
            command = [sys.executable, "-m", "benchmarks.loading"]
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={"PYTHONPATH": os.pathsep.join(sys.path)},
            )
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(load.as_json())
            process.stdin.close()
            assert await process.stdout.readline() == b"\n"
            process.send_signal(signal.SIGTERM)
            output = await process.stdout.read()
            assert await process.wait() == 0
            return output

    output = asyncio.run(run())
    assert b'"statuses": {"429": %d}' % len(requests) in output
    assert len(requests) > 100


def test_what_is_kept_is_the_median_of_neighbouring_turns() -> None:
    alone = [Turn(100, 1.0), Turn(200, 1.0), Turn(300, 1.0)]
    beside = [Turn(90, 2.0), Turn(100, 1.25), Turn(210, 1.0)]
    found = Fairness(alone, beside, [])
    assert (found.kept, found.kept_of_the_processor) == (0.7, 0.8)


def test_the_percentile_is_a_time_within_which_99_in_100_were_answered() -> None:
    assert percentile([float(n) for n in range(1, 101)]) == 99
