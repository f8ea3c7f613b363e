"""正品保障, the authenticity guarantee, as published on 15 March 2022 (DG.1): the price back and ten times on top."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from enum import Enum

from attrs import field, frozen

from adjudicator.claims import (
    CLAIMS,
    COMPLETION_TIME,
    COUNTERFEIT_PROOF,
    FINAL_RULING,
    AppraisalReport,
    AwardKind,
    BarFinding,
    Channel,
    Conclusion,
    Demand,
    Ground,
    IssuerRole,
    OfficialFinding,
    Paid,
    Payment,
    Pays,
    Reason,
    Standard,
)
from adjudicator.law import (
    HOUR,
    Acceptable,
    Admissibility,
    Ask,
    Disputed,
    Edition,
    EvidencePool,
    Failed,
    Holds,
    Instant,
    Minor,
    NotCovered,
    Open,
    Repairable,
    Submitter,
    Verification,
    Window,
    within_days,
)
from douyin_global import shared
from douyin_global.shared import against_a_global_merchant, filed_in_due_form

# The path and the clock: DG.1.2 and DG.1.3(1) to (3)

THE_PATH: Acceptable = {
    "filed_through": (Channel.ORDER_PAGE,),
    "reason": (Reason.COUNTERFEIT,),
    "demands": (Demand.TENFOLD_COMPENSATION,),
}


def success(completed_at: Instant | None, as_of: Instant) -> Instant | Open:
    """R5. When the transaction succeeded; while it has not, the claim is not ripe.

    交易成功的时间；尚未成功时，申请为时过早。
    """
    if completed_at is not None and completed_at <= as_of:
        return completed_at
    return Open((Ask(COMPLETION_TIME, ({"completed_at": ()},)),), "not_ripe", changes_at=completed_at)


def ninety_days(success: Instant, last_day_rolls_over: bool, holidays: AbstractSet[dt.date]) -> Window:
    """DG.1.1, R1, R3, R4. Ninety Beijing calendar days after the day of success, the last one to 24:00.

    自交易成功之日的次日起 90 个北京时间自然日，最后一日至 24:00 止。
    """
    return within_days("completed_at", success, 90, rolls_over=holidays if last_day_rolls_over else frozenset())


def refiling(as_of: Instant, evidence_closed: bool, ninety_days: Window | Open) -> Repairable | Failed:
    """R21. Whether a claim filed the wrong way can still be put right.

    申请方式有误的，是否仍可补正。
    """
    window = ninety_days if isinstance(ninety_days, Window) else None
    return shared.chance_to_refile(THE_PATH, as_of, evidence_closed, window)


def filed_on_the_authenticity_path(
    filed_through: Channel, reason: Reason, demands: frozenset[Demand], refiling: Repairable | Failed
) -> bool | Repairable | Failed:
    """DG.1.2(1), DG.1.3(3). Filed from the order page, with the reason 假冒品牌 and the demand 退一赔十.

    从订单页提出，退款原因选择“假冒品牌”，诉求选择“退一赔十”。Reading R21.
    """
    asked_for_ten_times = Demand.TENFOLD_COMPENSATION in demands
    return (filed_through is Channel.ORDER_PAGE and reason is Reason.COUNTERFEIT and asked_for_ten_times) or refiling


def filed_within_ninety_days(filed_at: Instant, ninety_days: Window) -> bool:
    """DG.1.3(2). Filed within ninety days after the transaction succeeded.

    在交易成功后 90 天内提出。Readings R1, R5, R7.
    """
    return filed_at in ninety_days


# The proof: DG.1.3(4)

BRAND_SIDE = (IssuerRole.BRAND_OWNER, IssuerRole.BRAND_AUTHORISED)
NOT_THE_REAL_THING = (Conclusion.COUNTERFEIT, Conclusion.NOT_ORIGINAL)
A_BRAND_THAT_NOBODY_NAMES = None
TEN_TIMES = 10
"""R10. How many times the price is paid as compensation."""


class Says(Enum):
    """What a document says of the goods, as far as the rule lets it count."""

    COUNTERFEIT = "counterfeit, said by one whom the rule names"
    PERHAPS_COUNTERFEIT = "counterfeit, said by one whom the rule does not name"
    GENUINE = "genuine, said by one whom the rule names"


@frozen
class Testimony:
    """What one document says. Two that say the same are one answer, however many units each covers.

    It ``leaves_units`` if it covers more than were compensated before under other claims (R50).
    """

    says: Says
    units: int = field(eq=False)
    evidence: str = field(eq=False)
    leaves_units: bool = True


@frozen
class Proof:
    """The goods are proven counterfeit. For how many units, those left out that are used up, is a question of its own (R28, R50)."""

    units: int = field(eq=False)
    evidence: tuple[str, ...] = field(eq=False)


def brand_in_question(line_brand: str | Open, appraisals: tuple[AppraisalReport, ...]) -> str | None | Open:
    """R9, R23. The line's brand. Unknown, it could be any brand that an appraisal names, or none of them.

    该行商品的品牌。品牌不详时，可能是鉴定报告所载的任一品牌，也可能都不是。
    """
    if isinstance(line_brand, Open):
        named = {compared(each.brand): None for each in appraisals if each.brand is not None}
        return Open(line_brand.asks, could_be=(A_BRAND_THAT_NOBODY_NAMES, *named))
    return compared(line_brand)


@frozen
class WorthByBrand:
    """What a document is worth if the goods are of the brand that it names, and if they are not; the same if it names none."""

    brand: str | None
    of_this: Admissibility
    of_another: Admissibility

    def for_goods_of(self, brand: str | None) -> Admissibility:
        """What it is worth for goods of a brand."""
        return self.of_this if self.brand == brand else self.of_another


def worth_by_brand(
    appraisals: tuple[AppraisalReport, ...], official_findings: tuple[OfficialFinding, ...], evidence_closed: bool
) -> tuple[WorthByBrand, ...]:
    """R23, R24, R25, R29, R30. What each appraisal and each official finding is worth for goods of its brand, and of another.

    每份鉴定报告和官方认定，就其所载品牌的商品和其他品牌的商品而言，分别能否采用。
    """

    def either_way(document: AppraisalReport | OfficialFinding) -> WorthByBrand:
        named = (
            compared(document.brand) if isinstance(document, AppraisalReport) and document.brand is not None else None
        )
        of_this = worth_of(document, named, evidence_closed)
        of_another = of_this if named is None else worth_of(document, A_BRAND_THAT_NOBODY_NAMES, evidence_closed)
        return WorthByBrand(named, of_this, of_another)

    documents: tuple[AppraisalReport | OfficialFinding, ...] = (*appraisals, *official_findings)
    return tuple([either_way(each) for each in documents])


def documents_heard(
    brand_in_question: str | None, worth_by_brand: tuple[WorthByBrand, ...]
) -> tuple[Admissibility, ...]:
    """DG.1.3(4), R23, R24, R25, R29, R30. What each appraisal and each official finding is worth for goods of this brand.

    每份鉴定报告和官方认定能否用于该品牌的商品。
    """
    return tuple([each.for_goods_of(brand_in_question) for each in worth_by_brand])


def units_used_up(compensations_under_other_claims: tuple[Paid, ...], goods_price: Minor, line_quantity: int) -> int:
    """R50. For how many units of the line compensation was paid before under other claims.

    该行商品此前在其他申请中已获赔偿的件数。
    """
    return shared.units_paid(compensations_under_other_claims, goods_price, line_quantity, TEN_TIMES)


def testimony(
    appraisals: tuple[AppraisalReport, ...],
    official_findings: tuple[OfficialFinding, ...],
    documents_heard: tuple[Admissibility, ...],
    units_used_up: int,
) -> EvidencePool[Testimony]:
    """DG.1.3(4), R23, R24, R25, R50. What the documents say that stand, and what those may come to say that are pending.

    已成立的凭证说明了什么，待核验的凭证又可能说明什么。
    """
    documents: tuple[AppraisalReport | OfficialFinding, ...] = (*appraisals, *official_findings)
    return EvidencePool.of(shared.heard(documents, documents_heard, lambda each: what_it_says(each, units_used_up)))


def counterfeit_proof(
    testimony: tuple[Testimony, ...],
    line_brand: str | Open,
    units_used_up: int,
    line_quantity: int,
) -> Proof | Failed | Open | Disputed | NotCovered:
    """DG.1.3(4), R23, R24, R26, R27, R28, R50. What the documents before us prove.

    现有凭证证明了什么。
    """
    against = tuple(each.evidence for each in testimony if each.says is Says.GENUINE)
    proofs = tuple(each for each in testimony if each.says is Says.COUNTERFEIT)
    doubts = tuple(each.evidence for each in testimony if each.says is Says.PERHAPS_COUNTERFEIT)
    named = tuple(each.evidence for each in proofs)
    if against and (proofs or doubts):
        return Disputed("documents_disagree", (*named, *doubts, *against))
    left = max((each.units for each in proofs), default=0) - units_used_up
    if proofs and left > 0:
        return Proof(left, named)
    if doubts:
        return NotCovered("proof_not_on_the_list", doubts)
    if against:
        return Failed("found_genuine", against)
    wanted = what_would_prove_it(line_brand, units_to_be_covered(units_used_up, line_quantity))
    if proofs:
        return Open((Ask(COUNTERFEIT_PROOF, wanted),), "proof_used_up")
    return Open((Ask(COUNTERFEIT_PROOF, wanted),), "not_proven")


def counterfeit_is_proven(counterfeit_proof: Proof) -> Holds:
    """DG.1.3(4). The consumer gives lawful and valid proof that the goods are counterfeit or not the original article.

    消费者提供了合法有效的售假凭证，例如品牌权利人的鉴定、司法或执法机关的认定。Readings R23, R24, R25, R27, R28, R31.
    """
    return Holds("proven", counterfeit_proof.evidence)


def proven_units(counterfeit_proof: Proof, quantity_claimed: int) -> int:
    """R28, R50. As many of the claimed units as the proof that covers most carries, without those that are used up.

    以覆盖件数最多的一份凭证为准，减去已赔偿的件数，且不超过申请件数。
    """
    return min(counterfeit_proof.units, quantity_claimed)


def worth_of(document: AppraisalReport | OfficialFinding, brand: str | None, evidence_closed: bool) -> Admissibility:
    """R23, R24, R25, R29, R30. What a document is worth: nothing, or something once it is verified and final, or all it says."""
    if why := why_it_counts_for_nothing(document, brand):
        return Admissibility(document.id, why)
    not_final = isinstance(document, OfficialFinding) and document.final is not True
    if not_final and evidence_closed:
        return Admissibility(document.id, "not_final")
    once_verified = shared.worth_once_verified(document)
    if once_verified.stands and not_final:
        return Admissibility(document.id, "not_final", (Ask(FINAL_RULING, ({"final": (True,)},), document.id),))
    return once_verified


def why_it_counts_for_nothing(document: AppraisalReport | OfficialFinding, brand: str | None) -> str | None:
    """R23, R24, R29. What is wrong with a document for good, whatever is still handed in about it."""
    if document.verification is Verification.REJECTED:
        return "rejected"
    if document.conclusion is Conclusion.INCONCLUSIVE:
        return "inconclusive"
    if isinstance(document, OfficialFinding):
        return None
    if document.brand is not None and compared(document.brand) != brand:
        return "another_brand"
    if document.issuer.role in BRAND_SIDE:
        return "names_no_brand" if document.brand is None else None
    return "not_from_the_brand" if document.conclusion is Conclusion.GENUINE else None


def what_it_says(document: AppraisalReport | OfficialFinding, units_used_up: int) -> Testimony:
    """R23, R24, R28, R50. What a document that counts says of the goods."""
    if document.conclusion is Conclusion.GENUINE:
        says = Says.GENUINE
    elif isinstance(document, OfficialFinding) or document.issuer.role in BRAND_SIDE:
        says = Says.COUNTERFEIT
    else:
        says = Says.PERHAPS_COUNTERFEIT
    units = document.units_covered or 1
    return Testimony(says, units, document.id, leaves_units=says is not Says.COUNTERFEIT or units > units_used_up)


def units_to_be_covered(units_used_up: int, line_quantity: int) -> tuple[int, ...]:
    """R28, R50. How many units a proof has to cover in all: one more than are used up at least, and best the whole line.

    While nothing is used up any proof will do, for it carries one unit whatever it says.
    """
    if units_used_up == 0:
        return ()
    at_least = units_used_up + 1
    return tuple(dict.fromkeys((at_least, max(at_least, line_quantity))))


def what_would_prove_it(line_brand: str | Open, units_covered: tuple[int, ...]) -> tuple[Acceptable, ...]:
    """R23, R50. The two kinds of proof that the rule names."""
    verified = {"verification": (Verification.VERIFIED,), "conclusion": NOT_THE_REAL_THING}
    covering: Acceptable = {"units_covered": units_covered} if units_covered else {}
    brand = () if isinstance(line_brand, Open) else (line_brand,)
    return (
        {"kind": (AppraisalReport.kind,), "issuer/role": BRAND_SIDE, "brand": brand, **verified, **covering},
        {"kind": (OfficialFinding.kind,), "final": (True,), **verified, **covering},
    )


def compared(brand: str) -> str:
    """A brand as it is compared: without case and outer spaces."""
    return brand.strip().casefold()


# The bars: DG.1.4


@frozen
class Bar:
    """A ground that is shown, or only suspected, by one whose word counts."""

    ground: Ground
    shown: bool
    evidence: str = field(eq=False)


def bars(bar_findings: tuple[BarFinding, ...]) -> EvidencePool[Bar]:
    """DG.1.4, R25, R29. The grounds that the platform judges or suspects, and those that the merchant proves.

    由平台判定或怀疑的情形，以及由商家举证的情形。
    """

    def heard() -> Iterator[tuple[Bar, tuple[Ask, ...]]]:
        for finding in bar_findings:
            proven = finding.standard is Standard.PROVEN
            if finding.verification is Verification.REJECTED:
                continue
            if finding.submitted_by is Submitter.PLATFORM and finding.standard is not Standard.ALLEGED:
                yield Bar(finding.ground, proven, finding.id), ()
            elif finding.submitted_by is Submitter.MERCHANT and proven:
                yield Bar(finding.ground, True, finding.id), shared.verification_of(finding)

    return EvidencePool.of(heard())


def claimant_is_the_brand_owner(bars: tuple[Bar, ...]) -> bool | Holds:
    """DG.1.4(1). The consumer is, or is suspected to be, the brand's right holder.

    消费者是或涉嫌是品牌权利人。Readings R29, R45.
    """
    return shown_or_suspected(bars, Ground.BRAND_OWNER)


def claimant_caused_the_fake(bars: tuple[Bar, ...]) -> bool | Holds | Disputed:
    """DG.1.4(2). The consumer had fakes made or sold, or otherwise caused what the guarantee would pay for.

    消费者指使供应商制售假货，或以其他方式造成赔付事由。Readings R29, R45.
    """
    return shown(bars, Ground.CONSUMER_CAUSED)


def not_for_personal_consumption(bars: tuple[Bar, ...]) -> bool | Holds | Disputed:
    """DG.1.4(3). The order was not for personal consumption.

    订单并非用于个人生活消费。Readings R29, R45.
    """
    return shown(bars, Ground.NOT_PERSONAL_CONSUMPTION)


def goods_were_swapped(bars: tuple[Bar, ...]) -> bool | Holds:
    """DG.1.4(4). The goods are suspected to have been swapped by the consumer.

    商品涉嫌被消费者调包。Readings R29, R45.
    """
    return shown_or_suspected(bars, Ground.GOODS_SWAPPED)


def evidence_is_inconclusive(counterfeit_proof: Proof | Failed | Open | NotCovered, evidence_closed: bool) -> bool:
    """DG.1.4(5). On present evidence it is hard to tell whether the merchant must perform.

    依现有证据难以判断商家是否应当履行保障义务。Readings R26, R30, R45.
    """
    return evidence_closed and isinstance(counterfeit_proof, Open) and nobody_else_owes(counterfeit_proof)


def shown_or_suspected(bars: tuple[Bar, ...], ground: Ground) -> bool | Holds:
    """R29. For these grounds the platform's suspicion is enough."""
    carried = tuple(bar.evidence for bar in bars if bar.ground is ground)
    return Holds(evidence=carried) if carried else False


def shown(bars: tuple[Bar, ...], ground: Ground) -> bool | Holds | Disputed:
    """R29. For these grounds the platform's suspicion alone goes to a person."""
    carried = tuple(bar.evidence for bar in bars if bar.ground is ground and bar.shown)
    suspected = tuple(bar.evidence for bar in bars if bar.ground is ground)
    if carried:
        return Holds(evidence=carried)
    return Disputed("suspected_only", suspected) if suspected else False


def nobody_else_owes(proof: Open) -> bool:
    """R30. The consumer's proof is what is missing, not a verification or a fact that somebody else owes."""
    return all(ask.need is COUNTERFEIT_PROOF for ask in proof.asks)


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
    return shared.still_due(
        compensation_entitled, compensations_of_this_claim, compensations, Minor(TEN_TIMES * goods_price)
    )


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
    effective_from=dt.date(2022, 3, 15),
    revision=2,
    case_kind=CLAIMS,
    settings={"last_day_rolls_over": False, "holidays": frozenset[dt.date]()},
    facts=(
        success,
        ninety_days,
        refiling,
        brand_in_question,
        worth_by_brand,
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
