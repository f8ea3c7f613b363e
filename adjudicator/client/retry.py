"""Retries: when, after how long, and how often."""

from __future__ import annotations

import random
from http import HTTPStatus
from typing import Final

from attrs import field, frozen
from httpx import Response

from adjudicator.client.results import Problem

RETRYABLE: Final = frozenset(
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
    """The most attempts per request, and the shortest and longest wait between them, in seconds.

    If the service's ``Retry-After`` exceeds ``longest``, the client raises the problem instead of waiting.
    """

    attempts: int = 5
    shortest: float = 0.1
    longest: float = 60.0
    chance: random.Random = field(factory=random.Random, repr=False)

    def after(self, attempt: int, response: Response | None) -> float | None:
        """The wait after an attempt (counted from 1) before the next one; ``None`` to stop.

        ``response`` is ``None`` if there was none.
        """
        if attempt >= self.attempts or not (response is None or is_retryable(response)):
            return None
        requested = None if response is None else _seconds(response.headers.get("Retry-After", ""))
        if requested is not None:
            return requested if requested <= self.longest else None
        delay: float = min(self.longest, self.shortest * 2**attempt)
        return self.chance.uniform(delay / 2, delay)


def is_retryable(response: Response) -> bool:
    """Whether retrying the same request can succeed."""
    if response.status_code == HTTPStatus.CONFLICT:
        return Problem.of(response).name == STILL_RUNNING
    return response.status_code in RETRYABLE


def _seconds(text: str) -> float | None:
    """Parse ``Retry-After`` in seconds; the service never sends a date."""
    return float(text) if text.isascii() and text.isdigit() else None
