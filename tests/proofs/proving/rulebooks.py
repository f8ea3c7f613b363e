"""Random valid cases of all rulebooks other than the guarantees, with some facts unknown.

Instants lie on the edges of the rules' windows, or a microsecond or a second beside them. The random generator can be Hypothesis's
(``st.randoms``), so that cases can be shrunk.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from random import Random
from typing import Any, Final

from adjudicator.testing import Json
from admissions import IN_ORDER

BEIJING: Final = dt.timezone(timedelta(hours=8))
ZONES: Final = (BEIJING, BEIJING, dt.UTC, dt.timezone(-timedelta(hours=9, minutes=30)))
NUDGES: Final = tuple(timedelta(microseconds=each) for each in (0, 0, -1, 1, -1_000_000, 1_000_000))
DAY: Final = timedelta(days=1)
MINUTE: Final = timedelta(minutes=1)

OFF_PLATFORM: Final = "pinduoduo.off_platform_trading"
LISTING: Final = "pinduoduo.virtual_listing"
DISPATCH: Final = "pinduoduo.virtual_dispatch"
ARRIVAL: Final = "pinduoduo.virtual_arrival"
CLEARANCE: Final = "douyin_alliance.clearance"
TASK: Final = "douyin_xingtu.task"


class Dice:
    """The choices of one case. How many facts are unknown is random too."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.unknown = self.any(0, 0, 0, 6, 12, 30)

    def any(self, *values: Any) -> Any:
        """One of the values."""
        return values[self.random.randrange(len(values))]

    def in_100(self, share: int) -> bool:
        """True with a probability of ``share`` percent."""
        return self.random.randrange(100) < share

    def yes(self, share: int = 50) -> bool | None:
        """True with a probability of ``share`` percent, and sometimes None."""
        value: bool | None = self.known(self.in_100(share))
        return value

    def known(self, value: Any) -> Any:
        """The value, or sometimes None."""
        return None if self.in_100(self.unknown) else value

    def beside(self, moments: Iterable[dt.datetime]) -> dt.datetime:
        """One of the moments, or slightly before or after it."""
        moment: dt.datetime = self.any(*moments) + self.any(*NUDGES)
        return moment

    def moment(self, first: dt.datetime, days: int) -> dt.datetime:
        """A moment within some days, sometimes at midnight."""
        midnight = dt.datetime.combine(first.astimezone(BEIJING), dt.time(), BEIJING)
        some = (
            midnight + self.random.randrange(days) * DAY + timedelta(microseconds=self.random.randrange(86_400 * 10**6))
        )
        moment: dt.datetime = self.any(some, self.beside([midnight + self.random.randrange(1, days + 1) * DAY]))
        return max(first, moment)

    def written(self, moment: dt.datetime) -> str:
        """The text of an instant in one of several zones."""
        return moment.astimezone(self.any(*ZONES)).isoformat()


def midnights(moment: dt.datetime, *days: int) -> list[dt.datetime]:
    """The midnights that many Beijing days after the day of a moment; 1 is the midnight at its end."""
    midnight = dt.datetime.combine(moment.astimezone(BEIJING), dt.time(), BEIJING)
    return [midnight + each * DAY for each in days]


def without_nones(dice: Dice, document: Json) -> Json:
    """The document, with each None either kept as null or left out."""
    if dice.in_100(50):
        return document
    return {
        name: without_nones(dice, value) if isinstance(value, dict) else value
        for name, value in document.items()
        if value is not None
    }


# Off-platform trading

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
    now: dt.datetime = dice.any(dice.beside(ends), dice.beside(ends), dice.moment(opened, 60))
    as_of = max(opened, now)
    noticed, closed = noticed and notice <= as_of, closed and closing <= as_of

    def done(*by: dt.datetime) -> dt.datetime:
        moments = dice.beside(by), dice.moment(notice, 5), dice.moment(closing, 50)
        return min(as_of, moments[dice.random.randrange(3)])

    noticed_before = [min(opened, dice.moment(opened - 400 * DAY, 401)) for _ in range(dice.any(0, 0, 0, 0, 1, 1, 2))]
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


# Clearance


