"""Errors of the record. Their messages can be shown to the caller."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from adjudicator.model.award import Award


class RecordError(Exception):
    """Base class of all errors of the record."""


class NotFound(RecordError):
    """No decision, payout or key has this id."""


class Erased(RecordError):
    """The operation needs personal data that were erased."""


class KeyReused(RecordError):
    """An idempotency key was reused with a different payload."""


class KeyExpired(RecordError):
    """An idempotency key was used so long ago that its answer was removed."""


class TooManyJobs(RecordError):
    """The caller has as many jobs as it may have."""


class StillRunning(RecordError):
    """Another request with the same idempotency key is still in progress."""


class TooManyWaiting(RecordError):
    """Too many decisions are waiting to be recorded, so this one was not accepted. Nothing was done."""


class NotSuperseded(RecordError):
    """The named decision cannot be superseded by this one."""


class Changed(RecordError):
    """The order or case is no longer at the version that the caller named."""


class OwnRuling(RecordError):
    """A ruling needs the confirmation of somebody other than its author."""


class NotPayable(RecordError):
    """The payout is refused. If money is the reason, ``left`` has the claim's current awards: pay on a new decision."""

    def __init__(self, message: str, left: Iterable[Award] = ()) -> None:
        super().__init__(message)
        self.left = tuple(left)


class Altered(RecordError):
    """Recorded data do not match their digest, so they are not returned."""


class NotImportable(RecordError):
    """A line of an export is malformed or contradicts the record."""


class BadCheckpoint(RecordError):
    """The checkpoint was altered, or is not signed with the expected key."""


class EventsDropped(RecordError):
    """Events after this place in the log were dropped, because they were too old."""


class TenantExists(RecordError):
    """There is a tenant of this name already."""


class NoRecord(RecordError):
    """The database does not exist."""


class SchemaMismatch(RecordError):
    """The database schema is not the one that this version needs."""

    def __init__(self, current: str | None, needed: str | None) -> None:
        super().__init__(
            f"the database schema is {current or 'missing'}, but {needed} is needed: run adjudicator migrate"
        )


def database_code(error: BaseException) -> str | None:
    """The code that the database gave an error: the name of SQLite's, such as ``SQLITE_FULL``, or the SQLSTATE of PostgreSQL's.

    ``None`` for any other error. Unlike the message, a code never quotes data.
    """
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorname", None)
    state = getattr(cause, "sqlstate", None)
    return state if isinstance(state, str) else None
