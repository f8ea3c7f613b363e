"""What a shop has to do after notice and in the closing state, and by when: PO.3(1) to (3)."""

from __future__ import annotations

from typing import Final

from adjudicator.law import (
    ANY,
    Answer,
    AnyOf,
    Duty,
    Established,
    Instant,
    Minor,
    Window,
    duty,
    in_time,
    within_days,
)
from pinduoduo.trading_case import TopUp, in_order
from pinduoduo.trading_facts import EXIT_APPLICATION, TOP_UP, WRITTEN_PROMISE

RAISE: Final = 100_000_00
"""PO.3(1). The amount by which the deposit standard may be raised: 100,000 yuan, in fen."""


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


def held(deposit_balance: Minor, top_ups: tuple[TopUp, ...]) -> Minor:
    """PO.3(2). What the deposit holds, with all that was paid in.

    保证金现有金额，含全部补缴。
    """
    return Minor(deposit_balance + sum(each.amount for each in top_ups))


def topped_up_at(
    deposit_balance: Minor, top_ups: tuple[TopUp, ...], standard_to_meet: Minor, opened_at: Instant
) -> Instant | None:
    """PO.3(2). When the deposit first reached the standard to meet; at once where it held as much already.

    保证金首次达到应缴标准的时间；原已足额的，为立案时。
    """
    held_so_far, reached_at = int(deposit_balance), opened_at
    for each in in_order(top_ups):
        if held_so_far >= standard_to_meet:
            break
        held_so_far, reached_at = held_so_far + each.amount, each.paid_at
    return reached_at if held_so_far >= standard_to_meet else None


def topping_up(
    topped_up_at: Instant | None, remedy_window: Established[Window | None], as_of: Instant
) -> Established[Duty]:
    """PO.3(2). How topping the deposit up stands.

    补缴保证金的履行情况。
    """
    return duty(topped_up_at, remedy_window, as_of)


def promising(
    promised_at: Instant | None, remedy_window: Established[Window | None], as_of: Instant
) -> Established[Duty]:
    """PO.3(2). How the written promise stands.

    书面承诺的履行情况。
    """
    return duty(promised_at, remedy_window, as_of)


def applying(
    applied_at: Instant | None, closing_window: Established[Window | None], as_of: Instant
) -> Established[Duty]:
    """PO.3(3). How the shop's own application to leave stands.

    主动申请退店的履行情况。
    """
    return duty(applied_at, closing_window, as_of)


def deposit_topped_up_in_time(
    topped_up_at: Instant | None, topping_up: Duty, remedy_window: Window | None, standard_to_meet: Minor, held: Minor
) -> Answer:
    """PO.3(2). Within 3 days of receiving notice the merchant tops the deposit up in full.

    收到通知后 3 日内足额补缴保证金。Readings R1, R47.
    """
    lacking = {"/shop/deposit/top_ups/-/amount": (standard_to_meet - held,), "/shop/deposit/top_ups/-/paid_at": ANY}
    return in_time(topped_up_at, topping_up, remedy_window, TOP_UP, lacking)


def promised_in_writing_in_time(promised_at: Instant | None, promising: Duty, remedy_window: Window | None) -> Answer:
    """PO.3(2). Within 3 days of receiving notice the merchant promises in writing not to do it again.

    收到通知后 3 日内按平台要求书面承诺不再发生。Readings R1, R47.
    """
    return in_time(promised_at, promising, remedy_window, WRITTEN_PROMISE, happened("/shop/written_promise"))


def applied_to_leave_in_time(applied_at: Instant | None, applying: Duty, closing_window: Window | None) -> Answer:
    """PO.3(3). In the closing state the shop applies by itself to leave, within 45 days.

    进入关店准备状态后 45 日内主动申请退店。Readings R1, R47.
    """
    return in_time(applied_at, applying, closing_window, EXIT_APPLICATION, happened("/shop/exit_application"))


def happened(place: str) -> AnyOf:
    """PO.3. What says that something was done, and when."""
    return {f"{place}/happened": (True,), f"{place}/at": ANY}


def remedy_is_missing(topping_up: Duty, promising: Duty) -> bool:
    """PO.3(3). Top-up or promise is missing when the time is over; one does not make up for the other.

    期限届满时缺少补缴或承诺；两者不能互相替代。
    """
    return Duty.MISSED in (topping_up, promising)
