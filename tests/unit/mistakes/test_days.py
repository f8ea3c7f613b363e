"""Mistakes with days, zones and the clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from adjudicator.claims import CLAIMS
from adjudicator.engine.registry import policies
from adjudicator.law import (
    BEIJING,
    DAY,
    Answer,
    CaseBase,
    Established,
    Instant,
    Need,
    Party,
    Window,
    by_date,
    day_of,
    fails,
    glossary_of,
    missing,
    start_of_day,
    supplied,
    within_days,
    within_months,
)
from mistakes.rooms import ROOMS, edition, place, refusal

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_window_is_counted_from_a_fact() -> None:
    def window(as_of: Instant) -> Window:
        """ZZ.1(3). A week."""
        return within_days("asof", as_of, 7)

    def clause(window: Window, as_of: Instant) -> bool:
        """ZZ.1(3). Within a week."""
        return as_of in window

    line = window.__code__.co_firstlineno + 2
    assert refusal(clause, facts=(window,)) == (
        f"test.rooms: {place(window)} counts from asof at line {line}, which is neither a fact nor a field; did you mean as_of?"
    )


def first_day(as_of: Instant) -> int:
    """The day, as a helper counts it."""
    return day_of(as_of)


def test_days_are_those_of_the_edition_or_of_a_zone_that_is_named() -> None:
    """In an edition of another zone than Beijing's a function that leaves out the zone would count another day."""

    def month(as_of: Instant) -> Window:
        """ZZ.1(3). A month."""
        return within_months("as_of", as_of, 1)

    def in_berlin(as_of: Instant) -> Window:
        """ZZ.1(3). A month."""
        return within_months("as_of", Instant(start_of_day(day_of(as_of, BERLIN), zone=BERLIN)), 1, zone=BERLIN)

    def by_a_helper(as_of: Instant) -> Established[Window]:
        """ZZ.1(3). A month, on even days."""
        return within_months("as_of", as_of, 1, zone=BEIJING) if first_day(as_of) % 2 else missing(NEED, {"beds": ()})

    def clause(window: Window, as_of: Instant) -> bool:
        """ZZ.1(3). Within it."""
        return as_of in window

    def with_window(function: Callable[..., Any]) -> dict[str, Any]:
        def window(window_of: Established[Window]) -> Established[Window]:
            """ZZ.1(3). It."""
            return window_of

        function.__name__ = "window_of"
        return {"facts": (function, window)}

    line = month.__code__.co_firstlineno + 2
    assert edition(clause, zone=BEIJING, **with_window(month)).zone is BEIJING
    assert refusal(clause, zone=BERLIN, **with_window(month)).endswith(
        f"calls within_months at line {line} without a zone, so it counts Beijing's days, but the edition's are those of "
        "Europe/Berlin; write zone=... there, or, if Beijing's are meant, zone=BEIJING in the kind of case"
    )
    assert edition(clause, zone=BERLIN, **with_window(in_berlin)).zone is BERLIN
    assert f"{place(first_day)} calls day_of at line" in refusal(clause, zone=BERLIN, **with_window(by_a_helper))


def test_an_edition_without_a_zone_has_that_of_its_kind_of_case() -> None:
    """It is UTC unless the kind states one, so days that nobody gave a zone are refused. Those of claims are Beijing's."""

    def month(as_of: Instant) -> Window:
        """ZZ.1(3). A month."""
        return within_months("as_of", as_of, 1)

    def clause(month: Window, as_of: Instant) -> bool:
        """ZZ.1(3). Within it."""
        return as_of in month

    assert "the edition's are those of UTC" in refusal(clause, facts=(month,))
    assert refusal(zone="Europe/Paris") == (
        "test.rooms: zone is 'Europe/Paris'; write a time zone, such as ZoneInfo(\"Europe/Paris\")"
    )
    beijing = evolve(ROOMS, zone=BEIJING)
    assert edition(clause, case_kind=beijing, facts=(month,)).governs_from == Instant.parse("2022-03-15T00:00:00+08:00")
    assert edition(case_kind=beijing, zone=BERLIN).zone is BERLIN
    assert (CLAIMS.zone, {each.zone for editions in policies().values() for each in editions}) == (BEIJING, {BEIJING})


def test_a_calculation_with_the_clock_says_when_it_changes() -> None:
    """In the clause or in a fact behind it; a comparison with an instant is announced by the engine."""

    def counted(as_of: Instant, since: Instant) -> Answer:
        """ZZ.1(3). It is five days ago."""
        return as_of - since > 5 * DAY

    def compared(as_of: Instant, since: Instant) -> Answer:
        """ZZ.1(3). It is five days ago."""
        return since + 5 * DAY < as_of

    def announced(as_of: Instant, since: Instant) -> Answer:
        """ZZ.1(3). It is five days ago."""
        end = Instant(since + 5 * DAY)
        return end < as_of or fails("too_early", changes_at=end) if as_of - since > DAY else True

    def plain(as_of: Instant, since: Instant) -> Answer:
        """ZZ.1(3). It is over."""
        return since < as_of

    def waited(as_of: Instant, since: Instant) -> int:
        """ZZ.1(3). How long ago it is."""
        return as_of - since

    def through_a_fact(waited: int) -> Answer:
        """ZZ.1(3). It is five days ago."""
        return waited > 5 * DAY

    kind = evolve(ROOMS, case_type=SinceCase, glossary=glossary_of(SinceCase))
    for clause in (counted, compared):
        line = clause.__code__.co_firstlineno + 2
        assert refusal(clause, case_kind=kind) == (
            f"test.rooms: the clause {place(clause)} calculates with as_of at line {line}, so nothing says when it changes; "
            "give its answer changes_at, or ask for a Window"
        )
    assert f"calculates with as_of through {place(waited)} at" in refusal(
        through_a_fact, case_kind=kind, facts=(waited,)
    )
    assert len(edition(announced, plain, case_kind=kind).clauses) == 2


@frozen(kw_only=True)
class SinceCase(CaseBase):
    """A case about something that began."""

    id: str
    policy: str
    as_of: Instant
    since: Instant = supplied(Party.MERCHANT, "Since when.")


NEED = Need("beds", Party.MERCHANT)


def test_a_table_of_another_zone_is_told_by_its_type() -> None:
    def clause(most: int, beds: int) -> bool:
        """ZZ.1(1). Beds."""
        return beds <= most

    assert refusal(clause, settings={"most": by_date({"2020-01-01": 5})}).endswith("expects: int, not ByDate[int]")