def clearance_case(random: Random) -> Json:
    """A daily check of a merchant or a product, in the alliance or cleared."""
    dice = Dice(random)
    of = dice.any("merchant", "merchant", "merchant", "product")
    as_of = dice.moment(dt.datetime(2024, 7, 25, tzinfo=BEIJING), 1_500)
    good = dice.any(100, 98, 90)
    return without_nones(
        dice,
        {
            "id": "check-1",
            "policy": CLEARANCE,
            "as_of": dice.written(as_of),
            "checked": {
                "of": of,
                "state": dice.any("promoted", "cleared", "cleared"),
                "product_id": "product-1" if of == "product" else None,
                "virtual": dice.yes(30),
                "brand_papers_in_order": dice.yes(max(good, 70)),
                "found_unfit": dice.yes(100 - good),
            },
            "shop": shop_in_the_alliance(dice, as_of, good),
        },
    )


def shop_in_the_alliance(dice: Dice, as_of: dt.datetime, good: int) -> Json:
    """A shop where each fact is favourable with a probability of ``good`` percent."""

    def among(well: Sequence[Any], badly: Sequence[Any]) -> Any:
        return dice.known(dice.any(*(well if dice.in_100(good) else badly)))

    scores = ("4.11", "4.1000001", "5"), ("4.1", "4.10", "4.09999", "3.5", "3.50", "3.4999999", "3.500001", "0")
    return {
        **dict.fromkeys(IN_ORDER["shop"]),
        "id": "shop-1",
        "opened": dice.yes(good),
        "state": among(["normal"], ["restricted", "closing", "closed"]),
        "account_in_good_standing": dice.yes(good),
        "order_amount_30_days": among([1, 2, 10**9], [0]),
        "shop_score": among(*scores),
        "experience_score": dice.known(dice.any(*scores[0], *scores[1])),
        "positive_review_rate": among(["75.01", "75.0000001", "100"], ["75", "75.000", "74.999999", "0"]),
        "warehouse_check_passed": dice.yes(good),
        "alliance_platform_connected": dice.yes(good),
        "erp_connected": dice.yes(good),
        "penalties": dice.known([penalty(dice, as_of) for _ in range(dice.any(0, 0, 1, 1, 2))]),
        "controller_shops": dice.known(
            {"listed_serious_penalty": dice.yes(100 - good), "grave_danger": dice.yes(100 - good)}
        ),
        "openings_so_far": among([0, 1, 2], [3, 4]),
    }


def penalty(dice: Dice, as_of: dt.datetime) -> Json:
    """One penalty, often about a year ago."""
    a_year_ago = [midnight - 365 * DAY for midnight in midnights(as_of, 0)]
    imposed = dice.any(dice.beside(a_year_ago), dice.moment(as_of - 370 * DAY, 20), dice.moment(as_of - 360 * DAY, 300))
    rule = dice.any("evasive_information", "evasive_information", "other")
    return {"rule": rule, "imposed_at": dice.written(min(imposed, as_of))}


# Virtual goods

FIRST_OF_VIRTUAL: Final = dt.datetime(2018, 10, 24, tzinfo=BEIJING)
CATEGORIES: Final = (
    "top_up_centre",
    "custom",
    "membership",
    "wedding_photography",
    "education_entertainment",
    "travel",
    "travel",
    "travel",
    "health",
    "carrier_hall",
    "games",
    "other",
)
GOODS: Final = (
    "phone_credit",
    "mobile_data",
    "qq_product",
    "video",
    "offline_service",
    "stored_value",
    "account_rental",
    "internet_phone",
    "other",
)


