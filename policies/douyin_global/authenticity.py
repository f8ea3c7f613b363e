"""正品保障, the authenticity guarantee, as published on 15 March 2022 (DG.1): a refund, and ten times the price on top."""

from __future__ import annotations

import datetime as dt
from collections.abc import Set as AbstractSet

from attrs import field, frozen

from adjudicator.claims import (
    CLAIMS,
    COMPLETION_TIME,
    COUNTERFEIT_PROOF,
    AwardKind,
    BarFinding,
    Channel,
    Demand,
    Ground,
    Paid,
    Payment,
    Pays,
    Reason,
    Standard,
)
from adjudicator.law import (
    ANY,
    HOUR,
    Answer,
    Edition,
    Established,
    Instant,
    Minor,
    Proofs,
    Repair,
    Submitter,
    Undisputed,
    Window,
    disputed,
    heard,
    holds,
    lacks_only,
    missing,
    proofs,
    still_due,
    trying,
    within_days,
)
from douyin_global import sentences, shared
from douyin_global.authenticity_proof import (
    TEN_TIMES,
    Proof,
    brands_named,
    counterfeit_is_proven,
    counterfeit_proof,
    documents_by_brand,
    documents_heard,
    proven_units,
    testimony,
    units_used_up,
)
from douyin_global.shared import against_a_global_merchant, filed_in_due_form

# The path and the clock: DG.1.2 and DG.1.3(1) to (3)

THE_PATH = {
    "filed_through": (Channel.ORDER_PAGE,),
    "reason": (Reason.COUNTERFEIT,),
    "demands": (Demand.TENFOLD_COMPENSATION,),
}


def success(completed_at: Instant | None, as_of: Instant) -> Established[Instant]:
    """R5. When the transaction succeeded; while it has not, the claim is not ripe.

    交易成功的时间；尚未成功时，申请为时过早。
    """
    if completed_at is not None and completed_at <= as_of:
        return completed_at
    return missing(COMPLETION_TIME, {"completed_at": ANY}, "not_ripe")


def ninety_days(success: Instant, last_day_rolls_over: bool, holidays: AbstractSet[dt.date]) -> Window:
    """DG.1.1, R1, R3, R4. Ninety Beijing calendar days after the day of success, the last one to 24:00.

    自交易成功之日的次日起 90 个北京时间自然日，最后一日至 24:00 止。
    """
    return within_days("completed_at", success, 90, rolls_over=holidays if last_day_rolls_over else frozenset())


def filed_on_the_authenticity_path(
    filed_through: Channel,
    reason: Reason,
    demands: frozenset[Demand],
    as_of: Instant,
    evidence_closed: bool,
    ninety_days: Established[Window],
) -> bool | Repair:
    """DG.1.2(1), DG.1.3(3). Filed from the order page, with the reason 假冒品牌 and the demand 退一赔十.

    从订单页提出，退款原因选择“假冒品牌”，诉求选择“退一赔十”。Reading R21.
    """
    asked_for_ten_times = Demand.TENFOLD_COMPENSATION in demands
    if filed_through is Channel.ORDER_PAGE and reason is Reason.COUNTERFEIT and asked_for_ten_times:
        return True
    return shared.chance_to_refile(THE_PATH, as_of, evidence_closed, ninety_days)


def filed_within_ninety_days(filed_at: Instant, ninety_days: Window) -> bool:
    """DG.1.3(2). Filed within ninety days after the transaction succeeded.

    在交易成功后 90 天内提出。Readings R1, R5, R7.
    """
    return filed_at in ninety_days


# The bars: DG.1.4


COUNTS_FOR = {Submitter.PLATFORM: (Standard.SUSPECTED, Standard.PROVEN), Submitter.MERCHANT: (Standard.PROVEN,)}
"""R29. What a statement has to say to count, by who made it."""


@frozen
class Bar:
    """A ground that is proven, or only suspected, according to a party that the rule accepts."""

    ground: Ground
    shown: bool
    evidence: str = field(eq=False)


