"""Instants, days and windows, to the microsecond."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from unittest import mock

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from adjudicator import InputError, load_case
from adjudicator.model import time as time_tables
from adjudicator.model.errors import Fault
from adjudicator.model.time import (
    BEIJING,
    DAY,
    HOUR,
    SECOND,
    Instant,
    Window,
    day_of,
    instant_and_utc,
    start_of_day,
    within_days,
    within_hours,
)
from adjudicator.testing import a_case
from adjudicator.wire.codec import case_document

START = Instant.parse("2022-03-01T10:00:00+08:00")
FIRST, TOO_LATE = dt.datetime(1000, 1, 1, tzinfo=dt.UTC), dt.datetime(9900, 1, 1, tzinfo=dt.UTC)
TICK = dt.timedelta(microseconds=1)


def at(text: str) -> Instant:
    """An instant of Beijing's clock."""
    return Instant.parse(f"{text}+08:00")


def test_an_hour_has_3600_seconds_and_a_day_24_hours() -> None:
    """Counted in microseconds."""
    assert (SECOND, HOUR, DAY) == (1_000_000, 3_600_000_000, 86_400_000_000)


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T08:00:00+08:00", 0),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("1970-01-01t00:00:00.5z", 500_000),
        ("1970-01-01T00:00:00-23:59", 86_340_000_000),
        ("1970-01-02T00:00:01.000000-00:00", 86_401_000_000),
        ("1000-01-01T08:00:00+08:00", -30_610_224_000_000_000),
        ("9899-12-31T23:59:59.999999Z", 250_246_627_199_999_999),
        ("2022-05-30T23:59:59.000001+08:00", 1_653_926_399_000_001),
        ("2022-05-30T23:59:59.12+05:45", 1_653_934_499_120_000),
        ("2022-05-30T23:59:59-09:30", 1_653_989_399_000_000),
        ("2022-05-30T23:59:59.000000Z", 1_653_955_199_000_000),
    ],
)
def test_a_text_names_an_instant(text: str, microseconds: int) -> None:
    """In upper or lower case, with any offset, down to the microsecond."""
    assert Instant.parse(text) == microseconds
    assert instant_and_utc(text) == (microseconds, Instant(microseconds).utc_text())


@pytest.mark.parametrize(
    "text",
    [
        "2022-05-30T23:59:59",
        "2022-05-30",
        "2022-05-30T23:59:59.1234567Z",
        "2022-05-30 23:59:59Z",
        "now",
        " ",
        "2022-05-30T23:59",
        "2022-05-30T23:59Z",
        "2022-05-30T23:59:60Z",
        "2022-05-30T24:00:00.5Z",
        "2022-05-30T23:59:59.Z",
        "2022-05-30T23:59:59.+08:00",
        "23:59:59.5Z",
        ".5Z",
        "",
        "2022-05-30T23:59:59.5",
        "2022-05-30T23:59:59,5Z",
        "2022-05-30T23:59:59.+5Z",
        "2022-05-30T23:59:59.5_5Z",
        "2022-05-30T23:59:59.\N{FULLWIDTH DIGIT FIVE}Z",
        "2022-05-30T23:59:59.\N{SUPERSCRIPT TWO}Z",
        "2022-05-30T23:59:59.5Z08:00",
        "2022-05-30T23:59:59.5.5Z",
        "2022-05-30T23:59:59 08:00",
        "2022-05-30T23:59:59+24:00",
        "2022-05-30T23:59:59.5+08:60",
        "2022-05-30T23:59:59+08:00:00",
        "2022-05-30T23:59:59.123+08:00:00",
    ],
)
def test_an_invalid_instant_is_refused(text: str) -> None:
    """Without offset or time of day, finer than a microsecond, or in another form that the standard library may take."""
    with pytest.raises(ValueError, match=r"^not an RFC 3339 instant with an offset, to the microsecond at most$"):
        Instant.parse(text)
    with pytest.raises(ValueError, match=r"^not an RFC 3339 instant"):
        instant_and_utc(text)


@pytest.mark.parametrize("text", ["2022-02-30T00:00:00Z", "2022-13-01T00:00:00Z"])
def test_a_nonexistent_day_is_refused(text: str) -> None:
    """However well it is formatted."""
    with pytest.raises(ValueError, match=r"(day|month)"):
        Instant.parse(text)


def test_a_naive_datetime_names_no_instant() -> None:
    """Nor does one whose zone has no offset."""

    class Nowhere(dt.tzinfo):
        def utcoffset(self, _: dt.datetime | None) -> None:
            return None

        dst = tzname = utcoffset

    for zone in (None, Nowhere()):
        with pytest.raises(ValueError, match=r"^a datetime without an offset names no instant$"):
            Instant.at(dt.datetime(2022, 1, 1, tzinfo=zone))


def test_instants_lie_between_the_years_1000_and_9900() -> None:
    """The first is valid, the one after the last is not."""
    assert Instant.at(FIRST).datetime(dt.UTC) == FIRST
    assert Instant.at(TOO_LATE - TICK).datetime(dt.UTC) == TOO_LATE - TICK
    for moment in (FIRST - TICK, TOO_LATE):
        with pytest.raises(ValueError, match=r"^an instant between the years 1000 and 9900$"):
            Instant.at(moment)


