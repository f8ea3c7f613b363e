"""The queue of deliveries, for the service as a whole: planned from the log, claimed by one worker at a time, attempted until they succeed.

Workers share it without knowing of each other. A claim is a lease with an end, so what a killed worker held is attempted again by another:
an event is delivered at least once. Events of one order go to a webhook one after the other.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from typing import Any, Final

import sqlalchemy as sa
from attrs import field, frozen

from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.event_tables import DELIVERIES, EVENT_LOGS, EVENTS, WEBHOOKS
from adjudicator.store.events import LoggedEvent, logged_event
from adjudicator.store.leases import is_over
from adjudicator.store.tenancy import across_tenants
from adjudicator.store.webhooks import Delivering, DeliveryState, load_types, secrets_at

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
WAITS: Final = (
    5 * SECOND,
    MINUTE,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
)
"""The wait after each failed attempt. After the last one, more than three days have passed, and the delivery is given up."""
JITTER: Final = 0.2
"""A wait is longer or shorter by up to this share, so that receivers are not met by all retries at once."""
LONGEST_WAIT: Final = 24 * HOUR
"""The longest wait that a receiver can ask for."""
LEASE: Final = 60 * SECOND
"""How long a worker may take for an attempt before another takes it over. Much longer than an attempt's time limit."""
PLANNED: Final = 500
"""The most deliveries that one transaction plans."""
MOST_WAITING: Final = 1_000
"""The most planned deliveries of a webhook: what comes after them waits in the log."""
WEBHOOKS_AT_ONCE: Final = 20
"""The most webhooks for which a round plans or claims, chosen at random, so that those that cannot go on hold up no other for long."""
PER_WEBHOOK: Final = 4
"""The most deliveries to a webhook at once, so that a slow one leaves room for others. One that is failing gets one attempt at a time."""


@frozen
class Outcome:
    """How an attempt ended: ``failure`` is ``None`` for a success. ``gone`` if the receiver wants no more events at all."""

    failure: str | None = None
    wait: int | None = None
    gone: bool = False


@frozen(kw_only=True)
class Claimed:
    """A delivery that this worker is to attempt now."""

    webhook: str
    tenant: str
    url: str
    secrets: tuple[str, ...] = field(repr=False)
    event: LoggedEvent
    attempts: int
    lease: str
    first_at: Instant = field(converter=Instant)


