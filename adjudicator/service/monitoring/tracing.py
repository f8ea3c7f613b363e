"""Traces: the W3C trace context of a request, and OpenTelemetry spans where an endpoint for them is set."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Final, Protocol

from attrs import frozen

from adjudicator.extras import importing
from adjudicator.service.settings import Settings

TRACEPARENT: Final = re.compile(
    r"(?!ff)(?P<version>[0-9a-f]{2})-(?P<trace>(?!0{32})[0-9a-f]{32})-(?P<span>(?!0{16})[0-9a-f]{16})-[0-9a-f]{2}(?P<more>-.*)?"
)


@frozen
class TraceContext:
    """Which trace a request belongs to, and the caller's span in it, in hexadecimal digits."""

    trace_id: str
    span_id: str


def trace_context(traceparent: str) -> TraceContext | None:
    """The trace that a ``traceparent`` names; ``None`` for one that is not well-formed, as the W3C wants it."""
    found = TRACEPARENT.fullmatch(traceparent)
    if found is None or (found["version"] == "00" and found["more"]):
        return None
    return TraceContext(found["trace"], found["span"])


class Span(Protocol):
    """A request on its way, as a tracer sees it."""

    @property
    def context(self) -> TraceContext | None:
        """The trace that the request belongs to."""

    def ended(self, method: str, route: str | None, status: int) -> None:
        """Tell what became of the request."""


class Tracer(Protocol):
    """Where requests are traced."""

    @contextmanager
    def request(self, headers: MutableMapping[str, str]) -> Iterator[Span]:
        """Trace a request with these headers (``traceparent``, ``tracestate``)."""

    def close(self) -> None:
        """Send what was not sent yet."""


@frozen
class Passing:
    """A span of which nothing is kept: the context of the caller, for the logs."""

    context: TraceContext | None

    def ended(self, method: str, route: str | None, status: int) -> None:
        """Tell nobody."""


@frozen
class NoTracer:
    """Takes note of the caller's trace and makes no spans."""

    @contextmanager
    def request(self, headers: MutableMapping[str, str]) -> Iterator[Span]:
        """Read the caller's trace."""
        yield Passing(trace_context(headers.get("traceparent", "")))

    def close(self) -> None:
        """There is nothing to send."""


def tracer_for(settings: Settings) -> Tracer:
    """What traces requests under these settings. Raises :class:`~adjudicator.extras.MissingExtra` without the extra."""
    if settings.traces_endpoint is None:
        return NoTracer()
    with importing("telemetry"):
        from adjudicator.service.monitoring.telemetry import OpenTelemetry  # noqa: PLC0415 - an extra of its own
    return OpenTelemetry.sending_to(settings.traces_endpoint)
