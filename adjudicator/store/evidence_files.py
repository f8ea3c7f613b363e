"""Evidence files that are used again: where else the record knows a file, or a picture that looks like it.

Equal files are found by their SHA-256. Pictures that look alike are found by four bands of their perceptual hash: if two hashes differ in
at most seven bits, at least one of the bands differs in at most one. So a look-up reads a few places of four indexes, however much is on record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from attrs import frozen

from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.chain import ERASED_SALT
from adjudicator.store.file_rows import IS_KEPT, STEP, bands_of, forget_seen, split
from adjudicator.store.file_tables import BAND_DIGITS, BANDS, NAMED_FILES, SEEN_FILES
from adjudicator.store.personal import PARTIES, Seal
from adjudicator.store.tables import DECISIONS, SEALED
from adjudicator.store.tenancy import across_tenants, bound

MOST_BITS: Final = 2 * len(BANDS) - 1
"""The largest distance of hashes that four bands with one wrong bit each are sure to find."""
MOST_CANDIDATES: Final = 2_000
"""The most pictures that are compared bit by bit for each band."""
MOST_ALIKE: Final = 20
"""The most files that look like one, for which the cases that name them are looked up; the nearest ones."""
MOST_USES: Final = 50
"""The most uses of a file, and of each that looks like it, that are read; the newest ones."""
MOST_CLAIMS: Final = 10
"""The most claims that are reported for a file; the nearest and newest ones."""
SEEN_FILE_DAYS: Final = 30
"""How many days it is known of a file that it was examined, if no case names it."""
STAYS: Final = 2**62
"""The ``seen_at`` of a file that a case names: it goes with the case."""
_BITS: Final = tuple(1 << bit for bit in range(4 * BAND_DIGITS))
_BUYER: Final = tuple(PARTIES[0].strip("/").split("/"))


@frozen(kw_only=True)
class FileUse:
    """A claim on record that names a file: the same one, or one that looks like it with a hash that differs in ``bits``.

    ``same_buyer`` is whether its order is of the buyer that the look-up was about.
    """

    order_id: str
    claim_id: str
    evidence_id: str
    decision_id: str
    decided_at: Instant
    same_buyer: bool
    is_same: bool
    bits: int


@frozen
class FileUses:
    """Where else a file is used; not ``complete`` if there was more than a look-up reads."""

    uses: tuple[FileUse, ...]
    complete: bool


@frozen(eq=False)
class EvidenceFiles:
    """The files of one tenant's cases."""

    engine: sa.Engine
    now: Callable[[], Instant]

    def note(self, files: Mapping[str, str | None]) -> None:
        """Note files that were examined: digests, with the perceptual hashes of pictures (16 hexadecimal digits).

        What no case names after some days, :func:`expire_seen_files` removes.
        """
        if not files:
            return
        at = int(self.now())
        with database.write_transaction(self.engine) as connection:
            for sha256, picture_hash in sorted(files.items()):  # so that two callers never wait for each other
                if not connection.execute(_SEE_AGAIN, {"of": sha256, "at": at}).rowcount:
                    row = {"sha256": sha256, "seen_at": at, "erased": IS_KEPT, **bands_of(picture_hash)}
                    connection.execute(_INSERT, row)

    def has_seen(self, sha256: str) -> bool:
        """Whether a file was examined for this tenant."""
        with database.read_transaction(self.engine) as connection:
            return connection.scalar(_SEEN, {"of": sha256}) is not None

    def uses(
        self, sha256: str, picture_hash: str | None, *, order_id: str, claim_id: str, buyer_id: str, within: int
    ) -> FileUses:
        """Where a file, or a picture whose hash differs in at most ``within`` bits, is used in other claims than this one.

        The nearest come first, then the newest. Raises :class:`ValueError` for a distance above :data:`MOST_BITS`.
        """
        if not 0 <= within <= MOST_BITS:
            raise ValueError(f"{within}: pictures are compared within 0 to {MOST_BITS} bits")
        with database.read_transaction(self.engine) as connection:
            alike, complete = _alike(connection, sha256, picture_hash, within)
            bits = {sha256: 0, **alike}
            by_claim: dict[tuple[str, str], sa.Row[Any]] = {}
            for each in bits:
                rows = connection.execute(_USES, {"of": each, "own_order": order_id, "own_claim": claim_id}).all()
                complete = complete and len(rows) <= MOST_USES
                for row in rows[:MOST_USES]:
                    by_claim.setdefault((row.order_id, row.claim_id), row)
            chosen = list(by_claim.values())[:MOST_CLAIMS]
            buyers = dict(_buyers(connection, [row.decision for row in chosen]))
        uses = tuple(
            FileUse(
                order_id=row.order_id,
                claim_id=row.claim_id,
                evidence_id=row.evidence,
                decision_id=row.decision,
                decided_at=Instant(row.decided_at),
                same_buyer=buyers.get(row.decision) == buyer_id,
                is_same=row.sha256 == sha256,
                bits=bits[row.sha256],
            )
            for row in chosen
        )
        return FileUses(uses, complete and len(by_claim) <= MOST_CLAIMS)


