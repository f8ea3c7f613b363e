"""Mistakes in the calculation of a payment."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from adjudicator import decide
from adjudicator.claims import CLAIMS, Payment, Return
from adjudicator.law import AwardKind, CasePayment, Edition, Glossary, Minor, PaymentKind, Pays, PolicyError
from adjudicator.testing import a_case
from losses import CASE, COVER, LOSSES


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


def is_claimed(quantity_claimed: int) -> bool:
    """ZZ.1(1). Something is claimed."""
    return quantity_claimed > 0


def all_units(quantity_claimed: int) -> int:
    """ZZ.1(1). All of them."""
    return quantity_claimed


def price(goods_paid: Minor) -> Minor:
    """ZZ.1(2). What was paid."""
    return goods_paid


def price_due(price: Minor) -> Minor:
    """ZZ.1(2). All of it."""
    return price


def a_payment(**changes: Any) -> Payment:
    """A refund of the price of each claimed line."""
    fields = {"units": all_units, "steps": (), "per_line": (Pays(AwardKind.REFUND, price, price_due),)}
    others = {"per_order": (), "at_most": (), "cap_priority": (AwardKind.REFUND,)}
    return Payment(**{**fields, **others, **changes})


def a_percentage(goods_paid: Minor) -> int:
    """ZZ.1(2). Ten per cent."""
    return 10 if goods_paid else 0


@pytest.mark.parametrize(
    "changes",
    [
        {"steps": (a_percentage,)},
        {"at_most": (a_percentage,)},
        {"per_line": (Pays(AwardKind.REFUND, a_percentage, price_due),)},
        {"per_order": (Pays(AwardKind.REFUND, price, a_percentage),)},
    ],
    ids=["steps", "at_most", "entitled", "due"],
)
def test_every_number_that_a_payment_shows_as_money_is_an_amount(changes: Any) -> None:
    """A step of 10 per cent would be shown to customers as 0.10 of their currency."""
    refusal = r"a_percentage \(.*:\d+\) is a step of a Payment and returns int; it has to return Minor; a number that is no amount"
    with pytest.raises(PolicyError, match=refusal):
        a_payment(**changes)


def in_words(quantity_claimed: int) -> str:
    """ZZ.1(1). All of them, in words."""
    return str(quantity_claimed)


@pytest.mark.parametrize(
    ("grants", "of"),
    [
        (lambda: a_payment(units=in_words), "Payment"),
        (lambda: a_payment(per_line=(Pays(AwardKind.REFUND, price, price_due, in_words),)), "Payment"),
        (lambda: Return(units=in_words, address=in_words, freight=in_words), "Return"),
    ],
    ids=["units", "units settled", "units to return"],
)
def test_units_are_a_whole_number(grants: Callable[[], object], of: str) -> None:
    with pytest.raises(
        PolicyError, match=rf"in_words \(.*:\d+\) says the units of a {of} and returns str; it has to return int"
    ):
        grants()


def refusal_of(payment: Payment) -> str:
    """The error of a decision on a claim for one unit under an edition with such a payment."""
    edition = Edition(
        policy="test.payments",
        article="ZZ.1",
        effective_from=dt.date(2022, 3, 15),
        case_kind=CLAIMS,
        requires=(is_claimed,),
        grants=payment,
    )
    with pytest.raises(PolicyError) as caught:
        decide(a_case("test.payments"), edition)
    return re.sub(r" \(.*\)", "", str(caught.value))


@pytest.mark.parametrize("factor", [2, -1])
def test_not_more_units_are_approved_than_are_claimed_and_not_fewer_than_none(factor: int) -> None:
    def units(quantity_claimed: int) -> int:
        """ZZ.1(1). A multiple of them."""
        return factor * quantity_claimed

    assert refusal_of(a_payment(units=units)) == (
        f"test.payments: mistakes.test_payments.units returned {factor}; the approved units are a number from 0 to the claimed 1"
    )


def test_nobody_is_entitled_to_less_than_nothing() -> None:
    def below(goods_paid: Minor) -> Minor:
        """ZZ.1(2). Less than nothing."""
        return Minor(-goods_paid)

    paid = a_case("test.payments").order.lines[0].goods_paid
    for place in ("per_line", "per_order"):
        changes: Any = {place: (Pays(AwardKind.REFUND, below, below),)}
        payment = evolve(a_payment(per_line=()), **changes)
        assert (
            refusal_of(payment)
            == f"test.payments: mistakes.test_payments.below returned -{paid}; an entitlement is 0 or more"
        )


def test_a_currency_is_a_code() -> None:
    with pytest.raises(PolicyError, match="the currency pounds is not an ISO 4217 code"):
        PaymentKind(case_type=LOSSES.case_type, glossary=Glossary(), questions=LOSSES.questions, currency="pounds")


def test_no_other_case_entitles_to_less_than_nothing_either() -> None:
    def below(damage: Minor) -> Minor:
        """§ 6(1). Less than nothing."""
        return Minor(-damage)

    def all_of_it(below: Minor) -> Minor:
        """§ 6(1). All of it."""
        return below

    edition = evolve(COVER, grants=CasePayment(pays=(Pays(AwardKind.COMPENSATION, below, all_of_it),)))
    with pytest.raises(PolicyError, match=r"^zz\.cover: .*below \(.*\) returned -\d+; an entitlement is 0 or more"):
        decide(CASE, edition)


def test_a_function_of_a_payment_without_an_annotation_is_told_by_its_edition() -> None:
    """It is told with the others that lack one, and not twice."""

    def bare(goods_paid):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - that is the mistake
        """ZZ.1(2). Anything."""
        return goods_paid

    payment = a_payment(units=bare, steps=(bare,))
    with pytest.raises(PolicyError, match=r"bare .* has no type for goods_paid, return"):
        refusal_of(payment)