INSTANTS = st.integers(int(Instant.at(FIRST)), int(Instant.at(TOO_LATE - TICK))).map(Instant)


@given(INSTANTS)
def test_an_instant_comes_back_from_each_of_its_texts(instant: Instant) -> None:
    """From its datetime in any zone, and from its text in Beijing time and in UTC."""
    assert Instant.at(instant.datetime()) == Instant.at(instant.datetime(dt.UTC)) == instant
    assert Instant.parse(str(instant)) == Instant.parse(instant.utc_text()) == instant
    assert instant.datetime().tzinfo is BEIJING


OFFSETS = st.integers(-1439, 1439).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))


@given(
    st.builds(lambda instant, zone: instant.datetime(zone), INSTANTS, OFFSETS),
    st.sampled_from(["auto", "seconds", "milliseconds", "microseconds"]),
    st.sampled_from([str, str.lower]),
)
def test_a_text_is_read_with_any_offset_and_any_number_of_digits(
    moment: dt.datetime, digits: str, cased: Callable[[str], str]
) -> None:
    """The instant, and its text in UTC, are those that the standard library finds."""
    text = moment.isoformat(timespec=digits)
    try:
        known = Instant.at(dt.datetime.fromisoformat(text))
    except ValueError:
        reject()
    instant, utc = instant_and_utc(cased(text))
    assert type(instant) is Instant
    assert instant == Instant.parse(cased(text)) == known
    assert utc == instant.utc_text() == instant.datetime(dt.UTC).isoformat().replace("+00:00", "Z")


@given(
    INSTANTS.filter(lambda instant: 1100 < instant.datetime().year < 8999),
    OFFSETS,
    st.sampled_from(["seconds", "milliseconds", "microseconds"]),
)
def test_tables_are_enough_for_what_is_not_near_the_limits(instant: Instant, zone: dt.timezone, digits: str) -> None:
    """With a fraction and any offset, too."""
    text = instant.datetime(zone).isoformat(timespec=digits)
    with mock.patch.object(time_tables, "_read", side_effect=AssertionError):
        found, utc = instant_and_utc(text)
        assert instant_and_utc(utc) == (found, utc)
    assert found == Instant.at(dt.datetime.fromisoformat(text))
    assert utc == found.utc_text()


def test_an_instant_is_written_by_beijings_clock_and_for_digests_in_utc() -> None:
    """Beijing has no daylight saving."""
    assert str(at("2022-07-01T07:59:59.5")) == "2022-07-01T07:59:59.500000+08:00"
    assert repr(START) == "Instant('2022-03-01T10:00:00+08:00')"
    assert at("2022-07-01T07:59:59.5").utc_text() == "2022-06-30T23:59:59.500000Z"


