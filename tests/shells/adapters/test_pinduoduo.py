"""Pinduoduo payloads become cases: the stories, and the pitfalls one by one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve

from adapters.stories import BOUGHT, EXAMPLES, MISSING, PINDUODUO_POLICIES, codes, pinduoduo_story, value_at
from adjudicator import InputError, decide, load_case
from adjudicator.adapters import LossKind

CUPS = "broken-cups"
LIST = "from-a-list"
TOP_UP = "top-up-not-arrived"
ROW = "refund_increment_get_response/refund_list/1"
ITEM = f"{BOUGHT}/item_list/0"
SKU = "1004217755921"


def refusal(name: str, changes: dict[str, Any]) -> list[str]:
    """The places of all faults of a changed story."""
    with pytest.raises(InputError) as error:
        pinduoduo_story(name).but(changes).adapted()
    return [fault.pointer for fault in error.value.faults]


# The stories


@pytest.mark.parametrize(
    ("name", "outcome", "total", "needs"),
    [
        (CUPS, "approved", 6990, []),
        (LIST, "approved", 6990, []),
        ("paid-before", "approved", 3495, []),
        (TOP_UP, "not_arrived", None, []),
        ("top-up-nothing-shown", "needs_information", None, ["proof_of_arrival"]),
    ],
)
def test_a_story_is_decided(name: str, outcome: str, total: int | None, needs: list[str]) -> None:
    decision = decide(load_case(json.dumps(pinduoduo_story(name).adapted().case_document)))
    assert decision.outcome == outcome
    assert getattr(decision, "total", None) == total
    assert [request.need for request in decision.requests] == needs


def test_every_story_is_used() -> None:
    folders = {path.name for path in (EXAMPLES / "pinduoduo").iterdir() if path.is_dir()}
    assert folders == PINDUODUO_POLICIES.keys()


def test_a_record_from_a_list_is_the_same_claim_in_other_units_and_codes() -> None:
    """Yuan as text instead of fen, types higher by one, local times instead of milliseconds; only the pictures are missing."""
    listed, single = (pinduoduo_story(name).adapted().case_document for name in (LIST, CUPS))
    assert {**listed, "evidence": []} == {**single, "evidence": []}


# What is refused


@pytest.mark.parametrize("status", [0, 9, 10, 11, 12, 13, 16, 17, 24, 25, "11", 99, None, MISSING])
def test_a_record_that_is_not_known_to_be_open_is_refused(status: object) -> None:
    assert "after-sale#/after_sales_status" in refusal(CUPS, {"a:after_sales_status": status})


@pytest.mark.parametrize("status", [2, 3, 6, 7, 8, 14, 15, 18, 21, 22, 27, 31, 32, 33, "2"])
def test_an_open_record_is_adapted(status: object) -> None:
    changes = {"a:after_sales_status": status, f"o:{BOUGHT}/after_sales_status": status}
    assert value_at(pinduoduo_story(CUPS).but(changes).adapted(), "/claim/id") == "20831557710423"


def test_a_call_that_failed_is_refused_in_its_own_words() -> None:
    failed = {"error_response": {"error_code": 10019, "error_msg": "expired", "request_id": "1"}}
    sound = pinduoduo_story(CUPS)
    for found in (evolve(sound, after_sale=failed), evolve(sound, order=failed)):
        with pytest.raises(InputError, match="expired"):
            found.adapted()


def test_a_list_with_an_error_is_refused() -> None:
    found = {"a:refund_increment_get_response/error_code": 50001}
    assert refusal(LIST, found) == ["after-sale#/refund_increment_get_response/error_code"]


def test_two_orders_are_refused() -> None:
    assert refusal(CUPS, {"a:order_sn": "220801-1"}) == ["after-sale#/order_sn"]
    listed = {f"a:{ROW}/order_sn": "220801-1"}
    assert refusal(LIST, listed) == ["after-sale#/refund_increment_get_response/refund_list"]


def test_of_several_records_of_an_order_one_is_named_beside() -> None:
    twice = {"a:refund_increment_get_response/refund_list/0/order_sn": "220801-452750051234567"}
    place = "refund_increment_get_response/refund_list"
    assert refusal(LIST, twice) == [f"after-sale#/{place}"]
    named = {**twice, "b:claim/id": "20831557710423"}
    assert refusal(LIST, named) == [f"after-sale#/{place}/0/after_sales_status"]
    at_once = {**named, f"a:{place}/0/after_sales_status": 2, f"a:{place}/0/speed_refund_status": "3"}
    assert refusal(LIST, at_once) == [f"after-sale#/{place}/0/speed_refund_status"]
    unpaid = {**named, f"a:{place}/0/after_sales_status": 11}
    adapted = pinduoduo_story(LIST).but(unpaid).adapted()
    assert value_at(adapted, "/claim/id") == "20831557710423"


@pytest.mark.parametrize("policy", ["pinduoduo.virtual_dispatch", "pinduoduo.off_platform_trading", "nothing"])
def test_only_a_policy_for_claims_or_top_ups_will_do(policy: str) -> None:
    with pytest.raises(InputError) as error:
        evolve(pinduoduo_story(CUPS), policy=policy).adapted()
    assert [fault.pointer for fault in error.value.faults] == ["case#/policy"]


# How each value is converted


@pytest.mark.parametrize(
    ("name", "changes", "pointer", "value"),
    [
        (CUPS, {"a:recreated_at": 1659528000}, "/claim/filed_at", "2022-08-03T20:00:00+08:00"),
        (CUPS, {"a:recreated_at": "1659528000500"}, "/claim/filed_at", "2022-08-03T20:00:00.500000+08:00"),
        (CUPS, {"b:claim/filed_at": "2022-08-03T12:00:00+08:00"}, "/claim/filed_at", "2022-08-03T12:00:00+08:00"),
        (LIST, {f"a:{ROW}/created_time": "1659528000"}, "/claim/filed_at", "2022-08-03T20:00:00+08:00"),
        (CUPS, {"a:after_sales_type": 2}, "/claim/service", "return_refund"),
        (CUPS, {"a:after_sales_type": 3}, "/claim/service", "exchange"),
        (CUPS, {"a:after_sales_type": 5}, "/claim/service", "other"),
        (LIST, {f"a:{ROW}/after_sales_type": 3}, "/claim/service", "return_refund"),
        (LIST, {f"a:{ROW}/after_sales_type": 4}, "/claim/service", "exchange"),
        (CUPS, {"a:after_sales_type": 6, "m:services/6": "exchange"}, "/claim/service", "exchange"),
        (CUPS, {"a:after_sales_type": 3}, "/claim/requested_amount", None),
        (CUPS, {"a:refund_amount": 0}, "/claim/requested_amount", None),
        (LIST, {f"a:{ROW}/refund_amount": "69.9"}, "/claim/requested_amount", 6990),
        (CUPS, {"a:part_after_sales_type": 1, "a:part_after_sales_value": 1}, "/claim/items/0/quantity", 1),
        (CUPS, {"a:part_after_sales_type": 0, "a:part_after_sales_value": 1}, "/claim/items/0/quantity", 2),
        (CUPS, {"a:after_sales_type": 3, "a:exchange_shipping_detail": {"exchange_goods_number": 1}},
         "/claim/items/0/quantity", 1),
        (CUPS, {"a:sku_id": MISSING}, "/claim/items/0/line_id", SKU),
        (CUPS, {"a:after_sales_status": 6}, "/claim/merchant_reply/decision", "refused"),
        (CUPS, {"a:after_sales_status": 7}, "/claim/merchant_reply", None),
        (CUPS, {f"o:{BOUGHT}/pay_amount": 75.9, f"o:{BOUGHT}/postage": 6}, "/order/lines/0/goods_paid", 6990),
        (CUPS, {f"o:{BOUGHT}/goods_amount": MISSING}, "/order/lines/0/goods_paid", 6990),
        (CUPS, {f"o:{BOUGHT}/postage": "6.00"}, "/order/postage_paid", 600),
        (CUPS, {f"o:{BOUGHT}/cat_id_4": 77, "m:categories/77": "food"}, "/order/lines/0/category", "food"),
        (CUPS, {"m:carriers": {}}, "/order/parcels/0/carrier", "85"),
        (CUPS, {f"o:{BOUGHT}/receive_time": "2022-08-03 18:00:00"}, "/order/lines/0/completed_at", None),
        (CUPS, {f"o:{BOUGHT}/receive_time": "2022-08-03 18:00:00", "b:order/parcels": None},
         "/order/parcels/0/signed_at", None),
        (CUPS, {f"o:{BOUGHT}/tracking_number": "", "b:order/parcels": None}, "/order/parcels", []),
        (CUPS, {f"o:{BOUGHT}/step_order_info": {"step_paid_fee": "75.90"}}, "/order/lines/0/goods_paid", 6990),
        (CUPS, {f"o:{BOUGHT}/step_order_info": {"step_paid_fee": 0, "step_trade_status": 0}, f"o:{BOUGHT}/trade_type": 0},
         "/order/lines/0/goods_paid", 6990),
        (CUPS, {f"o:{BOUGHT}/step_order_info": {"step_paid_fee": "75.90", "step_trade_status": 2},
                f"o:{BOUGHT}/trade_type": 1}, "/order/lines/0/goods_paid", 6990),
        (CUPS, {"b:order/lines/0/tax_paid": 100}, "/order/lines/0/tax_paid", 100),
        (TOP_UP, {"a:id": 9007199254740993}, "/claim/id", "9007199254740993"),
    ],
)  # fmt: skip
def test_a_value_becomes(name: str, changes: dict[str, Any], pointer: str, value: object) -> None:
    assert value_at(pinduoduo_story(name).but(changes).adapted(), pointer) == value


def test_the_merchant_agreed_only_where_it_is_stated_that_the_merchant_did() -> None:
    paid = {"kind": "refund", "line_id": SKU, "amount": 1, "settled_at": "2022-08-04T00:00:00+08:00", "claim_id": "x"}
    agreed = {"a:after_sales_status": 4, "b:settlements": [paid]}
    replies = [
        value_at(
            pinduoduo_story(CUPS).but({**agreed, "a:refund_operator_role": role}).adapted(), "/claim/merchant_reply"
        )
        for role in (2, 3, 0)
    ]
    assert [reply and reply["decision"] for reply in replies] == ["agreed", None, None]


@pytest.mark.parametrize(
    ("name", "changes", "field", "loss"),
    [
        (CUPS, {}, "/claim/filed_at", ("unknown", "filed_again")),
        (CUPS, {}, "/order/lines/0/tax_paid", ("defaulted", "defaulted")),
        (CUPS, {}, "/order/currency", ("defaulted", "defaulted")),
        (CUPS, {"a:after_sales_status": 7}, "/claim/merchant_reply/decision", ("unknown", "allowed_by_whom")),
        (CUPS, {f"o:{BOUGHT}/after_sales_status": 11}, "/metadata/after_sale_status", ("contradictory", "status_differs")),
        (CUPS, {"a:updated_time": "2022-08-09 20:00:00"}, "/as_of", ("contradictory", "record_is_later")),
        (CUPS, {"a:updated_time": MISSING}, "/metadata/update_time", ("missing", "no_update_time")),
        (CUPS, {"a:images": [], "a:exist_images": True}, "/evidence", ("unknown", "pictures_not_told")),
        (CUPS, {"m:carriers": {}}, "/order/parcels/0/carrier", ("unknown", "carrier_not_mapped")),
        (CUPS, {"m:categories": {}}, "/order/lines/0/category", ("unknown", "category_not_mapped")),
        (TOP_UP, {f"o:{BOUGHT}/phone_number_chosen_by_user": "1390000"}, "/top_up/account",
         ("unknown", "account_suggested")),
        (TOP_UP, {"b:top_up": None}, "/top_up/account", ("missing", "not_told")),
    ],
)  # fmt: skip
def test_a_doubt_is_reported(name: str, changes: dict[str, Any], field: str, loss: tuple[str, str]) -> None:
    assert loss in codes(pinduoduo_story(name).but(changes).adapted(), field)


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"b:settlements": None}, ["case#/settlements"]),
        ({f"o:{BOUGHT}/refund_status": 4}, [f"order#/{BOUGHT}/refund_status"]),
        ({f"o:{BOUGHT}/refund_status": 9}, [f"order#/{BOUGHT}/refund_status"]),
        ({f"o:{BOUGHT}/confirm_status": 2}, [f"order#/{BOUGHT}/confirm_status"]),
        ({f"o:{BOUGHT}/group_status": "2"}, [f"order#/{BOUGHT}/group_status"]),
        ({"a:speed_refund_status": "3"}, ["after-sale#/speed_refund_status"]),
        ({"a:refund_amount": "69.90"}, ["after-sale#/refund_amount"]),
        ({f"o:{BOUGHT}/confirm_status": 0}, [f"order#/{BOUGHT}/confirm_status"]),
        ({f"o:{BOUGHT}/trade_type": 1}, [f"order#/{BOUGHT}/trade_type"]),
        ({f"o:{BOUGHT}/trade_type": 1, f"o:{BOUGHT}/step_order_info": {"step_paid_fee": 0}}, [f"order#/{BOUGHT}/trade_type"]),
        ({f"o:{BOUGHT}/step_order_info": {"step_paid_fee": "75.90", "step_trade_status": 1}},
         [f"order#/{BOUGHT}/step_order_info/step_trade_status"]),
        ({"a:after_sales_status": 5}, ["after-sale#/after_sales_status"]),
        ({f"o:{BOUGHT}/after_sales_status": 10}, [f"order#/{BOUGHT}/after_sales_status"]),
        ({"b:claim": None}, ["case#/claim/claimant_id", "case#/claim/filed_through"]),
        ({"a:after_sales_reason": "别的"}, ["after-sale#/after_sales_reason"]),
        ({"a:after_sales_type": 9}, ["after-sale#/after_sales_type"]),
        ({"a:part_after_sales_type": 2, "a:part_after_sales_value": 30},
         ["after-sale#/part_after_sales_type", "after-sale#/part_after_sales_value"]),
        ({"a:id": 2.0831557710423e13}, ["after-sale#/id"]),
        ({"a:order_sn": 2.2e20}, ["after-sale#/order_sn"]),
        ({"a:sku_id": 1.004217755921e12}, ["after-sale#/sku_id"]),
        ({"a:recreated_at": MISSING}, ["after-sale#/recreated_at"]),
        ({f"o:{BOUGHT}/pay_amount": "75.905"}, [f"order#/{BOUGHT}/pay_amount"]),
        ({f"o:{BOUGHT}/pay_amount": "70.00"}, [f"order#/{BOUGHT}/goods_amount", f"order#/{BOUGHT}/pay_amount"]),
        ({f"o:{BOUGHT}/home_install_value": "5.00"}, [f"order#/{BOUGHT}/home_install_value"]),
        ({f"o:{BOUGHT}/duo_duo_pay_reduction": 1.5}, [f"order#/{BOUGHT}/duo_duo_pay_reduction"]),
        ({"o:service_fee_detail": [{"service_fee": 2.0}]}, ["order#/service_fee_detail/0/service_fee"]),
        ({f"o:{BOUGHT}/step_order_info": {"step_paid_fee": "10.00"}}, [f"order#/{BOUGHT}/step_order_info/step_paid_fee"]),
        ({f"o:{BOUGHT}/inner_transaction_id": "XP1"}, [f"order#/{BOUGHT}/inner_transaction_id"]),
        ({f"o:{ITEM}/goods_count": MISSING}, [f"order#/{ITEM}/goods_count"]),
        ({f"o:{BOUGHT}/postage": MISSING}, [f"order#/{BOUGHT}/postage"]),
    ],
)  # fmt: skip
def test_required_values_are_never_guessed(changes: dict[str, Any], places: list[str]) -> None:
    assert sorted(refusal(CUPS, changes)) == places


def second_item(**fields: Any) -> dict[str, Any]:
    return {"goods_id": 1, "sku_id": 7, "goods_name": "盘", "goods_price": "1.00", "goods_count": 1, **fields}


def test_one_amount_for_several_lines_is_stated_line_by_line_beside() -> None:
    items = [pinduoduo_story(CUPS).order["order_info_get_response"]["order_info"]["item_list"][0], second_item()]
    given = pinduoduo_story(CUPS).but({f"o:{BOUGHT}/item_list": items})
    assert refusal(CUPS, {f"o:{BOUGHT}/item_list": items}) == [f"order#/{BOUGHT}/pay_amount"]
    lines = [
        {**given.beside["order"]["lines"][0], "goods_paid": 6890, "category": "other"},
        {"id": "7", "goods_paid": 100},
    ]
    case = given.but({"b:order/lines": lines}).adapted().case_document
    assert [line["goods_paid"] for line in case["order"]["lines"]] == [6890, 100]
    assert case["order"]["parcels"][0]["line_ids"] == [SKU, "7"]


def test_several_parcels_carry_a_single_line_but_no_certain_one_of_several() -> None:
    extra = {f"o:{BOUGHT}/extra_delivery_list": [{"logistics_id": 85, "tracking_number": "YT2"}]}
    parcels = pinduoduo_story(CUPS).but(extra).adapted().case_document["order"]["parcels"]
    assert [(each["waybill_no"], each["line_ids"]) for each in parcels] == [("YT8829104418823", [SKU]), ("YT2", [SKU])]
    items = [pinduoduo_story(CUPS).order["order_info_get_response"]["order_info"]["item_list"][0], second_item()]
    lines = [{"id": SKU, "goods_paid": 6890}, {"id": "7", "goods_paid": 100}]
    given = pinduoduo_story(CUPS).but({**extra, f"o:{BOUGHT}/item_list": items, "b:order/lines": lines}).adapted()
    assert ("unknown", "parcel_of_what") in codes(given, "/order/parcels/1/line_ids")


def test_lines_that_cannot_be_distinguished_have_to_be_stated_again() -> None:
    item = pinduoduo_story(CUPS).order["order_info_get_response"]["order_info"]["item_list"][0]
    same = {f"o:{BOUGHT}/item_list": [item, item], "a:sku_id": MISSING}
    lines = [{"id": name, "quantity": 1, "goods_paid": 3495, "tax_paid": 0} for name in ("one", "two")]
    beside = {"b:order/lines": lines, "b:claim/items": [{"line_id": "two", "quantity": 1}], "b:evidence": None}
    case = pinduoduo_story(CUPS).but({**same, **beside}).adapted().case_document
    assert case["claim"]["items"][0]["line_id"] == case["order"]["lines"][1]["id"] == "two"


def test_pictures_state_nothing_unless_their_content_is_given() -> None:
    evidence = pinduoduo_story(CUPS).adapted().case_document["evidence"]
    assert [(each["id"], each["kind"]) for each in evidence] == [("buyer-picture-2", "other"), ("E1", "damage_photo")]
    assert [each["id"] for each in pinduoduo_story(TOP_UP).adapted().case_document["evidence"]] == ["E1"]


def test_the_other_records_of_a_list_are_reported_as_such() -> None:
    losses = pinduoduo_story(LIST).adapted().report.of(LossKind.DROPPED)
    others = {loss.pointer for loss in losses if loss.code == "another_record"}
    assert len(others) == len(pinduoduo_story(LIST).after_sale["refund_increment_get_response"]["refund_list"][0])


def test_a_gateway_may_hand_on_the_order_alone() -> None:
    sound = pinduoduo_story(CUPS)
    order = sound.order["order_info_get_response"]["order_info"]
    found = evolve(sound, order={"isSuccess": True, "data": order}, envelopes={"order_envelope": "is-success"})
    assert found.adapted().case_document == sound.adapted().case_document
