"""Instants, days and windows, to tell whether something is in time.

An :class:`Instant` is a whole number of microseconds since 1970-01-01T00:00:00Z, so every comparison here is exact. Days are
those of a zone, Beijing's unless another is given (UTC+8, without daylight saving); hours are elapsed time.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Set as AbstractSet
from typing import Final, TypeVar

from attrs import frozen

from adjudicator.model.source import maker

K = TypeVar("K")
V = TypeVar("V")

SECOND: Final = 1_000_000
HOUR: Final = 3_600 * SECOND
DAY: Final = 24 * HOUR
BEIJING: Final = dt.timezone(dt.timedelta(hours=8))
_BEIJING_AHEAD: Final = 8 * HOUR
_OF_BEIJING: Final = "+08:00"

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_EPOCH_DATE: Final = _EPOCH.date()
EARLIEST: Final = (dt.datetime(1000, 1, 1, tzinfo=dt.UTC) - _EPOCH).days * DAY
LATEST: Final = (dt.datetime(9900, 1, 1, tzinfo=dt.UTC) - _EPOCH).days * DAY
"""Every instant lies from the first (inclusive) to the second (exclusive)."""

RFC3339: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
"""The form of an instant: with an offset, to the microsecond at most."""
_HOUR_FORM: Final = re.compile(r"(?:1[1-9]|[2-8][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}")
"""The form of the hour of an instant far enough from the limits."""
_MINUTE: Final = 60 * SECOND
_MINUTES: Final = {f"{hour:02}:{minute:02}": hour * 60 + minute for hour in range(24) for minute in range(60)}
_CLOCK: Final = tuple(_MINUTES)
"""The times of a day to the minute, with which instants are written."""
_A_DAY: Final = len(_CLOCK)
_HOUR_OF, _REST_OF = slice(13), slice(13, None)
"""The parts of an instant: ``2022-05-30T23``, ``:59:59.5+08:00``."""
_DATE_OF, _CLOCK_OF = slice(10), slice(11, None)
"""The parts of an hour: ``2022-05-30``, ``23``."""
_MINUTE_OF, _SECOND_OF = slice(3), slice(3, None)
"""The parts of what follows the hour, but for a fraction and the offset: ``:59``, ``:59``."""
_BUT_Z: Final = slice(-1)
_OFFSET: Final = len("+08:00")
_DIGITS: Final = 6
"""The most digits of a fraction of a second."""
_MOST_DATES: Final = 8192
"""The number of dates that are kept as text and as a number, about 22 years."""
_MOST_HOURS: Final = 16384
"""The number of hours that are kept as text and as a number, almost two years."""
_MOST_RESTS: Final = 8192
"""How much is kept of what can follow the hour: all seconds with two offsets."""


def _in_minute(microseconds: int) -> str:
    """What follows the minute but for the offset, such as ``:59.500000``."""
    second, fraction = divmod(microseconds, SECOND)
    return f"{_SECOND_TEXTS[second]}.{fraction:06}" if fraction else _SECOND_TEXTS[second]


_SECONDS: Final = {f":{second:02}": second * SECOND for second in range(60)}
_SECOND_TEXTS: Final = tuple(_SECONDS)
_DATES: Final[dict[int, str]] = {}
"""The dates of days, given as ``2022-05-30T``."""
_HOURS: Final[dict[str, int]] = {}
"""When an hour, given as ``2022-05-30T23``, starts by the clock of UTC, in microseconds."""
_HOUR_TEXTS: Final[dict[int, str]] = {}
"""The other way round."""
_RESTS: Final[dict[str, tuple[int, int, str]]] = {}
"""What follows the hour, such as ``:59:59+08:00``: how much the hour in UTC differs, the microseconds in it, and these as text.

These are plain dictionaries, as those that know what to do for a missing key take twice as long to find the others.
"""
_IN_BEIJING: Final = {microseconds: f"{second}{_OF_BEIJING}" for second, microseconds in _SECONDS.items()}
"""What follows the minute by Beijing's clock, for whole seconds."""
_SIGNS: Final = {"+": 1, "-": -1}


def beijing_text(microseconds: int) -> str:
    """What :class:`Instant` is written as: RFC 3339 in Beijing time."""
    minutes, rest = divmod(microseconds + _BEIJING_AHEAD, _MINUTE)
    try:
        return f"{_DATES[minutes // _A_DAY]}{_CLOCK[minutes % _A_DAY]}{_IN_BEIJING[rest]}"
    except KeyError:
        return f"{_minute_text(minutes)}{_in_minute(rest)}{_OF_BEIJING}"


