"""Put instants, durations, and windows with their margins into words."""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal, TypeAlias

import pendulum
from attrs import frozen
from babel.dates import format_date, format_time, get_timezone_gmt

from adjudicator.model.finding import Deadline, Margin, Unit
from adjudicator.model.time import BEIJING, SECOND, Instant, day_of, start_of_day
from adjudicator.words.languages import ENGLISH
from adjudicator.words.texts import Texts

_TimeUnit: TypeAlias = Literal["day", "hour", "minute", "second"]
_TIME_UNITS: Final[tuple[_TimeUnit, ...]] = ("day", "hour", "minute", "second")


@frozen
class Moments(Texts):
    """Formats instants, durations and margins. Unless ``exact``, they are given to the second."""

    @property
    def zone(self) -> dt.tzinfo:
        """The edition's time zone, in which days and times are given."""
        return self.edition.zone if self.edition else BEIJING

    def margin(self, margin: Margin, deadline: Deadline | None = None, reason: str = "") -> str:
        """The distance from the edge of a window, and on which side; with ``deadline``, also the start of the window.

        A pack may word what is left for a ``reason``: ``time_left.<clause>.<reason>`` and ``time_left_counted.<clause>.<reason>``.
        """
        side = "left" if margin.value > 0 else "beyond" if margin.value < 0 else "on_the_edge"
        if margin.unit is not Unit.SECONDS:
            amount = self.counted(f"unit.{margin.unit.value}", abs(margin.value))
            return self.say(f"margin.{margin.unit.value}.{side}", amount=amount)
        amount = self.duration(abs(margin.value))
        own = reason if side == "left" else ""
        if deadline is None:
            return self.first((f"time_left.{own}", f"margin.seconds.{side}"), amount=amount)
        codes = (f"time_left_counted.{own}", f"counted.{side}")
        return self.first(codes, amount=amount, **self._counted_from(deadline))

    def deadline(self, deadline: Deadline) -> str:
        """The end of a window, and what it was counted from."""
        return self.say("deadline.ends", end=self.end(deadline.last_instant), **self._counted_from(deadline))

    def time_left(self, deadline: Deadline, as_of: Instant) -> str:
        """How long a window is still open at an instant, or since when it has been closed; and what it was counted from."""
        seconds = abs(deadline.ends_at - as_of) // SECOND
        is_open = as_of <= deadline.last_instant
        side = ("left" if seconds else "on_the_edge") if is_open else ("closed" if seconds else "just_closed")
        return self.say(f"deadline.{side}", amount=self.duration(seconds), **self._counted_from(deadline))

    def _counted_from(self, deadline: Deadline) -> dict[str, str]:
        anchor = self.say(f"counted_from.{deadline.counted_from}")
        return {"anchor": anchor, "start": self.moment(deadline.starts_at)}

    def end(self, last: Instant) -> str:
        """The end of something, given its last instant; ``midnight`` if that is the end of a day."""
        if start_of_day(day_of(last, self.zone) + 1, self.zone) == last + 1:
            return self.say("end.day", day=self.day(last))
        return self.say("end.instant", moment=self.moment(last))

    def moment(self, instant: Instant) -> str:
        """An instant in the edition's zone, with seconds and fractions only if they are not zero."""
        return self.moment_in(instant, self.zone)

    def moment_in(self, instant: Instant, zone: dt.tzinfo) -> str:
        """An instant in a zone, as :meth:`moment`."""
        at = instant.datetime(zone)
        micro = at.microsecond and self.exact
        pattern = "HH:mm:ss.SSSSSS" if micro else "HH:mm:ss" if at.second else "HH:mm"
        parts = {"day": self._day(at.date()), "time": format_time(at.time(), pattern, locale=self.cldr)}
        if zone is BEIJING:
            return self.say("moment.beijing", **parts)
        return self.say("moment.zoned", zone=get_timezone_gmt(at, locale=self.cldr), **parts)

    def day(self, instant: Instant) -> str:
        """The day of an instant in the edition's zone."""
        return self._day(instant.datetime(self.zone).date())

    def _day(self, date: dt.date) -> str:
        pattern = "long" if self.language == ENGLISH else self.say("moment.day_pattern")
        return format_date(date, pattern, self.cldr)

    def duration(self, seconds: int) -> str:
        """A duration in its two largest units, rounded down so that it never sounds longer than it is."""
        span = pendulum.duration(seconds=seconds)
        counts = dict(zip(_TIME_UNITS, (span.days, span.hours, span.minutes, span.remaining_seconds), strict=True))
        largest = next((place for place, unit in enumerate(_TIME_UNITS) if counts[unit]), len(_TIME_UNITS) - 1)
        units = [unit for unit in _TIME_UNITS[largest : largest + 2] if counts[unit]] or [_TIME_UNITS[largest]]
        return self.joined("durations", (self.counted(f"duration.{unit}", counts[unit]) for unit in units))
