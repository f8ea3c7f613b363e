"""The HTTP endpoint around every operation: authentication, parameters, body, response and problems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from time import perf_counter
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl

from anyio import CapacityLimiter, fail_after, to_thread
from attrs import define, evolve, field, frozen

from adjudicator.model.errors import shown
from adjudicator.service import monitoring
from adjudicator.service.access import Admission, Gate
from adjudicator.service.clients import peer_and_forwarded
from adjudicator.service.downloads import Download
from adjudicator.service.examiner import SharedExaminer
from adjudicator.service.forms import Forms
from adjudicator.service.negotiation import media_type_for
from adjudicator.service.operations import FORM, Answer, Call, InvalidValue, Operation, Parameter
from adjudicator.service.problems import MEDIA_TYPE, Problem, bad_parameters, parameter_fault, problem_for
from adjudicator.service.recorder import Recorder
from adjudicator.service.request_body import FORM_TYPES, JSON_TYPES, LINE_TYPES, check_headers, read_body
from adjudicator.service.settings import Settings
from adjudicator.service.streams import LineStream
from adjudicator.service.uploads import Uploading
from adjudicator.store import DecisionStore

Headers: TypeAlias = list[tuple[bytes, bytes]]

THREADS: Final = 10
"""The most requests that use the database at once; others queue. Together with the threads that record, they must stay below the size of the connection pool."""
ANALYSES: Final = 2
"""The most analyses per worker at once. They are CPU-bound, so more would only slow each other down."""
LARGE_BODY: Final = 65_536
"""Requests with a body of this size never run on the event loop, however fast their operation is."""

RECORD_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16}")
"""The form of the ids of decisions and keys."""

SECURITY: Final[Headers] = [
    (b"cache-control", b"no-store"),
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]
"""Sent with every response: no caching, no content sniffing, and a letter opened as a page cannot load anything."""
IN_DEVELOPMENT: Final = (b"adjudicator-mode", b"development")
"""Sent with every response in development mode."""


@frozen(eq=False)
class Reply:
    """A complete response, as an ASGI application."""

    status: int
    headers: Headers
    content: bytes

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send the response, without its content if the request was HEAD."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.content})


@define(eq=False)
class ServiceContext:
    """State shared by all endpoints of a worker."""

    record: DecisionStore
    settings: Settings
    gate: Gate
    common_headers: Headers
    operations: tuple[Operation, ...]
    forms: Forms = field(factory=Forms, init=False)
    examiner: SharedExaminer = field(init=False)
    recorder: Recorder = field(init=False)
    _threads: dict[bool, CapacityLimiter] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self.examiner = SharedExaminer(self.settings)
        self.recorder = Recorder(self.settings.request_timeout_seconds)

    def threads(self, analysis: bool) -> CapacityLimiter:
        """The thread limit for analyses or for other operations, created inside the event loop that uses it."""
        if analysis not in self._threads:
            self._threads[analysis] = CapacityLimiter(ANALYSES if analysis else THREADS)
        return self._threads[analysis]


def make_context(
    record: DecisionStore,
    settings: Settings,
    operations: tuple[Operation, ...],
    gate: Gate | None = None,
    security: Headers = SECURITY,
) -> ServiceContext:
    """Create the shared state of a service with these operations. ``security`` are the headers of every response."""
    common_headers = [*security, *([IN_DEVELOPMENT] if settings.development else [])]
    return ServiceContext(record, settings, gate or Gate(record, settings), common_headers, operations)


@define(eq=False)
class Endpoint:
    """Serves one operation over HTTP."""

    operation: Operation
    context: ServiceContext
    query_parameters: Mapping[str, Parameter] = field(init=False)
    media_types: tuple[str, ...] = field(init=False)
    reads_body: bool = field(init=False)
    """Whether the body is read as a whole, before the operation is called."""

    def __attrs_post_init__(self) -> None:
        operation = self.operation
        self.query_parameters = {
            parameter.name: parameter for parameter in operation.parameters if parameter.where == "query"
        }
        self.media_types = tuple(operation.response_schemas)
        self.reads_body = operation.request_body is not None and operation.receiver is None and not operation.form_texts

    async def reply(self, scope: Any, receive: Any) -> Reply | StreamReply | Download:
        """Handle a request: the response, or the problem that prevented it. A stream is handled while its response is sent."""
        headers = _request_headers(scope)
        try:
            admission = await self._admission(scope, headers)
        except Problem as refusal:
            await self.context.gate.refusals.wait(refusal)
            return self.problem(refusal)
        except Exception as error:  # noqa: BLE001 - every error becomes a problem response
            return self.problem(error)
        if self.operation.is_stream:
            return StreamReply(self, admission, headers)
        rate_headers = admission.headers
        resource = _resource_in(scope["path_params"])
        reply: Reply | Download
        try:
            with self.context.gate.in_flight(admission.identity):
                asked = self._asked(scope, headers)
                body = await self._body(receive, headers) if self.reads_body else b""
                call = self._call(asked, headers, admission, body)
                answer = await self._answer(call, receive, headers)
                resource = answer.resource or resource
                reply = self._reply(answer, call, rate_headers, headers)
        except Exception as error:  # noqa: BLE001 - every error becomes a problem response
            if isinstance(error, Problem) and error.caller is not None:
                await self.context.gate.refusals.wait(error)
            reply = self.problem(error, rate_headers)
        if admission.caller is not None:
            self.context.gate.log_access(admission.caller, self.operation, resource, reply.status)
        return reply

    def problem(self, error: Exception, rate_headers: Mapping[str, str] | None = None) -> Reply:
        """The response for an error that prevented the operation."""
        return problem_reply(error, self.context.common_headers, rate_headers)

    async def _admission(self, scope: Any, headers: Mapping[str, str]) -> Admission:
        authorization = headers.get("authorization")
        if self.operation.pace is None:  # then it makes no difference where the request comes from
            return await self.context.gate.admit(self.operation, authorization)
        peer, forwarded = peer_and_forwarded(scope)
        return await self.context.gate.admit(self.operation, authorization, peer=peer, forwarded=forwarded)

    async def _answer(self, call: Call, receive: Any, headers: Mapping[str, str]) -> Answer:
        if self.operation.receiver is not None:
            threads = self.context.threads(self.operation.analysis)
            return await Uploading(call, threads).run(self.operation.receiver, receive, headers)
        if self.operation.form_texts:
            call = evolve(call, examiner=self.context.examiner)
            return await self.context.forms.run(self.operation, call, receive, headers)
        return await self._run(call)

    async def _body(self, receive: Any, headers: Mapping[str, str]) -> bytes:
        settings = self.context.settings
        body = self.operation.request_body
        check_headers(headers, FORM_TYPES if body is not None and body.media_type == FORM else JSON_TYPES)
        most = settings.max_body_bytes
        if body is not None and body.most_bytes is not None:
            most = min(most, body.most_bytes)
        return await read_body(receive, headers, most, settings.request_timeout_seconds)

    def call(self, scope: Any, headers: Mapping[str, str], admission: Admission) -> Call:
        """A request, without its body."""
        return self._call(self._asked(scope, headers), headers, admission, b"")

    def _asked(self, scope: Any, headers: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
        """The media type and the parameters that a request asks for."""
        return media_type_for(headers.get("accept"), self.media_types), self._values(scope, headers)

    def _call(
        self, asked: tuple[str, dict[str, Any]], headers: Mapping[str, str], admission: Admission, body: bytes
    ) -> Call:
        media_type, values = asked
        return Call(
            record=admission.record,
            settings=self.context.settings,
            caller=admission.identity,
            scopes=None if admission.caller is None else admission.caller.scopes,
            values=values,
            body=body,
            media_type=media_type,
            operations=self.context.operations,
            accept_language=headers.get("accept-language", ""),
            admitted=admission.caller,
        )

    async def _run(self, call: Call) -> Answer:
        threads = self.context.threads(self.operation.analysis)
        if len(call.body) < LARGE_BODY and self.operation.inline(call):
            if self.operation.soon is not None:
                return await self.operation.soon(call, self.context.recorder, threads)
            return self.operation.handle(call)
        with fail_after(call.settings.request_timeout_seconds):
            handle = partial(_handle, self.operation, call, perf_counter())
            return await to_thread.run_sync(handle, limiter=threads, abandon_on_cancel=True)

    # Parameters

    def _values(self, scope: Any, headers: Mapping[str, str]) -> dict[str, Any]:
        values = {parameter.name: parameter.default for parameter in self.operation.parameters}
        faults: list[dict[str, str]] = []
        for parameter, text in self._raw_values(scope, headers, faults):
            try:
                values[parameter.name] = parameter.read(text)
            except InvalidValue as error:
                faults.append(parameter_fault(parameter.name, parameter.where, shown(text), str(error)))
        if faults:
            raise bad_parameters(faults)
        return values

    def _raw_values(
        self, scope: Any, headers: Mapping[str, str], faults: list[dict[str, str]]
    ) -> Iterable[tuple[Parameter, str]]:
        query = _query(scope, faults)
        for name in query:
            if name not in self.query_parameters and not self.operation.any_query:
                known = ", ".join(self.query_parameters) or "none"
                faults.append(
                    parameter_fault(name, "query", shown(query[name]), f"no such parameter; known here: {known}")
                )
        sources: Mapping[str, Mapping[str, Any]] = {"query": query, "path": scope["path_params"], "header": headers}
        for parameter in self.operation.parameters:
            source = sources[parameter.where]
            text = source.get(parameter.name.lower() if parameter.where == "header" else parameter.name)
            if text is not None:
                yield parameter, text
            elif parameter.required:
                faults.append(parameter_fault(parameter.name, parameter.where, "nothing", "a value: it is required"))

    # Sending

    def _reply(
        self, answer: Answer, call: Call, rate_headers: Mapping[str, str], headers: Mapping[str, str]
    ) -> Reply | Download:
        reply_headers = {**rate_headers, **answer.headers}
        if answer.chunks is not None:
            head = make_reply(self.operation.status, None, b"", reply_headers, self.context.common_headers)
            content_type = (b"content-type", call.media_type.encode())
            threads, seconds = self.context.threads(self.operation.analysis), call.settings.request_timeout_seconds
            in_flight = partial(self.context.gate.in_flight, call.caller)
            return Download(head.status, [content_type, *head.headers], answer.chunks, threads, seconds, in_flight)
        if "ETag" in answer.headers and _matches_etag(answer.headers["ETag"], headers.get("if-none-match")):
            return make_reply(304, None, b"", reply_headers, self.context.common_headers)
        media_type = answer.media_type or call.media_type
        return make_reply(self.operation.status, media_type, answer.content, reply_headers, self.context.common_headers)


def _handle(operation: Operation, call: Call, asked_at: float) -> Answer:
    """Handle a call in a thread, for which it has waited."""
    monitoring.WAIT.observe(perf_counter() - asked_at)
    return operation.handle(call)


@frozen(eq=False)
class StreamReply:
    """The response to a stream, as an ASGI application: it starts once the request is accepted, and continues as lines are handled."""

    endpoint: Endpoint
    admission: Admission
    headers: Mapping[str, str]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle the stream, or send the problem that prevented it."""
        context, operation = self.endpoint.context, self.endpoint.operation
        status = operation.status
        begun = False
        try:
            with context.gate.in_flight(self.admission.identity):
                check_headers(self.headers, LINE_TYPES)
                call = self.endpoint.call(scope, self.headers, self.admission)
                permit = partial(context.gate.permit, self.admission)
                stream = LineStream(operation, call, context.threads(operation.analysis), permit)
                await stream.begin()
                start = make_reply(status, None, b"", self.admission.headers, context.common_headers)
                content_type = (b"content-type", call.media_type.encode())
                begun = True
                await send({"type": "http.response.start", "status": status, "headers": [content_type, *start.headers]})
                await stream.run(receive, send)
        except Exception as error:
            if begun:
                raise
            if isinstance(error, Problem) and error.caller is not None:
                await context.gate.refusals.wait(error)
            problem = self.endpoint.problem(error, self.admission.headers)
            status = problem.status
            await problem(scope, receive, send)
        if self.admission.caller is not None:
            context.gate.log_access(self.admission.caller, operation, None, status)


