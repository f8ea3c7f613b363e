"""Conversion of calls to HTTP requests and of responses to results, for both clients."""

from __future__ import annotations

import re
from typing import Any, Final, TypeVar

import httpx

from adjudicator.client.requests import Call
from adjudicator.client.results import Problem, Unreachable

T = TypeVar("T")

TIMEOUT: Final = 35.0
"""The default timeout in seconds: a little longer than that of the service."""


def build_request(client: httpx.Client | httpx.AsyncClient, call: Call[Any]) -> httpx.Request:
    """Build the HTTP request of a call."""
    return client.build_request(
        call.method,
        call.path,
        params=call.query,
        headers=call.headers,
        content=call.content,
        files=call.parts or None,
        timeout=httpx.USE_CLIENT_DEFAULT if call.seconds is None else call.seconds,
    )


def read_response(call: Call[T], response: httpx.Response | None, error: httpx.TransportError | None) -> T:
    """Read the result of a call. Raises :class:`Problem` for an error response, and :class:`Unreachable` without a response."""
    if response is None:
        raise Unreachable(str(error) or type(error).__name__) from error
    if not response.is_success:
        raise Problem.of(response)
    return call.read(response)


def auth_headers(token: str | None) -> dict[str, str]:
    """The headers of every request. Raises :class:`ValueError` for a token that no header can carry, without showing it."""
    if token is None:
        return {}
    if not _TOKEN.fullmatch(token):
        raise ValueError(
            "the token is not one word of ASCII characters; a line break at its end, for example, is no part of it"
        )
    return {"Authorization": f"Bearer {token}"}


_TOKEN: Final = re.compile(r"[!-~]+")
