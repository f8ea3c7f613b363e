"""The deadlines of a decision as a picture: a bar for each window, on one scale, and the present as a line."""

from __future__ import annotations

import datetime as dt
from typing import Final

from attrs import frozen

from adjudicator.explain.view import View, capitalised
from adjudicator.model.time import Instant
from adjudicator.words import Words

WIDTH: Final = 320
MARGIN: Final = 6
ROW: Final = 32
HEAD: Final = 22


@frozen(kw_only=True)
class Bar:
    """A window: its place in the picture, what it is about, and when it ends, in the zone of the rule and in that of the customer."""

    y: int
    x: float
    width: float
    elapsed: float
    is_open: bool
    first_day: str
    last_day: str
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


def timeline(view: View, now: Instant, zone: dt.tzinfo | None) -> Timeline | None:
    """The windows that clauses read; a window shared by several lines appears once. ``None`` if there are none."""
    windows = {(each.counted_from, each.starts_at, each.ends_at): each for each in view.decision.deadlines}
    if not windows:
        return None
    ordered = sorted(windows.values(), key=lambda each: each.last_instant)
    start = min(now, *(each.starts_at for each in ordered))
    end = max(now, *(each.last_instant for each in ordered))
    scale = (WIDTH - 2 * MARGIN) / max(1, end - start)

    def place(moment: int) -> float:
        return round(MARGIN + (moment - start) * scale, 1)

    bars = tuple(
        Bar(
            y=HEAD + number * ROW,
            x=place(each.starts_at),
            width=max(2.0, round(place(each.last_instant) - place(each.starts_at), 1)),
            elapsed=max(0.0, round(place(min(now, each.last_instant)) - place(each.starts_at), 1)),
            is_open=now <= each.last_instant,
            first_day=view.words.day(each.starts_at),
            last_day=view.words.day(each.last_instant),
            label=view.words.restated(each.clause),
            end=capitalised(view.words.end(each.last_instant)),
            left=view.words.time_left(each, now),
            elsewhere=elsewhere(view.words, each.last_instant, zone),
        )
        for number, each in enumerate(ordered)
    )
    return Timeline(width=WIDTH, height=HEAD + len(bars) * ROW, now=place(now), bars=bars)


def elsewhere(words: Words, moment: Instant, zone: dt.tzinfo | None) -> str:
    """An instant in the customer's zone; empty if the clocks there show the same."""
    if zone is None or moment.datetime(zone).utcoffset() == moment.datetime(words.zone).utcoffset():
        return ""
    return words.moment_in(moment, zone)
