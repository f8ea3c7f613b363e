"""Load a server from a separate process: ``python -m benchmarks.loading < LOAD``, which is a :class:`Load` as JSON.

``000000000`` in the body becomes the number of the request, so that no case is sent twice. Prints as JSON how many seconds the whole run
took, how many each request took, and how many answers had each status.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from time import perf_counter

from attrs import asdict, define, field, frozen

from adjudicator.service.refusals import AT_ONCE

PLACE = b"000000000"
REFUSED = "429"
LOWEST_PRIORITY = 19


@frozen(kw_only=True)
class Load:
    """What to send to a port of this machine: one request after the other over each connection, ``count`` in all.

    A ``flood`` goes on until SIGTERM and expects nothing but refusals; it prints an empty line when every connection has had some. It has a processor of its own if there are three or more; if not,
    it runs at the lowest priority, so that it takes no time from the load beside it.
    """

    port: int
    method: str
    path: str
    body: str = ""
    token: str | None = None
    count: int = 0
    connections: int = 8
    first: int = 1
    flood: bool = False

    def as_json(self) -> bytes:
        """The load as the program reads it."""
        return json.dumps(asdict(self)).encode()

    def head(self) -> bytes:
        """The request line and headers of each request."""
        lines = [
            f"{self.method} {self.path} HTTP/1.1",
            "Host: bench",
            *([] if self.token is None else [f"Authorization: Bearer {self.token}"]),
            *(["Content-Type: application/json"] if self.body else []),
            f"Content-Length: {len(self.body.encode())}",
        ]
        return "\r\n".join([*lines, "", ""]).encode()


@define
class Run:
    """A load that is being sent."""

    load: Load
    sent: int = 0
    stopped: bool = False
    seconds: list[float] = field(factory=list)
    statuses: Counter[str] = field(factory=Counter)

    async def all(self) -> dict[str, object]:
        """Send it over all connections."""
        if self.load.flood:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.stop)
        streams = [await asyncio.open_connection("127.0.0.1", self.load.port) for _ in range(self.load.connections)]
        start = perf_counter()
        try:
            async with asyncio.TaskGroup() as tasks:
                for each in streams:
                    tasks.create_task(self.over(*each))
            took = perf_counter() - start
        finally:
            for _, writer in streams:
                writer.close()
                await writer.wait_closed()
        return {"took": took, "seconds": self.seconds, "statuses": self.statuses}

    def stop(self) -> None:
        """Send no more requests."""
        self.stopped = True

    def is_done(self) -> bool:
        """Whether no more requests are to be sent."""
        return self.stopped if self.load.flood else self.sent == self.load.count

    async def over(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Send requests over one connection. Each waits for the answer to the one before."""
        head, body = self.load.head(), self.load.body.encode()
        while not self.is_done():
            number = self.load.first + self.sent
            self.sent += 1
            start = perf_counter()
            writer.write(head + body.replace(PLACE, b"%09d" % number))
            answer = await reader.readuntil(b"\r\n\r\n")
            status = answer[9:12].decode()
            if status != REFUSED if self.load.flood else status[0] != "2":
                raise RuntimeError(answer.decode("latin-1"))
            length = answer.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            self.seconds.append(perf_counter() - start)
            self.statuses[status] += 1
            if self.load.flood and self.statuses[status] == AT_ONCE + self.load.connections:
                sys.stdout.write("\n")
                sys.stdout.flush()


def choose_processor(load: Load) -> None:
    """Stay off the first processor, where the server runs; a flood also off the last one, where the other load runs."""
    if not hasattr(os, "sched_setaffinity"):
        return
    _, *others = sorted(os.sched_getaffinity(0))
    if load.flood and len(others) > 1:
        os.sched_setaffinity(0, {others[-2]})
    elif others:
        os.sched_setaffinity(0, {others[-1]})
    if load.flood and len(others) <= 1:
        os.nice(LOWEST_PRIORITY)


def main() -> None:
    """Send the load and print the times."""
    load = Load(**json.loads(sys.stdin.buffer.read()))
    choose_processor(load)
    sys.stdout.write(json.dumps(asyncio.run(Run(load).all())))


if __name__ == "__main__":
    main()