def _minute_text(minutes: int) -> str:
    """A minute, given as ``2022-05-30T23:59``, of the clock that shows so many minutes since 1970; its date is kept."""
    day, of_day = divmod(minutes, _A_DAY)
    date = _DATES.get(day) or _keep(_DATES, day, f"{date_of(day)}T", _MOST_DATES)
    return f"{date}{_CLOCK[of_day]}"


class OutOfRange(ValueError):
    """An instant that the engine does not calculate with; its text says which it does."""

    def __init__(self) -> None:
        super().__init__("an instant between the years 1000 and 9900")


class Instant(int):
    """A point in time: microseconds since 1970-01-01T00:00:00Z."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Instant:
        """The instant in RFC 3339 text with an offset, such as ``2022-05-30T23:59:59+08:00``.

        Raises :class:`ValueError` for anything else, such as no offset, a fraction finer than a microsecond, or a day that does
        not exist.
        """
        return instant_and_utc(text)[0]

    @classmethod
    def at(cls, moment: dt.datetime) -> Instant:
        """The instant of an aware ``datetime`` (or a pendulum one). Raises :class:`ValueError` for a naive one."""
        if moment.tzinfo is None or moment.utcoffset() is None:
            raise ValueError("a datetime without an offset names no instant")
        since = moment - _EPOCH
        microseconds = since.days * DAY + since.seconds * SECOND + since.microseconds
        if not EARLIEST <= microseconds < LATEST:
            raise OutOfRange
        return cls(microseconds)

    def datetime(self, zone: dt.tzinfo = BEIJING) -> dt.datetime:
        """This instant on the calendar and clock of a zone, by default Beijing's."""
        return (_EPOCH + dt.timedelta(0, *divmod(self, SECOND))).astimezone(zone)

    __str__ = beijing_text

    def __repr__(self) -> str:
        return f"Instant({str(self)!r})"

    def utc_text(self) -> str:
        """RFC 3339 in UTC with ``Z``, the form that digests use."""
        minutes, rest = divmod(self, _MINUTE)
        return f"{_minute_text(minutes)}{_in_minute(rest)}Z"


def instant_and_utc(text: str) -> tuple[Instant, str]:
    """What :meth:`Instant.parse` and :meth:`Instant.utc_text` give, in one go."""
    try:
        shift, in_hour, rest = _RESTS.get(rest := text[_REST_OF]) or _rest(rest)
        hour = _HOURS[text[_HOUR_OF]] + shift
        return Instant(hour + in_hour), f"{_HOUR_TEXTS[hour]}{rest}"
    except (LookupError, ValueError):
        return _first_read(text)


