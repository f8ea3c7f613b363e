"""Bisection: where along a scale a result changes, exact to the unit of the scale."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import ROUND_FLOOR, Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, Generic, TypeVar

from attrs import frozen

from adjudicator.model.time import SECOND, Instant

K = TypeVar("K")


@frozen
class Scale:
    """A type's values as integer steps: seconds for instants, units for numbers, the last digit for decimals."""

    count: Callable[[Any], int]
    """The last step not beyond a value."""
    written: Callable[[int], Any]
    """The JSON value of a step."""


INSTANTS: Final = Scale(lambda moment: moment // SECOND, lambda count: str(Instant(count * SECOND)))
WHOLE_NUMBERS: Final = Scale(int, int)


def decimals(held: Decimal | None) -> Scale:
    """Steps of one hundredth, or finer if the current value is."""
    value = Decimal(0) if held is None else held
    digits = max(2, -int(value.as_tuple().exponent))
    return Scale(
        lambda value: int(Decimal(value).scaleb(digits).to_integral_value(ROUND_FLOOR)),
        lambda count: f"{Decimal(count).scaleb(-digits):f}",
    )


@frozen
class Stretch(Generic[K]):
    """The steps from ``first`` to ``last``, inclusive, with the same result."""

    first: int
    last: int
    found: K

    def nearest(self, count: int) -> int:
        """The step of this stretch nearest to ``count``."""
        return min(max(count, self.first), self.last)


def stretches(points: Iterable[int], find: Callable[[int], K | None]) -> tuple[Stretch[K], ...]:
    """Divide a scale into stretches with the same result.

    Calls ``find`` at ``points``, and bisects between neighbours that differ. A result that changes and changes back between two
    neighbours goes unnoticed. ``None`` marks an impossible step, which belongs to no stretch.
    """
    known: list[tuple[int, K]] = []
    for point in sorted(set(points)):
        result = find(point)
        if result is None:
            continue
        if known:
            known.extend(_turning_points(known[-1], (point, result), find))
        known.append((point, result))
    return tuple(_alike(known))


def _alike(known: Iterable[tuple[int, K]]) -> Iterator[Stretch[K]]:
    """The stretches that known results, in order, make."""
    for result, alike in groupby(known, itemgetter(1)):
        points = [point for point, _ in alike]
        yield Stretch(points[0], points[-1], result)


def _turning_points(
    one: tuple[int, K], other: tuple[int, K], find: Callable[[int], K | None]
) -> Iterable[tuple[int, K]]:
    """The last step before each change between two points, and the first step after it."""
    (low, before), (high, after) = one, other
    if before == after or high - low < 2:
        return
    middle = (low + high) // 2
    result = find(middle)
    if result is None:
        return
    yield from _turning_points(one, (middle, result), find)
    yield middle, result
    yield from _turning_points((middle, result), other, find)
