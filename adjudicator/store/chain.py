r"""Hash chains: each entry holds the digest of the one before, so that any change, gap or move shows.

Each order has its own chain, as has each case without an order, so writers of different orders never wait for each other.
An entry's digest is ``SHA-256(previous + "\n" + body)`` over the exact text in the database and in exports; ``previous`` of the
first entry is 64 zeros. The body names its chain and number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

import orjson
import sqlalchemy as sa
from attrs import frozen

from adjudicator.model.time import Instant
from adjudicator.store.database import blank, in_byte_order, insert_if_new, insert_new
from adjudicator.store.errors import Altered
from adjudicator.store.file_rows import forget_named, remember
from adjudicator.store.listing import apply_to_database, row_changes
from adjudicator.store.outbox import announce
from adjudicator.store.personal import Seal
from adjudicator.store.tables import CHAINS, ENTRIES, SEALED
from adjudicator.store.writing import Writes, write_rows

START: Final = "0" * 64
"""The ``previous`` digest of a chain's first entry."""
CHAINS_AT_ONCE: Final = 200
"""So many chains are read with one statement."""
ERASED_SALT: Final = "0" * 64
"""The salt of erased personal data in SQLite. A random salt is never this one."""


@frozen
class Head:
    """The end of a chain: its length, and the digest of its last entry."""

    chain: str
    length: int
    digest: str


@frozen
class Entry:
    """A stored entry. ``seal`` holds its personal data; it is ``None`` if there were none or they were erased."""

    chain: str
    number: int
    id: str
    body: str
    previous: str
    digest: str
    seal: Seal | None

    def document(self) -> dict[str, Any]:
        """The body, parsed."""
        document: dict[str, Any] = orjson.loads(self.body)
        return document

    @property
    def head(self) -> Head:
        """The end of the chain, if this is the last entry."""
        return Head(self.chain, self.number, self.digest)


@frozen
class Draft:
    """An entry that is not stored yet, with its body as a document; the case and the decision in it may be JSON already.

    ``reviews`` are the instants at which a decision should be reviewed.
    """

    entry: Entry
    document: dict[str, Any]
    reviews: Sequence[int] = ()


def digest_of(previous: str, body: bytes) -> str:
    """The digest of an entry with this body, in UTF-8, and predecessor."""
    return hashlib.sha256(b"%b\n%b" % (previous.encode(), body)).hexdigest()


def lock_chain(connection: sa.Connection, chain: str) -> Head:
    """Lock a chain until the transaction ends, creating it if needed. Returns its end."""
    if insert_if_new(connection, CHAINS, chain=chain, length=0, head=START):
        return Head(chain, 0, START)
    row = connection.execute(_LOCK_CHAIN, {"of": chain}).one()
    return Head(row.chain, row.length, row.head)


def lock_free_chains(connection: sa.Connection, firsts: Iterable[Head]) -> dict[str, Head]:
    """Lock those of some chains that nobody else has locked, and create those that there are not. Returns their ends.

    A chain is created with the end that it will have after its first entry, which the caller stores. It waits for no lock on a chain that
    exists, and creates chains in the order of their names, so two callers never wait for each other.
    """
    heads = {head.chain: head for head in sorted(firsts, key=_name)}
    if not heads:
        return {}
    new = [{"chain": head.chain, "length": head.length, "head": head.digest} for head in heads.values()]
    if write_rows(connection, insert_new(connection.dialect.name, CHAINS), new) == len(new):
        return heads
    rows = connection.execute(_LOCK_FREE_CHAINS, {"of": [*heads]})
    return {row.chain: Head(row.chain, row.length, row.head) for row in rows}


_name: Final = attrgetter("chain")


def chain_length(connection: sa.Connection, chain: str) -> int:
    """The number of entries of an existing chain."""
    length: int = connection.scalars(sa.select(CHAINS.c.length).where(CHAINS.c.chain == chain)).one()
    return length


def monotonic_time(connection: sa.Connection, head: Head, at: Instant) -> Instant:
    """``at``, or the time of the chain's last entry if that is later: a clock that went back must not reorder the chain."""
    if head.length == 0:
        return at
    last = connection.scalar(_LAST_BODY, {"of": head.chain, "at": head.length})
    return at if last is None else max(at, Instant.parse(orjson.loads(last)["at"]))


