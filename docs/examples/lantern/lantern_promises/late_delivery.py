"""Lantern's late delivery promise, as published on 1 March 2024 (LN.1): a tenth of the price for goods that come late."""

from __future__ import annotations

import datetime as dt

from adjudicator.claims import CLAIMS, SIGNING_TIME, AwardKind, Category, Channel, Payment, Pays
from adjudicator.law import ANY, Edition, Established, Instant, Minor, Window, missing, within_days


def signing(signings: tuple[Instant | None, ...], line_id: str, as_of: Instant) -> Established[Instant]:
    """LN.1(2), LN.1(3). When the last parcel with the goods was signed for; until then nobody can say how late they are.

    最后一个包裹的签收时间；签收之前无从判断晚了多久。
    """
    signed = [each for each in signings if each is not None]
    last = max(signed) if signed and len(signed) == len(signings) else None
    if last is not None and last <= as_of:
        return last
    a_parcel = {"/order/parcels/-/line_ids": (line_id,), "/order/parcels/-/signed_at": ANY}
    return missing(SIGNING_TIME, {"signings": ANY} if signings else a_parcel, "not_signed_for", changes_at=last)


def promised_by(placed_at: Instant) -> Instant:
    """LN.1(3). The last instant of the tenth day after the day of the order.

    下单次日起第十日的最后一刻。
    """
    return within_days("placed_at", placed_at, 10).last_instant


def claim_window(signing: Instant) -> Window:
    """LN.1(2). Thirty days after the day of signing, the last one to 24:00.

    签收次日起三十日，至最后一日24时止。
    """
    return within_days("signed_at", signing, 30)


def filed_by_the_buyer(filed_through: Channel, claimant_id: str, buyer_id: str) -> bool:
    """LN.1(1). Filed from the order page, by the buyer.

    由买家本人在订单页提出。
    """
    return filed_through is Channel.ORDER_PAGE and claimant_id == buyer_id


def filed_in_time(filed_at: Instant, claim_window: Window) -> bool:
    """LN.1(2). Filed within thirty days after the goods were signed for.

    在签收后三十日内提出。
    """
    return filed_at in claim_window


def came_late(signing: Instant, promised_by: Instant) -> bool:
    """LN.1(3). The goods were signed for later than ten days after the order.

    商品在下单十日之后才签收。
    """
    return signing > promised_by


def goods_are_alcohol(category: Category) -> bool:
    """LN.1(4). Alcohol is handed to adults in person: when it comes is not promised.

    酒类须由成年人当面签收，不承诺送达时间。
    """
    return category is Category.ALCOHOL


def late_units(quantity_claimed: int) -> int:
    """LN.1. Every unit that is claimed.

    申请的全部件数。
    """
    return quantity_claimed


def price(goods_paid: Minor, price_adjustments: Minor) -> Minor:
    """LN.1(5). What was paid for the goods of the line, less what came back because the price fell.

    该行商品的实付金额，减去已退的差价。
    """
    return Minor(max(goods_paid - price_adjustments, 0))


def tenth_of_the_price(price: Minor, approved_units: int, line_quantity: int) -> Minor:
    """LN.1(5). A tenth of the late units' share of that price, rounded up.

    晚到件数所占金额的十分之一，向上取整。
    """
    return Minor(-(-price * approved_units // (10 * line_quantity)))


def compensation_due(
    tenth_of_the_price: Minor, price: Minor, compensations_of_this_claim: Minor, compensations: Minor
) -> Minor:
    """LN.1(5). That tenth less what this claim was paid before, as far as it is left of a tenth of the line's price.

    上述十分之一减去本申请此前已付的部分，且不超过该行金额十分之一中尚未支付的部分。
    """
    left_on_the_line = -(-price // 10) - compensations
    return Minor(max(min(tenth_of_the_price - compensations_of_this_claim, left_on_the_line), 0))


def requested_at_most(requested_amount: Minor | None, paid_under_this_claim: Minor) -> Minor | None:
    """LN.1(5). The buyer's own figure, if there is one, less what was paid under this claim before.

    买家自己提出的金额（如有），减去本申请此前已付的部分。
    """
    return None if requested_amount is None else Minor(max(requested_amount - paid_under_this_claim, 0))


EDITION = Edition(
    policy="lantern.late_delivery",
    article="LN.1",
    effective_from=dt.date(2024, 3, 1),
    case_kind=CLAIMS,
    facts=(signing, promised_by, claim_window),
    requires=(filed_by_the_buyer, filed_in_time, came_late),
    barred_by=(goods_are_alcohol,),
    grants=Payment(
        units=late_units,
        steps=(price,),
        per_line=(Pays(AwardKind.COMPENSATION, tenth_of_the_price, compensation_due),),
        per_order=(),
        at_most=(requested_at_most,),
        cap_priority=(AwardKind.COMPENSATION,),
    ),
)
