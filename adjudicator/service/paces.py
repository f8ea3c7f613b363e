"""How often operations that need no key may be called: counted in the memory of each worker, before anything of a request is read.

A refusal costs no thread, no body and no database, so that a flood of calls costs next to nothing. One client gets a share of the calls
only, so that it cannot take them all from the others.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

from attrs import define, field, frozen

from adjudicator.service.operations import Operation, Pace
from adjudicator.service.problems import Problem

SHARE: Final = 3
"""One client gets the calls of an operation divided by this number."""
_MOST_CLIENTS: Final = 1_024
"""How many clients are remembered before those are dropped who have all their calls again."""


@frozen
class _Left:
    """The calls that were left, and when, in seconds of the clock."""

    calls: float
    at: float


@define(eq=False)
class Paces:
    """The calls that are left, for each operation with a pace and each of its clients. For the event loop only: it takes no lock."""

    clock: Callable[[], float] = time.monotonic
    _of_all: dict[str, _Left] = field(factory=dict)
    _of_clients: dict[tuple[str, str], _Left] = field(factory=dict)

    def take(self, operation: Operation, client: str) -> None:
        """Count a call. Raises :class:`Problem` ``too-many-requests`` if none is left; an operation without a pace has no limit."""
        pace = operation.pace
        if pace is None:
            return
        of_client = Pace(at_once=pace.at_once // SHARE, per_second=pace.per_second / SHARE)
        known, now = (operation.id, client), self.clock()
        mine = _left(self._of_clients.get(known), of_client, now)
        all_together = _left(self._of_all.get(operation.id), pace, now)
        for left, each in ((mine, of_client), (all_together, pace)):
            if left < 1:
                wait = str(math.ceil((1 - left) / each.per_second))
                raise Problem("too-many-requests", "too many requests without a key", {"Retry-After": wait})
        if len(self._of_clients) >= _MOST_CLIENTS:
            self._forget(of_client, now)
        self._of_clients[known] = _Left(mine - 1, now)
        self._of_all[operation.id] = _Left(all_together - 1, now)

    def _forget(self, pace: Pace, now: float) -> None:
        """Drop the clients who have all their calls again. The calls of all together bound how many are left."""
        self._of_clients = {
            client: left for client, left in self._of_clients.items() if _left(left, pace, now) < pace.at_once
        }


def _left(before: _Left | None, pace: Pace, now: float) -> float:
    """The calls that are left now."""
    if before is None:
        return float(pace.at_once)
    return min(float(pace.at_once), before.calls + (now - before.at) * pace.per_second)
