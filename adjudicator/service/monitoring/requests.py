"""Monitoring of every request from outside the application: id, trace, log line, count and duration."""

from __future__ import annotations

import logging
import re
import secrets
from time import perf_counter
from typing import Final

from attrs import frozen
from litestar import Litestar
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from adjudicator.service.monitoring import metrics
from adjudicator.service.monitoring.spans import TraceContext, Tracer
from adjudicator.service.monitoring.tracing import tracer_for
from adjudicator.service.settings import Settings

REQUEST_ID: Final = b"x-request-id"
VALID_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")
READ_HEADERS: Final = frozenset({REQUEST_ID, b"traceparent", b"tracestate"})
INTERNAL_ERROR: Final = 500
"""The status recorded if a response never started."""

_log = logging.getLogger("adjudicator.request")


def observe(app: Litestar, settings: Settings) -> None:
    """Monitor every request to an application, including those that its router refuses."""
    tracer = tracer_for(settings)
    app.asgi_handler = Observed(app.asgi_handler, tracer)
    app.on_shutdown.append(tracer.close)


@frozen
class Observed:
    """An ASGI application with monitoring. It reads only the method, route and ``READ_HEADERS`` of a request."""

    app: ASGIApp
    tracer: Tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward a request and record how it ended."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in READ_HEADERS}
        request_id = _valid_or_new_id(headers.get("x-request-id", ""))
        started, status = perf_counter(), INTERNAL_ERROR

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (REQUEST_ID, request_id.encode())]
            await send(message)

        metrics.IN_FLIGHT.inc()
        try:
            with self.tracer.request(headers) as span:
                fields = bind_contextvars(request_id=request_id, **_trace_fields(span.context))
                try:
                    await self.app(scope, receive, send_with_id)
                finally:
                    route, seconds = route_of(scope), perf_counter() - started
                    span.finish(scope["method"], route, status)
                    metrics.count_request(scope["method"], route or metrics.OTHER, status, seconds)
                    _log_request(scope["method"], route, status, seconds)
                    reset_contextvars(**fields)
        finally:
            metrics.IN_FLIGHT.dec()


def _log_request(method: str, route: str | None, status: int, seconds: float) -> None:
    level = logging.ERROR if status >= INTERNAL_ERROR else logging.INFO
    fields = {"method": method, "route": route, "status": status, "milliseconds": round(seconds * 1e3, 1)}
    _log.log(level, "request", extra=fields)


def route_of(scope: HTTPScope) -> str | None:
    """The path template that a request matched, or ``None``."""
    template: str | None = scope.get("path_template") or None
    return template


def _valid_or_new_id(request_id: str) -> str:
    return request_id if VALID_ID.fullmatch(request_id) else secrets.token_hex(16)


def _trace_fields(context: TraceContext | None) -> dict[str, str]:
    return {} if context is None else {"trace_id": context.trace_id, "span_id": context.span_id}
