"""Export and import: the whole record as NDJSON, one line an entry, from any database into any other.

The first line names the format. The last one counts the others and has the SHA-256 of all bytes before it, so that an export which was cut
off or changed on its way is refused. An entry's ``body`` is the text over which its digest was taken, so whoever holds the file can verify it
without this program.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

import orjson
import sqlalchemy as sa
from attrs import define, field

from adjudicator.store.chain import Entry, Head, digest_of, every_entry, keep, locked
from adjudicator.store.database import insert_if_new
from adjudicator.store.errors import NotImportable
from adjudicator.store.personal import sealed
from adjudicator.store.tables import ENTRIES, REQUESTS
from adjudicator.store.verification import fault_of_chain

FORMAT: Final = {"kind": "adjudicator record", "version": 2}
ENTRY: Final = ("chain", "number", "id", "body", "previous", "digest")
REQUEST: Final = ("request", "payload", "decision_id", "answer")


def export(connection: sa.Connection, stream: BinaryIO) -> int:
    """Write every entry, chain by chain, and which idempotency key was answered with which decision."""
    lines = _Lines(stream)
    lines.write(FORMAT)
    for entry in every_entry(connection):
        lines.write({"kind": "entry", **_told(entry)})
    for row in connection.execute(sa.select(REQUESTS).order_by(REQUESTS.c.request)).mappings():
        lines.write({"kind": "request", **{name: row[name] for name in REQUEST}})
    lines.write(lines.end())
    return lines.counts["entry"]


def import_(connection: sa.Connection, stream: BinaryIO) -> int:
    """Take every entry in that is not there; then every chain that grew must verify."""
    read = _Lines(stream)
    lines = read.documents()
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
    if not read.ended:
        raise NotImportable("the export is not whole: its last line is missing")
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


@define
class _Lines:
    """The lines of an export, counted by their kinds and digested as they are written or read."""

    stream: BinaryIO
    counts: Counter[str] = field(factory=Counter)
    ended: bool = False
    _digest: Any = field(factory=hashlib.sha256)

    def write(self, document: Mapping[str, Any]) -> None:
        """Write a line."""
        line = orjson.dumps(document) + b"\n"
        self.stream.write(line)
        self._count(line, document)

    def end(self) -> dict[str, Any]:
        """The last line after those so far."""
        counts = {"entries": self.counts["entry"], "requests": self.counts["request"]}
        return {"kind": "end", **counts, "sha256": self._digest.hexdigest()}

    def documents(self) -> Iterator[tuple[int, Any]]:
        """Every line but the last, with its number. Raises ``NotImportable`` where the last one does not fit the others."""
        for number, line in enumerate(self.stream, start=1):
            try:
                document = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise NotImportable(f"line {number}: not JSON") from error
            if self.ended:
                raise NotImportable(f"line {number}: the export has ended before")
            if isinstance(document, dict) and document.get("kind") == "end":
                if document != self.end():
                    raise NotImportable(f"line {number}: the lines before it are not those that were exported")
                self.ended = True
                continue
            self._count(line, document)
            yield number, document

    def _count(self, line: bytes, document: Any) -> None:
        self._digest.update(line)
        if isinstance(document, dict):
            self.counts[str(document.get("kind"))] += 1
