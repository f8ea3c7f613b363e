"""Exit statuses, and the errors that lead to them."""

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
    """A command cannot go on, and the input is not to blame: the disk, a port, a database. The message fits on one line."""

    status: ClassVar[int] = ANYTHING_ELSE


class UsageError(CommandError):
    """The input is at fault: an argument, a file that cannot be opened, or what it holds."""

    status = INPUT_AT_FAULT


class FaultyFile(UsageError):
    """A file whose content is at fault, with everything that is wrong with it."""

    def __init__(self, file: str, faults: Iterable[Fault]) -> None:
        super().__init__(file)
        self.file = file
        self.faults = tuple(faults)


@contextmanager
def reading(file: str) -> Iterator[None]:
    """Name the file in every :class:`~adjudicator.model.errors.InputError` of its content."""
    try:
        yield
    except InputError as error:
        raise FaultyFile(file, error.faults) from error
