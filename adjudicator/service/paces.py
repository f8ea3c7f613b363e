"""How often operations that need no key may be called: counted in the memory of each worker, before anything of a request is read.

A refusal costs no thread, no body and no database, so that a flood of calls costs next to nothing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from attrs import define, field

from adjudicator.service.operations import Operation
from adjudicator.service.problems import Problem


@define(eq=False)
class Paces:
    """The calls that each operation with a pace has left. For the event loop only: it takes no lock."""

    clock: Callable[[], float] = time.monotonic
    _left: dict[str, tuple[float, float]] = field(factory=dict)
    """The calls that were left, and when, in seconds of the clock."""

    def take(self, operation: Operation) -> None:
        """Count a call. Raises :class:`Problem` ``too-many-requests`` if none is left; an operation without a pace has no limit."""
        pace = operation.pace
        if pace is None:
            return
        now = self.clock()
        left, at = self._left.get(operation.id, (float(pace.at_once), now))
        left = min(float(pace.at_once), left + (now - at) * pace.per_second)
        if left < 1:
            wait = str(math.ceil((1 - left) / pace.per_second))
            raise Problem("too-many-requests", "too many requests without a key", {"Retry-After": wait})
        self._left[operation.id] = (left - 1, now)