def bars(bar_findings: tuple[BarFinding, ...]) -> Proofs[Bar]:
    """DG.1.4, R25, R29. The grounds that the platform judges or suspects, and those that the merchant proves.

    由平台判定或怀疑的情形，以及由商家举证的情形。
    """
    findings_heard = heard(
        bar_findings,
        once_verified=lambda finding: finding.submitted_by is Submitter.MERCHANT,
        rejected=lambda finding: finding.is_rejected,
        not_shown=lambda finding: finding.standard not in COUNTS_FOR.get(finding.submitted_by, ()),
    )
    return proofs(
        bar_findings,
        findings_heard,
        lambda finding: Bar(finding.ground, finding.standard is Standard.PROVEN, finding.id),
    )


def claimant_is_the_brand_owner(bars: tuple[Bar, ...]) -> Answer:
    """DG.1.4(1). The consumer is, or is suspected to be, the brand's right holder.

    消费者是或涉嫌是品牌权利人。Readings R29, R45.
    """
    return shown_or_suspected(bars, Ground.BRAND_OWNER)


def claimant_caused_the_fake(bars: tuple[Bar, ...]) -> Answer:
    """DG.1.4(2). The consumer had fakes made or sold, or otherwise caused what the guarantee would pay for.

    消费者指使供应商制售假货，或以其他方式造成赔付事由。Readings R29, R45.
    """
    return shown(bars, Ground.CONSUMER_CAUSED)


def not_for_personal_consumption(bars: tuple[Bar, ...]) -> Answer:
    """DG.1.4(3). The order was not for personal consumption.

    订单并非用于个人生活消费。Readings R29, R45.
    """
    return shown(bars, Ground.NOT_PERSONAL_CONSUMPTION)


def goods_were_swapped(bars: tuple[Bar, ...]) -> Answer:
    """DG.1.4(4). The goods are suspected to have been swapped by the consumer.

    商品涉嫌被消费者调包。Readings R29, R45.
    """
    return shown_or_suspected(bars, Ground.GOODS_SWAPPED)


def evidence_is_inconclusive(counterfeit_proof: Undisputed[Proof], evidence_closed: bool) -> bool:
    """DG.1.4(5). On present evidence it is hard to tell whether the merchant must perform.

    依现有证据难以判断商家是否应当履行保障义务。Readings R26, R30, R45.
    """
    return evidence_closed and lacks_only(counterfeit_proof, COUNTERFEIT_PROOF)


def shown_or_suspected(bars: tuple[Bar, ...], ground: Ground) -> Answer:
    """R29. For these grounds the platform's suspicion is enough."""
    if not bars:
        return False
    carried = [bar for bar in bars if bar.ground is ground]
    return holds(evidence=carried) if carried else False


def shown(bars: tuple[Bar, ...], ground: Ground) -> Answer:
    """R29. For these grounds the platform's suspicion alone goes to a person."""
    if not bars:
        return False
    suspected = [bar for bar in bars if bar.ground is ground]
    if not suspected:
        return False
    carried = [bar for bar in suspected if bar.shown]
    return holds(evidence=carried) if carried else disputed("suspected_only", suspected)


# What is owed: DG.1.1, DG.1.2(3)


def refund_entitled(price_of_the_approved_units: Minor, demands: frozenset[Demand]) -> Minor:
    """DG.1.2(3), R10, R16. The price of the approved units back, if the refund was demanded.

    核定件数的价款；须消费者要求退款。
    """
    return price_of_the_approved_units if Demand.REFUND in demands else Minor(0)


def compensation_entitled(price_of_the_approved_units: Minor) -> Minor:
    """DG.1.1, DG.1.2(3), R10. Ten times that price on top.

    另加该价款的十倍。
    """
    return Minor(TEN_TIMES * price_of_the_approved_units)


def compensation(
    compensation_entitled: Minor, compensations_of_this_claim: Minor, compensations: Minor, goods_price: Minor
) -> Minor:
    """R12, R14. The compensation less what this claim got before, as far as ten times the line's price leaves room.

    十倍赔偿减去本申请此前已付的部分，且以该行价款十倍的剩余额度为限。
    """
    return still_due(compensation_entitled, compensations_of_this_claim, compensations, Minor(TEN_TIMES * goods_price))


