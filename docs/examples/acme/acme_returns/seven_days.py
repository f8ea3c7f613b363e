"""Acme's return promise, as published on 1 January 2023 (AC.1): the price back within seven days."""

from __future__ import annotations

import datetime as dt

from adjudicator.claims import CLAIMS, COMPLETION_TIME, AwardKind, Category, Channel, Payment, Pays
from adjudicator.law import ANY, Edition, Established, Instant, Minor, Window, missing, share, still_due, within_days


def filed_on_the_order_page(filed_through: Channel) -> bool:
    """AC.1(1). Filed from the order page."""
    return filed_through is Channel.ORDER_PAGE


def success(completed_at: Instant | None, as_of: Instant) -> Established[Instant]:
    """AC.1(2). When the transaction succeeded; until then it is too early to decide."""
    if completed_at is not None and completed_at <= as_of:
        return completed_at
    return missing(COMPLETION_TIME, {"completed_at": ANY}, "not_ripe")


def return_window(success: Instant) -> Window:
    """AC.1(2). Seven days from the day after success, to the end of the last one."""
    return within_days("completed_at", success, 7)


def filed_in_time(filed_at: Instant, return_window: Window) -> bool:
    """AC.1(2). Filed within seven days after the transaction succeeded."""
    return filed_at in return_window


def goods_are_food(category: Category) -> bool:
    """AC.1(3). Food and milk powder cannot be returned."""
    return category in (Category.FOOD, Category.MILK_POWDER)


def returned_units(quantity_claimed: int) -> int:
    """AC.1. Every claimed unit."""
    return quantity_claimed


def price_of_the_returned_units(
    goods_paid: Minor, price_adjustments: Minor, approved_units: int, line_quantity: int
) -> Minor:
    """AC.1(4). The units' share of the price paid for the line, after price adjustments, rounded up."""
    return share(Minor(max(goods_paid - price_adjustments, 0)), approved_units, line_quantity)


def refund_due(
    price_of_the_returned_units: Minor,
    refunds_of_this_claim: Minor,
    refunds: Minor,
    goods_paid: Minor,
    price_adjustments: Minor,
) -> Minor:
    """AC.1(4). That price less this claim's earlier refunds, up to what is left on the line."""
    left_on_the_line = Minor(goods_paid - price_adjustments)
    return still_due(price_of_the_returned_units, refunds_of_this_claim, refunds, left_on_the_line)


def requested_at_most(requested_amount: Minor | None, paid_under_this_claim: Minor) -> Minor | None:
    """AC.1(4). The amount the consumer asked for, if any, less what this claim was paid before."""
    return None if requested_amount is None else Minor(max(requested_amount - paid_under_this_claim, 0))


REFUND = Payment(
    units=returned_units,
    steps=(),
    per_line=(Pays(AwardKind.REFUND, price_of_the_returned_units, refund_due),),
    per_order=(),
    at_most=(requested_at_most,),
    cap_priority=(AwardKind.REFUND,),
)


EDITION = Edition(
    policy="acme.returns",
    article="AC.1",
    effective_from=dt.date(2023, 1, 1),
    case_kind=CLAIMS,
    facts=(success, return_window),
    requires=(filed_on_the_order_page, filed_in_time),
    barred_by=(goods_are_food,),
    grants=REFUND,
)
