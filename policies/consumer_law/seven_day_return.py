"""七天无理由退货, the return without a reason, under the Consumer Protection Law as in force since 15 March 2014 (CL.25)."""

from __future__ import annotations

import datetime as dt

from adjudicator.claims import REFILE, SIGNING_TIME, AwardKind, Paid, Payment, Pays, Service
from adjudicator.law import (
    ANY,
    Answer,
    Edition,
    Established,
    Instant,
    Minor,
    Missing,
    Repair,
    Undisputed,
    Window,
    fails,
    missing,
    repairable,
    share,
    still_due,
    within_days,
)
from consumer_law import sentences
from consumer_law.case import GOODS_BACK, RETURNS, GoodsClass

# The right, and its seven days: CL.25(1)


def returned_by_the_buyer(claimant_id: str, buyer_id: str) -> bool:
    """CL.25(1). The buyer of the goods returns them.

    退货的是购买商品的消费者本人。Reading R22.
    """
    return claimant_id == buyer_id


def receipt(signings: tuple[Instant | None, ...], line_id: str, as_of: Instant) -> Instant | Missing:
    """CL.25(1), R5, R6. The signing of the last parcel that carries the goods; until then it is too early to decide.

    收到商品之日，即承运该商品的最后一个包裹的签收时间；签收之前尚不能判断。
    """
    signed = [signed_at for signed_at in signings if signed_at is not None]
    if signed and len(signed) == len(signings) and (last := max(signed)) <= as_of:
        return last
    a_new_parcel = {"/order/parcels/-/line_ids": (line_id,), "/order/parcels/-/signed_at": ANY}
    return missing(SIGNING_TIME, {"signings": ANY} if signings else a_new_parcel, "not_received")


def return_window(receipt: Instant) -> Window:
    """CL.25(1), R1. Seven days: from the day after receipt to the end of the last one.

    七日：自收到商品的次日起算，至最后一日二十四时止。
    """
    return within_days("signed_at", receipt, 7)


def claimed_within_seven_days(filed_at: Instant, return_window: Window) -> bool:
    """CL.25(1). Claimed within seven days of receipt.

    自收到商品之日起七日内提出退货。Readings R1, R6, R7.
    """
    return filed_at in return_window


def chance_to_refile(as_of: Instant, evidence_closed: bool, return_window: Established[Window]) -> Repair:
    """R21, R30. A claim for another service can be changed to a return while a return would still be in time."""
    until = return_window.last_instant if isinstance(return_window, Window) else None
    if evidence_closed or (until is not None and as_of > until):
        return fails()
    return repairable(REFILE, {"service": (Service.RETURN_REFUND,)}, until)


def claimed_as_a_return(
    service: Service, as_of: Instant, evidence_closed: bool, return_window: Established[Window]
) -> bool | Repair:
    """CL.25(1). What is claimed is a return and refund.

    申请的售后服务是退货退款。Reading R21.
    """
    return service is Service.RETURN_REFUND or chance_to_refile(as_of, evidence_closed, return_window)


# The exceptions: CL.25(1) and (2)


def made_to_order(goods: GoodsClass) -> bool:
    """CL.25(1). The goods were made to the consumer's order.

    消费者定作的商品。
    """
    return goods is GoodsClass.MADE_TO_ORDER


def fresh_and_perishable(goods: GoodsClass) -> bool:
    """CL.25(1). The goods are fresh and perishable.

    鲜活易腐的商品。
    """
    return goods is GoodsClass.PERISHABLE


def unsealed_digital_goods(goods: GoodsClass, sealed: bool) -> bool:
    """CL.25(1). The goods are digital, recordings or software, and the consumer downloaded or unsealed them.

    在线下载或者消费者已拆封的音像制品、计算机软件等数字化商品。
    """
    return goods is GoodsClass.DIGITAL and not sealed


def newspapers_and_periodicals(goods: GoodsClass) -> bool:
    """CL.25(1). The goods are newspapers or periodicals that were delivered.

    已交付的报纸、期刊。
    """
    return goods is GoodsClass.PERIODICAL


def excluded_at_purchase(goods: GoodsClass, exclusion_confirmed: bool) -> bool:
    """CL.25(2). The goods are by their nature unfit for return, and the consumer confirmed it at purchase.

    根据商品性质不宜退货，且消费者在购买时已经确认。
    """
    return goods is GoodsClass.UNFIT_FOR_RETURN and exclusion_confirmed


# The goods back: CL.25(3)


def returned(goods_back: bool | None, evidence_closed: bool) -> Undisputed[bool]:
    """CL.25(3), R30. Whether the merchant has the goods back; the consumer can send them until evidence closes.

    商家是否已收到退回的商品；举证期限届满前，消费者可随时寄回。
    """
    if goods_back:
        return True
    return fails("not_back") if evidence_closed else missing(GOODS_BACK, {"goods_back": (True,)}, "not_back")


