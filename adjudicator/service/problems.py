"""Problem details (RFC 9457): every error, with a stable type, and how exceptions map to them."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import orjson
from attrs import frozen
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.store import (
    Changed,
    Erased,
    EventsDropped,
    KeyExpired,
    KeyReused,
    NotFound,
    NotPayable,
    NotSuperseded,
    OwnRuling,
    SchemaMismatch,
    StillRunning,
    TooManyJobs,
    TooManyWaiting,
    database_code,
)
from adjudicator.wire.codec import document_of
from adjudicator.wire.parser import NotJson

MEDIA_TYPE: Final = "application/problem+json"
TYPES_PATH: Final = "/v1/problems/"
"""The path under which each problem type has its documentation."""


@frozen
class ProblemType:
    """A type of problem: its stable name, status and title, and what it means for the caller.

    ``members`` are its fields beyond the standard ones.
    """

    name: str
    status: int
    title: str
    meaning: str
    members: tuple[str, ...] = ()

    @property
    def uri(self) -> str:
        """The value of ``type``, a URI reference relative to the service."""
        return TYPES_PATH + self.name


def _by_name(*types: ProblemType) -> Mapping[str, ProblemType]:
    return {problem_type.name: problem_type for problem_type in types}


PROBLEMS: Final[Mapping[str, ProblemType]] = _by_name(
    ProblemType(
        "malformed",
        400,
        "Not JSON",
        "The body is not JSON in UTF-8, or not a form where one is expected. Nothing was done.",
        ("errors",),
    ),
    ProblemType(
        "bad-request",
        400,
        "Invalid parameter or header",
        "A URL parameter or a header is unknown, missing, repeated or invalid. Nothing was done.",
        ("errors",),
    ),
    ProblemType("unauthorized", 401, "No valid API key", "Send a valid key: `Authorization: Bearer adj_...`."),
    ProblemType("forbidden", 403, "Insufficient scope", "The key lacks the scope that the operation needs."),
    ProblemType(
        "already-used",
        403,
        "Token already used",
        "A token opens the panel once. Ask for a new one, and open the panel again.",
    ),
    ProblemType("not-found", 404, "Not found", "There is nothing at this address, or the record has no such item."),
    ProblemType("method-not-allowed", 405, "Method not allowed", "`Allow` lists the methods of this address."),
    ProblemType("not-acceptable", 406, "Not acceptable", "`Accept` allows none of the media types of this operation."),
    ProblemType(
        "request-timeout", 408, "Request timeout", "The body did not arrive in time, or a stream took too long."
    ),
    ProblemType(
        "still-running",
        409,
        "Request in progress",
        "Another request with this idempotency key is in progress. Retry shortly with the same key.",
    ),
    ProblemType(
        "not-payable",
        409,
        "Not payable",
        "Nothing was reserved, confirmed or reversed. If money is the reason, `left` lists what the claim would be awarded now: "
        "decide again, and pay on that decision. For any other reason it is empty.",
        ("left",),
    ),
    ProblemType(
        "too-many-jobs",
        409,
        "Too many jobs",
        "You have as many jobs as you may have, finished ones included. Delete one that you no longer need.",
    ),
    ProblemType(
        "not-superseded",
        409,
        "Cannot be superseded",
        "The decision is already superseded, or is about another order or case.",
    ),
    ProblemType("erased", 410, "Erased", "This needs personal data that were erased. You can still read what remains."),
    ProblemType(
        "events-dropped",
        410,
        "Events dropped",
        "The events after this cursor were dropped, because they were too old. Read what you missed elsewhere, and go on from the oldest "
        "event that is kept: leave the cursor out.",
    ),
    ProblemType(
        "key-expired",
        410,
        "Idempotency key expired",
        "The idempotency key was used so long ago that its answer was removed. Nothing was done: read the payouts of the decision to see "
        "what came of it.",
    ),
    ProblemType(
        "precondition-failed",
        412,
        "Version mismatch",
        "`If-Match` names another version than the current one. Read again, then decide what to do.",
    ),
    ProblemType("too-large", 413, "Too large", "The body has too many bytes, or the batch too many cases."),
    ProblemType(
        "unsupported-media-type",
        415,
        "Unsupported media type",
        "Send the body as `application/json` in UTF-8, without compression or other encoding.",
    ),
    ProblemType(
        "invalid",
        422,
        "Invalid content",
        "The body is JSON but not valid here. `errors` lists every fault with its place, its value and what was expected.",
        ("errors",),
    ),
    ProblemType(
        "key-reused",
        422,
        "Idempotency key reused",
        "The idempotency key was used before with a different payload. Nothing was done.",
    ),
    ProblemType(
        "budget-exceeded",
        422,
        "Analysis too expensive",
        "The analysis takes more work than the service allows for one request. Retrying does not help: send a smaller case.",
    ),
    ProblemType("too-many-requests", 429, "Too many requests", "`Retry-After` is the number of seconds to wait."),
    ProblemType(
        "internal", 500, "Internal error", "A bug in the service. Retrying with the same idempotency key is safe."
    ),
    ProblemType(
        "cannot-examine",
        501,
        "Cannot examine files",
        "This service does not read evidence files: an extra is not installed, or the system cannot bound the process that reads them. "
        "Retrying does not help.",
    ),
    ProblemType(
        "busy",
        503,
        "Too busy",
        "Other evidence files are being received or read. Nothing was done: retry after the seconds in `Retry-After`.",
    ),
    ProblemType(
        "unavailable",
        503,
        "Unavailable",
        "The record cannot be reached or did not respond in time. The operation may or may not have succeeded: retry with the same "
        "idempotency key.",
    ),
)

MAX_REPORTED: Final = 1_000
"""The most faults that a problem lists: a small input must not cause a huge response."""

PASSING: Final = frozenset({"25006", "25P03"})
"""PostgreSQL's codes for what passes: a server that only reads, such as the old one after another took over, and a session that was ended
because this process had stood still within a transaction."""

_log = logging.getLogger("adjudicator.service")


class Problem(Exception):
    """An error to be returned to the client as problem details. ``caller`` is set if a caller with a valid key was refused."""

    caller: str | None = None

    def __init__(self, name: str, detail: str, headers: Mapping[str, str] | None = None, **members: Any) -> None:
        super().__init__(detail)
        self.type = PROBLEMS[name]
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members

    def document(self) -> dict[str, Any]:
        """The problem as a JSON document."""
        return {
            "type": self.type.uri,
            "title": self.type.title,
            "status": self.type.status,
            "detail": self.detail,
            **self.members,
        }

    def content(self) -> bytes:
        """The problem as JSON bytes."""
        return orjson.dumps(self.document())


def errors_in(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """Convert faults to the ``errors`` of a problem."""
    return [
        {"pointer": fault.pointer, "value": fault.value, "expected": fault.expected, "detail": str(fault)}
        for fault in faults
    ]


def parameter_fault(name: str, where: str, value: str, expected: str) -> dict[str, str]:
    """A fault of a parameter, as the ``errors`` of a problem list it."""
    return {
        "parameter": name,
        "in": where,
        "value": value,
        "expected": expected,
        "detail": f"{where} parameter {shown(name)}: expected {expected}, got {value}",
    }


def bad_parameters(faults: Sequence[dict[str, str]]) -> Problem:
    """The problem with these faults of parameters."""
    return Problem("bad-request", "; ".join(fault["detail"] for fault in faults), errors=faults)


def _invalid(error: InputError) -> Problem:
    name = "malformed" if isinstance(error, NotJson) else "invalid"
    count = len(error.faults)
    listed = "all" if count <= MAX_REPORTED else f"the first {MAX_REPORTED}"
    detail = str(error.faults[0]) if count == 1 else f"{count} faults, {listed} of them under `errors`"
    return Problem(name, detail, errors=errors_in(error.faults[:MAX_REPORTED]))


def _not_payable(error: NotPayable) -> Problem:
    return Problem("not-payable", str(error), left=[document_of(award) for award in error.left])


def _problem_named(name: str) -> Callable[[Exception], Problem]:
    return lambda error: Problem(name, str(error))


def _by_the_code(error: Exception) -> Problem:
    """PostgreSQL tells the state of a session or server in the same way as bugs."""
    if database_code(error) in PASSING:
        return _unavailable(error)
    log_error(error)
    return _internal()


def _internal() -> Problem:
    return Problem("internal", "internal error in the service")


def _unavailable(error: Exception) -> Problem:
    log_error(error)
    return Problem("unavailable", "the record cannot be reached right now", {"Retry-After": "1"})


def _too_late(error: Exception) -> Problem:
    """Of the record, or because other requests were before this one."""
    log_error(error)
    return Problem("unavailable", "the service did not get this done in time", {"Retry-After": "1"})


_CONVERTERS: Final[Mapping[type[Exception], Callable[[Any], Problem]]] = {
    InputError: _invalid,
    NotFound: _problem_named("not-found"),
    Erased: _problem_named("erased"),
    EventsDropped: _problem_named("events-dropped"),
    KeyExpired: _problem_named("key-expired"),
    KeyReused: _problem_named("key-reused"),
    StillRunning: lambda error: Problem("still-running", str(error), {"Retry-After": "1"}),
    TooManyJobs: _problem_named("too-many-jobs"),
    TooManyWaiting: lambda error: Problem("unavailable", str(error), {"Retry-After": "1"}),
    NotPayable: _not_payable,
    OwnRuling: _problem_named("forbidden"),
    NotSuperseded: _problem_named("not-superseded"),
    Changed: _problem_named("precondition-failed"),
    SchemaMismatch: _unavailable,
    PoolExhausted: _unavailable,
    InterfaceError: _unavailable,
    OperationalError: _unavailable,
    InternalError: _by_the_code,
    TimeoutError: _too_late,
}


def problem_for(error: Exception) -> Problem:
    """Convert an exception to a problem.

    An unexpected exception becomes an internal error without details. The log gets its location, not its message, which may contain
    personal data.
    """
    if isinstance(error, Problem):
        return error
    for cause, convert in _CONVERTERS.items():
        if isinstance(error, cause):
            return convert(error)
    log_error(error)
    return _internal()


def log_error(error: Exception) -> None:
    """Log the type and location of an exception, and the code that the database gave it."""
    frames = (f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__))
    code = database_code(error)
    named = type(error).__name__ if code is None else f"{type(error).__name__} ({code})"
    _log.error("%s at %s", named, " < ".join(reversed([*frames])))
