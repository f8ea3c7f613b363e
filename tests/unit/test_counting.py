"""Which calls in a function count time, and where it calculates with a parameter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from adjudicator.engine.counting import Counting, counting_in, line_of_calculation
from adjudicator.law import BEIJING, DAY, Instant, Window, day_of, start_of_day, within_days, within_hours
from adjudicator.model import calendars as time_of_calendars
from adjudicator.model import time
from adjudicator.model.time import within_days as shifted

FACT: Final = "filed_at"
ANYWHERE: Final[dict[str, Any]] = {"zone": BEIJING}


def hours(filed_at: Instant) -> Window:
    return within_hours("filed_at", filed_at, 3)


def by_name(filed_at: Instant) -> Window:
    return within_days(start=filed_at, days=3, counted_from="filed_at")


def from_a_name(filed_at: Instant) -> Window:
    return within_days(FACT, filed_at, 3, zone=BEIJING)


def of_a_module(filed_at: Instant) -> Window:
    return time.within_days("filed_at", filed_at, 3, **ANYWHERE)


def everything_elsewhere() -> Window:
    return shifted(**ANYWHERE)


def by_another_name(filed_at: Instant) -> Window:
    return shifted("filed_at", filed_at, 3)


def months_of_a_module(filed_at: Instant) -> Window:
    return time_of_calendars.within_months("filed_at", filed_at, 3)


def with_another_call(filed_at: Instant) -> Window:
    return within_hours("filed_at", Instant(of_days(filed_at)), 3)


def of_days(filed_at: Instant) -> int:
    return int(start_of_day(day_of(filed_at), BEIJING))


def of_something_else(filed_at: Instant) -> str:
    return str(filed_at)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (hours, [("within_hours", "filed_at", False)]),
        (by_name, [("within_days", "filed_at", True)]),
        (from_a_name, [("within_days", None, False)]),
        (of_a_module, [("within_days", "filed_at", False)]),
        (everything_elsewhere, [("within_days", None, False)]),
        (by_another_name, [("within_days", "filed_at", True)]),
        (months_of_a_module, [("within_months", "filed_at", True)]),
        (with_another_call, [("within_hours", "filed_at", False)]),
        (of_days, [("start_of_day", None, False), ("day_of", None, True)]),
        (of_something_else, []),
        (len, []),
    ],
)
def test_a_call_that_counts_time_says_from_what_and_in_which_zone(
    function: Callable[..., Any], expected: list[tuple[str, str | None, bool]]
) -> None:
    """Hours are the same in every zone. Only single days take the zone without its name."""
    found = [Counting(*each, function.__code__.co_firstlineno + 1) for each in expected]
    assert counting_in(function) == tuple(found)


def test_a_function_without_source_counts_nothing() -> None:
    scope = {"within_hours": within_hours}
    exec("def unseen(filed_at): return within_hours('nothing', filed_at, 3) - 1", scope)
    assert counting_in(scope["unseen"]) == ()
    assert line_of_calculation(scope["unseen"], "filed_at") is None
    assert line_of_calculation(len, "filed_at") is None


def calculated(first: int, second: int, third: int, fourth: int, fifth: int, sixth: int) -> bool:
    begins = second if first > 0 else fifth
    ends = 3 - abs(second)
    later = begins + third < ends + 1
    return later and begins < fourth < ends + DAY and fifth * 2 < fifth + 3 > sixth


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("first", None),
        ("second", 2),
        ("third", 3),
        ("fourth", 4),
        ("fifth", 4),
        ("sixth", 4),
        ("ends", 3),
        ("begins", 3),
    ],
)
def test_a_function_calculates_with_a_parameter_on_a_line(name: str, line: int | None) -> None:
    """Also with the result of a call, and by comparing it with something calculated; comparing alone is nothing."""
    begins = calculated.__code__.co_firstlineno
    assert line_of_calculation(calculated, name) == (None if line is None else begins + line)
