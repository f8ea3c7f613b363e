"""Export and import: the whole record as NDJSON, one entry per line, between any two databases.

The first line names the format. The last line has the numbers of the others, a digest of the ends of all chains, the SHA-256 of all bytes
before it and, if there is a key, an Ed25519 signature over all of that. So a truncated or modified export is refused whole. An entry's
``body`` is the exact text of its digest, so anyone with the file can verify it without this program.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

import orjson
import sqlalchemy as sa
from attrs import asdict, define, field

from adjudicator.model.digest import digest
from adjudicator.model.time import Instant
from adjudicator.store.chain import (
    ERASED_SALT,
    Entry,
    Head,
    all_entries,
    digest_of,
    erase_seals,
    find_entry,
    insert_entry,
    lock_chain,
)
from adjudicator.store.checkpoints import (
    Checkpoint,
    all_checkpoints,
    checkpoints_fault,
    find_checkpoint,
    last_checkpoint,
    store_checkpoint,
)
from adjudicator.store.database import in_byte_order, insert_if_new
from adjudicator.store.errors import Altered, NotImportable
from adjudicator.store.file_transfer import FILE, ExaminedFile, add_examined, examined_files
from adjudicator.store.outbox import schedule_reviews
from adjudicator.store.personal import Seal
from adjudicator.store.signatures import BadSignature, check_signature, sign
from adjudicator.store.tables import CHAINS, ENTRIES, REQUESTS
from adjudicator.store.tenancy import owns_chain
from adjudicator.store.verification import chain_fault

NAME: Final = "adjudicator record"
VERSION: Final = 4
WITHOUT_FILES: Final = 3
"""The version before, which does not say which files were examined."""
UNSALTED: Final = 2
"""The version before that, whose requests hold the digests of payloads without a salt, and whose last line has no heads and no signature."""
SALT: Final = re.compile("[0-9a-f]{64}")
ENTRY: Final = ("chain", "number", "id", "body", "previous", "digest")
REQUEST: Final = ("request", "payload", "decision_id", "answer")


def export(connection: sa.Connection, stream: BinaryIO, key: bytes | None = None, version: int = VERSION) -> int:
    """Write every entry, chain by chain, then checkpoints, the answers to idempotency keys and the files that were examined.

    ``version`` may also be :data:`WITHOUT_FILES`. Returns the number of entries. Raises :class:`~adjudicator.store.errors.Altered` if the
    entries do not reach the ends of the chains.
    """
    lines = _Lines(stream)
    lines.write({"kind": NAME, "version": version})
    for entry in all_entries(connection):
        lines.write({"kind": "entry", **_entry_row(entry)})
    if lines.heads.digest() != _heads(connection).digest():
        raise Altered("entries are missing from the record: run adjudicator audit verify")
    for checkpoint in all_checkpoints(connection):
        lines.write({"kind": "checkpoint", **checkpoint.document()})
    requests = (
        sa.select(REQUESTS).order_by(REQUESTS.c.request).execution_options(yield_per=500)
    )  # digests: the same order anywhere
    for row in connection.execute(requests).mappings():
        lines.write({"kind": "request", **{name: row[name] for name in REQUEST}})
    for file in examined_files(connection) if version == VERSION else ():
        lines.write({"kind": "file", **asdict(file)})
    end = lines.end(version)
    lines.write({**end, "signature": None if key is None else _sign(end, key)})
    return lines.counts["entry"]


def _sign(end: Mapping[str, Any], key: bytes) -> str:
    try:
        return sign(digest(end), key)
    except BadSignature as error:
        raise ValueError(f"an export {error}") from error


def import_(connection: sa.Connection, stream: BinaryIO, now: Instant, public_key: bytes | None = None) -> int:
    """Add every missing entry, then verify every chain that grew. Returns the number of new entries."""
    read = _Lines(stream)
    lines = read.documents(public_key)
    version = next(lines, (0, None))[1]
    if version not in [{"kind": NAME, "version": each} for each in (VERSION, WITHOUT_FILES, UNSALTED)]:
        raise NotImportable("line 1: not an export of a record, or one of another version")
    importing = _Import(connection, version["version"], now)
    for number, line in lines:
        try:
            importing.add(line)
        except (KeyError, TypeError, ValueError, AttributeError, sa.exc.IntegrityError) as error:
            raise NotImportable(f"line {number}: not a valid line of an export") from error
        except NotImportable as error:
            raise NotImportable(f"line {number}: {error}") from None
    if not read.ended:
        raise NotImportable("the export is incomplete: its last line is missing")
    importing.verify()
    return importing.count


@define
class _Import:
    """An import in progress: the chains that grew, and how long each was before."""

    connection: sa.Connection
    version: int
    now: Instant
    count: int = 0
    _last_file: str = ""
    _grown: dict[str, Head] = field(factory=dict)
    _before: dict[str, int] = field(factory=dict)

    def add(self, line: Any) -> None:
        """Add what one line holds, unless it is there already."""
        match line["kind"]:
            case "entry" if not self._last_file:
                self._add_entry(_entry_from_row(line))
            case "checkpoint":
                self._add_checkpoint(Checkpoint.of_document(line))
            case "request":
                self._add_request({name: line.get(name) for name in REQUEST})
            case "file" if self.version == VERSION:
                self._add_file(ExaminedFile(**{name: line[name] for name in FILE}))
            case _:
                raise NotImportable("no line of this kind can be here")

    def _add_entry(self, entry: Entry) -> None:
        if not owns_chain(self.connection, entry.chain):
            raise NotImportable(f"{entry.chain} belongs to another tenant")
        head = self._grown.get(entry.chain) or lock_chain(self.connection, entry.chain)
        if entry.number <= head.length:
            self._check_same_entry(entry)
            return
        if (entry.number, entry.previous) != (head.length + 1, head.digest):
            raise NotImportable(f"entry {entry.number} of {entry.chain} does not follow the entries on record")
        if entry.digest != digest_of(entry.previous, entry.body.encode()):
            raise NotImportable(f"entry {entry.number} of {entry.chain} is altered")
        self._before.setdefault(entry.chain, head.length)
        self._grown[entry.chain] = insert_entry(self.connection, entry)
        schedule_reviews(self.connection, entry.document(), self.now)
        self._erase_what_was_there(entry)
        self.count += 1

    def _check_same_entry(self, entry: Entry) -> None:
        query = sa.select(ENTRIES.c.digest).where(ENTRIES.c.chain == entry.chain, ENTRIES.c.number == entry.number)
        if self.connection.scalar(query) != entry.digest:
            raise NotImportable(f"entry {entry.number} of {entry.chain} differs from the one on record")

    def _erase_what_was_there(self, entry: Entry) -> None:
        """Erase here what the exported record erased after this one had received it."""
        document = entry.document()
        if document["kind"] != "erasure":
            return
        entries = (find_entry(self.connection, erased) for erased in document["erased"])
        there = (each for each in entries if each is not None and each.chain == entry.chain)
        erase_seals(self.connection, [each.id for each in there if each.number <= self._before[entry.chain]])

    def _add_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint that continues those on record. A record that has others keeps its own."""
        if find_checkpoint(self.connection, checkpoint.number) is not None:
            return
        last = last_checkpoint(self.connection)
        if last is None or (checkpoint.number, checkpoint.previous) == (last.number + 1, last.digest):
            store_checkpoint(self.connection, checkpoint)

    def _add_request(self, row: dict[str, Any]) -> None:
        entry = None if row["decision_id"] is None else find_entry(self.connection, row["decision_id"])
        if row["decision_id"] is not None and entry is None:
            raise NotImportable(f"the answer to a request, decision {row['decision_id']}, is missing")
        if self.version == UNSALTED:
            if entry is None and row["answer"] == "":
                return  # a batch, whose cases have their own keys
            if entry is not None and entry.seal is not None:
                row = {**row, "payload": entry.seal.commitment(row["payload"])}
        insert_if_new(self.connection, REQUESTS, **row, stored_at=int(self.now))

    def _add_file(self, file: ExaminedFile) -> None:
        """Note a file that was examined. They follow all entries, in order: which of them a case names is certain then."""
        if file.sha256 <= self._last_file:
            raise NotImportable("the files are not in the order of their digests")
        self._last_file = file.sha256
        add_examined(self.connection, file, self.now)

    def verify(self) -> None:
        """Raises :class:`~adjudicator.store.errors.NotImportable` unless every chain that grew, and the checkpoints, are intact."""
        for chain, head in self._grown.items():
            if (fault := chain_fault(self.connection, chain, head.length, head.digest)) is not None:
                raise NotImportable(str(fault))
        if (fault := checkpoints_fault(self.connection)) is not None:
            raise NotImportable(str(fault))


