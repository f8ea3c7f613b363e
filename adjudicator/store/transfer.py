"""Export and import: the whole record as NDJSON, one line an entry, from any database into any other.

The first line names the format. An entry's ``body`` is the text over which its digest was taken, so whoever holds the file can verify it
without this program.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import orjson
import sqlalchemy as sa

from adjudicator.store.chain import Entry, Head, digest_of, every_entry, keep, locked
from adjudicator.store.database import insert_if_new
from adjudicator.store.errors import NotImportable
from adjudicator.store.personal import sealed
from adjudicator.store.tables import ENTRIES, REQUESTS
from adjudicator.store.verification import fault_of_chain

FORMAT: Final = {"kind": "adjudicator record", "version": 1}
ENTRY: Final = ("chain", "number", "id", "body", "previous", "digest")
REQUEST: Final = ("request", "payload", "decision_id", "answer")


def export(connection: sa.Connection, stream: BinaryIO) -> int:
    """Write every entry, chain by chain, and which idempotency key was answered with which decision."""
    _write(stream, FORMAT)
    count = 0
    for entry in every_entry(connection):
        _write(stream, {"kind": "entry", **_told(entry)})
        count += 1
    for row in connection.execute(sa.select(REQUESTS).order_by(REQUESTS.c.request)).mappings():
        _write(stream, {"kind": "request", **{name: row[name] for name in REQUEST}})
    return count


def import_(connection: sa.Connection, stream: BinaryIO) -> int:
    """Take every entry in that is not there; then every chain that grew must verify."""
    lines = _lines(stream)
    if next(lines, (0, None))[1] != FORMAT:
        raise NotImportable("line 1: this is no export of a record, or one of another version")
    grown: dict[str, Head] = {}
    count = 0
    for number, line in lines:
        try:
            count += _take(connection, line, grown)
        except (KeyError, TypeError, ValueError, AttributeError, sa.exc.IntegrityError) as error:
            raise NotImportable(f"line {number}: not a line of an export") from error
        except NotImportable as error:
            raise NotImportable(f"line {number}: {error}") from None
    for chain, head in grown.items():
        if (fault := fault_of_chain(connection, chain, head.length, head.digest)) is not None:
            raise NotImportable(str(fault))
    return count


def _take(connection: sa.Connection, line: Any, grown: dict[str, Head]) -> int:
    """Take a line in; how many entries that adds."""
    if line["kind"] == "request":
        row = {name: line.get(name) for name in REQUEST}
        insert_if_new(connection, REQUESTS, **row)
        return 0
    entry = _entry(line)
    head = grown.get(entry.chain) or locked(connection, entry.chain)
    if entry.number <= head.length:
        _must_be_there(connection, entry)
        return 0
    if (entry.number, entry.previous) != (head.length + 1, head.digest):
        raise NotImportable(f"entry {entry.number} of {entry.chain} does not follow what is there")
    if entry.digest != digest_of(entry.previous, entry.body):
        raise NotImportable(f"entry {entry.number} of {entry.chain} is altered")
    grown[entry.chain] = keep(connection, entry)
    return 1


def _must_be_there(connection: sa.Connection, entry: Entry) -> None:
    here = sa.select(ENTRIES.c.digest).where(ENTRIES.c.chain == entry.chain, ENTRIES.c.number == entry.number)
    if connection.scalar(here) != entry.digest:
        raise NotImportable(f"entry {entry.number} of {entry.chain} is another one here")


def _told(entry: Entry) -> dict[str, Any]:
    seal = entry.seal and {"salt": entry.seal.salt, "content": entry.seal.content}
    told = {name: getattr(entry, name) for name in ENTRY}
    return {**told, "seal": seal}


def _entry(line: Any) -> Entry:
    seal = line["seal"]
    told = {name: line[name] for name in ENTRY}
    return Entry(**told, seal=None if seal is None else sealed(seal["salt"], seal["content"]))


def _write(stream: BinaryIO, line: object) -> None:
    stream.write(orjson.dumps(line) + b"\n")


def _lines(stream: BinaryIO) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(stream, start=1):
        try:
            yield number, orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise NotImportable(f"line {number}: not JSON") from error
