"""破损包退, the damage return, as published on 15 March 2022 (DG.3): a refund for goods that arrive broken and leaking."""

from __future__ import annotations

import datetime as dt

from adjudicator.claims import (
    CLAIMS,
    SIGNING_TIME,
    AwardKind,
    Badge,
    Category,
    Channel,
    DamagePhoto,
    LineAccount,
    Payment,
    Pays,
)
from adjudicator.law import (
    ANY,
    Edition,
    Established,
    Failed,
    Instant,
    Minor,
    Repair,
    Window,
    known,
    missing,
    share,
    still_due,
    within_hours,
)
from douyin_global import sentences, shared
from douyin_global.damage_proof import (
    Damage,
    acceptable_proof,
    broken_and_leaking_on_arrival,
    close_ups_heard,
    damage,
    damage_proof_is_usable,
    damaged_units,
    packaging_heard,
    statements_heard,
    usable_proof,
)
from douyin_global.shared import against_a_global_merchant, filed_in_due_form

# The badge, the path and the clock: DG.3.1, DG.3.2(1), DG.3.3(1) and (2)

PERISHABLE = (Category.FOOD, Category.MILK_POWDER, Category.ALCOHOL)
THE_PATH = {"filed_through": (Channel.ORDER_PAGE,)}


def goods_carry_the_damage_badge(badges: frozenset[Badge]) -> bool:
    """DG.3.3(1). The goods carried the 破损包退 badge when they were ordered.

    下单时商品带有“破损包退”标识。Reading R36.
    """
    return Badge.DAMAGE in badges


def signing(signings: tuple[Instant | None, ...], line_id: str, as_of: Instant) -> Established[Instant]:
    """R5, R6. When the last parcel that carries the line was signed for; until then the claim is not ripe.

    承运该行商品的最后一个包裹的签收时间；签收之前，申请为时过早。
    """
    signed = [signed_at for signed_at in signings if signed_at is not None]
    if signed and len(signed) == len(signings) and (last := max(signed)) <= as_of:
        return last
    a_new_parcel = {"/order/parcels/-/line_ids": (line_id,), "/order/parcels/-/signed_at": ANY}
    return missing(SIGNING_TIME, {"signings": ANY} if signings else a_new_parcel, "not_ripe")


def damage_window(category: Category, signing: Instant) -> Window:
    """DG.3.1, R2, R37. 72 hours from signing, 24 for food, milk powder and alcohol.

    自签收起 72 小时；食品、奶粉、酒类为 24 小时。
    """
    return within_hours("signed_at", signing, 24 if category in PERISHABLE else 72)


def filed_on_the_order_page(
    filed_through: Channel,
    as_of: Instant,
    evidence_closed: bool,
    category: Established[Category],
    signing: Established[Instant],
) -> bool | Repair:
    """DG.3.2(1). Filed from the order page.

    从订单页提出。Reading R21.
    """
    if filed_through is Channel.ORDER_PAGE:
        return True
    # R21: goods of unknown category have 72 hours.
    window = damage_window(known(category, Category.OTHER), signing) if isinstance(signing, Instant) else None
    return shared.chance_to_refile(THE_PATH, as_of, evidence_closed, window)


def filed_within_the_damage_window(filed_at: Instant, damage_window: Window) -> bool:
    """DG.3.3(2). Filed within 72 hours of signing for the parcel, or 24 for food, milk powder and alcohol.

    在签收后 72 小时内提出；食品、奶粉、酒类为 24 小时。Readings R2, R5, R6, R7, R37.
    """
    return filed_at in damage_window


# What is owed: DG.3.1, DG.3.2(3)


def refund_entitled(price_of_the_approved_units: Minor) -> Minor:
    """DG.3.1, R16, R18. The price of the approved units back; it need not be demanded.

    核定件数的价款；无须消费者另行要求。
    """
    return price_of_the_approved_units


def tax_entitled(tax_paid: Minor, approved_units: int, line_quantity: int) -> Minor:
    """DG.3.2(3), R12, R18. The approved units' share of the tax that was charged separately, rounded up.

    核定件数在单独收取的税费中所占的份额，向上取整。
    """
    return share(tax_paid, approved_units, line_quantity)


