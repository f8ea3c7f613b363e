"""Virtual goods: what makes a case unsound, what is asked of whom, and the edges of each clause by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adjudicator import Decision, InputError, decide
from adjudicator.analysis.checklist import Status, requirements
from adjudicator.analysis.whatif import alternatives
from adjudicator.model.finding import Effect
from adjudicator.testing import laws
from adjudicator.wire.codec import case_from
from oracle.edges import put
from virtual_goods import (
    A_DISPATCH,
    A_LISTING,
    A_SCREENSHOT,
    AN_ARRIVAL,
    FORMED,
    LISTING,
    NOT_DISPATCHED,
    OTHERWISE_AGREED,
    PROOF_OF_DISPATCH,
    a_piece,
    some_feedback,
)

MOST = 2**53 - 1


def with_changes(document: Any, *changes: tuple[str, Any]) -> Any:
    """A case with these places changed."""
    for place, value in changes:
        document = put(document, place, value)
    return document


def decided(document: Any, *changes: tuple[str, Any]) -> Decision:
    """A case decided with these places changed."""
    decision: Decision = decide(case_from(with_changes(document, *changes)))
    return decision


def against(decision: Decision) -> list[str]:
    """The clauses that do not speak for it."""
    return [finding.clause for finding in decision.findings if finding.effect is not Effect.SUPPORTS]


def asked(decision: Decision) -> list[tuple[str, str]]:
    """Who is asked for what."""
    return [(request.to, request.need) for request in decision.requests]


def asked_where(decision: Decision) -> dict[tuple[str, str], list[str]]:
    """In which places of the case an answer to each request would stand."""
    return {
        (request.to, request.need): [place for accepted in request.accepts for place in accepted]
        for request in decision.requests
    }


def faults_of(document: Any) -> list[tuple[str, str, str]]:
    """What makes a case unsound: where, what stands there, and what was expected."""
    with pytest.raises(InputError) as error:
        case_from(document)
    return [(each.pointer, each.value, each.expected) for each in error.value.faults]


def reason(decision: Decision, clause: str) -> str:
    """Why a clause came out as it did."""
    return next(each.because.code for each in decision.findings if each.clause == clause).rpartition(".")[2]


# Listing

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
def test_one_thing_amiss_is_one_objection(place: str, value: Any, clause: str) -> None:
    """All else being in order; and putting it right is what would make the listing acceptable."""
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
    """10,000 yuan, the required rate itself, the last of the ten categories."""
    assert decided(A_LISTING, (place, value)).outcome == "may_be_listed"


def test_without_an_api_nobody_asks_what_it_takes() -> None:
    """Also where nothing is known of one."""
    assert decided(A_PRODUCT_BY_HAND, ("/product/api", None), ("/shop/type", "individual")).outcome == "may_be_listed"


def test_supplying_those_who_trade_there_is_enough() -> None:
    """Either of the two will do, and one that is known settles it."""
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
    """R48: 15 are, 16 are not; an unknown number is asked of the merchant."""
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


def test_travel_and_rental_know_no_exception() -> None:
    """Neither brand nor approval helps; being bound fully takes a rental out of the rule."""
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


def test_many_objections_are_told_at_once_with_all_that_would_have_to_change() -> None:
    """However many: seven here, each with its citation."""
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
def test_what_is_about_running_the_shop_holds_no_listing_up(place: str, value: Any, remark: str) -> None:
    """R55, R59: a breach that is known is remarked on; one that is not known is nobody's business here."""
    breach, unknown = decided(A_LISTING, (place, value)), decided(A_LISTING, (place, None))
    assert breach.outcome == unknown.outcome == "may_be_listed"
    assert [each.code for each in breach.remarks] == [remark, "listing_rules_also_bind_later"]
    assert [each.code for each in unknown.remarks] == ["listing_rules_also_bind_later"]
    (told,) = (each for each in breach.remarks if each.code == remark)
    assert told.cites[0] == ("PV.2(9)" if place == "/product/regional" else "PV.5")


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
def test_a_listing_that_cannot_be_is_a_fault(place: str, value: Any, expected: str) -> None:
    """Where it stands, with what stands there and what was expected."""
    assert faults_of(put(A_LISTING, place, value)) == [(place, json.dumps(value), expected)]