@frozen(eq=False)
class DeliveryQueue:
    """The deliveries of every tenant."""

    engine: sa.Engine
    now: Callable[[], Instant]
    chance: random.Random = field(factory=random.Random)

    def plan(self) -> int:
        """Plan deliveries of events that are new in the log. Returns how many events were looked at."""
        log = sa.and_(EVENT_LOGS.c.tenant == WEBHOOKS.c.tenant, EVENT_LOGS.c.length > WEBHOOKS.c.position)
        behind = sa.select(WEBHOOKS.c.id).join(EVENT_LOGS, log).where(_ENABLED).order_by(sa.func.random())
        with database.read_transaction(across_tenants(self.engine)) as connection:
            webhooks = connection.scalars(behind.limit(WEBHOOKS_AT_ONCE)).all()
        count = 0
        for each in webhooks:
            with database.write_transaction(across_tenants(self.engine)) as connection:
                count += self._plan(connection, each)
        return count

    def _plan(self, connection: sa.Connection, id: str) -> int:
        row = _locked(connection, id)
        if row is None or row.state != Delivering.ENABLED.value:
            return 0
        of_webhook = sa.select(sa.func.count()).select_from(DELIVERIES).where(DELIVERIES.c.webhook == id, _WAITING)
        room = min(PLANNED, MOST_WAITING - (connection.scalar(of_webhook) or 0))
        if room <= 0:
            return 0
        new = sa.select(EVENTS).where(EVENTS.c.tenant == row.tenant, EVENTS.c.position > row.position)
        events = connection.execute(new.order_by(EVENTS.c.position).limit(room)).all()
        types = load_types(row.types)
        planned = {"webhook": id, "tenant": row.tenant, "state": DeliveryState.WAITING.value, "attempts": 0}
        planned["next_at"] = int(self.now())
        wanted = [
            {**planned, "position": event.position, "chain": event.chain}
            for event in events
            if types is None or event.type in types
        ]
        if wanted:
            connection.execute(DELIVERIES.insert(), wanted)
        if events:
            connection.execute(WEBHOOKS.update().where(WEBHOOKS.c.id == id).values(position=events[-1].position))
        return len(events)

    def claim(self, most: int) -> list[Claimed]:
        """Claim deliveries that are due, for this worker alone."""
        now = int(self.now())
        due = sa.select(DELIVERIES.c.webhook).join(WEBHOOKS, WEBHOOKS.c.id == DELIVERIES.c.webhook)
        due = due.where(_ENABLED, _WAITING, _due(now), _unleased(now)).group_by(DELIVERIES.c.webhook)
        with database.read_transaction(across_tenants(self.engine)) as connection:
            webhooks = connection.scalars(due.order_by(sa.func.random()).limit(WEBHOOKS_AT_ONCE)).all()
        claimed: list[Claimed] = []
        for each in webhooks:
            if len(claimed) >= most:
                break
            with database.write_transaction(across_tenants(self.engine)) as connection:
                claimed += self._claim(connection, each, most - len(claimed))
        return claimed

    def _claim(self, connection: sa.Connection, id: str, most: int) -> Iterator[Claimed]:
        row = _locked(connection, id)
        now = self.now()
        if row is None or row.state != Delivering.ENABLED.value:
            return
        leased = sa.select(sa.func.count()).select_from(DELIVERIES).where(DELIVERIES.c.webhook == id)
        held = connection.scalar(leased.where(~_unleased(int(now)))) or 0
        room = min(most, (PER_WEBHOOK if row.failing_since is None else 1) - held)
        if room <= 0:
            return
        for found in connection.execute(_heads(id, row.tenant, int(now)).limit(room)).all():
            lease = str(uuid.uuid4())
            first_at = int(now) if found.first_at is None else found.first_at
            values = {"lease": lease, "lease_until": int(now) + LEASE, "attempts": found.attempts + 1}
            connection.execute(_of(id, found.position).values(**values, first_at=first_at))
            yield Claimed(
                webhook=id,
                tenant=row.tenant,
                url=row.url,
                secrets=secrets_at(row, now),
                event=logged_event(found),
                attempts=found.attempts + 1,
                lease=lease,
                first_at=first_at,
            )

    def finish(self, claimed: Claimed, outcome: Outcome) -> bool:
        """Record how an attempt ended. Returns ``False`` if another worker has taken it over, or it is no longer wanted."""
        now = self.now()
        mine = sa.and_(*_key(claimed.webhook, claimed.event.position), DELIVERIES.c.lease == claimed.lease)
        with database.write_transaction(across_tenants(self.engine)) as connection:
            row = connection.execute(
                sa.select(WEBHOOKS).where(WEBHOOKS.c.id == claimed.webhook).with_for_update()
            ).one_or_none()
            still = connection.scalar(sa.select(DELIVERIES.c.position).where(mine))
            if row is None or still is None:
                return False
            if outcome.failure is None:
                connection.execute(DELIVERIES.delete().where(mine))
                _note(connection, claimed.webhook, last_success_at=int(now), failing_since=None)
            else:
                self._note_failure(connection, row, claimed, outcome, now)
        return True

    def _note_failure(
        self, connection: sa.Connection, row: sa.Row[Any], claimed: Claimed, outcome: Outcome, now: Instant
    ) -> None:
        """Plan the next attempt, or give up: on the delivery alone if others succeeded meanwhile, else on the webhook, which can resume later."""
        exhausted = claimed.attempts > len(WAITS)
        nothing_succeeds = row.last_success_at is None or row.last_success_at < claimed.first_at
        failed = outcome.gone or (exhausted and nothing_succeeds)
        values: dict[str, Any] = {"lease": None, "lease_until": None, "last_failure": outcome.failure}
        if exhausted and not failed:
            values["state"] = DeliveryState.GIVEN_UP.value
        else:
            values["next_at"] = int(now) + self._wait(claimed.attempts, outcome)
        connection.execute(_of(claimed.webhook, claimed.event.position).values(**values))
        noted: dict[str, Any] = {"last_failure_at": int(now), "last_failure": outcome.failure}
        noted["failing_since"] = int(now) if row.failing_since is None else row.failing_since
        if failed and row.state == Delivering.ENABLED.value:
            noted |= {"state": Delivering.FAILED.value, "updated_at": int(now)}
        _note(connection, claimed.webhook, **noted)

    def _wait(self, attempts: int, outcome: Outcome) -> int:
        """The wait until the next attempt, in microseconds."""
        wait = WAITS[min(attempts, len(WAITS)) - 1]
        wanted = min(LONGEST_WAIT, outcome.wait or 0)
        return max(wanted, round(wait * self.chance.uniform(1 - JITTER, 1 + JITTER)))

    def release(self, claimed: Claimed) -> None:
        """Give a delivery back without an attempt, for another worker to attempt at once."""
        mine = _of(claimed.webhook, claimed.event.position).where(DELIVERIES.c.lease == claimed.lease)
        with database.write_transaction(across_tenants(self.engine)) as connection:
            connection.execute(mine.values(lease=None, lease_until=None, attempts=claimed.attempts - 1))


