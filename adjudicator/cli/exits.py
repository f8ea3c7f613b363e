"""Exit statuses, and the errors that cause them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import ClassVar, Final

from adjudicator.model.errors import Fault, InputError

DECIDED: Final = 0
ANYTHING_ELSE: Final = 1
INPUT_AT_FAULT: Final = 2
INTERRUPTED: Final = 130


class CommandError(Exception):
    """A command failed for a reason other than its input: the disk, a port, a database. The message fits on one line."""

    status: ClassVar[int] = ANYTHING_ELSE


class UsageError(CommandError):
    """The input is invalid: an argument, a file that cannot be opened, or its content."""

    status = INPUT_AT_FAULT


class FaultyFile(UsageError):
    """A file with invalid content, and all its faults."""

    def __init__(self, file: str, faults: Iterable[Fault]) -> None:
        super().__init__(file)
        self.file = file
        self.faults = tuple(faults)


@contextmanager
def faults_in(file: str) -> Iterator[None]:
    """Turn an :class:`~adjudicator.model.errors.InputError` into a :class:`FaultyFile` that names the file."""
    try:
        yield
    except InputError as error:
        raise FaultyFile(file, error.faults) from error
