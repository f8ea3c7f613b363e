"""The task that turns what was recorded into events in the log and deliveries, in every worker.

Workers share the work through the database (:mod:`adjudicator.store.deliveries`). What a killed worker had begun, another does again.
"""

from __future__ import annotations

import logging
from typing import Final

import anyio
from anyio import CapacityLimiter, to_thread
from anyio.abc import TaskGroup
from attrs import define, field

from adjudicator.service.monitoring import count_delivery, set_event_lag
from adjudicator.service.problems import log_error
from adjudicator.service.settings import Settings
from adjudicator.service.webhooks.addresses import Reach
from adjudicator.service.webhooks.sending import Sender, Sent
from adjudicator.store import DecisionStore
from adjudicator.store.deliveries import Claimed, DeliveryQueue, Outcome
from adjudicator.store.events import announce_reviews, oldest_in_outbox, tenants_with_events

INTERVAL: Final = 1.0
"""The pause between two rounds, in seconds, unless there is more to do."""
AT_ONCE: Final = 20
"""The most deliveries that a worker attempts at once."""

_log = logging.getLogger("adjudicator.webhooks")


@define(eq=False)
class Publishing:
    """Events and deliveries of every tenant, by one worker."""

    record: DecisionStore
    settings: Settings
    queue: DeliveryQueue = field(init=False)
    _active: int = 0
    _failing: bool = False
    _finished: anyio.Event = field(factory=anyio.Event)

    def __attrs_post_init__(self) -> None:
        self.queue = DeliveryQueue(self.record.engine, self.record.now)

    async def run(self, stop: anyio.Event) -> None:
        """Publish until told to stop. Deliveries in progress are then returned to the queue."""
        thread = CapacityLimiter(1)
        async with Sender(Reach(self.settings.webhook_addresses)) as sender, anyio.create_task_group() as tasks:
            while not stop.is_set():
                self._finished = anyio.Event()
                claimed = await to_thread.run_sync(self.round, AT_ONCE - self._active, limiter=thread)
                for each in claimed:
                    self._start(tasks, sender, each, thread)
                await self._pause(stop, more=bool(claimed))
            tasks.cancel_scope.cancel()

    async def _pause(self, stop: anyio.Event, *, more: bool) -> None:
        """Wait for the next round: not at all if there may be more to claim, and no longer than until a delivery has finished."""
        if more and self._active < AT_ONCE:
            return
        with anyio.move_on_after(INTERVAL):
            async with anyio.create_task_group() as tasks:
                for event in (stop, self._finished):
                    tasks.start_soon(_cancel_after, event, tasks)

    def _start(self, tasks: TaskGroup, sender: Sender, claimed: Claimed, thread: CapacityLimiter) -> None:
        self._active += 1
        tasks.start_soon(self._deliver, sender, claimed, thread)

    async def _deliver(self, sender: Sender, claimed: Claimed, thread: CapacityLimiter) -> None:
        sent = None
        try:
            event = claimed.event
            sent = await sender.send(claimed.url, event.id, event.body.encode(), claimed.secrets, self.record.now())
        except Exception as error:  # noqa: BLE001 - a bug in one delivery must not end all others
            log_error(error)
            sent = Sent(Outcome("internal error"))
        finally:
            with anyio.CancelScope(shield=True):
                outcome = None if sent is None else sent.outcome
                await to_thread.run_sync(self.note, claimed, outcome, limiter=thread)
            self._active -= 1
            self._finished.set()

    # In a thread

    def round(self, room: int) -> list[Claimed]:
        """Give new events their places, plan their deliveries, and claim some. A round that fails is tried again."""
        try:
            claimed = self._round(room)
        except Exception as error:  # noqa: BLE001 - the task must go on once the record can be used again
            if not self._failing:  # one line for a lasting failure, not one a second
                log_error(error)
            self._failing = True
            return []
        self._failing = False
        return claimed

    def _round(self, room: int) -> list[Claimed]:
        engine, now = self.record.engine, self.record.now
        set_event_lag(oldest_in_outbox(engine), now())
        announce_reviews(engine, now())
        for tenant in tenants_with_events(engine):
            self.record.for_tenant(tenant).events.number()
        self.queue.plan()
        return self.queue.claim(room) if room > 0 else []

    def note(self, claimed: Claimed, outcome: Outcome | None) -> None:
        """Note how an attempt ended, or give the delivery back if there was none. If that fails, its lease expires."""
        try:
            if outcome is None:
                self.queue.release(claimed)
                return
            noted = self.queue.finish(claimed, outcome)
        except Exception as error:  # noqa: BLE001 - as in a round
            log_error(error)
            return
        count_delivery("lost" if not noted else "delivered" if outcome.failure is None else "failed")
        if outcome.failure is not None:
            _log.warning("delivery of %s to webhook %s: %s", claimed.event.id, claimed.webhook, outcome.failure)


async def _cancel_after(event: anyio.Event, tasks: TaskGroup) -> None:
    await event.wait()
    tasks.cancel_scope.cancel()