_ENABLED: Final = WEBHOOKS.c.state == Delivering.ENABLED.value
_WAITING: Final = DELIVERIES.c.state == DeliveryState.WAITING.value


def _locked(connection: sa.Connection, id: str) -> sa.Row[Any] | None:
    """A webhook, locked until the transaction ends; ``None`` if there is none, or another worker has it."""
    query = sa.select(WEBHOOKS).where(WEBHOOKS.c.id == id).with_for_update(skip_locked=True)
    return connection.execute(query).one_or_none()


def _unleased(now: int) -> sa.ColumnElement[bool]:
    return is_over(DELIVERIES.c.lease_until, now, LEASE)


def _due(now: int) -> sa.ColumnElement[bool]:
    """Deliveries whose next attempt is due, or was put off by a clock that was further ahead than any wait."""
    return sa.or_(DELIVERIES.c.next_at <= now, DELIVERIES.c.next_at > now + 2 * LONGEST_WAIT)


def _heads(id: str, tenant: str, now: int) -> sa.Select[Any]:
    """The deliveries of a webhook that are due, with their events, unless an earlier event of the same order still waits."""
    earlier = DELIVERIES.alias()
    blocked = sa.exists().where(
        earlier.c.webhook == DELIVERIES.c.webhook,
        earlier.c.chain == DELIVERIES.c.chain,
        earlier.c.position < DELIVERIES.c.position,
        earlier.c.state == DeliveryState.WAITING.value,
    )
    event = sa.and_(EVENTS.c.tenant == tenant, EVENTS.c.position == DELIVERIES.c.position)
    columns = (EVENTS, DELIVERIES.c.attempts, DELIVERIES.c.first_at)
    query = sa.select(*columns).select_from(DELIVERIES).join(EVENTS, event)
    query = query.where(DELIVERIES.c.webhook == id, _WAITING, _due(now), _unleased(now), ~blocked)
    return query.order_by(DELIVERIES.c.next_at, DELIVERIES.c.position)


def _key(webhook: str, position: int) -> tuple[sa.ColumnElement[bool], ...]:
    return DELIVERIES.c.webhook == webhook, DELIVERIES.c.position == position


def _of(webhook: str, position: int) -> sa.Update:
    return DELIVERIES.update().where(*_key(webhook, position))


def _note(connection: sa.Connection, webhook: str, **values: Any) -> None:
    connection.execute(WEBHOOKS.update().where(WEBHOOKS.c.id == webhook).values(**values))
