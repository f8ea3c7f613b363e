"""The ASGI application: routes for every operation, and problem details for every error."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

from adjudicator.extras import importing

with importing("service"):
    import anyio
    from litestar import Litestar, Request, route
    from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
    from litestar.handlers import HTTPRouteHandler
    from litestar.types import ASGIApp

from adjudicator.service import monitoring
from adjudicator.service.endpoint import Endpoint, ServiceContext, make_context, make_reply, problem_reply
from adjudicator.service.jobs import JobRunner
from adjudicator.service.monitoring import probes
from adjudicator.service.openapi import program_version
from adjudicator.service.operations import Method
from adjudicator.service.problems import Problem
from adjudicator.service.routes import OPERATIONS
from adjudicator.service.setting_kinds import is_loopback
from adjudicator.service.settings import Settings
from adjudicator.service.upkeep import Upkeep
from adjudicator.service.webhooks.publishing import Publishing
from adjudicator.store import DecisionStore, open_store

OPTIONS: Final[Literal["OPTIONS"]] = "OPTIONS"
HTTP_OK: Final = 200
"""What Litestar is told about every route, because it takes a DELETE without a status for one without content."""


Contexts: TypeAlias = Callable[[DecisionStore, Settings], Iterable[ServiceContext]]
"""What else an application serves: the contexts of more operations over the same record."""


def _nothing_else(_: DecisionStore, __: Settings) -> Iterable[ServiceContext]:
    return ()


def create_app(
    settings: Settings, record: DecisionStore | None = None, *, others: Contexts = _nothing_else
) -> Litestar:
    """The service as an ASGI application, with the operations of ``others``.

    Opens the record at ``settings.database`` and closes it on shutdown; a record that you pass in stays open. Raises
    :class:`ValueError` for development mode on an address that others can reach, and whatever :func:`~adjudicator.store.open_store` raises.
    """
    if settings.development and not is_loopback(settings.host):
        raise ValueError(f"development mode needs no keys, so it is limited to a loopback address, not {settings.host}")
    store = open_store(settings.database) if record is None else record
    context = make_context(store, settings, OPERATIONS)
    contexts = (context, *others(store, settings))
    app = Litestar(
        route_handlers=[
            *(handler for each in contexts for handler in _handlers(each)),
            *probes.routes(settings, store, context.gate),
        ],
        exception_handlers={Exception: _problem_handler(context)},
        openapi_config=None,
        logging_config=None,
        before_request=_refuse_aliases,
        lifespan=[_upkeep(store, settings)],
        on_shutdown=[
            *(
                close
                for each in contexts
                for close in (each.recorder.close, each.gate.accesses.close, each.examiner.close)
            ),
            *([store.close] if record is None else []),
        ],
        request_max_body_size=None,
    )
    app.asgi_handler = _AsPublished(_without_parameters(contexts), app.asgi_handler)
    monitoring.observe(app, settings)
    monitoring.note_build(program_version())
    return app


def _upkeep(store: DecisionStore, settings: Settings) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """The upkeep of a record, its events and its jobs, for as long as an application runs."""

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        stop = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(Upkeep(store, settings).run, stop)
            tasks.start_soon(Publishing(store, settings).run, stop)
            tasks.start_soon(JobRunner(store, settings).run, stop)
            try:
                yield
            finally:
                stop.set()

    return lifespan


@frozen(eq=False)
class _AsPublished:
    """Straight to the endpoint for a path without parameters that is written as published; Litestar routes all others.

    For a request like a dry run, its steps would be a sixth of all but the decision.
    """

    endpoints: Mapping[tuple[str, bytes], Endpoint]
    others: ASGIApp

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request."""
        endpoint = self.endpoints.get((scope.get("method"), scope.get("raw_path")))
        if endpoint is None:
            await self.others(scope, receive, send)
            return
        scope["path_template"], scope["path_params"] = endpoint.operation.path, {}
        reply = await endpoint.reply(scope, receive)
        await reply(scope, receive, send)


def _without_parameters(contexts: Iterable[ServiceContext]) -> dict[tuple[str, bytes], Endpoint]:
    """The endpoints of paths without parameters, by method and path."""
    return {
        (method, operation.path.encode()): Endpoint(operation, context)
        for context in contexts
        for operation in context.operations
        if "{" not in operation.path
        for method in operation.methods
    }


def _handlers(context: ServiceContext) -> Iterator[HTTPRouteHandler]:
    """One handler per path, serving all methods there."""
    addresses: dict[str, dict[Method, Endpoint]] = {}
    for operation in context.operations:
        addresses.setdefault(operation.path, {}).update(dict.fromkeys(operation.methods, Endpoint(operation, context)))
    return (_handler(path, endpoints, context) for path, endpoints in addresses.items())


def _handler(path: str, endpoints: Mapping[Method, Endpoint], context: ServiceContext) -> HTTPRouteHandler:
    """The handler of a path. Litestar only routes; the endpoints do the rest."""
    by_method = {str(method): endpoint for method, endpoint in endpoints.items()}
    methods = [*endpoints, OPTIONS]
    allowed = make_reply(204, None, b"", {"Allow": _allowed(methods)}, context.common_headers)

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        endpoint = by_method.get(scope["method"])
        if endpoint is None:
            await context.gate.pace(scope)
            await allowed(scope, receive, send)
        else:
            reply = await endpoint.reply(scope, receive)
            await reply(scope, receive, send)

    async def find() -> ASGIApp:
        return answer

    return route(path.replace("}", ":str}"), http_method=methods, status_code=HTTP_OK, include_in_schema=False)(find)


async def _refuse_aliases(request: Request[Any, Any, Any]) -> None:
    """Refuse a path that is not written exactly as published: a proxy in front may filter by the literal text.

    It awaits nothing, but Litestar would run a plain function in a thread, for every request.
    """
    scope: Any = request.scope
    steps = str(scope["path_template"]).split("/")
    raw = scope.get("raw_path") or scope["path"].encode()
    actual = raw.decode("latin-1").partition("?")[0].split("/")
    if actual == steps:
        return
    if len(actual) != len(steps) or any(
        step != text for step, text in zip(steps, actual, strict=True) if not step.startswith("{")
    ):
        raise NotFoundException


def _allowed(methods: Iterable[str]) -> str:
    return ", ".join(sorted(methods))


def _problem_handler(context: ServiceContext) -> Callable[[Request[Any, Any, Any], Exception], Any]:
    """An exception handler for errors that occur before a request reaches its operation."""
    return lambda _, error: _Refused(_as_problem(error), context)


@frozen(eq=False)
class _Refused:
    """What Litestar takes for a response, and sends."""

    error: Exception
    context: ServiceContext

    def to_asgi_response(self, **_: Any) -> ASGIApp:
        return self.send

    async def send(self, scope: Any, receive: Any, send: Any) -> None:
        if isinstance(self.error, Problem):
            await self.context.gate.refusals.wait(self.error)
        await problem_reply(self.error, self.context.common_headers)(scope, receive, send)


def _as_problem(error: Exception) -> Exception:
    match error:
        case NotFoundException():
            return Problem("not-found", "there is nothing at this address")
        case MethodNotAllowedException():
            allowed = _allowed((error.headers or {})["allow"].split(", "))
            return Problem("method-not-allowed", f"this address supports {allowed}", {"Allow": allowed})
        case HTTPException(status_code=status) if status < 500:
            return Problem("bad-request", error.detail)
    return error
