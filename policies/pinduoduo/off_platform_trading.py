"""诱导非官方交易, trading and payment outside the platform, in force since 23 November 2018 (PO)."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from itertools import accumulate
from typing import Final, TypeAlias

from attrs import evolve, frozen

from adjudicator.law import (
    Acceptable,
    Ask,
    Consequences,
    Edition,
    EvidencePool,
    FoundAct,
    Gravity,
    Holds,
    Instant,
    Minor,
    NotCovered,
    Open,
    Repairable,
    Sanction,
    Window,
    within_days,
)
from pinduoduo.case import Act, Beginner, EarlierFinding, Purpose, Setting, TopUp, Trouble
from pinduoduo.facts import (
    EARLIER_FINDINGS,
    EXIT_APPLICATION,
    INCIDENT_TIME,
    OFF_PLATFORM_TRADING,
    TOP_UP,
    WRITTEN_PROMISE,
)

RAISE: Final = 100_000_00
"""PO.3(1). By how much the deposit standard may be raised: 100,000 yuan, in fen."""


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


def did_something_similar(something_similar: bool) -> bool | NotCovered:
    """PO.0, PO.1. A similar act that raises the risk of the trade and may harm users; the list is open, so a person judges.

    其他提高交易风险、可能损害消费者权益的类似行为；所列情形并非穷尽，由人工判断。
    """
    return NotCovered("list_is_open") if something_similar else False


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
    """PO.2(1). Cash on delivery without the platform's leave, or through a provider that it has not approved, whoever began it.

    未经平台许可，或通过未经平台认可的服务商使用货到付款，不论由谁提起。Reading R56.
    """
    return act is Act.CASH_ON_DELIVERY and not (platform_leave and provider_approved)


def with_a_problem_or_its_risk(
    conduct_of_the_list: bool, something_similar: bool, problems: tuple[Trouble, ...], risks: tuple[Trouble, ...]
) -> bool | NotCovered:
    """PO.2(2). Together with a payment, logistics, after-sales, quality or injury problem, or the risk of one.

    同时存在付款、物流、售后、质量或人身伤害问题，或者有此类风险。
    """
    return together_with(bool(problems or risks), conduct_of_the_list, something_similar)


def with_prohibited_goods_or_another_violation(
    conduct_of_the_list: bool, something_similar: bool, prohibited_goods: bool, other_violation: bool
) -> bool | NotCovered:
    """PO.2(3). Together with goods that may not be sold, or another violation.

    涉及禁售商品，或者同时存在其他违规行为。
    """
    return together_with(prohibited_goods or other_violation, conduct_of_the_list, something_similar)


def with_a_grave_threat(conduct_of_the_list: bool, something_similar: bool, grave_threat: bool) -> bool | NotCovered:
    """PO.2(4). The platform has reason to think that it may gravely threaten the safety or rights of anyone.

    平台有理由认为可能严重危及用户、平台或他人的安全或权益。
    """
    return together_with(grave_threat, conduct_of_the_list, something_similar)


def together_with(trouble: bool, conduct_of_the_list: bool, something_similar: bool) -> bool | NotCovered:
    """PO.2. Conduct of the list together with a trouble; where a person judges the conduct, a person judges this as well."""
    if trouble and something_similar:
        return NotCovered("list_is_open")
    return trouble and conduct_of_the_list


# What the shop has to do, and by when


class Duty(StrEnum):
    """How something stands that has to be done in time."""

    NOT_DUE = "not_due"
    OPEN = "open"
    DONE = "done"
    MISSED = "missed"


def duty(done_at: Instant | None, window: Window | None | Open, as_of: Instant) -> Duty | Open:
    """How something stands, given when it was done and the window for it; any way where the window is not known."""
    if isinstance(window, Open):
        return evolve(window, could_be=tuple(Duty))
    if window is None:
        return Duty.NOT_DUE
    if done_at is not None and done_at in window:
        return Duty.DONE
    return Duty.OPEN if as_of in window else Duty.MISSED


def remedy_window(notified_at: Instant | None) -> Window | None:
    """PO.3(2), R1, R47. Three days after the day of the notice, the last one to 24:00.

    自收到通知的次日起 3 日，末日至 24:00。
    """
    return None if notified_at is None else within_days("notified_at", notified_at, 3)


def closing_window(closing_at: Instant | None) -> Window | None:
    """PO.3(3), R1, R47. Forty-five days after the day on which the shop entered the closing state, the last one to 24:00.

    自进入关店准备状态的次日起 45 日，末日至 24:00。
    """
    return None if closing_at is None else within_days("closing_at", closing_at, 45)


def standard_to_meet(deposit_standard: Minor, deposit_raised: bool) -> Minor:
    """PO.3(2). The standard that the deposit has to reach: the new one if the notice raises it.

    保证金应达到的标准：通知提高标准的，为提高后的标准。
    """
    return Minor(deposit_standard + RAISE) if deposit_raised else deposit_standard


def opening_balance(
    deposit_balance: Minor | Open, top_ups: tuple[TopUp, ...] | Open, deposit_standard: Minor | Open
) -> Minor | Open:
    """R9. What the deposit held at first. Unknown, it could be just as much as meets the standard with the first so many top-ups.

    保证金原有金额。不详时，可能恰好连同前几笔补缴达到标准。
    """
    if not isinstance(deposit_balance, Open) or isinstance(deposit_standard, Open):
        return deposit_balance
    paid = () if isinstance(top_ups, Open) else in_order(top_ups)
    paid_so_far = accumulate((each.amount for each in paid), initial=0)
    enough = [Minor(deposit_standard - so_far) for so_far in paid_so_far if so_far <= deposit_standard]
    return Open(deposit_balance.asks, could_be=tuple(dict.fromkeys((*deposit_balance.could_be, *enough))))


def held(opening_balance: Minor, top_ups: tuple[TopUp, ...]) -> Minor:
    """PO.3(2). What the deposit holds, with all that was paid in.

    保证金现有金额，含全部补缴。
    """
    return Minor(opening_balance + sum(each.amount for each in top_ups))


def topped_up_at(
    opening_balance: Minor, top_ups: tuple[TopUp, ...], standard_to_meet: Minor, opened_at: Instant
) -> Instant | None:
    """PO.3(2). When the deposit first reached the standard to meet; at once where it held as much already.

    保证金首次达到应缴标准的时间；原已足额的，为立案时。
    """
    held_so_far, reached_at = int(opening_balance), opened_at
    for each in in_order(top_ups):
        if held_so_far >= standard_to_meet:
            break
        held_so_far, reached_at = held_so_far + each.amount, each.paid_at
    return reached_at if held_so_far >= standard_to_meet else None


def in_order(top_ups: tuple[TopUp, ...]) -> list[TopUp]:
    """PO.3(2). Top-ups as they were paid, the first first."""
    return sorted(top_ups, key=lambda each: each.paid_at)


def topping_up(topped_up_at: Instant | None, remedy_window: Window | None | Open, as_of: Instant) -> Duty | Open:
    """PO.3(2). How topping the deposit up stands.

    补缴保证金的履行情况。
    """
    return duty(topped_up_at, remedy_window, as_of)


def promising(promised_at: Instant | None, remedy_window: Window | None | Open, as_of: Instant) -> Duty | Open:
    """PO.3(2). How the written promise stands.

    书面承诺的履行情况。
    """
    return duty(promised_at, remedy_window, as_of)


def applying(applied_at: Instant | None, closing_window: Window | None | Open, as_of: Instant) -> Duty | Open:
    """PO.3(3). How the shop's own application to leave stands.

    主动申请退店的履行情况。
    """
    return duty(applied_at, closing_window, as_of)


def deposit_topped_up_in_time(
    topped_up_at: Instant | None,
    topping_up: Duty,
    remedy_window: Window | None,
    standard_to_meet: Minor,
    held: Minor,
) -> bool | Holds | Repairable:
    """PO.3(2). Within 3 days of receiving notice the merchant tops the deposit up in full.

    收到通知后 3 日内足额补缴保证金。Readings R1, R47.
    """
    lacking = standard_to_meet - held
    paid = {"/shop/deposit/top_ups/-/amount": (lacking,), "/shop/deposit/top_ups/-/paid_at": ()}
    return in_time(topped_up_at, topping_up, remedy_window, Ask(TOP_UP, (paid,)))


def promised_in_writing_in_time(
    promised_at: Instant | None, promising: Duty, remedy_window: Window | None
) -> bool | Holds | Repairable:
    """PO.3(2). Within 3 days of receiving notice the merchant promises in writing not to do it again.

    收到通知后 3 日内按平台要求书面承诺不再发生。Readings R1, R47.
    """
    made = {"/shop/written_promise/happened": (True,), "/shop/written_promise/at": ()}
    return in_time(promised_at, promising, remedy_window, Ask(WRITTEN_PROMISE, (made,)))


def applied_to_leave_in_time(
    applied_at: Instant | None, applying: Duty, closing_window: Window | None
) -> bool | Holds | Repairable:
    """PO.3(3). In the closing state the shop applies by itself to leave, within 45 days.

    进入关店准备状态后 45 日内主动申请退店。Readings R1, R47.
    """
    made = {"/shop/exit_application/happened": (True,), "/shop/exit_application/at": ()}
    return in_time(applied_at, applying, closing_window, Ask(EXIT_APPLICATION, (made,)))


def in_time(done_at: Instant | None, duty: Duty, window: Window | None, ask: Ask) -> bool | Holds | Repairable:
    """PO.3. Nothing is due before its clock starts; what is not done yet can be done until the window ends."""
    if window is None:
        return Holds("not_due")
    if duty is Duty.OPEN:
        return Repairable(evolve(ask, due_at=window.last_instant), window.last_instant)
    return done_at is not None and done_at in window


def earlier_notices(earlier_findings: tuple[EarlierFinding, ...]) -> EvidencePool[str]:
    """PO.3(5), R47. The earlier findings of which the merchant received notice; each counts once that is known.

    已通知商家的此前违规认定；确认通知后才计入。
    """
    return EvidencePool.of(
        ("a finding", (whether_noticed(index),) if each.notice is None else ())
        for index, each in enumerate(earlier_findings)
        if each.notice is None or each.notice.happened
    )


def whether_noticed(index: int) -> Ask:
    """R47. To ask whether the merchant received notice of an earlier finding."""
    return Ask(EARLIER_FINDINGS, ({f"/shop/earlier_findings/{index}/notice/happened": (True, False)},))


def is_a_further_finding(
    acts_found: tuple[FoundAct, ...], earlier_findings: tuple[EarlierFinding, ...] | Open, opened_at: Instant
) -> bool | Open:
    """PO.3(5), R47, R58. An act that is found lies after the notice of an earlier finding: the merchant had been warned.

    认定的行为发生在商家收到此前某次认定的通知之后，即商家已受到告诫。
    """
    after = after_a_warning(acts_found, earlier_findings, opened_at)
    if any(told is True and act.certain for act, told in after):
        return True
    if all(told is False for _, told in after):
        return False
    turning = tuple([act for act, told in after if told is not False and may_turn_it(act, acts_found, opened_at)])
    return Open(
        asks_about_another_time(after, turning, earlier_findings),
        "pending",
        could_be=(False, True),
        turns_on=tuple([act.incident.id for act in turning if not act.certain]),
    )


def is_repeated(
    acts_found: tuple[FoundAct, ...],
    earlier_findings: tuple[EarlierFinding, ...] | Open,
    opened_at: Instant,
    is_a_further_finding: bool | Open,
) -> bool | Open:
    """PO.3(5), R47, R58. Where anything is found: whether it is a further finding.

    如认定存在行为，是否属于再次认定。
    """
    after = after_a_warning(acts_found, earlier_findings, opened_at)
    if after and not any(act.certain for act, _ in after) and all(told is True for _, told in after):
        return True
    return is_a_further_finding


After: TypeAlias = tuple[tuple[FoundAct, bool | None], ...]
"""Acts, and whether each lies after the notice of an earlier finding; ``None`` where that is not known."""


def after_a_warning(
    acts_found: tuple[FoundAct, ...], earlier_findings: tuple[EarlierFinding, ...] | Open, opened_at: Instant
) -> After:
    """R58. Of each act that is found or may be, whether it lies after the notice of an earlier finding."""
    warnings = warnings_of(earlier_findings)
    return tuple([(act, lies_after(act, warnings, opened_at)) for act in acts_found])


def asks_about_another_time(
    after: After, turning: tuple[FoundAct, ...], earlier_findings: tuple[EarlierFinding, ...] | Open
) -> tuple[Ask, ...]:
    """R58. What is asked where some act may lie after the notice of an earlier finding: the notices, and when acts happened."""
    if all(told is not None for _, told in after):
        return ()
    notices = earlier_findings.asks if isinstance(earlier_findings, Open) else ()
    asks = (
        *notices,
        *(ask for warning in warnings_of(earlier_findings) for ask in warning.asks),
        *(
            Ask(INCIDENT_TIME, when_of(act), part=act.incident.id)
            for act in turning
            if act.incident.happened_at is None
        ),
    )
    return tuple(dict.fromkeys(asks))


def may_turn_it(act: FoundAct, acts_found: tuple[FoundAct, ...], opened_at: Instant) -> bool:
    """R58. Whether an act could be later than all that are found for certain, at a time when notice could still come between.

    By the time that the case was opened, notice of every earlier finding had been received.
    """
    certain = [each.incident.happened_at for each in acts_found if each.certain and each is not act]
    known = max((each for each in certain if each is not None), default=None)
    if known is None:
        return True
    happened_at = act.incident.happened_at
    return known <= opened_at and (happened_at is None or happened_at > known)


@frozen
class Notice:
    """A notice of an earlier finding that was received, or may have been: when, and what has to be asked about it."""

    at: Instant | None
    certain: bool
    asks: tuple[Ask, ...] = ()


def warnings_of(earlier_findings: tuple[EarlierFinding, ...] | Open) -> tuple[Notice, ...]:
    """R47, R58. The notices of earlier findings; where those are not known, one that may have been received at any time."""
    if isinstance(earlier_findings, Open):
        return (Notice(None, certain=False),)
    found: list[Notice] = []
    for index, each in enumerate(earlier_findings):
        place = f"/shop/earlier_findings/{index}/notice"
        if each.notice is None:
            ask = Ask(
                EARLIER_FINDINGS, ({f"{place}/happened": (False,)}, {f"{place}/happened": (True,), f"{place}/at": ()})
            )
            found.append(Notice(None, certain=False, asks=(ask,)))
        elif each.notice.happened and each.notice.at is None:
            found.append(Notice(None, certain=True, asks=(Ask(EARLIER_FINDINGS, ({f"{place}/at": ()},)),)))
        elif each.notice.happened:
            found.append(Notice(each.notice.at, certain=True))
    return tuple(found)


def lies_after(act: FoundAct, warnings: tuple[Notice, ...], opened_at: Instant) -> bool | None:
    """R58. Whether an act lies after the instant of some warning, not at it; ``None`` where that is not known.

    Notice of an earlier finding was received by the time that the present one was opened.
    """
    happened_at = act.incident.happened_at
    if happened_at is None:
        return None if warnings else False
    if any(each.certain and (opened_at if each.at is None else each.at) < happened_at for each in warnings):
        return True
    return None if any(each.at is None for each in warnings) else False


def when_of(act: FoundAct) -> tuple[Acceptable, ...]:
    """R58. What says when an act happened."""
    return ({f"/incidents/{act.index}/happened_at": ()},)


def found_for_the_first_time(is_a_further_finding: bool) -> bool:
    """PO.3(5). No act that is found lies after the notice of an earlier finding; acts that are found together are one.

    认定的行为均不在此前认定的通知送达之后；一并认定的行为视为一次。Readings R47, R58.
    """
    return not is_a_further_finding


# What it comes to


def which_time(gravity: Gravity, is_repeated: bool, earlier_notices: tuple[str, ...]) -> int | None:
    """PO.3(5), R47, R58. Which time it is: where this is a further finding, it and the earlier ones with notice.

    第几次：属于再次认定的，为本次认定与此前已通知商家的认定合计。
    """
    if gravity is Gravity.NONE:
        return None
    return 1 + len(earlier_notices) if is_repeated else 1


def remedy_is_missing(topping_up: Duty, promising: Duty) -> bool:
    """PO.3(3). Top-up or promise is missing when the time is over; one does not make up for the other.

    期限届满时缺少补缴或承诺；两者不能互相替代。
    """
    return Duty.MISSED in (topping_up, promising)


def open_step(
    gravity: Gravity,
    is_repeated: bool,
    remedy_is_missing: bool,
    topping_up: Duty,
    promising: Duty,
    applying: Duty,
) -> str:
    """PO.3. Which step is open.

    当前处于哪一步。
    """
    if gravity is Gravity.NONE:
        return "not_found"
    if applying is not Duty.NOT_DUE:
        return {Duty.OPEN: "application_due", Duty.DONE: "leaving", Duty.MISSED: "removal_open"}[applying]
    if gravity is Gravity.SERIOUS or remedy_is_missing or is_repeated:
        return "termination_open"
    if Duty.NOT_DUE in (topping_up, promising):
        return "notice_due"
    return "remedy_due" if Duty.OPEN in (topping_up, promising) else "remedied"


# Amounts


def new_deposit_standard(gravity: Gravity, deposit_standard: Minor) -> Minor | None:
    """PO.3(1). The standard raised by 100,000 yuan.

    保证金标准提高 10 万元后的金额。
    """
    return None if gravity is Gravity.NONE else Minor(deposit_standard + RAISE)


def deposit_held(gravity: Gravity, held: Minor) -> Minor | None:
    """PO.3(2). What the deposit holds: the balance when the case was opened, and what was paid in since.

    保证金现有金额：立案时的余额加上此后补缴的金额。
    """
    return None if gravity is Gravity.NONE else held


def amount_due(gravity: Gravity, notice_received: bool, standard_to_meet: Minor, held: Minor) -> Minor | None:
    """PO.3(2). What is missing from the standard that the notice asks for.

    按通知要求尚需补缴的金额。
    """
    if gravity is Gravity.NONE or not notice_received:
        return None
    return Minor(max(standard_to_meet - held, 0))


def shortfall(gravity: Gravity, is_repeated: bool, deposit_standard: Minor, held: Minor) -> Minor | None:
    """PO.3(5), R47. What the deposit lacks of the required standard, the 100,000 yuan included.

    保证金与应缴标准（含提高的 10 万元）之间的差额。
    """
    if gravity is Gravity.NONE or not is_repeated:
        return None
    return Minor(max(deposit_standard + RAISE - held, 0))


# What the platform may do


def close_orders_at_risk(gravity: Gravity) -> bool:
    """PO.3(1). Close orders that are at risk.

    关闭有风险的订单。
    """
    return gravity is not Gravity.NONE


def limit_withdrawals(gravity: Gravity) -> bool:
    """PO.3(1). Limit the withdrawal of part or all of the funds.

    限制部分或全部资金提现。
    """
    return gravity is not Gravity.NONE


def ban_goods(gravity: Gravity) -> bool:
    """PO.3(1). Take down or ban all goods; no new goods, no relisting.

    下架或禁售全部商品，并限制上新和重新上架。
    """
    return gravity is not Gravity.NONE


def raise_deposit_standard(gravity: Gravity) -> bool:
    """PO.3(1). Raise the shop's deposit standard by 100,000 yuan.

    将店铺保证金标准提高 10 万元。
    """
    return gravity is not Gravity.NONE


def end_agreement_for_want_of_remedy(gravity: Gravity, remedy_is_missing: bool) -> bool:
    """PO.3(3). End the agreement, because top-up or promise was missing when the time was over.

    逾期未足额补缴保证金或未书面承诺的，终止协议。
    """
    return gravity is not Gravity.NONE and remedy_is_missing


def end_agreement_for_serious_conduct(gravity: Gravity) -> bool:
    """PO.3(4). End the agreement, because the conduct is serious.

    情节严重的，终止协议。
    """
    return gravity is Gravity.SERIOUS


def end_agreement_at_once(gravity: Gravity, is_repeated: bool) -> bool:
    """PO.3(5). End the agreement at once, because it is the second time or more.

    两次及以上的，立即终止协议。Reading R47.
    """
    return gravity is not Gravity.NONE and is_repeated


def closing_state(
    end_agreement_for_want_of_remedy: bool, end_agreement_for_serious_conduct: bool, end_agreement_at_once: bool
) -> bool:
    """PO.3(3), PO.3(4), PO.3(5). With the end of the agreement, put the shop into the closing state, from which it must apply to leave.

    协议终止后，店铺进入关店准备状态：禁售全部商品，限制上新和重新上架，店铺须主动申请退店。
    """
    return end_agreement_for_want_of_remedy or end_agreement_for_serious_conduct or end_agreement_at_once


def remove_shop(gravity: Gravity, applying: Duty) -> bool:
    """PO.3(3). Remove the shop after 45 days in the closing state without an application of its own.

    进入关店准备状态满 45 日仍未主动申请的，予以清退。Reading R47.
    """
    return gravity is not Gravity.NONE and applying is Duty.MISSED


def forfeit_deposit(gravity: Gravity, is_repeated: bool) -> bool:
    """PO.3(5). Forfeit the whole deposit.

    没收全部保证金。
    """
    return gravity is not Gravity.NONE and is_repeated


def take_the_difference(shortfall: Minor | None) -> bool:
    """PO.3(5). Take the difference to the required standard from the shop's other funds.

    从店铺其他资金中扣取与应缴标准之间的差额。Reading R47.
    """
    return shortfall is not None and shortfall > 0


# What the reader should know


def asked_for_by_the_user(gravity: Gravity, begun_by: Beginner) -> bool:
    """PO.0, PO.1. That the user asked for it makes no difference.

    是用户主动要求的，不影响认定。
    """
    return gravity is not Gravity.NONE and begun_by is Beginner.USER


def not_answered_by_the_user(gravity: Gravity, user_answered: bool | None) -> bool:
    """PO.1. That the user never answered makes no difference.

    用户没有回应，不影响认定。
    """
    return gravity is not Gravity.NONE and user_answered is False


def done_offline(gravity: Gravity, setting: Setting | None) -> bool:
    """PO.1. That it happened offline makes no difference.

    发生在线下，不影响认定。
    """
    return gravity is not Gravity.NONE and setting is Setting.OFFLINE


def contact_for_something_else(gravity: Gravity, act: Act) -> bool:
    """PO.1(5). To exchange contacts is a violation only where it is done for trade or payment outside the platform.

    只有为站外交易或站外付款而交换联系方式，才构成违规。
    """
    return gravity is Gravity.NONE and act is Act.CONTACT


def one_without_the_other(gravity: Gravity, topping_up: Duty, promising: Duty) -> bool:
    """PO.3(2), PO.3(3). Top-up and promise are both owed: the one does not make up for the other.

    补缴保证金与书面承诺缺一不可。
    """
    return gravity is not Gravity.NONE and {topping_up, promising} == {Duty.DONE, Duty.MISSED}


def measures_are_rights(gravity: Gravity) -> bool:
    """PO.3, R45. The measures are rights of the platform, not duties; which of them are taken is for the platform to say.

    以上措施是平台的权利而非义务，是否采取由平台决定。
    """
    return gravity is not Gravity.NONE


EDITION = Edition(
    policy="pinduoduo.off_platform_trading",
    about=__doc__,
    article="PO",
    effective_from=dt.date(2018, 11, 23),
    revision=2,
    case_kind=OFF_PLATFORM_TRADING,
    facts=(
        merchant_took_part,
        something_similar,
        conduct_of_the_list,
        remedy_window,
        closing_window,
        standard_to_meet,
        opening_balance,
        held,
        topped_up_at,
        topping_up,
        promising,
        applying,
        remedy_is_missing,
        earlier_notices,
        is_a_further_finding,
        is_repeated,
    ),
    barred_by=(
        paid_outside_the_platform,
        exchanged_an_outside_account,
        led_users_outside,
        outside_information_on_the_parcel,
        exchanged_contacts_to_trade_outside,
        did_something_similar,
        cash_on_delivery_without_approval,
        with_a_problem_or_its_risk,
        with_prohibited_goods_or_another_violation,
        with_a_grave_threat,
    ),
    requires=(
        deposit_topped_up_in_time,
        promised_in_writing_in_time,
        applied_to_leave_in_time,
        found_for_the_first_time,
    ),
    grants=Consequences(
        serious=(
            cash_on_delivery_without_approval,
            with_a_problem_or_its_risk,
            with_prohibited_goods_or_another_violation,
            with_a_grave_threat,
        ),
        outcome=open_step,
        time=which_time,
        amounts=(new_deposit_standard, deposit_held, amount_due, shortfall),
        sanctions=(
            Sanction(available=close_orders_at_risk),
            Sanction(available=limit_withdrawals),
            Sanction(available=ban_goods),
            Sanction(available=raise_deposit_standard, amount=new_deposit_standard),
            Sanction(available=end_agreement_for_want_of_remedy),
            Sanction(available=end_agreement_for_serious_conduct),
            Sanction(available=end_agreement_at_once),
            Sanction(available=closing_state),
            Sanction(available=remove_shop),
            Sanction(available=forfeit_deposit, amount=deposit_held),
            Sanction(available=take_the_difference, amount=shortfall),
        ),
    ),
    remarks=(
        asked_for_by_the_user,
        not_answered_by_the_user,
        done_offline,
        contact_for_something_else,
        one_without_the_other,
        measures_are_rights,
    ),
    not_adjudicated={"PO, list of the gloss": "restates_the_rule"},
)
