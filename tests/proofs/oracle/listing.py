"""Who may list which virtual goods (PV.1, PV.2, R48). Breaches that do not affect listing become remarks (PV.2(9), PV.5, R55, R59)."""

from fractions import Fraction

from .whole import judge_whole

BOTH = (True, False)
TEN_CATEGORIES = (
    "top_up_centre",
    "custom",
    "membership",
    "wedding_photography",
    "education_entertainment",
    "travel",
    "health",
    "carrier_hall",
    "games",
    "other",
)
DIRECT_TOP_UP = ("phone_credit", "mobile_data", "qq_product", "video")
WITH_A_NUMBER = ("phone_credit", "mobile_data", "qq_product")
ANY_GOODS = (*DIRECT_TOP_UP, "offline_service", "stored_value", "account_rental", "internet_phone", "other")

ANY = {
    "shop.type": ("enterprise", "individual"),
    "shop.virtual_deposit": (0, 1_000_000),
    "product.category": (*TEN_CATEGORIES, "outside"),
    "product.goods": ANY_GOODS,
    "product.fulfilment_days": (15, 16),
    "product.validity_days": (15, 16),
    "product.rental_days": (15, 16),
}
"""The possible values of a fact, by its path. All other facts are true or false."""

MERCHANT = {
    "shop.agreement_accepted": "agreement_acceptance",
    "product.category": "category",
    "product.goods": "goods",
    "product.direct_top_up": "goods",
    "product.through_api": "api_connection",
    "product.fulfilment_days": "term",
    "product.validity_days": "term",
    "product.rental_days": "term",
    "product.fully_bindable": "goods",
    "product.needs_app_download": "goods",
    "product.asks_for_number": "product_type",
    "product.api.trades_there": "api_trade",
    "product.api.supplies_there": "api_trade",
    "product.api.authorised": "api_authorisation",
}
PLATFORM = {
    "shop.type": "shop_type",
    "shop.entry_review_passed": "entry_review",
    "shop.virtual_deposit": "virtual_deposit",
    "shop.operations_contact_complete": "operations_contact",
    "product.follows_platform_rules": "platform_rules",
    "product.mass_market_brand": "brand_kind",
    "product.longer_term_approved": "term_approval",
    "product.api.reviewed": "api_review",
    "product.api.price_advantage": "price_advantage",
}


def asked_as(path):
    """Who is asked for a fact, and under which name."""
    return ("merchant", MERCHANT[path]) if path in MERCHANT else ("platform", PLATFORM[path])


def at(case, path):
    """The value at a path, or None."""
    for name in path.split("."):
        case = (case or {}).get(name)
    return case


def clause(name, plain, *paths, role="requirement"):
    """A clause, with the facts that it depends on and their possible values."""
    return name, role, {path: ANY.get(path, BOTH) for path in paths}, lambda f: plain(*(f[path] for path in paths))


def plainly(name, path):
    """A clause on a single fact."""
    return clause(name, lambda holds: holds, path)


def through_api(name, plain, *paths):
    """A clause on goods that are listed through an API (PV.2(2))."""
    return clause(name, lambda api, *rest: not api or plain(*rest), "product.through_api", *paths)


def bar(name, plain, *paths):
    """A bar: `plain` returns whether it applies."""
    return clause(name, lambda *values: not plain(*values), *paths, role="bar")


CLAUSES = (
    plainly("agreement_is_accepted", "shop.agreement_accepted"),
    plainly("entry_review_is_passed", "shop.entry_review_passed"),
    clause("virtual_deposit_is_paid", lambda fen: fen >= 10_000 * 100, "shop.virtual_deposit"),
    plainly("contact_with_operations_is_complete", "shop.operations_contact_complete"),
    clause("in_one_of_the_ten_categories", lambda category: category in TEN_CATEGORIES, "product.category"),
    plainly("goods_keep_the_platform_rules", "product.follows_platform_rules"),
    through_api(
        "api_for_direct_top_up_only",
        lambda goods, direct: direct and goods in DIRECT_TOP_UP,
        "product.goods",
        "product.direct_top_up",
    ),
    through_api(
        "api_merchant_trades_where_it_must",
        lambda trades, supplies: trades or supplies,
        "product.api.trades_there",
        "product.api.supplies_there",
    ),
    through_api("api_is_authorised", lambda holds: holds, "product.api.authorised"),
    through_api("api_from_an_enterprise_shop", lambda kind: kind == "enterprise", "shop.type"),
    through_api("api_is_reviewed", lambda holds: holds, "product.api.reviewed"),
    through_api("api_has_a_price_advantage", lambda holds: holds, "product.api.price_advantage"),
    clause(
        "travel_from_an_enterprise_shop",
        lambda category, kind: category != "travel" or kind == "enterprise",
        "product.category",
        "shop.type",
    ),
    clause(
        "travel_is_fulfilled_in_15_days",
        lambda category, days: category != "travel" or days <= 15,
        "product.category",
        "product.fulfilment_days",
    ),
    clause(
        "offline_service_is_fulfilled_in_15_days",
        lambda goods, days: goods != "offline_service" or days <= 15,
        "product.goods",
        "product.fulfilment_days",
    ),
    clause(
        "stored_value_is_short_or_approved",
        lambda goods, days, mass, approved: goods != "stored_value" or days <= 15 or (mass and approved),
        "product.goods",
        "product.validity_days",
        "product.mass_market_brand",
        "product.longer_term_approved",
    ),
    clause(
        "rental_lasts_15_days_at_most",
        lambda goods, bindable, days: goods != "account_rental" or bindable or days <= 15,
        "product.goods",
        "product.fully_bindable",
        "product.rental_days",
    ),
    clause(
        "number_is_asked_for",
        lambda goods, asks: goods not in WITH_A_NUMBER or asks,
        "product.goods",
        "product.asks_for_number",
    ),
    bar(
        "internet_phone_needs_an_app",
        lambda goods, download: goods == "internet_phone" and download,
        "product.goods",
        "product.needs_app_download",
    ),
)


def breaches(case):
    """The known breaches of PV.2(9) and PV.5, which never prevent a listing (R55, R59)."""
    rate, required = at(case, "shop.reply_rate"), at(case, "shop.required_reply_rate")
    slow = rate is not None and required is not None and Fraction(rate) < Fraction(required)
    known = {
        "nationwide_loses_promotion_slots": at(case, "product.regional") and at(case, "product.open_nationwide"),
        "users_are_diverted": at(case, "shop.diverts_users"),
        "users_are_hoarded": at(case, "shop.hoards_users"),
        "pushes_are_not_confirmed": at(case, "shop.unconfirmed_pushes"),
        "replies_below_the_required_rate": slow,
    }
    return [name for name, is_known in known.items() if is_known]


def judge_listing(case):
    """The decision: allowed, not allowed, or more information needed. It does not depend on time."""
    known = {path: at(case, path) for path in (*MERCHANT, *PLATFORM)}
    decision = judge_whole(CLAUSES, known, asked_as, met="may_be_listed", failed="may_not_be_listed")
    remarks = breaches(case)
    if decision["outcome"] == "may_be_listed":
        remarks.append("listing_rules_also_bind_later")
    return {**decision, "remarks": remarks, "reconsider_at": None}