def units_compensated_now(
    approved_units: int, compensations_under_this_claim: tuple[Paid, ...], goods_price: Minor, line_quantity: int
) -> int:
    """R14, R50. The approved units, less those for which this claim was compensated before.

    核定件数减去本申请此前已获赔偿的件数。
    """
    before = shared.units_paid(compensations_under_this_claim, goods_price, line_quantity, TEN_TIMES)
    return max(approved_units - before, 0)


def postage_entitled(postage_paid: Minor) -> Minor:
    """DG.1.2(3), R13. The postage that the consumer paid, once for the order.

    消费者支付的运费，每个订单一次。
    """
    return postage_paid


def postage(postage_entitled: Minor, postage_returned: Minor) -> Minor:
    """R13, R14. The postage less what was given back before.

    运费减去此前已退的部分。
    """
    return Minor(max(postage_entitled - postage_returned, 0))


# What the reader should know


def counted_in_calendar_days(filed_at: Instant, success: Instant, ninety_days: Window) -> bool:
    """R1. Filed after 90 times 24 hours and yet in time, because calendar days count.

    提出时已超过 90 个 24 小时，但按自然日计算仍在期限内。
    """
    return filed_at in ninety_days and filed_at > success + 90 * 24 * HOUR


def more_units_may_follow(approved_units: int, quantity_claimed: int) -> bool:
    """R28. Units that the proof does not cover are not refused: proven later, they are a later claim.

    凭证未覆盖的件数并非被驳回，日后取得证明可另行申请。
    """
    return 0 < approved_units < quantity_claimed


def units_are_counted_by_amount(
    compensations_under_other_claims: tuple[Paid, ...], units_used_up: int, goods_paid: Minor, line_quantity: int
) -> bool:
    """R50. A later price adjustment makes units that were paid before look like more; the ledger should say how many they were.

    此后退还差价的，按金额推算的已赔件数可能偏多；请在台账中注明件数。
    """
    before = shared.units_paid(compensations_under_other_claims, goods_paid, line_quantity, TEN_TIMES)
    return before < units_used_up


def platform_may_turn_down(barred: bool) -> bool:
    """DG.1.4, R45. A bar gives the platform the right to turn the claim down, not the duty.

    存在排除情形时，平台有权驳回申请，但并无义务驳回。
    """
    return barred


EDITION = Edition(
    policy="douyin_global.authenticity",
    about=__doc__,
    article="DG.1",
    sentences=sentences.AUTHENTICITY,
    effective_from=dt.date(2022, 3, 15),
    revision=2,
    case_kind=trying(CLAIMS, line_brand=brands_named),
    settings={"last_day_rolls_over": False, "holidays": frozenset[dt.date]()},
    facts=(
        success,
        ninety_days,
        documents_by_brand,
        documents_heard,
        units_used_up,
        testimony,
        counterfeit_proof,
        bars,
    ),
    requires=(
        against_a_global_merchant,
        filed_on_the_authenticity_path,
        filed_within_ninety_days,
        filed_in_due_form,
        counterfeit_is_proven,
    ),
    barred_by=(
        claimant_is_the_brand_owner,
        claimant_caused_the_fake,
        not_for_personal_consumption,
        goods_were_swapped,
        evidence_is_inconclusive,
    ),
    grants=Payment(
        units=proven_units,
        steps=(shared.goods_price, shared.price_of_the_approved_units),
        per_line=(
            Pays(AwardKind.REFUND, refund_entitled, shared.refund, shared.units_refunded_now),
            Pays(AwardKind.COMPENSATION, compensation_entitled, compensation, units_compensated_now),
        ),
        per_order=(Pays(AwardKind.POSTAGE, postage_entitled, postage),),
        at_most=(shared.requested_at_most,),
        cap_priority=shared.TAKEN_IN_ORDER,
    ),
    remarks=(
        counted_in_calendar_days,
        shared.share_rounded_up,
        shared.price_adjustment_lowers_the_base,
        more_units_may_follow,
        units_are_counted_by_amount,
        platform_may_turn_down,
        shared.rights_by_law_remain,
    ),
    not_adjudicated={"DG.1.2(2)": shared.A_ROUTE},
)
