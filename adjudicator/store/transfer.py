"""Export and import: the whole record as NDJSON, one entry per line, between any two databases.

The first line names the format. The last line has the number of the others and the SHA-256 of all bytes before it, so a truncated or
modified export is refused. An entry's ``body`` is the exact text of its digest, so anyone with the file can verify it without this
program.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

import orjson
import sqlalchemy as sa
from attrs import define, field

from adjudicator.store.chain import Entry, Head, all_entries, digest_of, insert_entry, lock_chain
from adjudicator.store.database import insert_if_new
from adjudicator.store.errors import NotImportable
from adjudicator.store.personal import make_seal
from adjudicator.store.tables import ENTRIES, REQUESTS
from adjudicator.store.tenancy import owns_chain
from adjudicator.store.verification import chain_fault

FORMAT: Final = {"kind": "adjudicator record", "version": 2}
ENTRY: Final = ("chain", "number", "id", "body", "previous", "digest")
REQUEST: Final = ("request", "payload", "decision_id", "answer")


def export(connection: sa.Connection, stream: BinaryIO) -> int:
    """Write every entry, chain by chain, then the answers to idempotency keys. Returns the number of entries."""
    lines = _Lines(stream)
    lines.write(FORMAT)
    for entry in all_entries(connection):
        lines.write({"kind": "entry", **_entry_row(entry)})
    for row in connection.execute(sa.select(REQUESTS).order_by(REQUESTS.c.request)).mappings():
        lines.write({"kind": "request", **{name: row[name] for name in REQUEST}})
    lines.write(lines.end())
    return lines.counts["entry"]


def import_(connection: sa.Connection, stream: BinaryIO) -> int:
    """Add every missing entry, then verify every chain that grew. Returns the number of new entries."""
    read = _Lines(stream)
    lines = read.documents()
    if next(lines, (0, None))[1] != FORMAT:
        raise NotImportable("line 1: not an export of a record, or one of another version")
    extended: dict[str, Head] = {}
    count = 0
    for number, line in lines:
        try:
            count += _import_line(connection, line, extended)
        except (KeyError, TypeError, ValueError, AttributeError, sa.exc.IntegrityError) as error:
            raise NotImportable(f"line {number}: not a valid line of an export") from error
        except NotImportable as error:
            raise NotImportable(f"line {number}: {error}") from None
    if not read.ended:
        raise NotImportable("the export is incomplete: its last line is missing")
    for chain, head in extended.items():
        if (fault := chain_fault(connection, chain, head.length, head.digest)) is not None:
            raise NotImportable(str(fault))
    return count


def _import_line(connection: sa.Connection, line: Any, extended: dict[str, Head]) -> int:
    """Import one line. Returns the number of new entries."""
    if line["kind"] == "request":
        row = {name: line.get(name) for name in REQUEST}
        insert_if_new(connection, REQUESTS, **row)
        return 0
    entry = _entry_from_row(line)
    if not owns_chain(connection, entry.chain):
        raise NotImportable(f"{entry.chain} belongs to another tenant")
    head = extended.get(entry.chain) or lock_chain(connection, entry.chain)
    if entry.number <= head.length:
        _check_same_entry(connection, entry)
        return 0
    if (entry.number, entry.previous) != (head.length + 1, head.digest):
        raise NotImportable(f"entry {entry.number} of {entry.chain} does not follow the entries on record")
    if entry.digest != digest_of(entry.previous, entry.body):
        raise NotImportable(f"entry {entry.number} of {entry.chain} is altered")
    extended[entry.chain] = insert_entry(connection, entry)
    return 1


def _check_same_entry(connection: sa.Connection, entry: Entry) -> None:
    query = sa.select(ENTRIES.c.digest).where(ENTRIES.c.chain == entry.chain, ENTRIES.c.number == entry.number)
    if connection.scalar(query) != entry.digest:
        raise NotImportable(f"entry {entry.number} of {entry.chain} differs from the one on record")


def _entry_row(entry: Entry) -> dict[str, Any]:
    seal = entry.seal and {"salt": entry.seal.salt, "content": entry.seal.content}
    fields = {name: getattr(entry, name) for name in ENTRY}
    return {**fields, "seal": seal}


def _entry_from_row(line: Any) -> Entry:
    seal = line["seal"]
    fields = {name: line[name] for name in ENTRY}
    return Entry(**fields, seal=None if seal is None else make_seal(seal["salt"], seal["content"]))


@define
class _Lines:
    """An export stream that counts lines by kind and digests them as they are written or read."""

    stream: BinaryIO
    counts: Counter[str] = field(factory=Counter)
    ended: bool = False
    _digest: Any = field(factory=hashlib.sha256)

    def write(self, document: Mapping[str, Any]) -> None:
        """Write and count one line."""
        line = orjson.dumps(document) + b"\n"
        self.stream.write(line)
        self._count(line, document)

    def end(self) -> dict[str, Any]:
        """The closing line for the lines so far."""
        counts = {"entries": self.counts["entry"], "requests": self.counts["request"]}
        return {"kind": "end", **counts, "sha256": self._digest.hexdigest()}

    def documents(self) -> Iterator[tuple[int, Any]]:
        """Every line but the last, with its number. Raises ``NotImportable`` if the last line contradicts the others."""
        for number, line in enumerate(self.stream, start=1):
            try:
                document = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise NotImportable(f"line {number}: not JSON") from error
            if self.ended:
                raise NotImportable(f"line {number}: follows the end of the export")
            if isinstance(document, dict) and document.get("kind") == "end":
                if document != self.end():
                    raise NotImportable(f"line {number}: the lines before it are not those of the export")
                self.ended = True
                continue
            self._count(line, document)
            yield number, document

    def _count(self, line: bytes, document: Any) -> None:
        self._digest.update(line)
        if isinstance(document, dict):
            self.counts[str(document.get("kind"))] += 1
