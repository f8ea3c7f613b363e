"""Probes: liveness (``/healthz``), readiness (``/readyz``) and metrics (``/metrics``)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final

from anyio import fail_after, to_thread
from attrs import define
from litestar import Request, Response, route
from litestar.handlers import HTTPRouteHandler
from sqlalchemy.exc import SQLAlchemyError

from adjudicator.service.access import Gate
from adjudicator.service.monitoring import metrics
from adjudicator.service.operations import Method
from adjudicator.service.problems import Problem
from adjudicator.service.settings import Settings
from adjudicator.store import DEFAULT_TENANT, DecisionStore, RecordError, Scope

_log = logging.getLogger("adjudicator.ready")

READ_METHODS: Final[tuple[Method, ...]] = ("GET", "HEAD")
PROBE_SECONDS: Final = 3.0
"""The time limit for a probe's access to the record."""
NO_STORE: Final = {"Cache-Control": "no-store"}


def routes(settings: Settings, record: DecisionStore, gate: Gate) -> list[HTTPRouteHandler]:
    """The routes of the probes. Liveness and readiness reveal nothing, so they need no key."""

    @route("/healthz", http_method=READ_METHODS, include_in_schema=False)
    async def healthz(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
        await gate.pace(request.scope)  # others must know that the service is alive
        return Response({"status": "alive"}, headers=NO_STORE)

    readiness = Readiness(record)

    @route("/readyz", http_method=READ_METHODS, include_in_schema=False)
    async def readyz(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
        await gate.pace(request.scope)  # others must know that the service is alive
        try:
            with fail_after(PROBE_SECONDS):
                await readiness.check()
        except (RecordError, SQLAlchemyError, OSError):  # a TimeoutError is an OSError
            _log.exception("not ready")
            return problem(
                503, "Not ready", "the record cannot be used, or its schema is not the one this version needs"
            )
        return Response({"status": "ready"}, headers=NO_STORE)

    @route("/metrics", http_method=READ_METHODS, include_in_schema=False)
    async def metrics_(request: Request[Any, Any, Any]) -> Response[Any]:
        try:
            identity = (
                None if settings.development else await metrics_reader(gate, request.headers.get("authorization"))
            )
            with gate.in_flight(identity):
                exposition = await to_thread.run_sync(metrics.exposition)
        except Problem as refusal:
            await gate.refusals.wait(refusal)
            metrics.count_problem(refusal.type.name)
            return problem(refusal.type.status, refusal.type.title, refusal.detail, refusal.headers)
        except (SQLAlchemyError, OSError):
            return problem(503, "Unavailable", "the record cannot be reached right now")
        return Response(exposition, headers=NO_STORE | {"Content-Type": metrics.CONTENT_TYPE})

    return [healthz, readyz, metrics_]


@define(eq=False)
class Readiness:
    """Checks the record, once for all probes that wait for it: anyone may probe, and many at once must not make each other late."""

    record: DecisionStore
    _running: asyncio.Task[Exception | None] | None = None

    async def check(self) -> None:
        """Raise what prevents the use of the record, if anything does."""
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._check())
        error = await asyncio.shield(self._running)
        if error is not None:
            raise error

    async def _check(self) -> Exception | None:
        try:
            await to_thread.run_sync(self.record.check, abandon_on_cancel=True)
        except Exception as error:  # noqa: BLE001 - raised for each probe that waits
            return error
        return None


async def metrics_reader(gate: Gate, authorization: str | None) -> str:
    """The identity of a caller that may read metrics. Raises :class:`Problem` for any other, and for one over its limit."""
    with fail_after(PROBE_SECONDS):
        caller = await gate.caller(authorization)
        if caller.tenant != DEFAULT_TENANT or caller.scopes.isdisjoint({Scope.METRICS, Scope.ADMIN}):
            refusal = Problem(
                "forbidden",
                "metrics need a key with the scope metrics",
                {"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="metrics"'},
            )
            refusal.caller = caller.identity
            raise refusal
        await gate.count(caller)
    return caller.identity


def problem(status: int, title: str, detail: str, headers: Mapping[str, str] = NO_STORE) -> Response[dict[str, Any]]:
    """Problem details (RFC 9457), independent of the application's handlers."""
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(content, status_code=status, media_type="application/problem+json", headers={**NO_STORE, **headers})
