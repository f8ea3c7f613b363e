"""Rows that no chain needs are removed once they are old: answers to idempotency keys, and events with their deliveries.

Each step is a short transaction of its own, for any number of workers at once, and a repeated step changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from attrs import frozen

from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.decisions import DecisionStore
from adjudicator.store.events import LoggedEvent
from adjudicator.store.tables import ANSWERED, REQUESTS, SPENT
from adjudicator.store.tenancy import across_tenants

EXPIRED: Final = 1_000
"""The most answers that one transaction removes."""
DAY: Final = 86_400_000_000
_IS_FREED: Final = sa.or_(REQUESTS.c.decision_id.is_not(None), REQUESTS.c.answer == "")


def days_before(now: Instant, days: int) -> Instant:
    """The instant some days of 24 hours before another."""
    return Instant(int(now) - days * DAY)


def drop_events(record: DecisionStore, before: Instant, folder: Path | None = None) -> int:
    """Drop some events of every tenant from before an instant, first written to a folder if there is one.

    Returns how many; call it again until none.
    """
    keep = None if folder is None else EventArchive(folder).write
    return sum(record.for_tenant(each.name).events.drop(before, keep) for each in record.tenants.listed())


def date_answers(record: DecisionStore) -> int:
    """Give answers to idempotency keys without a time, which earlier versions stored, the time of now.

    Returns how many that was; call it again until none.
    """
    with database.write_transaction(across_tenants(record.engine)) as connection:
        undated = _some(connection, REQUESTS.c.stored_at.is_(None))
        return connection.execute(REQUESTS.update().where(undated).values(stored_at=int(record.now()))).rowcount


def expire_answers(record: DecisionStore, before: Instant) -> int:
    """Remove some answers to idempotency keys, of any tenant, from before an instant. Returns how many; call it again until none.

    The key of a decision or a batch becomes free: deciding again is harmless. The key of a payout step stays behind without its answer, and
    refuses to be used again (:class:`~adjudicator.store.errors.KeyExpired`): a late repeat could reverse a payout that was reserved anew
    since, and then the same money could be awarded again.
    """
    old = REQUESTS.c.stored_at < int(before)
    with database.write_transaction(across_tenants(record.engine)) as connection:
        freed = _some(connection, sa.and_(old, _IS_FREED))
        free = connection.execute(REQUESTS.delete().where(freed)).rowcount
        kept = _some(connection, sa.and_(old, ~_IS_FREED))
        spent = connection.execute(REQUESTS.update().where(kept).values(answer=SPENT)).rowcount
    return free + spent


def _some(connection: sa.Connection, criterion: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Some rows with an answer that meet a criterion, and that no other worker is at.

    They are chosen first: PostgreSQL may carry out a subquery that locks rows several times, and so beyond its limit.
    """
    some = sa.select(REQUESTS.c.request).where(criterion, ANSWERED).order_by(REQUESTS.c.stored_at).limit(EXPIRED)
    return REQUESTS.c.request.in_(connection.scalars(some.with_for_update(skip_locked=True)).all())


@frozen
class EventArchive:
    """A folder with the events that were dropped from the log, as files of NDJSON."""

    folder: Path

    def write(self, tenant: str, events: Sequence[LoggedEvent]) -> None:
        """Write consecutive events of the log, one on each line, to a file named after the first.

        Returns when the file is safely on disk. Events that could not be dropped after that are written again, to a file of the same
        name. Raises :class:`OSError`.
        """
        path = self.folder / f"events-{tenant}-{events[0].position:019d}.ndjson"
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        with unfinished.open("wb") as file:
            file.writelines(event.body.encode() + b"\n" for event in events)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        _sync(self.folder)


def _sync(folder: Path) -> None:
    """Make sure that a new name in a folder survives a crash."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