@pytest.fixture
def in_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine in New York."""
    with monkeypatch.context() as machine:
        machine.setenv("TZ", "America/New_York")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_new_york")
def test_the_zone_of_the_machine_does_not_matter() -> None:
    """Nothing that formats an instant reads it."""
    assert dt.datetime(2022, 1, 1, tzinfo=dt.UTC).astimezone().isoformat() == "2021-12-31T19:00:00-05:00"
    assert START.utc_text() == "2022-03-01T02:00:00Z"
    assert str(START) == "2022-03-01T10:00:00+08:00"


def test_beijings_day_begins_at_16_hours_utc() -> None:
    """Day 0 is 1 January 1970."""
    assert start_of_day(0) == Instant.parse("1969-12-31T16:00:00Z")
    assert day_of(Instant.parse("1969-12-31T16:00:00Z")) == 0
    assert day_of(Instant.parse("1969-12-31T15:59:59.999999Z")) == -1


@given(st.integers(-350_000, 2_800_000))
def test_a_day_lasts_until_the_next_one_begins(day: int) -> None:
    """Its first and last instants are part of it."""
    assert day_of(start_of_day(day)) == day
    assert day_of(Instant(start_of_day(day + 1) - 1)) == day


def test_hours_run_by_the_clock_and_their_last_microsecond_is_in_time() -> None:
    """R2: exactly 72 hours are in time."""
    window = within_hours("signed_at", START, 72)
    end = at("2022-03-04T10:00:00")
    assert window == Window("signed_at", START, end, includes_end=True)
    assert window.last_instant == end
    assert end in window
    assert Instant(end + 1) not in window


def test_days_begin_after_the_first_and_end_with_the_last() -> None:
    """R1: success on 1 March makes 30 May the last day, to 24:00."""
    window = within_days("completed_at", START, 90)
    assert window == Window("completed_at", START, at("2022-05-31T00:00:00"), includes_end=False)
    assert window.last_instant == at("2022-05-30T23:59:59.999999")
    assert at("2022-05-30T23:59:59.999999") in window
    assert at("2022-05-31T00:00:00") not in window


def test_a_filing_before_the_window_is_in_time() -> None:
    """R5: anything before the start of the clock is in time."""
    assert Instant(START - DAY) in within_hours("signed_at", START, 24)


@pytest.mark.parametrize(
    ("holidays", "late"),
    [((), "05-31"), (("05-29",), "05-31"), (("05-30",), "06-01"), (("05-30", "05-31"), "06-02"), (("05-31",), "05-31")],
)
def test_a_last_day_on_a_holiday_moves_to_the_next_day_that_is_not(holidays: tuple[str, ...], late: str) -> None:
    """R4: only the last day moves."""
    days = frozenset(dt.date.fromisoformat(f"2022-{day}") for day in holidays)
    window = within_days("completed_at", START, 90, rolls_over=days)
    assert window.ends_at == at(f"2022-{late}T00:00:00")
    assert not window.includes_end


@pytest.mark.parametrize("window", [within_hours("signed_at", START, 72), within_days("completed_at", START, 90)])
def test_a_margin_is_whole_seconds_to_the_last_instant(window: Window) -> None:
    """It is 0 or more exactly if it is in time: a microsecond too late counts as a second too late."""
    last = window.last_instant
    margins = {0: 0, 1: 0, SECOND - 1: 0, SECOND: 1, -1: -1, -SECOND: -1, -SECOND - 1: -2}
    assert {early: window.margin(Instant(last - early)) for early in margins} == margins


def test_tables_of_instants_stay_small_however_many_hours_and_offsets_come() -> None:
    """What is kept is thrown away when it is too much, and worked out again."""
    first, noon = dt.date(2000, 1, 1), "12:00:00.5+08:00"
    for day in range(time_tables._MOST_HOURS + 10):
        date = first + dt.timedelta(days=day)
        assert instant_and_utc(f"{date}T{noon}")[1] == f"{date}T04:00:00.500000Z"
    for second in range(time_tables._MOST_RESTS + 10):
        clock, ahead = f"{second // 60 % 60:02}:{second % 60:02}", second // 3600
        assert instant_and_utc(f"2022-05-30T09:{clock}+0{ahead}:00")[1] == f"2022-05-30T0{9 - ahead}:{clock}Z"
    for minutes in range(1, 100):
        offset = f"{minutes // 60:02}:{minutes % 60:02}"
        assert instant_and_utc(f"2022-05-30T{offset}:00+{offset}")[1] == "2022-05-30T00:00:00Z"
    assert len(time_tables._HOURS) <= time_tables._MOST_HOURS
    assert len(time_tables._HOUR_TEXTS) <= time_tables._MOST_HOURS
    assert len(time_tables._RESTS) <= time_tables._MOST_RESTS
    assert len(time_tables._DATES) <= time_tables._MOST_DATES


def test_fractions_of_seconds_are_not_kept() -> None:
    """There are too many; the second is."""
    instant_and_utc("2022-05-30T23:41:17Z")
    kept = len(time_tables._RESTS)
    for microseconds in range(100):
        assert instant_and_utc(f"2022-05-30T23:41:17.{microseconds:06}Z")[0] % SECOND == microseconds
    assert len(time_tables._RESTS) == kept


@pytest.mark.parametrize("text", ["0999-12-31T23:59:59.999999Z", "9900-01-01T00:00:00Z", "9900-01-01T08:00:00+08:00"])
def test_a_text_beyond_the_limits_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^an instant between the years 1000 and 9900$"):
        Instant.parse(text)


def test_a_window_that_would_end_on_a_day_off_ends_on_the_next_day_that_is_none() -> None:
    """Else it is like any other; both days after the first are off."""
    off = frozenset({dt.date(2022, 3, 2), dt.date(2022, 3, 3)})
    window = within_days("completed_at", START, 1, rolls_over=off)
    assert window == Window("completed_at", START, at("2022-03-05T00:00:00"), includes_end=False)
    assert within_days("completed_at", START, 3, rolls_over=off) == within_days("completed_at", START, 3)


def test_a_table_is_emptied_when_it_is_full() -> None:
    table: dict[int, str] = {}
    for key, kept in ((1, {1}), (2, {1, 2}), (3, {3})):
        assert time_tables._keep(table, key, str(key), 2) == str(key)
        assert {*table} == kept


def test_a_text_is_read_the_same_again_whatever_was_read_before() -> None:
    texts = [f"2022-05-30T{hour:02}:30:00{offset}" for hour in range(24) for offset in ("Z", "+08:00", "-02:00")]
    for text in texts * 2:
        known = Instant.at(dt.datetime.fromisoformat(text))
        assert instant_and_utc(text) == (known, known.utc_text())


def test_an_input_says_which_instants_there_are() -> None:
    """One beyond them is RFC 3339 all the same."""
    document = case_document(a_case("douyin_global.damage"))
    for text, expected in (
        ("0999-12-31T23:59:59Z", "an instant between the years 1000 and 9900"),
        ("9900-01-01T00:00:00Z", "an instant between the years 1000 and 9900"),
        ("2022-02-30T00:00:00Z", "an RFC 3339 instant with an offset, to the microsecond at most"),
    ):
        with pytest.raises(InputError) as raised:
            load_case(json.dumps({**document, "as_of": text}))
        assert Fault("/as_of", f'"{text}"', expected) in raised.value.faults
