"""Cases in a stream of bytes: one JSON document, or one a line.

What can be told from the first line alone is told from it, so that a stream is decided while it still runs. Nothing is held that
is larger than the largest input that the codec reads.
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
_MOST_SECOND_THOUGHTS: Final = 8
"""How often a document that runs over many lines is read again to see whether it still is one."""


class Unreadable(Exception):
    """An input that could not be read to its end."""


@frozen
class Record:
    """A piece of the input that should be a case: the line on which it starts, and its bytes."""

    line: int
    data: bytes
    too_long: bool = False

    @property
    def blank(self) -> bool:
        """Whether there is nothing in it but space."""
        return not self.too_long and not self.data.strip()

    def text(self) -> bytes:
        """The bytes, all of them. Raises :class:`~adjudicator.model.errors.InputError` if they are too many to be read."""
        if self.too_long:
            raise InputError([Fault("", f"more than {MOST_BYTES} bytes", f"at most {MOST_BYTES} bytes")])
        return self.data


class Records:
    """The records of a stream, each as soon as it has come."""

    def __init__(self, stream: BinaryIO) -> None:
        self._coming = _records(_lines(stream))
        self._ahead: list[Record] = []

    def __iter__(self) -> Iterator[Record]:
        while not self.at_end():
            yield self._ahead.pop()

    def at_end(self) -> bool:
        """Whether no record is left. Waits until that is certain."""
        if not self._ahead:
            self._ahead.extend(record for record in (next(self._coming, None),) if record is not None)
        return not self._ahead


def _lines(stream: BinaryIO, line: int = 1) -> Iterator[Record]:
    """Every line, its end cut off; of one that is too long only the beginning."""
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
    """One record a line if the first is one, or if the lines that follow show that it should have been."""
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
    """Whether what follows a line that is no JSON belongs to it. Reads on, into ``held``, as far as it takes to tell.

    An object that stands on a line of its own, flush left, is a record, unless all lines up to it begin one document.
    """
    second_thoughts = 0
    for line in lines:
        held += b"\n" + line.data
        if len(held) > MOST_BYTES:
            return True
        if second_thoughts < _MOST_SECOND_THOUGHTS and _is_object(line):
            second_thoughts += 1
            if not _begins_a_document(held):
                return False
    return not second_thoughts or _is_json(held)


def _is_object(line: Record) -> bool:
    return line.data.startswith(b"{") and _is_json(line.data)


def _is_json(data: bytes | bytearray) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _begins_a_document(data: bytes | bytearray) -> bool:
    """Whether more bytes could make it JSON: all that is wrong with it is that it ends."""
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
