"""Work that no request waits for: unfinished erasures, checkpoints, and the removal of what is too old.

Every worker looks for it. Two that find the same work do each other no harm, and what a stopped worker leaves undone, another continues.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Final

import anyio
from anyio import CapacityLimiter, to_thread
from attrs import define, field

from adjudicator.service.problems import log_error
from adjudicator.service.retention import Retention
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore, tenants_erasing

INTERVAL: Final = 1.0
"""The pause between two rounds, in seconds."""
ERASING_SECONDS: Final = 0.5
"""How long a round works on erasures."""
CHECKPOINT_SECONDS: Final = 60.0
"""How often a worker looks whether a checkpoint is due."""

_log = logging.getLogger("adjudicator.upkeep")


@define(eq=False)
class Upkeep:
    """The upkeep of every tenant's record by one worker."""

    record: DecisionStore
    settings: Settings
    _failing: bool = False
    _next_checkpoint: float = field(factory=time.monotonic)
    _retention: Retention = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._retention = Retention(self.record, self.settings)

    async def run(self, stop: anyio.Event) -> None:
        """Do the upkeep until told to stop. A failed round is retried."""
        thread = CapacityLimiter(1)
        while not stop.is_set():
            await to_thread.run_sync(self.round, limiter=thread)
            with anyio.move_on_after(INTERVAL):
                await stop.wait()

    def round(self) -> None:
        """Do what is due now, for about a second."""
        try:
            self._erase()
            self._checkpoint()
            self._retention.round()
        except Exception as error:  # noqa: BLE001 - upkeep must go on once the record can be used again
            if not self._failing:  # one line for a lasting failure, not one a second
                log_error(error)
            self._failing = True
        else:
            self._failing = False

    def _erase(self) -> None:
        """Carry on the erasures of all tenants, each for its share of the time."""
        waiting = tenants_erasing(self.record.engine)
        for tenant in waiting:
            self.record.for_tenant(tenant).erasures.proceed(ERASING_SECONDS / len(waiting))

    def _checkpoint(self) -> None:
        if self.settings.checkpoint_minutes is None or time.monotonic() < self._next_checkpoint:
            return
        self._next_checkpoint = time.monotonic() + CHECKPOINT_SECONDS
        key = signing_key(self.settings)
        for tenant in self.record.tenants.listed():
            taken = self.record.for_tenant(tenant.name).checkpoint_if_due(self.settings.checkpoint_minutes, key)
            if taken is not None:
                _log.info("checkpoint %d of tenant %s: %s", taken.number, tenant.name, taken.digest)


def signing_key(settings: Settings) -> bytes | None:
    """The private key that signs checkpoints, read again each time so that it can be replaced."""
    return None if settings.signing_key is None else Path(settings.signing_key).read_bytes()
