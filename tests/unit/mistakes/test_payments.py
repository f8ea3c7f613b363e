"""Mistakes in the calculation of a payment."""

from __future__ import annotations

import pytest

from adjudicator.law import AwardKind, CasePayment, Glossary, Minor, PaymentKind, Pays, PolicyError
from losses import LOSSES


def rent(beds: int) -> Minor:
    """ZZ.1(2). Ten for each bed."""
    return Minor(10 * beds)


def due(rent: Minor) -> Minor:
    """ZZ.1(2). All of it."""
    return rent


def test_a_function_stands_in_a_calculation_once() -> None:
    pays = (Pays(AwardKind.COMPENSATION, rent, due),)
    with pytest.raises(
        PolicyError, match=r"rent \(.*:\d+\) stands in a CasePayment twice; steps are what comes before"
    ):
        CasePayment(steps=(rent,), pays=pays)


def test_an_amount_is_minor() -> None:
    def cents(beds: int) -> int:
        """ZZ.1(2). Ten for each bed."""
        return 10 * beds

    with pytest.raises(
        PolicyError, match=r"cents \(.*:\d+\) is a step of a CasePayment and returns int; it has to return"
    ):
        CasePayment(steps=(cents,), pays=(Pays(AwardKind.COMPENSATION, rent, due),))


def test_a_currency_is_a_code() -> None:
    with pytest.raises(PolicyError, match="the currency pounds is not an ISO 4217 code"):
        PaymentKind(case_type=LOSSES.case_type, glossary=Glossary(), questions=LOSSES.questions, currency="pounds")
