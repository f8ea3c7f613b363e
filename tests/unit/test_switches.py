"""The named switches of the editions change what they say, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from attrs import evolve

from adjudicator import ClaimDecision, Instant, decide
from adjudicator.engine.registry import edition_for
from adjudicator.model.case import Case
from adjudicator.model.decision import Outcome
from adjudicator.model.enumerations import Channel, Reason
from adjudicator.model.finding import Effect
from adjudicator.testing import a_case, a_claim, a_damage_photo, a_line, an_appraisal, an_order

SUCCESS = Instant.parse("2022-04-02T10:00:00+08:00")
LAST_DAY = dt.date(2022, 7, 1)


def decided(case: Case, settings: Mapping[str, object]) -> ClaimDecision:
    """The decision on a case under the edition in force, with other settings."""
    return decide(case, evolve(edition_for(case), settings=settings))


def filed(moment: str) -> Case:
    """A proven authenticity claim, filed at a moment."""
    at = Instant.parse(moment)
    return a_case(
        "douyin_global.authenticity",
        an_appraisal(),
        as_of=at,
        claim=a_claim(filed_at=at, filed_through=Channel.ORDER_PAGE, reason=Reason.COUNTERFEIT),
        order=an_order(a_line(completed_at=SUCCESS)),
    )


def in_time(decision: ClaimDecision) -> bool:
    """Whether the claim was found to be in time."""
    (finding,) = (each for each in decision.findings if each.clause == "filed_within_ninety_days")
    return finding.effect is Effect.SUPPORTS


def test_a_holiday_does_not_move_the_last_day() -> None:
    """Without the roll, a last day on a holiday stays the last day."""
    off = {"last_day_rolls_over": False, "holidays": frozenset({LAST_DAY})}
    assert in_time(decided(filed("2022-07-01T23:59:59+08:00"), off))
    assert not in_time(decided(filed("2022-07-02T00:00:00+08:00"), off))


def test_with_the_roll_the_last_day_moves_past_consecutive_holidays() -> None:
    """The window then ends with the first day that is not one of the given holidays."""
    days = frozenset({LAST_DAY, LAST_DAY + dt.timedelta(days=1)})
    on = {"last_day_rolls_over": True, "holidays": days}
    assert in_time(decided(filed("2022-07-03T23:59:59+08:00"), on))
    assert not in_time(decided(filed("2022-07-04T00:00:00+08:00"), on))


def test_a_holiday_before_the_last_day_moves_nothing() -> None:
    """Only the last day can move."""
    on = {"last_day_rolls_over": True, "holidays": frozenset({LAST_DAY - dt.timedelta(days=1)})}
    assert in_time(decided(filed("2022-07-01T23:59:59+08:00"), on))
    assert not in_time(decided(filed("2022-07-02T00:00:00+08:00"), on))


def test_the_wider_reading_covers_goods_that_are_broken_but_dry() -> None:
    """Without the switch they are not covered; with it, the leak is not asked about."""
    case = a_case("douyin_global.damage", a_damage_photo(breakage=True, leak=False))
    assert decide(case).outcome is Outcome.DENIED
    assert decided(case, {"leak_required": False}).outcome is Outcome.APPROVED


def test_the_wider_reading_still_needs_breakage() -> None:
    """Leaking alone is covered under neither reading."""
    case = a_case("douyin_global.damage", a_damage_photo(breakage=False, seal_failure=None, leak=True))
    assert decide(case).outcome is Outcome.DENIED
    assert decided(case, {"leak_required": False}).outcome is Outcome.DENIED
