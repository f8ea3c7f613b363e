"""Streams: reading files and writing lines, so that whatever breaks is told in one line and ends decently."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO, TextIO

from rich.console import Console

from adjudicator.cli.pages import fault_line
from adjudicator.model.errors import Fault, printable, safe
from adjudicator.wire.parser import MOST_BYTES
from adjudicator.words import words_for


class Refused(Exception):
    """What was asked for cannot be done, and it is the input that is at fault."""


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """A file to be read as bytes; ``-`` is the standard input. Raises :class:`Refused` for one that cannot be opened."""
    if file == "-":
        if sys.stdin is None:
            raise Refused("there is no standard input")
        yield sys.stdin.buffer
        return
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(Path(file).open("rb"))
        except (OSError, ValueError) as error:
            raise Refused(f"{safe(file)}: {getattr(error, 'strerror', None) or error}") from error
        yield stream


def content_of(file: str) -> bytes:
    """What a file holds, as far as an input may go. Raises :class:`Refused` where it cannot be read."""
    with opened(file) as stream:
        try:
            return stream.read(MOST_BYTES + 1)
        except OSError as error:
            raise Refused(f"{safe(file)}: {error.strerror or error}") from error


def json_line(document: object) -> bytes:
    """A JSON value on one line."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def console_on(stream: TextIO) -> Console:
    """A console that takes nothing for markup, and writes what an encoding lacks as an escape."""
    return Console(file=stream, markup=False, emoji=False, highlight=False)


@contextmanager
def writing() -> Iterator[None]:
    """Make sure that all is written before it counts as done, and that nothing more is tried once writing has failed."""
    if sys.stdout is None:
        raise OSError("there is no standard output")
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        yield
        sys.stdout.flush()
    except OSError:
        try:
            sys.stdout.flush()
        except OSError:
            give_up(sys.stdout)
        raise


def write_line(line: bytes) -> None:
    """Write a line at once, as the bytes that it is: JSON is UTF-8 whatever the terminal's encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def write_document(pieces: Iterable[str]) -> None:
    """Write a document piece by piece, in UTF-8 whatever the terminal's encoding: it says so itself, or goes to a program."""
    sys.stdout.flush()
    for piece in pieces:
        sys.stdout.buffer.write(piece.encode())
    sys.stdout.buffer.flush()


def write_text(pieces: Iterable[str]) -> None:
    """Write text for people piece by piece."""
    for piece in pieces:
        sys.stdout.write(piece)


def complain_of(faults: Iterable[Fault], language: str) -> None:
    """Tell the faults of an input, one a line."""
    words = words_for(None, language)
    tell(fault_line(fault, words) for fault in faults)


def complain(message: str) -> None:
    """Tell in one line what went wrong."""
    tell((f"adjudicator: {printable(message)}",))


def tell(lines: Iterable[str]) -> None:
    """Write to the standard error, if there is anyone to read it."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.writelines(chain.from_iterable((line, "\n") for line in lines))
        sys.stderr.flush()
    except OSError:
        give_up(sys.stderr)


def give_up(stream: TextIO) -> None:
    """Let what is still in a stream that cannot be written go nowhere, so that Python does not try again at its end."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())
