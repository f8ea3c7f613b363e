"""Content that is read from the database while it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import anyio
from anyio import CapacityLimiter, fail_after, to_thread
from attrs import frozen


@frozen(eq=False)
class Download:
    """A response whose content is read piece by piece, each within some seconds, for as long as the client takes it.

    ``in_flight`` counts it among the requests of its caller, and raises a :class:`~adjudicator.service.problems.Problem` if those are too many.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    chunks: Iterator[bytes]
    limiter: CapacityLimiter
    seconds: float
    in_flight: Callable[[], AbstractContextManager[None]]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send the response, without its content if the request was HEAD."""
        with self.in_flight():
            await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
            if scope["method"] != "HEAD":
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(_cancel_when_gone, receive, tasks.cancel_scope)
                    await self._send_all(send)
                    tasks.cancel_scope.cancel()
            await send({"type": "http.response.body", "body": b""})

    async def _send_all(self, send: Any) -> None:
        while True:
            with fail_after(self.seconds):
                read = partial(next, self.chunks, b"")
                chunk = await to_thread.run_sync(read, limiter=self.limiter, abandon_on_cancel=True)
            if not chunk:
                return
            await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _cancel_when_gone(receive: Any, scope: anyio.CancelScope) -> None:
    """Stop when the client closes the connection, because sending to it then raises no error."""
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()
