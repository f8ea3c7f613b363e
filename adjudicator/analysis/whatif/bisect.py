"""Turning points: where, along a scale, what is found changes. Found by halving, exact to the unit of the scale."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Final, Generic, TypeVar

from attrs import frozen

from adjudicator.model.time import SECOND, Instant

K = TypeVar("K")


@frozen
class Scale:
    """How the values of a type are counted and written: instants by the second, numbers by the unit, decimals by their digits."""

    count: Callable[[Any], int]
    """The last step that is not beyond a value."""
    written: Callable[[int], Any]
    """A step, as it stands in JSON."""


INSTANTS: Final = Scale(lambda moment: moment // SECOND, lambda count: str(Instant(count * SECOND)))
WHOLE_NUMBERS: Final = Scale(int, int)


def decimals(held: Decimal | None) -> Scale:
    """Steps of a hundredth, or finer where a value is."""
    exponent = Decimal(0) if held is None else held
    digits = max(2, -int(exponent.as_tuple().exponent))
    return Scale(
        lambda value: int(Decimal(value).scaleb(digits).to_integral_value(ROUND_FLOOR)),
        lambda count: f"{Decimal(count).scaleb(-digits):f}",
    )


@frozen
class Stretch(Generic[K]):
    """Steps from ``first`` to ``last``, both among them, at which the same was found."""

    first: int
    last: int
    found: K

    def nearest(self, count: int) -> int:
        """Its step that is nearest to another one."""
        return min(max(count, self.first), self.last)


def stretches(points: Iterable[int], find: Callable[[int], K | None]) -> tuple[Stretch[K], ...]:
    """What is found along a scale, stretch by stretch.

    ``find`` is asked at the points given, and between two neighbours that differ until the turning point is found. What turns
    and turns back between two neighbours is not seen. ``None`` says that a step cannot be: it belongs to no stretch.
    """
    along: list[Stretch[K]] = []
    for point in sorted(set(points)):
        result = find(point)
        if result is None:
            continue
        if along:
            for each in _between((along[-1].last, along[-1].found), (point, result), find):
                _extend(along, *each)
        _extend(along, point, result)
    return tuple(along)


def _extend(stretches: list[Stretch[K]], point: int, result: K) -> None:
    if stretches and stretches[-1].found == result:
        stretches[-1] = Stretch(stretches[-1].first, point, result)
    else:
        stretches.append(Stretch(point, point, result))


def _between(one: tuple[int, K], other: tuple[int, K], find: Callable[[int], K | None]) -> Iterable[tuple[int, K]]:
    """Between two points that differ, the last step before each turn and the first after it."""
    (low, before), (high, after) = one, other
    if before == after or high - low < 2:
        return
    middle = (low + high) // 2
    result = find(middle)
    if result is None:
        return
    yield from _between(one, (middle, result), find)
    yield middle, result
    yield from _between((middle, result), other, find)