def tax(tax_entitled: Minor, taxes_returned_of_this_claim: Minor, taxes_returned: Minor, tax_paid: Minor) -> Minor:
    """R12, R14, R18. The tax less what this claim got back before, as far as it is left on the line.

    应退税费减去本申请此前已退的部分，且以该行剩余税费为限。
    """
    return still_due(tax_entitled, taxes_returned_of_this_claim, taxes_returned, tax_paid)


def postage_entitled(postage_paid: Minor, order_lines: tuple[LineAccount, ...]) -> Minor:
    """DG.3.2(3), R18. The postage, only when every line with goods left to pay for is taken back in full.

    运费；仅当尚有实付金额的各行均全数退回时退还。
    """
    return postage_paid if all(taken_back_in_full(line) for line in order_lines) else Minor(0)


def postage(postage_entitled: Minor, postage_returned: Minor) -> Minor:
    """R14, R18. The postage less what was given back before.

    运费减去此前已退的部分。
    """
    return Minor(max(postage_entitled - postage_returned, 0))


def left_of_what_was_paid(order_lines: tuple[LineAccount, ...], postage_paid: Minor, postage_returned: Minor) -> Minor:
    """DG.3.2(3), R18. What was actually paid for the order, less what was given back on it before.

    该订单的实付总额，减去此前已退还的各项金额。
    """
    paid = postage_paid + sum(line.goods_paid + line.tax_paid for line in order_lines)
    given_back = postage_returned + sum(
        line.refunds + line.taxes_returned + min(line.price_adjustments, line.goods_paid) for line in order_lines
    )
    return Minor(max(paid - given_back, 0))


def taken_back_in_full(line: LineAccount) -> bool:
    """R18. All its units are approved here, or its refunds, earlier and here, reach what its goods cost in the end."""
    price = shared.goods_price(line.goods_paid, line.price_adjustments)
    return line.approved_units == line.quantity or line.refunds + line.refund_due >= price


# What the reader should know


def seal_failure_counts_as_broken(damage_photos: tuple[DamagePhoto, ...], damage: Damage) -> bool:
    """R32. A failed seal or closure counts as broken.

    封口或密封失效视为破损。
    """
    carried = tuple(photo for photo in damage_photos if photo.id in damage.evidence)
    return any(photo.seal_failure for photo in carried) and not any(photo.breakage for photo in carried)


def leak_is_required(damage: Established[Damage], leak_required: bool) -> bool:
    """R32. Broken alone, or leaking alone, is not covered.

    仅破损而未泄漏，或仅泄漏而未破损，均不在保障范围内。
    """
    return leak_required and isinstance(damage, Failed) and damage.because in ("not_broken", "not_leaking")


def more_units_may_follow(approved_units: int, quantity_claimed: int) -> bool:
    """R28. Units that no proof shows are not refused: shown later, they are a later claim.

    凭证未显示的件数并非被驳回，日后取得证明可另行申请。
    """
    return 0 < approved_units < quantity_claimed


EDITION = Edition(
    policy="douyin_global.damage",
    about=__doc__,
    article="DG.3",
    sentences=sentences.DAMAGE,
    effective_from=dt.date(2022, 3, 15),
    case_kind=CLAIMS,
    settings={"leak_required": True},
    facts=(
        signing,
        damage_window,
        packaging_heard,
        close_ups_heard,
        statements_heard,
        usable_proof,
        acceptable_proof,
        damage,
    ),
    requires=(
        against_a_global_merchant,
        goods_carry_the_damage_badge,
        filed_on_the_order_page,
        filed_within_the_damage_window,
        filed_in_due_form,
        damage_proof_is_usable,
        broken_and_leaking_on_arrival,
    ),
    grants=Payment(
        units=damaged_units,
        steps=(shared.goods_price, shared.price_of_the_approved_units),
        per_line=(
            Pays(AwardKind.REFUND, refund_entitled, shared.refund, shared.units_refunded_now),
            Pays(AwardKind.TAX, tax_entitled, tax),
        ),
        per_order=(Pays(AwardKind.POSTAGE, postage_entitled, postage),),
        at_most=(left_of_what_was_paid, shared.requested_at_most),
        cap_priority=shared.TAKEN_IN_ORDER,
    ),
    remarks=(
        seal_failure_counts_as_broken,
        leak_is_required,
        shared.share_rounded_up,
        shared.price_adjustment_lowers_the_base,
        more_units_may_follow,
        shared.rights_by_law_remain,
    ),
    not_adjudicated={"DG.3.2(2)": shared.A_ROUTE},
)
