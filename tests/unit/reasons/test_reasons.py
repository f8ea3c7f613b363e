"""Every reason that a clause can give: when, with which evidence, and with which parameters."""

from __future__ import annotations

from typing import Final

import pytest
from attrs import evolve
from hypothesis import given

from adjudicator import decide
from adjudicator.model.case import Case
from adjudicator.model.enumerations import Channel, Programme
from adjudicator.testing import a_case, a_claim, a_damage_photo, an_appraisal, cases
from reasons.giving import (
    AUTHENTICITY,
    CLOSED,
    DAMAGE,
    DEFEATS,
    LOCAL_RETURN,
    OTHER_CHANNEL,
    SUPPORTS,
    UNDECIDED,
    Given,
    found,
    merchant,
    needs,
)
from reasons.of_authenticity import OF_AUTHENTICITY
from reasons.of_damage import OF_DAMAGE
from reasons.of_local_return import OF_LOCAL_RETURN

BOTH_WAYS: Final = tuple(
    each
    for policy, evidence in (
        (AUTHENTICITY, (an_appraisal(),)),
        (DAMAGE, (a_damage_photo(),)),
        (LOCAL_RETURN, ()),
    )
    for each in (
        (policy, Given("against_a_global_merchant.holds", a_case(policy, *evidence), SUPPORTS)),
        (policy, Given("against_a_global_merchant.fails", merchant(policy, programme=Programme.DOMESTIC), DEFEATS)),
        (
            policy,
            Given(
                "against_a_global_merchant.pending",
                merchant(policy, programme=None),
                UNDECIDED,
                params=needs("global_programme"),
            ),
        ),
        (policy, Given("filed_in_due_form.holds", a_case(policy, *evidence), SUPPORTS)),
        (policy, Given("filed_in_due_form.fails", a_case(policy, claim=a_claim(claimant_id="else")), DEFEATS)),
    )
)
PATHS: Final = tuple(
    each
    for policy, clause in (
        (AUTHENTICITY, "filed_on_the_authenticity_path"),
        (DAMAGE, "filed_on_the_order_page"),
        (LOCAL_RETURN, "filed_as_return_and_refund"),
    )
    for each in (
        (policy, Given(f"{clause}.holds", a_case(policy), SUPPORTS)),
        (policy, Given(f"{clause}.repairable", a_case(policy, claim=OTHER_CHANNEL), DEFEATS)),
        (policy, Given(f"{clause}.fails", a_case(policy, claim=evolve(CLOSED, filed_through=Channel.OTHER)), DEFEATS)),
    )
)
REASONS: Final = (
    *BOTH_WAYS,
    *PATHS,
    *((AUTHENTICITY, each) for each in OF_AUTHENTICITY),
    *((DAMAGE, each) for each in OF_DAMAGE),
    *((LOCAL_RETURN, each) for each in OF_LOCAL_RETURN),
)


@pytest.mark.parametrize("expected", [each for _, each in REASONS], ids=lambda expected: str(expected.reason))
def test_a_clause_says_why(expected: Given) -> None:
    """The reason, effect and evidence are exactly as expected."""
    finding = found(expected.case, expected.reason.partition(".")[0])
    assert finding.because.code == expected.reason
    assert finding.because.params == expected.params
    assert finding.effect is expected.effect
    assert finding.evidence == expected.evidence


@pytest.mark.parametrize("policy", [AUTHENTICITY, DAMAGE, LOCAL_RETURN])
def test_every_reason_of_a_clause_is_tested_here(policy: str) -> None:
    """For any case, the reasons are among those above, with the same effect."""
    known = {(found.reason, found.effect) for of, found in REASONS if of == policy}

    @given(cases(policy))
    def check(case: Case) -> None:
        assert {(finding.because.code, finding.effect) for finding in decide(case).findings} <= known

    check()
