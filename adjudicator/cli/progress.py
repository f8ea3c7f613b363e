"""The progress of work on many cases, shown on standard error."""

from __future__ import annotations

import sys
from time import monotonic
from typing import Final

from adjudicator.bulk.runs import Progress
from adjudicator.cli.streams import COMMAND, write_errors

SECONDS_BETWEEN_LINES: Final = 10.0
"""How often the progress is reported where it cannot be overwritten."""


def is_wanted(progress: bool | None) -> bool:
    """Whether to show progress: as asked, or else in a terminal."""
    return sys.stderr is not None and (sys.stderr.isatty() if progress is None else progress)


class Meter:
    """Shows the progress on standard error: on one line of a terminal, or now and then on a line of its own."""

    def __init__(self, is_wanted: bool) -> None:
        self._is_wanted = is_wanted
        self._overwrites = is_wanted and sys.stderr.isatty()
        self._next = 0.0
        self._is_open = False

    def show(self, progress: Progress) -> None:
        """Show the progress, unless that was done a moment ago."""
        if not self._is_wanted or (not self._overwrites and monotonic() < self._next):
            return
        self._next = monotonic() + SECONDS_BETWEEN_LINES
        line = progress_line(progress)
        if self._overwrites:
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()
            self._is_open = True
        else:
            write_errors((f"{COMMAND.get()}: {line}",))

    def __enter__(self) -> Meter:
        return self

    def __exit__(self, *_: object) -> None:
        """End the line, so that a message does not run on from it."""
        if self._is_open:
            write_errors(("",))


def progress_line(progress: Progress) -> str:
    """The progress in words."""
    done = f"{progress.cases:,} cases"
    share = "" if progress.share is None else f", {progress.share:.0%}"
    left = progress.seconds_left
    return f"{done}{share}, {progress.rate:,.0f} a second{'' if left is None else f', {_duration(left)} left'}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