def _entry_row(entry: Entry) -> dict[str, Any]:
    seal = entry.seal and {"salt": entry.seal.salt, "content": entry.seal.content}
    fields = {name: getattr(entry, name) for name in ENTRY}
    return {**fields, "seal": seal}


def _entry_from_row(line: Any) -> Entry:
    seal = line["seal"]
    if seal is not None and (not SALT.fullmatch(seal["salt"]) or seal["salt"] == ERASED_SALT):
        raise NotImportable("not a salt of personal data")  # another one would not be erased in place
    fields = {name: line[name] for name in ENTRY}
    return Entry(**fields, seal=None if seal is None else Seal(seal["salt"], seal["content"]))


@define
class _Heads:
    """The ends of chains in the order of the export, digested one by one."""

    count: int = 0
    _last: tuple[Any, Any, Any] | None = None
    _digest: Any = field(factory=hashlib.sha256)

    def add(self, chain: Any, number: Any, entry_digest: Any) -> None:
        """Note an entry, which is the end of its chain unless another follows."""
        if self._last is not None and self._last[0] != chain:
            self._close()
        self._last = (chain, number, entry_digest)

    def _close(self) -> None:
        self._digest.update(orjson.dumps(self._last) + b"\n")
        self.count += 1
        self._last = None

    def digest(self) -> str:
        """The SHA-256 over all ends, each as a line of JSON."""
        if self._last is not None:
            self._close()
        digest: str = self._digest.hexdigest()
        return digest