def test_of_a_listing_of_which_nothing_is_known_everything_is_asked_where_it_stands() -> None:
    """Each thing of whoever can tell it."""
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


# Dispatch

NOT_YET = put(A_DISPATCH, "/dispatch", NOT_DISPATCHED)
LATE_NOW = ("/as_of", "2022-09-01T00:00:00+08:00")
AGREED = ("/goods/commitment", "agreed")
IN_48_HOURS = ("/goods/commitment", "hours_48")
ORDINARY = ("/goods/custom", False)


@pytest.mark.parametrize(
    ("changes", "last", "late"),
    [
        ((), "2022-08-01T12:30:00+08:00", "2022-08-01T12:30:00.000001+08:00"),
        ((IN_48_HOURS,), "2022-08-02T12:30:00+08:00", "2022-08-02T12:30:00.000001+08:00"),
        ((AGREED,), "2022-08-10T23:59:59.999999+08:00", "2022-08-11T00:00:00+08:00"),
        ((ORDINARY, ("/goods/ordinary_hours", 1)), "2022-07-31T13:30:00+08:00", "2022-07-31T13:30:00.000001+08:00"),
    ],
    ids=["24 hours", "48 hours", "10 days", "ordinary"],
)
def test_the_last_instant_of_each_time_is_in_and_the_next_is_out(changes: Any, last: str, late: str) -> None:
    """Dispatched then, or still to be dispatched then."""
    in_time = decided(A_DISPATCH, LATE_NOW, *changes, ("/dispatch/at", last))
    assert in_time.outcome == "in_order"
    assert reason(decided(A_DISPATCH, LATE_NOW, *changes, ("/dispatch/at", late)), "dispatched_in_time") == "fails"
    due = decided(NOT_YET, *changes, ("/as_of", last))
    assert (due.outcome, asked(due), str(due.requests[0].due_at)) == ("dispatch_due", [("merchant", "dispatch")], last)
    assert str(due.reconsider_at) == late
    over = decided(NOT_YET, *changes, ("/as_of", late))
    assert (over.outcome, reason(over, "dispatched_in_time")) == ("against_the_rule", "not_dispatched")
    assert [each.code for each in over.remarks] == ["dealt_with_under_the_dispatch_rules"]


def test_days_that_were_agreed_go_before_the_ten() -> None:
    """Three of them end with 3 August."""
    document = put(OTHERWISE_AGREED, "/dispatch", NOT_DISPATCHED)
    assert decided(document, ("/as_of", "2022-08-03T23:59:59+08:00")).outcome == "dispatch_due"
    assert decided(document, ("/as_of", "2022-08-04T00:00:00+08:00")).outcome == "against_the_rule"
    unknown = decided(document, ("/goods/agreed_days", None), ("/as_of", "2022-08-04T00:00:00+08:00"))
    assert (unknown.outcome, asked(unknown)) == ("needs_information", [("merchant", "agreed_time")])


@pytest.mark.parametrize(
    ("physical", "through", "outcome"),
    [
        (False, "order_page", "in_order"),
        (False, "batch_import", "in_order"),
        (False, "logistics", "against_the_rule"),
        (True, "logistics", "in_order"),
        (True, "order_page", "against_the_rule"),
        (True, "batch_import", "against_the_rule"),
    ],
)
def test_what_is_physical_needs_a_waybill_and_nothing_else_may_have_one(
    physical: bool, through: str, outcome: str
) -> None:
    """PV.3(1)."""
    assert decided(A_DISPATCH, ("/goods/physical", physical), ("/dispatch/through", through)).outcome == outcome


def test_false_dispatch_and_lack_of_stock_are_against_the_rule() -> None:
    """PV.3(2): the one once it is dispatched, the other before."""
    assert against(decided(A_DISPATCH, ("/dispatch/found_false", True))) == ["dispatch_was_false"]
    assert decided(NOT_YET, ("/out_of_stock", True)).outcome == "against_the_rule"
    assert decided(A_DISPATCH, ("/out_of_stock", True)).outcome == "in_order"


def test_an_order_that_has_not_come_about_is_not_late() -> None:
    """R5: of the time nothing else is asked for; and the decision says when it changes if that is known."""
    unknown = decided(NOT_YET, ("/order/formed_at", None), ("/goods/commitment", None))
    assert asked(unknown) == [("platform", "order_formed")]
    later = "2022-08-05T00:00:00+08:00"
    assert str(decided(NOT_YET, ("/order/formed_at", later)).reconsider_at) == later


