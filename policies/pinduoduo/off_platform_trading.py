"""诱导非官方交易, trading and payment outside the platform, in force since 23 November 2018 (PO)."""

from __future__ import annotations

import datetime as dt

from adjudicator.law import Consequences, Duty, Edition, Gravity, Minor, Sanction
from pinduoduo import sentences
from pinduoduo.trading_case import Act, Beginner, Setting
from pinduoduo.trading_conduct import (
    cash_on_delivery_without_approval,
    conduct_of_the_list,
    did_something_similar,
    exchanged_an_outside_account,
    exchanged_contacts_to_trade_outside,
    led_users_outside,
    merchant_took_part,
    outside_information_on_the_parcel,
    paid_outside_the_platform,
    something_similar,
    with_a_grave_threat,
    with_a_problem_or_its_risk,
    with_prohibited_goods_or_another_violation,
)
from pinduoduo.trading_duties import (
    RAISE,
    applied_to_leave_in_time,
    applying,
    closing_window,
    deposit_topped_up_in_time,
    held,
    promised_in_writing_in_time,
    promising,
    remedy_is_missing,
    remedy_window,
    standard_to_meet,
    topped_up_at,
    topping_up,
)
from pinduoduo.trading_facts import OFF_PLATFORM_TRADING
from pinduoduo.trading_warnings import (
    earlier_notices,
    found_for_the_first_time,
    is_a_further_finding,
    is_repeated,
    which_time,
)

# What it comes to


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
    sentences=sentences.OFF_PLATFORM_TRADING,
    effective_from=dt.date(2018, 11, 23),
    revision=4,
    case_kind=OFF_PLATFORM_TRADING,
    facts=(
        merchant_took_part,
        something_similar,
        conduct_of_the_list,
        remedy_window,
        closing_window,
        standard_to_meet,
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
