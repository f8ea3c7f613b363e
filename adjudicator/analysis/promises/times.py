"""Promises of time, held against the windows of a decision."""

from __future__ import annotations

from adjudicator.analysis.promises.books import Books
from adjudicator.analysis.promises.results import Cause, Owed, Promise, Time
from adjudicator.analysis.promises.rulings import Ruling, agreed, cannot_judge, refused
from adjudicator.model.time import DAY, HOUR, SECOND, Instant, date_of, day_of


def of_a_deadline(promise: Promise, books: Books) -> Ruling:
    """Until when the customer can send or file something."""
    windows = tuple(books.windows(promise.line_ids))
    time = promise.time
    if time is None:
        return cannot_judge(Cause.UNREADABLE, windows)
    if not windows:
        return cannot_judge(Cause.NOT_DECIDED_HERE)
    if time.length is not None:
        is_one = time.length in _lengths(books)
        return agreed(windows) if is_one else cannot_judge(Cause.NOT_DECIDED_HERE, windows)
    is_exact = [_is_meant(time, each) for each in windows]
    if any(is_exact):
        return _unless_it_has_two_readings(time, windows)
    if time.before_day and any(each.until == time.latest + 1 for each in windows):
        return refused(Cause.DAY_INCLUDED, windows)
    return refused(Cause.WRONG_DEADLINE, windows)


def of_a_due_date(promise: Promise, books: Books) -> Ruling:
    """When we pay, answer or look at it again: a decision says only the last of these."""
    again, time = books.decision.reconsider_at, promise.time
    if again is not None and time is not None and time.length is None and _ends(time, again):
        return agreed((Owed("reconsider", None, None, again, None, ()),))
    return cannot_judge(Cause.NOT_DECIDED_HERE)


def _is_meant(time: Time, window: Owed) -> bool:
    return window.until is not None and _ends(time, window.until)


def _ends(time: Time, last: Instant) -> bool:
    """Whether a time ends at the last instant that is in time, or at the first that is late."""
    names_a_moment = time.latest - time.earliest < HOUR
    return time.earliest <= last <= time.latest or (names_a_moment and time.earliest <= last + 1 <= time.latest)


def _unless_it_has_two_readings(time: Time, windows: tuple[Owed, ...]) -> Ruling:
    """A time that may mean the last day or the day before it promises the right thing only in one reading."""
    untils = [each.until for each in windows if each.until is not None and _ends(time, each.until)]
    has_two = time.latest - time.earliest >= DAY and not any(day_of(each) == day_of(time.latest) for each in untils)
    if not has_two:
        return agreed(windows)
    return cannot_judge(Cause.DAY_LEFT_OUT if time.before_day else Cause.INEXACT, windows)


def exact_words(time: Time, reading: Cause) -> str | None:
    """What to write instead of "before" a day, in Chinese as the reply, for the reading that is right; ``None`` for any other cause."""
    ends = {Cause.DAY_INCLUDED: time.latest, Cause.DAY_LEFT_OUT: time.earliest}.get(reading)
    if ends is None:
        return None
    day = date_of(day_of(ends))
    return f"{day.year}年{day.month}月{day.day}日24:00前"


def _lengths(books: Books) -> frozenset[int]:
    """How long the windows are: in hours, or in whole days behind the first."""
    lengths = set()
    for each in books.decision.deadlines:
        exact = each.ends_at - each.starts_at
        lengths.add(
            exact // SECOND * SECOND
            if each.includes_end
            else (day_of(each.last_instant) - day_of(each.starts_at)) * DAY
        )
    return frozenset(lengths)
