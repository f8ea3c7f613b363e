"""The log of events: each has a place, and a reader who has seen one place never finds a new event before it.

Transactions commit in another order than they write, so a number that a writer draws from a sequence may become visible after a higher one,
and a reader who went past it would miss it. So events are numbered later, in batches, by the worker that holds the lock on the log: only
what has committed is seen, and the next batch begins after the last one has committed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any, Final

import orjson
import sqlalchemy as sa
from attrs import frozen

from adjudicator.model.errors import shown
from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.chain import find_entry
from adjudicator.store.entries import new_id
from adjudicator.store.errors import EventsDropped
from adjudicator.store.event_tables import DELIVERIES, EVENT_LOGS, EVENTS, OUTBOX, REVIEWS
from adjudicator.store.lookups import current_decision, decision_row
from adjudicator.store.outbox import ONLY_REVIEWS, event_body
from adjudicator.store.tables import CHAINS
from adjudicator.store.tenancy import across_tenants, bound, chain_name, tenant_of

NUMBERED: Final = 500
"""The most events that one transaction numbers."""
ANNOUNCED: Final = 100
"""The most reviews that are announced in a round."""
WINDOW: Final = 10_000
"""The most places in the log that one page covers, so that a filter that matches nothing does not read all of it."""
DROPPED: Final = 5_000
"""The most events that one transaction drops."""
MOST_EVENTS: Final = 1_000
"""The most events that a page holds."""
LARGEST: Final = 2**62


@frozen
class LoggedEvent:
    """An event in its place. ``body`` is its JSON, the same whenever it is read or delivered."""

    position: int
    id: str
    type: str
    chain: str
    body: str


@frozen
class EventsRead:
    """A page of the log. ``cursor`` is where to continue, and ``has_more`` whether to do so at once."""

    events: tuple[LoggedEvent, ...]
    cursor: str
    has_more: bool


@frozen(kw_only=True)
class EventFilter:
    """Which events to read; ``None`` matches all."""

    types: frozenset[str] | None = None
    order_id: str | None = None


EVERY_EVENT: Final = EventFilter()


@frozen(eq=False)
class Events:
    """The log of one tenant."""

    engine: sa.Engine
    now: Callable[[], Instant]

    def page(
        self,
        cursor: str | None = None,
        limit: int = 100,
        *,
        since: Instant | None = None,
        filter: EventFilter = EVERY_EVENT,
    ) -> EventsRead:
        """Events after a cursor, or else from an instant, or from the oldest that is kept. What just committed is among them.

        Raises :class:`ValueError` for a cursor that the log has not reached, and :class:`~adjudicator.store.errors.EventsDropped` for one
        whose next events were dropped.
        """
        self.number()
        limit = max(1, min(limit, MOST_EVENTS))
        with database.read_transaction(self.engine) as connection:
            length, _ = log_ends(connection)
            start = position_of(connection, cursor, since)
            end = min(start + WINDOW, length)
            query = sa.select(EVENTS).where(EVENTS.c.position > start, EVENTS.c.position <= end)
            if filter.types is not None:
                query = query.where(EVENTS.c.type.in_(filter.types))
            if filter.order_id is not None:
                query = query.where(EVENTS.c.chain == chain_name(connection, "order", filter.order_id))
            rows = connection.execute(query.order_by(EVENTS.c.position).limit(limit)).all()
        events = tuple(map(logged_event, rows))
        reached = events[-1].position if len(events) == limit else end
        return EventsRead(events, str(reached), reached < length)

    def number(self) -> int:
        """Give the events in the outbox their places in the log, in the order in which they were written. Returns how many."""
        count = 0
        with database.read_transaction(self.engine) as connection:
            waiting = connection.scalar(sa.select(OUTBOX.c.id).limit(1)) is not None
        while waiting:
            with database.write_transaction(self.engine) as connection:
                numbered = _number_some(connection)
            count += numbered
            waiting = numbered == NUMBERED
        return count

    def drop(self, before: Instant, keep: Callable[[str, Sequence[LoggedEvent]], None] | None = None) -> int:
        """Drop some of the oldest events, from before an instant, and their deliveries. Returns how many; call it again until it is none.

        ``keep`` gets the tenant and the events before they are dropped, while the log is locked. If it raises, they stay.
        """
        with database.write_transaction(self.engine) as connection:
            _lock_log(connection)
            oldest = connection.execute(sa.select(EVENTS).order_by(EVENTS.c.position).limit(DROPPED)).all()
            old = [logged_event(row) for row in takewhile(lambda row: row.at < before, oldest)]
            if old:
                if keep is not None:
                    keep(tenant_of(connection), old)
                drop_until(connection, old[-1].position)
        return len(old)


def logged_event(row: sa.Row[Any]) -> LoggedEvent:
    """Build an event from a row of its table."""
    return LoggedEvent(row.position, row.event, row.type, row.chain, row.body)


# Places in the log


def log_ends(connection: sa.Connection) -> tuple[int, int]:
    """How many events the log has had, and how many of the oldest were dropped."""
    row = connection.execute(sa.select(EVENT_LOGS.c.length, EVENT_LOGS.c.dropped)).one_or_none()
    return (0, 0) if row is None else (row.length, row.dropped)


def position_of(connection: sa.Connection, cursor: str | None, since: Instant | None) -> int:
    """The place in the log after which to read: see :meth:`Events.page`."""
    length, dropped = log_ends(connection)
    if cursor is not None:
        position = _parse_cursor(cursor, length)
        if position < dropped:
            raise EventsDropped(
                f"the events after cursor {cursor} were dropped, because they were too old; the oldest that is kept comes after cursor "
                f"{dropped}: read what you missed from the decisions, and go on there"
            )
        return position
    if since is None:
        return dropped
    first = sa.select(sa.func.min(EVENTS.c.position)).where(EVENTS.c.at >= int(since))
    found: int | None = connection.scalar(first)
    return length if found is None else found - 1


def _parse_cursor(cursor: str, length: int) -> int:
    valid = cursor.isascii() and cursor.isdigit() and len(cursor) < len(str(LARGEST))
    if not valid or int(cursor) > length:
        raise ValueError(f"{shown(cursor)} is not a cursor of this log")
    return int(cursor)


# Writing the log


def _lock_log(connection: sa.Connection) -> tuple[int, int]:
    """Lock the log of the tenant until the transaction ends. Returns its ends."""
    database.insert_if_new(connection, EVENT_LOGS, length=0, dropped=0)
    row = connection.execute(sa.select(EVENT_LOGS.c.length, EVENT_LOGS.c.dropped).with_for_update()).one()
    return row.length, row.dropped


def _number_some(connection: sa.Connection) -> int:
    """Move events from the outbox to the log, and note the reviews that they bring. Returns how many were moved."""
    length, _ = _lock_log(connection)
    rows = connection.execute(sa.select(OUTBOX).order_by(OUTBOX.c.id).limit(NUMBERED)).all()
    events = [row for row in rows if row.type != ONLY_REVIEWS]
    if events:
        connection.execute(EVENTS.insert(), [_event_row(row, length + n) for n, row in enumerate(events, start=1)])
        connection.execute(EVENT_LOGS.update().values(length=length + len(events)))
    reviews = [{"decision": row.decision, "at": at} for row in rows if row.reviews for at in orjson.loads(row.reviews)]
    if reviews:
        connection.execute(REVIEWS.insert(), reviews)
    if rows:
        connection.execute(OUTBOX.delete().where(OUTBOX.c.id.in_([row.id for row in rows])))
    return len(rows)


def _event_row(row: sa.Row[Any], position: int) -> dict[str, Any]:
    names = ("event", "chain", "type", "at", "body")
    return {"position": position, **{name: getattr(row, name) for name in names}}


def drop_until(connection: sa.Connection, position: int) -> None:
    """Drop the events up to a place in the log, and their deliveries."""
    connection.execute(DELIVERIES.delete().where(DELIVERIES.c.position <= position))
    connection.execute(EVENTS.delete().where(EVENTS.c.position <= position))
    connection.execute(EVENT_LOGS.update().values(dropped=position))


# Reviews


def announce_reviews(engine: sa.Engine, now: Instant) -> int:
    """Write the events of reviews, of any tenant, whose time has come, each once. Returns how many reviews were dealt with."""
    due = sa.select(REVIEWS).where(REVIEWS.c.at <= int(now)).order_by(REVIEWS.c.at).limit(ANNOUNCED)
    with database.read_transaction(across_tenants(engine)) as connection:
        rows: Sequence[sa.Row[Any]] = connection.execute(due).all()
    for row in rows:
        with database.write_transaction(bound(engine, row.tenant)) as connection:
            _announce_review(connection, row.decision, row.at, now)
    return len(rows)


def _announce_review(connection: sa.Connection, decision_id: str, due_at: int, now: Instant) -> None:
    """Write the event of a review, unless another worker did or a newer decision made it unnecessary. Locks the chain, as its writers do."""
    decision = decision_row(connection, decision_id)
    lock = sa.select(CHAINS.c.length).where(CHAINS.c.chain == decision["chain"]).with_for_update()
    length: int = connection.scalars(lock).one()
    this = sa.and_(REVIEWS.c.decision == decision_id, REVIEWS.c.at == due_at)
    if connection.execute(REVIEWS.delete().where(this)).rowcount != 1:
        return
    decision = decision_row(connection, decision_id)
    current = current_decision(connection, decision)
    if current is None or current["id"] != decision_id:
        return
    entry = find_entry(connection, decision_id)
    at, event_id = now.utc_text(), new_id(now)
    body = event_body(
        event_id,
        "review.due",
        at,
        decision["chain"],
        case_id=decision["case_id"],
        claim_id=decision["claim_id"],
        decision_id=decision_id,
        due_at=Instant(due_at).utc_text(),
        sequence=length,
        digest=None if entry is None else entry.digest,
    )
    row = {"event": event_id, "type": "review.due", "at": int(now), "body": orjson.dumps(body).decode()}
    connection.execute(OUTBOX.insert(), {"chain": decision["chain"], **row})


def tenants_with_events(engine: sa.Engine) -> tuple[str, ...]:
    """The tenants with events in the outbox, by name."""
    query = sa.select(OUTBOX.c.tenant).distinct().order_by(OUTBOX.c.tenant)
    with database.read_transaction(across_tenants(engine)) as connection:
        return tuple(connection.scalars(query))


def oldest_in_outbox(engine: sa.Engine) -> Instant | None:
    """When the oldest event without a place in the log was written; ``None`` if there is none."""
    query = sa.select(OUTBOX.c.at).order_by(OUTBOX.c.id).limit(1)
    with database.read_transaction(across_tenants(engine)) as connection:
        at: int | None = connection.scalar(query)
    return None if at is None else Instant(at)
