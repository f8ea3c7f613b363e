"""Why a replay stops: the input, or what stands in the folder, cannot be used; or the machine failed."""

from __future__ import annotations

from adjudicator.model.errors import printable


class BulkError(Exception):
    """A replay stopped. The message fits on one line."""

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))


class UnusableInput(BulkError):
    """An input cannot be read as cases: a missing column, another type, a file that ends too soon."""


class NotResumable(BulkError):
    """The output folder holds something else: another run, other options, other inputs."""


class WorkerLost(BulkError):
    """A worker process ended in the middle of its work."""
