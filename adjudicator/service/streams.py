"""Streams of JSON lines: each line of a body is handled on its own, and its result is sent as soon as it is there.

Most HTTP clients send everything before they read. So results that are not read yet wait in a temporary file. When too much waits
there, the service stops reading too, which slows down the client.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import closing
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final, TypeAlias

import anyio
import orjson
from anyio import CapacityLimiter, fail_after, to_thread
from attrs import define, evolve, field

from adjudicator.service import monitoring
from adjudicator.service.operations import Answer, Call, Line, Operation
from adjudicator.service.problems import Problem, problem_for
from adjudicator.service.settings import Settings

Receive: TypeAlias = Callable[[], Awaitable[Any]]
Send: TypeAlias = Callable[[Any], Awaitable[None]]

MOST_LINES_AT_ONCE: Final = 100
"""The most lines that are handled together. Each such group counts as a request for the rate limit."""
MOST_BYTES_AT_ONCE: Final = 262_144
"""About the most bytes that are handled together."""
MOST_WAITING_BYTES: Final = 64 * 1024 * 1024
"""About the most bytes of results that wait for a client to read them."""
MOST_WAITING_IN_MEMORY: Final = 1024 * 1024
SENT_AT_ONCE: Final = 65_536


class Abandoned(Exception):
    """The client has closed the connection, or does not read."""


@define(eq=False)
class Lines:
    """Divides chunks of a body into lines of at most ``most`` bytes. Takes no more memory than that."""

    most: int
    count: int = 0
    _pieces: list[bytes] = field(factory=list)
    _size: int = 0

    def add(self, chunk: bytes) -> list[Line]:
        """The lines that end in a chunk; blank ones are only counted."""
        *ends, rest = chunk.split(b"\n")
        ended = []
        for piece in ends:
            self._hold(piece)
            ended.append(self._take())
        self._hold(rest)
        return _not_blank(ended)

    def end(self) -> list[Line]:
        """The last line, if the body does not end with a line end."""
        return _not_blank([self._take()]) if self._size else []

    def _hold(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self.most:
            self._pieces.clear()
        else:
            self._pieces.append(piece)

    def _take(self) -> Line:
        content = None if self._size > self.most else b"".join(self._pieces)
        self.count += 1
        self._pieces.clear()
        self._size = 0
        return Line(self.count, content)


def _not_blank(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if line.content is None or line.content.strip()]


def groups(lines: Iterable[Line]) -> list[list[Line]]:
    """Lines in a row, in groups of a bounded size."""
    result: list[list[Line]] = [[]]
    size = 0
    for line in lines:
        if len(result[-1]) >= MOST_LINES_AT_ONCE or size >= MOST_BYTES_AT_ONCE:
            result.append([])
            size = 0
        result[-1].append(line)
        size += len(line.content or b"")
    return [group for group in result if group]


async def received(receive: Receive, lines: Lines, settings: Settings, most: int) -> AsyncIterator[list[Line]]:
    """The lines of a body, in groups as they arrive.

    Raises :class:`Problem` for more than ``most``, or if nothing arrives in time, and :class:`Abandoned` if the client is gone.
    """
    has_more = True
    while has_more:
        try:
            async with asyncio.timeout(settings.request_timeout_seconds):
                message = await receive()
        except TimeoutError:
            detail = f"nothing arrived for {settings.request_timeout_seconds:g} seconds"
            raise Problem("request-timeout", detail) from None
        if message["type"] == "http.disconnect":
            raise Abandoned
        has_more = message.get("more_body", False)
        found = lines.add(message.get("body", b"")) + ([] if has_more else lines.end())
        for group in groups(line for line in found if line.number <= most):
            yield group
        if lines.count > most:
            raise Problem("too-large", f"there may be at most {most} lines")


def _temporary_file() -> IO[bytes]:
    return SpooledTemporaryFile(max_size=MOST_WAITING_IN_MEMORY)


@define(eq=False)
class Waiting:
    """Results that wait for the client to read them: in memory, and in a temporary file if they are many."""

    most: int = MOST_WAITING_BYTES
    _file: IO[bytes] = field(factory=_temporary_file)
    _written: int = 0
    _read: int = 0
    _ended: bool = False
    _changed: asyncio.Condition = field(factory=asyncio.Condition)

    async def put(self, content: bytes, seconds: float) -> None:
        """Add results. Raises :class:`Abandoned` if too many wait, and nobody reads any for ``seconds``."""
        async with self._changed:
            try:
                async with asyncio.timeout(seconds):
                    await self._changed.wait_for(lambda: self._written - self._read < self.most)
            except TimeoutError:
                raise Abandoned from None
            self._file.seek(self._written)
            self._file.write(content)
            self._written += len(content)
            self._changed.notify_all()

    async def end(self) -> None:
        """Nothing more will be added."""
        async with self._changed:
            self._ended = True
            self._changed.notify_all()

    async def take(self) -> bytes:
        """Some of what waits, once there is any; nothing at the end."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._read < self._written or self._ended)
            self._file.seek(self._read)
            content = self._file.read(SENT_AT_ONCE)
            self._read += len(content)
            if self._read == self._written:
                self._file.seek(0)
                self._file.truncate()
                self._read = self._written = 0
            self._changed.notify_all()
        return content

    def close(self) -> None:
        """Delete the file."""
        self._file.close()


