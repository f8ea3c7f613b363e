"""The shell around every operation: who may, what comes in, what goes out, and every problem told as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl

from anyio import CapacityLimiter, fail_after, to_thread
from attrs import define, field, frozen

from adjudicator.model.errors import shown
from adjudicator.service.access import Gate
from adjudicator.service.negotiation import media_type_for
from adjudicator.service.operations import Answer, Call, InvalidValue, Operation, Parameter
from adjudicator.service.problems import MEDIA_TYPE, Problem, problem_for
from adjudicator.service.request_body import body_of
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore

Headers: TypeAlias = list[tuple[bytes, bytes]]

THREADS: Final = 12
"""How many requests wait for the database at once; the others wait for these. Fewer than the connections that there may be."""
ANALYSES: Final = 2
"""How many questions a worker works on at once: they compute and wait for nothing, so more of them would only be slower."""
ADMISSION_SECONDS: Final = 5.0
"""How long it may take to find out who asks."""
LARGE: Final = 65_536
"""From how many bytes on a body is not worked on where it arrives, however quick its operation is."""

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
"""In every answer: it is nobody else's, it is what it says it is, and a letter shown as a page can reach nothing."""
IN_DEVELOPMENT: Final = (b"adjudicator-mode", b"development")
"""In every answer of a service that asks for no keys."""


@frozen(eq=False)
class Reply:
    """An answer, as the ASGI application that sends it."""

    status: int
    headers: Headers
    content: bytes

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send it; to HEAD, all but its content."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.content})


@define(eq=False)
class Shell:
    """What all operations share."""

    record: DecisionStore
    settings: Settings
    gate: Gate
    always: Headers
    operations: tuple[Operation, ...]
    _threads: dict[bool, CapacityLimiter] = field(factory=dict, init=False)

    def threads(self, analysis: bool) -> CapacityLimiter:
        """The threads for analyses, or those in which other operations wait; made within the loop that uses them."""
        if analysis not in self._threads:
            self._threads[analysis] = CapacityLimiter(ANALYSES if analysis else THREADS)
        return self._threads[analysis]


def shell_for(record: DecisionStore, settings: Settings, operations: tuple[Operation, ...]) -> Shell:
    """The shell of a service with these operations."""
    always = [*SECURITY, *([IN_DEVELOPMENT] if settings.development else [])]
    return Shell(record, settings, Gate(record, settings), always, operations)


