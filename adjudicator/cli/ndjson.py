"""Cases in a stream of bytes: one JSON document, or one a line (NDJSON).

If the first line is a whole document, there is one a line, and each is handed on as soon as it has been read. Never more is held
in memory than the largest input that the codec accepts.
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
"""How often a document that runs over many lines is parsed again to see whether it still is one."""


class Unreadable(Exception):
    """Reading broke off before the end of the input."""


@frozen
class Record:
    """A piece of the input that should be a case, with the number of its first line."""

    line: int
    data: bytes
    too_long: bool = False

    @property
    def blank(self) -> bool:
        """Whether there is nothing but white space in it."""
        return not self.too_long and not self.data.strip()

    def text(self) -> bytes:
        """All the bytes. Raises :class:`~adjudicator.model.errors.InputError` if there are too many."""
        if self.too_long:
            raise InputError([Fault("", f"more than {MOST_BYTES} bytes", f"at most {MOST_BYTES} bytes")])
        return self.data


class Records:
    """The records of a stream, each as soon as it has been read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._rest = _records(_lines(stream))
        self._ahead: list[Record] = []

    def __iter__(self) -> Iterator[Record]:
        while not self.at_end():
            yield self._ahead.pop()

    def at_end(self) -> bool:
        """Whether no record is left. This blocks until the next record or the end has been read."""
        if not self._ahead:
            self._ahead.extend(record for record in (next(self._rest, None),) if record is not None)
        return not self._ahead


def _lines(stream: BinaryIO, line: int = 1) -> Iterator[Record]:
    """Every line without its line end; only the beginning of one that is too long."""
    while beginning := _read(stream, MOST_BYTES + len(b"\r\n")):
        end, longer = beginning, False
        while not end.endswith(b"\n") and (end := _read(stream, _CHUNK)):
            longer = True
        data = beginning.removesuffix(b"\n").removesuffix(b"\r")
        data = data.removeprefix(b"\xef\xbb\xbf") if line == 1 else data
        yield Record(line, data, longer or len(data) > MOST_BYTES)
        line += 1


def _read(stream: BinaryIO, most: int) -> bytes:
    try:
        return stream.readline(most)
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error


def _records(lines: Iterator[Record]) -> Iterator[Record]:
    """One record a line if the first line is a document, or if later lines show that it should have been one."""
    first = next(_not_blank(lines), None)
    if first is None:
        return
    if first.too_long or _is_json(first.data):
        yield first
    else:
        held = bytearray(first.data)
        if _is_one_document(held, lines):
            yield Record(first.line, bytes(held[:MOST_BYTES]), len(held) > MOST_BYTES)
            return
        yield from _not_blank(_lines(BytesIO(held), first.line))
    yield from _not_blank(lines)


def _is_one_document(held: bytearray, lines: Iterator[Record]) -> bool:
    """Whether the lines that follow continue a document whose first line is not JSON by itself.

    Reads into ``held`` until that is certain. An object on a line of its own, with no indentation, is a record, unless all lines
    before it are the beginning of one document.
    """
    reparses = 0
    for line in lines:
        held += b"\n" + line.data
        if len(held) > MOST_BYTES:
            return True
        if reparses < _MOST_REPARSES and _is_object(line):
            reparses += 1
            if not _begins_a_document(held):
                return False
    return not reparses or _is_json(held)


def _is_object(line: Record) -> bool:
    return line.data.startswith(b"{") and _is_json(line.data)


def _is_json(data: bytes | bytearray) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _begins_a_document(data: bytes | bytearray) -> bool:
    """Whether this could be the beginning of a JSON document: its only error is that it ends too soon."""
    text = data.decode(errors="replace")
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return not text[error.pos :].strip()
    except (ValueError, RecursionError):
        return False
    return True


def _not_blank(lines: Iterable[Record]) -> Iterator[Record]:
    return (line for line in lines if not line.blank)
