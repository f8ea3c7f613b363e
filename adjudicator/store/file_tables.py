"""The tables that tell which files are used again. Instants are microseconds since 1970-01-01T00:00:00Z.

Digests and perceptual hashes of a person's files are personal data. In SQLite, rows are handled like those of ``sealed``: appended, and
blanked in place; their indexes are rebuilt then. See :mod:`adjudicator.store.file_rows`.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, text

from adjudicator.store.columns import METADATA, id_column, row_number, tenant_column

BANDS: Final = tuple(f"band_{number}" for number in range(1, 5))
"""The columns of a perceptual hash of 64 bits: four hexadecimal digits each."""
BAND_DIGITS: Final = 4
NOT_ERASED: Final = text("erased = 0")
"""Rows that were not blanked. No index has any other."""


def _index(name: str, *columns: str) -> Index:
    return Index(name, *columns, sqlite_where=NOT_ERASED, postgresql_where=NOT_ERASED)


NAMED_FILES: Final = Table(
    "named_files",
    METADATA,
    row_number(),
    tenant_column(),
    id_column("decision"),
    id_column("evidence"),
    Column("sha256", String(64), nullable=False),
    Column("erased", Integer, nullable=False),
    _index("named_files_by_digest", "tenant", "sha256", "id"),
    _index("named_files_by_decision", "decision"),
)
"""The files that the case of each decision names. It can be rebuilt from ``sealed``."""

SEEN_FILES: Final = Table(
    "seen_files",
    METADATA,
    row_number(),
    tenant_column(),
    Column("sha256", String(64), nullable=False),
    *(Column(band, String(BAND_DIGITS)) for band in BANDS),
    Column("seen_at", BigInteger, nullable=False),
    Column("erased", Integer, nullable=False),
    _index("seen_files_by_digest", "tenant", "sha256"),
    _index("seen_files_by_time", "seen_at"),
    *(_index(f"seen_files_by_{band}", "tenant", band) for band in BANDS),
)
"""The files that were examined, with the perceptual hash of a picture. ``seen_at`` is when, or far in the future once a case names the file."""
