"""Rate limits: requests per caller and minute, counted in the database and so shared by all workers.

A worker takes a batch of permits and hands them out without asking the database again. Every permit is counted before it is handed
out, so the workers together never exceed the limit; permits left over when the minute ends are lost.
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
"""One minute in microseconds."""


@frozen
class Permits:
    """Permits for a minute (counted from 1970): how many were just granted, and how many are left for all workers."""

    minute: int
    granted: int
    left: int


@frozen(eq=False)
class Rates:
    """The rate limiter of one database."""

    engine: sa.Engine
    now: Callable[[], Instant]

    def take(self, caller: str, wanted: int, limit: int) -> Permits:
        """Take permits for this minute: ``wanted``, or what is left of the limit if that is fewer."""
        with database.write_transaction(self.engine) as connection:
            database.insert_if_new(connection, RATES, caller=caller, minute=0, taken=0)
            row = connection.execute(sa.select(RATES).where(RATES.c.caller == caller).with_for_update()).one()
            minute = self._minute(row.minute)
            taken = row.taken if row.minute == minute else 0
            granted = max(0, min(wanted, limit - taken))
            changed = RATES.update().where(RATES.c.caller == caller)
            connection.execute(changed.values(minute=minute, taken=taken + granted))
        return Permits(minute, granted, max(0, limit - taken - granted))

    def _minute(self, last_minute: int) -> int:
        """This minute, or the next if the last request was counted there: clocks may differ a little.

        A count further ahead comes from a wrong clock, and must not lock the caller out until then.
        """
        current = int(self.now()) // MINUTE
        return last_minute if last_minute == current + 1 else current
