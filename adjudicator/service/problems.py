"""Problem details (RFC 9457): everything that can go wrong, with a stable type, and how it is told."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import orjson
from attrs import frozen
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from adjudicator.model.award import Award
from adjudicator.model.errors import Fault, InputError
from adjudicator.store import (
    Changed,
    Erased,
    KeyReused,
    NotFound,
    NotPayable,
    NotSuperseded,
    SchemaMismatch,
    StillRunning,
)
from adjudicator.wire.codec import document_of
from adjudicator.wire.parser import NotJson

MEDIA_TYPE: Final = "application/problem+json"
PLACE: Final = "/v1/problems/"
"""Where the types of problems are, and are explained."""


@frozen
class ProblemType:
    """A kind of problem: its stable name, the status that goes with it, a title, and what it means to a caller.

    ``members`` are what it may have besides what every problem has.
    """

    name: str
    status: int
    title: str
    meaning: str
    members: tuple[str, ...] = ()

    @property
    def uri(self) -> str:
        """What stands in ``type``, a reference relative to the service."""
        return PLACE + self.name


def _types(*each: ProblemType) -> Mapping[str, ProblemType]:
    return {one.name: one for one in each}


PROBLEMS: Final[Mapping[str, ProblemType]] = _types(
    ProblemType("malformed", 400, "Not JSON", "The body is no JSON in UTF-8. Nothing was done.", ("errors",)),
    ProblemType(
        "bad-request",
        400,
        "A parameter or header at fault",
        "A parameter of the address or a header is unknown, missing, repeated or not what it has to be. Nothing was done.",
        ("errors",),
    ),
    ProblemType("unauthorized", 401, "No valid API key", "Send a key that is valid: `Authorization: Bearer adj_...`."),
    ProblemType("forbidden", 403, "The key is not good for this", "The key lacks the scope that the operation needs."),
    ProblemType("not-found", 404, "Not found", "There is nothing under this address, or no such thing on record."),
    ProblemType("method-not-allowed", 405, "Method not allowed", "`Allow` names the methods of this address."),
    ProblemType("not-acceptable", 406, "Not acceptable", "The answer comes in no media type that `Accept` admits."),
    ProblemType("request-timeout", 408, "The request took too long to come", "The body was not there in time."),
    ProblemType(
        "still-running",
        409,
        "The same request is being answered",
        "A request with this idempotency key is being answered at this moment. Ask again shortly, with the same key.",
    ),
    ProblemType(
        "not-payable",
        409,
        "Not payable",
        "Nothing was reserved, confirmed or reversed. Where money is the reason, `left` has what the claim would be awarded now: "
        "decide again, and pay on that decision.",
        ("left",),
    ),
    ProblemType(
        "not-superseded",
        409,
        "Cannot be superseded",
        "The decision is superseded already, or is about another order or case.",
    ),
    ProblemType(
        "erased", 410, "Erased", "The personal data that this would take were erased; what remains can still be read."
    ),
    ProblemType(
        "precondition-failed",
        412,
        "Changed in the meantime",
        "`If-Match` names another version than there is now. Read again, and decide what to do.",
    ),
    ProblemType("too-large", 413, "Too large", "The body has more bytes, or the batch more cases, than is taken."),
    ProblemType(
        "unsupported-media-type",
        415,
        "Unsupported media type",
        "A body is taken as `application/json` in UTF-8, neither compressed nor encoded otherwise.",
    ),
    ProblemType(
        "invalid",
        422,
        "Content at fault",
        "The body is JSON but not what is asked for. `errors` names every fault with its place, the value and what was expected.",
        ("errors",),
    ),
    ProblemType(
        "key-reused",
        422,
        "Idempotency key used before",
        "The idempotency key was used before with another payload. Nothing was done.",
    ),
    ProblemType(
        "budget-exceeded",
        422,
        "Too much to work out",
        "The question takes more work than the service does for one request. Asking again does not help: ask about a smaller case.",
    ),
    ProblemType("too-many-requests", 429, "Too many requests", "`Retry-After` says for how many seconds to wait."),
    ProblemType(
        "internal", 500, "Internal error", "A defect of the service. Repeating with the same idempotency key is safe."
    ),
    ProblemType(
        "unavailable",
        503,
        "Unavailable",
        "The record cannot be reached, or did not answer in time. Whether anything was done is open: repeat with the same "
        "idempotency key.",
    ),
)

MOST_TOLD: Final = 1_000
"""How many faults of an input are told: a small input must not make a large answer."""

_log = logging.getLogger("adjudicator.service")


class Problem(Exception):
    """A request that is answered with a problem."""

    def __init__(self, name: str, detail: str, headers: Mapping[str, str] | None = None, **members: Any) -> None:
        super().__init__(detail)
        self.type = PROBLEMS[name]
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members

    def document(self) -> dict[str, Any]:
        """The problem as it stands in JSON."""
        return {
            "type": self.type.uri,
            "title": self.type.title,
            "status": self.type.status,
            "detail": self.detail,
            **self.members,
        }

    def content(self) -> bytes:
        """The problem as bytes."""
        return orjson.dumps(self.document())


def errors_in(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """Faults as they stand in a problem."""
    return [
        {"pointer": each.pointer, "value": each.value, "expected": each.expected, "detail": str(each)}
        for each in faults
    ]


def _invalid(error: InputError) -> Problem:
    name = "malformed" if isinstance(error, NotJson) else "invalid"
    count = len(error.faults)
    told = "all" if count <= MOST_TOLD else f"the first {MOST_TOLD}"
    detail = str(error.faults[0]) if count == 1 else f"{count} faults, {told} of them under `errors`"
    return Problem(name, detail, errors=errors_in(error.faults[:MOST_TOLD]))


def _not_payable(error: NotPayable) -> Problem:
    return Problem("not-payable", str(error), left=[_award(each) for each in error.left])


def _award(award: Award) -> dict[str, Any]:
    return document_of(award)


def _named(name: str) -> Callable[[Exception], Problem]:
    return lambda error: Problem(name, str(error))


def _unavailable(error: Exception) -> Problem:
    _log_place_of(error)
    return Problem("unavailable", "the record cannot be reached at this moment", {"Retry-After": "1"})


_BY_CAUSE: Final[Mapping[type[Exception], Callable[[Any], Problem]]] = {
    InputError: _invalid,
    NotFound: _named("not-found"),
    Erased: _named("erased"),
    KeyReused: _named("key-reused"),
    StillRunning: lambda error: Problem("still-running", str(error), {"Retry-After": "1"}),
    NotPayable: _not_payable,
    NotSuperseded: _named("not-superseded"),
    Changed: _named("precondition-failed"),
    SchemaMismatch: _unavailable,
    PoolExhausted: _unavailable,
    InterfaceError: _unavailable,
    OperationalError: _unavailable,
    TimeoutError: _unavailable,
}


def problem_for(error: Exception) -> Problem:
    """The problem that an exception is told as.

    What is not expected is an internal error, of which nothing is given away. It is logged by where it happened, not by what was in
    hand: that may be personal.
    """
    if isinstance(error, Problem):
        return error
    for cause, told in _BY_CAUSE.items():
        if isinstance(error, cause):
            return told(error)
    _log_place_of(error)
    return Problem("internal", "the service could not answer; the fault lies with it")


def _log_place_of(error: Exception) -> None:
    frames = (f"{each.filename}:{each.lineno} {each.name}" for each in traceback.extract_tb(error.__traceback__))
    _log.error("%s at %s", type(error).__name__, " < ".join(reversed([*frames])))
