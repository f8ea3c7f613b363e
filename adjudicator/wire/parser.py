"""A strict JSON parser: UTF-8, no duplicate keys, stated limits."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any, Final

import orjson

from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.json_names import pointer_step

MOST_BYTES: Final = 4 * 1024 * 1024
"""The largest input, in bytes."""
DEEPEST: Final = 32
MOST_DIGITS: Final = 100
"""Of a longer integer, only the first digits are read: it is too large anyway."""
"""The deepest nesting of lists and objects."""


class NotJson(InputError):
    """Text that is not JSON in UTF-8."""


TOO_DEEP: Final = Fault("", "a deeper one", f"lists and objects nested at most {DEEPEST} deep")


def parsed_at_once(text: str | bytes) -> object:
    """The JSON document in a text without duplicate keys; ``None`` if the text needs a closer look."""
    data = in_utf8(text)
    document = last_values(data)
    return document if document is not None and _loses_nothing(data, document) else None


def in_utf8(text: str | bytes) -> bytes:
    """A text as it is parsed at once; empty if it needs a closer look."""
    if not isinstance(text, (str, bytes)) or len(text) > MOST_BYTES:
        return b""
    try:
        return text.encode() if isinstance(text, str) else text
    except UnicodeEncodeError:
        return b""


def last_values(data: bytes) -> object:
    """The JSON document in a text, with the last value of each key; ``None`` if the text needs a closer look.

    The fast parser drops all values but the last. It reads an integer of more than 64 bits as a float, which no case accepts.
    """
    try:
        return orjson.loads(data)
    except ValueError:
        return None


def keys_stand_once(data: bytes, number: int) -> bool:
    """Whether no key stands twice in an object of a text, of which at least this number is left; false in doubt.

    Every key ends in a quotation mark, and then there is a colon. If there is never white space before a colon, there are at least as
    many of these pairs as keys.
    """
    if data.count(b'":') == number and not _has_spaced_colons(data):
        return True
    document = last_values(data)
    return document is not None and _loses_nothing(data, document)


def _has_spaced_colons(data: bytes) -> bool:
    """Whether white space stands before a colon. Of it, only spaces can also occur within text."""
    return (
        b" :" in data
        or (_LINE_FEED in data and b"\n:" in data)
        or (_RETURN in data and b"\r:" in data)
        or (_TAB in data and b"\t:" in data)
    )


def _loses_nothing(data: bytes, document: object) -> bool:
    """Whether a text has no duplicate keys, given its document.

    If writing the document gives the same bytes, there are none; otherwise the number of colons must be the same before and after.
    """
    try:
        written = orjson.dumps(document)
    except TypeError:
        return False
    if written == data:
        return True
    return data.count(b":") == written.count(b":") and not (_BACKSLASH in data and _has_escaped_colons(data))


def _has_escaped_colons(data: bytes) -> bool:
    return data.find(b"\\u003") >= 0 and _ESCAPED_COLON.search(data) is not None


_BACKSLASH, _LINE_FEED, _RETURN, _TAB = map(ord, "\\\n\r\t")
_ESCAPED_COLON: Final = re.compile(rb"\\u003[aA]")


def parsed(text: str | bytes, *, most_bytes: float = MOST_BYTES) -> tuple[object, list[Fault]]:
    """The JSON document in a text, and a fault for every duplicate key."""
    _within_limits(text, most_bytes)
    repeating: list[_Repeating] = []

    def an_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            members = _Repeating(pairs)
            repeating.append(members)
        return members

    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        document = json.loads(decoded.removeprefix("\ufeff"), object_pairs_hook=an_object, parse_int=_integer)
    except UnicodeDecodeError as error:
        raise NotJson([Fault("", f"byte {error.start} that is not", "text in UTF-8")]) from None
    except json.JSONDecodeError as error:
        raise NotJson([Fault("", first_mistake(error), "JSON")]) from None
    except RecursionError:
        raise InputError([TOO_DEEP]) from None
    if not repeating:
        return document, []
    if depth_of(document) > DEEPEST:
        raise InputError([TOO_DEEP])
    faults: list[Fault] = []
    return _once(document, "", faults), faults


def _integer(digits: str) -> int:
    """An integer. Python refuses those of thousands of digits, without saying where they are."""
    return int(digits[:MOST_DIGITS])


def first_mistake(error: json.JSONDecodeError) -> str:
    """Where a text stops being JSON, and what was wrong there. Some of Python's messages end in "at", for the position that follows them."""
    message = error.msg.removesuffix(" at")
    return f"a mistake at line {error.lineno}, column {error.colno} ({message[:1].lower()}{message[1:]})"


def _within_limits(text: str | bytes, most_bytes: float) -> None:
    if not isinstance(text, (str, bytes)):
        raise InputError([Fault("", shown(text), "JSON as text or bytes")])
    if len(text) > most_bytes:
        raise InputError([Fault("", f"{len(text)} bytes", f"at most {most_bytes} bytes")])


class _Repeating(dict[str, Any]):
    """An object with duplicate keys; keeps all its pairs."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def _once(value: Any, pointer: str, faults: list[Fault]) -> Any:
    """The value with plain objects only; adds a fault for each duplicate key."""
    if isinstance(value, list):
        return [_once(each, f"{pointer}/{index}", faults) for index, each in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if isinstance(value, _Repeating):
        counts = Counter(name for name, _ in value.pairs)
        faults += [
            Fault(f"{pointer}/{pointer_step(name)}", f"{count} values", "a key that stands once")
            for name, count in counts.items()
            if count > 1
        ]
    return {name: _once(each, f"{pointer}/{pointer_step(name)}", faults) for name, each in value.items()}


def depth_of(value: object) -> int:
    """How deep a document is nested, up to just over the limit."""
    level, depth = [value], 0
    while level and depth <= DEEPEST:
        level = [
            inner
            for each in level
            if isinstance(each, (dict, list))
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        depth += 1
    return depth
