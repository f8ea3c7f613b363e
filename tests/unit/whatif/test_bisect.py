"""Bisection finds where a result changes, to the step, without looking at every step."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from adjudicator.analysis.whatif.bisect import INSTANTS, WHOLE_NUMBERS, Stretch, decimals, stretches
from adjudicator.model.time import SECOND, Instant


def looked_at(find: Callable[[int], Any], *points: int) -> tuple[tuple[Stretch[Any], ...], list[int]]:
    """The stretches, and the steps at which the result was asked for."""
    asked: list[int] = []

    def counted(step: int) -> Any:
        asked.append(step)
        return find(step)

    return stretches(points, counted), asked


def test_where_a_result_changes_is_found_to_the_step() -> None:
    found, asked = looked_at(lambda step: "late" if step > 700 else "early", 0, 1_000_000)
    assert found == (Stretch(0, 700, "early"), Stretch(701, 1_000_000, "late"))
    assert len(asked) == 22


def test_a_stretch_goes_on_where_the_result_is_the_same() -> None:
    found, asked = looked_at(lambda _: "same", 9, 0, 4, 4)
    assert found == (Stretch(0, 9, "same"),)
    assert asked == [0, 4, 9]


def test_each_of_several_changes_between_two_points_is_found_if_the_middle_shows_them() -> None:
    found, _ = looked_at(lambda step: min(step // 40, 2), 0, 100)
    assert found == (Stretch(0, 39, 0), Stretch(40, 79, 1), Stretch(80, 100, 2))


@pytest.mark.parametrize(("low", "high"), [(4, 5), (4, 6), (3, 5)])
def test_neighbours_that_differ_need_no_more_looks_than_there_are_steps_between_them(low: int, high: int) -> None:
    found, asked = looked_at(lambda step: step > 4, low, high)
    assert found == (Stretch(low, 4, False), Stretch(5, high, True))
    assert len(asked) == high - low + 1


def test_an_impossible_step_belongs_to_no_stretch() -> None:
    found, asked = looked_at(lambda step: None if step == 5 else step > 5, 4, 5, 6)
    assert found == (Stretch(4, 4, False), Stretch(6, 6, True))
    assert asked == [4, 5, 6, 5]


def test_no_stretch_is_left_where_every_step_is_impossible() -> None:
    assert looked_at(lambda _: None, 1, 2) == ((), [1, 2])


@pytest.mark.parametrize(("count", "nearest"), [(1, 3), (3, 3), (4, 4), (6, 6), (9, 6)])
def test_the_nearest_step_of_a_stretch(count: int, nearest: int) -> None:
    assert Stretch(3, 6, "found").nearest(count) == nearest


def test_instants_have_steps_of_a_second() -> None:
    assert INSTANTS.count(Instant(7 * SECOND + 1)) == 7
    assert INSTANTS.written(7) == str(Instant(7 * SECOND))


def test_numbers_are_their_own_steps() -> None:
    assert (WHOLE_NUMBERS.count(7), WHOLE_NUMBERS.written(7)) == (7, 7)


@pytest.mark.parametrize(
    ("held", "value", "count", "written"),
    [
        (None, "1.5", 150, "1.50"),
        (Decimal(4), "0.019", 1, "0.01"),
        (Decimal("0.125"), "-0.0001", -1, "-0.001"),
        (Decimal("1e3"), "10000000", 1_000_000_000, "10000000.00"),
    ],
)
def test_decimals_have_steps_of_a_hundredth_or_finer(
    held: Decimal | None, value: str, count: int, written: str
) -> None:
    scale = decimals(held)
    assert (scale.count(Decimal(value)), scale.written(count)) == (count, written)
