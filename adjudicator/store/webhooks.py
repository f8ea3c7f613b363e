"""Webhooks: where the events of a tenant are delivered, with which secret, and how that is going.

Deliveries are planned and attempted by the service (:mod:`adjudicator.store.deliveries`).
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, Final

import orjson
import sqlalchemy as sa
from attrs import field, frozen
from attrs.converters import optional

from adjudicator.model.errors import shown
from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.entries import new_id
from adjudicator.store.errors import NotFound
from adjudicator.store.event_tables import DELIVERIES, EVENTS, WEBHOOKS
from adjudicator.store.events import Events, log_ends, position_of
from adjudicator.wire.events import EventType

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - what secrets begin with
SECRET_BYTES: Final = 32
LONGEST_URL: Final = 2_048
LONGEST_DESCRIPTION: Final = 255
MOST_WEBHOOKS: Final = 100
"""The most webhooks of a tenant."""
LONGEST_ROTATION: Final = 30 * 24 * 60 * 60
"""The longest time for which deliveries are also signed with a replaced secret, in seconds."""
TYPES: Final = tuple(each.value for each in EventType if each is not EventType.WEBHOOK_TEST)
"""The types of events in the log."""


class Delivering(StrEnum):
    """Whether events are delivered to a webhook. It fails if nothing could be delivered for days."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    FAILED = "failed"


class DeliveryState(StrEnum):
    """The state of a delivery that has not succeeded."""

    WAITING = "waiting"
    GIVEN_UP = "given_up"


@frozen(kw_only=True)
class Webhook:
    """A webhook, without its secrets. ``cursor`` is up to where in the log its deliveries are planned."""

    id: str
    url: str
    description: str | None
    types: tuple[str, ...] | None
    state: Delivering = field(converter=Delivering)
    created_at: Instant = field(converter=Instant)
    updated_at: Instant = field(converter=Instant)
    old_secret_until: Instant | None = field(converter=optional(Instant))
    cursor: str
    failing_since: Instant | None = field(converter=optional(Instant))
    last_success_at: Instant | None = field(converter=optional(Instant))
    last_failure_at: Instant | None = field(converter=optional(Instant))
    last_failure: str | None
    waiting: int = 0
    given_up: int = 0
    behind: int = 0


@frozen
class NewSecret:
    """A webhook and its new secret, which is never shown again."""

    webhook: Webhook
    secret: str = field(repr=False)


@frozen(kw_only=True)
class Delivery:
    """A delivery that has not succeeded."""

    position: int
    event_id: str
    type: str
    state: DeliveryState = field(converter=DeliveryState)
    attempts: int
    next_at: Instant | None = field(converter=optional(Instant))
    last_failure: str | None


