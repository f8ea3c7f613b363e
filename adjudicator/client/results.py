"""Results of calls: recorded decisions, and problems as exceptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson
from attrs import frozen
from httpx import Response

from adjudicator.model.award import Award
from adjudicator.model.decision import Decision
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.wire.codec import load_case, load_decision, part_of

ID: Final = "Decision-Id"
REPEAT: Final = "Decision-Repeat"


@frozen
class RecordedDecision:
    """A recorded decision: its id, the decision, its exact bytes, and whether it had been given out before."""

    id: str
    decision: Decision
    content: bytes
    repeat: bool

    @classmethod
    def of(cls, response: Response) -> RecordedDecision:
        """Read the decision in a response."""
        return cls(
            response.headers[ID], load_decision(response.content), response.content, response.headers[REPEAT] == "true"
        )


class Erased(Exception):
    """A case cannot be returned as an object, because personal data that it requires were erased.

    ``document`` is what remains, as the service returns it: JSON with null in place of the data. ``pointers`` are where that matters.
    """

    def __init__(self, document: Any, pointers: Iterable[str]) -> None:
        super().__init__("personal data of this case were erased; what remains is in `document`")
        self.document = document
        self.pointers = tuple(pointers)


def case_on_record(response: Response) -> Any:
    """Read a recorded case. Raises :class:`Erased`."""
    try:
        return load_case(response.content)
    except InputError as error:
        # It was a case when it was recorded, so only an erasure can have put null where a value is required.
        if any(fault.value != shown(None) for fault in error.faults):
            raise
        raise Erased(orjson.loads(response.content), [fault.pointer for fault in error.faults]) from None


class Unreachable(Exception):
    """The service did not respond to any attempt. The request may still have taken effect: retry with the same idempotency key."""


class Problem(Exception):
    """An error response with problem details (RFC 9457).

    ``name`` is the stable name of its type, such as ``not-payable`` or ``key-reused``. ``faults`` are the faults of an invalid input; ``left``
    is what the claim would be awarded now, if a payout was refused. ``request_id`` identifies the request in the logs of the service.
    """

    def __init__(self, status: int, document: Mapping[str, Any], request_id: str | None = None) -> None:
        self.status = status
        self.name = str(document.get("type", "about:blank")).rpartition("/")[2]
        self.title = str(document.get("title", ""))
        self.detail = str(document.get("detail", ""))
        self.document = document
        self.request_id = request_id
        super().__init__(f"{status} {self.name}: {self.detail or self.title}")

    @classmethod
    def of(cls, response: Response) -> Problem:
        """Read the problem in a response, which may come from a proxy and not contain problem details."""
        try:
            document = orjson.loads(response.content)
        except orjson.JSONDecodeError:
            document = None
        if not isinstance(document, dict):
            document = {"title": response.reason_phrase, "detail": shown(response.text)}
        return cls(response.status_code, document, response.headers.get("X-Request-Id"))

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults of the input, with their places."""
        errors = self.document.get("errors", ())
        return tuple(
            Fault(str(error.get("pointer", error.get("parameter", ""))), str(error["value"]), str(error["expected"]))
            for error in errors
        )

    @property
    def left(self) -> tuple[Award, ...]:
        """What the claim would be awarded now."""
        return tuple(part_of(award, Award) for award in self.document.get("left", ()))
