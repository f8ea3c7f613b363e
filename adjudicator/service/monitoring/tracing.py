"""Tracing: reads the W3C trace context, and creates OpenTelemetry spans if an endpoint is set."""

from __future__ import annotations

from collections.abc import MutableMapping
from contextlib import AbstractContextManager

from attrs import frozen

from adjudicator.extras import importing
from adjudicator.service.monitoring.spans import Span, TraceContext, Tracer, trace_context
from adjudicator.service.settings import Settings


@frozen
class PassthroughSpan:
    """A span that is not exported. It provides the caller's context for the logs."""

    context: TraceContext | None

    def __enter__(self) -> Span:
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing."""

    def finish(self, method: str, route: str | None, status: int) -> None:
        """Do nothing."""


@frozen
class NoTracer:
    """Reads the caller's trace context without creating spans."""

    def request(self, headers: MutableMapping[str, str]) -> AbstractContextManager[Span]:
        """Parse the caller's ``traceparent``."""
        return PassthroughSpan(trace_context(headers.get("traceparent", "")))

    def close(self) -> None:
        """Do nothing."""


def tracer_for(settings: Settings) -> Tracer:
    """Create the configured tracer. Raises :class:`~adjudicator.extras.MissingExtra` without the extra."""
    if settings.traces_endpoint is None:
        return NoTracer()
    with importing("telemetry"):
        from adjudicator.service.monitoring.telemetry import OpenTelemetry  # noqa: PLC0415 - an extra of its own
    return OpenTelemetry.sending_to(settings.traces_endpoint)
