"""Calendars: windows of months and of working days."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final

from attrs import field, frozen

from adjudicator.model.facts import NotCovered
from adjudicator.model.time import BEIJING, Instant, Window, date_of, day_at, day_of, until_the_end_of

MOST_DAYS: Final = 366 * 200
"""The longest span of a calendar of working days."""


def _dates(days: Iterable[dt.date]) -> frozenset[dt.date]:
    return frozenset(days)


@frozen(kw_only=True)
class WorkingDays:
    """The working days from ``first`` to ``last``, the days for which a calendar was announced.

    Every day counts except those of the ``weekend`` (Monday is 0) and ``holidays``; weekend days in ``worked`` do count. Raises
    :class:`ValueError` for days out of these bounds, and for a day that is both a holiday and worked.
    """

    first: dt.date
    last: dt.date
    holidays: AbstractSet[dt.date] = field(default=frozenset(), converter=_dates)
    worked: AbstractSet[dt.date] = field(default=frozenset(), converter=_dates)
    weekend: AbstractSet[int] = frozenset(
        {5, 6}
    )  # as calendar has them; it is imported late, because it loads the locale
    _days: tuple[int, ...] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        if not 0 <= (self.last - self.first).days < MOST_DAYS:
            raise ValueError(
                f"working days run from a first to a last day within 200 years, not {self.first} to {self.last}"
            )
        if outside := sorted(day for day in self.holidays | self.worked if not self.covers(day)):
            raise ValueError(f"{outside[0]} is not among the days from {self.first} to {self.last}")
        if both := sorted(self.holidays & self.worked):
            raise ValueError(f"{both[0]} is both a holiday and worked")
        if not set(self.weekend) < set(range(7)):
            raise ValueError(
                f"the weekend {sorted(self.weekend)} is not made of some days from 0, Monday, to 6, Sunday"
            )
        days = range(day_at(self.first), day_at(self.last) + 1)
        object.__setattr__(self, "_days", tuple(day for day in days if self._is_worked(date_of(day))))

    def covers(self, day: dt.date) -> bool:
        """Whether the calendar includes a day."""
        return self.first <= day <= self.last

    def after(self, day: int, count: int) -> int | None:
        """The ``count``-th working day after a day (see :func:`~adjudicator.model.time.day_of`); ``None`` beyond the calendar."""
        place = bisect_right(self._days, day) + count - 1
        return self._days[place] if self.covers(date_of(day)) and place < len(self._days) else None

    def _is_worked(self, day: dt.date) -> bool:
        return day in self.worked or (day.weekday() not in self.weekend and day not in self.holidays)


def within_months(
    counted_from: str,
    start: Instant,
    months: int,
    *,
    rolls_over: AbstractSet[dt.date] = frozenset(),
    zone: dt.tzinfo = BEIJING,
) -> Window:
    """A window to 24:00 of the same day of the month as ``start``, ``months`` months later.

    If that month has no such day, the window ends on its last day. If the last day is in ``rolls_over``, it moves to the next that
    is not.
    """
    from calendar import monthrange  # noqa: PLC0415 - see above

    date = date_of(day_of(start, zone))
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    last = dt.date(year, month + 1, min(date.day, monthrange(year, month + 1)[1]))
    return until_the_end_of(counted_from, start, day_at(last), rolls_over, zone)


def within_working_days(
    counted_from: str, start: Instant, days: int, working: WorkingDays, *, zone: dt.tzinfo = BEIJING
) -> Window | NotCovered:
    """A window of ``days`` working days after the day of ``start``, to 24:00 of the last one.

    If it reaches beyond the calendar, a person must judge.
    """
    last = working.after(day_of(start, zone), days)
    if last is None:
        return NotCovered("beyond_the_calendar")
    return until_the_end_of(counted_from, start, last, frozenset(), zone)