def test_what_makes_no_difference_is_not_asked_for() -> None:
    """R9: dispatched within 24 hours, the time that it carries is of no interest; while it lasts, nor is the moment."""
    assert decided(A_DISPATCH, ("/goods/commitment", None)).outcome == "in_order"
    while_it_lasts = decided(A_DISPATCH, ("/dispatch/at", None))
    assert (while_it_lasts.outcome, str(while_it_lasts.reconsider_at)) == (
        "in_order",
        "2022-08-01T12:30:00.000001+08:00",
    )
    assert asked(decided(A_DISPATCH, ("/dispatch/at", None), LATE_NOW)) == [("merchant", "dispatch")]


def test_an_end_after_which_more_is_asked_is_told_though_the_answer_is_open_already() -> None:
    """R9: under a time that is over it turns on the moment; once 24 hours are over it turns on what the merchant promised too."""
    nothing = [(f"/goods/{each}", None) for each in ("custom", "commitment", "ordinary_hours")]
    end = "2022-08-01T12:30:00+08:00"
    after = end.replace("+", ".000001+")
    still = decided(A_DISPATCH, ("/dispatch/at", None), *nothing, ("/as_of", end))
    assert ("merchant", "commitment") not in asked(still)
    assert str(still.reconsider_at) == after
    assert ("merchant", "commitment") in asked(decided(A_DISPATCH, ("/dispatch/at", None), *nothing, ("/as_of", after)))


def test_where_the_time_is_not_known_the_nearest_end_is_told() -> None:
    """Of 24 and 48 hours and ten days: nobody is told that there is more time than there may be."""
    due = decided(NOT_YET, ("/goods/commitment", None))
    assert (due.outcome, str(due.requests[0].due_at)) == ("dispatch_due", "2022-08-01T12:30:00+08:00")
    after = decided(NOT_YET, ("/goods/commitment", None), ("/as_of", "2022-08-01T13:00:00+08:00"))
    assert asked(after) == [("merchant", "commitment")]


def test_of_a_dispatch_of_which_nothing_is_known_everything_is_asked() -> None:
    """Whether and when, how, and whether it was false; of the goods, what decides on the way and on the time."""
    nothing = decided(A_DISPATCH, ("/dispatch", None), ("/goods", {}), ("/out_of_stock", None))
    assert asked_where(nothing) == {
        ("merchant", "dispatch"): ["/dispatch/happened", "/dispatch/at"],
        ("merchant", "dispatch_way"): ["/dispatch/through"],
        ("merchant", "goods"): ["/goods/physical", "/goods/custom"],
        ("platform", "ordinary_dispatch_time"): ["/goods/ordinary_hours"],
        ("platform", "false_dispatch"): ["/dispatch/found_false"],
        ("platform", "stock"): ["/out_of_stock"],
    }
    when = decided(A_DISPATCH, ("/dispatch/at", None), ("/order/formed_at", None))
    assert asked_where(when) == {("platform", "order_formed"): ["/order/formed_at"]}
    how_long = decided(NOT_YET, ("/goods/commitment", None), ("/as_of", "2022-08-05T00:00:00+08:00"))
    assert asked_where(how_long) == {("merchant", "commitment"): ["/goods/commitment"]}
    agreed = decided(NOT_YET, AGREED, ("/goods/agreed_otherwise", None), ("/as_of", "2022-08-12T00:00:00+08:00"))
    (request,) = agreed.requests
    assert request.accepts == (
        {"/goods/agreed_otherwise": (False,)},
        {"/goods/agreed_otherwise": (True,), "/goods/agreed_days": ()},
    )


