"""Which evidence files the cases name, written and erased with their decisions.

An index of digests is personal data itself. SQLite leaves copies of what it moves within an index, so after an erasure the indexes are built
anew: what they left behind is overwritten then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import orjson
import sqlalchemy as sa

from adjudicator.store import database
from adjudicator.store.file_tables import BAND_DIGITS, BANDS, NAMED_FILES, SEEN_FILES
from adjudicator.store.personal import Seal
from adjudicator.store.writing import Writes

DIGEST: Final = re.compile("[0-9a-f]{64}")
MOST_NAMED: Final = 1_000
"""The most files of one case that are looked up later; the ones after them are not."""
STEP: Final = 500
"""The most digests that one statement names."""
IS_KEPT: Final = 0


def bands_of(picture_hash: str | None) -> dict[str, str | None]:
    """The columns of a perceptual hash; empty ones for ``None``."""
    parts = [None] * len(BANDS) if picture_hash is None else split(picture_hash)
    return dict(zip(BANDS, parts, strict=True))


def split(picture_hash: str) -> list[str]:
    """A perceptual hash in its bands."""
    whole = f"{int(picture_hash, 16):0{len(BANDS) * BAND_DIGITS}x}"
    return [whole[start : start + BAND_DIGITS] for start in range(0, len(whole), BAND_DIGITS)]


def remember(connection: Writes, decision: str, body: str, seal: Seal) -> None:
    """Note the files that the case of a new decision names, given the body and the personal data of its entry."""
    for row in _named(decision, body, seal):
        connection.execute(_INSERT, row)


def _named(decision: str, body: str, seal: Seal) -> Iterator[dict[str, Any]]:
    if '"sha256"' not in seal.content:
        return
    case = orjson.loads(body)["case"]
    digests = [
        (path[1], value) for path, value in seal.values()["case"] if _is_digest(path) and DIGEST.fullmatch(value)
    ]
    for number, sha256 in digests[:MOST_NAMED]:
        evidence = str(case["evidence"][number]["id"])[:255]
        yield {"decision": decision, "evidence": evidence, "sha256": sha256, "erased": IS_KEPT}


def _is_digest(path: Sequence[str | int]) -> bool:
    return len(path) == 5 and path[0] == "evidence" and path[2] == "files" and path[4] == "sha256"


_INSERT: Final = NAMED_FILES.insert()


def forget_named(connection: sa.Connection, decisions: Iterable[str]) -> None:
    """Erase which files the cases of some decisions name, and the data about those that no other case names."""
    these = sa.and_(NAMED_FILES.c.decision.in_([*decisions]), NAMED_FILES.c.erased == IS_KEPT)
    digests = sorted(set(connection.scalars(sa.select(NAMED_FILES.c.sha256).where(these))))
    if digests:
        _erase(connection, NAMED_FILES, these, ("sha256",))
        database.rebuild_indexes(connection, NAMED_FILES)
        forget_seen(connection, digests)


def forget_seen(connection: sa.Connection, digests: Sequence[str], before: int | None = None) -> int:
    """Erase the data about those of some files of the connection's tenant that no case names. Returns their number.

    With ``before``, only of those that were last examined before that instant.
    """
    old = SEEN_FILES.c.erased == IS_KEPT
    if before is not None:
        old = sa.and_(old, SEEN_FILES.c.seen_at < before)
    count = 0
    for start in range(0, len(digests), STEP):
        some = digests[start : start + STEP]
        named = set(connection.scalars(_NAMED_AMONG, {"wanted": some}))
        unnamed = SEEN_FILES.c.sha256.in_([each for each in some if each not in named])
        count += _erase(connection, SEEN_FILES, sa.and_(unnamed, old), ("sha256", *BANDS))
    if count:
        database.rebuild_indexes(connection, SEEN_FILES)
    return count


_NAMED_AMONG: Final = sa.select(NAMED_FILES.c.sha256).where(
    NAMED_FILES.c.sha256.in_(sa.bindparam("wanted", expanding=True)), NAMED_FILES.c.erased == IS_KEPT
)


def _erase(connection: sa.Connection, table: sa.Table, these: sa.ColumnElement[bool], personal: Iterable[str]) -> int:
    if connection.dialect.name != "sqlite":
        return connection.execute(table.delete().where(these)).rowcount
    values = {name: database.blank(table.c[name]) for name in personal}
    return connection.execute(table.update().where(these).values(**values, erased=1)).rowcount
