"""The tables of events and their deliveries. Instants are microseconds since 1970-01-01T00:00:00Z."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from adjudicator.store.columns import METADATA, id_column, instant_column, row_number, tenant_column

OUTBOX: Final = Table(
    "outbox",
    METADATA,
    row_number(),
    tenant_column(),
    Column("chain", Text, nullable=False),
    Column("event", String(36)),
    Column("type", String(64), nullable=False),
    instant_column("at"),
    Column("body", Text, nullable=False),
    Column("reviews", Text),
    Column("decision", String(36)),
)
"""Events that were just recorded, in the transaction of what they are about. A moment later they get their places in the log.

``reviews`` is a JSON list of instants at which the ``decision`` needs a review.
"""

EVENT_LOGS: Final = Table(
    "event_logs",
    METADATA,
    tenant_column(key=True),
    Column("length", BigInteger, nullable=False),
    Column("dropped", BigInteger, nullable=False),
)
"""One row per tenant: how many events its log has had, and how many of the oldest were dropped. Locked to append."""

EVENTS: Final = Table(
    "events",
    METADATA,
    tenant_column(key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("event", String(36), nullable=False),
    Column("chain", Text, nullable=False),
    Column("type", String(64), nullable=False),
    instant_column("at"),
    Column("body", Text, nullable=False),
    Index("events_by_chain", "tenant", "chain", "position"),
    Index("events_by_time", "tenant", "at"),
)
"""The log of events, numbered without gaps in each tenant. ``body`` is the event as it is polled and delivered."""

REVIEWS: Final = Table(
    "reviews",
    METADATA,
    Column("decision", String(36), primary_key=True),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    tenant_column(),
    Index("reviews_by_time", "at"),
)
"""When decisions need a review. A row goes when its event is written."""

WEBHOOKS: Final = Table(
    "webhooks",
    METADATA,
    id_column("id", key=True),
    tenant_column(),
    Column("url", Text, nullable=False),
    Column("description", Text),
    Column("types", Text),
    Column("state", String(16), nullable=False),
    Column("secret", String(128), nullable=False),
    Column("old_secret", String(128)),
    instant_column("old_secret_until", null=True),
    Column("position", BigInteger, nullable=False),
    instant_column("created_at"),
    instant_column("updated_at"),
    instant_column("failing_since", null=True),
    instant_column("last_success_at", null=True),
    instant_column("last_failure_at", null=True),
    Column("last_failure", String(255)),
)
"""Where events are delivered. ``position`` is up to where in the log the deliveries are planned; ``types`` a JSON list, or null for all."""

DELIVERIES: Final = Table(
    "deliveries",
    METADATA,
    id_column("webhook", key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    tenant_column(),
    Column("chain", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    instant_column("next_at"),
    instant_column("first_at", null=True),
    Column("lease", String(36)),
    instant_column("lease_until", null=True),
    Column("last_failure", String(255)),
    Index("deliveries_by_chain", "webhook", "chain", "position"),
    Index("deliveries_by_time", "state", "next_at"),
)
"""Planned deliveries that have not succeeded. A worker that attempts one holds its ``lease``, which expires if the worker dies."""
