"""One exchange with the service: the request for a question, and what is read from its answer."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import httpx

from adjudicator.client.requests import Question
from adjudicator.client.results import Problem, Unreachable

T = TypeVar("T")

TIMEOUT: Final = 35.0
"""Seconds to wait for an answer: a little longer than the service gives itself."""


def request_for(client: httpx.Client | httpx.AsyncClient, question: Question[Any]) -> httpx.Request:
    """A question as a request of a client."""
    return client.build_request(
        question.method, question.path, params=question.query, headers=question.headers, content=question.content
    )


def read_answer(question: Question[T], answer: httpx.Response | None, error: httpx.TransportError | None) -> T:
    """What an answer says. Raises :class:`Problem` for one that is a problem, and :class:`Unreachable` where there is none."""
    if answer is None:
        raise Unreachable(str(error) or type(error).__name__) from error
    if not answer.is_success:
        raise Problem.of(answer)
    return question.read(answer)


def headers_for(token: str | None) -> dict[str, str]:
    """The headers that every request carries."""
    return {} if token is None else {"Authorization": f"Bearer {token}"}
