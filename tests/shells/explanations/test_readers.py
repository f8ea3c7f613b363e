"""What each reader of an explanation is told, without excess detail."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import InputError, decide
from adjudicator.explain import READERS, explain, page_for
from adjudicator.explain.page import Items
from adjudicator.model.enumerations import Ground, Submitter, Verification
from adjudicator.model.money import Minor
from adjudicator.testing import a_bar_finding, a_case, a_claim, a_damage_photo, a_line, an_appraisal, an_order
from adjudicator.wire.codec import case_from
from documents import documents
from explanations.reading import AUTHENTICITY, DAMAGE, for_every_policy, many

# The readers


def test_requests_to_the_reader_come_first_and_others_are_reported() -> None:
    """For one reader it is a request, for the other a report."""
    case = a_case(DAMAGE, order=an_order(a_line(category=None)), claim=a_claim(filed_at=a_claim().filed_at))
    decision = decide(case)
    assert {each.to for each in decision.requests} == {"consumer"}
    assert "Please send us proof of the damage." in explain(decision, case, voice="consumer")
    assert "We have asked the consumer for this: proof of the damage." in explain(decision, case, voice="merchant")


@pytest.mark.parametrize("voice", ["consumer", "merchant"])
def test_the_applicant_for_admission_gets_the_letter(voice: Any) -> None:
    """In a case without an opposing side, the merchant is the applicant."""
    from admissions import IN_ORDER

    decision = decide(case_from(IN_ORDER))
    assert "Your shop is admitted to the alliance." in explain(decision, voice=voice)


@for_every_policy
@many
@given(data=st.data())
def test_a_script_is_short(policy: str, data: st.DataObject) -> None:
    case = case_from(data.draw(documents(policy)))
    (items,) = page_for(decide(case), case, voice="agent", locale="en").blocks
    assert isinstance(items, Items)
    assert len(items.items) <= 8


def test_a_script_says_numbers_as_they_are_spoken() -> None:
    case = a_case(AUTHENTICITY, an_appraisal())
    text = explain(decide(case), case, voice="agent")
    assert "You will receive 2,861 yuan." in text
    assert "CNY" not in text


def test_a_letter_can_be_written_without_the_policy_installed() -> None:
    decision = decide(a_case(AUTHENTICITY, an_appraisal(verification=Verification.UNVERIFIED)))
    foreign = attrs.evolve(decision, policy=attrs.evolve(decision.policy, id="acme.returns"))
    for voice in READERS:
        assert "acme.returns" in explain(foreign, voice=voice)


def test_a_case_other_than_the_decided_one_is_refused() -> None:
    case = a_case(AUTHENTICITY)
    with pytest.raises(InputError, match="the id of the case that was decided"):
        explain(decide(case), attrs.evolve(case, id="another"))


def test_only_the_merchant_learns_which_points_can_be_contested() -> None:
    """The points come from the rule's clauses on evidence, not from a list of ours."""
    doubtful = an_appraisal(verification=Verification.UNVERIFIED)
    decision = decide(a_case(AUTHENTICITY, doubtful))
    text = explain(decision, voice="merchant")
    for number in ("DG.1.4(1)", "DG.1.4(2)", "DG.1.4(3)", "DG.1.4(4)", "DG.1.3(4)"):
        assert number in text
    assert "DG.1.4(5)" not in text
    assert "DG.1.4" not in explain(decision, voice="consumer")


def test_a_denial_by_a_bar_says_that_it_was_a_right_and_not_a_duty() -> None:
    barred = a_bar_finding(Ground.GOODS_SWAPPED, "E2", submitted_by=Submitter.PLATFORM)
    decision = decide(a_case(AUTHENTICITY, an_appraisal(), barred))
    for voice in ("consumer", "merchant"):
        assert "the platform may deny a claim, but does not have to" in explain(decision, voice=voice)


# Money


def test_only_steps_that_change_nothing_are_left_out() -> None:
    """The tax is mentioned even if it happens to equal the refund."""
    line = a_line(goods_paid=Minor(500), tax_paid=Minor(500))
    case = a_case(DAMAGE, a_damage_photo(), order=an_order(line))
    text = explain(decide(case), case)
    assert "1. CNY 5.00: What was paid for the goods of the line" in text
    assert "2. CNY 5.00: The approved units' share of the tax" in text
    assert "The refund less what this claim was refunded before" not in text


def test_a_ceiling_is_mentioned_only_if_it_was_reached() -> None:
    figure = "The consumer's own figure for the whole claim"
    for requested, is_told in ((Minor(100), True), (Minor(10_000_000), False)):
        case = a_case(DAMAGE, a_damage_photo(), claim=a_claim(requested_amount=requested))
        assert (figure in explain(decide(case), case)) is is_told


def test_names_of_goods_are_not_translated() -> None:
    case = a_case(DAMAGE, a_damage_photo(), order=an_order(a_line(title="iPad case")))
    assert "  - iPad case (line L1): Approved" in explain(decide(case), case)
    assert "  - Line L1: Approved" in explain(decide(case))
