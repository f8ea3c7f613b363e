"""The tables of rulings that people enter. Instants are microseconds since 1970-01-01T00:00:00Z."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text, text

from adjudicator.store.tables import LONGEST_ID, LONGEST_TENANT, METADATA
from adjudicator.store.tenancy import DEFAULT_TENANT

OPEN: Final = text("state = 'open'")
"""The rulings that nobody has confirmed or rejected."""


def _tenant() -> Column[str]:
    return Column("tenant", String(LONGEST_TENANT), nullable=False, server_default=DEFAULT_TENANT)


RULINGS: Final = Table(
    "rulings",
    METADATA,
    Column("id", String(LONGEST_ID), primary_key=True),
    _tenant(),
    Column("chain", Text, nullable=False),
    Column("decision_id", String(LONGEST_ID), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("entered_by", String(LONGEST_ID)),
    Column("entered_at", BigInteger, nullable=False),
    Column("closed_by", String(LONGEST_ID)),
    Column("closed_at", BigInteger),
    Column("outcome_id", String(LONGEST_ID)),
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
    _tenant(),
)
"""What people wrote: what a ruling says, and why it was rejected. Either may name a person, so it is handled like ``sealed``: in SQLite
rows are only appended, and blanked in place."""
