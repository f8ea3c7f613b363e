"""Lines of JSON, plain or compressed, in parts of a bounded size."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

import orjson
import pyarrow as pa
from attrs import frozen

from adjudicator.bulk.errors import UnusableInput
from adjudicator.model.errors import safe
from adjudicator.wire.parser import MOST_BYTES

GZIP_MAGIC: Final = b"\x1f\x8b"
ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_CHUNK: Final = 1 << 16
_BUFFER: Final = 1 << 20


@frozen
class Limits:
    """The most cases, and about the most bytes of input, in one part."""

    cases: int = 5_000
    bytes: int = 1 << 24


@frozen
class Lines:
    """Some lines in a row, with the number of the first."""

    first: int
    data: bytes


def line_parts(lines: Iterable[bytes], limits: Limits) -> Iterator[Lines]:
    """Lines, with their line ends, in parts within the limits."""
    first, size, held = 1, 0, list[bytes]()
    for line in lines:
        held.append(line)
        size += len(line)
        if len(held) >= limits.cases or size >= limits.bytes:
            yield Lines(first, b"".join(held))
            first, size, held = first + len(held), 0, []
    if held:
        yield Lines(first, b"".join(held))


def cases_in(lines: Lines) -> Iterator[tuple[int, bytes]]:
    """The cases in some lines, with the numbers of their lines; blank lines are passed over."""
    for number, line in enumerate(lines.data.split(b"\n"), lines.first):
        text = line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
        if not text.isspace() and text:
            yield number, text.removesuffix(b"\r")


def opened_lines(stream: BinaryIO, name: str) -> Iterator[bytes]:
    """The lines of a stream, plain, gzip or Zstandard; a document that begins on its first line but does not end there is one line.

    Raises :class:`~adjudicator.bulk.errors.UnusableInput` if it cannot be decompressed.
    """
    buffered: Any = stream if hasattr(stream, "peek") else io.BufferedReader(stream)
    magic = buffered.peek(len(ZSTD_MAGIC))[: len(ZSTD_MAGIC)]
    try:
        yield from _records(_decompressed(buffered, magic))
    except (EOFError, zlib.error, gzip.BadGzipFile, pa.ArrowException) as error:
        raise UnusableInput(f"{safe(name)}: the compressed data are damaged, or end too soon: {error}") from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise UnusableInput(f"{safe(name)}: the compressed data are damaged, or end too soon: {error}") from error


def _decompressed(stream: BinaryIO, magic: bytes) -> BinaryIO:
    if magic.startswith(GZIP_MAGIC):
        return io.BufferedReader(gzip.GzipFile(fileobj=stream), _BUFFER)
    if magic == ZSTD_MAGIC:
        return io.BufferedReader(pa.CompressedInputStream(stream, "zstd"), _BUFFER)
    return stream


def _records(stream: BinaryIO) -> Iterator[bytes]:
    lines = _bounded(stream)
    first = next(lines, None)
    if first is None:
        return
    if _begins_a_document(first):
        rest = list(_until_too_long(lines, MOST_BYTES - len(first)))
        whole = b" ".join(line.rstrip(b"\r\n") for line in (first, *rest))
        if _is_json(whole) or not any(_is_json(line) for line in rest):
            yield whole + b"\n"
        else:
            yield from (first, *rest)
    else:
        yield first
    yield from lines


def _begins_a_document(line: bytes) -> bool:
    return line.removeprefix(BYTE_ORDER_MARK).lstrip()[:1] in (b"{", b"[") and not _is_json(line)


def _until_too_long(lines: Iterator[bytes], budget: int) -> Iterator[bytes]:
    """Lines until they are more than ``budget`` bytes."""
    for line in lines:
        yield line
        budget -= len(line)
        if budget < 0:
            return


def _is_json(text: bytes) -> bool:
    try:
        orjson.loads(text.removeprefix(BYTE_ORDER_MARK))
    except ValueError:
        return False
    return True


def _bounded(stream: BinaryIO) -> Iterator[bytes]:
    """Every line with its line end; of one that is longer than any case only the beginning, so that it is refused as too long."""
    while line := stream.readline(MOST_BYTES + len(b"\r\n")):
        end = line
        while not end.endswith(b"\n") and (end := stream.readline(_CHUNK)):
            pass
        yield line if line.endswith(b"\n") else line + b"\n"
