"""Dates, times of day and lengths of time in a folded text, on the calendar of Beijing."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from adjudicator.analysis.promises.results import Time
from adjudicator.model.time import DAY, HOUR, SECOND, Instant, date_of, day_at, day_of, start_of_day
from adjudicator.replies.numbers import numbers_in

_MONTHS: Final = {
    name: index
    for index, names in enumerate(
        [
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ],
        1,
    )
    for name in names.split()
}
_MONTH: Final = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b(?:\.(?=\s?[0-9]))?"
_YEAR: Final = r"(?:,?\s(?P<year>[0-9]{4}))?"
_DATES: Final = (
    re.compile(rf"(?<![0-9])(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}{_YEAR}"),
    re.compile(rf"\b{_MONTH}\s(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![0-9:]){_YEAR}"),
    re.compile(
        r"(?<![0-9])(?P<year>[0-9]{4})\s?[-/年.]\s?(?P<month>[0-9]{1,2})\s?[-/月.]\s?(?P<day>[0-9]{1,2})(?![0-9])(?:\s?[日号])?"
    ),
    re.compile(r"(?<![0-9])(?P<month>[0-9]{1,2})\s?月\s?(?P<day>[0-9]{1,2})\s?[日号]"),
    re.compile(r"(?P<month>[一二三四五六七八九十]{1,3})月(?P<day>[一二三四五六七八九十]{1,3})[日号]"),
    re.compile(r"(?<![0-9])(?P<first>[0-9]{1,2})/(?P<second>[0-9]{1,2})(?:/(?P<year>[0-9]{4}))?(?![0-9/%])"),
)
_NEAR: Final = {
    "today": 0, "tonight": 0, "今天": 0, "今日": 0, "今晚": 0, "当天": 0,
    "the day after tomorrow": 2, "tomorrow": 1, "明天": 1, "明日": 1, "后天": 2,
}  # fmt: skip
_VAGUE: Final = re.compile(
    r"\b(?:next|this|the end of the|end of) (?:week|month|year|day)\b|\bweekend\b|\bthis (?:afternoon|evening|morning)\b|\b(?:next |this )?(?:mon|tues|wednes|thurs|fri|satur|sun)day\b(?!,?\s(?:[0-9]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))"
    r"|(?:本|下|这)?(?:周|星期)[一二三四五六日天末]|(?:本|下|这)个?(?:周|星期|月)内?|(?:马上|立即|立刻|很快)(?:就|会|能)*[到入]账|月底|年底|月末"
)
_ROUGH: Final = re.compile(
    r"\b(?:half )?(?:an?|another|one more|a further) (?:couple of |few )?(?:hour|day|week|fortnight|month|year|(?:working|business) day)s?\b"
    r"|(?<![十百])[一二两三四五六七八九]{2}(?:天|日|周|个?小时|个?工作日|个?月)"
    r"|这[一二两三几]天"
    r"|[一二两三四五六七八九]个半(?:月|小时|钟头|星期)"
    r"|[几数半](?:天|日(?!元)|周|月|年|个?小时|个?工作日|个月)"
)
"""Lengths of time that are none to count with."""
OPEN_ENDED: Final = re.compile(r"\bany ?time\b|\bwhenever\b|\bno rush\b|随时|任何时候|什么时候[^，。]{0,4}(?:都|均)")
"""What leaves a time open."""
ENDLESS: Final = re.compile(
    r"\bextend\w*|\bextension\b|\bstays? open\b|\btake your time\b|\b(?:plenty|lots) of time\b|\bno hurry\b|\ball (?:year|month|spring|summer|autumn|winter)\b"
    r"|延长|延期|顺延|宽限|不着急|慢慢来"
    r"|\bno (?:deadline|time limit|end date)\b|不限时|不限期|[没无]有?(?:(?:时间|期限)限制|截止(?:时间|日期)|期限)"
)
"""What says that there is no last day."""
FORGIVEN: Final = re.compile(
    r"(?:晚[几一两]天|过期|逾期|超时|(?:超过|过了)[^，。]{1,12}也)[^，。]{0,4}(?:没关系|没事|可以|(?<!不)能|也行|无妨|不要紧)|\b(?:later|late)(?: claims?)? (?:is|are) (?:also )?(?:fine|ok)|\bafter the deadline\b"
)
"""What says that nothing hangs on a time."""
_MONTH_ENDS: Final = (
    re.compile(rf"\b(?:the )?end of {_MONTH}(?!\s[0-9]{{1,2}}(?![0-9])){_YEAR}"),
    re.compile(
        r"(?:(?P<year>[0-9]{4})年)?(?P<month>(?<![0-9])[0-9]{1,2}|[一二三四五六七八九十]{1,3})月(?:份)?(?:底|末|最后一天)"
    ),
)
_ONLY_A_MONTH: Final = (
    re.compile(
        rf"\b(?:until|till|next|by|in|through|throughout|before|during|within)\s(?P<name>(?:early |mid-?\s?|late )?{_MONTH})(?!\.?\s?[0-9])"
    ),
    re.compile(
        r"(?P<name>(?<![0-9月])(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})月(?:份|内|中旬?|[上下]旬|初|(?=再|才)))"
    ),
)
NEAR_DAY: Final = re.compile("|".join(sorted(_NEAR, key=len, reverse=True)))
_CLOCK: Final = re.compile(
    r"(?P<part>上午|早上|凌晨|中午|下午|傍晚|晚上|晚|夜里)?\s?(?:(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?(?:\s?(?P<half>[ap]m)\b)?"
    r"|(?P<oclock>[0-9]{1,2})\s?(?P<sign>am|pm|点)(?P<thirty>半)?)"
    r"|(?P<midnight>midnight at the end of|midnight)"
)
_AFTER_NOON: Final = frozenset({"pm", "下午", "傍晚", "晚上", "晚", "夜里"})
_BY_NIGHT: Final = frozenset({"晚上", "晚", "夜里"})
_AROUND: Final = 26
_UNITS: Final = {
    "minute": 60 * SECOND, "分钟": 60 * SECOND,
    "hour": HOUR, "hr": HOUR, "小时": HOUR, "个小时": HOUR, "钟头": HOUR,
    "day": DAY, "天": DAY, "日": DAY, "个自然日": DAY, "自然日": DAY,
    "week": 7 * DAY, "周": 7 * DAY, "个星期": 7 * DAY, "星期": 7 * DAY, "second": SECOND, "秒": SECOND,
}  # fmt: skip
_UNCOUNTED: Final = ("business day", "working day", "个工作日", "工作日", "month", "个月", "year", "年")
_LENGTH: Final = re.compile(
    r"(?:\s(?:more|further|additional|extra|full|whole))?[\s-]?(?P<unit>calendar days?|"
    + "|".join(
        rf"{each}s?" if each.isascii() else each for each in sorted((*_UNITS, *_UNCOUNTED), key=len, reverse=True)
    )
    + r")(?![a-z])"
)
_FROM_ANOTHER_EVENT: Final = re.compile(
    r"^.{0,12}?\b(?:after|of|from|since|following)\b|^.{0,4}(?:起|后)|^[^，。]{0,3}(?:自|从)"
)
_EVENT_BEFORE: Final = re.compile(
    r"(?:自|从|于)?[^，。\s]{0,10}(?:签收|成功|完成|收货|下单|成交|购买|收到)[^，。]{0,8}(?:后|起|之日起)?[^，。]{0,4}$"
)
_EXCLUSIVE: Final = re.compile(r"\bbefore\s(?:the\s)?$")
WEEKDAY: Final = r"\s?(?:\((?:周|星期)[一二三四五六日天]\))?"
"""The day of the week behind a date, in brackets."""
_BEFORE_IN_CHINESE: Final = re.compile(rf"{WEEKDAY}\s?(?:24:00)?(?:之前|以前|前)")
_NOT_A_LENGTH: Final = re.compile(r"^(?:无理由|保质)")


@frozen
class NamedTime:
    """A time in a text, with its position. ``time`` is ``None`` if the calendar cannot determine it, as for working days."""

    start: int
    end: int
    time: Time | None


def times_in(text: str, now: Instant) -> Iterator[NamedTime]:
    """The dates and lengths of time in a text. What is counted from now is counted from ``now``."""
    taken: list[tuple[int, int]] = []
    for found in (
        *_rough(text),
        *_dates(text, now),
        *_month_ends(text, now),
        *_months(text),
        *_near_days(text, now),
        *_lengths(text, now),
        *_vague(text),
    ):
        if not any(start < found.end and found.start < end for start, end in taken):
            taken.append((found.start, found.end))
            yield found


def _dates(text: str, now: Instant) -> Iterator[NamedTime]:
    for pattern in _DATES:
        for match in pattern.finditer(text):
            yield _dated(text, match, now)


def _dated(text: str, match: re.Match[str], now: Instant) -> NamedTime:
    parts = match.groupdict()
    day = _day(parts, now)
    return NamedTime(*match.span(), None if day is None else _on_day(text, match.start(), match.end(), day))


def _day(parts: dict[str, str | None], now: Instant) -> int | None:
    """The day that a date means; one without a year is the next such day. ``None`` if it can be read in two ways."""
    year = parts.get("year")
    if parts.get("first") is not None:
        first, second = int(parts["first"] or 0), int(parts["second"] or 0)
        if first != second and first <= 12 and second <= 12:
            return None
        month, day = (first, second) if second > 12 or first == second else (second, first)
    else:
        month, day = _month(parts["month"] or ""), _small(parts["day"] or "")
    today = date_of(day_of(now))
    try:
        if year:
            return day_at(dt.date(int(year), month, day))
        date = dt.date(today.year, month, day)
        return day_at(date if date >= today else date.replace(year=today.year + 1))
    except ValueError:
        return None


def _month_ends(text: str, now: Instant) -> Iterator[NamedTime]:
    """The last days of months; one without a year is the next such day."""
    for pattern in _MONTH_ENDS:
        for match in pattern.finditer(text):
            month, today = _month(match["month"]), date_of(day_of(now))
            if not 1 <= month <= 12:
                continue
            year = int(match["year"] or today.year + (month < today.month))
            last = monthrange(year, month)[1] if dt.MINYEAR <= year < dt.MAXYEAR else 0
            day = day_at(dt.date(year, month, last)) if last else None
            yield NamedTime(*match.span(), None if day is None else _on_day(text, *match.span(), day))


def _months(text: str) -> Iterator[NamedTime]:
    """Months without a day."""
    return (NamedTime(*match.span("name"), None) for pattern in _ONLY_A_MONTH for match in pattern.finditer(text))


def _month(text: str) -> int:
    return _MONTHS.get(text) or _small(text)


def _small(text: str) -> int:
    number = next(numbers_in(text), None)
    return int(number.value) if number is not None and number.value is not None else 0


def _near_days(text: str, now: Instant) -> Iterator[NamedTime]:
    for match in NEAR_DAY.finditer(text):
        yield NamedTime(*match.span(), _on_day(text, *match.span(), day_of(now) + _NEAR[match.group()]))


def _vague(text: str) -> Iterator[NamedTime]:
    """Times that mean no certain day here."""
    return (NamedTime(*match.span(), None) for match in _VAGUE.finditer(text))


def _rough(text: str) -> Iterator[NamedTime]:
    return (NamedTime(*match.span(), None) for match in _ROUGH.finditer(text))


def _on_day(text: str, start: int, end: int, day: int) -> Time:
    """The end of a day, or a time of day that stands beside it. "Before" may leave the day itself out.

    What ends at the first instant of a day ends with the day before, and not in the course of that day.
    """
    moment = _clock(text, start, end, day)
    if moment is not None:
        return moment
    midnight = start_of_day(day + 1)
    first = start_of_day(day)
    if _EXCLUSIVE.search(text[max(0, start - 12) : start]):
        return Time(Instant(first - DAY + 1), first)
    if _BEFORE_IN_CHINESE.match(text, end):
        return Time(Instant(first - 1), Instant(midnight - 1), before_day=True)
    return Time(Instant(first + 1), midnight)


def _clock(text: str, start: int, end: int, day: int) -> Time | None:
    before = list(_CLOCK.finditer(text, max(0, start - _AROUND), start))
    match = _CLOCK.match(text, end + len(text[end:]) - len(text[end:].lstrip(" ,在的"))) or (
        before[-1] if before else None
    )
    if match is None:
        return None
    if match["midnight"]:
        at = start_of_day(day + 1)
        return Time(Instant(at - SECOND), at)
    hour = _hour(match, by_night=text[start:end].endswith(("晚", "tonight")))
    minute, second = 30 if match["thirty"] else int(match["minute"] or 0), int(match["second"] or 0)
    if hour > 24 or minute > 59 or second > 59:
        return None
    at = Instant(start_of_day(day) + hour * HOUR + (minute * 60 + second) * SECOND)
    precision = SECOND if match["second"] else 60 * SECOND
    return Time(Instant(at - SECOND) if hour == 24 else at, Instant(at + (0 if hour == 24 else precision - 1)))


def _hour(match: re.Match[str], *, by_night: bool) -> int:
    """The hour from 0 to 24. Twelve at night is the end of the day."""
    hour = int(match["hour"] or match["oclock"])
    words = {match["part"], match["half"], match["sign"]}
    if hour == 12:
        return 24 if by_night or words & _BY_NIGHT else 0 if "am" in words else 12
    return hour + 12 if hour < 12 and (by_night or words & _AFTER_NOON) else hour


def _lengths(text: str, now: Instant) -> Iterator[NamedTime]:
    """Lengths of time; neighbours such as 42 days 11 hours are one."""
    pending: tuple[int, int, int | None, int] | None = None
    for number in numbers_in(text):
        unit = _LENGTH.match(text, number.end)
        if unit is None or number.value is None or _NOT_A_LENGTH.match(text[unit.end() :]):
            continue
        size = _size(unit["unit"])
        length = None if size is None else int(number.value * size)
        if (
            pending
            and length is not None
            and pending[2] is not None
            and text[pending[1] : number.start].strip(" ,和") in ("", "and")
        ):
            pending = (pending[0], unit.end(), pending[2] + length, size or DAY)
            continue
        if pending:
            yield _length(text, now, *pending)
        pending = (number.start, unit.end(), length, size or DAY)
    if pending:
        yield _length(text, now, *pending)


def _size(unit: str) -> int | None:
    """A unit in microseconds; ``None`` for working days, months and years, whose length depends on a calendar."""
    name = unit.removeprefix("calendar ").rstrip("s") if unit.isascii() else unit
    return _UNITS.get(name)


def _length(text: str, now: Instant, start: int, end: int, length: int | None, unit: int) -> NamedTime:
    if length is None or length > 10_000 * DAY:
        return NamedTime(start, end, None)
    if _FROM_ANOTHER_EVENT.search(text[end : end + 24]) or _EVENT_BEFORE.search(text[max(0, start - 24) : start]):
        return NamedTime(start, end, Time(now, now, length))
    at = Instant(now + length)
    return NamedTime(start, end, Time(at, Instant(at + unit - 1)))
