"""Probes: whether the service lives (``/healthz``), whether it can work (``/readyz``), and its metrics (``/metrics``)."""

from __future__ import annotations

import logging
from typing import Any, Final

from anyio import CapacityLimiter, fail_after, to_thread
from litestar import Request, Response, route
from litestar.handlers import HTTPRouteHandler
from sqlalchemy.exc import SQLAlchemyError

from adjudicator.service.access import Gate
from adjudicator.service.monitoring import metrics
from adjudicator.service.operations import Method
from adjudicator.service.problems import Problem
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore, RecordError, Scope

_log = logging.getLogger("adjudicator.ready")

READING: Final[tuple[Method, ...]] = ("GET", "HEAD")
PROBE_SECONDS: Final = 3.0
"""How long a probe waits for the record."""
NO_STORE: Final = {"Cache-Control": "no-store"}


def routes(settings: Settings, record: DecisionStore, gate: Gate) -> list[HTTPRouteHandler]:
    """The routes of the probes. The first two say no more than yes or no, and so ask for no key."""

    @route("/healthz", http_method=READING, sync_to_thread=False, include_in_schema=False)
    def healthz() -> Response[dict[str, str]]:
        return Response({"status": "alive"}, headers=NO_STORE)

    checks = CapacityLimiter(1)

    @route("/readyz", http_method=READING, include_in_schema=False)
    async def readyz() -> Response[dict[str, str]]:
        try:
            with fail_after(PROBE_SECONDS):
                await to_thread.run_sync(record.check, limiter=checks, abandon_on_cancel=True)
        except (RecordError, SQLAlchemyError, OSError):  # a TimeoutError is an OSError
            _log.exception("not ready")
            return problem(503, "Not ready", "the record cannot be used, or has another schema than this program needs")
        return Response({"status": "ready"}, headers=NO_STORE)

    @route("/metrics", http_method=READING, include_in_schema=False)
    async def metrics_(request: Request[Any, Any, Any]) -> Response[Any]:
        if not settings.development:
            refused = await refusal(gate, request.headers.get("authorization"))
            if refused is not None:
                return refused
        exposition = await to_thread.run_sync(metrics.exposition)
        return Response(exposition, headers=NO_STORE | {"Content-Type": metrics.CONTENT_TYPE})

    return [healthz, readyz, metrics_]


async def refusal(gate: Gate, authorization: str | None) -> Response[dict[str, Any]] | None:
    """What keeps somebody with this ``Authorization`` from reading metrics, if anything does."""
    try:
        with fail_after(PROBE_SECONDS):
            key = await gate.key(authorization)
    except Problem:
        answer = problem(401, "No valid API key", "metrics are read with a key of the scope metrics")
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    except (SQLAlchemyError, OSError):
        return problem(503, "Unavailable", "the record cannot be reached at this moment")
    if key.scopes.isdisjoint({Scope.METRICS, Scope.ADMIN}):
        answer = problem(403, "The key is not good for this", "this takes a key with the scope metrics")
        answer.headers["WWW-Authenticate"] = 'Bearer error="insufficient_scope", scope="metrics"'
        return answer
    return None


def problem(status: int, title: str, detail: str) -> Response[dict[str, Any]]:
    """A problem (RFC 9457) that needs nothing of the application."""
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(content, status_code=status, media_type="application/problem+json", headers=NO_STORE)
