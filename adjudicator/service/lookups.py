"""Key look-ups, batched so that a flood of invalid tokens costs the database next to nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from anyio import to_thread
from attrs import define, field

from adjudicator.service.problems import Problem
from adjudicator.store import ApiKey

QUERY_INTERVAL: Final = 0.05
"""The shortest time between two key queries, in seconds."""
MAX_WAITING: Final = 256
"""The most unknown tokens that wait for the next query."""


@define(eq=False)
class KeyLookups:
    """Looks up tokens in batches: one query for all that arrived since the last one."""

    query: Callable[[Iterable[str]], Mapping[str, ApiKey]]
    _waiting: dict[str, asyncio.Future[ApiKey | None]] = field(factory=dict)
    _last: float = -QUERY_INTERVAL
    _task: asyncio.Task[None] | None = None

    async def find(self, token: str, *, known: bool) -> ApiKey | None:
        """The key of a token, or ``None`` if it is invalid. Raises :class:`Problem` if too many unknown tokens are waiting."""
        future = self._waiting.get(token)
        if future is None:
            if not known and len(self._waiting) >= MAX_WAITING:
                raise Problem("too-many-requests", "too many unknown keys at once", {"Retry-After": "1"})
            future = self._waiting[token] = asyncio.get_running_loop().create_future()
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._run())
        return await asyncio.shield(future)

    async def _run(self) -> None:
        while self._waiting:
            if (pause := self._last + QUERY_INTERVAL - time.monotonic()) > 0:
                await asyncio.sleep(pause)
            batch, self._waiting = self._waiting, {}
            try:
                keys = await to_thread.run_sync(self.query, [*batch])
            except Exception as error:  # noqa: BLE001 - passed on to every waiting request
                for future in batch.values():
                    future.set_exception(error)
                    future.exception()  # mark it as retrieved: the waiting request may be gone
            else:
                for token, future in batch.items():
                    future.set_result(keys.get(token))
            self._last = time.monotonic()
