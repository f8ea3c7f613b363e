"""Random cases of off-platform trading."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from random import Random
from typing import Final

from adjudicator.testing import Json
from proving.dice import BEIJING, DAY, Dice, midnights, without_nones

OFF_PLATFORM: Final = "pinduoduo.off_platform_trading"
FIRST_OF_OFF_PLATFORM: Final = dt.datetime(2018, 11, 23, tzinfo=BEIJING)
CHANNELS: Final = ("bank_account", "qr_code", "purchase_link", "phone", "review_cashback_card", "review_cashback_card")
TROUBLES: Final = ("payment", "logistics", "after_sales", "quality", "injury")
MOST: Final = (2**53 - 1) // 2


def incident(dice: Dice, number: int, happened_at: dt.datetime) -> Json:
    """One act, rarely a serious one, because a single serious act decides the whole case."""
    acts = ("payment", "account", "content", "parcel", "contact", "cash_on_delivery", "other")
    grave = dice.any(0, 0, 0, 4, 25)
    return {
        "id": f"I{number}",
        "act": dice.any(*acts),
        "happened_at": dice.known(dice.any(None, *(dice.written(happened_at),) * 4)),
        "begun_by": dice.known(dice.any("merchant", "merchant", "user")),
        "taken_up": dice.yes(70),
        "setting": dice.known(dice.any("online", "offline")),
        "user_answered": dice.yes(),
        "channel": dice.known(dice.any(*CHANNELS)),
        "official": dice.yes(30),
        "needed_for_trade": dice.yes(30),
        "purpose": dice.known(
            dice.any("delivery", "off_platform_trade", "off_platform_payment", "after_sales", "other")
        ),
        "platform_leave": dice.yes(70),
        "provider_approved": dice.yes(70),
        "problems": dice.known(
            dice.random.sample(TROUBLES, 1 + dice.random.randrange(2)) if dice.in_100(grave) else []
        ),
        "risks": dice.known(dice.random.sample(TROUBLES, 1) if dice.in_100(grave) else []),
        "prohibited_goods": dice.yes(grave),
        "other_violation": dice.yes(grave),
        "grave_threat": dice.yes(grave),
    }


def incidents(dice: Dice, happened_at: Callable[[], dt.datetime]) -> list[Json]:
    """One or more acts. In every other case the first is an ordinary off-platform payment."""
    some = [incident(dice, number, happened_at()) for number in range(dice.any(1, 1, 1, 2, 2, 3))]
    if dice.in_100(50):
        some[0] |= {"act": "payment", "begun_by": "merchant", "official": False}
    return [without_nones(dice, each) for each in some]


def event(dice: Dice, happened: bool, at: dt.datetime) -> Json | None:
    """Something that happened, did not happen, or is partly unknown."""
    stated = {"happened": True, "at": dice.known(dice.written(at))} if happened else {"happened": False}
    event: Json | None = dice.known(stated)
    return event


def off_platform_case(random: Random) -> Json:
    """A case of off-platform trading at any stage."""
    dice = Dice(random)
    opened = dice.moment(FIRST_OF_OFF_PLATFORM, 2_000)
    notice = dice.moment(opened, 6)
    closing = dice.any(dice.moment(opened - 50 * DAY, 60), dice.moment(notice, 10))
    noticed, closed = dice.in_100(85), dice.in_100(25)
    ends = [*midnights(notice, 4), *midnights(closing, 46)] if closed else midnights(notice, 4)
    now: dt.datetime = dice.any(dice.beside(ends), dice.beside(ends), dice.moment(opened, 60), opened)
    as_of = max(opened, now)
    noticed, closed = noticed and notice <= as_of, closed and closing <= as_of

    def done(*by: dt.datetime) -> dt.datetime:
        moments = dice.beside(by), dice.moment(notice, 5), dice.moment(closing, 50)
        return min(as_of, moments[dice.random.randrange(3)])

    before = opened - 400 * DAY
    noticed_before = [
        min(opened, dice.any(opened, *(dice.moment(before, 401) for _ in range(4))))
        for _ in range(dice.any(0, 0, 0, 0, 1, 1, 2))
    ]
    earlier = [
        {"id": f"F{number}", "notice": event(dice, dice.in_100(70), at)} for number, at in enumerate(noticed_before)
    ]

    def acted() -> dt.datetime:
        moments = dice.beside([*noticed_before, opened]), dice.moment(opened - 3 * DAY, 4)
        return min(as_of, moments[dice.random.randrange(2)])

    return without_nones(
        dice,
        {
            "id": "case-1",
            "policy": OFF_PLATFORM,
            "as_of": dice.written(as_of),
            "opened_at": dice.written(opened),
            "incidents": incidents(dice, acted),
            "shop": {
                "id": "shop-1",
                "deposit": dice.known(deposit(dice, lambda: done(*midnights(notice, 4)))),
                "earlier_findings": dice.known([without_nones(dice, each) for each in earlier]),
                "notice": event(dice, noticed, notice),
                "written_promise": event(dice, dice.in_100(75), done(*midnights(notice, 4))),
                "closing": event(dice, closed, closing),
                "exit_application": event(dice, dice.in_100(40), done(*midnights(closing, 46))),
            },
        },
    )


def deposit(dice: Dice, done: Callable[[], dt.datetime]) -> Json:
    """A deposit that one top-up or one fen can bring above or below the standard."""
    standard = dice.any(0, 1_000_000, 10_000_000, dice.random.randrange(10**7), 10**12)
    raised = dice.yes(70)
    target = standard + 10_000_000 * bool(raised)
    balance = dice.any(standard, target, 0, target - 1, dice.random.randrange(10**7))
    lacking = target - balance
    amounts = dice.any([], [], [lacking], [lacking - 1, 1], [lacking - 1], [lacking + 1], [lacking // 2, lacking // 2])
    balance = max(0, min(MOST, balance))
    paid = [amount for amount in amounts if amount >= 0]
    if balance + sum(paid) > MOST:
        paid = []
    top_ups = [{"amount": amount, "paid_at": dice.written(done())} for amount in paid]
    return {
        "standard": dice.known(standard),
        "balance": dice.known(balance),
        "top_ups": dice.known(top_ups),
        "raised": raised,
    }