def _first_read(text: str) -> tuple[Instant, str]:
    """The same for an hour, or something after it, that is not in the tables; they are put there."""
    try:
        shift, in_hour, rest = _RESTS.get(text[_REST_OF]) or _rest(text[_REST_OF])
        hour = _hour(text[_HOUR_OF]) + shift
    except (LookupError, ValueError):
        return _read(text)
    hour_text = _minute_text(hour // _MINUTE)[_HOUR_OF]
    _keep(_HOUR_TEXTS, hour, hour_text, _MOST_HOURS)
    return Instant(hour + in_hour), f"{hour_text}{rest}"


def _hour(text: str) -> int:
    """When an hour starts. Raises :class:`LookupError` or :class:`ValueError` for another form, also near the limits."""
    if not _HOUR_FORM.fullmatch(text):
        raise ValueError(text)
    of_day = _MINUTES[f"{text[_CLOCK_OF]}:00"] * _MINUTE
    return _keep(_HOURS, text, day_at(dt.date.fromisoformat(text[_DATE_OF])) * DAY + of_day, _MOST_HOURS)


def _rest(text: str) -> tuple[int, int, str]:
    """What ``_RESTS`` has for a text, or would have for one with a fraction. Raises :class:`LookupError` or :class:`ValueError` for others."""
    ends = -1 if text[-1] == "Z" else -_OFFSET
    whole, point, digits = text[:ends].partition(".")
    offset = text[ends:]
    shift, in_hour, in_utc = _RESTS.get(f"{whole}{offset}") or _whole(whole, offset)
    if not point:
        return shift, in_hour, in_utc
    if len(digits) > _DIGITS or not (digits.isascii() and digits.isdigit()):
        raise ValueError(text)
    if len(digits) < _DIGITS:
        digits = digits.ljust(_DIGITS, "0")
    fraction = int(digits)
    return shift, in_hour + fraction, f"{in_utc[_BUT_Z]}.{digits}Z" if fraction else in_utc


def _whole(text: str, offset: str) -> tuple[int, int, str]:
    """The same for a text without a fraction, which is kept."""
    ahead = 0 if offset == "Z" else _SIGNS[offset[0]] * _MINUTES[offset[1:]] * _MINUTE
    since = _SECONDS[text[_MINUTE_OF]] * 60 + _SECONDS[text[_SECOND_OF]] - ahead
    in_hour = since % HOUR
    minute, rest = divmod(in_hour, _MINUTE)
    found = since - in_hour, in_hour, f"{_SECOND_TEXTS[minute]}{_in_minute(rest)}Z"
    return _keep(_RESTS, f"{text}{offset}", found, _MOST_RESTS)


def _keep(table: dict[K, V], key: K, value: V, most: int) -> V:
    """Put a value into a table that is emptied when it is full."""
    if len(table) >= most:
        table.clear()
    table[key] = value
    return value


def _read(text: str) -> tuple[Instant, str]:
    """The same without tables, for small letters and near the limits; raises the errors."""
    if not RFC3339.fullmatch(text):
        raise ValueError("not an RFC 3339 instant with an offset, to the microsecond at most")
    since = dt.datetime.fromisoformat(text.upper()) - _EPOCH
    microseconds = since.days * DAY + since.seconds * SECOND + since.microseconds
    if not EARLIEST <= microseconds < LATEST:
        raise OutOfRange
    instant = Instant(microseconds)
    return instant, instant.utc_text()


@frozen
class Window:
    """The time for doing something. It excludes what is late, never what is early.

    ``ends_at`` is the last instant in time if ``includes_end``, else the first late one. ``counted_from`` names the fact from which
    the window is counted, and ``starts_at`` is its instant.
    """

    counted_from: str
    starts_at: Instant
    ends_at: Instant
    includes_end: bool

    @property
    def last_instant(self) -> Instant:
        """The last instant that is in time."""
        return self.ends_at if self.includes_end else Instant(self.ends_at - 1)

    def __contains__(self, moment: Instant) -> bool:
        return moment <= self.ends_at if self.includes_end else moment < self.ends_at

    def margin(self, moment: Instant) -> int:
        """Whole seconds from ``moment`` to the last instant in time: 0 or more if and only if it is in time."""
        return (self.ends_at - moment - (not self.includes_end)) // SECOND


_window: Final = maker(Window)


def day_of(moment: Instant, zone: dt.tzinfo = BEIJING) -> int:
    """The calendar day of an instant in a zone, counted from 1970-01-01 as day 0."""
    if zone is BEIJING:
        return (moment + 8 * HOUR) // DAY
    return (moment.datetime(zone).date() - _EPOCH_DATE).days


def start_of_day(day: int, zone: dt.tzinfo = BEIJING) -> Instant:
    """The first instant of a day of a zone (see :func:`day_of`), also where its clocks skip midnight."""
    if zone is BEIJING:
        return Instant(day * DAY - 8 * HOUR)
    midnight = dt.datetime.combine(date_of(day), dt.time(), zone)
    return Instant.at(midnight)


def date_of(day: int) -> dt.date:
    """The date of a day (see :func:`day_of`)."""
    return _EPOCH_DATE + dt.timedelta(days=day)


def day_at(date: dt.date) -> int:
    """The day with a date: the reverse of :func:`date_of`."""
    return (date - _EPOCH_DATE).days


def within_hours(counted_from: str, start: Instant, hours: int) -> Window:
    """``hours`` from ``start``; their very last microsecond is in time."""
    return _window(counted_from, start, Instant(start + hours * HOUR), includes_end=True)


def within_days(
    counted_from: str,
    start: Instant,
    days: int,
    *,
    rolls_over: AbstractSet[dt.date] = frozenset(),
    zone: dt.tzinfo = BEIJING,
) -> Window:
    """``days`` calendar days of a zone after the day of ``start``, until 24:00 of the last one.

    If the last day is in ``rolls_over``, the window ends on the next day that is not.
    """
    last_day = day_of(start, zone) + days
    if rolls_over:
        return until_the_end_of(counted_from, start, last_day, rolls_over, zone)
    return _window(counted_from, start, start_of_day(last_day + 1, zone), False)


def until_the_end_of(
    counted_from: str, start: Instant, last_day: int, rolls_over: AbstractSet[dt.date], zone: dt.tzinfo
) -> Window:
    """A window to 24:00 of its last day, or of the next day that is not one of ``rolls_over``."""
    while rolls_over and date_of(last_day) in rolls_over:
        last_day += 1
    return Window(counted_from, start, start_of_day(last_day + 1, zone), includes_end=False)
