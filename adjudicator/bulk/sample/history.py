"""A history: two years of cases in the order in which they are decided, with busy seasons, and claims that come back."""

from __future__ import annotations

import datetime as dt
from bisect import bisect
from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import accumulate
from typing import Any, Final

import orjson

from adjudicator.bulk.sample.claims import Filed, claim, claimed_again, decided_again
from adjudicator.bulk.sample.dice import DAY, EPOCH, Dice
from adjudicator.bulk.sample.other_cases import other_case
from adjudicator.bulk.sample.world import Merchant, merchants

FIRST_DAY: Final = dt.date(2024, 9, 1)
DAYS: Final = 730
BUSY: Final = (((6, 18), 21), ((11, 11), 24), ((12, 12), 14))
"""The shopping festivals, and for how many days after them more claims come in."""
QUIET: Final = ((1, 20), 25)
"""The weeks around the spring festival."""
SHARE_OF_CLAIMS: Final = 0.92


def sample_cases(cases: int, seed: int) -> Iterator[bytes]:
    """So many cases as JSON, made up one by one. The same number and seed give the same bytes.

    Returns an iterator that holds only the claims that are still to come back.
    """
    dice = Dice(seed)
    shops = merchants(dice)
    days = _days()
    coming_back: list[tuple[int, int, Filed]] = []
    for number in range(1, cases + 1):
        now = _moment(days, (number - 1 + dice.share()) / cases)
        if coming_back and coming_back[0][0] <= now:
            document = heappop(coming_back)[2].document
        else:
            document = _new_case(dice, shops, now, coming_back, number)
        yield orjson.dumps({"id": f"case-{number:08}", **document})


def _new_case(
    dice: Dice, shops: tuple[Merchant, ...], now: int, coming_back: list[tuple[int, int, Filed]], number: int
) -> dict[str, Any]:
    """A new case; one in six claims comes back some days later."""
    merchant = dice.pick_early(shops)
    if not dice.chance(SHARE_OF_CLAIMS):
        return other_case(dice, merchant, now)
    filed = claim(dice, merchant, now)
    if dice.chance(1 / 6):
        again = decided_again if dice.chance(0.7) else claimed_again
        at = filed.as_of + dice.between(DAY, 12 * DAY)
        heappush(coming_back, (at, number, again(dice, filed, at)))
    return filed.document


def _days() -> list[float]:
    """For each day of the history, the share of all cases that have come in by its end."""
    weights = [_weight(FIRST_DAY + dt.timedelta(day)) for day in range(DAYS)]
    return [done / sum(weights) for done in accumulate(weights)]


def _weight(day: dt.date) -> float:
    """How many cases come in on a day, as a multiple of an ordinary one."""
    busy = any(0 <= (day - dt.date(day.year, *start)).days < length for start, length in BUSY)
    quiet = 0 <= (day - dt.date(day.year, *QUIET[0])).days < QUIET[1]
    return 2.2 if busy else 0.6 if quiet else 1.0


def _moment(days: list[float], share: float) -> int:
    """The second at which a share of all cases has come in."""
    day = min(bisect(days, share), DAYS - 1)
    before = days[day - 1] if day else 0.0
    within = (share - before) / (days[day] - before)
    start = dt.datetime.combine(FIRST_DAY, dt.time()) - EPOCH
    return (start.days + day) * DAY + int(within * DAY)
