"""OpenTelemetry spans (extra ``telemetry``): one per request, named after its route, without any content."""

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
    """An OpenTelemetry span with the attributes of the HTTP conventions."""

    span: trace.Span

    @property
    def context(self) -> TraceContext:
        """This span's trace context."""
        span_context = self.span.get_span_context()
        return TraceContext(trace.format_trace_id(span_context.trace_id), trace.format_span_id(span_context.span_id))

    def finish(self, method: str, route: str | None, status: int) -> None:
        """Name the span after its route and record the status."""
        self.span.update_name(method if route is None else f"{method} {route}")
        self.span.set_attribute("http.request.method", method)
        self.span.set_attribute("http.response.status_code", status)
        if route is not None:
            self.span.set_attribute("http.route", route)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.span.set_status(StatusCode.ERROR)


@frozen
class OpenTelemetry:
    """Exports spans in batches. ``OTEL_*`` variables configure the rest."""

    provider: TracerProvider

    @classmethod
    def sending_to(cls, endpoint: str) -> OpenTelemetry:
        """Create a tracer that exports to an OTLP endpoint over HTTP."""
        provider = TracerProvider(resource=Resource.create({SERVICE_NAME: "adjudicator"}), shutdown_on_exit=False)
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
        return cls(provider)

    @contextmanager
    def request(self, headers: MutableMapping[str, str]) -> Iterator[Span]:
        """Open a span as a child of the caller's."""
        parent = TraceContextTextMapPropagator().extract(headers)
        tracer = self.provider.get_tracer("adjudicator.service")
        with tracer.start_as_current_span(
            "request", parent, kind=SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:
            yield OtelSpan(span)

    def close(self) -> None:
        """Flush pending spans."""
        self.provider.shutdown()