def listing_case(random: Random) -> Json:
    """A product to be listed."""
    dice = Dice(random)
    good = dice.any(100, 97, 97, 85)
    days = (0, 1, 14, 15, 15, 15, 15, 15) if dice.in_100(70) else (16, 17, 365)

    def bad() -> bool | None:
        return dice.yes(100 - good)

    def term() -> Any:
        return dice.known(max(1, dice.any(*days)))

    required = dice.any("80", "80.00", "0", "100", "66.6")
    rate = dice.any(required, "100") if dice.in_100(good) else dice.any("79.999999", "0", "66.59")
    return without_nones(
        dice,
        {
            "id": "listing-1",
            "policy": LISTING,
            "as_of": dice.written(dice.moment(FIRST_OF_VIRTUAL, 1_000)),
            "shop": {
                "id": "shop-1",
                "type": dice.known(dice.any("enterprise", "enterprise", "enterprise", "individual")),
                "agreement_accepted": dice.yes(good),
                "entry_review_passed": dice.yes(good),
                "virtual_deposit": dice.known(dice.any(1_000_000, 1_000_001) if dice.in_100(good) else 999_999),
                "operations_contact_complete": dice.yes(good),
                "diverts_users": bad(),
                "hoards_users": bad(),
                "unconfirmed_pushes": bad(),
                "reply_rate": dice.known(rate),
                "required_reply_rate": dice.known(required),
            },
            "product": {
                "id": "product-1",
                "category": dice.known(dice.any(*CATEGORIES) if dice.in_100(good) else "outside"),
                "goods": dice.known(dice.any(*GOODS)),
                "follows_platform_rules": dice.yes(good),
                "direct_top_up": dice.yes(80),
                "through_api": dice.yes(20),
                "api": dice.known(
                    {
                        "trades_there": dice.yes(60),
                        "supplies_there": dice.yes(60),
                        "authorised": dice.yes(good),
                        "reviewed": dice.yes(good),
                        "price_advantage": dice.yes(good),
                    }
                ),
                "fulfilment_days": dice.known(dice.any(*days)),
                "validity_days": term(),
                "rental_days": term(),
                "mass_market_brand": dice.yes(60),
                "longer_term_approved": dice.yes(60),
                "fully_bindable": dice.yes(40),
                "needs_app_download": dice.yes(30),
                "asks_for_number": dice.yes(good),
                "regional": dice.yes(30),
                "open_nationwide": dice.yes(100 - good) if dice.in_100(60) else dice.yes(),
            },
        },
    )


def dispatch_case(random: Random) -> Json:
    """An order of virtual goods, dispatched or not."""
    dice = Dice(random)
    placed = dice.moment(FIRST_OF_VIRTUAL, 2_000)
    formed = dice.any(placed, placed + timedelta(minutes=10), dice.moment(placed, 2))
    commitment = dice.any("hours_24", "hours_48", "agreed", "agreed")
    custom, otherwise = dice.in_100(65), dice.in_100(40)
    days, hours = dice.any(1, 3, 10, 11, 30), dice.any(1, 24, 48, 72)
    end = formed + timedelta(hours=hours)
    if custom and commitment == "agreed":
        (end,) = midnights(formed, 1 + (days if otherwise else 10))
    elif custom:
        end = formed + timedelta(hours=int(commitment[-2:]))
    as_of = dice.any(dice.beside([end]), dice.moment(placed, 15), end + dice.random.randrange(1, 5) * DAY)
    as_of = max(as_of, placed)
    happened = dice.yes(50)
    at = min(as_of, max(placed, dice.any(dice.beside([end]), dice.moment(placed, 11))))
    physical = dice.in_100(30)
    way = "logistics" if physical == dice.in_100(92) else dice.any("batch_import", "order_page")
    agreed_otherwise = dice.known(otherwise)
    stated = happened is not False and (happened or dice.in_100(50))
    dispatch = {
        "happened": None if stated and dice.in_100(30) else happened,
        "at": dice.known(dice.written(at)) if stated else None,
        "through": dice.known(way) if stated else None,
        "found_false": dice.yes(8) if stated else dice.any(None, False),
    }
    return without_nones(
        dice,
        {
            "id": "dispatch-1",
            "policy": DISPATCH,
            "as_of": dice.written(as_of),
            "order": {
                "id": "order-1",
                "placed_at": dice.written(placed),
                "formed_at": dice.known(dice.written(max(placed, formed))),
            },
            "goods": {
                "physical": dice.known(physical),
                "custom": dice.known(custom),
                "commitment": dice.known(commitment),
                "agreed_otherwise": agreed_otherwise,
                "agreed_days": dice.known(days) if agreed_otherwise else None,
                "ordinary_hours": dice.known(hours),
            },
            "dispatch": dice.known(dispatch),
            "out_of_stock": dice.yes(10),
        },
    )


