"""Spans for OpenTelemetry (extra ``telemetry``): one for each request, named after its route and with nothing of its content."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from http import HTTPStatus

from attrs import frozen
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from adjudicator.service.monitoring.spans import Span, TraceContext


@frozen
class OtelSpan:
    """A span of OpenTelemetry, with the attributes that its conventions for HTTP name."""

    span: trace.Span

    @property
    def context(self) -> TraceContext:
        """The trace, and this span in it."""
        there = self.span.get_span_context()
        return TraceContext(trace.format_trace_id(there.trace_id), trace.format_span_id(there.span_id))

    def ended(self, method: str, route: str | None, status: int) -> None:
        """Name the span and say how it ended."""
        self.span.update_name(method if route is None else f"{method} {route}")
        self.span.set_attribute("http.request.method", method)
        self.span.set_attribute("http.response.status_code", status)
        if route is not None:
            self.span.set_attribute("http.route", route)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.span.set_status(StatusCode.ERROR)


@frozen
class OpenTelemetry:
    """Sends spans in batches; ``OTEL_*`` variables set what is not set here."""

    provider: TracerProvider

    @classmethod
    def sending_to(cls, endpoint: str) -> OpenTelemetry:
        """Spans go to this address (OTLP over HTTP)."""
        provider = TracerProvider(resource=Resource.create({SERVICE_NAME: "adjudicator"}), shutdown_on_exit=False)
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
        return cls(provider)

    @contextmanager
    def request(self, headers: MutableMapping[str, str]) -> Iterator[Span]:
        """A span for a request, below the caller's."""
        above = TraceContextTextMapPropagator().extract(headers)
        tracer = self.provider.get_tracer("adjudicator.service")
        with tracer.start_as_current_span(
            "request", above, kind=SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:
            yield OtelSpan(span)

    def close(self) -> None:
        """Send what was not sent yet."""
        self.provider.shutdown()
