"""The OpenAPI document (3.1), generated from the operations and schemas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from adjudicator.service.components import components
from adjudicator.service.operations import Header, Link, Operation, Parameter
from adjudicator.service.problems import MEDIA_TYPE, PROBLEMS
from adjudicator.service.schemas import problem_schema
from adjudicator.service.settings import Settings
from adjudicator.wire.schema import DIALECT

ABOUT: Final = (
    "Decides after-sales claims under published guarantee rules, records every decision, and never pays twice. "
    "Errors are problem details (RFC 9457). Every GET operation also supports HEAD: the same status and headers, without content."
)
AUTH_PROBLEMS: Final = ("unauthorized", "forbidden", "too-many-requests")
BODY_PROBLEMS: Final = (
    "malformed",
    "request-timeout",
    "too-large",
    "unsupported-media-type",
    "invalid",
)
COMMON_PROBLEMS: Final = ("bad-request", "not-acceptable", "internal", "unavailable")

REQUEST_ID: Final = Header(
    name="X-Request-Id",
    description="The request id used in the logs: the one you sent in this header, or a new one.",
    schema={"type": "string"},
)
RATE_HEADERS: Final = (
    Header(
        name="RateLimit-Policy",
        description="How many requests you may make in how many seconds, if there is a limit.",
        schema={"type": "string"},
        always=False,
    ),
    Header(
        name="RateLimit",
        description="How many requests you have left, as far as this worker knows, and the seconds until the limit resets.",
        schema={"type": "string"},
        always=False,
    ),
)
SHARED_HEADERS: Final = (REQUEST_ID, *RATE_HEADERS)
"""Headers described once and referenced by every response that has them."""
PROBLEM_HEADERS: Final[Mapping[int, tuple[Header, ...]]] = {
    401: (Header(name="WWW-Authenticate", description="How to authenticate.", schema={"type": "string"}),),
    403: (
        Header(name="WWW-Authenticate", description="The scope that the operation needs.", schema={"type": "string"}),
    ),
    405: (Header(name="Allow", description="The supported methods.", schema={"type": "string"}),),
    409: (
        Header(
            name="Retry-After",
            description="Seconds to wait before you retry.",
            schema={"type": "integer"},
            always=False,
        ),
    ),
    415: (
        Header(
            name="Accept-Post",
            description="The media type that a body must have.",
            schema={"type": "string"},
            always=False,
        ),
        Header(
            name="Accept-Encoding",
            description="The supported encodings of a body.",
            schema={"type": "string"},
            always=False,
        ),
    ),
    429: (Header(name="Retry-After", description="Seconds to wait before you retry.", schema={"type": "integer"}),),
    503: (
        Header(
            name="Retry-After",
            description="Seconds to wait before you retry.",
            schema={"type": "integer"},
            always=False,
        ),
    ),
}


def document(operations: Iterable[Operation], settings: Settings) -> Mapping[str, Any]:
    """The OpenAPI document of a service with these operations and settings."""
    return _document(tuple(operations), settings.max_batch)


@cache
def _document(operations: tuple[Operation, ...], max_batch: int) -> Mapping[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": DIALECT,
        "info": {
            "title": "adjudicator",
            "version": program_version(),
            "description": ABOUT,
            "license": {"name": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"apiKey": []}],
        "paths": paths,
        "components": {
            "schemas": components(max_batch),
            "headers": {header.name: _header(header) for header in SHARED_HEADERS},
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key, or a token (JWT) of the issuer that the service is set up with.",
                }
            },
        },
    }


def program_version() -> str:
    """The version of this program; ``0`` if it is not installed."""
    try:
        return version("claim-adjudicator")
    except PackageNotFoundError:
        return "0"


def _operation(operation: Operation) -> dict[str, Any]:
    scope = f"Needs a key with the scope `{operation.scope.value}`." if operation.scope else ""
    fields = {
        "operationId": operation.id,
        "tags": [operation.tag.value],
        "summary": operation.summary,
        "description": "\n\n".join(filter(None, (operation.description, scope))),
        "parameters": [_parameter(parameter) for parameter in operation.parameters],
        "responses": {str(status): response for status, response in sorted(_responses(operation))},
    }
    if operation.open:
        fields["security"] = []
    if (body := operation.request_body) is not None:
        content = {"schema": body.schema, **({} if body.example is None else {"example": body.example})}
        fields["requestBody"] = {
            "description": body.description,
            "required": True,
            "content": {body.media_type: content},
        }
    return fields


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.where,
        "description": parameter.description,
        "required": parameter.required,
        "schema": parameter.schema,
    }


# Responses


def _responses(operation: Operation) -> Iterator[tuple[int, dict[str, Any]]]:
    common = (REQUEST_ID,) if operation.open else (REQUEST_ID, *RATE_HEADERS)
    yield (
        operation.status,
        {
            "description": operation.summary,
            "headers": _headers((*operation.headers, *common)),
            "content": {media_type: {"schema": schema} for media_type, schema in operation.response_schemas.items()},
            "links": {name: _link(link) for name, link in operation.links.items()},
        },
    )
    if any(header.name == "ETag" for header in operation.headers):
        yield 304, {"description": "Not modified.", "headers": _headers((*operation.headers, *common))}
    names: dict[int, list[str]] = {}
    for name in problems_of(operation):
        names.setdefault(PROBLEMS[name].status, []).append(name)
    for status, of_status in names.items():
        yield status, _problem(status, of_status, common)


def problems_of(operation: Operation) -> tuple[str, ...]:
    """The names of all problems that an operation can return."""
    auth = () if operation.open else AUTH_PROBLEMS
    paced = () if operation.pace is None else ("too-many-requests",)
    body_problems = BODY_PROBLEMS if operation.request_body else ()
    analysis = ("budget-exceeded",) if operation.analysis else ()
    return (*COMMON_PROBLEMS, *auth, *paced, *body_problems, *analysis, *operation.problems)


def _problem(status: int, names: list[str], common: tuple[Header, ...]) -> dict[str, Any]:
    description = " ".join(f"`{name}`: {PROBLEMS[name].meaning}" for name in names)
    return {
        "description": description,
        "headers": _headers((*PROBLEM_HEADERS.get(status, ()), *common)),
        "content": {MEDIA_TYPE: {"schema": problem_schema(names)}},
    }


def _headers(headers: Iterable[Header]) -> dict[str, Any]:
    return {
        header.name: {"$ref": f"#/components/headers/{header.name}"} if header in SHARED_HEADERS else _header(header)
        for header in headers
    }


def _header(header: Header) -> dict[str, Any]:
    return {"description": header.description, "required": header.always, "schema": header.schema}


def _link(link: Link) -> dict[str, Any]:
    return {"operationId": link.operation, "parameters": dict(link.parameters), "description": link.description}
