"""Remarks appear exactly when they apply."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from adjudicator import Instant, decide
from adjudicator.engine import findings
from adjudicator.engine.findings import remarks_made
from adjudicator.engine.judgement import judge
from adjudicator.engine.plan import remarks_made_at_once
from adjudicator.engine.registry import edition_for
from adjudicator.engine.shared_judgement import SharedJudgement
from adjudicator.kinds.claim import claimed_lines
from adjudicator.model.case import Case
from adjudicator.model.claim import ClaimItem
from adjudicator.model.enumerations import Ground, SettlementKind, Standard, Submitter, Verification
from adjudicator.testing import (
    FILED_AT,
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
LAST_DAY_ENDS = Instant.parse("2022-07-02T00:00:00+08:00")
AFTER_2_160_HOURS = Instant.parse("2022-07-01T10:00:01+08:00")


def filed_at(moment: Instant) -> Case:
    """A proven authenticity claim filed at an instant."""
    order = an_order(a_line(completed_at=SUCCESS))
    return a_case(AUTHENTICITY, an_appraisal(), order=order, as_of=moment, claim=a_claim(filed_at=moment))


def barred() -> Case:
    """A claim with a bar found by the platform."""
    bar = a_bar_finding(Ground.BRAND_OWNER, "E2", submitted_by=Submitter.PLATFORM, standard=Standard.PROVEN)
    return a_case(AUTHENTICITY, an_appraisal(), bar)


def of_three_units(units: int, **line: int) -> Case:
    """A claim for three units of a line for 100.00, of which this many are proven."""
    order = an_order(a_line(quantity=3, goods_paid=line.get("goods_paid", 10_000)))
    return a_case(AUTHENTICITY, an_appraisal(units_covered=units), order=order)


def adjusted(amount: int) -> Case:
    """A proven claim on a line with an earlier price adjustment."""
    settlement = a_settlement(amount, SettlementKind.PRICE_ADJUSTMENT, line_id="L1")
    return a_case(AUTHENTICITY, an_appraisal(), settlements=[settlement])


def compensated_then_adjusted(**stated: int) -> Case:
    """A second claim on a line of two units: one was compensated before the price fell by half."""
    ledger = (
        a_settlement(40_000, SettlementKind.COMPENSATION, line_id="L1", claim_id="earlier", **stated),
        a_settlement(4_000, SettlementKind.PRICE_ADJUSTMENT, line_id="L1"),
    )
    order = an_order(a_line(quantity=2, goods_paid=8_000), postage_paid=0)
    return a_case(AUTHENTICITY, an_appraisal(units_covered=2), order=order, settlements=ledger)


def of_three_damaged(units: int) -> Case:
    """A claim for three units of a line, of which this many are shown broken and leaking."""
    return a_case(DAMAGE, a_damage_photo(units_covered=units), order=an_order(a_line(quantity=3)))


def nothing_shown() -> Case:
    """A claim for three units of a line without proof, after closing."""
    return a_case(
        DAMAGE,
        order=an_order(a_line(quantity=3)),
        claim=a_claim(ClaimItem(line_id="L1", quantity=3), evidence_closes_at=FILED_AT),
    )


PROVEN = a_case(AUTHENTICITY, an_appraisal())
NOT_LEAKING, NOT_BROKEN = a_damage_photo(leak=False), a_damage_photo(breakage=False)
SEAL_ALONE, SEAL_AND_MORE = a_damage_photo(breakage=None, seal_failure=True), a_damage_photo(seal_failure=True)

CASES = (
    ("counted_in_calendar_days", filed_at(AFTER_2_160_HOURS), filed_at(Instant(AFTER_2_160_HOURS - 1_000_000))),
    ("counted_in_calendar_days", filed_at(Instant(LAST_DAY_ENDS - 1)), filed_at(LAST_DAY_ENDS)),
    ("share_rounded_up", of_three_units(1), of_three_units(3)),
    ("share_rounded_up", of_three_damaged(1), of_three_damaged(3)),
    ("price_adjustment_lowers_the_base", adjusted(100), adjusted(0)),
    ("more_units_may_follow", of_three_units(2), of_three_units(3)),
    ("more_units_may_follow", of_three_units(1), barred()),
    ("more_units_may_follow", of_three_damaged(2), of_three_damaged(3)),
    ("more_units_may_follow", of_three_damaged(1), nothing_shown()),
    ("units_are_counted_by_amount", compensated_then_adjusted(), compensated_then_adjusted(units=1)),
    ("platform_may_turn_down", barred(), PROVEN),
    ("rights_by_law_remain", barred(), a_case(AUTHENTICITY, an_appraisal(verification=Verification.UNVERIFIED))),
    ("rights_by_law_remain", nothing_shown(), of_three_damaged(1)),
    ("seal_failure_counts_as_broken", a_case(DAMAGE, SEAL_ALONE), a_case(DAMAGE, SEAL_AND_MORE)),
    (
        "seal_failure_counts_as_broken",
        a_case(DAMAGE, evolve(SEAL_ALONE, breakage=False)),
        a_case(DAMAGE, SEAL_ALONE, a_damage_photo("E2")),
    ),
    (
        "seal_failure_counts_as_broken",
        a_case(DAMAGE, SEAL_ALONE, a_damage_photo("E2", edited=True)),
        a_case(DAMAGE, a_damage_photo(), evolve(SEAL_ALONE, id="E2", edited=True)),
    ),
    ("leak_is_required", a_case(DAMAGE, NOT_LEAKING), a_case(DAMAGE, a_damage_photo(leak=None))),
    ("leak_is_required", a_case(DAMAGE, NOT_BROKEN), nothing_shown()),
)


@pytest.mark.parametrize(("code", "so", "otherwise"), CASES)
def test_a_remark_is_made_exactly_if_it_applies(code: str, so: Case, otherwise: Case) -> None:
    """The case that calls for a remark gets it, with its basis; a similar case does not."""
    (remark,) = (each for each in decide(so).remarks if each.code == code)
    assert remark.cites
    assert remark.line_id == "L1"
    assert code not in [each.code for each in decide(otherwise).remarks]


@pytest.mark.parametrize("policy", [AUTHENTICITY, DAMAGE])
def test_every_remark_of_an_edition_is_tested_here(policy: str) -> None:
    """A new remark needs a case that calls for it and one that does not."""
    assert {remark.__name__ for remark in edition_for(a_case(policy)).remarks} <= {code for code, _, _ in CASES}


def test_the_wider_reading_needs_no_leak() -> None:
    """R32: if the leak is not required, there is no remark about it."""
    case = a_case(DAMAGE, NOT_BROKEN)
    decision = decide(case, evolve(edition_for(case), settings={"leak_required": False}))
    assert "leak_is_required" not in [each.code for each in decision.remarks]


def of_several_units(line_quantity: int) -> bool:
    """ZZ.1(1). A remark."""
    return line_quantity > 1


def test_the_remarks_of_a_judgement_that_many_cases_share_are_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of any other each time."""
    asked: list[Any] = []

    def counted(*given: Any) -> Any:
        asked.append(given)
        return remarks_made_at_once(*given)

    monkeypatch.setattr(findings, "remarks_made_at_once", counted)
    case = of_three_damaged(2)
    edition = evolve(edition_for(case), remarks=(of_several_units,))
    (line,) = claimed_lines(case)
    own = judge(edition, line)
    for judgement, times in ((own, 3), (SharedJudgement.of(own), 1)):
        asked.clear()
        assert [remarks_made(judgement) for _ in range(3)] == [(edition.nodes["of_several_units"],)] * 3
        assert asked == [(edition, own.facts)] * times