_INSERT: Final = SEEN_FILES.insert()
_THIS: Final = sa.and_(SEEN_FILES.c.sha256 == sa.bindparam("of"), SEEN_FILES.c.erased == IS_KEPT)
_AT: Final = sa.bindparam("at", type_=sa.BigInteger)
_SEE_AGAIN: Final = (
    SEEN_FILES.update()
    .where(_THIS)
    .values(seen_at=sa.case((SEEN_FILES.c.seen_at < _AT, _AT), else_=SEEN_FILES.c.seen_at))
)
_SEEN: Final = sa.select(SEEN_FILES.c.id).where(_THIS).limit(1)


def _alike(
    connection: sa.Connection, sha256: str, picture_hash: str | None, within: int
) -> tuple[dict[str, int], bool]:
    """The nearest other files whose hash is within a distance, and whether all candidates were looked at."""
    if picture_hash is None:
        return {}, True
    own, found, complete = int(picture_hash, 16), dict[str, int](), True
    for band, part in zip(BANDS, split(picture_hash), strict=True):
        candidates = connection.execute(_CANDIDATES[band], {"parts": _near(part)}).all()
        complete = complete and len(candidates) <= MOST_CANDIDATES
        for row in candidates[:MOST_CANDIDATES]:
            bits = (own ^ int("".join(row[1:]), 16)).bit_count()
            if bits <= within and row.sha256 != sha256:
                found[row.sha256] = bits
    nearest = sorted(found.items(), key=lambda each: (each[1], each[0]))
    return dict(nearest[:MOST_ALIKE]), complete and len(nearest) <= MOST_ALIKE


def _near(part: str) -> list[str]:
    """A band, and all that differ from it in one bit."""
    number = int(part, 16)
    return [part, *(f"{number ^ bit:0{BAND_DIGITS}x}" for bit in _BITS)]


_CANDIDATES: Final = {
    band: sa.select(SEEN_FILES.c.sha256, *(SEEN_FILES.c[each] for each in BANDS))
    .where(SEEN_FILES.c[band].in_(sa.bindparam("parts", expanding=True)), SEEN_FILES.c.erased == IS_KEPT)
    .limit(MOST_CANDIDATES + 1)
    for band in BANDS
}


_USES: Final = (
    sa.select(NAMED_FILES, DECISIONS.c.order_id, DECISIONS.c.claim_id, DECISIONS.c.decided_at)
    .join(DECISIONS, DECISIONS.c.id == NAMED_FILES.c.decision)
    .where(NAMED_FILES.c.sha256 == sa.bindparam("of"), NAMED_FILES.c.erased == IS_KEPT)
    .where(DECISIONS.c.order_id.is_not(None), DECISIONS.c.claim_id.is_not(None), DECISIONS.c.erased_at.is_(None))
    .where(sa.or_(DECISIONS.c.order_id != sa.bindparam("own_order"), DECISIONS.c.claim_id != sa.bindparam("own_claim")))
    .order_by(NAMED_FILES.c.id.desc())
    .limit(MOST_USES + 1)
)
"""The newest uses of a file, but for those in the claim itself."""


def _buyers(connection: sa.Connection, decisions: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The buyers in the cases of some decisions."""
    query = sa.select(SEALED.c.id, SEALED.c.content).where(SEALED.c.id.in_(decisions), SEALED.c.salt != ERASED_SALT)
    for row in connection.execute(query):
        for path, value in Seal("", row.content).values()["case"]:
            if tuple(path) == _BUYER:
                yield row.id, value


def expire_seen_files(engine: sa.Engine, before: Instant) -> int:
    """Remove what is known of some files, of any tenant, that were last examined before an instant and that no case names.

    Returns how many were looked at; call it again until none.
    """
    old = sa.select(SEEN_FILES.c.tenant, SEEN_FILES.c.sha256)
    old = old.where(SEEN_FILES.c.seen_at < int(before), SEEN_FILES.c.erased == IS_KEPT).limit(STEP)
    with database.read_transaction(across_tenants(engine)) as connection:
        by_tenant: dict[str, list[str]] = {}
        for row in connection.execute(old):
            by_tenant.setdefault(row.tenant, []).append(row.sha256)
    for tenant, digests in by_tenant.items():
        _expire(engine, tenant, digests, int(before))
    return sum(map(len, by_tenant.values()))


def _expire(engine: sa.Engine, tenant: str, digests: Sequence[str], before: int) -> None:
    with database.write_transaction(bound(engine, tenant)) as connection:
        forget_seen(connection, digests, before)
        kept = sa.and_(SEEN_FILES.c.sha256.in_(digests), SEEN_FILES.c.seen_at < before)
        connection.execute(SEEN_FILES.update().where(kept, SEEN_FILES.c.erased == IS_KEPT).values(seen_at=STAYS))
