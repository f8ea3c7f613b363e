"""Months, working days, and the days of other zones than Beijing's."""

from __future__ import annotations

import calendar
import datetime as dt
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adjudicator.model.calendars import WorkingDays, within_months, within_working_days
from adjudicator.model.facts import NotCovered
from adjudicator.model.time import BEIJING, HOUR, Instant, Window, date_of, day_at, day_of, start_of_day, within_days

PARIS = ZoneInfo("Europe/Paris")
ZONES = [
    BEIJING,
    dt.UTC,
    PARIS,
    *map(ZoneInfo, ("America/New_York", "America/Sao_Paulo", "Pacific/Apia", "Asia/Beirut")),
]
GOLDEN_WEEK = frozenset(dt.date(2024, 10, day) for day in (1, 2, 3, 4, 7))
CHINA_IN_2024 = WorkingDays(
    first=dt.date(2024, 1, 1),
    last=dt.date(2024, 12, 31),
    holidays=GOLDEN_WEEK,
    worked={dt.date(2024, 9, 29), dt.date(2024, 10, 12)},
)


def at(date: dt.date, hour: int = 12, zone: dt.tzinfo = BEIJING) -> Instant:
    """An hour of a day."""
    return Instant.at(dt.datetime.combine(date, dt.time(hour), zone))


def last_day_of(window: Window, zone: dt.tzinfo = BEIJING) -> dt.date:
    """The last day of a window."""
    assert start_of_day(day_of(window.last_instant, zone) + 1, zone) == window.ends_at
    return date_of(day_of(window.last_instant, zone))


def raised_by(**fields: Any) -> str:
    """The error of a calendar for January 2024 with changes."""
    with pytest.raises(ValueError, match=r"day|weekend|worked") as raised:
        WorkingDays(**{"first": dt.date(2024, 1, 1), "last": dt.date(2024, 1, 31)} | fields)
    return str(raised.value)


# Zones


@given(date=st.dates(dt.date(1990, 1, 1), dt.date(2037, 1, 1)), hour=st.integers(0, 23), zone=st.sampled_from(ZONES))
def test_a_day_of_a_zone_begins_at_its_first_instant(date: dt.date, hour: int, zone: dt.tzinfo) -> None:
    """Even if clocks change at midnight or a day is skipped: the microsecond before belongs to the previous day."""
    instant = at(date, hour, dt.UTC)
    day = day_of(instant, zone)
    first = start_of_day(day, zone)
    assert first <= instant
    assert day_of(first, zone) == day
    assert day_of(Instant(first - 1), zone) < day


def test_a_window_of_days_ends_at_midnight_of_its_zone() -> None:
    """And begins on the day of its zone: it is the 30th in Beijing already. Clocks go forward in Paris on the last day."""
    window = within_days("signed_at", at(dt.date(2024, 3, 29), 20, PARIS), 2, zone=PARIS)
    assert window.ends_at == Instant.parse("2024-04-01T00:00:00+02:00")
    assert window.ends_at - start_of_day(day_at(dt.date(2024, 3, 31)), PARIS) == 23 * HOUR
    assert within_days("signed_at", window.starts_at, 2).ends_at == Instant.parse("2024-04-02T00:00:00+08:00")


# Months


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2024-01-15", 1, "2024-02-15"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-10-31", 4, "2025-02-28"),
        ("2024-02-29", 1, "2024-03-29"),
        ("2024-12-31", 0, "2024-12-31"),
    ],
)
def test_a_window_of_months_ends_on_the_day_with_the_same_number(start: str, months: int, last: str) -> None:
    """Or on the last day of a shorter month. The end of one month is not tied to the end of the next."""
    window = within_months("signed_at", at(dt.date.fromisoformat(start)), months)
    assert last_day_of(window).isoformat() == last


