"""What an export says of examined files, so that pictures that look alike are still found in the record that imports it.

Only files that a case names move along: an import must not bring back what was erased, and whatever no case names goes by itself. Nothing
in the chains commits to a perceptual hash, so only the last line of an export, and its signature, vouch for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

import sqlalchemy as sa
from attrs import field, fields, frozen
from attrs.validators import matches_re, optional

from adjudicator.model.time import Instant
from adjudicator.store.file_rows import DIGEST, IS_KEPT, bands_of
from adjudicator.store.file_tables import BANDS, NAMED_FILES, SEEN_FILES


@frozen
class ExaminedFile:
    """A file that was examined: its SHA-256 and, of a picture, its perceptual hash (16 hexadecimal digits).

    Raises :class:`ValueError` or :class:`TypeError` for anything else; erasing in place relies on these lengths.
    """

    sha256: str = field(validator=matches_re(DIGEST))
    picture_hash: str | None = field(validator=optional(matches_re("[0-9a-f]{16}")))


FILE: Final = tuple(each.name for each in fields(ExaminedFile))


def examined_files(connection: sa.Connection) -> Iterator[ExaminedFile]:
    """The examined files that a case names, by digest, streamed from the database. A file that was noted twice is written once."""
    rows = connection.execute(examined_query(connection.dialect.name).execution_options(yield_per=500))
    for sha256, noted in groupby(rows, key=lambda row: row.sha256):
        bands = next(noted)[1:]
        yield ExaminedFile(sha256, None if None in bands else "".join(bands))


def add_examined(connection: sa.Connection, file: ExaminedFile, now: Instant) -> None:
    """Note a file that an export tells of, if a case names it. What is known of the file here stays."""
    if connection.scalar(_IS_NAMED, {"of": file.sha256}) is None or connection.scalar(_IS_SEEN, {"of": file.sha256}):
        return
    row = {"sha256": file.sha256, "seen_at": int(now), "erased": IS_KEPT, **bands_of(file.picture_hash)}
    connection.execute(_INSERT, row)


def examined_query(dialect: str) -> sa.Select[Any]:
    """The examined files that a case names, in the order of the bytes of their digests, whatever the collation of PostgreSQL is."""
    digest = SEEN_FILES.c.sha256
    bands = [SEEN_FILES.c[band] for band in BANDS]
    order = digest if dialect == "sqlite" else sa.collate(digest, "C")
    these = sa.select(digest, *bands).where(SEEN_FILES.c.erased == IS_KEPT, digest.in_(_NAMED))
    return these.order_by(order, bands[0].is_(None), *bands)


_NAMED: Final = sa.select(NAMED_FILES.c.sha256).where(NAMED_FILES.c.erased == IS_KEPT)
_IS_NAMED: Final = _NAMED.where(NAMED_FILES.c.sha256 == sa.bindparam("of")).limit(1)
_IS_SEEN: Final = (
    sa.select(SEEN_FILES.c.id).where(SEEN_FILES.c.sha256 == sa.bindparam("of"), SEEN_FILES.c.erased == IS_KEPT).limit(1)
)
_INSERT: Final = SEEN_FILES.insert()
