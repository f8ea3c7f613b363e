"""The tables of the record. ``entries`` is the source of truth; the other tables can be rebuilt from it or lost.

Instants are microseconds since 1970-01-01T00:00:00Z, amounts minor units, digests SHA-256 in hex.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from adjudicator.store.tenancy import DEFAULT_TENANT

LONGEST_ID: Final = 255
"""The longest id that fits into an indexed column, in characters."""

LONGEST_TENANT: Final = 63
"""The longest name of a tenant."""

METADATA: Final = MetaData()

TENANTS: Final = Table(
    "tenants",
    METADATA,
    Column("name", String(LONGEST_TENANT), primary_key=True),
    Column("policies", Text),
    Column("created_at", BigInteger, nullable=False),
)
"""The tenants. ``policies`` is a JSON list of those that the tenant may use; all of them if it is null."""

COMPATIBILITY: Final = Table("compatibility", METADATA, Column("oldest", String(32), primary_key=True))
"""One row: the oldest revision of the schema whose program this schema still serves."""


def _id(name: str, *, null: bool = False, key: bool = False) -> Column[str]:
    return Column(name, String(LONGEST_ID), nullable=null, primary_key=key)


def _digest(name: str, *, null: bool = False, key: bool = False) -> Column[str]:
    return Column(name, String(64), nullable=null, primary_key=key)


def _tenant(*, key: bool = False) -> Column[str]:
    """The tenant of a row. Statements are restricted to it: see :mod:`adjudicator.store.tenancy`."""
    return Column("tenant", String(LONGEST_TENANT), nullable=False, primary_key=key, server_default=DEFAULT_TENANT)


def _instant(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=null)


CHAINS: Final = Table(
    "chains",
    METADATA,
    Column("chain", Text, primary_key=True),
    Column("length", Integer, nullable=False),
    _digest("head"),
    _tenant(),
)
"""One row per chain: its length and the digest of its last entry. Writers lock the row of their chain."""

ENTRIES: Final = Table(
    "entries",
    METADATA,
    Column("chain", Text, ForeignKey("chains.chain"), primary_key=True),
    Column("number", Integer, primary_key=True),
    _id("id"),
    Column("body", Text, nullable=False),
    _digest("previous"),
    _digest("digest"),
    _tenant(),
    UniqueConstraint("id"),
)
"""What happened, in order. Database triggers reject updates and deletes."""

SEALED: Final = Table(
    "sealed",
    METADATA,
    Column("id", String(LONGEST_ID), ForeignKey("entries.id"), primary_key=True),
    Column("salt", String(64), nullable=False),
    Column("content", Text, nullable=False),
    _tenant(),
)
"""The personal data of an entry. The entry holds only their salted digest.

Apart from jobs and files it is the only table with anything derived from personal data, and it has no index on any. In SQLite its rows are
only ever appended and, when erased, overwritten in place: see :func:`~adjudicator.store.chain.erase_seals`.
"""

STANDING: Final = text("superseded_by IS NULL")
"""The decisions that nothing has superseded."""

DECISIONS: Final = Table(
    "decisions",
    METADATA,
    _id("id", key=True),
    Column("chain", Text, nullable=False),
    Column("number", Integer, nullable=False),
    _id("order_id", null=True),
    _id("case_id"),
    _id("claim_id", null=True),
    _id("policy"),
    _id("edition"),
    Column("revision", Integer, nullable=False),
    _id("outcome"),
    _instant("as_of"),
    _instant("decided_at"),
    _instant("updated_at"),
    _id("decided_by", null=True),
    _id("supersedes", null=True),
    _id("superseded_by", null=True),
    _instant("erased_at", null=True),
    _tenant(),
    Index("decisions_by_change", "updated_at", "id"),
    Index("decisions_by_chain", "chain", "number"),
    Index("decisions_by_order", "order_id"),
    Index("decisions_by_case", "chain", "case_id", "as_of"),
    Index("decisions_by_claim", "claim_id"),
    Index("decisions_by_tenant", "tenant", "updated_at", "id"),
    Index("decisions_by_tenant_chain", "tenant", "chain", "number"),
    Index("decisions_by_tenant_order", "tenant", "order_id"),
    Index("decisions_by_tenant_claim", "tenant", "claim_id"),
    Index("decisions_by_tenant_case", "tenant", "chain", "case_id", "as_of"),
    Index(
        "decisions_open", *("tenant", "outcome", "decided_at", "id"), sqlite_where=STANDING, postgresql_where=STANDING
    ),
)
"""One row per decision, for lists and look-ups.