def arrival_case(random: Random) -> Json:
    """A claim that a top-up did not arrive."""
    dice = Dice(random)
    placed = dice.moment(FIRST_OF_VIRTUAL, 2_000)
    filed = dice.moment(placed, 5)
    closes = dice.moment(filed, 20)
    as_of = max(filed, dice.any(dice.beside([closes]), dice.moment(filed, 30)))
    dispatched = placed + dice.any(0, 1, 2) * MINUTE
    count = dice.any(0, 1, 2, 2, 3, 3, 4)
    return without_nones(
        dice,
        {
            "id": "claim-case-1",
            "policy": ARRIVAL,
            "as_of": dice.written(as_of),
            "claim": {"id": "A1", "filed_at": dice.written(filed)},
            "order": {"id": "order-1", "placed_at": dice.written(placed)},
            "top_up": {
                "account_platform": dice.known("QQ"),
                "account": dice.known("10001"),
            },
            "evidence": [document(dice, f"E{number}", placed, dispatched, as_of) for number in range(count)],
            "evidence_closes_at": dice.any(None, dice.written(closes)),
        },
    )


def document(dice: Dice, evidence_id: str, placed: dt.datetime, dispatched: dt.datetime, as_of: dt.datetime) -> Json:
    """One document, mostly official feedback, often from before the order, just at dispatch, or at the same instant as another."""
    kind = dice.any(*("official_feedback",) * 6, "merchant_screenshot", *("dispatch_proof",) * 2, "other")
    minutes = (placed + each * MINUTE for each in (-1, 0, 1, 2, *(3,) * 8))
    observed = min(as_of, dice.any(*minutes, as_of, dice.beside([dispatched])))
    marks = (*("verified",) * 9, "unverified", "rejected", None)
    common = {
        "id": evidence_id,
        "kind": kind,
        "submitted_by": dice.any("consumer", "merchant", "platform", "third_party"),
        "submitted_at": dice.written(min(as_of, dice.moment(placed, 10))),
        "verification": dice.any(*marks),
    }
    shows = dice.any("arrived", "arrived", "not_arrived", "not_arrived", "unclear")
    own: Json = {"description": "a chat"}
    if kind == "official_feedback":
        own = {
            "shows": shows,
            "platform": dice.any("QQ", "QQ", "QQ", "QQ", "QQ", " qq ", "QQ", "qq\u3000", "WeChat", None),
            "account": dice.any(*("10001",) * 9, " 10001", "10002", None),
            "observed_at": dice.any(None, dice.written(observed), dice.written(observed), dice.written(observed)),
        }
    elif kind == "merchant_screenshot":
        own = {"shows": shows}
    elif kind == "dispatch_proof":
        own = {
            "dispatched_at": dice.any(
                None, *(dice.written(min(as_of, each)) for each in (dispatched, dispatched + MINUTE))
            ),
            "reference": dice.any(None, "R1"),
        }
    return without_nones(dice, common | own)


# Creators' tasks

USUAL_WAY: Final = {
    "no_task": ("place_task",),
    "offered": ("take_order",),
    "script_awaited": ("upload_script",),
    "script_with_client": ("confirm_script", "reject_script", "reject_script"),
    "video_awaited": ("upload_video",),
    "video_in_review": ("approve_video", "approve_video", "disapprove_video", "reject_video"),
    "video_with_client": ("confirm_video", "reject_video"),
    "video_confirmed": ("publish", "set_publication", "set_publication"),
    "published": ("accept_content",),
    "accepted": ("rate",),
    "ended": (),
}
AFTERWARDS: Final = {
    "place_task": "offered",
    "take_order": "script_awaited",
    "upload_script": "script_with_client",
    "confirm_script": "video_awaited",
    "reject_script": "script_awaited",
    "upload_video": "video_in_review",
    "approve_video": "video_with_client",
    "disapprove_video": "video_awaited",
    "confirm_video": "video_confirmed",
    "reject_video": "video_awaited",
    "publish": "published",
    "set_publication": "published",
    "accept_content": "accepted",
    "rate": "accepted",
    "end_task": "ended",
}
AT_MOST: Final = {"reject_script": 3, "reject_video": 2}
TAKERS: Final = ("client", "creator", "platform")


