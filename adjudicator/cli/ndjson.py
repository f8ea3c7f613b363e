"""Reading cases from a byte stream that holds one JSON document, or one per line (NDJSON).

If the first line is a complete document, each line is a record, and is yielded as soon as it has been read. Memory use is bounded by
the largest input that the codec accepts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import BinaryIO, Final

from attrs import frozen

from adjudicator.model.errors import Fault, InputError
from adjudicator.wire.parser import MOST_BYTES

_CHUNK: Final = 64 * 1024
_MOST_REPARSES: Final = 8
"""The most times that a multi-line document is parsed again to see whether it still is one document."""


class Unreadable(Exception):
    """Reading failed before the end of the input."""


@frozen
class Record:
    """A part of the input that should be one case, with the number of its first line."""

    line: int
    data: bytes
    too_long: bool = False

    @property
    def blank(self) -> bool:
        """Whether the record is empty or white space."""
        return not self.too_long and not self.data.strip()

    def text(self) -> bytes:
        """The record's bytes. Raises :class:`~adjudicator.model.errors.InputError` if there are too many."""
        if self.too_long:
            raise InputError([Fault("", f"more than {MOST_BYTES} bytes", f"at most {MOST_BYTES} bytes")])
        return self.data


class Records:
    """Iterates over the records of a stream, yielding each as soon as it has been read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._rest = _records(_lines(stream))
        self._ahead: list[Record] = []

    def __iter__(self) -> Iterator[Record]:
        while not self.at_end():
            yield self._ahead.pop()

    def at_end(self) -> bool:
        """Whether no record is left. Blocks until the next record or the end has been read."""
        if not self._ahead:
            self._ahead.extend(record for record in (next(self._rest, None),) if record is not None)
        return not self._ahead


def _lines(stream: BinaryIO, line: int = 1) -> Iterator[Record]:
    """Every line without its line ending; only the beginning of a line that is too long."""
    while first_chunk := _read(stream, MOST_BYTES + len(b"\r\n")):
        end, truncated = first_chunk, False
        while not end.endswith(b"\n") and (end := _read(stream, _CHUNK)):
            truncated = True
        data = first_chunk.removesuffix(b"\n").removesuffix(b"\r")
        data = data.removeprefix(b"\xef\xbb\xbf") if line == 1 else data
        yield Record(line, data, truncated or len(data) > MOST_BYTES)
        line += 1


def _read(stream: BinaryIO, most: int) -> bytes:
    try:
        return stream.readline(most)
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error


def _records(lines: Iterator[Record]) -> Iterator[Record]:
    """One record per line if the first line is a document, or if later lines show that it should have been one."""
    first = next(_skip_blank(lines), None)
    if first is None:
        return
    if first.too_long or _is_json(first.data):
        yield first
    else:
        buffer = bytearray(first.data)
        if _is_one_document(buffer, lines):
            yield Record(first.line, bytes(buffer[:MOST_BYTES]), len(buffer) > MOST_BYTES)
            return
        yield from _skip_blank(_lines(BytesIO(buffer), first.line))
    yield from _skip_blank(lines)


def _is_one_document(buffer: bytearray, lines: Iterator[Record]) -> bool:
    """Whether the lines that follow continue a document whose first line is not JSON by itself.

    Reads into ``buffer`` until that is certain. An unindented object on its own line is a record, unless it and all lines before it form
    the beginning of one document.
    """
    reparses = 0
    for line in lines:
        buffer += b"\n" + line.data
        if len(buffer) > MOST_BYTES:
            return True
        if reparses < _MOST_REPARSES and _is_object(line):
            reparses += 1
            if not _is_prefix_of_document(buffer):
                return False
    return not reparses or _is_json(buffer)


def _is_object(line: Record) -> bool:
    return line.data.startswith(b"{") and _is_json(line.data)


def _is_json(data: bytes | bytearray) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _is_prefix_of_document(data: bytes | bytearray) -> bool:
    """Whether this could be the beginning of a JSON document, that is, whether its only error is that it ends too soon."""
    text = data.decode(errors="replace")
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return not text[error.pos :].strip()
    except (ValueError, RecursionError):
        return False
    return True


def _skip_blank(lines: Iterable[Record]) -> Iterator[Record]:
    return (line for line in lines if not line.blank)
