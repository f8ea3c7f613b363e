"""What a value of a payload says.

Each reader takes a node, gives ``None`` where nothing is said, and raises :class:`Unreadable` rather than guess.
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
    """A value that does not say what belongs in its place; the message says what was expected."""


def text(node: Node) -> str | None:
    """A text as it stands, with any quotes inside it."""
    if node.value is None:
        return None
    if not isinstance(node.value, str) or (isinstance(node.value, Number) and not _DIGITS.fullmatch(node.value)):
        raise Unreadable("a text")
    return str(node.value) or None


def identifier(node: Node) -> str | None:
    """An id as text: a number by its digits; 0 and nothing are no id."""
    found = _bare(node, "an id")
    if found is None or found == "0":
        return None
    if _ROUNDED.fullmatch(found):
        raise Unreadable("an id with all its digits: this one has been through a floating-point number")
    if isinstance(node.value, Number) and not _DIGITS.fullmatch(found):
        raise Unreadable("an id in digits")
    return found


def identifier_if_clear(node: Node) -> str | None:
    """An id, where there is one that can be read."""
    try:
        return identifier(node)
    except Unreadable:
        return None


def whole(node: Node) -> int | None:
    """A whole number, also where it stands as text."""
    found = _bare(node, "a whole number")
    return None if found is None else _integer(found, 0, "a whole number")


def count(node: Node) -> int | None:
    """A number of things; 0 says nothing about them."""
    return whole(node) or None


def code(node: Node) -> str | None:
    """A code of an enumeration, as the text of its number."""
    found = whole(node)
    return None if found is None else str(found)


def code_or_raw(node: Node) -> str | None:
    """A code, or the raw value where it is none."""
    try:
        return code(node)
    except Unreadable:
        return node.raw


def flag(node: Node) -> bool | None:
    """Yes or no, as a boolean, a number or either as text."""
    if node.value is None or isinstance(node.value, bool):
        return node.value
    found = _bare(node, "true or false")
    if found is None:
        return None
    if found.lower() not in _FLAGS:
        raise Unreadable("true or false, 1 or 0")
    return _FLAGS[found.lower()]


@frozen
class Amount:
    """A reader of amounts of money in a unit that has so many decimal places; it gives the minor unit of the currency."""

    unit: str
    places: int

    def __call__(self, node: Node) -> int | None:
        """The amount."""
        decimals = f", with {self.places} decimals at most" if self.places else ""
        expected = f"an amount of 0 {self.unit} or more{decimals}"
        found = _bare(node, expected)
        amount = None if found is None else _integer(found, self.places, expected)
        if amount is not None and amount < 0:
            raise Unreadable(expected)
        return amount


@frozen
class Clock:
    """A reader of times: seconds since 1970 (and milliseconds, if a platform writes them) or text on the clock of a zone.

    A time of 0 has not come.
    """

    zone: dt.tzinfo
    milliseconds: bool = False

    def __call__(self, node: Node) -> Instant | None:
        """The time."""
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


def _integer(found: str, places: int, expected: str) -> int:
    """A number times a power of ten, which has to be whole."""
    exact = Decimal(found).scaleb(places) if _NUMBER.fullmatch(found) else None
    if exact is None or exact.adjusted() > _WIDEST or exact != exact.to_integral_value():
        raise Unreadable(expected)
    return int(exact)


def _bare(node: Node, expected: str) -> str | None:
    """What stands in a number or a text, without the second pair of quotes that some senders put around it."""
    if node.value is None:
        return None
    if not isinstance(node.value, str):
        raise Unreadable(expected)
    found = node.value.strip()
    if len(found) > 1 and found[0] == found[-1] and found[0] in "\"'":
        found = found[1:-1].strip()
    return str(found) or None
