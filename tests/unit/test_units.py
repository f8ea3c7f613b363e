"""The number of approved units: the largest number that one proof covers, never the sum (R28)."""

from __future__ import annotations

from typing import Any, Final

import pytest

from adjudicator import decide
from adjudicator.kinds.claim import CLAIMS
from adjudicator.model.claim import ClaimItem
from adjudicator.model.decision import LineResult, Outcome
from adjudicator.model.enumerations import Conclusion, Verification
from adjudicator.model.evidence import Evidence
from adjudicator.testing import (
    a_case,
    a_claim,
    a_courier_statement,
    a_damage_photo,
    a_line,
    an_appraisal,
    an_official_finding,
    an_order,
)

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
LOCAL_RETURN: Final = "douyin_global.local_return"


def broken(id: str, units: int | None) -> Evidence:
    """A close-up that shows this many units broken, without saying whether they leak."""
    return a_damage_photo(id, leak=None, units_covered=units)


def leaking(id: str, units: int | None) -> Evidence:
    """A close-up that shows this many units leaking, without saying whether they are broken."""
    return a_damage_photo(id, breakage=None, units_covered=units)


APPROVED: Final[tuple[tuple[str, tuple[Any, ...], int], ...]] = (
    (AUTHENTICITY, (an_appraisal(units_covered=None),), 1),
    (AUTHENTICITY, (an_official_finding(units_covered=None),), 1),
    (AUTHENTICITY, (an_appraisal(units_covered=4),), 4),
    (AUTHENTICITY, (an_appraisal(units_covered=9),), 5),
    (AUTHENTICITY, (an_appraisal(units_covered=2), an_official_finding("E2", units_covered=3)), 3),
    (AUTHENTICITY, (an_appraisal(), an_appraisal("E2", units_covered=3, verification=Verification.UNVERIFIED)), 1),
    (AUTHENTICITY, (an_appraisal(), an_appraisal("E2", units_covered=3, conclusion=Conclusion.INCONCLUSIVE)), 1),
    (DAMAGE, (a_damage_photo(units_covered=None),), 1),
    (DAMAGE, (a_courier_statement(units_covered=None),), 1),
    (DAMAGE, (a_courier_statement(units_covered=4),), 4),
    (DAMAGE, (a_damage_photo(units_covered=9),), 5),
    (DAMAGE, (a_damage_photo(units_covered=2), a_courier_statement("E2", units_covered=3)), 3),
    (DAMAGE, (broken("E1", 4), leaking("E2", 2)), 2),
    (DAMAGE, (broken("E1", 2), leaking("E2", 4)), 2),
    (DAMAGE, (broken("E1", 4), broken("E2", 3), leaking("E3", 2), leaking("E4", 3)), 3),
    (DAMAGE, (broken("E1", None), leaking("E2", 4)), 1),
    (LOCAL_RETURN, (), 5),
)


@pytest.mark.parametrize(("policy", "evidence", "units"), APPROVED)
def test_as_many_units_are_approved_as_are_proven(policy: str, evidence: tuple[Evidence, ...], units: int) -> None:
    """Of five claimed units; a document without a number covers one."""
    order = an_order(a_line(quantity=6))
    case = a_case(policy, *evidence, order=order, claim=a_claim(ClaimItem(line_id="L1", quantity=5)))
    outcome = Outcome.APPROVED if units == 5 else Outcome.PARTIALLY_APPROVED
    assert decide(case).lines == (LineResult("L1", outcome, 5, units),)


@pytest.mark.parametrize("policy", [AUTHENTICITY, DAMAGE])
def test_nothing_is_approved_for_a_pending_line(policy: str) -> None:
    """It has no proof."""
    assert decide(a_case(policy)).lines == (LineResult("L1", Outcome.NEEDS_INFORMATION, 1, 0),)


def test_each_claimed_line_is_judged_on_its_own() -> None:
    """In the order of the claim; lines that are not claimed are left out."""
    order = an_order(a_line("L1"), a_line("L2"), a_line("L3"))
    case = a_case(
        DAMAGE, order=order, claim=a_claim(ClaimItem(line_id="L3", quantity=1), ClaimItem(line_id="L1", quantity=1))
    )
    assert [each.line_id for each in CLAIMS.subjects(case)] == ["L3", "L1"]
