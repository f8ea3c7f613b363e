"""The zone, the calendar and the numbering that an edition declares: their effects, and invalid declarations."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from adjudicator import decide
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import policies
from adjudicator.law import Established, Instant, PolicyError, Window, WorkingDays, within_working_days
from adjudicator.rulebook.answers import answers_of
from adjudicator.rulebook.codes import codes_without_words
from adjudicator.wire.codec import case_from
from adjudicator.words import LANGUAGES, words_for
from admissions import IN_ORDER

ADMISSION: Final = policies()["douyin_alliance.admission"][0]
DAMAGE: Final = policies()["douyin_global.damage"][0]
PARIS: Final = ZoneInfo("Europe/Paris")
THIS_YEAR: Final = WorkingDays(first=dt.date(2024, 1, 1), last=dt.date(2024, 12, 31))


def refusal(**changes: Any) -> str:
    """The error of the admission edition with some changes."""
    with pytest.raises(PolicyError) as raised:
        evolve(ADMISSION, **changes)
    return str(raised.value)


def working(working_days: WorkingDays, as_of: Instant) -> Established[Window]:
    """ZZ.1. Five working days from today."""
    return within_working_days("as_of", as_of, 5, working_days)


def still_open(as_of: Instant, working: Window) -> bool:
    """ZZ.1. They are not over."""
    return as_of in working


def admission(**changes: Any) -> Edition:
    """An edition that counts working days."""
    fields: dict[str, Any] = {
        "article": "ZZ.1",
        "facts": (working,),
        "requires": (still_open,),
        "barred_by": (),
        "not_adjudicated": {},
        "sentences": (),
    }
    return evolve(ADMISSION, **fields, settings={"working_days": THIS_YEAR}, **changes)


# Zones


def test_an_edition_governs_from_the_first_instant_of_its_day_in_its_zone() -> None:
    in_paris = evolve(DAMAGE, zone=PARIS)
    assert in_paris.governs_from - DAMAGE.governs_from == 7 * 3_600_000_000


@pytest.mark.parametrize(
    ("language", "moment", "day"),
    [
        ("en", "1 July 2024, 23:30 (GMT+02:00)", "1 July 2024"),
        ("zh_Hans", "2024 年 7 月 1 日 23:30（GMT+02:00）", "2024 年 7 月 1 日"),
        ("zh_Hant", "2024 年 7 月 1 日 23:30（GMT+02:00）", "2024 年 7 月 1 日"),
    ],
)
def test_letters_use_the_zone_of_the_edition(language: str, moment: str, day: str) -> None:
    """Where it is still the previous day in Beijing."""
    words = words_for(evolve(DAMAGE, zone=PARIS), language)
    instant = Instant.parse("2024-07-01T21:30:00Z")
    assert (words.moment(instant), words.day(instant)) == (moment, day)
    midnight = Instant.parse("2024-07-01T22:00:00Z")
    assert words.end(Instant(midnight - 1)) == words.say("end.day", day=day)
    assert words.end(Instant(Instant.parse("2024-07-01T16:00:00Z") - 1)) != words.say("end.day", day=day)


# Calendars


def test_beyond_the_calendar_a_person_judges() -> None:
    """The reason is given in every language."""
    edition = admission()
    now = evolve(case_from(IN_ORDER), as_of=Instant.parse("2024-12-20T12:00:00+08:00"))
    assert decide(now, edition).outcome == "admitted"
    later = decide(evolve(now, as_of=Instant.parse("2024-12-30T12:00:00+08:00")), edition)
    assert (later.outcome, later.requests) == ("manual_review", ())
    (clause,) = edition.clauses
    assert "beyond_the_calendar" in {each.reason for each in answers_of(edition, clause)}
    for language in LANGUAGES:
        assert "reason.beyond_the_calendar" not in codes_without_words(edition, language)
        assert "reason.beyond_the_calendar" in words_for(edition, language)


def test_an_edition_that_begins_outside_its_calendar_is_refused() -> None:
    """Whether the calendar is a setting or a global name of a function."""
    assert "known from 2024-01-01 to 2024-12-31, but it governs from 2023-12-31" in refused_from(dt.date(2023, 12, 31))

    def named(as_of: Instant) -> Established[Window]:
        """ZZ.1. Five working days from today."""
        return within_working_days("as_of", as_of, 5, THIS_YEAR)

    named.__name__ = "working"
    with pytest.raises(PolicyError, match="governs from 2025-01-01"):
        evolve(admission(), facts=(named,), settings={}, effective_from=dt.date(2025, 1, 1))


def refused_from(day: dt.date) -> str:
    """The error of an edition with a calendar that begins on a day."""
    with pytest.raises(PolicyError) as raised:
        admission(effective_from=day)
    return str(raised.value)


# Numbers


def test_citations_are_those_that_the_edition_declares() -> None:
    """With parts after a dot, a bracket, a comma or a space. The citation is not part of the restatement."""

    def closed(opened: bool) -> bool:
        """Section 5 paragraph 2 and R7. The shop is closed."""
        return not opened

    edition = evolve(
        ADMISSION,
        article="Section 5",
        numbering=r"Section \d+(?: paragraph \d+)?",
        facts=(),
        requires=(closed,),
        barred_by=(),
        not_adjudicated={},
        sentences=(),
    )
    (clause,) = edition.clauses
    assert (clause.cites, clause.node.citation.readings) == (("Section 5 paragraph 2",), ("R7",))
    assert clause.node.citation.english == "The shop is closed."


def test_an_invalid_numbering_is_refused() -> None:
    assert "numbering is not a regular expression" in refusal(numbering="(")
    assert "finds a number in an empty text" in refusal(numbering="x*")
    assert "the article DA.1 is not numbered as numbering says" in refusal(numbering=r"§ \d+")
