"""What the record refuses, and what it says then."""

from __future__ import annotations

from collections.abc import Iterable

from adjudicator.model.award import Award


class RecordError(Exception):
    """Something the record does not do. The message is fit to be shown to the caller."""


class NotFound(RecordError):
    """There is no such decision, payout or key."""


class Erased(RecordError):
    """The personal data were erased, and with them what would be needed for this."""


class KeyReused(RecordError):
    """An idempotency key came again with another payload."""


class StillRunning(RecordError):
    """A request with the same idempotency key is being answered at this moment."""


class NotSuperseded(RecordError):
    """A decision that cannot be superseded by this one."""


class Changed(RecordError):
    """Something that was to be changed has changed since it was last looked at."""


class NotPayable(RecordError):
    """A payout that is not made. ``left`` are the awards of the claim as they stand now; pay on a new decision."""

    def __init__(self, message: str, left: Iterable[Award] = ()) -> None:
        super().__init__(message)
        self.left = tuple(left)


class Altered(RecordError):
    """What is on record does not have the digest that it should: nothing of it is given out."""


class NotImportable(RecordError):
    """A line of an export that does not fit the record or itself."""


class BadCheckpoint(RecordError):
    """A checkpoint that was altered, or not signed with the key that it should be."""


class NoRecord(RecordError):
    """There is no record where one is looked for."""


class SchemaMismatch(RecordError):
    """The database has another schema than this program needs."""

    def __init__(self, there: str | None, needed: str | None) -> None:
        super().__init__(
            f"the schema of the database is {there or 'missing'}, needed is {needed}: run adjudicator migrate"
        )
