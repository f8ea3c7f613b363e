"""The deadlines of a decision as a picture: a bar for each window, on one scale, and the present as a line.

Beside the windows that clauses read, the time for what is missing is a bar of its own: it is what people are waiting for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from adjudicator.explain.view import View, capitalised
from adjudicator.model.time import SECOND, Instant
from adjudicator.rulebook import drawing
from adjudicator.words import Words

WIDTH: Final = 320
MARGIN: Final = 6
ROW: Final = 32
HEAD: Final = 22
TEXT: Final = 9
"""The size of a date."""


@frozen
class Day:
    """A date in the picture: where it stands, and which side of it stands there (``text-anchor``)."""

    x: float
    anchor: str
    text: str


@frozen(kw_only=True)
class Bar:
    """A window: its place in the picture, what it is about, and when it ends, in the zone of the rule and in that of the customer."""

    y: int
    x: float
    width: float
    elapsed: float
    is_open: bool
    days: tuple[Day, ...]
    label: str
    end: str
    left: str
    elsewhere: str


@frozen(kw_only=True)
class Timeline:
    """A picture of ``width`` by ``height`` units; ``now`` is the place of the present."""

    width: int
    height: int
    now: float
    bars: tuple[Bar, ...]


@frozen(kw_only=True)
class _Window:
    """Something that ends: ``last`` is the last instant that is in time."""

    start: Instant
    last: Instant
    label: str
    left: str


def timeline(view: View, now: Instant, zone: dt.tzinfo | None) -> Timeline | None:
    """The windows that clauses read, and until when what is missing can be supplied; ``None`` if nothing ends.

    A window that several lines share appears once.
    """
    windows = sorted((*_read_by_clauses(view, now), *_for_answers(view, now)), key=lambda each: each.last)
    if not windows:
        return None
    start = min(now, *(each.start for each in windows))
    end = max(now, *(each.last for each in windows))
    scale = (WIDTH - 2 * MARGIN) / max(1, end - start)

    def place(moment: int) -> float:
        return round(MARGIN + (moment - start) * scale, 1)

    def bar(number: int, each: _Window) -> Bar:
        x = place(each.start)
        width = max(2.0, round(place(each.last) - x, 1))
        sign = f"{number} · " if len(windows) > 1 else ""
        return Bar(
            y=HEAD + (number - 1) * ROW,
            x=x,
            width=width,
            elapsed=max(0.0, round(place(min(now, each.last)) - x, 1)),
            is_open=now <= each.last,
            days=_days(x, x + width, sign, view.words.day(each.start), view.words.day(each.last)),
            label=each.label,
            end=capitalised(view.words.end(each.last)),
            left=each.left,
            elsewhere=elsewhere(view.words, each.last, zone),
        )

    bars = tuple(bar(number, each) for number, each in enumerate(windows, 1))
    return Timeline(width=WIDTH, height=HEAD + len(bars) * ROW, now=place(now), bars=bars)


def _read_by_clauses(view: View, now: Instant) -> Iterator[_Window]:
    windows = {(each.counted_from, each.starts_at, each.ends_at): each for each in view.decision.deadlines}
    for each in windows.values():
        left = view.words.time_left(each, now)
        yield _Window(start=each.starts_at, last=each.last_instant, label=view.words.restated(each.clause), left=left)


def _for_answers(view: View, now: Instant) -> Iterator[_Window]:
    """Until when what is missing can be supplied, from the decision on that asks for it; once for each end."""
    for due in dict.fromkeys(each.due_at for each in view.decision.requests if each.due_at is not None):
        is_open = now <= due
        left = view.words.duration((due - now) // SECOND) if is_open else ""
        yield _Window(
            start=min(view.decision.as_of, due),
            last=due,
            label=view.say("panel.answers_due"),
            left=view.say("letter.left", left=left) if is_open else view.say("panel.over"),
        )


def _days(start: float, end: float, sign: str, first: str, last: str) -> tuple[Day, ...]:
    """The dates of a bar, above its ends; of a bar that is too short for two, both in one, where the picture has room for it."""
    if _width(sign + first) + TEXT + _width(last) <= end - start:
        return Day(start, "start", sign + first), Day(end, "end", last)
    both = sign + (first if first == last else f"{first} – {last}")
    if start + _width(both) <= WIDTH:
        return (Day(start, "start", both),)
    return (Day(max(end, _width(both)), "end", both),)


def _width(text: str) -> float:
    return drawing.width(text, TEXT)


def elsewhere(words: Words, moment: Instant, zone: dt.tzinfo | None) -> str:
    """An instant in the customer's zone; empty if the clocks there show the same."""
    if zone is None or moment.datetime(zone).utcoffset() == moment.datetime(words.zone).utcoffset():
        return ""
    return words.moment_in(moment, zone)
