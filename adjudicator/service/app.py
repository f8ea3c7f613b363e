"""The application: every operation at its place, and every problem told as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Litestar, Request, Response, route
from litestar.datastructures import ResponseHeader
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp

from adjudicator.service import observing
from adjudicator.service.operations import Operation
from adjudicator.service.problems import MEDIA_TYPE, Problem
from adjudicator.service.routes import OPERATIONS
from adjudicator.service.settings import Settings, is_loopback
from adjudicator.service.shell import Endpoint, Headers, shell_for, told_as_problem
from adjudicator.store import Record, open_record


def create_app(settings: Settings, record: Record | None = None) -> Litestar:
    """The service as an ASGI application.

    Opens the record of ``settings.database`` if none is given, and closes it again when it ends; a record that is given stays open.
    Raises :class:`ValueError` for a development mode that others could reach, and what :func:`~adjudicator.store.open_record` raises.
    """
    if settings.development and not is_loopback(settings.host):
        raise ValueError(f"development mode asks for no keys, so it is for this machine alone, not for {settings.host}")
    kept = open_record(settings.database) if record is None else record
    shell = shell_for(kept, settings, OPERATIONS)
    app = Litestar(
        route_handlers=[
            *(_handler(each, Endpoint(each, shell)) for each in OPERATIONS),
            *observing.routes(settings, kept),
        ],
        exception_handlers={Exception: _problems(shell.always)},
        openapi_config=None,
        logging_config=None,
        on_shutdown=[kept.close] if record is None else [],
        request_max_body_size=None,
    )
    observing.observe(app, settings)
    return app


def _handler(operation: Operation, endpoint: Endpoint) -> HTTPRouteHandler:
    """The handler of an operation, which leaves all but finding it to us."""

    async def handle(request: Request[Any, Any, Any]) -> ASGIApp:
        return await endpoint.reply(request.scope, request.receive)

    path = operation.path.replace("}", ":str}")
    return route(path, http_method=operation.method, name=operation.id, include_in_schema=False)(handle)


def _problems(always: Headers) -> Callable[[Request[Any, Any, Any], Exception], Any]:
    """How problems are told that arise before a request reaches its operation."""

    def told(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        reply = told_as_problem(_as_problem(error), always)
        headers = [ResponseHeader(name=name.decode(), value=value.decode("latin-1")) for name, value in reply.headers]
        return Response(reply.content, status_code=reply.status, headers=headers, media_type=MEDIA_TYPE)

    return told


def _as_problem(error: Exception) -> Exception:
    match error:
        case NotFoundException():
            return Problem("not-found", "there is nothing under this address")
        case MethodNotAllowedException():
            return Problem("method-not-allowed", "not with this method", error.headers)
        case HTTPException(status_code=status) if status < 500:
            return Problem("bad-request", error.detail)
    return error
