"""Random daily checks of the Select Alliance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random
from typing import Any, Final

from adjudicator.testing import Json
from admissions import IN_ORDER
from proving.dice import BEIJING, DAY, Dice, midnights, without_nones

CLEARANCE: Final = "douyin_alliance.clearance"


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
