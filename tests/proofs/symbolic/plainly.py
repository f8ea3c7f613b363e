"""The oracles: what the functions of time and money should yield, written for being plain and not for being run.

The numbers are repeated here on purpose: if you change one only in the code, a proof fails.
"""

from __future__ import annotations

from itertools import pairwise

A_DAY = 86_400_000_000
AN_HOUR = 3_600_000_000
A_SECOND = 1_000_000
DAY_0_IN_BEIJING = -28_800_000_000
"""1970-01-01T00:00:00+08:00, in microseconds."""


def midnight(day: int) -> int:
    """The first instant of a Beijing day."""
    return DAY_0_IN_BEIJING + day * A_DAY


def midnights_by(moment: int) -> int:
    """How many midnights Beijing has seen by a moment, that of day 0 not counted: which day it is."""
    whole_days, _ = divmod(moment - DAY_0_IN_BEIJING, A_DAY)
    return whole_days


def in_time_by_days(start: int, days: int, moment: int) -> bool:
    """From the day of ``start`` to the day of ``moment`` there are at most so many midnights."""
    return midnights_by(moment) - midnights_by(start) <= days


def in_time_by_hours(start: int, hours: int, moment: int) -> bool:
    """No more than so many hours went by."""
    return moment - start <= hours * AN_HOUR


def rounded_up(dividend: int, divisor: int) -> int:
    """A quotient, and one more if something is left over."""
    whole, rest = divmod(dividend, divisor)
    return whole + 1 if rest else whole


def beyond(amount: int, taken: int) -> int:
    """What remains of an amount when something is taken from it: nothing, where more is taken than there is."""
    if taken >= amount:
        return 0
    return amount - taken


def within(amount: int, room: int) -> int:
    """An amount as far as there is room."""
    if amount > room:
        return room
    return amount


def still_due(entitled: int, had: int, paid_to_anyone: int, ceiling: int) -> int:
    """What was not had yet, as far as the ceiling leaves room."""
    return within(beyond(entitled, had), beyond(ceiling, paid_to_anyone))


def ten_times(amount: int) -> int:
    """An amount added ten times."""
    total = 0
    for _ in range(10):
        total += amount
    return total


def filled_in_order(room: int, amounts: list[int]) -> list[int]:
    """How far a room is filled by each amount, poured in one after the other: the level after it less that before."""
    levels = [within(sum(amounts[:poured]), room) for poured in range(len(amounts) + 1)]
    return [after - before for before, after in pairwise(levels)]