The indexes without the tenant serve workers of the version before tenants, until all of them are replaced.
"""

WAITING: Final = text("state = 'reserved'")
"""The payouts that wait to be released."""

PAYOUTS: Final = Table(
    "payouts",
    METADATA,
    _tenant(key=True),
    _digest("key", key=True),
    Column("attempt", Integer, primary_key=True),
    Column("chain", Text, nullable=False),
    _id("order_id"),
    _id("claim_id"),
    _id("decision_id"),
    _id("kind"),
    _id("line_id", null=True),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("state", String(16), nullable=False),
    _instant("reserved_at"),
    _instant("updated_at"),
    Column("units", BigInteger),
    _instant("confirmed_at", null=True),
    Index("payouts_by_chain", "chain"),
    Index("payouts_by_tenant_chain", "tenant", "chain"),
    Index(
        "payouts_reserved", *("tenant", "reserved_at", "key", "attempt"), sqlite_where=WAITING, postgresql_where=WAITING
    ),
    Index(
        "payouts_live",
        "tenant",
        "key",
        unique=True,
        sqlite_where=text("state <> 'reversed'"),
        postgresql_where=text("state <> 'reversed'"),
    ),
)
"""The state of every payout. The unique index is the last safeguard against paying twice under one key."""

SPENT: Final = "expired"
"""The ``answer`` of a request whose answer was removed."""
ANSWERED: Final = text(f"(answer <> '{SPENT}' OR decision_id IS NOT NULL)")
"""Rows of ``requests`` that still have their answer."""

REQUESTS: Final = Table(
    "requests",
    METADATA,
    _digest("request", key=True),
    _digest("payload", null=True),
    _id("decision_id", null=True),
    Column("answer", Text),
    _tenant(),
    _instant("stored_at", null=True),
    Index("requests_by_decision", "decision_id"),
    Index("requests_by_time", "stored_at", sqlite_where=ANSWERED, postgresql_where=ANSWERED),
)
"""The answer to each idempotency key: a decision, or the text in ``answer``. ``request`` is the digest of caller and key.

``stored_at`` is null in rows of earlier versions.

``payload`` is the digest of what was asked. For a decision, whose case may hold personal data, it is salted with the salt of the
decision's personal data, so it is worth nothing once they are erased.
"""

API_KEYS: Final = Table(
    "api_keys",
    METADATA,
    _id("id", key=True),
    _id("name"),
    _id("scopes"),
    _digest("secret"),
    _instant("created_at"),
    _instant("revoked_at", null=True),
    _id("identity", null=True),
    _instant("expires_at", null=True),
    _instant("last_used_at", null=True),
    _tenant(),
)
"""API keys and their scopes. Only the digest of a secret is stored.

``identity`` is the caller that a key and its successors belong to: the id of the first of them, and so that of the key itself if it is null.
"""

ACCESSES: Final = Table(
    "accesses",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    _tenant(),
    _instant("at"),
    _id("caller"),
    _id("key_id", null=True),
    _id("operation"),
    Column("resource", Text),
    Column("status", Integer, nullable=False),
    Index("accesses_by_tenant", "tenant", "id"),
    Index("accesses_by_resource", "tenant", "resource", "id"),
    Index("accesses_by_time", "at"),
)
"""The access log. It is no part of the chains, and old rows are deleted."""

RATES: Final = Table(
    "rates",
    METADATA,
    _tenant(key=True),
    _id("caller", key=True),
    Column("minute", BigInteger, nullable=False),
    Column("taken", Integer, nullable=False),
)
"""How many requests each caller was granted in the last minute (counted from 1970) in which it made any."""

ERASURES: Final = Table(
    "erasures",
    METADATA,
    _id("id", key=True),
    _id("by", null=True),
    Column("reason", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    _id("position"),
    _instant("requested_at"),
    _instant("finished_at", null=True),
    _tenant(),
    Column("job_position", BigInteger),
    Index("erasures_by_state", "state"),
)
"""Requested erasures. ``kind`` says what is erased, ``position`` up to which entry the personal data were searched.

