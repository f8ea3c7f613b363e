"""Where cases come from: files of JSON lines (plain, gzip or Zstandard), Parquet files, folders of these, standard input, a recorded store.

Each source is read from its beginning to its end and cut into the same parts every time, so that a replay can go on where it stopped.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Protocol

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from attrs import frozen

from adjudicator.bulk.cases import case_column, case_texts
from adjudicator.bulk.errors import UnusableInput
from adjudicator.bulk.lines import Limits, Lines, cases_in, line_parts, opened_lines
from adjudicator.model.errors import InputError, safe

if TYPE_CHECKING:
    from adjudicator.store import DecisionStore

STANDARD_INPUT: Final = "-"
SUFFIXES: Final = (".ndjson", ".jsonl", ".json", ".parquet", ".gz", ".zst")
"""The endings of the files that are read in a folder."""
PARQUET_MAGIC: Final = b"PAR1"
_BUFFER_BYTES: Final = 1 << 20


@frozen
class Content:
    """The cases of a part: ``lines`` of JSON, or a record batch in Arrow's stream format.

    ``column`` is that of the cases in Arrow, ``end`` the share of the source that has been read, and ``erased`` the rows whose personal
    data were erased from a record.
    """

    first_row: int
    payload: bytes
    is_arrow: bool = False
    column: str | None = None
    end: float | None = None
    erased: frozenset[int] = frozenset()

    @property
    def digest(self) -> str:
        """SHA-256 of the input."""
        return hashlib.sha256(self.payload).hexdigest()


class Source(Protocol):
    """An input that is read part by part."""

    @property
    def name(self) -> str:
        """Its name in the table and in messages."""

    @property
    def size(self) -> int | None:
        """Its size in bytes, if that is known before it is read."""

    def fingerprint(self) -> dict[str, Any]:
        """What distinguishes it from other inputs, as JSON: digests, or only its name if it can be read just once."""

    def parts(self, limits: Limits) -> Iterator[Content]:
        """Its cases, part by part."""


@frozen
class JsonLines:
    """A file with one case per line, or with one case as a JSON document."""

    path: Path

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    @property
    def size(self) -> int:
        """The size of the file."""
        return self.path.stat().st_size

    def fingerprint(self) -> dict[str, Any]:
        """The size and the SHA-256 of the file."""
        return file_fingerprint(self.path)

    def parts(self, limits: Limits) -> Iterator[Content]:
        """Its lines. Raises :class:`~adjudicator.bulk.errors.UnusableInput` for a compressed file that ends too soon."""
        with self.path.open("rb") as file:
            size = max(self.path.stat().st_size, 1)
            for lines in line_parts(opened_lines(file, self.name), limits):
                # Whatever decompresses closes the file at its end.
                yield _content(lines, 1.0 if file.closed else min(file.tell() / size, 1.0))


@frozen
class StandardInput:
    """One case per line on standard input, plain or compressed. It can be read only once."""

    stream: BinaryIO

    @property
    def name(self) -> str:
        """``standard input``."""
        return "standard input"

    @property
    def size(self) -> None:
        """Nobody knows."""

    def fingerprint(self) -> dict[str, Any]:
        """Its name. The content is compared part by part."""
        return {"name": self.name}

    def parts(self, limits: Limits) -> Iterator[Content]:
        """Its lines."""
        for lines in line_parts(opened_lines(self.stream, self.name), limits):
            yield _content(lines, None)


@frozen
class ParquetRows:
    """A Parquet file with cases in a column of JSON or in nested columns."""

    path: Path
    column: str | None

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    @property
    def size(self) -> int:
        """The size of the file."""
        return self.path.stat().st_size

    def fingerprint(self) -> dict[str, Any]:
        """The size and the SHA-256 of the file."""
        return file_fingerprint(self.path)

    def schema(self) -> pa.Schema:
        """The columns with the cases. Raises :class:`~adjudicator.bulk.errors.UnusableInput` if there are none."""
        with self._opened() as file:
            schema = file.schema_arrow
        try:
            column = case_column(schema, self.column)
        except UnusableInput as error:
            raise UnusableInput(f"{safe(self.name)}: {error}") from error
        return schema if column is None else pa.schema([schema.field(column)])

    def parts(self, limits: Limits) -> Iterator[Content]:
        """Its rows, a batch for each part."""
        row = 1
        columns = self.schema().names
        with self._opened() as file:
            rows = max(file.metadata.num_rows, 1)
            try:
                for batch in file.iter_batches(limits.cases, columns=columns):
                    for piece in _pieces(batch, limits):
                        yield Content(
                            row, _in_stream_format(piece), True, self.column, (row - 1 + piece.num_rows) / rows
                        )
                        row += piece.num_rows
            except (pa.ArrowException, OSError) as error:
                if getattr(error, "errno", None) is not None:
                    raise  # by the disk; what Arrow finds damaged has no such number
                raise UnusableInput(f"{safe(self.name)}: the data are damaged after row {row - 1}: {error}") from error

    def _opened(self) -> pq.ParquetFile:
        try:
            return pq.ParquetFile(self.path, buffer_size=_BUFFER_BYTES)
        except pa.ArrowException as error:
            raise UnusableInput(f"{safe(self.name)}: not a whole Parquet file: {error}") from error


@frozen
class RecordedCases:
    """The case of every decision in a recorded store, chain by chain."""

    name: str
    store: DecisionStore

    @property
    def size(self) -> None:
        """Nobody knows."""

    def fingerprint(self) -> dict[str, Any]:
        """The heads of all chains: every new entry changes one of them."""
        heads = orjson.dumps(self.store.checkpoint().chains)
        return {"name": self.name, "sha256": hashlib.sha256(heads).hexdigest()}

    def parts(self, limits: Limits) -> Iterator[Content]:
        """Its cases, one a line."""
        erased: list[int] = []
        for lines in line_parts(self._lines(erased), limits):
            yield Content(lines.first, lines.data, erased=frozenset(erased))
            erased.clear()

    def _lines(self, erased: list[int]) -> Iterator[bytes]:
        """The cases, one a line; the numbers of those whose personal data were erased go into ``erased``."""
        for row, each in enumerate(self.store.cases(), 1):
            if each.erased:
                erased.append(row)
            yield each.content + b"\n"


def texts_in(content: Content) -> Iterator[tuple[int, bytes | InputError]]:
    """The cases of a part as JSON, each with the number of its row."""
    if not content.is_arrow:
        yield from cases_in(Lines(content.first_row, content.payload))
        return
    first = content.first_row
    for batch in pa.ipc.open_stream(content.payload):
        yield from enumerate(case_texts(batch, content.column), first)
        first += batch.num_rows


def file_fingerprint(path: Path) -> dict[str, Any]:
    """The name, size and SHA-256 of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return {"name": str(path), "bytes": file.tell(), "sha256": digest.hexdigest()}