def _heads(connection: sa.Connection) -> _Heads:
    """The ends of the chains as the record has them."""
    heads = _Heads()
    query = sa.select(CHAINS).where(CHAINS.c.length > 0).order_by(in_byte_order(connection, CHAINS.c.chain))
    for row in connection.execute(query.execution_options(yield_per=500)):
        heads.add(row.chain, row.length, row.head)
    return heads


@define
class _Lines:
    """An export stream that counts lines by kind and digests them as they are written or read."""

    stream: BinaryIO
    counts: Counter[str] = field(factory=Counter)
    heads: _Heads = field(factory=_Heads)
    ended: bool = False
    version: Any = VERSION
    _digest: Any = field(factory=hashlib.sha256)

    def write(self, document: Mapping[str, Any]) -> None:
        """Write and count one line."""
        line = orjson.dumps(document) + b"\n"
        self.stream.write(line)
        self._count(line, document)

    def end(self, version: int) -> dict[str, Any]:
        """The closing line for the lines so far, without a signature."""
        counts = {"entries": self.counts["entry"], "requests": self.counts["request"]}
        if version != UNSALTED:
            counts["checkpoints"] = self.counts["checkpoint"]
        if version == VERSION:
            counts["files"] = self.counts["file"]
        sums = {} if version == UNSALTED else {"heads": self.heads.digest(), "chains": self.heads.count}
        return {"kind": "end", **counts, **sums, "sha256": self._digest.hexdigest()}

    def documents(self, public_key: bytes | None) -> Iterator[tuple[int, Any]]:
        """Every line but the last, with its number. Raises ``NotImportable`` if the last line contradicts the others or is not signed."""
        for number, line in enumerate(self.stream, start=1):
            try:
                document = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise NotImportable(f"line {number}: not JSON") from error
            if self.ended:
                raise NotImportable(f"line {number}: follows the end of the export")
            if isinstance(document, dict) and document.get("kind") == NAME:
                self.version = document.get("version")
            if isinstance(document, dict) and document.get("kind") == "end":
                self._check_end(number, document, public_key)
                self.ended = True
                continue
            self._count(line, document)
            yield number, document

    def _check_end(self, number: int, document: dict[str, Any], public_key: bytes | None) -> None:
        signature = document.pop("signature", None)
        if document != self.end(self.version):
            raise NotImportable(f"line {number}: the lines before it are not those of the export")
        if public_key is None:
            return
        try:
            check_signature(digest(document), signature, public_key)
        except BadSignature as error:
            raise NotImportable(f"line {number}: the export {error}") from error

    def _count(self, line: bytes, document: Any) -> None:
        self._digest.update(line)
        if isinstance(document, dict):
            kind = str(document.get("kind"))
            self.counts[kind] += 1
            if kind == "entry":
                self.heads.add(document.get("chain"), document.get("number"), document.get("digest"))
