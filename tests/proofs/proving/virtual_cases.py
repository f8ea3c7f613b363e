"""Random cases of virtual goods: listings, dispatches and arrivals."""

from __future__ import annotations

import datetime as dt
from datetime import timedelta
from random import Random
from typing import Any, Final

from adjudicator.testing import Json
from proving.dice import BEIJING, DAY, MINUTE, Dice, midnights, without_nones

LISTING: Final = "pinduoduo.virtual_listing"
DISPATCH: Final = "pinduoduo.virtual_dispatch"
ARRIVAL: Final = "pinduoduo.virtual_arrival"
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
