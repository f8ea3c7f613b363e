"""Recording decisions from the event loop: cases are decided there, like dry runs, and one thread at a time records all that wait.

With a thread for each request, handing over to it and waiting for the interpreter's lock would take longer than to decide the case.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import repeat
from time import perf_counter
from typing import Final, TypeAlias

from anyio import CapacityLimiter, to_thread
from attrs import define, field, frozen

from adjudicator.service import monitoring
from adjudicator.store import DecisionStore, Recorded
from adjudicator.store.groups import MOST_TOGETHER
from adjudicator.store.recording import NewDecision

THREADS: Final = 4
"""The most threads that record: each records for one tenant at a time. With those for other requests, fewer than the connections of the pool."""
MOST_PREPARED: Final = 128
"""The most decisions that wait to be recorded; further cases wait undecided, as they need less memory."""


@frozen(eq=False)
class _Waiting:
    """A decision that waits to be recorded. If its answer is no longer awaited before that begins, nothing is done."""

    new: NewDecision
    answer: asyncio.Future[Recorded | None]


Waiting: TypeAlias = list[_Waiting]


@define(eq=False)
class Recorder:
    """Records the decisions of a worker. Requests wait at most ``seconds``."""

    seconds: float
    _executor: ThreadPoolExecutor = field(
        factory=lambda: ThreadPoolExecutor(THREADS, thread_name_prefix="recorder"), init=False
    )
    _turns: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(MOST_PREPARED), init=False)
    _waiting: dict[str, Waiting] = field(factory=dict, init=False)
    """By tenant. There is a list, even an empty one, while a group of the tenant is being recorded."""
    _tasks: set[asyncio.Task[None]] = field(factory=set, init=False)

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
            recorded = await self._answer(record, new)
            if recorded is not None:
                return recorded
            return await to_thread.run_sync(record.record_alone, new, limiter=threads, abandon_on_cancel=True)

    def close(self) -> None:
        """Wait until everything is recorded, and stop the threads."""
        self._executor.shutdown()

    def _answer(self, record: DecisionStore, new: NewDecision) -> asyncio.Future[Recorded | None]:
        """What becomes of a decision, recorded with those that arrive at the same moment, or while others are being recorded."""
        answer: asyncio.Future[Recorded | None] = asyncio.get_running_loop().create_future()
        tenant = record.tenant
        if tenant not in self._waiting:
            self._waiting[tenant] = []
            task = asyncio.create_task(self._record_all(record))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._waiting[tenant].append(_Waiting(new, answer))
        return answer

    async def _record_all(self, record: DecisionStore) -> None:
        """Record all decisions of a tenant that wait, group after group."""
        try:
            while group := self._next_group(record.tenant):
                await self._record(record, group)
        finally:
            _answer_all(self._waiting.pop(record.tenant), repeat(None))

    def _next_group(self, tenant: str) -> Waiting:
        awaited = [each for each in self._waiting[tenant] if not each.answer.done()]
        self._waiting[tenant] = awaited[MOST_TOGETHER:]
        return awaited[:MOST_TOGETHER]

    async def _record(self, record: DecisionStore, group: Waiting) -> None:
        """Record a group in a thread, and answer each of it."""
        work = partial(_observed, record.record_together, [each.new for each in group], perf_counter())
        recorded: Iterable[Recorded | None] = repeat(None)  # whatever the error, each finds out alone
        try:
            recorded = await asyncio.get_running_loop().run_in_executor(self._executor, work)
        finally:
            _answer_all(group, recorded)


def _answer_all(group: Waiting, recorded: Iterable[Recorded | None]) -> None:
    for each, answer in zip(group, recorded, strict=False):
        if not each.answer.done():
            each.answer.set_result(answer)


def _observed(
    record: Callable[[Sequence[NewDecision]], Sequence[Recorded | None]], group: Sequence[NewDecision], asked_at: float
) -> Sequence[Recorded | None]:
    monitoring.WAIT.observe(perf_counter() - asked_at)
    return record(group)
