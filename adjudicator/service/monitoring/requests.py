"""Requests as seen from outside the application: an id, a trace, a line in the log, a count and a time for each of them."""

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
from structlog.contextvars import bound_contextvars

from adjudicator.service.monitoring import metrics
from adjudicator.service.monitoring.spans import TraceContext, Tracer
from adjudicator.service.monitoring.tracing import tracer_for
from adjudicator.service.settings import Settings

REQUEST_ID: Final = b"x-request-id"
SANE_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")
HEEDED: Final = frozenset({REQUEST_ID, b"traceparent", b"tracestate"})
INTERNAL_ERROR: Final = 500
"""What a request came to whose answer never began."""

_log = logging.getLogger("adjudicator.request")


def observe(app: Litestar, settings: Settings) -> None:
    """Let everything that reaches an application be observed, also what its router refuses."""
    tracer = tracer_for(settings)
    app.asgi_handler = Observed(app.asgi_handler, tracer)
    app.on_shutdown.append(tracer.close)


@frozen
class Observed:
    """An ASGI application whose requests are observed. Of a request only method, route and the headers heeded here are looked at."""

    app: ASGIApp
    tracer: Tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and tell of it."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in HEEDED}
        request_id = _sane_or_new(headers.get("x-request-id", ""))
        started, status = perf_counter(), INTERNAL_ERROR

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (REQUEST_ID, request_id.encode())]
            await send(message)

        with self.tracer.request(headers) as span, bound_contextvars(request_id=request_id, **_told(span.context)):
            try:
                await self.app(scope, receive, send_with_id)
            finally:
                route, seconds = route_of(scope), perf_counter() - started
                span.ended(scope["method"], route, status)
                metrics.answered(scope["method"], route or metrics.OTHER, status, seconds)
                _tell(scope["method"], route, status, seconds)


def _tell(method: str, route: str | None, status: int, seconds: float) -> None:
    level = logging.ERROR if status >= INTERNAL_ERROR else logging.INFO
    told = {"method": method, "route": route, "status": status, "milliseconds": round(seconds * 1e3, 1)}
    _log.log(level, "request", extra=told)


def route_of(scope: HTTPScope) -> str | None:
    """The template of the path that a request was routed by; ``None`` where it led nowhere."""
    template: str | None = scope.get("path_template") or None
    return template


def _sane_or_new(request_id: str) -> str:
    return request_id if SANE_ID.fullmatch(request_id) else secrets.token_hex(16)


def _told(context: TraceContext | None) -> dict[str, str]:
    return {} if context is None else {"trace_id": context.trace_id, "span_id": context.span_id}
