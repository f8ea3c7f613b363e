"""The tables of jobs. Instants are microseconds since 1970-01-01T00:00:00Z."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from adjudicator.store.columns import METADATA, id_column, row_number, tenant_column

JOBS: Final = Table(
    "jobs",
    METADATA,
    id_column("id", key=True),
    tenant_column(),
    id_column("caller", null=True),
    Column("request", String(64)),
    Column("kind", String(16), nullable=False),
    id_column("edition", null=True),
    Column("fill_settlements", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("lines", BigInteger, nullable=False),
    Column("cases", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("decided", BigInteger, nullable=False),
    Column("refused", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("expires_at", BigInteger),
    Column("served_at", BigInteger, nullable=False),
    Column("lease", String(36)),
    Column("lease_until", BigInteger),
    Column("attempts", Integer, nullable=False),
    UniqueConstraint("request"),
    Index("jobs_by_state", "state", "served_at"),
    Index("jobs_by_caller", "tenant", "caller", "id"),
)
"""Jobs. ``request`` is the digest of caller and idempotency key, ``position`` the number of the last line that has its result.

A worker that works on a job, or receives its lines, holds its ``lease``, which expires if the worker dies. ``attempts`` counts the leases
since a line last got its result.
"""

NOT_ERASED: Final = text("erased = 0")
"""Rows that were not blanked."""


def _rows(name: str, *more: Column[str]) -> Table:
    return Table(
        name,
        METADATA,
        row_number(),
        tenant_column(),
        id_column("job"),
        Column("number", BigInteger, nullable=False),
        Column("content", Text, nullable=False),
        Column("erased", Integer, nullable=False),
        *more,
        UniqueConstraint("job", "number"),
        Index(f"{name}_kept", "erased", "id", sqlite_where=NOT_ERASED, postgresql_where=NOT_ERASED),
    )


JOB_LINES: Final = _rows("job_lines", Column("problem", String(32)))
"""The lines that a job was given: cases, or ids of recorded decisions. ``problem`` is set if one was not kept, because it cannot be a case.

They hold personal data, so they are handled like ``sealed``: appended, and blanked in place. See :mod:`adjudicator.store.job_rows`.
"""
JOB_RESULTS: Final = _rows("job_results")
"""The results of a job's lines, as JSON; handled like its lines."""