def _resource_in(parameters: Mapping[str, Any]) -> str | None:
    """The id in a path, if it has the form of a record's id: other text may be anything, even a name."""
    named = parameters.get("id")
    return named if isinstance(named, str) and RECORD_ID.fullmatch(named) else None


def problem_reply(error: Exception, common_headers: Headers, rate_headers: Mapping[str, str] | None = None) -> Reply:
    """Convert an exception to a problem response."""
    problem = problem_for(error)
    monitoring.count_problem(problem.type.name)
    return make_reply(
        problem.type.status, MEDIA_TYPE, problem.content(), {**(rate_headers or {}), **problem.headers}, common_headers
    )


def make_reply(
    status: int, media_type: str | None, content: bytes, headers: Mapping[str, str], common_headers: Headers
) -> Reply:
    """Build a response."""
    lines = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    if media_type is not None:
        kind = f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
        lines += [(b"content-type", kind.encode()), (b"content-length", b"%d" % len(content))]
    return Reply(status, [*lines, *common_headers], content)


def _request_headers(scope: Any) -> dict[str, str]:
    """Request headers by lower-case name. Repeated headers are joined with commas (RFC 9110, 5.3)."""
    result: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name = raw.decode("latin-1").lower()
        text = value.decode("latin-1")
        result[name] = f"{result[name]}, {text}" if name in result else text
    return result


def _query(scope: Any, faults: list[dict[str, str]]) -> dict[str, str]:
    text = scope["query_string"]
    if not text:
        return {}
    query: dict[str, str] = {}
    try:
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise Problem("bad-request", "the query is not percent-encoded UTF-8, or has too many parameters") from None
    for name, value in pairs:
        if name in query:
            faults.append(parameter_fault(name, "query", shown(value), "a parameter that occurs once"))
        query[name] = value
    return query


def _matches_etag(tag: str, if_none_match: str | None) -> bool:
    if if_none_match is None:
        return False
    known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return bool(known & {tag, "*"})
