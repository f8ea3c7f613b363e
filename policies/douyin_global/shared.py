"""What the guarantees share: the parties, the time for refiling, the money of a line, and the remarks of every decision."""

from __future__ import annotations

from adjudicator.claims import REFILE, AwardKind, Paid, Programme
from adjudicator.law import AnyOf, Established, Instant, Minor, Repair, Window, fails, repairable, share, still_due

TAKEN_IN_ORDER = (AwardKind.REFUND, AwardKind.COMPENSATION, AwardKind.TAX, AwardKind.POSTAGE)
"""R15. The order in which amounts count towards a ceiling."""

A_ROUTE = "a_route_and_no_condition"
"""R21. Why the sentence on the platform's customer service is not adjudicated."""


def against_a_global_merchant(programme: Programme) -> bool:
    """DG.1.3(1), DG.2.2(2), DG.3.1. The claim is against a merchant that was a Global one when the order was placed.

    下单时，被申请的商家属于全球购商家。Reading R20.
    """
    return programme is Programme.GLOBAL


def filed_in_due_form(claimant_id: str, buyer_id: str) -> bool:
    """DG.1.3(3), DG.2.1, DG.3.1. The claimant is the buyer of the order.

    申请人就是该订单的买家。Reading R22.
    """
    return claimant_id == buyer_id


def chance_to_refile(path: AnyOf, as_of: Instant, evidence_closed: bool, window: Established[Window] | None) -> Repair:
    """R21, R30. A path can be put right until evidence closes, while a claim filed now would still be in time.

    Without a window (there is none, or its clock has not started) there is still time.
    """
    until = window.last_instant if isinstance(window, Window) else None
    if evidence_closed or (until is not None and as_of > until):
        return fails()
    return repairable(REFILE, path, until)


def goods_price(goods_paid: Minor, price_adjustments: Minor) -> Minor:
    """R11, R14. What was paid for the goods of the line, less what came back because the price fell.

    该行商品的实付金额，减去已退的差价。
    """
    return Minor(max(goods_paid - price_adjustments, 0))


def price_of_the_approved_units(goods_price: Minor, approved_units: int, line_quantity: int) -> Minor:
    """R11, R12. The approved units' share of that price, rounded up to the minor unit.

    核定件数在该金额中所占的份额，向上取整到最小货币单位。
    """
    return share(goods_price, approved_units, line_quantity)


def refund(refund_entitled: Minor, refunds_of_this_claim: Minor, refunds: Minor, goods_price: Minor) -> Minor:
    """R12, R14. The refund less what this claim was refunded before, as far as it is left on the line.

    应退金额减去本申请此前已退的部分，且以该行剩余金额为限。
    """
    return still_due(refund_entitled, refunds_of_this_claim, refunds, goods_price)


def requested_at_most(requested_amount: Minor | None, paid_under_this_claim: Minor) -> Minor | None:
    """R15. The consumer's own figure for the whole claim, less what was paid under this claim before.

    消费者就整个申请提出的金额，减去本申请此前已付的部分。
    """
    return None if requested_amount is None else Minor(max(requested_amount - paid_under_this_claim, 0))


def rights_by_law_remain(denied: bool) -> bool:
    """R46. A denial ends this guarantee, not the consumer's rights by law; a decision is no legal advice.

    驳回只表示本项保障不适用，不影响消费者依法享有的权利；本决定不构成法律意见。
    """
    return denied


def share_rounded_up(goods_price: Minor, approved_units: int, line_quantity: int) -> bool:
    """R12. The approved units' share did not come out even and was rounded up.

    核定件数的份额除不尽，已向上取整。
    """
    return goods_price * approved_units % line_quantity != 0


def price_adjustment_lowers_the_base(goods_paid: Minor, goods_price: Minor) -> bool:
    """R11. Price adjustments paid back earlier lower what the claim is reckoned on.

    此前退还的差价会降低计算基数。
    """
    return goods_price < goods_paid


def units_refunded_now(
    approved_units: int, refunds_under_this_claim: tuple[Paid, ...], goods_price: Minor, line_quantity: int
) -> int:
    """R14, R50. The approved units, less those that this claim was refunded before.

    核定件数减去本申请此前已退款的件数。
    """
    return max(approved_units - units_paid(refunds_under_this_claim, goods_price, line_quantity), 0)


def units_paid(payments: tuple[Paid, ...], price: Minor, of: int, times: int = 1) -> int:
    """R50. How many units some payments settled, each by itself: as many as it states, else the fewest that it can have been for.

    ``price`` is that of the whole line, and a unit was paid so many ``times`` its share of it.
    """
    if not payments:
        return 0
    return sum([fewest_units(each.amount, price, of, times) if each.units is None else each.units for each in payments])


def fewest_units(amount: Minor, price: Minor, of: int, times: int) -> int:
    """R12, R50. The fewest units whose share, so many times over, reaches an amount; all of them where no share does."""
    share_to_reach = -(-amount // times)
    if share_to_reach == 0:
        return 0
    return of if share_to_reach > price else (share_to_reach - 1) * of // price + 1
