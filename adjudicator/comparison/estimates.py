"""Estimates from a simple random sample of cases, with the error that sampling brings."""

from __future__ import annotations

from math import ceil, floor, sqrt
from typing import Final

from attrs import frozen

from adjudicator.comparison.tally import Spread, Tally

QUANTILE: Final = 1.959963984540054
"""Of the standard normal distribution, for bounds that hold in 95 of 100 samples."""
LEAST_CHANGED: Final = 30
"""The fewest changed cases of a sample for which the normal approximation gives bounds of money."""


@frozen
class Estimate:
    """An estimate for the whole population with its bounds; they are ``None`` if the sample is too small for them."""

    value: int
    least: int | None
    most: int | None


@frozen
class Estimates:
    """What a sample says about all cases: how many change, pay more and pay less, and the change of money by currency."""

    population: int
    sample: int
    changed: Estimate
    more: Estimate
    less: Estimate
    money: dict[str, Estimate]


def estimates_of(tally: Tally, population: int) -> Estimates:
    """The estimates from the tally of a sample that was drawn without replacement from ``population`` cases."""
    # A currency in which no case of the sample changed has an estimate of zero, and no bounds: other cases may change.
    money = {
        currency: total_of(spread.total, spread.squares, spread.changed, tally.cases, population)
        for currency in sorted({*tally.total.money, *tally.spreads})
        for spread in [tally.spreads.get(currency, Spread())]
    }
    changed, more, less = (count_of(each, tally.cases, population) for each in (tally.changed, tally.more, tally.less))
    return Estimates(population, tally.cases, changed, more, less, money)


def count_of(found: int, sample: int, population: int) -> Estimate:
    """Estimate how many cases of a population have a property that ``found`` cases of a sample have. The bounds are Wilson's.

    They also hold if none was found, and never contradict the sample.
    """
    if sample == population or not sample:
        return Estimate(found, found, found)
    share, z2 = found / sample, QUANTILE**2
    middle = (share + z2 / (2 * sample)) / (1 + z2 / sample)
    half = QUANTILE / (1 + z2 / sample) * sqrt(share * (1 - share) / sample + z2 / (4 * sample**2))
    least = max(found, floor((middle - half) * population))
    most = min(population - sample + found, ceil((middle + half) * population))
    return Estimate(round(share * population), least, max(least, most))


def total_of(total: int, squares: int, changed: int, sample: int, population: int) -> Estimate:
    """The sum of a population of which a sample has this sum, and this sum of squares, over ``changed`` cases that are not zero."""
    if sample == population or not sample:
        return Estimate(total, total, total)
    value = round(total * population / sample)
    if changed < LEAST_CHANGED:
        return Estimate(value, None, None)
    # Exact integers before the root: sums of squares of amounts exceed what floating point holds.
    variance = (squares * sample - total * total) / (sample * (sample - 1))
    error = population * sqrt(variance / sample * (1 - sample / population))
    return Estimate(value, floor(value - QUANTILE * error), ceil(value + QUANTILE * error))
