"""Verification: is every entry present, unaltered and in order, and do the list tables follow from the entries?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import orjson
import sqlalchemy as sa
from attrs import frozen

from adjudicator.store.chain import START, Entry, chain_entries, digest_of
from adjudicator.store.listing import Key, apply_in_memory, key_names, row_changes
from adjudicator.store.tables import CHAINS, DECISIONS, ENTRIES, PAYOUTS
from adjudicator.store.tenancy import owns_chain


@frozen
class BrokenAt:
    """Where the record is broken. ``number`` is 0 if the fault lies in the chain as a whole."""

    chain: str
    number: int
    what: str

    def __str__(self) -> str:
        return f"{self.chain}, entry {self.number}: {self.what}"


@frozen
class Extent:
    """A number of entries, and of the chains that they are in."""

    entries: int
    chains: int


Rows = dict[tuple[str, Key], dict[str, Any]]


def first_fault(connection: sa.Connection, verified: Mapping[str, str] = MappingProxyType({})) -> BrokenAt | None:
    """The first fault of the record, checking chains by name.

    ``verified`` are the last digests of chains that were verified before; a chain that still ends with the same one is skipped.
    """
    heads = {row.chain: row for row in connection.execute(sa.select(CHAINS))}
    lists = (DECISIONS.c.chain, PAYOUTS.c.chain, ENTRIES.c.chain)
    chains_in_lists = {chain for column in lists for chain in connection.scalars(sa.select(column).distinct())}
    for chain in sorted(heads.keys() | chains_in_lists):
        if not owns_chain(connection, chain):
            return BrokenAt(chain, 0, "another tenant's chain")
        head = heads.get(chain)
        if head is None:
            return BrokenAt(chain, 0, "the chain itself is missing from the record")
        if verified.get(chain) == head.head:
            continue
        if (fault := chain_fault(connection, chain, head.length, head.head)) is not None:
            return fault
    return None


def extent(connection: sa.Connection, verified: Mapping[str, str]) -> Extent:
    """The chains, and their entries, that :func:`first_fault` reads."""
    heads = connection.execute(sa.select(CHAINS.c.chain, CHAINS.c.length, CHAINS.c.head))
    lengths = [row.length for row in heads if verified.get(row.chain) != row.head]
    return Extent(sum(lengths), len(lengths))


def chain_fault(connection: sa.Connection, chain: str, length: int, digest: str) -> BrokenAt | None:
    """The first fault of a chain that should have this length and last digest."""
    entries = list(chain_entries(connection, chain))
    fault = entries_fault(entries, chain)
    if fault is not None:
        return fault
    if len(entries) != length:
        return BrokenAt(chain, len(entries) + 1, f"missing: the chain should have {length} entries")
    if (entries[-1].digest if entries else START) != digest:
        return BrokenAt(chain, length, "not the last entry that the chain should have")
    return _list_fault(connection, chain, entries)


def entries_fault(entries: Sequence[Entry], chain: str) -> BrokenAt | None:
    """The first entry that is altered, missing or out of order."""
    previous, erased = START, _erased(entries)
    for expected, entry in enumerate(entries, start=1):
        what = _entry_fault(entry, expected, previous, chain) or _seal_fault(entry, erased)
        if what is not None:
            return BrokenAt(chain, expected, what)
        previous = entry.digest
    return None


def _entry_fault(entry: Entry, number: int, previous: str, chain: str) -> str | None:
    if entry.number != number:
        return "missing"
    if entry.previous != previous:
        return "does not follow the entry before it"
    if entry.digest != digest_of(entry.previous, entry.body.encode()):
        return "altered"
    try:
        document = entry.document()
    except orjson.JSONDecodeError:
        return "not readable"
    if (document.get("chain"), document.get("number"), document.get("id")) != (chain, number, entry.id):
        return "in the wrong place"
    return None


def _erased(entries: Sequence[Entry]) -> set[str]:
    """Ids of entries whose erasure is on record. Skips unreadable entries."""
    erased: set[str] = set()
    for entry in entries:
        try:
            document = entry.document()
        except orjson.JSONDecodeError:
            continue
        if document.get("kind") == "erasure":
            erased.update(document["erased"])
    return erased


def _seal_fault(entry: Entry, erased: set[str]) -> str | None:
    committed = entry.document().get("sealed")
    if entry.seal is None:
        return (
            None
            if committed is None or entry.id in erased
            else "its personal data are missing, but no erasure is on record"
        )
    if entry.id in erased:
        return "its personal data are present, but their erasure is on record"
    return None if committed == entry.seal.digest else "its personal data are altered"


def _list_fault(connection: sa.Connection, chain: str, entries: Sequence[Entry]) -> BrokenAt | None:
    """The first list row that does not follow from the entries."""
    expected_rows: Rows = {}
    source: dict[tuple[str, Key], int] = {}
    for entry in entries:
        changes = list(row_changes(entry.document()))
        apply_in_memory(expected_rows, changes)
        source.update({(change.table.name, change.key): entry.number for change in changes})
    actual_rows = dict(_list_rows(connection, chain))
    for row_key in sorted(expected_rows.keys() | actual_rows.keys(), key=lambda key: (source.get(key, 0), str(key))):
        if expected_rows.get(row_key) != actual_rows.get(row_key):
            return BrokenAt(chain, source.get(row_key, 0), f"its row in the list of {row_key[0]} is wrong")
    return None


def _list_rows(connection: sa.Connection, chain: str) -> Iterator[tuple[tuple[str, Key], Mapping[str, Any]]]:
    for table in (DECISIONS, PAYOUTS):
        names = key_names(table)
        for row in connection.execute(sa.select(table).where(table.c.chain == chain)).mappings():
            values = {name: value for name, value in row.items() if name != "tenant"}
            yield (table.name, tuple(row[name] for name in names)), values
