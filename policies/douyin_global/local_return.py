"""本地退货, the return inside the territory of sale, as published on 15 March 2022 (DG.2)."""

from __future__ import annotations

import datetime as dt

from adjudicator.claims import (
    AGREEMENT,
    CLAIMS,
    RETURN_ADDRESS,
    Channel,
    FreightBearer,
    PlatformRuling,
    Reason,
    ReplyDecision,
    Return,
    ReturnAddress,
    Service,
    Side,
)
from adjudicator.law import (
    Answer,
    Edition,
    Established,
    Heard,
    Instant,
    Repair,
    Submitter,
    disputed,
    fails,
    for_a_person,
    heard,
    holds,
    missing,
    standing,
    trying,
    voices,
)
from douyin_global import sentences, shared
from douyin_global.shared import against_a_global_merchant, filed_in_due_form

# The path: DG.2.2

THE_PATH = {"filed_through": (Channel.ORDER_PAGE,), "service": (Service.RETURN_REFUND,)}


def filed_as_return_and_refund(
    filed_through: Channel, service: Service, as_of: Instant, evidence_closed: bool
) -> bool | Repair:
    """DG.2.2(1). Filed from the order page, choosing a return-and-refund service.

    从订单页提出，并选择退货退款。Readings R21, R42.
    """
    if filed_through is Channel.ORDER_PAGE and service is Service.RETURN_REFUND:
        return True
    return shared.chance_to_refile(THE_PATH, as_of, evidence_closed, None)


# The place: DG.2.1

NAMED_TERRITORIES = ("CN", "HK", "TW")
ELSEWHERE = "elsewhere"
"""R9, R39. While the place of sale is not known, it could be one of the three, or this."""


def sold_to_a_named_territory(market: str) -> Answer:
    """DG.2.1. Sold to mainland China, Hong Kong or Taiwan.

    商品销往中国大陆、香港或台湾。Reading R39.
    """
    return market in NAMED_TERRITORIES or for_a_person("elsewhere")


def local_address(market: str, return_addresses: tuple[ReturnAddress, ...]) -> Established[ReturnAddress]:
    """DG.2.1, R39, R40. The first address that the merchant names in the territory of sale.

    商家在销售地境内指定的第一个退货地址。
    """
    for address in return_addresses:
        if address.market == market:
            return address
    if market not in NAMED_TERRITORIES:
        return for_a_person("elsewhere")
    an_address = {"/order/merchant/return_addresses/-/market": (market,)}
    return missing(RETURN_ADDRESS, an_address, "no_local_address")


def merchant_names_a_local_address(local_address: ReturnAddress, market: str) -> bool:
    """DG.2.1. The merchant names an address for returns inside the territory of sale.

    商家在销售地境内指定了退货地址。Readings R39, R40.
    """
    return local_address.market == market


# The agreement: DG.2.1


def rulings_heard(platform_rulings: tuple[PlatformRuling, ...]) -> Heard:
    """R29, R40. Whether a ruling counts: it is the platform's own, and was not rejected.

    平台裁定是否可用：由平台自己作出，且核验并非未通过。
    """
    return heard(
        platform_rulings,
        rejected=lambda ruling: ruling.is_rejected,
        not_the_platforms_own=lambda ruling: ruling.submitted_by is not Submitter.PLATFORM,
    )


def parties_agreed(
    platform_rulings: tuple[PlatformRuling, ...], rulings_heard: Heard, merchant_reply: ReplyDecision | None
) -> Answer:
    """DG.2.1. Consumer and merchant agree on the return; a ruling of the platform stands in for it.

    消费者与商家就退货达成一致；平台裁定可代替双方合意。Readings R29, R40.
    """
    rulings = standing(platform_rulings, rulings_heard)
    for_the_consumer = voices(rulings, lambda ruling: ruling.in_favour_of is Side.CONSUMER)
    if for_the_consumer.disagree:
        return disputed("rulings_disagree", rulings)
    if for_the_consumer.yes:
        return holds("ruled_for_the_consumer", rulings)
    if for_the_consumer.no:
        return fails("ruled_for_the_merchant", rulings)
    if merchant_reply is ReplyDecision.AGREED:
        return True
    if merchant_reply is ReplyDecision.REFUSED:
        return for_a_person("merchant_refused")
    return missing(AGREEMENT, {"merchant_reply": (ReplyDecision.AGREED,)}, "not_answered")


# The return


def returned_units(quantity_claimed: int) -> int:
    """DG.2.1. Every unit that is claimed.

    申请的全部件数。
    """
    return quantity_claimed


def freight_borne_by(reason: Reason) -> FreightBearer:
    """R41. Return freight follows fault.

    退货运费由有过错的一方承担。
    """
    if reason in (
        Reason.COUNTERFEIT,
        Reason.DAMAGED,
        Reason.DEFECTIVE,
        Reason.NOT_AS_DESCRIBED,
        Reason.WRONG_ITEM,
    ):
        return FreightBearer.MERCHANT
    return FreightBearer.CONSUMER if reason is Reason.CHANGED_MIND else FreightBearer.UNDETERMINED


EDITION = Edition(
    policy="douyin_global.local_return",
    about=__doc__,
    article="DG.2",
    sentences=sentences.LOCAL_RETURN,
    effective_from=dt.date(2022, 3, 15),
    case_kind=trying(CLAIMS, market=(ELSEWHERE, *NAMED_TERRITORIES)),
    facts=(local_address, rulings_heard),
    requires=(
        against_a_global_merchant,
        filed_as_return_and_refund,
        filed_in_due_form,
        sold_to_a_named_territory,
        merchant_names_a_local_address,
        parties_agreed,
    ),
    grants=Return(units=returned_units, address=local_address, freight=freight_borne_by),
    remarks=(shared.rights_by_law_remain,),
)
