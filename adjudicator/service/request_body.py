"""Bodies on their way in: bytes, as they were sent. Reading them is the codec's, never the framework's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from adjudicator.service.operations import JSON
from adjudicator.service.problems import Problem

PLAINLY: Final = frozenset({"", "identity"})
"""How a body may be encoded."""
AS_JSON: Final = frozenset({JSON, f"{JSON};charset=utf-8", f'{JSON};charset="utf-8"'})
"""What a body may be called; upper and lower case are the same, and space does not count."""


async def body_of(
    receive: Callable[[], Awaitable[Any]], headers: Mapping[str, str], most: int, seconds: float
) -> bytes:
    """The body of a request. Raises :class:`Problem` for one that is too large, too slow, or not JSON by its own account."""
    _must_be_json(headers)
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit() and int(length) <= most):
        raise _too_large(most)
    try:
        async with asyncio.timeout(seconds):
            return await _whole(receive, most)
    except TimeoutError:
        told = f"the body did not come within {seconds:g} seconds"
        raise Problem("request-timeout", told, {"Connection": "close"}) from None


async def _whole(receive: Callable[[], Awaitable[Any]], most: int) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem("malformed", "the connection ended before the body did")
        body += message.get("body", b"")
        if len(body) > most:
            raise _too_large(most)
        more = message.get("more_body", False)
    return body


def _too_large(most: int) -> Problem:
    return Problem("too-large", f"a body has at most {most} bytes", {"Connection": "close"})


def _must_be_json(headers: Mapping[str, str]) -> None:
    if headers.get("content-encoding", "").lower() not in PLAINLY:
        raise Problem(
            "unsupported-media-type", "a body is taken as it is, not compressed", {"Accept-Encoding": "identity"}
        )
    told = headers.get("content-type", "")
    if told != JSON and "".join(told.lower().split()) not in AS_JSON:
        shown = told[:80] or "nothing"
        raise Problem("unsupported-media-type", f"a body is {JSON} in UTF-8, not {shown}", {"Accept-Post": JSON})