@given(
    date=st.dates(dt.date(1990, 1, 1), dt.date(2099, 1, 1)), months=st.integers(0, 600), zone=st.sampled_from(ZONES[:4])
)
def test_months_go_by_the_end_of_month_rule(date: dt.date, months: int, zone: dt.tzinfo) -> None:
    """The day of the month is kept unless the month is too short, and the number of months is exact."""
    last = last_day_of(within_months("signed_at", at(date, zone=zone), months, zone=zone), zone)
    assert (last.year * 12 + last.month) - (date.year * 12 + date.month) == months
    is_last_of_its_month = last.day == calendar.monthrange(last.year, last.month)[1]
    assert last.day == date.day or (last.day < date.day and is_last_of_its_month)


@given(date=st.dates(dt.date(1990, 1, 1), dt.date(2099, 1, 1)), later=st.integers(0, 40), months=st.integers(0, 60))
def test_a_later_start_never_ends_earlier(date: dt.date, later: int, months: int) -> None:
    one, other = (within_months("signed_at", at(day), months) for day in (date, date + dt.timedelta(later)))
    assert one.ends_at <= other.ends_at


def test_a_last_day_on_a_holiday_moves() -> None:
    window = within_months("signed_at", at(dt.date(2024, 9, 1)), 1, rolls_over=GOLDEN_WEEK)
    assert last_day_of(window) == dt.date(2024, 10, 5)


# Working days


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        ("2024-09-27", 1, "2024-09-29"),  # a Sunday that is a working day
        ("2024-09-30", 1, "2024-10-08"),  # over the holidays and the weekend in them
        ("2024-10-02", 1, "2024-10-08"),
        ("2024-10-11", 2, "2024-10-14"),  # a Saturday that is a working day, then Monday
        ("2024-12-30", 1, "2024-12-31"),
    ],
)
def test_working_days_pass_over_weekends_and_holidays(start: str, days: int, last: str) -> None:
    window = within_working_days("signed_at", at(dt.date.fromisoformat(start)), days, CHINA_IN_2024)
    assert isinstance(window, Window)
    assert last_day_of(window).isoformat() == last


@given(
    start=st.dates(dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
    days=st.integers(1, 300),
    holidays=st.frozensets(st.dates(dt.date(2024, 1, 1), dt.date(2024, 12, 31)), max_size=30),
)
def test_working_days_are_counted_one_by_one(start: dt.date, days: int, holidays: frozenset[dt.date]) -> None:
    """As you would count them on a wall calendar, until it ends."""
    working = WorkingDays(first=dt.date(2024, 1, 1), last=dt.date(2024, 12, 31), holidays=holidays)
    worked = (day for each in count(1) if is_work(day := start + dt.timedelta(each), holidays))
    for _ in range(days):
        day = next(worked)
    found = within_working_days("signed_at", at(start), days, working)
    ended_on = last_day_of(found) if isinstance(found, Window) else None
    assert ended_on == (day if day.year == 2024 else None)


def is_work(day: dt.date, holidays: frozenset[dt.date]) -> bool:
    """Whether a day is neither on a weekend nor a holiday."""
    return day.weekday() < 5 and day not in holidays


@pytest.mark.parametrize("start", ["2023-12-31", "2024-12-31", "2025-01-01"])
def test_nothing_is_calculated_beyond_the_calendar(start: str) -> None:
    """Neither from a day that it does not cover, nor to one."""
    found = within_working_days("signed_at", at(dt.date.fromisoformat(start)), 1, CHINA_IN_2024)
    assert found == NotCovered("beyond_the_calendar")


def test_an_invalid_calendar_is_refused() -> None:
    """The error names the day."""
    assert "not 2024-01-01 to 2023-12-31" in raised_by(last=dt.date(2023, 12, 31))
    assert "within 200 years" in raised_by(last=dt.date(2400, 1, 1))
    assert raised_by(holidays={dt.date(2024, 2, 1)}) == "2024-02-01 is not among the days from 2024-01-01 to 2024-01-31"
    assert raised_by(worked={dt.date(2024, 1, 6)}, holidays={dt.date(2024, 1, 6)}).startswith("2024-01-06 is both")
    assert "weekend [7]" in raised_by(weekend={7})
    assert "weekend [0, 1, 2, 3, 4, 5, 6]" in raised_by(weekend=range(7))
