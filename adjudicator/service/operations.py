"""The service's operations as data: inputs, outputs and handler of each.

Routes and OpenAPI document are both generated from the operations, so they always agree.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias

import orjson
from attrs import field, frozen

from adjudicator.service.settings import Settings
from adjudicator.store import Caller, DecisionStore, Scope
from adjudicator.wire.schema import Schema

if TYPE_CHECKING:
    from anyio import CapacityLimiter

    from adjudicator.service.examiner import SharedExaminer
    from adjudicator.service.recorder import Recorder

JSON: Final = "application/json"
TEXT: Final = "text/plain"
NDJSON: Final = "application/x-ndjson"
FORM: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"

Method: TypeAlias = Literal["GET", "HEAD", "POST", "PATCH", "DELETE"]


class InvalidValue(ValueError):
    """An invalid parameter value. The message says what was expected."""


@frozen(kw_only=True)
class Parameter:
    """A query, path or header parameter. ``read`` parses its text, or raises :class:`InvalidValue`."""

    name: str
    description: str
    schema: Schema
    where: Literal["query", "header", "path"] = "query"
    read: Callable[[str], Any] = str
    required: bool = False
    default: Any = None


@frozen(kw_only=True)
class Header:
    """A response header, which may be absent unless ``always``."""

    name: str
    description: str
    schema: Schema
    always: bool = True


@frozen(kw_only=True)
class Body:
    """The request body of an operation: a reference to its schema, and an example. ``most_bytes`` is less than the settings allow."""

    schema: Schema
    description: str
    example: Any = None
    media_type: str = JSON
    most_bytes: int | None = None


@frozen(kw_only=True)
class Pace:
    """How often something may be called in each worker: some calls at once, and after that so many per second."""

    at_once: int
    per_second: float


DOCUMENTS: Final = Pace(at_once=60, per_second=20.0)
"""How often one of the large documents about the service may be read."""


@frozen(kw_only=True)
class Link:
    """An OpenAPI link from a response to another operation, with a runtime expression for each parameter."""

    operation: str
    parameters: Mapping[str, str]
    description: str


class Tag(StrEnum):
    """The groups of operations in the OpenAPI document."""

    DECISIONS = "decisions"
    PAYOUTS = "payouts"
    ERASURES = "erasures"
    JOBS = "jobs"
    KEYS = "keys"
    EVENTS = "events"
    PANEL = "panel"
    QUESTIONS = "questions"
    RULES = "rules"


@frozen(kw_only=True)
class Form:
    """A form that has arrived: its texts by name, and its files in a folder that is deleted after the request."""

    texts: Mapping[str, bytes]
    files: tuple[Path, ...]


@frozen(kw_only=True)
class Call:
    """One request to an operation: parsed parameters, raw body, caller, and the record of the caller's tenant.

    ``scopes`` are what the caller may do; ``None`` means everything, without a key. ``admitted`` is all that is known of the caller.

    For a line of a stream, ``body`` is that line, and ``line`` is its number, from 1. A ``form`` comes instead of a ``body``, with the
    ``examiner`` that can read its files.
    """

    record: DecisionStore
    settings: Settings
    caller: str | None
    scopes: frozenset[Scope] | None
    values: Mapping[str, Any]
    body: bytes
    media_type: str
    accept_language: str
    operations: tuple[Operation, ...]
    line: int = 0
    admitted: Caller | None = None
    form: Form | None = None
    examiner: SharedExaminer | None = None


@frozen
class Answer:
    """The result of an operation: content and headers for the response.

    ``resource`` names what it is about in the access log, unless the path does. ``chunks`` is content that is sent as it is read, instead
    of ``content``.
    """

    content: bytes
    headers: Mapping[str, str] = field(factory=dict)
    media_type: str | None = None
    resource: str | None = None
    chunks: Iterator[bytes] | None = None


Handler: TypeAlias = Callable[[Call], Answer]
Soon: TypeAlias = "Callable[[Call, Recorder, CapacityLimiter], Awaitable[Answer]]"


@frozen
class Line:
    """A line of a body, numbered from 1. ``content`` is ``None`` if it is too long."""

    number: int
    content: bytes | None


class Receiver(Protocol):
    """Takes the lines of one body, which can be larger than fits in memory, in groups."""

    def add(self, lines: Sequence[Line]) -> None:
        """Take the next lines, none of them blank."""

    def complete(self, lines: int) -> Answer:
        """All lines are there, and that is their number: the answer to the request."""

    def abandon(self) -> None:
        """There will be no more lines."""


def _not_inline(_: Call) -> bool:
    return False


@frozen(kw_only=True, eq=False)
class Operation:
    """One operation of the service.

    ``status`` is that of a success. ``scope`` is the scope its key needs; ``None`` means that any key will do, and ``open`` that none is
    needed. ``inline`` says whether a call is fast enough to run on the event loop; with ``soon``, it runs there until it waits for the
    record, which takes no thread of its own. An ``analysis`` can take long, so it runs in threads of its own and within
    :func:`~adjudicator.service.budget.budget`. ``response_schemas`` are by media type, the default first. An operation whose body is
    :data:`NDJSON` is a stream: it handles each line on its own, after ``begin`` had a look at the request. With a ``receiver``, all lines
    go there, and the answer comes after them. With ``form_texts``, the body is a form with these texts and with files; ``begin`` has a look
    before it arrives. With ``any_query``, unknown query parameters are ignored: a page that others embed gets theirs. ``pace`` limits an
    operation that is ``open``, as there is no caller to count its requests for. ``decides`` says that it puts decisions on record, which
    people who rule at the desk may not do alone.
    """

    method: Method
    path: str
    tag: Tag
    handle: Handler
    status: int = 200
    scope: Scope | None = None
    open: bool = False
    pace: Pace | None = None
    inline: Callable[[Call], bool] = _not_inline
    soon: Soon | None = None
    analysis: bool = False
    any_query: bool = False
    decides: bool = False
    begin: Callable[[Call], None] | None = None
    receiver: Callable[[Call], Receiver] | None = None
    form_texts: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    request_body: Body | None = None
    response_schemas: Mapping[str, Schema]
    headers: tuple[Header, ...] = ()
    problems: tuple[str, ...] = ()
    links: Mapping[str, Link] = field(factory=dict)

    @property
    def id(self) -> str:
        """The OpenAPI operation id: the name of the handler."""
        return self.handle.__name__

    @property
    def is_stream(self) -> bool:
        """Whether the body is a stream of lines."""
        return self.takes_lines and self.receiver is None

    @property
    def takes_lines(self) -> bool:
        """Whether the body is NDJSON."""
        return self.request_body is not None and self.request_body.media_type == NDJSON

    @property
    def methods(self) -> tuple[Method, ...]:
        """The supported methods: GET implies HEAD (RFC 9110, 9.3.2)."""
        return ("GET", "HEAD") if self.method == "GET" else (self.method,)

    @property
    def summary(self) -> str:
        """The first paragraph of the handler's docstring."""
        return self._docstring()[0]

    @property
    def description(self) -> str:
        """The rest of the handler's docstring."""
        return self._docstring()[1]

    def _docstring(self) -> tuple[str, str]:
        summary, _, about = (inspect.getdoc(self.handle) or "").partition("\n\n")
        return " ".join(summary.split()), about


