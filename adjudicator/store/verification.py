"""Verifying the record: is every entry there, unchanged and in its place, and do the lists say what the entries say?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from attrs import frozen

from adjudicator.store.chain import START, Entry, digest_of, entries_of
from adjudicator.store.listing import Key, applied, changes_of
from adjudicator.store.personal import sealed
from adjudicator.store.tables import CHAINS, DECISIONS, ENTRIES, PAYOUTS


@frozen
class BrokenAt:
    """The first place at which the record is not what it was. ``number`` is 0 where the chain as a whole is at fault."""

    chain: str
    number: int
    what: str

    def __str__(self) -> str:
        return f"{self.chain}, entry {self.number}: {self.what}"


Rows = dict[tuple[str, Key], dict[str, Any]]


def first_fault(connection: sa.Connection) -> BrokenAt | None:
    """The first fault of the record, chain by chain in the order of their names."""
    heads = {row.chain: row for row in connection.execute(sa.select(CHAINS))}
    lists = (DECISIONS.c.chain, PAYOUTS.c.chain, ENTRIES.c.chain)
    named = {chain for column in lists for chain in connection.scalars(sa.select(column).distinct())}
    for chain in sorted(heads.keys() | named):
        head = heads.get(chain)
        if head is None:
            return BrokenAt(chain, 0, "the chain has no end on record")
        if (fault := fault_of_chain(connection, chain, head.length, head.head)) is not None:
            return fault
    return None


def fault_of_chain(connection: sa.Connection, chain: str, length: int, digest: str) -> BrokenAt | None:
    """The first fault of one chain, which should have this length and this digest at its end."""
    entries = list(entries_of(connection, chain))
    fault = fault_of_entries(entries, chain)
    if fault is not None:
        return fault
    if len(entries) != length:
        return BrokenAt(chain, len(entries) + 1, f"missing: the chain should have {length} entries")
    if (entries[-1].digest if entries else START) != digest:
        return BrokenAt(chain, length, "not the end that the chain should have")
    return _fault_of_lists(connection, chain, entries)


def fault_of_entries(entries: Sequence[Entry], chain: str) -> BrokenAt | None:
    """The first entry that is altered, missing or out of order."""
    previous, erased = START, _erased(entries)
    for expected, entry in enumerate(entries, start=1):
        what = _wrong_with(entry, expected, previous, chain) or _wrong_with_seal(entry, erased)
        if what is not None:
            return BrokenAt(chain, expected, what)
        previous = entry.digest
    return None


def _wrong_with(entry: Entry, number: int, previous: str, chain: str) -> str | None:
    if entry.number != number:
        return "missing"
    if entry.previous != previous:
        return "does not follow the entry before it"
    if entry.digest != digest_of(entry.previous, entry.body):
        return "altered"
    try:
        said = entry.document()
    except orjson.JSONDecodeError:
        return "not legible"
    if (said.get("chain"), said.get("number"), said.get("id")) != (chain, number, entry.id):
        return "not in its place"
    return None


def _erased(entries: Sequence[Entry]) -> set[str]:
    """The entries of which the personal data were erased, as far as an entry says so that can be read."""
    found: set[str] = set()
    for entry in entries:
        try:
            said = entry.document()
        except orjson.JSONDecodeError:
            continue
        if said.get("kind") == "erasure":
            found.update(said["erased"])
    return found


def _wrong_with_seal(entry: Entry, erased: set[str]) -> str | None:
    committed = entry.document().get("sealed")
    if entry.seal is None:
        return (
            None
            if committed is None or entry.id in erased
            else "its personal data are missing, and no erasure is on record"
        )
    if entry.id in erased:
        return "its personal data are there, though their erasure is on record"
    if committed != entry.seal.digest:
        return "its personal data are altered"
    if sealed(entry.seal.salt, entry.seal.content) != entry.seal:
        return "its personal data would not be found by buyer or claimant"
    return None


def _fault_of_lists(connection: sa.Connection, chain: str, entries: Sequence[Entry]) -> BrokenAt | None:
    """The first row of the lists that does not follow from the entries."""
    wanted: Rows = {}
    source: dict[tuple[str, Key], int] = {}
    for entry in entries:
        changes = list(changes_of(entry.document(), entry.seal))
        applied(wanted, changes)
        source.update({(change.table.name, change.key): entry.number for change in changes})
    found = dict(_rows_of(connection, chain))
    for place in sorted(wanted.keys() | found.keys(), key=lambda each: (source.get(each, 0), str(each))):
        if wanted.get(place) != found.get(place):
            return BrokenAt(chain, source.get(place, 0), f"the list of {place[0]} does not follow from it")
    return None


def _rows_of(connection: sa.Connection, chain: str) -> Iterator[tuple[tuple[str, Key], Mapping[str, Any]]]:
    for table in (DECISIONS, PAYOUTS):
        names = table.primary_key.columns.keys()
        for row in connection.execute(sa.select(table).where(table.c.chain == chain)).mappings():
            yield (table.name, tuple(row[name] for name in names)), dict(row)