def test_of_a_dispatch_it_is_asked_whether_and_when_or_only_when() -> None:
    """Nobody is asked again for what he said, nor for what follows from it."""
    after, nothing_of_it = ("/as_of", "2022-08-05T00:00:00+08:00"), ("/dispatch", None)
    in_time, neither, when = (
        decided(A_DISPATCH, *changes).requests[0]
        for changes in ((nothing_of_it,), (after, nothing_of_it), (after, ("/dispatch/at", None)))
    )
    assert {(each.to, each.need) for each in (in_time, neither, when)} == {("merchant", "dispatch")}
    assert in_time.accepts == neither.accepts == ({"/dispatch/happened": (True,), "/dispatch/at": ()},)
    assert when.accepts == ({"/dispatch/at": ()},)


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"at": "2022-08-01T11:00:00+08:00", "through": "order_page", "found_false": False}, "in_order"),
        ({"through": "logistics"}, "against_the_rule"),
        ({"found_false": True}, "against_the_rule"),
    ],
)
def test_what_has_an_instant_or_a_way_or_was_found_false_has_happened(told: Any, outcome: str) -> None:
    """R52: whether it happened need not be said beside."""
    for happened in ({}, {"happened": True}):
        assert decided(A_DISPATCH, ("/dispatch", {**told, **happened})).outcome == outcome


def test_the_time_is_counted_from_when_the_order_came_about() -> None:
    """And that is told with the deadline, and with what is still to be done."""
    for changes in ((), (AGREED,)):
        due = decided(NOT_YET, *changes)
        (deadline,) = due.deadlines
        assert (deadline.counted_from, str(deadline.starts_at)) == ("formed_at", A_DISPATCH["order"]["formed_at"])
        assert reason(due, "dispatched_in_time") == "still_due"
        assert [request.accepts for request in due.requests] == [({"/dispatch/happened": (True,)},)]
    assert reason(decided(NOT_YET, ("/order/formed_at", None)), "dispatched_in_time") == "not_formed"
    at_once = decided(NOT_YET, ("/order/formed_at", A_DISPATCH["as_of"]))
    assert (at_once.outcome, str(at_once.reconsider_at)) == ("dispatch_due", "2022-08-02T12:00:00.000001+08:00")


NOT_HAPPENED = "nothing of the kind, for it has not happened"
BEFORE_IT_WAS_PLACED = "2022-07-31T11:59:59.999999+08:00"
AFTER_NOW = "2022-08-01T12:00:00.000001+08:00"
NOT_BEFORE = "an instant not before order.placed_at, 2022-07-31T12:00:00+08:00"
NOT_AFTER = "an instant not after as_of, 2022-08-01T12:00:00+08:00"
TOO_LATE = "9000-01-01T00:00:00+08:00"
AN_INSTANT = f"an instant before {TOO_LATE}"


@pytest.mark.parametrize(
    ("place", "value", "pointer", "shown", "expected"),
    [
        ("/as_of", TOO_LATE, "/as_of", f'"{TOO_LATE}"', AN_INSTANT),
        ("/order/formed_at", TOO_LATE, "/order/formed_at", f'"{TOO_LATE}"', AN_INSTANT),
        ("/order/formed_at", BEFORE_IT_WAS_PLACED, "/order/formed_at", f'"{BEFORE_IT_WAS_PLACED}"', NOT_BEFORE),
        ("/dispatch", {"happened": False, "at": FORMED}, "/dispatch/at", f'"{FORMED}"', NOT_HAPPENED),
        ("/dispatch", {"happened": False, "through": "logistics"}, "/dispatch/through", '"logistics"', NOT_HAPPENED),
        ("/dispatch", {"happened": False, "found_false": True}, "/dispatch/found_false", "true", NOT_HAPPENED),
        ("/dispatch/at", AFTER_NOW, "/dispatch/at", f'"{AFTER_NOW}"', NOT_AFTER),
        ("/dispatch/at", BEFORE_IT_WAS_PLACED, "/dispatch/at", f'"{BEFORE_IT_WAS_PLACED}"', NOT_BEFORE),
        ("/goods/agreed_days", 3, "/goods/agreed_days", "3", "nothing, unless agreed_otherwise is true"),
        ("/goods/agreed_days", 0, "/goods/agreed_days", "0", "an integer from 1 to 3650"),
        ("/goods/ordinary_hours", 0, "/goods/ordinary_hours", "0", "an integer from 1 to 87600"),
        ("/goods/ordinary_hours", 87_601, "/goods/ordinary_hours", "87601", "an integer from 1 to 87600"),
    ],
)
def test_a_dispatch_that_cannot_be_is_a_fault(place: str, value: Any, pointer: str, shown: str, expected: str) -> None:
    """Where it stands, with what stands there and what was expected."""
    assert faults_of(put(A_DISPATCH, place, value)) == [(pointer, shown, expected)]


