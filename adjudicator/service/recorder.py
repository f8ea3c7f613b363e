"""Recording decisions from the event loop: cases are decided there, like dry runs, and one thread at a time records all that wait.

With a thread for each request, handing over to it and waiting for the interpreter's lock would take longer than to decide the case.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import perf_counter
from typing import Final

from anyio import CapacityLimiter, to_thread
from attrs import define, field

from adjudicator.service import monitoring
from adjudicator.store import DecisionStore, Recorded

THREADS: Final = 4
"""The most threads that record: each records for one tenant at a time. With those for other requests, fewer than the connections of the pool."""
MOST_PREPARED: Final = 128
"""The most decisions that wait to be recorded; further cases wait undecided, as they need less memory."""


@define(eq=False)
class Recorder:
    """Records the decisions of a worker. Requests wait at most ``seconds``."""

    seconds: float
    _executor: ThreadPoolExecutor = field(
        factory=lambda: ThreadPoolExecutor(THREADS, thread_name_prefix="recorder"), init=False
    )
    _turns: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(MOST_PREPARED), init=False)

    async def decide(
        self,
        record: DecisionStore,
        text: bytes,
        *,
        idempotency_key: str | None,
        caller: str | None,
        threads: CapacityLimiter,
    ) -> Recorded:
        """Decide a case and record the decision, which is on record when this returns. ``threads`` limits those for what is recorded alone.

        Raises what :meth:`~adjudicator.store.DecisionStore.decide` raises.
        """
        async with asyncio.timeout(self.seconds), self._turns:
            new = record.prepare(text, idempotency_key=idempotency_key, caller=caller)
            recorded = await asyncio.wrap_future(record.record_soon(new, self._run))
            if recorded is not None:
                return recorded
            return await to_thread.run_sync(record.record_alone, new, limiter=threads, abandon_on_cancel=True)

    def close(self) -> None:
        """Wait until everything is recorded, and stop the threads."""
        self._executor.shutdown()

    def _run(self, work: Callable[[], None]) -> None:
        self._executor.submit(partial(_observed, work, perf_counter()))


def _observed(work: Callable[[], None], asked_at: float) -> None:
    monitoring.WAIT.observe(perf_counter() - asked_at)
    work()
