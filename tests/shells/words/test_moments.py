"""Instants, durations, margins and deadlines in words."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adjudicator.model.finding import Deadline, Margin, Unit
from adjudicator.model.time import DAY, HOUR, SECOND, Instant, within_days, within_hours
from adjudicator.words import ENGLISH, LANGUAGES, SIMPLIFIED_CHINESE, TRADITIONAL_CHINESE, words_for
from words.catalogues import CHINESE


@pytest.mark.parametrize(
    ("seconds", "english", "simplified", "traditional"),
    [
        (0, "In time, in the very last second.", "恰在期限的最后一秒。", "恰在期限的最後一秒。"),
        (1, "In time, with 1 second to spare.", "在期限之内，距截止尚余 1 秒。", "在期限之內，距截止尚餘 1 秒。"),
        (8_040, "In time, with 2 hours 14 minutes to spare.", "在期限之内，距截止尚余 2 小时 14 分钟。", "在期限之內，距截止尚餘 2 小時 14 分鐘。"),
        (-1, "Late by 1 second.", "逾期 1 秒。", "逾期 1 秒。"),
        (-259_201, "Late by 3 days.", "逾期 3 天。", "逾期 3 天。"),
    ],
)  # fmt: skip
def test_a_margin_is_given_in_words(seconds: int, english: str, simplified: str, traditional: str) -> None:
    """The words say on which side of the edge the moment is."""
    margin = Margin(Unit.SECONDS, seconds)
    assert tuple(words_for(None, language).margin(margin) for language in LANGUAGES) == (
        english,
        simplified,
        traditional,
    )


@pytest.mark.parametrize(
    ("seconds", "english"),
    [
        (0, "0 seconds"), (1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (3_599, "59 minutes 59 seconds"),
        (3_600, "1 hour"), (3_601, "1 hour"), (8_040, "2 hours 14 minutes"), (86_399, "23 hours 59 minutes"), (86_400, "1 day"),
        (86_460, "1 day"), (90_000, "1 day 1 hour"), (3_682_799, "42 days 14 hours"), (63_072_000, "730 days"),
    ],
)  # fmt: skip
def test_a_duration_is_given_in_its_two_largest_units(seconds: int, english: str) -> None:
    """The rest is left out, so that nobody expects more time than there is."""
    assert words_for(None, ENGLISH).duration(seconds) == english


SECONDS_IN = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}


@given(seconds=st.integers(0, 10**10))
def test_a_duration_is_never_overstated(seconds: int) -> None:
    """The omitted rest is less than one of the smaller unit; every language has the same numbers."""
    text = words_for(None, ENGLISH).duration(seconds)
    parts = [(int(count), unit.rstrip("s")) for count, unit in re.findall(r"(\d+) (\w+)", text)]
    assert all(unit in SECONDS_IN and text.count(unit) == 1 for _, unit in parts)
    units = [*SECONDS_IN]
    smallest = units[min(units.index(parts[0][1]) + 1, len(units) - 1)]
    assert 0 <= seconds - sum(count * SECONDS_IN[unit] for count, unit in parts) < SECONDS_IN[smallest]
    for language in CHINESE:
        chinese = words_for(None, language).duration(seconds)
        assert re.findall(r"\d+", chinese) == [str(count) for count, _ in parts]


def deadline(window: Any) -> Deadline:
    """A window that some clause read."""
    return Deadline("filed_in_time", "L1", window.counted_from, window.starts_at, window.ends_at, window.includes_end)


SIGNED = Instant.parse("2022-05-30T10:00:00+08:00")
IN_HOURS = deadline(within_hours("signed_at", SIGNED, 24))
IN_DAYS = deadline(within_days("completed_at", SIGNED, 90))


def test_a_deadline_is_given_with_the_moment_from_which_it_was_counted() -> None:
    """A window of days ends with a day, one of hours at a time of day."""
    text = [
        (words_for(None, language).deadline(IN_HOURS), words_for(None, language).deadline(IN_DAYS))
        for language in LANGUAGES
    ]
    assert text == [
        (
            (
                "The time runs until 31 May 2022, 10:00 Beijing time, "
                "counted from the signing for the parcel (30 May 2022, 10:00 Beijing time)."
            ),
            (
                "The time runs until midnight at the end of 28 August 2022 (Beijing time), "
                "counted from the success of the transaction (30 May 2022, 10:00 Beijing time)."
            ),
        ),
        (
            "期限截至北京时间 2022 年 5 月 31 日 10:00（含），自包裹签收（北京时间 2022 年 5 月 30 日 10:00）起算。",
            "期限截至北京时间 2022 年 8 月 28 日 24:00，自交易成功（北京时间 2022 年 5 月 30 日 10:00）起算。",
        ),
        (
            "期限截至北京時間 2022 年 5 月 31 日 10:00（含），自包裹簽收（北京時間 2022 年 5 月 30 日 10:00）起算。",
            "期限截至北京時間 2022 年 8 月 28 日 24:00，自交易成功（北京時間 2022 年 5 月 30 日 10:00）起算。",
        ),
    ]


@pytest.mark.parametrize("window", [IN_HOURS, IN_DAYS])
@pytest.mark.parametrize(
    ("before", "english", "simplified", "traditional"),
    [
        (2 * HOUR + 14 * 60 * SECOND, "2 hours 14 minutes left", "还剩 2 小时 14 分钟", "還剩 2 小時 14 分鐘"),
        (SECOND, "1 second left", "还剩 1 秒", "還剩 1 秒"),
        (SECOND - 1, "In its last second", "正值最后一秒", "正值最後一秒"),
        (1, "In its last second", "正值最后一秒", "正值最後一秒"),
        (-1, "Closed just now", "刚刚截止", "剛剛截止"),
        (-3 * DAY, "Closed 3 days ago", "已于 3 天前截止", "已於 3 天前截止"),
        (-3 * DAY + 1, "Closed 2 days 23 hours ago", "已于 2 天 23 小时前截止", "已於 2 天 23 小時前截止"),
    ],
)  # fmt: skip
def test_a_window_is_described_as_open_or_closed(
    window: Deadline, before: int, english: str, simplified: str, traditional: str
) -> None:
    """Seen from a moment, a window is open or closed, with the moment from which it is counted."""
    as_of = Instant(window.ends_at - before)
    for language, beginning in zip(LANGUAGES, (english, simplified, traditional), strict=True):
        words = words_for(None, language)
        text = words.time_left(window, as_of)
        assert text.startswith(beginning)
        assert words.moment(window.starts_at) in text
        assert words.say(f"counted_from.{window.counted_from}") in text


def test_the_end_is_in_time_only_if_the_window_includes_it() -> None:
    """At its end, a window of hours is in its last instant, and one of days is closed."""
    words = words_for(None, ENGLISH)
    assert words.time_left(IN_HOURS, IN_HOURS.ends_at).startswith("In its last second")
    assert words.time_left(IN_DAYS, IN_DAYS.ends_at).startswith("Closed just now")


@pytest.mark.parametrize(
    ("instant", "english", "chinese"),
    [
        ("2022-05-30T15:59:00Z", "30 May 2022, 23:59 Beijing time", "北京时间 2022 年 5 月 30 日 23:59"),
        ("2022-05-30T16:00:00Z", "31 May 2022, 00:00 Beijing time", "北京时间 2022 年 5 月 31 日 00:00"),
        ("2022-05-03T04:05:06+08:00", "3 May 2022, 04:05:06 Beijing time", "北京时间 2022 年 5 月 3 日 04:05:06"),
        ("2022-05-03T04:05:06.000007+08:00", "3 May 2022, 04:05:06.000007 Beijing time", "北京时间 2022 年 5 月 3 日 04:05:06.000007"),
    ],
)  # fmt: skip
def test_an_instant_is_given_in_beijing_time(instant: str, english: str, chinese: str) -> None:
    """With its zone in words; seconds and fractions only if there are any."""
    assert words_for(None, ENGLISH).moment(Instant.parse(instant)) == english
    assert words_for(None, SIMPLIFIED_CHINESE).moment(Instant.parse(instant)) == chinese
    assert words_for(None, TRADITIONAL_CHINESE).moment(Instant.parse(instant)) == chinese.replace("时间", "時間")


@given(instant=st.datetimes(dt.datetime(1000, 1, 2), dt.datetime(9899, 12, 30), timezones=st.just(dt.UTC)))  # noqa: DTZ001 - Hypothesis wants them so
def test_every_instant_has_words(instant: dt.datetime) -> None:
    """Any instant of a case, in every language."""
    at = Instant.at(instant)
    for language in LANGUAGES:
        assert f"{at.datetime():%H:%M}" in words_for(None, language).moment(at)