def test_an_order_that_is_placed_after_all_else_is_told_everywhere() -> None:
    """It is after now, and all that follows an order is before it; an order that is not there is told once."""
    pointers = [pointer for pointer, _, _ in faults_of(put(A_DISPATCH, "/order/placed_at", AFTER_NOW))]
    assert pointers == ["/order/placed_at", "/order/formed_at", "/dispatch/at"]
    pointers = [pointer for pointer, _, _ in faults_of(put(AN_ARRIVAL, "/order/placed_at", AFTER_NOW))]
    assert pointers == ["/claim/filed_at", "/order/placed_at"]
    for document in (A_DISPATCH, AN_ARRIVAL):
        assert faults_of(put(document, "/order", None)) == [("/order", "null", "a value: it is required")]


def test_the_most_that_may_be_agreed_is_no_fault() -> None:
    """And what was not false may be said of what has not happened."""
    case_from(put(OTHERWISE_AGREED, "/goods/agreed_days", 3650))
    case_from(put(A_DISPATCH, "/dispatch", {"happened": False, "found_false": False}))
    with pytest.raises(InputError):
        case_from(put(OTHERWISE_AGREED, "/goods/agreed_days", 3651))


# Arrival


def arrival(*evidence: Any, **changes: Any) -> Decision:
    """A claim with this evidence, decided."""
    return decided(AN_ARRIVAL, ("/evidence", list(evidence)), *((f"/{name}", value) for name, value in changes.items()))


LATER = "2022-08-01T10:00:00.000001+08:00"


@pytest.mark.parametrize(
    ("evidence", "outcome", "why"),
    [
        ((some_feedback("not_arrived"),), "not_arrived", "not_arrived"),
        ((some_feedback("arrived"),), "arrived", "arrived"),
        ((some_feedback("not_arrived"), some_feedback("arrived", "E2", observed_at=LATER)), "arrived", "arrived"),
        ((some_feedback("not_arrived", observed_at=LATER), some_feedback("arrived", "E2")), "not_arrived", "not_arrived"),
        ((some_feedback("not_arrived"), some_feedback("arrived", "E2")), "manual_review", "documents_disagree"),
        ((some_feedback("not_arrived", observed_at=None), some_feedback("arrived", "E2", observed_at=LATER)), "needs_information", "pending"),
        ((some_feedback("not_arrived"), some_feedback("arrived", "E2", observed_at=None)), "needs_information", "pending"),
        ((some_feedback("arrived"), some_feedback("arrived", "E2", observed_at=None)), "arrived", "arrived"),
        ((some_feedback("not_arrived"), some_feedback("not_arrived", "E2"), some_feedback("arrived", "E3", observed_at=LATER)), "arrived", "arrived"),
        ((), "needs_information", "not_shown"),
        ((A_SCREENSHOT,), "needs_information", "not_shown"),
        ((PROOF_OF_DISPATCH,), "needs_information", "not_shown"),
        ((a_piece("other", description="He says so."),), "needs_information", "not_shown"),
    ],
)  # fmt: skip
def test_official_feedback_alone_judges_arrival(evidence: Any, outcome: str, why: str) -> None:
    """A merchant's own screenshot does not, verified or not; the latest feedback stands, and of when it is is asked where that matters."""
    decision = arrival(*evidence)
    assert (decision.outcome, reason(decision, "top_up_did_not_arrive")) == (outcome, why)


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"verification": "rejected"}, "rejected"),
        ({"shows": "unclear"}, "unclear"),
        ({"platform": None}, "names_no_platform"),
        ({"platform": "WeChat"}, "another_platform"),
        ({"account": None}, "shows_no_account"),
        ({"account": "10002"}, "another_account"),
        ({"observed_at": "2022-07-31T11:59:59.999999+08:00"}, "before_the_order"),
        ({"verification": "unverified"}, "unverified"),
    ],
)
def test_feedback_that_does_not_count_says_why(changes: Any, because: str) -> None:
    """For good, or until it is verified; the checklist tells it."""
    piece = {**some_feedback("not_arrived"), **changes}
    case = case_from(put(AN_ARRIVAL, "/evidence", [piece]))
    (checklist,) = requirements(case).lines
    (group, *_) = checklist.groups
    ((told,),) = (entry.pieces for entry in group.entries)
    pending = because == "unverified"
    assert (told.because, told.status) == (because, Status.PENDING if pending else Status.UNUSABLE)
    need = ("platform", "verification") if pending else ("merchant", "proof_of_arrival")
    assert asked(decide(case)) == [need]


