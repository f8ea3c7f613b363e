"""The bounds of the contracts: every amount and instant that a case may hold, and counts as large as the prover can handle."""

from __future__ import annotations

import os
from typing import Final

from attrs import frozen

from adjudicator.model.limits import LARGEST
from adjudicator.model.time import Instant

EARLIEST: Final = int(Instant.parse("1000-01-01T00:00:00Z"))
LATEST: Final = int(Instant.parse("9899-12-31T23:59:59.999999Z"))
FARTHEST_DAY: Final = 2_900_000
"""More days than there are between 1970 and the earliest or latest instant."""


@frozen
class Counts:
    """Upper bounds for counts that must be enumerated, because the prover cannot treat them in general."""

    units_in_two_parts: int
    units_in_three_parts: int
    lines: int
    dues: int


UPTO: Final = {
    "quick": Counts(units_in_two_parts=12, units_in_three_parts=6, lines=1, dues=2),
    "wide": Counts(units_in_two_parts=60, units_in_three_parts=12, lines=2, dues=3),
}[os.environ.get("SYMBOLIC_BOUNDS", "quick")]


def an_amount(number: int) -> bool:
    """Whether a number is a valid amount."""
    return 0 <= number <= LARGEST


def amounts(*numbers: int) -> bool:
    """Whether each number is a valid amount."""
    return all(an_amount(number) for number in numbers)


def an_instant(number: int) -> bool:
    """Whether a number is an instant that a case may hold."""
    return EARLIEST <= number <= LATEST


def counted_out(number: int, upto: int) -> int:
    """The same number, as one of 0, 1, 2...: for the prover, products with it are linear then."""
    return next(each for each in range(upto + 1) if each == number)
