"""The OpenAPI document (3.1), made from the operations and the schemas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from adjudicator.service.operations import JSON, Header, Link, Operation, Parameter
from adjudicator.service.problems import MEDIA_TYPE, PROBLEMS
from adjudicator.service.schemas import components, either_problem
from adjudicator.service.settings import Settings
from adjudicator.wire.schema import DIALECT

ABOUT: Final = (
    "Decides after-sales claims under published guarantee rules, keeps every decision on record, and pays no money twice. "
    "Every problem is told as RFC 9457 has it. Whatever there is a GET for can be asked for with HEAD too: the same status and headers, "
    "no content."
)
WITH_A_KEY: Final = ("unauthorized", "forbidden", "too-many-requests")
WITH_A_BODY: Final = (
    "malformed",
    "request-timeout",
    "too-large",
    "unsupported-media-type",
    "invalid",
)
ALWAYS: Final = ("bad-request", "not-acceptable", "internal", "unavailable")

OF_EVERY_ANSWER: Final = Header(
    name="X-Request-Id",
    about="The id of the request in the logs: the one that came with it in a header of this name, or a new one.",
    schema={"type": "string"},
)
OF_A_RATE: Final = (
    Header(
        name="RateLimit-Policy",
        about="How many requests there may be in how many seconds, where that is limited.",
        schema={"type": "string"},
        always=False,
    ),
    Header(
        name="RateLimit",
        about="How many are left, as far as this worker knows, and for how many seconds they are meant.",
        schema={"type": "string"},
        always=False,
    ),
)
SHARED: Final = (OF_EVERY_ANSWER, *OF_A_RATE)
"""What is described once for all answers that have it."""
OF_A_PROBLEM: Final[Mapping[int, tuple[Header, ...]]] = {
    401: (Header(name="WWW-Authenticate", about="How to say who asks.", schema={"type": "string"}),),
    403: (Header(name="WWW-Authenticate", about="The scope that it takes.", schema={"type": "string"}),),
    405: (Header(name="Allow", about="The methods that there are.", schema={"type": "string"}),),
    409: (
        Header(name="Retry-After", about="Seconds after which to ask again.", schema={"type": "integer"}, always=False),
    ),
    415: (
        Header(name="Accept-Post", about="What a body may be.", schema={"type": "string"}, always=False),
        Header(name="Accept-Encoding", about="How a body may be encoded.", schema={"type": "string"}, always=False),
    ),
    429: (Header(name="Retry-After", about="Seconds after which to ask again.", schema={"type": "integer"}),),
    503: (
        Header(name="Retry-After", about="Seconds after which to ask again.", schema={"type": "integer"}, always=False),
    ),
}


def document(operations: Iterable[Operation], settings: Settings) -> Mapping[str, Any]:
    """The description of a service with these operations."""
    return _document(tuple(operations), settings.max_batch)


@cache
def _document(operations: tuple[Operation, ...], max_batch: int) -> Mapping[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": DIALECT,
        "info": {
            "title": "adjudicator",
            "version": _version(),
            "description": ABOUT,
            "license": {"name": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"apiKey": []}],
        "paths": paths,
        "components": {
            "schemas": components(max_batch),
            "headers": {each.name: _header(each) for each in SHARED},
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key, as `adjudicator keys create` makes it.",
                }
            },
        },
    }


def _version() -> str:
    try:
        return version("claim-adjudicator")
    except PackageNotFoundError:
        return "0"


def _operation(each: Operation) -> dict[str, Any]:
    scope = f"Takes a key with the scope `{each.scope.value}`." if each.scope else ""
    told = {
        "operationId": each.id,
        "tags": [each.tag.value],
        "summary": each.summary,
        "description": "\n\n".join(filter(None, (each.about, scope))),
        "parameters": [_parameter(one) for one in each.parameters],
        "responses": {str(status): one for status, one in sorted(_responses(each))},
    }
    if each.open:
        told["security"] = []
    if (body := each.takes) is not None:
        content = {"schema": body.schema, **({} if body.example is None else {"example": body.example})}
        told["requestBody"] = {"description": body.about, "required": True, "content": {JSON: content}}
    return told


def _parameter(each: Parameter) -> dict[str, Any]:
    told = {"name": each.name, "in": each.where, "description": each.about, "required": each.required}
    return {**told, "schema": each.schema}


# Answers


def _responses(each: Operation) -> Iterator[tuple[int, dict[str, Any]]]:
    limited = (OF_EVERY_ANSWER,) if each.open else (OF_EVERY_ANSWER, *OF_A_RATE)
    yield (
        200,
        {
            "description": each.summary,
            "headers": _headers((*each.headers, *limited)),
            "content": {media_type: {"schema": schema} for media_type, schema in each.gives.items()},
            "links": {name: _link(link) for name, link in each.links.items()},
        },
    )
    if any(header.name == "ETag" for header in each.headers):
        yield 304, {"description": "It is known already.", "headers": _headers((*each.headers, *limited))}
    names: dict[int, list[str]] = {}
    for name in problems_of(each):
        names.setdefault(PROBLEMS[name].status, []).append(name)
    for status, told in names.items():
        yield status, _problem(status, told, limited)


def problems_of(each: Operation) -> tuple[str, ...]:
    """The names of all problems that there may be with an operation."""
    keyed = () if each.open else WITH_A_KEY
    bodied = WITH_A_BODY if each.takes else ()
    bounded = ("budget-exceeded",) if each.analysis else ()
    return (*ALWAYS, *keyed, *bodied, *bounded, *each.problems)


def _problem(status: int, names: list[str], limited: tuple[Header, ...]) -> dict[str, Any]:
    about = " ".join(f"`{name}`: {PROBLEMS[name].meaning}" for name in names)
    return {
        "description": about,
        "headers": _headers((*OF_A_PROBLEM.get(status, ()), *limited)),
        "content": {MEDIA_TYPE: {"schema": either_problem(names)}},
    }


def _headers(headers: Iterable[Header]) -> dict[str, Any]:
    return {
        each.name: {"$ref": f"#/components/headers/{each.name}"} if each in SHARED else _header(each)
        for each in headers
    }


def _header(each: Header) -> dict[str, Any]:
    return {"description": each.about, "required": each.always, "schema": each.schema}


def _link(link: Link) -> dict[str, Any]:
    return {"operationId": link.operation, "parameters": dict(link.parameters), "description": link.about}