@frozen(eq=False)
class Webhooks:
    """The webhooks of one tenant."""

    engine: sa.Engine
    now: Callable[[], Instant]

    def create(self, url: str, *, types: Iterable[str] | None = None, description: str | None = None) -> NewSecret:
        """Create a webhook. It receives what happens from now on: see :meth:`replay` for what was before.

        Raises :class:`ValueError` for an unknown type, a text that is too long, or too many webhooks. Whether the address can be delivered
        to is for the service to say, which knows where it may connect.
        """
        values = _values(url=url, types=types, description=description)
        Events(self.engine, self.now).number()
        at, secret = self.now(), new_secret()
        new = new_id(at)
        with database.write_transaction(self.engine) as connection:
            count = connection.scalar(sa.select(sa.func.count()).select_from(WEBHOOKS)) or 0
            if count >= MOST_WEBHOOKS:
                raise ValueError(f"a tenant has at most {MOST_WEBHOOKS} webhooks")
            length, _ = log_ends(connection)
            row = {"id": new, "secret": secret, "position": length, "created_at": int(at), "updated_at": int(at)}
            connection.execute(WEBHOOKS.insert().values(**values, **row, state=Delivering.ENABLED.value))
            return NewSecret(_webhook(connection, new), secret)

    def find(self, id: str) -> Webhook:
        """The webhook with an id. Raises ``NotFound``."""
        with database.read_transaction(self.engine) as connection:
            return _webhook(connection, id)

    def page(self, after: str | None = None, limit: int = 100) -> tuple[tuple[Webhook, ...], bool]:
        """Webhooks by id, after that of ``after``, and whether there are more."""
        query = sa.select(WEBHOOKS).order_by(WEBHOOKS.c.id).limit(limit + 1)
        if after is not None:
            query = query.where(WEBHOOKS.c.id > after)
        with database.read_transaction(self.engine) as connection:
            rows = connection.execute(query).all()
            return tuple(_with_counts(connection, row) for row in rows[:limit]), len(rows) > limit

    def change(self, id: str, **changes: Any) -> Webhook:
        """Change the ``url``, ``types``, ``description`` or ``enabled`` of a webhook.

        One that failed goes on where it stopped once it is enabled. Raises ``NotFound``, and :class:`ValueError` as :meth:`create`.
        """
        enabled = changes.pop("enabled", None)
        values = _values(**changes)
        now = int(self.now())
        if enabled is not None:
            values["state"] = (Delivering.ENABLED if enabled else Delivering.DISABLED).value
        if enabled:
            values["failing_since"] = None
        with database.write_transaction(self.engine) as connection:
            _lock(connection, id)
            connection.execute(WEBHOOKS.update().where(WEBHOOKS.c.id == id).values(**values, updated_at=now))
            if enabled:
                connection.execute(_WAITING.values(next_at=now, attempts=0, first_at=None), {"of": id})
            return _webhook(connection, id)

    def delete(self, id: str) -> Webhook:
        """Delete a webhook with all its deliveries. Returns it as it was. Raises ``NotFound``."""
        with database.write_transaction(self.engine) as connection:
            _lock(connection, id)
            webhook = _webhook(connection, id)
            connection.execute(DELIVERIES.delete().where(DELIVERIES.c.webhook == id))
            connection.execute(WEBHOOKS.delete().where(WEBHOOKS.c.id == id))
        return webhook

    def rotate(self, id: str, overlap: float) -> NewSecret:
        """Replace the secret of a webhook. For ``overlap`` seconds, deliveries are signed with the old one too.

        Raises ``NotFound``, and :class:`ValueError` for an overlap that is negative or too long.
        """
        if not 0 <= overlap <= LONGEST_ROTATION:
            raise ValueError(f"two secrets overlap by 0 to {LONGEST_ROTATION} seconds")
        now, secret = int(self.now()), new_secret()
        with database.write_transaction(self.engine) as connection:
            row = _lock(connection, id)
            until = now + round(overlap * 1_000_000)
            values = {"secret": secret, "old_secret": row.secret, "old_secret_until": until, "updated_at": now}
            connection.execute(WEBHOOKS.update().where(WEBHOOKS.c.id == id).values(**values))
            return NewSecret(_webhook(connection, id), secret)

    def replay(self, id: str, *, cursor: str | None = None, since: Instant | None = None) -> Webhook:
        """Deliver again what is in the log after a cursor, or from an instant, or all of it. Deliveries that were given up are among them.

        Raises ``NotFound``; :class:`ValueError` and ``EventsDropped`` as :meth:`~adjudicator.store.events.Events.page`.
        """
        Events(self.engine, self.now).number()
        with database.write_transaction(self.engine) as connection:
            _lock(connection, id)
            position = position_of(connection, cursor, since)
            again = DELIVERIES.delete().where(DELIVERIES.c.webhook == id, DELIVERIES.c.position > position)
            connection.execute(again)
            back = WEBHOOKS.update().where(WEBHOOKS.c.id == id, WEBHOOKS.c.position > position)
            connection.execute(back.values(position=position, updated_at=int(self.now())))
            return _webhook(connection, id)

    def deliveries(self, id: str, after: str | None = None, limit: int = 100) -> tuple[tuple[Delivery, ...], bool]:
        """The deliveries of a webhook that have not succeeded, in the order of the log, and whether there are more.

        Raises ``NotFound``, and :class:`ValueError` for a cursor from elsewhere.
        """
        columns = (DELIVERIES, EVENTS.c.event, EVENTS.c.type)
        same = sa.and_(EVENTS.c.position == DELIVERIES.c.position, EVENTS.c.tenant == DELIVERIES.c.tenant)
        query = sa.select(*columns).join(EVENTS, same).where(DELIVERIES.c.webhook == id)
        if after is not None:
            if not (after.isascii() and after.isdigit() and len(after) <= LONGEST_CURSOR):
                raise ValueError(f"{shown(after)} is not a cursor of these deliveries")
            query = query.where(DELIVERIES.c.position > int(after))
        with database.read_transaction(self.engine) as connection:
            _row(connection, id)
            rows = connection.execute(query.order_by(DELIVERIES.c.position).limit(limit + 1)).all()
        return tuple(map(_delivery, rows[:limit])), len(rows) > limit

    def secrets(self, id: str) -> tuple[str, tuple[str, ...]]:
        """The address of a webhook and the secrets that sign its deliveries now, the newest first. Raises ``NotFound``."""
        with database.read_transaction(self.engine) as connection:
            row = _row(connection, id)
        return row.url, secrets_at(row, self.now())