def last_times(connection: sa.Connection, chains: Sequence[str]) -> dict[str, Instant]:
    """The times of the last entries of some chains that have entries."""
    rows = connection.execute(_LAST_BODIES, {"of": chains}) if chains else ()
    return {row.chain: Instant.parse(orjson.loads(row.body)["at"]) for row in rows}


def append(connection: Writes, head: Head, id: str, fields: Mapping[str, Any]) -> Head:
    """Append an entry to a locked chain, update the list tables and announce the event. Returns the new end."""
    draft = draft_after(head, id, fields)
    store(connection, draft)
    return advance(connection, draft.entry)


def draft_after(
    head: Head, id: str, fields: Mapping[str, Any], seal: Seal | None = None, reviews: Sequence[int] = ()
) -> Draft:
    """The entry that comes after an end of a chain."""
    document = {"chain": head.chain, "number": head.length + 1, "id": id, **fields}
    if seal is not None:
        document["sealed"] = seal.digest
    body = orjson.dumps(document)
    digest = digest_of(head.digest, body)
    return Draft(Entry(head.chain, head.length + 1, id, body.decode(), head.digest, digest, seal), document, reviews)


def store(connection: Writes, draft: Draft) -> None:
    """Store a new entry, update the list tables and announce the event. The end of its chain is another matter."""
    announce(connection, draft.document, draft.entry.digest, draft.reviews)
    _insert(connection, draft)


def insert_entry(connection: Writes, entry: Entry) -> Head:
    """Store an existing entry unchanged at the end of its chain, as an import does, and update the list tables."""
    _insert(connection, Draft(entry, entry.document()))
    return advance(connection, entry)


def advance(connection: Writes, entry: Entry) -> Head:
    """Make an entry the end of its chain, which there is. Returns it."""
    connection.execute(_ADVANCE_CHAIN, {"of": entry.chain, "length": entry.number, "head": entry.digest})
    return entry.head


def _insert(connection: Writes, draft: Draft) -> None:
    entry, document = draft.entry, draft.document
    row = {"chain": entry.chain, "number": entry.number, "id": entry.id, "body": entry.body}
    connection.execute(_INSERT_ENTRY, {**row, "previous": entry.previous, "digest": entry.digest})
    if entry.seal is not None:
        connection.execute(_INSERT_SEAL, {"id": entry.id, "salt": entry.seal.salt, "content": entry.seal.content})
        remember(connection, entry.id, entry.body, entry.seal)
    apply_to_database(connection, row_changes(document))


def erase_seals(connection: sa.Connection, ids: Iterable[str]) -> None:
    """Destroy the personal data of entries, and with them which files their cases name.

    SQLite moves rows between pages when it balances a table, and leaves copies in the old pages that nothing ever clears. So here rows
    never move: they are appended, which fills page after page, and erased by values of the same size, which SQLite writes over the old.
    """
    erased = [*ids]
    for entry_id in erased:
        connection.execute(_ERASE_IN_PLACE if connection.dialect.name == "sqlite" else _DELETE_SEAL, {"of": entry_id})
    forget_named(connection, erased)


def chain_entries(connection: sa.Connection, chain: str) -> Iterator[Entry]:
    """The entries of a chain, in order."""
    return map(entry_from, connection.execute(_ENTRIES_OF_CHAIN, {"of": chain}))


def all_entries(connection: sa.Connection) -> Iterator[Entry]:
    """Every entry, streamed from the database chain by chain, in the order of the bytes of their names: the same in every database.

    Only names are sorted as a whole, as an index of PostgreSQL has the order of its language.
    """
    order = in_byte_order(connection, ENTRIES.c.chain)
    names = sa.select(ENTRIES.c.chain).group_by(ENTRIES.c.chain).order_by(order)
    entries = SELECT_ENTRIES.where(ENTRIES.c.chain.in_(sa.bindparam("of", expanding=True)))
    entries = entries.order_by(order, ENTRIES.c.number).execution_options(yield_per=500)
    for chains in connection.scalars(names.execution_options(yield_per=CHAINS_AT_ONCE)).partitions():
        yield from map(entry_from, connection.execute(entries, {"of": chains}))


