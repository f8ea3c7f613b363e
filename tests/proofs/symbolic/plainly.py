"""The oracles: simple versions of the functions on time and money, written to be read and not to be fast.

The numbers are repeated here on purpose: a change to only one side must fail.
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
    """The number of the day: how many midnights there have been in Beijing since the start of day 0."""
    whole_days, _ = divmod(moment - DAY_0_IN_BEIJING, A_DAY)
    return whole_days


def in_time_by_days(start: int, days: int, moment: int) -> bool:
    """Whether there are at most ``days`` midnights from the day of ``start`` to the day of ``moment``."""
    return midnights_by(moment) - midnights_by(start) <= days


def in_time_by_hours(start: int, hours: int, moment: int) -> bool:
    """Whether at most ``hours`` hours have passed."""
    return moment - start <= hours * AN_HOUR


def rounded_up(dividend: int, divisor: int) -> int:
    """The quotient, plus one if there is a remainder."""
    whole, rest = divmod(dividend, divisor)
    return whole + 1 if rest else whole


def beyond(amount: int, taken: int) -> int:
    """What is left of an amount; 0 if more is taken than there is."""
    if taken >= amount:
        return 0
    return amount - taken


def within(amount: int, room: int) -> int:
    """The part of an amount for which there is room."""
    if amount > room:
        return room
    return amount


def still_due(entitled: int, had: int, paid_to_anyone: int, ceiling: int) -> int:
    """The amount not yet received, at most what the ceiling leaves."""
    return within(beyond(entitled, had), beyond(ceiling, paid_to_anyone))


def ten_times(amount: int) -> int:
    """The amount, added ten times."""
    total = 0
    for _ in range(10):
        total += amount
    return total


def filled_in_order(room: int, amounts: list[int]) -> list[int]:
    """How much of a room each amount fills, one after the other: the level after it less the level before."""
    levels = [within(sum(amounts[:poured]), room) for poured in range(len(amounts) + 1)]
    return [after - before for before, after in pairwise(levels)]