LONGEST_CURSOR: Final = 18


def new_secret() -> str:
    """A random secret, as the Standard Webhooks write it."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def secrets_at(row: sa.Row[Any], at: Instant) -> tuple[str, ...]:
    """The secrets of a webhook that are valid at an instant, the newest first."""
    both = row.old_secret is not None and row.old_secret_until > at
    return (row.secret, row.old_secret) if both else (row.secret,)


def load_types(text: str | None) -> tuple[str, ...] | None:
    """Read the stored types of a webhook."""
    return None if text is None else tuple(orjson.loads(text))


def _values(**given: Any) -> dict[str, Any]:
    """The columns for what is given about a webhook. Raises :class:`ValueError`."""
    values = dict(given)
    if "url" in given and not 0 < len(given["url"]) <= LONGEST_URL:
        raise ValueError(f"an address has 1 to {LONGEST_URL} characters")
    if given.get("description") is not None and len(given["description"]) > LONGEST_DESCRIPTION:
        raise ValueError(f"a description has at most {LONGEST_DESCRIPTION} characters")
    if "types" in given:
        types = None if given["types"] is None else sorted(set(given["types"]))
        if types is not None and (not types or not set(types) <= set(TYPES)):
            raise ValueError(f"a webhook takes all events, or some of {', '.join(TYPES)}")
        values["types"] = None if types is None else orjson.dumps(types).decode()
    return values


_AS_STORED: Final = (
    *("id", "url", "description", "state", "created_at", "updated_at", "old_secret_until"),
    *("failing_since", "last_success_at", "last_failure_at", "last_failure"),
)
_WAITING: Final = DELIVERIES.update().where(
    DELIVERIES.c.webhook == sa.bindparam("of"), DELIVERIES.c.state == DeliveryState.WAITING.value
)


def _lock(connection: sa.Connection, id: str) -> sa.Row[Any]:
    return _row(connection, id, lock=True)


def _row(connection: sa.Connection, id: str, *, lock: bool = False) -> sa.Row[Any]:
    query = sa.select(WEBHOOKS).where(WEBHOOKS.c.id == id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(f"there is no webhook {shown(id)}")
    return row


def _webhook(connection: sa.Connection, id: str) -> Webhook:
    return _with_counts(connection, _row(connection, id))


def _with_counts(connection: sa.Connection, row: sa.Row[Any]) -> Webhook:
    """A webhook, and how far it is."""
    counting = sa.select(DELIVERIES.c.state, sa.func.count().label("number")).where(DELIVERIES.c.webhook == row.id)
    counts = {each.state: each.number for each in connection.execute(counting.group_by(DELIVERIES.c.state))}
    length, dropped = log_ends(connection)
    return Webhook(
        **{name: getattr(row, name) for name in _AS_STORED},
        types=load_types(row.types),
        cursor=str(row.position),
        waiting=counts.get(DeliveryState.WAITING.value, 0),
        given_up=counts.get(DeliveryState.GIVEN_UP.value, 0),
        behind=max(0, length - max(row.position, dropped)),
    )


def _delivery(row: sa.Row[Any]) -> Delivery:
    return Delivery(
        position=row.position,
        event_id=row.event,
        type=row.type,
        state=row.state,
        attempts=row.attempts,
        next_at=row.next_at if row.state == DeliveryState.WAITING.value else None,
        last_failure=row.last_failure,
    )
