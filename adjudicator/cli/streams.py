"""Reading files and standard input, and writing to standard output and error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from rich.console import Console

from adjudicator.cli.exits import CommandError, UsageError
from adjudicator.cli.ndjson import Unreadable
from adjudicator.cli.pages.errors import fault_line
from adjudicator.model.errors import Fault, printable, safe
from adjudicator.wire.parser import MOST_BYTES
from adjudicator.words import words_for

PROGRAM: Final = "adjudicator"
STANDARD_INPUT: Final = "-"

COMMAND: Final = ContextVar("COMMAND", default=PROGRAM)
"""The prefix of messages: the program and the running command, such as ``adjudicator decide``."""


def display_name(file: str) -> str:
    """The name of a file, safe to show in a message."""
    return "standard input" if file == STANDARD_INPUT else safe(file)


@contextmanager
def open_input(file: str) -> Iterator[BinaryIO]:
    """Open a file for reading bytes; ``-`` is standard input.

    Raises :class:`~adjudicator.cli.exits.UsageError` if it cannot be opened, and :class:`~adjudicator.cli.exits.CommandError` if reading
    fails later.
    """
    with ExitStack() as stack:
        try:
            stream = _standard_input() if file == STANDARD_INPUT else stack.enter_context(Path(file).open("rb"))
        except (OSError, ValueError) as error:
            raise UsageError(f"{display_name(file)}: {getattr(error, 'strerror', None) or error}") from error
        try:
            yield stream
        except Unreadable as error:
            raise CommandError(f"{display_name(file)}: {error}") from error


def existing(file: str | Path) -> Path:
    """A file or folder that something else opens. Raises :class:`~adjudicator.cli.exits.UsageError` if there is none of this name."""
    try:
        Path(file).stat()
    except (OSError, ValueError) as error:
        raise UsageError(f"{safe(str(file))}: {getattr(error, 'strerror', None) or error}") from error
    return Path(file)


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise UsageError("there is no standard input")
    return sys.stdin.buffer


def read_input(file: str, most: int | None = MOST_BYTES) -> bytes:
    """The bytes of a file, at most one more than ``most``, so that the codec refuses a file that is too large."""
    with open_input(file) as stream:
        try:
            return stream.read(-1 if most is None else most + 1)
        except OSError as error:
            raise Unreadable(error.strerror or str(error)) from error


def json_line(document: object) -> bytes:
    """A JSON value on one line."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def console_on(stream: TextIO) -> Console:
    """A console that prints text literally, without markup."""
    return Console(file=stream, markup=False, emoji=False, highlight=False)


@contextmanager
def flushed_output() -> Iterator[None]:
    """Flush standard output before the command counts as done.

    Characters that its encoding lacks become escapes. After a write error, nothing more is written, so that Python does not
    fail again at exit.
    """
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
            _abandon(sys.stdout)
        raise


def write_line(line: bytes) -> None:
    """Write a line as UTF-8, whatever the terminal's encoding, and flush it."""
    sys.stdout.flush()
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def write_document(pieces: Iterable[str]) -> None:
    """Write a document in pieces as UTF-8, whatever the terminal's encoding."""
    sys.stdout.flush()
    for piece in pieces:
        sys.stdout.buffer.write(piece.encode())
    sys.stdout.buffer.flush()


def write_text(pieces: Iterable[str]) -> None:
    """Write text for people in pieces, in the terminal's encoding."""
    for piece in pieces:
        sys.stdout.write(piece)


def report_faults(faults: Iterable[Fault], language: str, file: str = STANDARD_INPUT) -> None:
    """Write the faults of an input to standard error, one per line, with the name of the file if there is one."""
    words = words_for(None, language)
    prefix = "" if file == STANDARD_INPUT else f"{display_name(file)}: "
    write_errors(f"{prefix}{fault_line(fault, words)}" for fault in faults)


def report(message: str) -> None:
    """Write one line to standard error, prefixed with the command."""
    write_errors((f"{COMMAND.get()}: {printable(message)}",))


def write_errors(lines: Iterable[str]) -> None:
    """Write lines to standard error, if it is open."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.writelines(chain.from_iterable((line, "\n") for line in lines))
        sys.stderr.flush()
    except OSError:
        _abandon(sys.stderr)


def _abandon(stream: TextIO) -> None:
    """Redirect a broken stream to the null device, so that Python can flush it at exit."""
    with Path(os.devnull).open("wb") as null:
        os.dup2(null.fileno(), stream.fileno())
