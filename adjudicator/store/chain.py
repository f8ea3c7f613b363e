r"""Chains of entries: each entry holds the digest of the one before, so that none can be changed, left out or moved unnoticed.

Every order has a chain of its own, and so has every case without an order; writers of different orders do not wait for each other.
The digest of an entry is ``SHA-256(previous + "\n" + body)``, over the texts as they stand in the database and in an export; the
first entry has 64 zeros for a predecessor. A body names its chain and its number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson
import sqlalchemy as sa
from attrs import asdict, frozen
from attrs.filters import exclude

from adjudicator.model.time import Instant
from adjudicator.store.database import insert_if_new
from adjudicator.store.errors import Altered
from adjudicator.store.listing import apply, changes_of
from adjudicator.store.personal import Seal
from adjudicator.store.tables import CHAINS, ENTRIES, SEALED

START: Final = "0" * 64
"""What stands for the digest before the first entry."""


@frozen
class Head:
    """The end of a chain: how many entries it has, and the digest of the last."""

    chain: str
    length: int
    digest: str


@frozen
class Entry:
    """One entry as it is kept. ``seal`` holds its personal data, ``None`` where there were none or they are erased."""

    chain: str
    number: int
    id: str
    body: str
    previous: str
    digest: str
    seal: Seal | None

    def document(self) -> dict[str, Any]:
        """What the entry says."""
        found: dict[str, Any] = orjson.loads(self.body)
        return found


def digest_of(previous: str, body: str) -> str:
    """The digest of an entry."""
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def locked(connection: sa.Connection, chain: str) -> Head:
    """The end of a chain, which nobody else can move until the transaction ends. Begins the chain if there is none."""
    insert_if_new(connection, CHAINS, chain=chain, length=0, head=START)
    row = connection.execute(_LOCKED, {"of": chain}).one()
    return Head(row.chain, row.length, row.head)


def length_of(connection: sa.Connection, chain: str) -> int:
    """How many entries a chain has."""
    length: int = connection.scalars(sa.select(CHAINS.c.length).where(CHAINS.c.chain == chain)).one()
    return length


def not_before(connection: sa.Connection, head: Head, at: Instant) -> Instant:
    """An instant, or that of the last entry of a chain where a clock has gone back: the times of a chain never do."""
    last = connection.scalar(
        sa.select(ENTRIES.c.body).where(ENTRIES.c.chain == head.chain, ENTRIES.c.number == head.length)
    )
    return at if last is None else max(at, Instant.parse(orjson.loads(last)["at"]))


def append(connection: sa.Connection, head: Head, id: str, told: Mapping[str, Any], seal: Seal | None = None) -> Head:
    """Write the next entry of a locked chain, and what follows from it for the lists. Returns the new end."""
    document = {"chain": head.chain, "number": head.length + 1, "id": id, **told}
    if seal is not None:
        document["sealed"] = seal.digest
    body = orjson.dumps(document).decode()
    entry = Entry(head.chain, head.length + 1, id, body, head.digest, digest_of(head.digest, body), seal)
    return keep(connection, entry)


def keep(connection: sa.Connection, entry: Entry) -> Head:
    """Write an entry at the end of its chain, as it is."""
    connection.execute(_ENTRY, asdict(entry, filter=exclude("seal")))
    if entry.seal is not None:
        connection.execute(_SEAL, {"id": entry.id, **asdict(entry.seal)})
    apply(connection, changes_of(entry.document(), entry.seal))
    connection.execute(_MOVED, {"of": entry.chain, "length": entry.number, "head": entry.digest})
    return Head(entry.chain, entry.number, entry.digest)


def entries_of(connection: sa.Connection, chain: str) -> Iterator[Entry]:
    """The entries of a chain in their order."""
    chosen = _WITH_SEALS.where(ENTRIES.c.chain == chain).order_by(ENTRIES.c.number)
    return map(_entry, connection.execute(chosen))


def every_entry(connection: sa.Connection) -> Iterator[Entry]:
    """Every entry, chain by chain, fetched as it is asked for."""
    chosen = _WITH_SEALS.order_by(ENTRIES.c.chain, ENTRIES.c.number).execution_options(yield_per=500)
    return map(_entry, connection.execute(chosen))


def must_be_whole(entry: Entry) -> None:
    """Raises :class:`~adjudicator.store.errors.Altered` unless an entry and its personal data have the digests that they should."""
    committed = entry.document().get("sealed")
    sealed_so = entry.seal is None or entry.seal.digest == committed
    if digest_of(entry.previous, entry.body) != entry.digest or not sealed_so:
        raise Altered(f"entry {entry.number} of {entry.chain} is altered: run adjudicator audit verify")


def entry_by_id(connection: sa.Connection, id: str) -> Entry | None:
    """One entry, if there is one."""
    row = connection.execute(_WITH_SEALS.where(ENTRIES.c.id == id)).one_or_none()
    return None if row is None else _entry(row)


_LOCKED: Final = sa.select(CHAINS).where(CHAINS.c.chain == sa.bindparam("of")).with_for_update()
_MOVED: Final = CHAINS.update().where(CHAINS.c.chain == sa.bindparam("of"))
_ENTRY: Final = ENTRIES.insert()
_SEAL: Final = SEALED.insert()
_WITH_SEALS: Final = sa.select(ENTRIES, SEALED.c.salt, SEALED.c.content, SEALED.c.buyer, SEALED.c.claimant).select_from(
    ENTRIES.outerjoin(SEALED, SEALED.c.id == ENTRIES.c.id)
)


def _entry(row: sa.Row[Any]) -> Entry:
    seal = None if row.salt is None else Seal(row.salt, row.content, row.buyer, row.claimant)
    return Entry(row.chain, row.number, row.id, row.body, row.previous, row.digest, seal)
