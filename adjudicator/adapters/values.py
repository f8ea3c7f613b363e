"""Readers for the values of a payload.

A reader takes a node and returns ``None`` if it states nothing. It raises :class:`Unreadable` rather than guess.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from attrs import frozen

from adjudicator.adapters.payload import Node, Number
from adjudicator.model.time import SECOND, Instant

MILLISECOND: Final = SECOND // 1000

_NUMBER: Final = re.compile(r"-?\d{1,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_DIGITS: Final = re.compile(r"\d+", re.ASCII)
_ROUNDED: Final = re.compile(r"-?\d+(?:\.\d+)?[eE][+-]?\d+|-?\d+\.\d+", re.ASCII)
_LOCAL_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.ASCII)
_WIDEST: Final = 18
"""The most digits after the first that an amount or a time can have."""
_EARLIEST: Final = 946_684_800
_LATEST: Final = 4_102_444_800
_YEARS: Final = "since 1970 that fall between the years 2000 and 2100"
_FLAGS: Final[Mapping[str, bool]] = {"true": True, "1": True, "false": False, "0": False}


class Unreadable(ValueError):
    """A value of the wrong form; the message says what was expected."""


def text(node: Node) -> str | None:
    """A text unchanged, including any quotes."""
    if node.value is None:
        return None
    if not isinstance(node.value, str) or (isinstance(node.value, Number) and not _DIGITS.fullmatch(node.value)):
        raise Unreadable("a text")
    return str(node.value) or None


def identifier(node: Node) -> str | None:
    """An id as text; a number is taken digit by digit, and 0 is no id."""
    digits = _unquoted(node, "an id")
    if digits is None or digits == "0":
        return None
    if _ROUNDED.fullmatch(digits):
        raise Unreadable("an id with all its digits: this one has been through a floating-point number")
    if isinstance(node.value, Number) and not _DIGITS.fullmatch(digits):
        raise Unreadable("an id in digits")
    return digits


def identifier_if_clear(node: Node) -> str | None:
    """An id, or ``None`` if it cannot be read."""
    try:
        return identifier(node)
    except Unreadable:
        return None


def whole(node: Node) -> int | None:
    """A whole number, or a text that holds one."""
    content = _unquoted(node, "a whole number")
    return None if content is None else _integer(content, 0, "a whole number")


def count(node: Node) -> int | None:
    """A number of things; 0 states nothing."""
    return whole(node) or None


def code(node: Node) -> str | None:
    """A numeric code, as text."""
    number = whole(node)
    return None if number is None else str(number)


def code_or_raw(node: Node) -> str | None:
    """A code, or the raw value if it is not one."""
    try:
        return code(node)
    except Unreadable:
        return node.raw


def flag(node: Node) -> bool | None:
    """A boolean, also if written as a number or as text."""
    if node.value is None or isinstance(node.value, bool):
        return node.value
    content = _unquoted(node, "true or false")
    if content is None:
        return None
    if content.lower() not in _FLAGS:
        raise Unreadable("true or false, 1 or 0")
    return _FLAGS[content.lower()]


@frozen
class Amount:
    """Reads amounts of money in ``unit``, which has ``places`` decimals, as minor units of the currency."""

    unit: str
    places: int

    def __call__(self, node: Node) -> int | None:
        """The amount in minor units."""
        decimals = f", with {self.places} decimals at most" if self.places else ""
        expected = f"an amount of 0 {self.unit} or more{decimals}"
        content = _unquoted(node, expected)
        amount = None if content is None else _integer(content, self.places, expected)
        if amount is not None and amount < 0:
            raise Unreadable(expected)
        return amount


@frozen
class Clock:
    """Reads times: seconds since 1970 (or milliseconds, if the platform writes them), or local time in ``zone``.

    The platforms write 0 for a time that has not come yet.
    """

    zone: dt.tzinfo
    milliseconds: bool = False

    def __call__(self, node: Node) -> Instant | None:
        """The instant; ``None`` for 0."""
        if isinstance(node.value, str) and _LOCAL_TIME.fullmatch(node.value):
            try:
                return Instant.at(dt.datetime.fromisoformat(node.value).replace(tzinfo=self.zone))
            except ValueError:
                raise Unreadable("a day and a time that exist") from None
        number = whole(node)
        if not number:
            return None
        if _EARLIEST <= number < _LATEST:
            return Instant(number * SECOND)
        if self.milliseconds and _EARLIEST <= number // 1000 < _LATEST:
            return Instant(number * MILLISECOND)
        raise Unreadable(f"seconds{' or milliseconds' * self.milliseconds} {_YEARS}")


def _integer(content: str, places: int, expected: str) -> int:
    """The number shifted by ``places`` decimals; raises unless that is whole."""
    exact = Decimal(content).scaleb(places) if _NUMBER.fullmatch(content) else None
    if exact is None or exact.adjusted() > _WIDEST or exact != exact.to_integral_value():
        raise Unreadable(expected)
    return int(exact)


def _unquoted(node: Node, expected: str) -> str | None:
    """The text of a number or string, without the extra pair of quotes that some senders add."""
    if node.value is None:
        return None
    if not isinstance(node.value, str):
        raise Unreadable(expected)
    content = node.value.strip()
    if len(content) > 1 and content[0] == content[-1] and content[0] in "\"'":
        content = content[1:-1].strip()
    return str(content) or None
