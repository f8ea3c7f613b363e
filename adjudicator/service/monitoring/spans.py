"""W3C trace contexts, and the protocols that every tracer implements."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from contextlib import AbstractContextManager
from typing import Final, Protocol

from attrs import frozen

TRACEPARENT: Final = re.compile(
    r"(?!ff)(?P<version>[0-9a-f]{2})-(?P<trace>(?!0{32})[0-9a-f]{32})-(?P<span>(?!0{16})[0-9a-f]{16})-[0-9a-f]{2}(?P<more>-.*)?"
)


@frozen
class TraceContext:
    """The trace of a request and its parent span, in hexadecimal."""

    trace_id: str
    span_id: str


def trace_context(traceparent: str) -> TraceContext | None:
    """Parse a ``traceparent`` header; ``None`` if it is malformed according to the W3C."""
    match = TRACEPARENT.fullmatch(traceparent)
    if match is None or (match["version"] == "00" and match["more"]):
        return None
    return TraceContext(match["trace"], match["span"])


class Span(Protocol):
    """One request in a trace."""

    @property
    def context(self) -> TraceContext | None:
        """The trace context of the request, if any."""

    def finish(self, method: str, route: str | None, status: int) -> None:
        """Record how the request ended."""


class Tracer(Protocol):
    """Creates a span for each request."""

    def request(self, headers: MutableMapping[str, str]) -> AbstractContextManager[Span]:
        """Open a span for a request with these headers (``traceparent``, ``tracestate``)."""

    def close(self) -> None:
        """Flush pending spans."""
