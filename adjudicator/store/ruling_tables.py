"""The tables of rulings that people enter. Instants are microseconds since 1970-01-01T00:00:00Z."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text, text

from adjudicator.store.columns import LONGEST_ID, METADATA, id_column, tenant_column

OPEN: Final = text("state = 'open'")
"""The rulings that nobody has confirmed or rejected."""


RULINGS: Final = Table(
    "rulings",
    METADATA,
    id_column("id", key=True),
    tenant_column(),
    Column("chain", Text, nullable=False),
    id_column("decision_id"),
    Column("version", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    id_column("entered_by", null=True),
    Column("entered_at", BigInteger, nullable=False),
    id_column("closed_by", null=True),
    Column("closed_at", BigInteger),
    id_column("outcome_id", null=True),
    Index("rulings_by_chain", "tenant", "chain", "id"),
    Index("rulings_open", "tenant", "id", sqlite_where=OPEN, postgresql_where=OPEN),
)
"""Rulings: on which decision, at which version of its chain, by whom, and what became of them. ``outcome_id`` is the decision that a
confirmed ruling led to."""

RULING_TEXTS: Final = Table(
    "ruling_texts",
    METADATA,
    Column("ruling", String(LONGEST_ID), ForeignKey("rulings.id"), primary_key=True),
    Column("part", String(16), primary_key=True),
    Column("content", Text, nullable=False),
    tenant_column(),
)
"""What people wrote: what a ruling says, and why it was rejected. Either may name a person, so it is handled like ``sealed``: in SQLite
rows are only appended, and blanked in place."""
