"""Rates: how many requests a caller may make in a minute, counted in the database, so by all workers together.

A worker takes permits by the handful, and gives them out without asking the database again. Every permit was counted before it is
given out, so all workers together never give out more than the limit; what a worker has left when the minute is over is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import sqlalchemy as sa
from attrs import frozen

from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.tables import RATES

MINUTE: Final = 60_000_000
"""In microseconds."""


@frozen
class Permits:
    """Permits for a minute, counted from 1970: how many were granted just now, and how many are left to all workers."""

    minute: int
    granted: int
    left: int


@frozen(eq=False)
class Rates:
    """The counts in one database."""

    engine: sa.Engine
    now: Callable[[], Instant]

    def take(self, caller: str, wanted: int, limit: int) -> Permits:
        """Take permits for this minute, fewer than wanted where fewer are left of the limit."""
        with database.writing(self.engine) as connection:
            database.insert_if_new(connection, RATES, caller=caller, minute=0, taken=0)
            row = connection.execute(sa.select(RATES).where(RATES.c.caller == caller).with_for_update()).one()
            minute = self._minute(row.minute)
            taken = row.taken if row.minute == minute else 0
            granted = max(0, min(wanted, limit - taken))
            changed = RATES.update().where(RATES.c.caller == caller)
            connection.execute(changed.values(minute=minute, taken=taken + granted))
        return Permits(minute, granted, max(0, limit - taken - granted))

    def _minute(self, counted: int) -> int:
        """This minute, or the next one if the last request was counted in it: clocks may differ a little.

        A count that lies further ahead comes from a clock that was wrong. It must not keep the caller out until its time comes.
        """
        here = int(self.now()) // MINUTE
        return counted if counted == here + 1 else here
