"""Writing the access log and the last use of keys: in the background, in batches, and never more than fits in memory.

A request only adds to a list. A second later, what has gathered is written in one transaction. What cannot be written is dropped and
logged: no request waits or fails for its entry in the log. A crash loses the last second.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Final, TypeVar

from anyio import to_thread
from attrs import define, field

from adjudicator.model.time import Instant
from adjudicator.service.settings import Settings
from adjudicator.store import Access, DecisionStore

FLUSH_SECONDS: Final = 1.0
"""How long accesses gather before they are written."""
MOST_PENDING: Final = 10_000
"""The most accesses that wait to be written; more are dropped."""
USE_INTERVAL: Final = 60_000_000
"""How often the use of one key is recorded, in microseconds."""
PRUNE_INTERVAL: Final = 3_600_000_000
"""How often old accesses are deleted, in microseconds."""
DAY: Final = 86_400_000_000
REFUSALS: Final = frozenset({403, 429})
"""Statuses that are logged once a minute per caller: refusing must stay cheap."""
MOST_KEYS: Final = 4_096
"""The most keys that are remembered for this."""

K = TypeVar("K")

_log = logging.getLogger("adjudicator.accesses")


@define(eq=False)
class AccessLog:
    """The access log of a worker."""

    record: DecisionStore
    settings: Settings
    _pending: list[Access] = field(factory=list)
    _dropped: int = 0
    _uses: dict[str, Instant] = field(factory=dict)
    _last_uses: dict[str, Instant] = field(factory=dict)
    _last_refusals: dict[tuple[str, int], Instant] = field(factory=dict)
    _pruned_at: int = 0
    _closing: asyncio.Event = field(factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def use(self, key_id: str, at: Instant) -> None:
        """Note that an API key is used."""
        if not _is_due(self._last_uses, key_id, at):
            return
        self._uses[key_id] = at
        self._schedule()

    def add(self, access: Access) -> None:
        """Note a request."""
        if self.settings.access_log_days is None:
            return
        if access.status in REFUSALS and not _is_due(self._last_refusals, (access.caller, access.status), access.at):
            return
        if len(self._pending) >= MOST_PENDING:
            self._dropped += 1
            return
        self._pending.append(access)
        self._schedule()

    async def close(self) -> None:
        """Write what is pending, and wait for that."""
        self._closing.set()
        if self._task is not None:
            await self._task
        await self._flush()

    def _schedule(self) -> None:
        if self._task is None or self._task.done():
            self._closing = asyncio.Event()
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while self._pending or self._uses:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), FLUSH_SECONDS)
            await self._flush()

    async def _flush(self) -> None:
        pending, self._pending = self._pending, []
        uses, self._uses = self._uses, {}
        dropped, self._dropped = self._dropped, 0
        if dropped:
            _log.error("%s accesses are missing from the log", dropped)
        await to_thread.run_sync(self._write, pending, uses)

    def _write(self, pending: list[Access], uses: dict[str, Instant]) -> None:
        try:
            self.record.accesses.write(pending)
            if uses:
                self.record.api_keys.note_uses(uses)
            self._prune()
        except Exception as error:  # noqa: BLE001 - the log must not stop the service
            missing = len(pending)
            _log.error("%s: %s accesses are missing from the log", type(error).__name__, missing)

    def _prune(self) -> None:
        days, now = self.settings.access_log_days, self.record.now()
        if days is None or int(now) - self._pruned_at < PRUNE_INTERVAL:
            return
        if not self.record.accesses.prune(Instant(int(now) - days * DAY)):
            self._pruned_at = int(now)


def _is_due(last: dict[K, Instant], name: K, at: Instant) -> bool:
    """Whether something was not noted within the last minute; notes it."""
    before = last.get(name)
    if before is not None and abs(at - before) < USE_INTERVAL:
        return False
    if len(last) >= MOST_KEYS:
        last.clear()
    last[name] = at
    return True