Before that, the lines of jobs are searched, up to ``job_position``.
"""

ERASURE_TARGETS: Final = Table(
    "erasure_targets",
    METADATA,
    Column("id", String(LONGEST_ID), ForeignKey("erasures.id"), primary_key=True),
    Column("target", Text, nullable=False),
    _tenant(),
)
"""Whom or what an unfinished erasure is about. It may name a person, so it is handled like ``sealed``, and goes with the data."""

ERASED: Final = Table(
    "erased",
    METADATA,
    Column("erasure", String(LONGEST_ID), ForeignKey("erasures.id"), primary_key=True),
    _id("decision", key=True),
    _tenant(),
)
"""The decisions whose personal data an erasure removed."""

CHECKPOINTS: Final = Table(
    "checkpoints",
    METADATA,
    _tenant(key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String(64), nullable=False),
    _digest("previous"),
    _digest("digest"),
    Column("signature", String(128)),
)
"""Checkpoints, numbered in each tenant. Each has the digest of the one before."""

CHECKPOINT_HEADS: Final = Table(
    "checkpoint_heads",
    METADATA,
    _tenant(key=True),
    Column("chain", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("length", Integer, nullable=False),
    _digest("head"),
    ForeignKeyConstraint(["tenant", "number"], ["checkpoints.tenant", "checkpoints.number"]),
    Index("checkpoint_heads_by_number", "tenant", "number"),
)
"""The ends, at a checkpoint, of the chains that had grown since the one before."""

# Events

OUTBOX: Final = Table(
    "outbox",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    _tenant(),
    Column("chain", Text, nullable=False),
    Column("event", String(36)),
    Column("type", String(64), nullable=False),
    _instant("at"),
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
    _tenant(key=True),
    Column("length", BigInteger, nullable=False),
    Column("dropped", BigInteger, nullable=False),
)
"""One row per tenant: how many events its log has had, and how many of the oldest were dropped. Locked to append."""

EVENTS: Final = Table(
    "events",
    METADATA,
    _tenant(key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("event", String(36), nullable=False),
    Column("chain", Text, nullable=False),
    Column("type", String(64), nullable=False),
    _instant("at"),
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
    _tenant(),
    Index("reviews_by_time", "at"),
)
"""When decisions need a review. A row goes when its event is written."""

WEBHOOKS: Final = Table(
    "webhooks",
    METADATA,
    _id("id", key=True),
    _tenant(),
    Column("url", Text, nullable=False),
    Column("description", Text),
    Column("types", Text),
    Column("state", String(16), nullable=False),
    Column("secret", String(128), nullable=False),
    Column("old_secret", String(128)),
    _instant("old_secret_until", null=True),
    Column("position", BigInteger, nullable=False),
    _instant("created_at"),
    _instant("updated_at"),
    _instant("failing_since", null=True),
    _instant("last_success_at", null=True),
    _instant("last_failure_at", null=True),
    Column("last_failure", String(255)),
)
"""Where events are delivered. ``position`` is up to where in the log the deliveries are planned; ``types`` a JSON list, or null for all."""

DELIVERIES: Final = Table(
    "deliveries",
    METADATA,
    _id("webhook", key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    _tenant(),
    Column("chain", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    _instant("next_at"),
    _instant("first_at", null=True),
    Column("lease", String(36)),
    _instant("lease_until", null=True),
    Column("last_failure", String(255)),
    Index("deliveries_by_chain", "webhook", "chain", "position"),
    Index("deliveries_by_time", "state", "next_at"),
)
"""Planned deliveries that have not succeeded. A worker that attempts one holds its ``lease``, which expires if the worker dies."""
