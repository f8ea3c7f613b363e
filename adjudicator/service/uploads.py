"""Bodies of lines that are received as a whole, piece by piece, before there is an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import TypeVar

from anyio import CancelScope, CapacityLimiter, fail_after, to_thread
from attrs import define

from adjudicator.service.operations import Answer, Call, Receiver
from adjudicator.service.problems import Problem
from adjudicator.service.request_body import LINE_TYPES, check_headers
from adjudicator.service.streams import Abandoned, Lines, Receive, received

T = TypeVar("T")


@define(eq=False)
class Uploading:
    """One upload: its request, and the threads that write to the database."""

    call: Call
    limiter: CapacityLimiter

    async def run(
        self, make_receiver: Callable[[Call], Receiver], receive: Receive, headers: Mapping[str, str]
    ) -> Answer:
        """Receive every line. Raises :class:`Problem`, and any error of the receiver, which is always informed of the end."""
        check_headers(headers, LINE_TYPES)
        receiver = await self._in_thread(partial(make_receiver, self.call))
        try:
            return await self._receive_all(receiver, receive)
        except BaseException:
            with CancelScope(shield=True), suppress(Exception):  # then it counts as abandoned after a while
                await self._in_thread(receiver.abandon)
            raise

    async def _receive_all(self, receiver: Receiver, receive: Receive) -> Answer:
        settings = self.call.settings
        lines, size = Lines(settings.max_body_bytes), 0
        limit = asyncio.timeout(settings.stream_seconds)
        try:
            async with limit:
                async for group in received(receive, lines, settings, settings.max_job_lines):
                    size += sum(len(line.content or b"") for line in group)
                    if size > settings.max_job_bytes:
                        raise Problem("too-large", f"a job has at most {settings.max_job_bytes} bytes")
                    await self._in_thread(partial(receiver.add, group))
                return await self._in_thread(partial(receiver.complete, lines.count))
        except TimeoutError:
            if not limit.expired():
                raise
            detail = f"an upload may take {settings.stream_seconds:g} s at most"
            raise Problem("request-timeout", detail, {"Connection": "close"}) from None
        except Abandoned:
            raise Problem("malformed", "the connection closed before the body was complete") from None

    async def _in_thread(self, work: Callable[[], T]) -> T:
        with fail_after(self.call.settings.request_timeout_seconds):
            return await to_thread.run_sync(work, limiter=self.limiter, abandon_on_cancel=True)
