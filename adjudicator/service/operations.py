"""What the service can do, as data: each operation with all that goes in and comes out.

The routes and the OpenAPI document are both made from the operations, so neither knows of anything that the other does not.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final, Literal, TypeAlias

import orjson
from attrs import field, frozen

from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore, Scope
from adjudicator.wire.schema import Schema

JSON: Final = "application/json"
TEXT: Final = "text/plain"

Method: TypeAlias = Literal["GET", "HEAD", "POST"]


class InvalidValue(ValueError):
    """A value of a parameter that is not what was expected."""


@frozen(kw_only=True)
class Parameter:
    """Something that is asked for in the address or in a header: ``read`` makes a value of its text, or raises :class:`InvalidValue`."""

    name: str
    about: str
    schema: Schema
    where: Literal["query", "header", "path"] = "query"
    read: Callable[[str], Any] = str
    required: bool = False
    default: Any = None


@frozen(kw_only=True)
class Header:
    """A header of an answer; it may be left out unless ``always``."""

    name: str
    about: str
    schema: Schema
    always: bool = True


@frozen(kw_only=True)
class Body:
    """A body that an operation takes: a reference to its schema, and an example."""

    schema: Schema
    about: str
    example: Any = None


@frozen(kw_only=True)
class Link:
    """Where an answer leads: an operation, and the expression for each of its parameters (OpenAPI runtime expressions)."""

    operation: str
    parameters: Mapping[str, str]
    about: str


class Tag(StrEnum):
    """Under which heading an operation stands."""

    DECISIONS = "decisions"
    PAYOUTS = "payouts"
    ERASURES = "erasures"
    QUESTIONS = "questions"
    RULES = "rules"


@frozen(kw_only=True)
class Call:
    """One request for an operation: its parameters by name, its body as it came, and who asks."""

    record: DecisionStore
    settings: Settings
    caller: str | None
    values: Mapping[str, Any]
    body: bytes
    media_type: str
    accept_language: str
    operations: tuple[Operation, ...]


@frozen
class Answer:
    """What an operation answers: bytes, with status 200 and the headers that it names."""

    content: bytes
    headers: Mapping[str, str] = field(factory=dict)
    media_type: str | None = None


Handler: TypeAlias = Callable[[Call], Answer]


def _never(_: Call) -> bool:
    return False


@frozen(kw_only=True, eq=False)
class Operation:
    """One thing that the service does.

    Without ``scope`` any key is good for it. ``open`` ones take no key at all. ``inline`` says whether a call is so quick, and waits for so
    little, that it is carried out where it arrives. ``analysis`` takes long for some cases: it has threads of its own, so that it holds up nothing else,
    and works within :func:`~adjudicator.service.budget.budget`. ``gives`` are the schemas of its answers by media type, the one that is meant first.
    """

    method: Method
    path: str
    tag: Tag
    handle: Handler
    scope: Scope | None = None
    open: bool = False
    inline: Callable[[Call], bool] = _never
    analysis: bool = False
    parameters: tuple[Parameter, ...] = ()
    takes: Body | None = None
    gives: Mapping[str, Schema]
    headers: tuple[Header, ...] = ()
    problems: tuple[str, ...] = ()
    links: Mapping[str, Link] = field(factory=dict)

    @property
    def id(self) -> str:
        """Its name."""
        return self.handle.__name__

    @property
    def methods(self) -> tuple[Method, ...]:
        """The methods that it answers to. Whatever can be got can be asked for without its content as well (RFC 9110, 9.3.2)."""
        return ("GET", "HEAD") if self.method == "GET" else (self.method,)

    @property
    def summary(self) -> str:
        """What it does, in a line."""
        return self._told()[0]

    @property
    def about(self) -> str:
        """What else is to be known of it."""
        return self._told()[1]

    @property
    def named(self) -> Mapping[str, Parameter]:
        """Its parameters by name; those of headers in lower case."""
        return {each.name.lower() if each.where == "header" else each.name: each for each in self.parameters}

    def _told(self) -> tuple[str, str]:
        summary, _, about = (inspect.getdoc(self.handle) or "").partition("\n\n")
        return " ".join(summary.split()), about


def operation(method: Method, path: str, **told: Any) -> Callable[[Handler], Operation]:
    """Make an operation of a function; what it is called and what it says stand in the function."""
    return lambda handle: Operation(method=method, path=path, handle=handle, **told)


def answer(document: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """A JSON document as an answer."""
    return Answer(orjson.dumps(document), headers or {})


# What parameters hold


def a_choice(*names: str) -> Mapping[str, Any]:
    """The schema and the reader of a parameter with few values."""

    def read(text: str) -> str:
        if text not in names:
            raise InvalidValue(f"one of {', '.join(names)}")
        return text

    return {"schema": {"type": "string", "enum": [*names]}, "read": read}


def a_switch() -> Mapping[str, Any]:
    """The schema and the reader of a parameter that is on or off."""

    def read(text: str) -> bool:
        if text not in ("true", "false"):
            raise InvalidValue("true or false")
        return text == "true"

    return {"schema": {"type": "boolean", "default": False}, "read": read, "default": False}


def a_number(least: int, most: int, default: int) -> Mapping[str, Any]:
    """The schema and the reader of a whole number."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
            raise InvalidValue(f"a whole number from {least} to {most}")
        return int(text)

    return {
        "schema": {"type": "integer", "minimum": least, "maximum": most, "default": default},
        "read": read,
        "default": default,
    }


def a_text(most: int) -> Mapping[str, Any]:
    """The schema and the reader of a text that is not empty."""

    def read(text: str) -> str:
        if not 0 < len(text) <= most or "\0" in text:
            raise InvalidValue(f"a text of 1 to {most} characters, none of them NUL")
        return text

    return {"schema": {"type": "string", "minLength": 1, "maxLength": most, "pattern": "^[^\\x00]+$"}, "read": read}


def all_of(*groups: Iterable[Operation]) -> tuple[Operation, ...]:
    """Several groups of operations in one."""
    return tuple(each for group in groups for each in group)
