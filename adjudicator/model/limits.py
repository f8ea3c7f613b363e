"""Limits of values, and checks that turn violations into faults.

Every check ignores ``None``: a value that could not be read has a fault of its own already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, TypeVar

from attrs import frozen

from adjudicator.model.errors import Fault, shown
from adjudicator.model.time import Instant

LARGEST: Final = 2**53 - 1
"""The largest integer that every JSON reader keeps exact."""
MOST_ITEMS: Final = 1_000
"""The most items in a list, or fields in an object, of a case."""
DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?")
"""The form of a decimal."""
LATEST: Final = Instant.parse("9000-01-01T00:00:00+08:00")
"""Every instant of a case lies before this one, so that windows can be computed from it."""
ROOM: Final = 11
"""Keeps sums exact: a line can pay back its price and ten times as much on top."""


@frozen
class Bounds:
    """A range of numbers, ends included: whole ones, or exact decimals.

    Raises :class:`ValueError` for ends that are not whole numbers, and for an empty range.
    """

    least: int
    most: int
    of: type[int] | type[Decimal] = int

    def __attrs_post_init__(self) -> None:
        if type(self.least) is not int or type(self.most) is not int or self.of not in (int, Decimal):
            raise ValueError(f"{self!r}: the ends have to be of int, and the numbers of int or Decimal")
        if self.least > self.most:
            raise ValueError(f"{self!r}: the least is more than the most")


COUNT: Final = Bounds(1, LARGEST)
"""For what exists at least once."""
AMOUNT: Final = Bounds(0, LARGEST)
"""For what may be zero."""
PRICE: Final = Bounds(0, LARGEST // ROOM)
"""An amount paid for goods."""
MARKET: Final = re.compile("[A-Z]{2}")
"""ISO 3166-1 alpha-2."""
CURRENCY: Final = re.compile("[A-Z]{3}")
"""ISO 4217."""

T = TypeVar("T")


def happened_by(pointer: str, moment: Instant | None, as_of: Instant | None) -> tuple[Fault, ...]:
    """A fault for an instant after the moment of the decision."""
    if moment is None or (type(moment) is type(as_of) is Instant and moment <= as_of and moment < LATEST):
        return ()
    return (*an_instant(pointer, moment), *not_after(pointer, moment, as_of, "as_of"))


def not_after(pointer: str, moment: Instant | None, latest: Instant | None, name: str) -> tuple[Fault, ...]:
    """A fault for an instant after the one in another field."""
    if moment is None or latest is None or moment <= latest:
        return ()
    return (Fault(pointer, shown(str(moment)), f"an instant not after {name}, {latest}"),)


def not_before(pointer: str, moment: Instant | None, earliest: Instant | None, name: str) -> tuple[Fault, ...]:
    """A fault for an instant before the one in another field."""
    if moment is None or earliest is None or moment >= earliest:
        return ()
    return (Fault(pointer, shown(str(moment)), f"an instant not before {name}, {earliest}"),)


def a_number(pointer: str, value: int | Decimal | None, bounds: Bounds) -> tuple[Fault, ...]:
    """A fault for a value that is not a number of the right type within bounds."""
    if value is None or (type(value) is bounds.of and not _is_nan(value) and bounds.least <= value <= bounds.most):
        return ()
    readable, number = (value, "an integer") if bounds.of is int else (str(value), "a decimal")
    return (Fault(pointer, shown(readable), f"{number} from {bounds.least} to {bounds.most}"),)


def _is_nan(value: int | Decimal) -> bool:
    return type(value) is Decimal and value.is_nan()


def each_once(pointer: str, field: str, items: Iterable[Any] | None) -> list[Fault]:
    """A fault for every item that repeats an earlier item's value of a field."""
    faults = []
    seen: set[str] = set()
    for index, item in present(items):
        value = getattr(item, field)
        if value in seen:
            faults.append(Fault(f"{pointer}/{index}/{field}", shown(value), "an id that stands only once"))
        if value is not None:
            seen.add(value)
    return faults


def an_instant(pointer: str, moment: Instant | None) -> tuple[Fault, ...]:
    """A fault for a missing instant, or one too late for computing with it."""
    if moment is None or (isinstance(moment, Instant) and moment < LATEST):
        return ()
    return (Fault(pointer, shown(str(moment)), f"an instant before {LATEST}"),)


def present(items: Iterable[T | None] | None) -> list[tuple[int, T]]:
    """The items of a list that could be read, with their positions."""
    return [(index, item) for index, item in enumerate(items) if item is not None] if items else []