def operation(method: Method, path: str, **fields: Any) -> Callable[[Handler], Operation]:
    """Turn a handler into an operation. Its id and descriptions come from the handler's name and docstring."""
    return lambda handle: Operation(method=method, path=path, handle=handle, **fields)


def json_answer(document: Any, headers: Mapping[str, str] | None = None, resource: str | None = None) -> Answer:
    """An answer with a JSON document."""
    return Answer(orjson.dumps(document), headers or {}, resource=resource)


# Schema and parser of common parameter types


def choice(*names: str) -> Mapping[str, Any]:
    """One of a few values."""

    def read(text: str) -> str:
        if text not in names:
            raise InvalidValue(f"one of {', '.join(names)}")
        return text

    return {"schema": {"type": "string", "enum": [*names]}, "read": read}


def boolean() -> Mapping[str, Any]:
    """``true`` or ``false``, the default."""

    def read(text: str) -> bool:
        if text not in ("true", "false"):
            raise InvalidValue("true or false")
        return text == "true"

    return {"schema": {"type": "boolean", "default": False}, "read": read, "default": False}


def integer(least: int, most: int, default: int) -> Mapping[str, Any]:
    """A whole number within bounds."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
            raise InvalidValue(f"a whole number from {least} to {most}")
        return int(text)

    return {
        "schema": {"type": "integer", "minimum": least, "maximum": most, "default": default},
        "read": read,
        "default": default,
    }


def string(most: int) -> Mapping[str, Any]:
    """A non-empty text of bounded length."""

    def read(text: str) -> str:
        if not 0 < len(text) <= most or "\0" in text:
            raise InvalidValue(f"a text of 1 to {most} characters, none of them NUL")
        return text

    return {"schema": {"type": "string", "minLength": 1, "maxLength": most, "pattern": "^[^\\x00]+$"}, "read": read}


def combine(*groups: Iterable[Operation]) -> tuple[Operation, ...]:
    """Concatenate groups of operations."""
    return tuple(operation for group in groups for operation in group)
