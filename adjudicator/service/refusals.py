"""How fast requests are refused before a rate limit counts them: without a valid key, over the limit, or at no known address.

A refusal takes the service less time than a decision, but still some, and a caller that ignores ``Retry-After`` asks again at once. So a
caller gets some refusals at once, and then one after the other at a steady pace, however many connections it has. Nobody else waits for
them.

Only so many wait, and not for long, because each holds a connection; the rest is refused at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from attrs import define, field

from adjudicator.service.problems import Problem

AT_ONCE: Final = 100
"""How many refusals a caller gets at once; this many are soon allowed again."""
PER_SECOND: Final = 50.0
"""How many refusals a second a caller gets in each worker after that."""
LONGEST_WAIT: Final = 4.0
"""The longest that a refusal waits, in seconds."""
MOST_WAITING: Final = 500
"""The most refusals of a worker that wait: half as many as it holds connections."""
MOST_CALLERS: Final = 4_096
"""The most callers whose refusals are remembered."""

SERVER_ERRORS: Final = 500
"""The first status that says that the service has failed."""


@define(eq=False)
class Refusals:
    """The refusals of one worker. For the event loop only: it takes no lock."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _due: dict[str | None, float] = field(factory=dict)
    """When the last refusal of each caller is, or was, due: in seconds of the clock."""
    _waiting: int = 0

    async def wait(self, refusal: Problem) -> None:
        """Wait until its caller may be refused. Those without a valid key (``None``) count as one.

        A failure of the service (5xx) is no refusal: its callers did nothing wrong, and do not wait.
        """
        if refusal.type.status < SERVER_ERRORS:
            await self.pace(refusal.caller)

    async def pace(self, caller: str | None) -> None:
        """Wait for the turn of a caller, who gets some at once."""
        seconds = self._take_turn(caller)
        if seconds <= 0:
            return
        self._waiting += 1
        try:
            await self.sleep(seconds)
        finally:
            self._waiting -= 1

    def _take_turn(self, caller: str | None) -> float:
        """The seconds until the next turn of a caller, which it takes unless too many wait."""
        now = self.clock()
        due = max(self._due.get(caller, 0.0), now - AT_ONCE / PER_SECOND) + 1 / PER_SECOND
        if due > now and (due > now + LONGEST_WAIT or self._waiting >= MOST_WAITING):
            return 0.0
        if len(self._due) >= MOST_CALLERS:
            self._due.clear()
        self._due[caller] = due
        return due - now
