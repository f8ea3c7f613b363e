"""The application: every operation at its place, and every problem told as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Literal

from adjudicator.extras import importing

with importing("service"):
    from litestar import Litestar, Request, Response, route
    from litestar.datastructures import ResponseHeader
    from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
    from litestar.handlers import HTTPRouteHandler
    from litestar.types import ASGIApp

from adjudicator.service import monitoring
from adjudicator.service.endpoint import Endpoint, Headers, Shell, sent, shell_for, told_as_problem
from adjudicator.service.operations import Method
from adjudicator.service.problems import MEDIA_TYPE, Problem
from adjudicator.service.routes import OPERATIONS
from adjudicator.service.settings import Settings, is_loopback
from adjudicator.store import DecisionStore, open_store

OPTIONS: Final[Literal["OPTIONS"]] = "OPTIONS"


def create_app(settings: Settings, record: DecisionStore | None = None) -> Litestar:
    """The service as an ASGI application.

    Opens the record of ``settings.database`` if none is given, and closes it again when it ends; a record that is given stays open.
    Raises :class:`ValueError` for a development mode that others could reach, and what :func:`~adjudicator.store.open_store` raises.
    """
    if settings.development and not is_loopback(settings.host):
        raise ValueError(f"development mode asks for no keys, so it is for this machine alone, not for {settings.host}")
    kept = open_store(settings.database) if record is None else record
    shell = shell_for(kept, settings, OPERATIONS)
    app = Litestar(
        route_handlers=[
            *_handlers(shell),
            *monitoring.routes(settings, kept),
        ],
        exception_handlers={Exception: _problems(shell.always)},
        openapi_config=None,
        logging_config=None,
        on_shutdown=[kept.close] if record is None else [],
        request_max_body_size=None,
    )
    monitoring.observe(app, settings)
    return app


def _handlers(shell: Shell) -> Iterator[HTTPRouteHandler]:
    """A handler for each address, with all that can be done there."""
    addresses: dict[str, dict[Method, Endpoint]] = {}
    for each in shell.operations:
        addresses.setdefault(each.path, {}).update(dict.fromkeys(each.methods, Endpoint(each, shell)))
    return (_handler(path, endpoints, shell.always) for path, endpoints in addresses.items())


def _handler(path: str, endpoints: Mapping[Method, Endpoint], always: Headers) -> HTTPRouteHandler:
    """The handler of an address, which leaves all but finding it to us."""
    by_method = {str(method): endpoint for method, endpoint in endpoints.items()}
    allowed = sent(204, None, b"", {"Allow": _allowed([*endpoints, OPTIONS])}, always)

    async def handle(request: Request[Any, Any, Any]) -> ASGIApp:
        endpoint = by_method.get(request.method)
        return allowed if endpoint is None else await endpoint.reply(request.scope, request.receive)

    return route(path.replace("}", ":str}"), http_method=[*endpoints, OPTIONS], include_in_schema=False)(handle)


def _allowed(methods: Iterable[str]) -> str:
    return ", ".join(sorted(methods))


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
            allowed = _allowed((error.headers or {})["allow"].split(", "))
            return Problem("method-not-allowed", f"this address takes {allowed}", {"Allow": allowed})
        case HTTPException(status_code=status) if status < 500:
            return Problem("bad-request", error.detail)
    return error
