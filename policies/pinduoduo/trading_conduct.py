"""What a merchant may not do, and what makes it serious: PO.1 and PO.2."""

from __future__ import annotations

from adjudicator.law import Answer, for_a_person
from pinduoduo.trading_case import Act, Beginner, Purpose, Trouble

# What is no part of normal trade


def merchant_took_part(begun_by: Beginner, taken_up: bool) -> bool:
    """PO.0. The merchant induces users, or takes up what they ask for; a request alone is none of its conduct.

    商家主动诱导，或应用户要求配合；商家没有配合的，不是商家的行为。
    """
    return begun_by is Beginner.MERCHANT or taken_up


def paid_outside_the_platform(merchant_took_part: bool, act: Act, official: bool) -> bool:
    """PO.1(1). A payment is taken or made outside the platform's channels.

    通过平台以外的渠道收款或付款。
    """
    return merchant_took_part and act is Act.PAYMENT and not official


def exchanged_an_outside_account(merchant_took_part: bool, act: Act, official: bool) -> bool:
    """PO.1(2). An account is exchanged that is not the platform's.

    交换非平台官方的账号。
    """
    return merchant_took_part and act is Act.ACCOUNT and not official


def led_users_outside(merchant_took_part: bool, act: Act, official: bool, needed_for_trade: bool) -> bool:
    """PO.1(3). Users are led to sites, content or apps that the platform does not provide and normal trade does not need.

    引导用户浏览或下载非平台提供且正常交易或服务不需要的网站、内容或应用。
    """
    return merchant_took_part and act is Act.CONTENT and not official and not needed_for_trade


def outside_information_on_the_parcel(
    merchant_took_part: bool, act: Act, official: bool, needed_for_trade: bool
) -> bool:
    """PO.1(4). On or in the parcel there is third-party information that normal trade does not need, such as a review-cashback card.

    在包裹上或包裹内放置正常交易或服务不需要的第三方网站、店铺信息，例如好评返现卡。Reading R57.
    """
    return merchant_took_part and act is Act.PARCEL and not official and not needed_for_trade


def exchanged_contacts_to_trade_outside(merchant_took_part: bool, act: Act, purpose: Purpose) -> bool:
    """PO.1(5). Phone numbers or other contacts are exchanged for trade or payment outside the platform.

    为站外交易或站外付款而交换电话号码等联系方式。
    """
    outside = (Purpose.OFF_PLATFORM_TRADE, Purpose.OFF_PLATFORM_PAYMENT)
    return merchant_took_part and act is Act.CONTACT and purpose in outside


def something_similar(merchant_took_part: bool, act: Act) -> bool:
    """PO.0, PO.1. What the list does not name, and the merchant took part in.

    商家参与的、所列情形之外的行为。
    """
    return merchant_took_part and act is Act.OTHER


def did_something_similar(something_similar: bool) -> Answer:
    """PO.0, PO.1. A similar act that raises the risk of the trade and may harm users; the list is open, so a person judges.

    其他提高交易风险、可能损害消费者权益的类似行为；所列情形并非穷尽，由人工判断。
    """
    return for_a_person("list_is_open") if something_similar else False


def conduct_of_the_list(
    paid_outside_the_platform: bool,
    exchanged_an_outside_account: bool,
    led_users_outside: bool,
    outside_information_on_the_parcel: bool,
    exchanged_contacts_to_trade_outside: bool,
) -> bool:
    """PO.1. One of the acts that the list names.

    所列行为之一。
    """
    return (
        paid_outside_the_platform
        or exchanged_an_outside_account
        or led_users_outside
        or outside_information_on_the_parcel
        or exchanged_contacts_to_trade_outside
    )


# What makes it serious


def cash_on_delivery_without_approval(act: Act, platform_leave: bool, provider_approved: bool) -> bool:
    """PO.2(1). Cash on delivery without the platform's leave, or through a provider that it has not approved, no matter who began it.

    未经平台许可，或通过未经平台认可的服务商使用货到付款，不论由谁提起。Reading R56.
    """
    return act is Act.CASH_ON_DELIVERY and not (platform_leave and provider_approved)


def with_a_problem_or_its_risk(
    conduct_of_the_list: bool, something_similar: bool, problems: tuple[Trouble, ...], risks: tuple[Trouble, ...]
) -> Answer:
    """PO.2(2). Together with a payment, logistics, after-sales, quality or injury problem, or the risk of one.

    同时存在付款、物流、售后、质量或人身伤害问题，或者有此类风险。
    """
    return together_with(bool(problems or risks), conduct_of_the_list, something_similar)


def with_prohibited_goods_or_another_violation(
    conduct_of_the_list: bool, something_similar: bool, prohibited_goods: bool, other_violation: bool
) -> Answer:
    """PO.2(3). Together with goods that may not be sold, or another violation.

    涉及禁售商品，或者同时存在其他违规行为。
    """
    return together_with(prohibited_goods or other_violation, conduct_of_the_list, something_similar)


def with_a_grave_threat(conduct_of_the_list: bool, something_similar: bool, grave_threat: bool) -> Answer:
    """PO.2(4). The platform has reason to think that it may gravely threaten the safety or rights of anyone.

    平台有理由认为可能严重危及用户、平台或他人的安全或权益。
    """
    return together_with(grave_threat, conduct_of_the_list, something_similar)


def together_with(trouble: bool, conduct_of_the_list: bool, something_similar: bool) -> Answer:
    """PO.2. Conduct of the list together with a trouble; where a person judges the conduct, a person judges this as well."""
    if trouble and something_similar:
        return for_a_person("list_is_open")
    return trouble and conduct_of_the_list
