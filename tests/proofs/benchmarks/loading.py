"""Load a server from a separate process: ``python -m benchmarks.loading HOST PORT PATH COUNT CONNECTIONS FIRST < BODY``.

``000000000`` in the body becomes the number of the request, so that no case is sent twice. Prints as JSON how many seconds the whole run
took, and how many each request took.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from time import perf_counter

PLACE = b"000000000"


async def load(
    host: str, port: int, path: str, body: bytes, count: int, connections: int, first: int
) -> dict[str, object]:
    """Send ``count`` requests over ``connections`` connections. Each waits for an answer before it sends the next request."""
    numbers = iter(range(first, first + count))
    seconds: list[float] = []
    streams = [await asyncio.open_connection(host, port) for _ in range(connections)]
    start = perf_counter()
    await asyncio.gather(*(send_requests(*each, path, body, numbers, seconds) for each in streams))
    took = perf_counter() - start
    for _, writer in streams:
        writer.close()
        await writer.wait_closed()
    return {"took": took, "seconds": seconds}


async def send_requests(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    path: str,
    body: bytes,
    numbers: Iterator[int],
    seconds: list[float],
) -> None:
    """Send requests over one connection until there are no numbers left."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    for number in numbers:
        start = perf_counter()
        writer.write(head + body.replace(PLACE, b"%09d" % number))
        answer = await reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 2"):
            raise SystemExit(answer.decode("latin-1"))
        length = answer.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        seconds.append(perf_counter() - start)


def main() -> None:
    """Run the load and print the times."""
    host, port, path, count, connections, first = sys.argv[1:]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    body = sys.stdin.buffer.read()
    answer = asyncio.run(load(host, int(port), path, body, int(count), int(connections), int(first)))
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