def goods_are_back(returned: bool) -> bool:
    """CL.25(3). The merchant has received the returned goods; until then no refund falls due.

    商家已收到退回的商品；收到之前，退款尚未到期。
    """
    return returned


def goods_are_intact(returned: Undisputed[bool], intact: Established[bool]) -> Answer:
    """CL.25(3). The returned goods are intact; opening them as far as it takes to see and try them does no harm.

    退回的商品完好；为查验、试用的需要而打开包装，不影响商品完好。
    """
    return intact if returned is True else returned


# The price back: CL.25(3)


def returned_units(quantity_claimed: int) -> int:
    """CL.25(3). Every unit that is returned.

    退回的全部件数。
    """
    return quantity_claimed


def price_paid(goods_paid: Minor, price_adjustments: Minor) -> Minor:
    """CL.25(3), R11. What was paid for the goods of the line, less what came back because the price fell; no postage.

    该行商品的实付价款，减去已退的差价；不含运费。
    """
    return Minor(max(goods_paid - price_adjustments, 0))


def price_of_the_returned_units(price_paid: Minor, approved_units: int, line_quantity: int) -> Minor:
    """CL.25(3), R12. The returned units' share of that price, rounded up to the minor unit.

    退回件数在该价款中所占的份额，向上取整到最小货币单位。
    """
    return share(price_paid, approved_units, line_quantity)


def refund(
    price_of_the_returned_units: Minor, refunds_of_this_claim: Minor, refunds: Minor, price_paid: Minor
) -> Minor:
    """CL.25(3), R12, R14. That share less what this claim was refunded before, as far as it is left on the line.

    该份额减去本申请此前已退的部分，且以该行剩余金额为限。
    """
    return still_due(price_of_the_returned_units, refunds_of_this_claim, refunds, price_paid)


def units_refunded_now(
    approved_units: int, refunds_under_this_claim: tuple[Paid, ...], price_paid: Minor, line_quantity: int
) -> int:
    """CL.25(3), R14, R50. The returned units, less those that this claim was refunded before.

    退回件数减去本申请此前已退款的件数。
    """
    before = (units_refunded(each, price_paid, line_quantity) for each in refunds_under_this_claim)
    return max(approved_units - sum(before), 0)


def units_refunded(refund: Paid, price: Minor, of: int) -> int:
    """R12, R50. The units that a refund states, or else the fewest whose share reaches its amount; all of them if no share does."""
    if refund.units is not None:
        return refund.units
    if refund.amount > price:
        return of
    return 0 if refund.amount == 0 else (refund.amount - 1) * of // price + 1


def requested_at_most(requested_amount: Minor | None, paid_under_this_claim: Minor) -> Minor | None:
    """R15. The consumer's own figure for the whole claim, less what was paid under this claim before.

    消费者就整个申请提出的金额，减去本申请此前已付的部分。
    """
    return None if requested_amount is None else Minor(max(requested_amount - paid_under_this_claim, 0))


# What the reader should know


def price_is_due_in_seven_days(approved_units: int) -> bool:
    """CL.25(3). The merchant returns the price within seven days of receiving the goods.

    商家应当自收到退回商品之日起七日内返还商品价款。
    """
    return approved_units > 0


def consumer_pays_the_return(free_return: bool | None, denied: bool) -> bool:
    """CL.25(3). The consumer bears the freight of the return, unless otherwise agreed.

    退回商品的运费由消费者承担；另有约定的，按照约定。
    """
    return not denied and not free_return


def merchant_pays_the_return(free_return: bool | None, denied: bool) -> bool:
    """CL.25(3). It was agreed that the merchant bears the freight of the return.

    双方约定退回商品的运费由商家承担。
    """
    return not denied and free_return is True


def other_rights_remain(denied: bool) -> bool:
    """R46. A denial ends the return without a reason, not the rights that defective goods give; a decision is no legal advice.

    驳回只表示不适用无理由退货，不影响商品存在质量问题时消费者依法享有的权利；本决定不构成法律意见。
    """
    return denied


EDITION = Edition(
    policy="consumer_law.seven_day_return",
    about=__doc__,
    article="CL.25",
    sentences=sentences.ARTICLE_25,
    effective_from=dt.date(2014, 3, 15),
    case_kind=RETURNS,
    facts=(receipt, return_window, returned),
    requires=(
        returned_by_the_buyer,
        claimed_as_a_return,
        claimed_within_seven_days,
        goods_are_back,
        goods_are_intact,
    ),
    barred_by=(
        made_to_order,
        fresh_and_perishable,
        unsealed_digital_goods,
        newspapers_and_periodicals,
        excluded_at_purchase,
    ),
    grants=Payment(
        units=returned_units,
        steps=(price_paid,),
        per_line=(Pays(AwardKind.REFUND, price_of_the_returned_units, refund, units_refunded_now),),
        per_order=(),
        at_most=(requested_at_most,),
        cap_priority=(AwardKind.REFUND,),
    ),
    remarks=(price_is_due_in_seven_days, consumer_pays_the_return, merchant_pays_the_return, other_rights_remain),
)
