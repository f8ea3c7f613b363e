"""Remarks say what the reader should know, when it is so and only then."""

from __future__ import annotations

import pytest

from adjudicator import Instant, decide
from adjudicator.case import Case, Ground, SettlementKind, Standard, Submitter, Verification
from adjudicator.governing import edition_for
from adjudicator.testing import (
    a_bar_finding,
    a_case,
    a_claim,
    a_damage_photo,
    a_line,
    a_settlement,
    an_appraisal,
    an_order,
)

AUTHENTICITY = "douyin_global.authenticity"
DAMAGE = "douyin_global.damage"

SUCCESS = Instant.parse("2022-04-02T10:00:00+08:00")
AFTER_2_160_HOURS = Instant.parse("2022-07-01T10:00:01+08:00")


def filed_at(moment: Instant) -> Case:
    """A proven authenticity claim filed at an instant."""
    order = an_order(a_line(completed_at=SUCCESS))
    return a_case(AUTHENTICITY, an_appraisal(), order=order, as_of=moment, claim=a_claim(filed_at=moment))


def barred() -> Case:
    """A claim that the platform bars."""
    bar = a_bar_finding(Ground.BRAND_OWNER, "E2", submitted_by=Submitter.PLATFORM, standard=Standard.PROVEN)
    return a_case(AUTHENTICITY, an_appraisal(), bar)


def of_three_units(units: int, **line: int) -> Case:
    """A claim for three units of a line of 100.00, so many of them proven."""
    order = an_order(a_line(quantity=3, goods_paid=line.get("goods_paid", 10_000)))
    return a_case(AUTHENTICITY, an_appraisal(units_covered=units), order=order)


def adjusted(amount: int) -> Case:
    """A proven claim on a line of which something was paid back before."""
    settlement = a_settlement(amount, SettlementKind.PRICE_ADJUSTMENT, line_id="L1")
    return a_case(AUTHENTICITY, an_appraisal(), settlements=[settlement])


CASES = {
    "counted_in_calendar_days": (filed_at(AFTER_2_160_HOURS), filed_at(Instant(AFTER_2_160_HOURS - 1_000_000))),
    "share_rounded_up": (of_three_units(1), of_three_units(3)),
    "price_adjustment_lowers_the_base": (adjusted(100), adjusted(0)),
    "more_units_may_follow": (of_three_units(2), of_three_units(3)),
    "platform_may_turn_down": (barred(), a_case(AUTHENTICITY, an_appraisal())),
    "rights_by_law_remain": (barred(), a_case(AUTHENTICITY, an_appraisal(verification=Verification.UNVERIFIED))),
    "seal_failure_counts_as_broken": (
        a_case(DAMAGE, a_damage_photo(breakage=None, seal_failure=True)),
        a_case(DAMAGE, a_damage_photo(breakage=True, seal_failure=True)),
    ),
    "leak_is_required": (a_case(DAMAGE, a_damage_photo(leak=False)), a_case(DAMAGE, a_damage_photo(leak=None))),
}


@pytest.mark.parametrize("code", CASES)
def test_a_remark_is_made_when_it_is_so(code: str) -> None:
    """The case that calls for a remark gets it, with what it rests on."""
    so, _ = CASES[code]
    (remark,) = (each for each in decide(so).remarks if each.code == code)
    assert remark.cites
    assert remark.line_id == "L1"


@pytest.mark.parametrize("code", CASES)
def test_a_remark_is_not_made_when_it_is_not_so(code: str) -> None:
    """The case beside it does not."""
    _, otherwise = CASES[code]
    assert code not in [each.code for each in decide(otherwise).remarks]


@pytest.mark.parametrize("policy", [AUTHENTICITY, DAMAGE])
def test_every_remark_of_an_edition_is_tried_here(policy: str) -> None:
    """A new remark needs a case that calls for it and one that does not."""
    assert {remark.__name__ for remark in edition_for(a_case(policy)).remarks} <= CASES.keys()
