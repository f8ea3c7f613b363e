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
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from adjudicator.store.columns import (
    LONGEST_ID,
    LONGEST_TENANT,
    METADATA,
    digest_column,
    id_column,
    instant_column,
    row_number,
    tenant_column,
)

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


CHAINS: Final = Table(
    "chains",
    METADATA,
    Column("chain", Text, primary_key=True),
    Column("length", Integer, nullable=False),
    digest_column("head"),
    tenant_column(),
)
"""One row per chain: its length and the digest of its last entry. Writers lock the row of their chain."""

ENTRIES: Final = Table(
    "entries",
    METADATA,
    Column("chain", Text, ForeignKey("chains.chain"), primary_key=True),
    Column("number", Integer, primary_key=True),
    id_column("id"),
    Column("body", Text, nullable=False),
    digest_column("previous"),
    digest_column("digest"),
    tenant_column(),
    UniqueConstraint("id"),
)
"""What happened, in order. Database triggers reject updates and deletes."""

SEALED: Final = Table(
    "sealed",
    METADATA,
    Column("id", String(LONGEST_ID), ForeignKey("entries.id"), primary_key=True),
    Column("salt", String(64), nullable=False),
    Column("content", Text, nullable=False),
    tenant_column(),
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
    id_column("id", key=True),
    Column("chain", Text, nullable=False),
    Column("number", Integer, nullable=False),
    id_column("order_id", null=True),
    id_column("case_id"),
    id_column("claim_id", null=True),
    id_column("policy"),
    id_column("edition"),
    Column("revision", Integer, nullable=False),
    id_column("outcome"),
    instant_column("as_of"),
    instant_column("decided_at"),
    instant_column("updated_at"),
    id_column("decided_by", null=True),
    id_column("supersedes", null=True),
    id_column("superseded_by", null=True),
    instant_column("erased_at", null=True),
    tenant_column(),
    Index("decisions_by_tenant", "tenant", "updated_at", "id"),
    Index("decisions_by_tenant_chain", "tenant", "chain", "number"),
    Index("decisions_by_tenant_order", "tenant", "order_id"),
    Index("decisions_by_tenant_claim", "tenant", "claim_id"),
    Index("decisions_by_tenant_case", "tenant", "chain", "case_id", "as_of"),
    Index(
        "decisions_open", *("tenant", "outcome", "decided_at", "id"), sqlite_where=STANDING, postgresql_where=STANDING
    ),
)
"""One row per decision, for lists and look-ups."""

WAITING: Final = text("state = 'reserved'")
"""The payouts that wait to be released."""

PAYOUTS: Final = Table(
    "payouts",
    METADATA,
    tenant_column(key=True),
    digest_column("key", key=True),
    Column("attempt", Integer, primary_key=True),
    Column("chain", Text, nullable=False),
    id_column("order_id"),
    id_column("claim_id"),
    id_column("decision_id"),
    id_column("kind"),
    id_column("line_id", null=True),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("state", String(16), nullable=False),
    instant_column("reserved_at"),
    instant_column("updated_at"),
    Column("units", BigInteger),
    instant_column("confirmed_at", null=True),
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
    digest_column("request", key=True),
    digest_column("payload", null=True),
    id_column("decision_id", null=True),
    Column("answer", Text),
    tenant_column(),
    instant_column("stored_at", null=True),
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
    id_column("id", key=True),
    id_column("name"),
    id_column("scopes"),
    digest_column("secret"),
    instant_column("created_at"),
    instant_column("revoked_at", null=True),
    id_column("identity", null=True),
    instant_column("expires_at", null=True),
    instant_column("last_used_at", null=True),
    tenant_column(),
)
"""API keys and their scopes. Only the digest of a secret is stored.

``identity`` is the caller that a key and its successors belong to: the id of the first of them, and so that of the key itself if it is null.
"""

ACCESSES: Final = Table(
    "accesses",
    METADATA,
    row_number(),
    tenant_column(),
    instant_column("at"),
    id_column("caller"),
    id_column("key_id", null=True),
    id_column("operation"),
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
    tenant_column(key=True),
    id_column("caller", key=True),
    Column("minute", BigInteger, nullable=False),
    Column("taken", Integer, nullable=False),
)
"""How many requests each caller was granted in the last minute (counted from 1970) in which it made any."""

ERASURES: Final = Table(
    "erasures",
    METADATA,
    id_column("id", key=True),
    id_column("by", null=True),
    Column("reason", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    id_column("position"),
    instant_column("requested_at"),
    instant_column("finished_at", null=True),
    tenant_column(),
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
    tenant_column(),
)
"""Whom or what an unfinished erasure is about. It may name a person, so it is handled like ``sealed``, and goes with the data."""

ERASED: Final = Table(
    "erased",
    METADATA,
    Column("erasure", String(LONGEST_ID), ForeignKey("erasures.id"), primary_key=True),
    id_column("decision", key=True),
    tenant_column(),
)
"""The decisions whose personal data an erasure removed."""

CHECKPOINTS: Final = Table(
    "checkpoints",
    METADATA,
    tenant_column(key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String(64), nullable=False),
    digest_column("previous"),
    digest_column("digest"),
    Column("signature", String(128)),
)
"""Checkpoints, numbered in each tenant. Each has the digest of the one before."""

CHECKPOINT_HEADS: Final = Table(
    "checkpoint_heads",
    METADATA,
    tenant_column(key=True),
    Column("chain", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("length", Integer, nullable=False),
    digest_column("head"),
    ForeignKeyConstraint(["tenant", "number"], ["checkpoints.tenant", "checkpoints.number"]),
    Index("checkpoint_heads_by_number", "tenant", "number"),
)
"""The ends, at a checkpoint, of the chains that had grown since the one before."""
