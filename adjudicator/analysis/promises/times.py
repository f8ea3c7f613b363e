"""Promises of time, held against the windows of a decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adjudicator.analysis.closing import is_closed, lines_to_file_anew
from adjudicator.analysis.promises.books import WINDOW, Books
from adjudicator.analysis.promises.results import Cause, End, Owed, Promise, Time, Verdict
from adjudicator.analysis.promises.rulings import Ruling, agreed, cannot_judge, refused
from adjudicator.model.decision import Decision, Outcome
from adjudicator.model.finding import Effect
from adjudicator.model.time import DAY, HOUR, SECOND, Instant, date_of, day_of, start_of_day


def of_a_deadline(promise: Promise, books: Books) -> Ruling:
    """Until when the customer can send or file something."""
    windows = tuple(books.windows(promise.line_ids))
    time = promise.time
    if promise.ends:
        return _of_the_end(promise.ends, windows, books)
    if time is None:
        return cannot_judge(Cause.UNREADABLE, windows)
    if not windows:
        return cannot_judge(Cause.NOT_DECIDED_HERE)
    if time.length is not None:
        is_one = time.length in _lengths(books)
        return agreed(windows) if is_one else cannot_judge(Cause.NOT_DECIDED_HERE, windows)
    lasts = ((_last(window), window.until) for window in windows)
    ends = [last for last, until in lasts if last is not None and (_ends(time, last) or time.earliest == until)]
    if not ends:
        return refused(Cause.WRONG_DEADLINE, windows)
    return _unless_it_has_two_readings(time, ends, windows)


def _of_the_end(ends: Iterable[End], windows: tuple[Owed, ...], books: Books) -> Ruling:
    """That evidence cannot be sent or claims cannot be filed any more. What is said to be over has all to be over."""
    rulings = [_of_evidence(windows, books) if end is End.EVIDENCE else _of_claims(windows, books) for end in ends]
    owed = tuple(dict.fromkeys(each for ruling in rulings for each in ruling.owed))
    verdicts = {ruling.verdict for ruling in rulings}
    if Verdict.REFUSED in verdicts:
        return refused(Cause.WRONG_DEADLINE, owed)
    return cannot_judge(Cause.NOT_DECIDED_HERE, owed) if Verdict.CANNOT_JUDGE in verdicts else agreed(owed)


def _of_evidence(windows: tuple[Owed, ...], books: Books) -> Ruling:
    """That no evidence can be sent any more: only the case says until when it can be, unless nothing can be proven."""
    requests = tuple(each for each in windows if each.what != WINDOW)
    if _open(requests, books):
        return refused(Cause.WRONG_DEADLINE, requests)
    closes_at = books.particulars.evidence_closes_at
    has_closed = closes_at is not None and closes_at < books.decision.as_of
    if has_closed or is_closed(books.decision) or _is_too_late(books.decision):
        return agreed(requests)
    if books.case is None or not windows:
        return cannot_judge(Cause.NOT_DECIDED_HERE, requests)
    return refused(Cause.WRONG_DEADLINE, requests)


def _is_too_late(decision: Decision) -> bool:
    """Whether every line was filed too late: no evidence changes that."""
    clauses = {each.clause for each in decision.deadlines}
    late = {each.line_id for each in decision.findings if each.effect is Effect.DEFEATS and each.clause in clauses}
    return bool(decision.lines) and all(
        each.outcome is Outcome.DENIED and each.line_id in late for each in decision.lines
    )


def _of_claims(windows: tuple[Owed, ...], books: Books) -> Ruling:
    """That no claim can be filed any more."""
    filing = tuple(each for each in windows if each.what == WINDOW)
    if _open(filing, books):
        return refused(Cause.WRONG_DEADLINE, filing)
    if not filing:
        return cannot_judge(Cause.NOT_DECIDED_HERE)
    return refused(Cause.WRONG_DEADLINE, filing) if lines_to_file_anew(books.decision) else agreed(filing)


def _open(windows: Iterable[Owed], books: Books) -> bool:
    return any(each.until is not None and each.until >= books.decision.as_of for each in windows)


def _last(window: Owed) -> Instant | None:
    """The last instant of a window. One that ends with the first instant of a day is told by the day before."""
    until = window.until
    return Instant(until - 1) if until is not None and until == start_of_day(day_of(until)) else until


def of_a_due_date(promise: Promise, books: Books) -> Ruling:
    """When we pay, answer or look at it again: a decision says only the last of these."""
    again, time = books.decision.reconsider_at, promise.time
    if again is not None and time is not None and time.length is None and _ends(time, again):
        return agreed((Owed("reconsider", None, None, again, None, ()),))
    return cannot_judge(Cause.NOT_DECIDED_HERE)


def _ends(time: Time, last: Instant) -> bool:
    """Whether a time ends at the last instant that is in time, or at the first that is late."""
    names_a_moment = time.latest - time.earliest < HOUR
    return time.earliest <= last <= time.latest or (names_a_moment and time.earliest <= last + 1 <= time.latest)


def _unless_it_has_two_readings(time: Time, ends: Sequence[Instant], windows: tuple[Owed, ...]) -> Ruling:
    """A time that may mean the last day or the day before it promises the right thing only in one reading.

    "Before" a day in Chinese is agreed to if the day itself is the last one, because read otherwise it promises less.
    """
    has_two = time.latest - time.earliest >= DAY and not any(day_of(each) == day_of(time.latest) for each in ends)
    if not has_two:
        return agreed(windows)
    return cannot_judge(Cause.DAY_LEFT_OUT if time.before_day else Cause.INEXACT, windows)


def exact_words(time: Time, reading: Cause) -> str | None:
    """What to write, in Chinese as the reply, if "before" a day is right only without that day; ``None`` for any other cause."""
    if reading is not Cause.DAY_LEFT_OUT:
        return None
    day = date_of(day_of(time.earliest))
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
