"""Admission to the Select Alliance (DA.1, DA.2(4), R49, R54, R60)."""

from datetime import timedelta
from fractions import Fraction

from .raw import BEIJING, instant, midnight_after
from .whole import judge_whole

BOTH = (True, False)


def facts(case):
    """{need: stated value or None}, raw."""
    shop, product = case["shop"], case["product"]
    others = shop.get("controller_shops") or {}
    return {
        "shop_opened": shop.get("opened"),
        "shop_state": shop.get("state"),
        "account_standing": shop.get("account_in_good_standing"),
        "order_amount": shop.get("order_amount_30_days"),
        "shop_score": shop.get("shop_score"),
        "experience_score": shop.get("experience_score"),
        "positive_review_rate": shop.get("positive_review_rate"),
        "warehouse_check": shop.get("warehouse_check_passed"),
        "alliance_connection": shop.get("alliance_platform_connected"),
        "erp_connection": shop.get("erp_connected"),
        "penalties": evasion_lately(case),
        "listed": others.get("listed_serious_penalty"),
        "danger": others.get("grave_danger"),
        "openings_so_far": shop.get("openings_so_far"),
        "product_kind": product.get("virtual"),
    }


def evasion_lately(case):
    """Whether a penalty for evasion falls within the look-back, its 365th day included (R49). None if the penalties are unknown."""
    penalties = case["shop"].get("penalties")
    if penalties is None:
        return None
    now = instant(case["as_of"])
    first = now.astimezone(BEIJING).date() - timedelta(days=365)
    imposed = [instant(p["imposed_at"]) for p in penalties if p["rule"] == "evasive_information"]
    return any(at <= now and at.astimezone(BEIJING).date() >= first for at in imposed)


# clause, role, the facts it depends on with their possible values, and the clause as a function of known facts
CLAUSES = (
    ("shop_is_opened", "requirement", {"shop_opened": BOTH}, lambda f: f["shop_opened"]),
    (
        "shop_is_in_normal_state",
        "requirement",
        {"shop_state": ("normal", "restricted", "closing", "closed")},
        lambda f: f["shop_state"] == "normal",
    ),
    (
        "account_in_good_standing",
        "requirement",
        {"account_standing": BOTH},
        lambda f: f["account_standing"],
    ),
    (
        "orders_in_the_last_30_days",
        "requirement",
        {"order_amount": (0, 1)},
        lambda f: f["order_amount"] > 0,
    ),
    (
        "shop_score_above_4_1",
        "requirement",
        {"shop_score": ("4.1", "4.2")},
        lambda f: Fraction(f["shop_score"]) > Fraction("4.1"),
    ),
    (
        "positive_reviews_above_75_percent",
        "requirement",
        {"positive_review_rate": ("75", "76")},
        lambda f: Fraction(f["positive_review_rate"]) > 75,
    ),
    (
        "warehouse_check_passed",
        "requirement",
        {"warehouse_check": BOTH, "product_kind": BOTH},
        lambda f: f["product_kind"] or f["warehouse_check"],
    ),
    (
        "platform_and_erp_connected",
        "requirement",
        {"alliance_connection": BOTH, "erp_connection": BOTH, "product_kind": BOTH},
        lambda f: f["product_kind"] or (f["alliance_connection"] and f["erp_connection"]),
    ),
    (
        "no_evasion_penalty_in_365_days",
        "requirement",
        {"penalties": BOTH},
        lambda f: not f["penalties"],
    ),
    (
        "controllers_other_shops_are_clean",
        "requirement",
        {"listed": BOTH, "danger": BOTH},
        lambda f: not f["listed"] and not f["danger"],
    ),
    (
        "three_openings_are_used_up",
        "bar",
        {"openings_so_far": (2, 3)},
        lambda f: f["openings_so_far"] < 3,
    ),
)
ASKED_OF_THE_PLATFORM = {"listed": "controller_shops", "danger": "controller_shops"}


def asked_as(name):
    """Who is asked for a fact, and under which name."""
    return "platform", ASKED_OF_THE_PLATFORM.get(name, name)


def examine(case):
    """Admitted, refused or more needed."""
    return judge_whole(CLAUSES, facts(case), asked_as, met="admitted", failed="refused")


def when_to_look_again(case, judged):
    """When a penalty leaves the look-back (R49), if that changes the decision (R60)."""
    as_of, now = instant(case["as_of"]), judged(case)
    out = sorted(midnight_after(instant(each["imposed_at"]), 365) for each in case["shop"].get("penalties") or ())
    moments = (at for at in out if at > as_of)
    return next((at for at in moments if judged({**case, "as_of": at.isoformat()}) != now), None)


def judge_admission(case):
    """The decision."""
    return {**examine(case), "reconsider_at": when_to_look_again(case, examine)}