def check_entry(entry: Entry) -> None:
    """Raises :class:`~adjudicator.store.errors.Altered` unless an entry and its personal data match their digests."""
    committed = entry.document().get("sealed")
    seal_matches = entry.seal is None or entry.seal.digest == committed
    if digest_of(entry.previous, entry.body.encode()) != entry.digest or not seal_matches:
        raise Altered(f"entry {entry.number} of {entry.chain} is altered: run adjudicator audit verify")


def check_link(connection: sa.Connection, entry: Entry) -> None:
    """Raises :class:`~adjudicator.store.errors.Altered` unless the next entry, or else the end of the chain, holds this entry's digest."""
    held = connection.scalar(_DIGEST_HELD, {"of": entry.chain, "at": entry.number})
    if held != entry.digest:
        raise Altered(f"what follows entry {entry.number} of {entry.chain} does not fit: run adjudicator audit verify")


def find_entry(connection: sa.Connection, id: str) -> Entry | None:
    """The entry with an id, or ``None``."""
    row = connection.execute(_ENTRY_BY_ID, {"wanted": id}).one_or_none()
    return None if row is None else entry_from(row)


_LOCK_CHAIN: Final = sa.select(CHAINS).where(CHAINS.c.chain == sa.bindparam("of")).with_for_update()
_LOCK_FREE_CHAINS: Final = (
    sa.select(CHAINS).where(CHAINS.c.chain.in_(sa.bindparam("of", expanding=True))).with_for_update(skip_locked=True)
)
_LAST_BODY: Final = sa.select(ENTRIES.c.body).where(
    ENTRIES.c.chain == sa.bindparam("of"), ENTRIES.c.number == sa.bindparam("at")
)
_LAST_BODIES: Final = (
    sa.select(ENTRIES.c.chain, ENTRIES.c.body)
    .join(CHAINS, sa.and_(CHAINS.c.chain == ENTRIES.c.chain, CHAINS.c.length == ENTRIES.c.number))
    .where(CHAINS.c.chain.in_(sa.bindparam("of", expanding=True)))
)
# One statement: between two, another writer may append the next entry.
_DIGEST_HELD: Final = sa.select(
    sa.func.coalesce(
        sa.select(ENTRIES.c.previous)
        .where(ENTRIES.c.chain == sa.bindparam("of"), ENTRIES.c.number == sa.bindparam("at") + 1)
        .scalar_subquery(),
        sa.select(CHAINS.c.head).where(CHAINS.c.chain == sa.bindparam("of")).scalar_subquery(),
    )
)
_ADVANCE_CHAIN: Final = CHAINS.update().where(CHAINS.c.chain == sa.bindparam("of"))
_INSERT_ENTRY: Final = ENTRIES.insert()
_INSERT_SEAL: Final = SEALED.insert()
_ERASE_IN_PLACE: Final = (
    SEALED.update()
    .where(SEALED.c.id == sa.bindparam("of"))
    .values(salt=sa.literal(ERASED_SALT), content=blank(SEALED.c.content))
)
_DELETE_SEAL: Final = SEALED.delete().where(SEALED.c.id == sa.bindparam("of"))
SELECT_ENTRIES: Final = sa.select(ENTRIES, SEALED.c.salt, SEALED.c.content).select_from(
    ENTRIES.outerjoin(SEALED, SEALED.c.id == ENTRIES.c.id)
)
"""Entries with their personal data, for :func:`entry_from`."""

_ENTRIES_OF_CHAIN: Final = SELECT_ENTRIES.where(ENTRIES.c.chain == sa.bindparam("of")).order_by(ENTRIES.c.number)
_ENTRY_BY_ID: Final = SELECT_ENTRIES.where(ENTRIES.c.id == sa.bindparam("wanted"))


def entry_from(row: sa.Row[Any]) -> Entry:
    """Build an entry from a row of :data:`SELECT_ENTRIES`."""
    erased = row.salt is None or (row.salt == ERASED_SALT and not row.content.strip(" "))
    seal = None if erased else Seal(row.salt, row.content)
    return Entry(row.chain, row.number, row.id, row.body, row.previous, row.digest, seal)