def steps_to_take(stage: str, taken: list[str], *, never_content: bool) -> list[str]:
    """The usual steps at a stage that are not used up. If nobody is ever content, only rejections, where there are any."""
    steps = [each for each in USUAL_WAY[stage] if each not in steps_used_up(stage, taken)]
    return [each for each in steps if never_content and each in AT_MOST] or steps


def steps_used_up(stage: str, taken: list[str]) -> list[str]:
    """The usual steps at a stage that were taken as often as allowed."""
    return [each for each in USUAL_WAY[stage] if taken.count(each) >= AT_MOST.get(each, 99)]


def task_case(random: Random) -> Json:
    """A task at any stage, with rejections that count, do not count, or may; the wanted step may be possible or not."""
    dice = Dice(random)
    now = dice.moment(dt.datetime(2022, 3, 15, tzinfo=BEIJING), 1_500)
    history: list[Json] = []
    stage, public, taken = "no_task", now, list[str]()
    never_content = dice.in_100(15)
    for _ in range(random.randrange(24)):
        steps = steps_to_take(stage, taken, never_content=never_content)
        if never_content and steps_used_up(stage, taken) and dice.in_100(50):
            break
        if not steps or dice.in_100(60 if stage == "published" else 2):
            break
        step = dice.any(*steps)
        now = max(public, now + dice.any(timedelta(0), MINUTE, DAY, timedelta(microseconds=1)))
        event = {"step": step, "happened_at": dice.written(now)}
        counts = dice.any(True, True, True, False, None) if step in AT_MOST else None
        if step == "set_publication":
            public = now + dice.any(timedelta(0), MINUTE, DAY)
            event["set_for"] = dice.known(dice.written(public))
        history.append(event if counts is None and step not in AT_MOST else {**event, "changes_stated": counts})
        if counts is None and step in AT_MOST:
            counts = dice.in_100(50) and bool(random.randrange(4))
            if not random.randrange(3):
                break
        if counts is not False or step not in AT_MOST:
            stage, taken = AFTERWARDS[step], [*taken, step]
    if stage not in ("no_task", "published", "accepted") and dice.in_100(3):
        history.append({"step": "end_task", "happened_at": dice.written(now)})
        stage = "ended"
    at_hand = USUAL_WAY[stage] or ("end_task",)
    if never_content:
        at_hand = tuple(each for each in at_hand if each in AT_MOST) or at_hand
    wanted = dice.any(*at_hand) if dice.in_100(60) else dice.any(*AFTERWARDS)
    of_a_rejection = {"changes_stated": dice.any(True, True, True, False, None)} if wanted in AT_MOST else {}
    by = dice.any("client", *TAKERS) if dice.in_100(20) else TAKER_OF.get(wanted, "client")
    certain = bool(history)
    early = (now, now, now, now) if public > now else (now,)
    return without_nones(
        dice,
        {
            "id": "task-1",
            "policy": TASK,
            "as_of": dice.written(
                dice.any(*early, dice.beside([max(now, public) + MINUTE]), now + 2 * DAY, max(now, public))
            ),
            "client": {
                "id": "client-1",
                **{
                    each: dice.known(True if certain else dice.in_100(85))
                    for each in ("qualification_certified", "payment_checked", "agreement_signed")
                },
            },
            "history": history,
            "wanted": {"step": wanted, "by": by, **of_a_rejection},
        },
    )


TAKER_OF: Final = {
    **dict.fromkeys(("take_order", "upload_script", "upload_video"), "creator"),
    **dict.fromkeys(("approve_video", "disapprove_video"), "platform"),
}

MAKERS: Final[dict[str, Callable[[Random], Json]]] = {
    OFF_PLATFORM: off_platform_case,
    CLEARANCE: clearance_case,
    LISTING: listing_case,
    DISPATCH: dispatch_case,
    ARRIVAL: arrival_case,
    TASK: task_case,
}