@define(eq=False)
class LineStream:
    """Handles the lines of one request, and sends their results.

    ``permit`` waits until the rate limit allows one more group of lines.
    """

    operation: Operation
    call: Call
    limiter: CapacityLimiter
    permit: Callable[[], Awaitable[None]]
    lines: Lines = field(init=False)
    decided: int = 0
    refused: int = 0

    def __attrs_post_init__(self) -> None:
        self.lines = Lines(self.call.settings.max_body_bytes)

    async def begin(self) -> None:
        """What is checked before the first line. Raises what the operation raises."""
        if (check := self.operation.begin) is not None:
            await self._in_thread(partial(check, self.call))

    async def run(self, receive: Receive, send: Send) -> None:
        """Handle every line, and send the results as they become ready. Ends early, without the last line, if the client is gone."""
        with closing(Waiting()) as waiting:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._send_all, waiting, send)
                try:
                    await self._handle_all(receive, waiting)
                except Abandoned:
                    tasks.cancel_scope.cancel()

    async def _send_all(self, waiting: Waiting, send: Send) -> None:
        while content := await waiting.take():
            await send({"type": "http.response.body", "body": content, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _handle_all(self, receive: Receive, waiting: Waiting) -> None:
        settings = self.call.settings
        problem: Mapping[str, Any] = {}
        limit = asyncio.timeout(settings.stream_seconds)
        try:
            async with limit:
                async for group in received(receive, self.lines, settings, settings.max_stream_lines):
                    await self.permit()
                    await waiting.put(
                        await self._in_thread(partial(self._results, group)), settings.request_timeout_seconds
                    )
        except Abandoned:
            raise
        except Exception as error:  # noqa: BLE001 - the last line says why there are no more
            problem = {"problem": (self._out_of_time() if limit.expired() else problem_for(error)).document()}
        last = {"lines": self.lines.count, "decided": self.decided, "refused": self.refused, **problem}
        await waiting.put(orjson.dumps(last, option=orjson.OPT_APPEND_NEWLINE), settings.request_timeout_seconds)
        await waiting.end()

    def _out_of_time(self) -> Problem:
        detail = f"a stream may take {self.call.settings.stream_seconds:g} s at most; send the rest as another one"
        return Problem("request-timeout", detail)

    def _results(self, group: list[Line]) -> bytes:
        return b"".join(self._result(line) for line in group)

    def _result(self, line: Line) -> bytes:
        """The result of a line, as a line."""
        try:
            answer = self._answer(line)
        except Exception as error:  # noqa: BLE001 - an error in one line is that line's result
            problem = problem_for(error)
            monitoring.count_problem(problem.type.name)
            self.refused += 1
            document = {"line": line.number, "status": problem.type.status, "problem": problem.document()}
            return orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)
        self.decided += 1
        return b'{"line":%d,%b\n' % (line.number, answer.content.removeprefix(b"{"))

    def _answer(self, line: Line) -> Answer:
        if line.content is None:
            raise Problem("too-large", f"a line may have at most {self.lines.most} bytes")
        return self.operation.handle(evolve(self.call, body=line.content, line=line.number))

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        with fail_after(self.call.settings.request_timeout_seconds):
            return await to_thread.run_sync(work, limiter=self.limiter, abandon_on_cancel=True)
