"""Traces: the W3C trace context of a request, and OpenTelemetry spans where an endpoint for them is set."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager

from attrs import frozen

from adjudicator.extras import importing
from adjudicator.service.monitoring.spans import Span, TraceContext, Tracer, trace_context
from adjudicator.service.settings import Settings


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
