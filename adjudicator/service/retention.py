"""Removing what is to go, a little at a time.

That are events with their deliveries, answers to idempotency keys, what is known of files that no case names, and what workers of an
earlier version left behind when they erased.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from attrs import define, field

from adjudicator.service.settings import Settings
from adjudicator.store import (
    LEFTOVER_DAYS,
    SEEN_FILE_DAYS,
    DecisionStore,
    date_answers,
    days_before,
    drop_events,
    erase_leftovers,
    expire_answers,
    expire_seen_files,
)

SECONDS: Final = 0.5
"""How long a round removes what is old."""
PAUSE_SECONDS: Final = 600.0
"""How long a worker waits after it has found nothing more to remove."""


@define(eq=False)
class Retention:
    """The retention of every tenant's data by one worker."""

    record: DecisionStore
    settings: Settings
    _next: float = field(factory=time.monotonic)

    def round(self) -> None:
        """Remove some old data, if the pause is over."""
        if time.monotonic() < self._next:
            return
        deadline = time.monotonic() + SECONDS
        if all(_repeat(step, deadline) for step in self._steps()):
            self._next = time.monotonic() + PAUSE_SECONDS

    def _steps(self) -> list[Callable[[], int]]:
        """Each returns how much it did."""
        now = self.record.now()
        examined = days_before(now, SEEN_FILE_DAYS)
        erased = days_before(now, LEFTOVER_DAYS)
        steps: list[Callable[[], int]] = [
            lambda: expire_seen_files(self.record.engine, examined),
            lambda: erase_leftovers(self.record.engine, erased),
        ]
        if (days := self.settings.idempotency_days) is not None:
            answered = days_before(now, days)
            steps += [lambda: date_answers(self.record), lambda: expire_answers(self.record, answered)]
        if (days := self.settings.event_days) is not None:
            recorded, archive = days_before(now, days), self.settings.event_archive
            steps.append(lambda: drop_events(self.record, recorded, None if archive is None else Path(archive)))
        return steps


def _repeat(step: Callable[[], int], deadline: float) -> bool:
    """Repeat a step until it has nothing more to do, or the time is over. Returns whether it is done."""
    while step():
        if time.monotonic() >= deadline:
            return False
    return True