@pytest.mark.parametrize(
    "changes",
    [{"platform": " qQ "}, {"observed_at": "2022-07-31T12:00:00+08:00"}, {"submitted_by": "merchant"}],
)
def test_feedback_counts_whoever_hands_it_in_and_however_it_is_spelt(changes: Any) -> None:
    """Also if it is of the very moment of the order."""
    assert arrival({**some_feedback("not_arrived"), **changes}).outcome == "not_arrived"


def test_pending_feedback_is_waited_for_where_it_matters() -> None:
    """Also where it would speak against the claim; feedback that says the same is not."""
    stands = some_feedback("not_arrived")
    contrary = some_feedback("arrived", "E2", verification="unverified")
    waiting = arrival(stands, contrary)
    assert [(each.need, each.evidence_id) for each in waiting.requests] == [("verification", "E2")]
    same = some_feedback("not_arrived", "E2", verification="unverified")
    assert arrival(stands, same).outcome == "not_arrived"


def test_whose_account_it_is_is_asked_for_where_it_matters() -> None:
    """Without feedback it does not."""
    piece = some_feedback("not_arrived")
    assert asked(arrival(piece, top_up={"account_platform": None, "account": "10001"})) == [
        ("platform", "account_platform")
    ]
    assert asked(arrival(piece, top_up={"account_platform": "qq", "account": None})) == [("platform", "top_up_account")]
    assert asked(arrival(top_up={})) == [("merchant", "proof_of_arrival")]


def test_once_evidence_is_closed_a_person_decides() -> None:
    """R30: what is missing was not the consumer's to bring."""
    closed = "2022-08-01T11:59:59.999999+08:00"
    for evidence in ((), (some_feedback("arrived", verification="unverified"),)):
        decision = arrival(*evidence, evidence_closes_at=closed)
        assert (decision.outcome, decision.requests) == ("manual_review", ())
    still_open = arrival(evidence_closes_at="2022-08-01T12:00:00+08:00")
    assert still_open.outcome == "needs_information"
    assert str(still_open.requests[0].due_at) == "2022-08-01T12:00:00+08:00"
    assert str(still_open.reconsider_at) == "2022-08-01T12:00:00.000001+08:00"


def test_what_is_said_besides() -> None:
    """That the merchant has to keep proof of dispatch, where there is none; and that a screenshot of its own is none."""
    piece = some_feedback("not_arrived")
    rejected = {**PROOF_OF_DISPATCH, "verification": "rejected"}
    assert arrival(piece, PROOF_OF_DISPATCH).remarks == ()
    for evidence in ((piece,), (piece, rejected)):
        assert [each.code for each in arrival(*evidence).remarks] == ["merchant_keeps_proof_of_dispatch"]
    told = [each.code for each in arrival(piece, PROOF_OF_DISPATCH, A_SCREENSHOT).remarks]
    assert told == ["own_screenshot_proves_nothing"]


def test_a_finding_names_the_documents_that_it_rests_on() -> None:
    """Those that say so; where they disagree, all of them."""
    earlier, later = some_feedback("not_arrived"), some_feedback("arrived", "E2", observed_at=LATER)
    told = {
        evidence_ids: arrival(*evidence).findings[0].evidence
        for evidence_ids, evidence in {
            "E1": (earlier,),
            "E2": (earlier, later),
            "E1 E2": (earlier, some_feedback("arrived", "E2")),
        }.items()
    }
    assert told == {"E1": ("E1",), "E2": ("E2",), "E1 E2": ("E1", "E2")}


def test_what_would_settle_an_arrival_is_said_as_far_as_it_is_known() -> None:
    """Verified feedback of that platform about that account, whatever it shows; and of unverified feedback, that it is verified."""
    settling = {
        "kind": ("official_feedback",),
        "platform": ("qq",),
        "account": ("10001",),
        "verification": ("verified",),
        "shows": ("arrived", "not_arrived"),
        "observed_at": (),
    }
    assert arrival().requests[0].accepts == (settling,)
    assert arrival(top_up={}).requests[0].accepts == ({**settling, "platform": (), "account": ()},)
    unverified = arrival(some_feedback("arrived", verification="unverified"))
    assert unverified.requests[0].accepts == ({"/evidence/0/verification": ("verified",)},)
    unnamed = arrival(some_feedback("arrived"), top_up={"account": "10001"})
    assert asked_where(unnamed) == {("platform", "account_platform"): ["/top_up/account_platform"]}
    nobody = arrival(some_feedback("arrived"), top_up={"account_platform": "qq"})
    assert asked_where(nobody) == {("platform", "top_up_account"): ["/top_up/account"]}


