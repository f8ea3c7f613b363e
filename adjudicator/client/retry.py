"""Asking again: when it helps, after how long, and how often."""

from __future__ import annotations

import random
from http import HTTPStatus
from typing import Final

from attrs import field, frozen
from httpx import Response

from adjudicator.client.results import Problem

BUSY: Final = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
STILL_RUNNING: Final = "still-running"


@frozen(kw_only=True)
class Patience:
    """How often a request is made at most, and how long to wait in between, in seconds.

    ``longest`` bounds what the service asks for by ``Retry-After``: who would have to wait longer gets the problem.
    """

    attempts: int = 5
    shortest: float = 0.1
    longest: float = 60.0
    chance: random.Random = field(factory=random.Random, repr=False)

    def after(self, attempt: int, answer: Response | None) -> float | None:
        """How long to wait after an attempt, counted from 1, before the next; ``None`` if there is to be none.

        ``answer`` is ``None`` where there was none.
        """
        if attempt >= self.attempts or not (answer is None or helps_to_ask_again(answer)):
            return None
        asked_for = None if answer is None else _seconds(answer.headers.get("Retry-After", ""))
        if asked_for is not None:
            return asked_for if asked_for <= self.longest else None
        most: float = min(self.longest, self.shortest * 2**attempt)
        return self.chance.uniform(most / 2, most)


def helps_to_ask_again(answer: Response) -> bool:
    """Whether the same request may be answered otherwise in a moment."""
    if answer.status_code == HTTPStatus.CONFLICT:
        return Problem.of(answer).name == STILL_RUNNING
    return answer.status_code in BUSY


def _seconds(text: str) -> float | None:
    """A ``Retry-After`` in seconds; the service never gives a date."""
    return float(text) if text.isascii() and text.isdigit() else None
