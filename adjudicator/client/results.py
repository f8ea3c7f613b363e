"""What comes back from the service: decisions with their place on record, and problems as exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from attrs import frozen
from httpx import Response

from adjudicator.model.award import Award
from adjudicator.model.decision import Decision
from adjudicator.model.errors import Fault, shown
from adjudicator.wire.codec import load_decision, part_of

ID: Final = "Decision-Id"
REPEAT: Final = "Decision-Repeat"


@frozen
class RecordedDecision:
    """A decision that is on record: its id there, the decision, its exact bytes, and whether it had been given out before."""

    id: str
    decision: Decision
    content: bytes
    repeat: bool

    @classmethod
    def of(cls, answer: Response) -> RecordedDecision:
        """The decision in an answer."""
        return cls(answer.headers[ID], load_decision(answer.content), answer.content, answer.headers[REPEAT] == "true")


class Unreachable(Exception):
    """The service did not answer, however often it was asked. Whether anything was done is open: ask again with the same key."""


class Problem(Exception):
    """A problem (RFC 9457) that the service answered with.

    ``name`` is the stable name of its type, such as ``not-payable`` or ``key-reused``. ``faults`` are those of an input, ``left`` what a claim
    would be awarded now, where a payout was refused. ``request_id`` is what the logs of the service call the request.
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
    def of(cls, answer: Response) -> Problem:
        """The problem in an answer; whatever stands between us and the service may answer with something else."""
        try:
            document = orjson.loads(answer.content)
        except orjson.JSONDecodeError:
            document = None
        if not isinstance(document, dict):
            document = {"title": answer.reason_phrase, "detail": shown(answer.text)}
        return cls(answer.status_code, document, answer.headers.get("X-Request-Id"))

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the input, each fault with its place."""
        errors = self.document.get("errors", ())
        return tuple(
            Fault(str(each.get("pointer", each.get("parameter", ""))), str(each["value"]), str(each["expected"]))
            for each in errors
        )

    @property
    def left(self) -> tuple[Award, ...]:
        """What the claim would be awarded as things stand now."""
        return tuple(part_of(each, Award) for each in self.document.get("left", ()))