@pytest.mark.parametrize(
    ("place", "value", "shown", "expected"),
    [
        ("/as_of", TOO_LATE, f'"{TOO_LATE}"', AN_INSTANT),
        ("/claim/filed_at", AFTER_NOW, f'"{AFTER_NOW}"', NOT_AFTER),
        ("/claim/filed_at", BEFORE_IT_WAS_PLACED, f'"{BEFORE_IT_WAS_PLACED}"', NOT_BEFORE),
        ("/evidence/0/submitted_at", AFTER_NOW, f'"{AFTER_NOW}"', NOT_AFTER),
        ("/evidence/0/verified_at", TOO_LATE, f'"{TOO_LATE}"', AN_INSTANT),
        ("/evidence/0/observed_at", AFTER_NOW, f'"{AFTER_NOW}"', NOT_AFTER),
        ("/evidence/1/dispatched_at", AFTER_NOW, f'"{AFTER_NOW}"', NOT_AFTER),
        ("/evidence/1/id", "E1", '"E1"', "an id that stands only once"),
        ("/evidence_closes_at", TOO_LATE, f'"{TOO_LATE}"', AN_INSTANT),
    ],
)
def test_an_arrival_that_cannot_be_is_a_fault(place: str, value: Any, shown: str, expected: str) -> None:
    """Where it stands, with what stands there and what was expected."""
    assert faults_of(put(AN_ARRIVAL, place, value)) == [(place, shown, expected)]


@pytest.mark.parametrize(("place", "value"), [("/evidence/0/kind", "appraisal_report"), ("/evidence/0/line_ids", [])])
def test_kinds_of_evidence_and_fields_of_other_cases_are_none_of_this_one(place: str, value: Any) -> None:
    """They are told where they stand."""
    assert [pointer for pointer, _, _ in faults_of(put(AN_ARRIVAL, place, value))] == [place]


@pytest.mark.parametrize(("case", "member"), [(A_DISPATCH, "goods"), (A_DISPATCH, "dispatch"), (AN_ARRIVAL, "top_up")])
def test_an_object_that_is_not_there_is_one_of_which_nothing_is_known(case: dict[str, Any], member: str) -> None:
    """Absent, null and empty ask for the same, and what is supplied finds its place."""
    without = {name: value for name, value in case.items() if name != member}
    cases = [case_from(each) for each in (without, without | {member: None}, without | {member: {}})]
    decisions = [decide(each) for each in cases]
    assert [(each.outcome, each.requests) for each in decisions] == [(decisions[0].outcome, decisions[0].requests)] * 3
    for each in cases:
        laws.requests_are_honest(each)
        laws.what_if_is_honest(each)


IN_20_DAYS = {"agreed_otherwise": True, "agreed_days": 20}


@pytest.mark.parametrize(
    ("goods", "asked"),
    [
        ({"custom": True, "commitment": None, "ordinary_hours": 24, **IN_20_DAYS}, "commitment"),
        ({"custom": None, "commitment": "hours_24", "ordinary_hours": 5, **IN_20_DAYS}, "goods"),
        ({"custom": None, "commitment": "hours_48", "ordinary_hours": 24, **IN_20_DAYS}, "goods"),
        ({"custom": None, "commitment": "agreed", "agreed_otherwise": False, "ordinary_hours": 48}, "goods"),
    ],
)
def test_a_dispatch_nobody_knows_when_could_lie_between_two_times(goods: dict[str, Any], asked: str) -> None:
    """In time for the one and late for the other: so which of them holds is asked for, though both are long over."""
    case = put(A_DISPATCH, "/dispatch/at", None)
    case = put(case, "/as_of", "2022-09-01T00:00:00+08:00")
    for name, value in goods.items():
        case = put(case, f"/goods/{name}", value)
    decision = decide(case_from(case))
    assert decision.outcome == "needs_information"
    assert {request.need for request in decision.requests} == {"dispatch", asked}
