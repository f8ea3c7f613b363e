"""The listing of virtual goods: each objection at its edges, worked out by hand, and the requests."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adjudicator import decide
from adjudicator.analysis.whatif import alternatives
from adjudicator.wire.codec import case_from
from oracle.edges import put
from virtual.deciding import MOST, against, asked, asked_where, decided, faults_of, with_changes
from virtual_goods import A_LISTING, LISTING

A_PRODUCT_BY_HAND = with_changes(A_LISTING, ("/product/through_api", False), ("/product/goods", "other"))


@pytest.mark.parametrize(
    ("place", "value", "clause"),
    [
        ("/shop/agreement_accepted", False, "agreement_is_accepted"),
        ("/shop/entry_review_passed", False, "entry_review_is_passed"),
        ("/shop/virtual_deposit", 999_999, "virtual_deposit_is_paid"),
        ("/shop/operations_contact_complete", False, "contact_with_operations_is_complete"),
        ("/product/category", "outside", "in_one_of_the_ten_categories"),
        ("/product/follows_platform_rules", False, "goods_keep_the_platform_rules"),
        ("/product/direct_top_up", False, "api_for_direct_top_up_only"),
        ("/product/goods", "other", "api_for_direct_top_up_only"),
        ("/product/api/trades_there", False, "api_merchant_trades_where_it_must"),
        ("/product/api/authorised", False, "api_is_authorised"),
        ("/shop/type", "individual", "api_from_an_enterprise_shop"),
        ("/product/api/reviewed", False, "api_is_reviewed"),
        ("/product/api/price_advantage", False, "api_has_a_price_advantage"),
        ("/product/asks_for_number", False, "number_is_asked_for"),
    ],
)
def test_one_defect_is_one_objection(place: str, value: Any, clause: str) -> None:
    """If everything else is in order, and correcting it makes the listing acceptable."""
    changed = with_changes(A_LISTING, (place, value))
    decision = decide(case_from(changed))
    assert (decision.outcome, against(decision)) == ("may_not_be_listed", [clause])
    ways = [each for each in alternatives(case_from(changed)) if each.outcome == "may_be_listed"]
    assert any([change.pointer for change in way.changes] == [place] for way in ways)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("/shop/virtual_deposit", 1_000_000),
        ("/shop/reply_rate", "90.0"),
        ("/product/category", "other"),
        ("/product/goods", "video"),
        ("/product/goods", "mobile_data"),
        ("/product/goods", "qq_product"),
        ("/product/open_nationwide", False),
    ],
)
def test_what_is_just_enough_is_no_objection(place: str, value: Any) -> None:
    """10,000 yuan, exactly the required rate, the last of the ten categories."""
    assert decided(A_LISTING, (place, value)).outcome == "may_be_listed"


def test_without_an_api_its_conditions_are_not_asked_for() -> None:
    """Even if nothing is known about one."""
    assert decided(A_PRODUCT_BY_HAND, ("/product/api", None), ("/shop/type", "individual")).outcome == "may_be_listed"


def test_supplying_those_who_trade_there_is_enough() -> None:
    """Either of the two is enough, and a known one settles it."""
    supplier = with_changes(A_LISTING, ("/product/api/supplies_there", True), ("/product/api/trades_there", None))
    assert decided(supplier).outcome == "may_be_listed"
    neither = with_changes(A_LISTING, ("/product/api/trades_there", None))
    assert asked(decided(neither)) == [("merchant", "api_trade")]


@pytest.mark.parametrize(
    ("change", "days", "clause"),
    [
        (("/product/category", "travel"), "fulfilment_days", "travel_is_fulfilled_in_15_days"),
        (("/product/goods", "offline_service"), "fulfilment_days", "offline_service_is_fulfilled_in_15_days"),
        (("/product/goods", "stored_value"), "validity_days", "stored_value_is_short_or_approved"),
        (("/product/goods", "account_rental"), "rental_days", "rental_lasts_15_days_at_most"),
    ],
)
def test_exactly_15_days_are_admitted(change: tuple[str, Any], days: str, clause: str) -> None:
    """R48: 15 are allowed, 16 are not; the merchant is asked for an unknown number."""
    place = f"/product/{days}"
    assert decided(A_PRODUCT_BY_HAND, change, (place, 15)).outcome == "may_be_listed"
    assert against(decided(A_PRODUCT_BY_HAND, change, (place, 16))) == [clause]
    assert against(decided(A_PRODUCT_BY_HAND, change, (place, MOST))) == [clause]
    assert asked(decided(A_PRODUCT_BY_HAND, change, (place, None))) == [("merchant", "term")]
    assert decided(A_PRODUCT_BY_HAND, (place, None)).outcome == "may_be_listed"


@pytest.mark.parametrize(
    ("brand", "approved", "outcome"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_a_longer_stored_value_needs_both_the_brand_and_the_approval(
    brand: bool, approved: bool, outcome: bool
) -> None:
    """R48."""
    changes = (("/product/mass_market_brand", brand), ("/product/longer_term_approved", approved))
    decision = decided(A_PRODUCT_BY_HAND, ("/product/goods", "stored_value"), ("/product/validity_days", 16), *changes)
    assert (decision.outcome == "may_be_listed") is outcome


def test_travel_and_rental_have_no_exception() -> None:
    """Neither brand nor approval helps; a fully bindable rental is outside the rule."""
    helpless = (("/product/mass_market_brand", True), ("/product/longer_term_approved", True))
    travel = (("/product/category", "travel"), ("/product/fulfilment_days", 16))
    assert decided(A_PRODUCT_BY_HAND, *travel, *helpless).outcome == "may_not_be_listed"
    assert against(decided(A_PRODUCT_BY_HAND, ("/product/category", "travel"), ("/shop/type", "individual"))) == [
        "travel_from_an_enterprise_shop"
    ]
    rental = (("/product/goods", "account_rental"), ("/product/rental_days", 16))
    assert decided(A_PRODUCT_BY_HAND, *rental, *helpless).outcome == "may_not_be_listed"
    assert decided(A_PRODUCT_BY_HAND, *rental, ("/product/fully_bindable", True)).outcome == "may_be_listed"


def test_internet_phone_is_barred_only_with_a_download() -> None:
    """PV.2(7)."""
    phone = ("/product/goods", "internet_phone")
    assert against(decided(A_PRODUCT_BY_HAND, phone)) == ["internet_phone_needs_an_app"]
    assert decided(A_PRODUCT_BY_HAND, phone, ("/product/needs_app_download", False)).outcome == "may_be_listed"


def test_many_objections_are_reported_at_once_with_all_necessary_changes() -> None:
    """Any number; here seven, each with its citation."""
    changes = (
        ("/shop/agreement_accepted", False),
        ("/shop/entry_review_passed", False),
        ("/shop/virtual_deposit", 0),
        ("/shop/operations_contact_complete", False),
        ("/product/category", "outside"),
        ("/product/follows_platform_rules", False),
        ("/product/asks_for_number", False),
    )
    case = case_from(with_changes(A_LISTING, *changes))
    decision = decide(case)
    assert len(against(decision)) == 7
    (way,) = (each for each in alternatives(case) if each.outcome == "may_be_listed")
    assert len(way.changes) == 7
    assert decide(way.applied_to(case)).outcome == "may_be_listed"


@pytest.mark.parametrize(
    ("place", "value", "remark"),
    [
        ("/product/regional", True, "nationwide_loses_promotion_slots"),
        ("/shop/reply_rate", "89.999", "replies_below_the_required_rate"),
        ("/shop/diverts_users", True, "users_are_diverted"),
        ("/shop/hoards_users", True, "users_are_hoarded"),
        ("/shop/unconfirmed_pushes", True, "pushes_are_not_confirmed"),
    ],
)
def test_facts_about_running_the_shop_do_not_refuse_a_listing(place: str, value: Any, remark: str) -> None:
    """R55, R59: a known breach is a remark; unknown facts about one are not asked for."""
    breach, unknown = decided(A_LISTING, (place, value)), decided(A_LISTING, (place, None))
    assert breach.outcome == unknown.outcome == "may_be_listed"
    assert [each.code for each in breach.remarks] == [remark, "listing_rules_also_bind_later"]
    assert [each.code for each in unknown.remarks] == ["listing_rules_also_bind_later"]
    (found,) = (each for each in breach.remarks if each.code == remark)
    assert found.cites[0] == ("PV.2(9)" if place == "/product/regional" else "PV.5")


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        ("/shop/virtual_deposit", -1, f"an integer from 0 to {MOST}"),
        ("/shop/reply_rate", "100.01", "a decimal from 0 to 100"),
        ("/shop/required_reply_rate", "-1", "a decimal from 0 to 100"),
        ("/product/fulfilment_days", -1, f"an integer from 0 to {MOST}"),
        ("/product/validity_days", 0, f"an integer from 1 to {MOST}"),
        ("/product/rental_days", 0, f"an integer from 1 to {MOST}"),
        ("/as_of", "9000-01-01T00:00:00+08:00", "an instant before 9000-01-01T00:00:00+08:00"),
    ],
)
def test_an_impossible_listing_is_a_fault(place: str, value: Any, expected: str) -> None:
    """At its place, with the value and the expectation."""
    assert faults_of(put(A_LISTING, place, value)) == [(place, json.dumps(value), expected)]


def test_everything_is_asked_about_an_unknown_listing() -> None:
    """Each fact from its supplier."""
    decision = decided(
        {"id": "listing-1", "policy": LISTING, "as_of": A_LISTING["as_of"], "shop": {"id": "S"}, "product": {"id": "P"}}
    )
    assert asked_where(decision) == {
        ("merchant", "agreement_acceptance"): ["/shop/agreement_accepted"],
        ("platform", "entry_review"): ["/shop/entry_review_passed"],
        ("platform", "virtual_deposit"): ["/shop/virtual_deposit"],
        ("platform", "operations_contact"): ["/shop/operations_contact_complete"],
        ("merchant", "category"): ["/product/category"],
        ("platform", "platform_rules"): ["/product/follows_platform_rules"],
        ("merchant", "api_connection"): ["/product/through_api"],
        ("merchant", "goods"): [
            "/product/goods",
            "/product/direct_top_up",
            "/product/fully_bindable",
            "/product/needs_app_download",
        ],
        ("merchant", "api_trade"): ["/product/api/trades_there", "/product/api/supplies_there"],
        ("merchant", "api_authorisation"): ["/product/api/authorised"],
        ("platform", "shop_type"): ["/shop/type"],
        ("platform", "api_review"): ["/product/api/reviewed"],
        ("platform", "price_advantage"): ["/product/api/price_advantage"],
        ("merchant", "term"): ["/product/fulfilment_days", "/product/validity_days", "/product/rental_days"],
        ("platform", "brand_kind"): ["/product/mass_market_brand"],
        ("platform", "term_approval"): ["/product/longer_term_approved"],
        ("merchant", "product_type"): ["/product/asks_for_number"],
    }
