"""Contracts on time: days, windows, and the periods that the policies set."""

from __future__ import annotations

import datetime as dt

from adjudicator.model.enumerations import Category
from adjudicator.model.facts import Failed
from adjudicator.model.time import Instant, Window, day_of, start_of_day, within_days, within_hours
from douyin_alliance.admission import no_evasion_penalty_in_365_days
from douyin_alliance.case import Penalty, PenaltyRule
from douyin_global.authenticity import filed_within_ninety_days, ninety_days
from douyin_global.damage import damage_window, filed_within_the_damage_window
from symbolic import plainly
from symbolic.bounds import FARTHEST_DAY, an_instant

HOLIDAYS = (dt.date(2022, 10, 1), dt.date(2022, 10, 2), dt.date(2022, 10, 3))
FIRST_HOLIDAY = 19_266
"""1 October 2022, in days after 1970-01-01."""


def a_moment_lies_between_two_midnights(moment: int) -> None:
    """The number of a day is that of the last midnight before it."""
    assert an_instant(moment)
    day = day_of(Instant(moment))
    assert day == plainly.midnights_by(moment)
    assert plainly.midnight(day) <= moment
    assert moment < plainly.midnight(day + 1)


def a_day_begins_where_the_one_before_ends(day: int) -> None:
    """The first instant of a day belongs to it, and the instant before to the day before."""
    assert -FARTHEST_DAY <= day <= FARTHEST_DAY
    start = start_of_day(day)
    assert start == plainly.midnight(day)
    assert day_of(start) == day
    assert day_of(Instant(start - 1)) == day - 1


def hours_are_elapsed_time(start: int, hours: int, moment: int) -> None:
    """A window of hours contains moments up to and including that much elapsed time."""
    assert an_instant(start)
    assert an_instant(moment)
    assert 0 <= hours <= 24 * FARTHEST_DAY
    window = within_hours("signed_at", Instant(start), hours)
    assert (Instant(moment) in window) == plainly.in_time_by_hours(start, hours, moment)


def days_are_midnights(start: int, days: int, moment: int) -> None:
    """A window of days ends before the midnight after its last day."""
    assert an_instant(start)
    assert an_instant(moment)
    assert 0 <= days <= FARTHEST_DAY
    window = within_days("completed_at", Instant(start), days)
    assert (Instant(moment) in window) == plainly.in_time_by_days(start, days, moment)
    assert window.last_instant + 1 == plainly.midnight(plainly.midnights_by(start) + days + 1)


def a_last_day_gives_way_to_the_next_that_is_free(start: int, first: bool, second: bool, third: bool) -> None:
    """Any of three days can be holidays: the last day is not one, and all days it was moved over are."""
    assert FIRST_HOLIDAY - 2 <= plainly.midnights_by(start) + 90 <= FIRST_HOLIDAY + 4
    due = plainly.midnights_by(start) + 90
    free = (not first, not second, not third)
    holidays = frozenset(day for day, is_free in zip(HOLIDAYS, free, strict=True) if not is_free)
    numbers = [FIRST_HOLIDAY + place for place, is_free in enumerate(free) if not is_free]
    window = within_days("completed_at", Instant(start), 90, rolls_over=holidays)
    last = plainly.midnights_by(window.last_instant)
    assert window.last_instant + 1 == plainly.midnight(last + 1)
    assert last >= due
    assert last not in numbers
    assert all(day in numbers for day in range(due, last))


def a_window_ends_with_its_last_instant(ends_at: int, includes_end: bool, moment: int) -> None:
    """A moment is in time up to the last instant. The end itself is in time if the window includes it."""
    assert an_instant(ends_at)
    assert an_instant(moment)
    window = Window("signed_at", Instant(0), Instant(ends_at), includes_end)
    in_time = moment < ends_at or (includes_end and moment == ends_at)
    assert (Instant(moment) in window) == in_time
    assert (window.last_instant >= moment) == in_time


def a_margin_is_in_whole_seconds(ends_at: int, includes_end: bool, moment: int) -> None:
    """Whole seconds up to the last instant; negative exactly if it is too late."""
    assert an_instant(ends_at)
    assert an_instant(moment)
    window = Window("signed_at", Instant(0), Instant(ends_at), includes_end)
    margin = window.margin(Instant(moment))
    assert moment + margin * plainly.A_SECOND <= window.last_instant
    assert window.last_instant < moment + (margin + 1) * plainly.A_SECOND
    assert (margin >= 0) == (Instant(moment) in window)


def authenticity_is_claimed_within_ninety_midnights(success: int, filed_at: int) -> None:
    """DG.1.3(2)."""
    assert an_instant(success)
    assert an_instant(filed_at)
    window = ninety_days(Instant(success), False, frozenset())
    assert filed_within_ninety_days(Instant(filed_at), window) == plainly.in_time_by_days(success, 90, filed_at)


def damage_is_claimed_within_72_hours_or_24(category: Category, signing: int, filed_at: int) -> None:
    """DG.3.3(2)."""
    assert an_instant(signing)
    assert an_instant(filed_at)
    eaten_or_drunk = category in (Category.FOOD, Category.MILK_POWDER, Category.ALCOHOL)
    in_time = plainly.in_time_by_hours(signing, 24 if eaten_or_drunk else 72, filed_at)
    assert filed_within_the_damage_window(Instant(filed_at), damage_window(category, Instant(signing))) == in_time


def a_penalty_counts_for_365_days(one: int, other: int, other_is_evasive: bool, as_of: int) -> None:
    """DA.1(9), for a shop with two penalties. The second is under the same rule or another one."""
    assert an_instant(as_of)
    assert an_instant(one)
    assert an_instant(other)
    assert one <= as_of
    assert other <= as_of
    rule = PenaltyRule.EVASIVE_INFORMATION if other_is_evasive else PenaltyRule.OTHER
    penalties = (
        Penalty(rule=PenaltyRule.EVASIVE_INFORMATION, imposed_at=Instant(one)),
        Penalty(rule=rule, imposed_at=Instant(other)),
    )
    found = no_evasion_penalty_in_365_days(penalties, Instant(as_of))
    counted = [one, other] if other_is_evasive else [one]
    if any(plainly.in_time_by_days(imposed_at, 365, as_of) for imposed_at in counted):
        assert isinstance(found, Failed)
        assert found.changes_at is not None
        assert not any(plainly.in_time_by_days(imposed_at, 365, found.changes_at) for imposed_at in counted)
        assert any(plainly.in_time_by_days(imposed_at, 365, found.changes_at - 1) for imposed_at in counted)
    else:
        assert found is True
