"""Payments of a pack's own kind of case that are refused: in a case, in an edition, and in a kind."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from adjudicator.law import AwardKind, CaseBase, InputError, Instant, Minor, Pays, PolicyError, ReviewKind, Settlement
from adjudicator.model.enumerations import SettlementKind
from losses import CASE, COVER, LOSSES, PAYMENT, LossCase, premium_back, premium_due


def refund(amount: int, **changes: Any) -> Settlement:
    """An earlier refund."""
    return Settlement(kind=SettlementKind.REFUND, amount=Minor(amount), **changes)


def test_an_impossible_earlier_payment_is_refused() -> None:
    with pytest.raises(InputError) as raised:
        evolve(CASE, settlements=(refund(-1), refund(1, line_id="L1")))
    assert [each.pointer for each in raised.value.faults] == ["/settlements/0/amount", "/settlements/1/line_id"]
    with pytest.raises(InputError) as raised:
        evolve(CASE, settlements=(refund(1, reversed_at=Instant(CASE.as_of + 1)),))
    assert [each.pointer for each in raised.value.faults] == ["/settlements/0/reversed_at"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"pays": (), "cap_priority": ()}, "^a CasePayment pays each kind of award once, and at least one$"),
        ({"pays": PAYMENT.pays[:1] * 2}, "^a CasePayment pays each kind of award once, and at least one$"),
        (
            {"cap_priority": (AwardKind.REFUND,)},
            "^the cap_priority of a CasePayment names each kind of award that it pays once$",
        ),
        (
            {
                "pays": (Pays(AwardKind.TAX, premium_back, premium_due, units=premium_back),),
                "cap_priority": (AwardKind.TAX,),
            },
            "^a case that is judged as a whole has no units for tax$",
        ),
    ],
)
def test_an_invalid_payment_is_refused(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(PolicyError, match=expected):
        evolve(PAYMENT, **changes)


def test_a_kind_of_case_without_payments_cannot_pay() -> None:
    with pytest.raises(PolicyError, match="CaseBase is not a PaymentCase"):
        evolve(LOSSES, case_type=CaseBase)


def test_a_review_that_pays_is_refused() -> None:
    """With an error when the edition is created."""
    review = ReviewKind(case_type=LossCase, glossary=LOSSES.glossary, questions=LOSSES.questions)
    with pytest.raises(PolicyError, match="ReviewKind cannot grant a CasePayment"):
        evolve(COVER, case_kind=review)
