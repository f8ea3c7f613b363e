"""The columns that many tables of the record have.

Instants are microseconds since 1970-01-01T00:00:00Z, amounts minor units, digests SHA-256 in hex.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, MetaData, String

from adjudicator.store.tenancy import DEFAULT_TENANT

LONGEST_ID: Final = 255
"""The longest id that fits into an indexed column, in characters."""

LONGEST_TENANT: Final = 63
"""The longest name of a tenant."""

METADATA: Final = MetaData()


def id_column(name: str, *, null: bool = False, key: bool = False) -> Column[str]:
    """An id of the record or of a case."""
    return Column(name, String(LONGEST_ID), nullable=null, primary_key=key)


def digest_column(name: str, *, null: bool = False, key: bool = False) -> Column[str]:
    """A digest."""
    return Column(name, String(64), nullable=null, primary_key=key)


def tenant_column(*, key: bool = False) -> Column[str]:
    """The tenant of a row. Statements are restricted to it: see :mod:`adjudicator.store.tenancy`."""
    return Column("tenant", String(LONGEST_TENANT), nullable=False, primary_key=key, server_default=DEFAULT_TENANT)


def instant_column(name: str, *, null: bool = False) -> Column[int]:
    """An instant."""
    return Column(name, BigInteger, nullable=null)


def row_number() -> Column[int]:
    """The primary key of a table whose rows are numbered in the order in which they are inserted."""
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