def sources_at(names: Sequence[str], column: str | None = None) -> list[Source]:
    """The sources that some paths name, folders with all that is in them; ``-`` is standard input.

    Raises :class:`~adjudicator.bulk.errors.UnusableInput` for a path that cannot be read, a folder without cases, and Parquet files whose
    columns do not fit together.
    """
    sources: list[Source] = []
    for name in names:
        if name == STANDARD_INPUT:
            sources.append(_standard_input())
        else:
            sources += [_file_source(path, column) for path in _files(Path(name))]
    refuse_repeated(sources)
    check_schemas(each for each in sources if isinstance(each, ParquetRows))
    return sources


def refuse_repeated(sources: Iterable[Source]) -> None:
    """Raises :class:`~adjudicator.bulk.errors.UnusableInput` for an input that is named twice, whatever the paths to it."""
    seen: dict[str, str] = {}
    for source in sources:
        path = getattr(source, "path", None)
        place = source.name if path is None else str(path.resolve())
        if place in seen:
            other = "" if source.name == seen[place] else f", also as {safe(seen[place])}"
            raise UnusableInput(f"named twice: {safe(source.name)}{other}")
        seen[place] = source.name


def _standard_input() -> StandardInput:
    if sys.stdin is None:
        raise UnusableInput("there is no standard input")
    return StandardInput(sys.stdin.buffer)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    inside = sorted(each for each in path.rglob("*") if each.is_file() and not _is_hidden(each.relative_to(path)))
    files = [each for each in inside if each.suffix.lower() in SUFFIXES]
    if not files:
        raise UnusableInput(f"{safe(str(path))}: no file in this folder ends in {', '.join(SUFFIXES)}")
    if others := [each for each in inside if each.suffix.lower() not in SUFFIXES]:
        raise UnusableInput(
            f"{safe(str(others[0]))}: not a file of cases; name the files to read, or move this one away"
        )
    return files


def is_read_with(folder: Path, place: Path) -> bool:
    """Whether files at a place would be read as cases of a folder: it is in the folder, or below, and not passed over."""
    outer, inner = folder.resolve(), place.resolve()
    return inner.is_relative_to(outer) and not _is_hidden(inner.relative_to(outer))


def _is_hidden(path: Path) -> bool:
    """Whether a file is not data, by the conventions of Hive and Spark."""
    return any(part.startswith((".", "_")) for part in path.parts)


def _file_source(path: Path, column: str | None) -> Source:
    if path.exists() and not path.is_file():
        raise UnusableInput(
            f"{safe(str(path))}: not a file that can be read twice; give a stream as -, the standard input"
        )
    try:
        with path.open("rb") as file:
            magic = file.read(len(PARQUET_MAGIC))
    except (OSError, ValueError) as error:
        raise UnusableInput(f"{safe(str(path))}: {getattr(error, 'strerror', None) or error}") from error
    is_parquet = magic == PARQUET_MAGIC or path.suffix.lower() == ".parquet"
    return ParquetRows(path, column) if is_parquet else JsonLines(path)


def check_schemas(sources: Iterable[ParquetRows]) -> None:
    """Raises :class:`~adjudicator.bulk.errors.UnusableInput` if the columns of two Parquet files have one name and different types."""
    merged: pa.Schema | None = None
    first = ""
    for source in sources:
        schema = source.schema().remove_metadata()
        if merged is None:
            merged, first = schema, source.name
            continue
        if schema.names != merged.names and case_column(schema, source.column) != case_column(merged, source.column):
            raise UnusableInput(f"{safe(source.name)}: cases in other columns than in {safe(first)}")
        try:
            merged = pa.unify_schemas([merged, schema], promote_options="permissive")
        except pa.ArrowException as error:
            raise UnusableInput(f"{safe(source.name)}: other columns than {safe(first)}: {error}") from error


def _content(lines: Lines, end: float | None) -> Content:
    return Content(lines.first, lines.data, end=end)


def _pieces(batch: pa.RecordBatch, limits: Limits) -> Iterator[pa.RecordBatch]:
    """A batch in pieces of a bounded size."""
    pieces = min(-(-batch.nbytes // limits.bytes) or 1, max(batch.num_rows, 1))
    rows = -(-batch.num_rows // pieces)
    for start in count(0, max(rows, 1)):
        if start >= batch.num_rows:
            return
        yield batch.slice(start, rows)


def _in_stream_format(batch: pa.RecordBatch) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())
