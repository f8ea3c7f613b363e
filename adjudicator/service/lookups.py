"""Looking up keys: tokens that come at the same time are looked up together, so that bad ones cost the database next to nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from anyio import to_thread
from attrs import define, field

from adjudicator.service.problems import Problem
from adjudicator.store import ApiKey

PAUSE: Final = 0.05
"""How many seconds there are between one query for keys and the next."""
MOST_WAITING: Final = 256
"""How many tokens that were never valid here wait for the next query."""


@define(eq=False)
class KeyLookups:
    """Finds the keys of tokens, in one query for all that have come since the last one."""

    query: Callable[[Iterable[str]], Mapping[str, ApiKey]]
    _waiting: dict[str, asyncio.Future[ApiKey | None]] = field(factory=dict)
    _last: float = -PAUSE
    _task: asyncio.Task[None] | None = None

    async def find(self, token: str, *, known: bool) -> ApiKey | None:
        """The key of a token, ``None`` for one that is not good. Raises :class:`Problem` where too many unknown ones wait."""
        waiting = self._waiting.get(token)
        if waiting is None:
            if not known and len(self._waiting) >= MOST_WAITING:
                raise Problem("too-many-requests", "too many unknown keys at once", {"Retry-After": "1"})
            waiting = self._waiting[token] = asyncio.get_running_loop().create_future()
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._run())
        return await asyncio.shield(waiting)

    async def _run(self) -> None:
        while self._waiting:
            if (pause := self._last + PAUSE - time.monotonic()) > 0:
                await asyncio.sleep(pause)
            batch, self._waiting = self._waiting, {}
            try:
                found = await to_thread.run_sync(self.query, [*batch])
            except Exception as error:  # noqa: BLE001 - it is told to everyone who waits
                for each in batch.values():
                    each.set_exception(error)
                    each.exception()  # somebody may have stopped waiting: that is no error of ours
            else:
                for token, each in batch.items():
                    each.set_result(found.get(token))
            self._last = time.monotonic()
