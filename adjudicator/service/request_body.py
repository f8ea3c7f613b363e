"""Reading request bodies as raw bytes, and small bodies field by field. The codec parses them, never the framework."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.json_names import pointer_step
from adjudicator.service.operations import FORM, JSON, NDJSON, InvalidValue
from adjudicator.service.problems import Problem
from adjudicator.wire.parser import parsed

DEFAULT_OVERLAP: Final = 24 * 60 * 60
"""For how many seconds a replaced key or secret is good by default."""
ACCEPTED_ENCODINGS: Final = frozenset({"", "identity"})
"""The supported values of ``Content-Encoding``."""


def _in_utf_8(media_type: str) -> tuple[str, ...]:
    return (media_type, f"{media_type};charset=utf-8", f'{media_type};charset="utf-8"')


JSON_TYPES: Final = _in_utf_8(JSON)
"""The supported values of ``Content-Type``, in lower case and without spaces."""
FORM_TYPES: Final = _in_utf_8(FORM)
"""The supported values of ``Content-Type`` for a form of a page."""
LINE_TYPES: Final = (*_in_utf_8(NDJSON), "application/jsonl", "application/ndjson")
"""The supported values of ``Content-Type`` for a stream."""


async def read_body(
    receive: Callable[[], Awaitable[Any]], headers: Mapping[str, str], most: int, seconds: float
) -> bytes:
    """Read the body. Raises :class:`Problem` if it is too large or too slow."""
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit() and int(length) <= most):
        raise _too_large(most)
    try:
        async with asyncio.timeout(seconds):
            return await _read_all(receive, most)
    except TimeoutError:
        detail = f"the body did not arrive within {seconds:g} seconds"
        raise Problem("request-timeout", detail, {"Connection": "close"}) from None


async def _read_all(receive: Callable[[], Awaitable[Any]], most: int) -> bytes:
    body, has_more = b"", True
    while has_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem("malformed", "the connection closed before the body was complete")
        body += message.get("body", b"")
        if len(body) > most:
            raise _too_large(most)
        has_more = message.get("more_body", False)
    return body


def _too_large(most: int) -> Problem:
    return Problem("too-large", f"the body may have at most {most} bytes", {"Connection": "close"})


def check_headers(headers: Mapping[str, str], media_types: Sequence[str]) -> None:
    """Raises :class:`Problem` for a compressed body, or one of another media type. The first media type is the one to name."""
    if headers.get("content-encoding", "").lower() not in ACCEPTED_ENCODINGS:
        raise Problem("unsupported-media-type", "send the body uncompressed", {"Accept-Encoding": "identity"})
    content_type = headers.get("content-type", "")
    expected = media_types[0]
    if content_type != expected and "".join(content_type.lower().split()) not in media_types:
        shown = content_type[:80] or "nothing"
        detail = f"the body must be {expected} in UTF-8, not {shown}"
        raise Problem("unsupported-media-type", detail, {"Accept-Post": expected})


def seconds_up_to(most: int) -> Callable[[Any], int]:
    """A reader of a field with a whole number of seconds."""

    def read(value: Any) -> int:
        if type(value) is not int or not 0 <= value <= most:
            raise InvalidValue(f"a whole number of seconds from 0 to {most}")
        return value

    return read


def read_fields(
    body: bytes, fields: Mapping[str, Callable[[Any], Any]], required: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The fields of a body that is a JSON object, each read by its function, which may raise :class:`InvalidValue`.

    Raises :class:`~adjudicator.model.errors.InputError` with every fault.
    """
    document, faults = parsed(body)
    known = ", ".join(fields)
    if not isinstance(document, dict):
        raise InputError([*faults, Fault("", shown(document), f"an object with the fields {known}")])
    values: dict[str, Any] = {}
    for name, value in document.items():
        pointer = f"/{pointer_step(name)}"
        if name not in fields:
            faults.append(Fault(pointer, shown(value), f"no such field; known here: {known}"))
            continue
        try:
            values[name] = fields[name](value)
        except InvalidValue as error:
            faults.append(Fault(pointer, shown(value), str(error)))
    faults += [Fault(f"/{name}", "nothing", "a value: it is required") for name in required if name not in document]
    if faults:
        raise InputError(faults)
    return values