@define(eq=False)
class Endpoint:
    """An operation as it is reached over HTTP."""

    operation: Operation
    shell: Shell
    named: Mapping[str, Parameter] = field(init=False)
    offered: tuple[str, ...] = field(init=False)
    in_headers: tuple[Parameter, ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.named = {each.name: each for each in self.operation.parameters if each.where == "query"}
        self.in_headers = tuple(each for each in self.operation.parameters if each.where == "header")
        self.offered = tuple(self.operation.gives)

    async def reply(self, scope: Any, receive: Any) -> Reply:
        """The answer to a request, or the problem with it, ready to be sent."""
        headers = _headers_in(scope)
        admitted: Mapping[str, str] = {}
        try:
            with fail_after(ADMISSION_SECONDS):
                who = await self.shell.gate.admit(self.operation, headers.get("authorization"))
            admitted = who.headers
            with self.shell.gate.in_flight(who.caller):
                call = await self._call(scope, receive, headers, who.caller)
                return self._sent(await self._carried_out(call), call, admitted, headers)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is told as a problem
            return told_as_problem(error, self.shell.always, admitted)

    async def _call(self, scope: Any, receive: Any, headers: Mapping[str, str], caller: str | None) -> Call:
        settings = self.shell.settings
        media_type = media_type_for(headers.get("accept"), self.offered)
        values = self._values(scope, headers)
        takes = self.operation.takes is not None
        return Call(
            record=self.shell.record,
            settings=settings,
            caller=caller,
            values=values,
            body=await body_of(receive, headers, settings.max_body_bytes, settings.request_timeout_seconds)
            if takes
            else b"",
            media_type=media_type,
            operations=self.shell.operations,
            accept_language=headers.get("accept-language", ""),
        )

    async def _carried_out(self, call: Call) -> Answer:
        if len(call.body) < LARGE and self.operation.inline(call):
            return self.operation.handle(call)
        with fail_after(call.settings.request_timeout_seconds):
            threads = self.shell.threads(self.operation.analysis)
            return await to_thread.run_sync(self.operation.handle, call, limiter=threads, abandon_on_cancel=True)

    # Parameters

    def _values(self, scope: Any, headers: Mapping[str, str]) -> dict[str, Any]:
        values = {each.name: each.default for each in self.operation.parameters}
        faults: list[dict[str, str]] = []
        for each, text in self._texts(scope, headers, faults):
            try:
                values[each.name] = each.read(text)
            except InvalidValue as error:
                faults.append(_fault(each.name, each.where, shown(text), str(error)))
        if faults:
            raise Problem("bad-request", "; ".join(each["detail"] for each in faults), errors=faults)
        return values

    def _texts(
        self, scope: Any, headers: Mapping[str, str], faults: list[dict[str, str]]
    ) -> Iterable[tuple[Parameter, str]]:
        found = _query_of(scope, faults)
        for name in found:
            if name not in self.named:
                known = ", ".join(self.named) or "none"
                faults.append(_fault(name, "query", shown(found[name]), f"no such parameter; known here: {known}"))
        for each in self.operation.parameters:
            place: Mapping[str, Any]
            place = {"query": found, "path": scope["path_params"], "header": headers}[each.where]
            text = place.get(each.name.lower() if each.where == "header" else each.name)
            if text is not None:
                yield each, text
            elif each.required:
                faults.append(_fault(each.name, each.where, "nothing", "a value: it is required"))

    # Sending

    def _sent(self, answer: Answer, call: Call, admitted: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        told = {**admitted, **answer.headers}
        if "ETag" in answer.headers and _is_known(answer.headers["ETag"], headers.get("if-none-match")):
            return sent(304, None, b"", told, self.shell.always)
        return sent(200, answer.media_type or call.media_type, answer.content, told, self.shell.always)


def told_as_problem(error: Exception, always: Headers, admitted: Mapping[str, str] | None = None) -> Reply:
    """A problem, ready to be sent."""
    problem = problem_for(error)
    return sent(problem.type.status, MEDIA_TYPE, problem.content(), {**(admitted or {}), **problem.headers}, always)


def sent(status: int, media_type: str | None, content: bytes, headers: Mapping[str, str], always: Headers) -> Reply:
    """An answer as the application that sends it."""
    lines = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    if media_type is not None:
        kind = f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
        lines += [(b"content-type", kind.encode()), (b"content-length", b"%d" % len(content))]
    return Reply(status, [*lines, *always], content)


def _headers_in(scope: Any) -> dict[str, str]:
    """The headers of a request by their names in lower case; what came several times stands together, as HTTP has it."""
    found: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name = raw.decode("latin-1").lower()
        text = value.decode("latin-1")
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found


def _query_of(scope: Any, faults: list[dict[str, str]]) -> dict[str, str]:
    text = scope["query_string"]
    if not text:
        return {}
    found: dict[str, str] = {}
    try:
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise Problem("bad-request", "the query is not percent-encoded UTF-8, or has too many parameters") from None
    for name, value in pairs:
        if name in found:
            faults.append(_fault(name, "query", shown(value), "a parameter that stands once"))
        found[name] = value
    return found


def _fault(name: str, where: str, value: str, expected: str) -> dict[str, str]:
    return {
        "parameter": name,
        "in": where,
        "value": value,
        "expected": expected,
        "detail": f"{where} parameter {shown(name)}: expected {expected}, got {value}",
    }


def _is_known(tag: str, if_none_match: str | None) -> bool:
    if if_none_match is None:
        return False
    known = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return bool(known & {tag, "*"})
