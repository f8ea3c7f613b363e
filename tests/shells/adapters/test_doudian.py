"""Doudian payloads become cases: the stories, and the pitfalls one by one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.stories import CLAIMED, INFO, LINE, MISSING, MOMENTS, ORDER, PAYLOADS, story
from adjudicator import InputError, decide, load_case
from adjudicator.adapters import Adapted, LossKind, adapt_doudian
from adjudicator.model.time import Instant

MILK = "leaking-milk-powder"
FAKE = "genuine-goods-in-time"
SCARF = "refused-and-in-arbitration"
PROCESS = "data/process_info"


def value_at(adapted: Adapted, pointer: str) -> Any:
    found: Any = adapted.case_document
    for step in pointer.split("/")[1:]:
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


def codes(adapted: Adapted, field: str) -> set[tuple[str, str]]:
    return {(loss.kind.value, loss.code) for loss in adapted.report.losses if loss.field == field}


def refusal(name: str, changes: dict[str, Any]) -> dict[str, str]:
    """All faults of a changed story, by pointer."""
    with pytest.raises(InputError) as error:
        story(name).but(changes).adapted()
    return {fault.pointer: f"{fault.expected}; got {fault.value}" for fault in error.value.faults}


# The stories


@pytest.mark.parametrize(
    ("name", "outcome", "total", "needs"),
    [
        (FAKE, "approved", 51800 * 11 + 1200, []),
        ("huge-ids", "approved", 19900 + 1810, []),
        (MILK, "approved", 45800 + 4168, []),
        ("legacy-envelope", "approved", 45800 + 4168, []),
        (SCARF, "manual_review", 0, []),
        ("ruled-for-the-consumer", "approved", 0, []),
        ("unknown-category", "needs_information", 0, ["goods_category"]),
        ("wrong-reason", "needs_information", 0, ["refile", "counterfeit_proof"]),
    ],
)
def test_a_story_is_decided(name: str, outcome: str, total: int, needs: list[str]) -> None:
    decision = decide(load_case(json.dumps(story(name).adapted().case_document)))
    assert decision.outcome == outcome
    assert decision.total == total
    assert [request.need for request in decision.requests] == needs


def test_every_story_is_used() -> None:
    assert {path.name for path in PAYLOADS.iterdir() if path.is_dir()} == MOMENTS.keys()


def test_a_withdrawn_claim_is_refused_though_its_refund_still_waits() -> None:
    info = story("withdrawn").after_sale["data"]["process_info"]["after_sale_info"]
    assert info["refund_status"] == 1
    assert list(refusal("withdrawn", {})) == [f"after-sale#/{INFO}/after_sale_status"]


def test_the_old_envelope_gives_the_same_case() -> None:
    """With other spellings, numbers and booleans as text, quotes around an id, and a local time, the content is the same."""
    assert story("legacy-envelope").adapted().case_document == story(MILK).adapted().case_document


def test_ids_beyond_what_a_double_can_hold_keep_every_digit() -> None:
    case = story("huge-ids").adapted().case_document
    assert case["claim"]["id"] == "7146501574716378561"
    assert case["order"]["id"] == "6931781998977357824"
    assert case["order"]["merchant"]["id"] == "9007199254740995"
    assert case["order"]["lines"][0]["sku"] == "9007199254740993"
    assert case["claim"]["items"] == [{"line_id": "6931781998977357825", "quantity": 1}]


def test_the_version_of_the_record_is_kept_for_the_lock() -> None:
    adapted = story(MILK).adapted()
    assert adapted.update_time == "1649574007"
    assert adapted.case_document["metadata"] == {
        "platform": "doudian",
        "after_sale_status": "6",
        "update_time": "1649574007",
    }
    without = story(MILK).but({f"a:{INFO}/update_time": MISSING}).adapted()
    assert without.update_time is None
    assert codes(without, "/metadata/update_time") == {("missing", "no_update_time")}


# Envelopes, statuses, two orders


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"a:code": 40003}, "after-sale#/code"),
        ({"o:code": "50002"}, "order#/code"),
        ({"o:code": None}, "order#/code"),
        ({"a:err_no": 7}, "after-sale#/err_no"),
        ({"a:code": MISSING}, "after-sale#"),
        ({"o:code": MISSING}, "order#"),
    ],
)
def test_a_call_that_failed_is_refused(changes: dict[str, Any], pointer: str) -> None:
    assert list(refusal(MILK, changes)) == [pointer]


def test_the_message_of_a_failed_call_is_passed_on() -> None:
    faults = refusal(MILK, {"a:code": 40003, "a:sub_msg": 'token "x" expired', "o:code": 1})
    assert "expired" in faults["after-sale#/code"]
    assert list(faults) == ["after-sale#/code", "order#/code"]


@pytest.mark.parametrize("status", [12, 28, 51, 53, "12", 99, None, "", [], MISSING])
def test_a_record_that_is_not_known_to_be_open_is_refused(status: object) -> None:
    assert any("open" in found for found in refusal(MILK, {f"a:{INFO}/after_sale_status": status}).values())


@pytest.mark.parametrize(
    ("status", "why"), [(12, "succeeded"), (28, "withdrawn"), (51, "cancelled"), (53, "completed"), (99, "known")]
)
def test_a_refusal_says_why(status: int, why: str) -> None:
    faults = refusal(MILK, {f"a:{INFO}/after_sale_status": status})
    assert why in faults[f"after-sale#/{INFO}/after_sale_status"]


@pytest.mark.parametrize("status", [6, 7, 8, 11, 13, 14, 27, 29, "27", "6.0"])
def test_an_open_record_is_adapted(status: object) -> None:
    adapted = story(MILK).but({f"a:{INFO}/after_sale_status": status}).adapted()
    assert adapted.case_document["claim"]["id"] == "7085430192837465120"


@pytest.mark.parametrize(
    "changes",
    [
        {"a:data/order_info/shop_order_id": "4923356781122334401"},
        {f"o:{ORDER}/order_id": "4923356781122334409"},
        {f"o:{LINE}/parent_order_id": 4923356781122334409},
        {f"a:{CLAIMED}/sku_order_id": "4923356781122334999"},
    ],
)
def test_payloads_of_two_orders_are_refused(changes: dict[str, Any]) -> None:
    assert refusal(MILK, changes)


@pytest.mark.parametrize("policy", ["", "douyin_global.nothing", "douyin_alliance.admission"])
def test_only_a_policy_for_claims_will_do(policy: str) -> None:
    with pytest.raises(InputError) as error:
        adapt_doudian("{}", "{}", policy=policy, as_of="2022-05-12T12:00:00+08:00")
    assert [fault.pointer for fault in error.value.faults] == ["case#/policy"]


def test_all_faults_are_reported_at_once() -> None:
    faults = refusal(
        MILK,
        {
            f"a:{INFO}/after_sale_status": 28,
            f"a:{INFO}/reason_code": 999,
            f"a:{INFO}/reason": "新的原因",
            f"o:{ORDER}/shop_id": 0,
            "b:order/colour": "red",
            "b:order/lines/0/badges": ["gold"],
        },
    )
    assert set(faults) == {
        f"after-sale#/{INFO}/after_sale_status",
        f"after-sale#/{INFO}/reason_code",
        f"after-sale#/{INFO}/reason",
        f"order#/{ORDER}/shop_id",
        "beside#/order/colour",
        "beside#/order/lines/0/badges/0",
    }


# How each value is converted


@pytest.mark.parametrize(
    ("changes", "pointer", "value"),
    [
        ({f"a:{INFO}/apply_time": "1649574000"}, "/claim/filed_at", "2022-04-10T15:00:00+08:00"),
        ({f"a:{INFO}/apply_time": '"1649574000"'}, "/claim/filed_at", "2022-04-10T15:00:00+08:00"),
        ({f"a:{INFO}/apply_time": 1.649574e9}, "/claim/filed_at", "2022-04-10T15:00:00+08:00"),
        ({f"a:{INFO}/apply_time": "2022-04-10 15:00:00"}, "/claim/filed_at", "2022-04-10T15:00:00+08:00"),
        ({f"a:{INFO}/after_sale_type": 0}, "/claim/service", "return_refund"),
        ({f"a:{INFO}/after_sale_type": "2"}, "/claim/service", "refund_only"),
        ({f"a:{INFO}/after_sale_type": 3}, "/claim/service", "exchange"),
        ({f"a:{INFO}/after_sale_type": 6}, "/claim/service", "other"),
        ({f"a:{INFO}/after_sale_type": 8}, "/claim/service", "other"),
        ({f"a:{INFO}/after_sale_type": 9, "m:services/9": "exchange"}, "/claim/service", "exchange"),
        ({f"a:{INFO}/after_sale_type": 3}, "/claim/demands", []),
        ({f"a:{INFO}/reason_code": "104.0"}, "/claim/reason", "damaged"),
        ({f"a:{INFO}/reason_code": 999}, "/claim/reason", "damaged"),
        ({f"a:{INFO}/reason": "新的原因"}, "/claim/reason", "damaged"),
        ({f"a:{INFO}/reason": "说是\"假货\"", f"a:{INFO}/reason_code": 0, "m:reason_texts/说是\"假货\"": "counterfeit"},
         "/claim/reason", "counterfeit"),
        ({f"a:{INFO}/after_sale_status": 27}, "/claim/merchant_reply/decision", "refused"),
        ({f"a:{INFO}/after_sale_status": 29}, "/claim/merchant_reply/decision", "refused"),
        ({f"a:{INFO}/after_sale_status": 6}, "/claim/merchant_reply", None),
        ({f"a:{INFO}/refund_total_amount": 0}, "/claim/requested_amount", None),
        ({f"a:{INFO}/refund_total_amount": "30000"}, "/claim/requested_amount", 30000),
        ({"b:claim/requested_amount": 20000}, "/claim/requested_amount", 20000),
        ({f"o:{LINE}/product_name": '他说"漏了"'}, "/order/lines/0/title", None),
        ({f"o:{LINE}/product_name": '他说"漏了"', f"a:{CLAIMED}/product_name": '他说"漏了"'},
         "/order/lines/0/title", '他说"漏了"'),
        ({f"o:{LINE}/third_cid": 0}, "/order/lines/0/category", "food"),
        ({f"o:{LINE}/finish_time": 1649657400}, "/order/lines/0/completed_at", "2022-04-11T14:10:00+08:00"),
        ({f"o:{LINE}/finish_time": "0"}, "/order/lines/0/completed_at", None),
        ({f"o:{LINE}/confirm_receipt_time": 1649657400}, "/order/lines/0/completed_at", None),
        ({f"o:{LINE}/has_tax": "true", f"o:{LINE}/tax_amount": 0, f"a:{CLAIMED}/tax_amount": 0,
          f"o:{LINE}/pay_amount": 68700, f"a:{CLAIMED}/pay_amount": 68700}, "/order/lines/0/tax_paid", 0),
        ({f"o:{ORDER}/logistics_info/0/company": "yuantong", f"o:{ORDER}/logistics_info/0/company_name": None},
         "/order/parcels/0/carrier", "yuantong"),
        ({"m:carriers": {}}, "/order/parcels/0/carrier", "中通快递"),
        ({"b:order/currency": "HKD"}, "/order/currency", "HKD"),
        ({"b:id": "case-9"}, "/id", "case-9"),
        ({f"a:{INFO}/apply_role": 3, "b:claim/claimant_id": "x", "b:claim/filed_through": "other"},
         "/claim/filed_through", "other"),
    ],
)  # fmt: skip
def test_a_value_becomes(changes: dict[str, Any], pointer: str, value: object) -> None:
    assert value_at(story(MILK).but(changes).adapted(), pointer) == value


@pytest.mark.parametrize(
    ("name", "changes", "field", "loss"),
    [
        ("unknown-category", {}, "/order/lines/0/category", ("unknown", "category_not_mapped")),
        ("unknown-category", {}, "/order/lines/0/category", ("missing", "not_told")),
        (MILK, {}, "/order/currency", ("defaulted", "defaulted")),
        (MILK, {}, "/claim/demands", ("defaulted", "defaulted")),
        (SCARF, {}, "/settlements", ("defaulted", "defaulted")),
        (MILK, {"b:order/merchant/programme": None}, "/order/merchant/programme", ("unknown", "programme_suggested")),
        (MILK, {"b:order/merchant/programme": None}, "/order/merchant/programme", ("missing", "not_told")),
        (MILK, {"b:order/merchant/programme": "domestic"}, "/order/merchant/programme",
         ("contradictory", "programme_against_signs")),
        (MILK, {f"o:{LINE}/item_num": 4, "b:order/lines/0/quantity": 3}, "/order/lines/0/quantity",
         ("contradictory", "told_in_two_ways")),
        (MILK, {f"o:{LINE}/product_name": "x"}, "/order/lines/0/title", ("contradictory", "told_in_two_ways")),
        (MILK, {"b:order/lines/0/category": "food"}, "/order/lines/0/category", ("contradictory", "beside_differs")),
        (MILK, {f"o:{LINE}/logistics_receipt_time": 1648000000}, "/order/parcels/0/signed_at",
         ("contradictory", "told_in_two_ways")),
        (MILK, {f"o:{LINE}/finish_time": 1649657400000}, "/order/lines/0/completed_at", ("unknown", "unreadable")),
        (MILK, {f"o:{LINE}/finish_time": 1649657400, f"o:{LINE}/order_status": 4}, "/order/lines/0/completed_at",
         ("unknown", "closed_and_finished")),
        (MILK, {f"o:{LINE}/finish_time": 1649657400, f"o:{LINE}/order_status": 4, f"o:{LINE}/main_status": 4},
         "/order/lines/0/completed_at", ("contradictory", "cancelled_and_finished")),
        (MILK, {f"a:{INFO}/refund_post_amount": 60000}, "/claim/requested_amount",
         ("contradictory", "freight_above_refund")),
        (MILK, {f"a:{INFO}/after_sale_status": 7}, "/claim/merchant_reply/decision", ("unknown", "allowed_by_whom")),
        (MILK, {f"o:{ORDER}/logistics_info/0/product_info": None}, "/order/parcels/0/line_ids",
         ("unknown", "parcel_of_what")),
        (FAKE, {}, "/claim/requested_amount", ("dropped", "refund_only")),
        (MILK, {"m:carriers": {}, f"o:{ORDER}/logistics_info/0/company_name": ""}, "/order/parcels/0/carrier",
         ("unknown", "carrier_not_mapped")),
        (MILK, {f"a:{INFO}/got_pkg": "0"}, "/order/parcels/0/signed_at",
         ("contradictory", "signed_for_and_not_received")),
        (MILK, {f"a:{PROCESS}/logistics_info/order": [{"tracking_no": "YT1"}]}, "/order/parcels",
         ("contradictory", "parcel_of_one_payload")),
        (MILK, {f"a:{PROCESS}/logistics_info/order": [{"tracking_no": "ZT7788990011"}]}, "/order/parcels", None),
        (MILK, {f"o:{ORDER}/pay_amount": 84660}, "/order/lines", ("contradictory", "total_differs")),
        (MILK, {f"a:{INFO}/update_time": 1649900000}, "/as_of", ("contradictory", "record_is_later")),
        (SCARF, {f"a:{PROCESS}/arbitrate_info/arbitrate_status": 255}, "/evidence", ("unknown", "no_clear_ruling")),
        (SCARF, {f"a:{PROCESS}/arbitrate_info/arbitrate_status": 77}, "/evidence", ("unknown", "no_clear_ruling")),
        ("ruled-for-the-consumer", {f"a:{PROCESS}/arbitrate_info/arbitrate_blame": 2}, "/evidence",
         ("contradictory", "ruling_and_blame")),
        ("ruled-for-the-consumer", {f"a:{PROCESS}/arbitrate_info/arbitrate_update_time": 0}, "/evidence",
         ("unknown", "no_clear_ruling")),
        ("ruled-for-the-consumer", {f"a:{INFO}/after_sale_type": 1}, "/evidence", ("unknown", "no_clear_ruling")),
        (SCARF, {f"a:{PROCESS}/record_logs_list/0/role": 9}, "/evidence", ("unknown", "handed_in_by_whom")),
        (SCARF, {f"a:{PROCESS}/record_logs_list/0/time": "soon"}, "/evidence", ("unknown", "handed_in_by_whom")),
        (SCARF, {f"a:{PROCESS}/record_logs_list/0/time": "2022-05-14 10:00:00"}, "/evidence",
         ("dropped", "handed_in_later")),
        (SCARF, {f"a:{PROCESS}/record_logs_list/0/all_evidence/0/type": 6}, "/evidence",
         ("unknown", "medium_not_known")),
    ],
)  # fmt: skip
def test_a_doubt_is_reported(name: str, changes: dict[str, Any], field: str, loss: tuple[str, str] | None) -> None:
    given = codes(story(name).but(changes).adapted(), field)
    assert loss in given if loss else not {kind for kind, _ in given} & {"unknown", "contradictory"}


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({f"a:{INFO}/reason_code": 999, f"a:{INFO}/reason": "新"}, [f"after-sale#/{INFO}/reason_code", f"after-sale#/{INFO}/reason"]),
        ({f"a:{INFO}/reason_code": 101}, [f"after-sale#/{INFO}/reason_code", f"after-sale#/{INFO}/reason"]),
        ({f"a:{INFO}/after_sale_type": 9}, [f"after-sale#/{INFO}/after_sale_type"]),
        ({f"a:{INFO}/after_sale_id": 7.085430192837465e18}, [f"after-sale#/{INFO}/after_sale_id"]),
        ({f"a:{INFO}/aftersale_id": "7085430192837465121"}, [f"after-sale#/{INFO}/after_sale_id", f"after-sale#/{INFO}/aftersale_id"]),
        ({f"a:{INFO}/after_sale_id": "7.085430192837465e+18"}, [f"after-sale#/{INFO}/after_sale_id"]),
        ({f"a:{INFO}/apply_time": 0}, [f"after-sale#/{INFO}/apply_time"]),
        ({f"a:{INFO}/apply_role": 3}, [f"after-sale#/{INFO}/apply_role"]),
        ({f"a:{INFO}/apply_role": MISSING}, [f"after-sale#/{INFO}/apply_role"]),
        ({f"a:{INFO}/after_sale_apply_count": 1}, [f"after-sale#/{CLAIMED}/after_sale_item_count", f"after-sale#/{INFO}/after_sale_apply_count"]),
        ({f"o:{ORDER}/doudian_open_id": MISSING}, [f"order#/{ORDER}/doudian_open_id"]),
        ({f"o:{ORDER}/post_amount": 500}, [f"order#/{ORDER}/post_amount", f"order#/{LINE}/post_amount",
                                          f"order#/{ORDER}/sku_order_list/1/post_amount", f"after-sale#/{CLAIMED}/post_amount"]),
        ({f"a:{CLAIMED}/sku_pay_amount": 68000}, [f"after-sale#/{CLAIMED}/sku_pay_amount", f"after-sale#/{CLAIMED}/pay_amount", f"order#/{LINE}/pay_amount"]),
        ({f"o:{LINE}/promotion_pay_amount": 300}, [f"order#/{LINE}/promotion_pay_amount"]),
        ({f"o:{LINE}/pay_amount": -1}, [f"order#/{LINE}/pay_amount"]),
        ({f"o:{LINE}/pay_amount": 749.51}, [f"order#/{LINE}/pay_amount"]),
        ({f"o:{ORDER}/tax_amount_not_come_out": 1}, [f"order#/{ORDER}/tax_amount_not_come_out"]),
        ({f"o:{LINE}/has_tax": 1}, [f"order#/{LINE}/has_tax", f"order#/{LINE}/tax_amount", f"after-sale#/{CLAIMED}/tax_amount"]),
        ({f"a:{INFO}/refund_status": 3}, [f"after-sale#/{INFO}/refund_status"]),
        ({f"a:{INFO}/refund_status": 2}, [f"after-sale#/{INFO}/refund_status"]),
        ({f"a:{INFO}/real_refund_amount": 100}, [f"after-sale#/{INFO}/real_refund_amount"]),
        ({f"o:{LINE}/after_sale_info/refund_status": 3}, [f"order#/{LINE}/after_sale_info/refund_status"]),
        ({"b:colour": 1}, ["beside#/colour"]),
        ({"b:claim/id": "x"}, ["beside#/claim/id"]),
        ({"b:metadata/update_time": "1"}, ["beside#/metadata/update_time"]),
        ({"b:order/lines/0/id": "L9"}, ["beside#/order/lines/0/id"]),
        ({"b:evidence/1/kind": "photo"}, ["beside#/evidence/1/kind"]),
        ({"b:settlements": {}}, ["beside#/settlements"]),
        ({"m:colours": {}}, ["map#/colours"]),
        ({"m:categories/7": "tea"}, ["map#/categories/7"]),
        ({"m:reasons": []}, ["map#/reasons"]),
    ],
)  # fmt: skip
def test_required_values_are_never_guessed(changes: dict[str, Any], pointers: list[str]) -> None:
    assert sorted(refusal(MILK, changes)) == sorted(pointers)


def test_a_discount_stated_only_for_the_order_casts_doubt_on_each_line() -> None:
    found = {f"o:{LINE}/promotion_pay_amount": MISSING, f"o:{ORDER}/promotion_pay_amount": 300}
    assert list(refusal(MILK, found)) == [f"order#/{ORDER}/promotion_pay_amount"]


def test_the_demand_is_asked_for_only_where_the_guarantee_reads_it() -> None:
    assert list(refusal(FAKE, {"b:claim/demands": None})) == ["case#/claim/demands"]


@pytest.mark.parametrize(
    "beside",
    [
        {"order": {"lines": [{"id": "4923356781122334402", "goods_paid": 68000}]}},
        {"order": {"lines": [{"id": "4923356781122334402", "goods_paid": 68700}]}},
    ],
)
def test_a_contradiction_about_money_is_settled_by_the_beside_file_and_still_reported(beside: dict[str, Any]) -> None:
    given = story(MILK).but(
        {f"a:{CLAIMED}/sku_pay_amount": 68000, "b:order/lines/0/goods_paid": beside["order"]["lines"][0]["goods_paid"]}
    )
    adapted = given.adapted()
    assert value_at(adapted, "/order/lines/0/goods_paid") == beside["order"]["lines"][0]["goods_paid"]
    assert ("contradictory", "paid_differs") in codes(adapted, "/order/lines/0/goods_paid")


def test_the_goods_amount_is_the_payment_less_postage_and_tax() -> None:
    """The second line is not claimed, so no ``sku_pay_amount`` states its amount."""
    case = story(MILK).adapted().case_document
    assert [line["goods_paid"] for line in case["order"]["lines"]] == [68700, 8900]
    assert [line["tax_paid"] for line in case["order"]["lines"]] == [6251, 810]


def test_a_surcharge_raises_no_doubt_if_two_figures_exclude_it() -> None:
    adapted = story(MILK).but({f"o:{LINE}/post_insurance_amount": 10}).adapted()
    assert value_at(adapted, "/order/lines/0/goods_paid") == 68700
    assert refusal(MILK, {f"o:{ORDER}/sku_order_list/1/post_insurance_amount": 10})


def test_a_parcel_is_signed_for_when_its_lines_say_so_with_one_voice() -> None:
    parcel = story(MILK).adapted().case_document["order"]["parcels"]
    assert parcel == [
        {
            "waybill_no": "ZT7788990011",
            "carrier": "ZTO Express",
            "signed_at": "2022-04-09T18:30:00+08:00",
            "line_ids": ["4923356781122334402", "4923356781122334403"],
        }
    ]


def test_one_signing_time_for_two_parcels_is_the_time_of_neither() -> None:
    first = story(MILK).order["data"]["shop_order_detail"]["logistics_info"][0]
    adapted = story(MILK).but({f"o:{ORDER}/logistics_info": [first, first | {"tracking_no": "ZT2"}]}).adapted()
    assert [parcel["signed_at"] for parcel in adapted.case_document["order"]["parcels"]] == [None, None]
    assert ("unknown", "signed_for_which") in codes(adapted, "/order/parcels/1/signed_at")


def test_a_parcel_that_is_signed_for_in_part_is_not_known_to_be_signed_for() -> None:
    adapted = story(MILK).but({f"o:{LINE}/logistics_receipt_time": 0}).adapted()
    assert value_at(adapted, "/order/parcels/0/signed_at") is None
    assert ("contradictory", "signed_for_in_part") in codes(adapted, "/order/parcels/0/signed_at")


def test_parcels_stated_at_the_lines_are_the_same_parcels() -> None:
    order = story(MILK).order["data"]["shop_order_detail"]
    parcel = {"tracking_no": "ZT7788990011", "company": "zhongtong"}
    moved = {f"o:{ORDER}/logistics_info": [], f"o:{LINE}/logistics_info": [parcel]}
    moved[f"o:{ORDER}/sku_order_list/1/logistics_info"] = [parcel]
    assert order["logistics_info"]
    changed = story(MILK).but(moved).adapted().case_document["order"]["parcels"]
    assert changed == story(MILK).adapted().case_document["order"]["parcels"]


def test_pictures_state_nothing_unless_their_content_is_given() -> None:
    evidence = story(MILK).adapted().case_document["evidence"]
    assert [(each["id"], each["kind"]) for each in evidence] == [
        ("buyer-picture-3", "other"),
        ("E1", "damage_photo"),
        ("E2", "package_photo"),
    ]


def test_later_submissions_are_in_the_log() -> None:
    (from_the_log, ruling) = story("ruled-for-the-consumer").adapted().case_document["evidence"]
    assert from_the_log["submitted_by"] == "merchant"
    assert from_the_log["submitted_at"] == "2022-05-11T10:12:00+08:00"
    assert (ruling["kind"], ruling["for"]) == ("platform_ruling", "consumer")


def test_a_ruling_is_read_only_where_the_guarantee_reads_one() -> None:
    arbitration = f"a:{PROCESS}/arbitrate_info"
    subject_verdict = {f"{arbitration}/arbitrate_status": 2, f"{arbitration}/arbitrate_update_time": 1649574000}
    evidence = story(MILK).but({**subject_verdict, f"a:{INFO}/after_sale_type": 0}).adapted().case_document["evidence"]
    assert "platform_ruling" not in {each["kind"] for each in evidence}


def test_a_signing_before_the_order_was_placed_does_not_count() -> None:
    early = {f"o:{ORDER}/sku_order_list/{index}/logistics_receipt_time": 1648000000 for index in (0, 1)}
    adapted = story(MILK).but(early).adapted()
    assert value_at(adapted, "/order/parcels/0/signed_at") is None
    assert ("contradictory", "signed_too_early") in codes(adapted, "/order/parcels/0/signed_at")


def test_a_missing_fact_of_the_guarantee_is_reported_with_its_raw_value() -> None:
    missing = (
        story(FAKE)
        .but({f"o:{LINE}/finish_time": 0, "b:order/lines/0/brand": None})
        .adapted()
        .report.of(LossKind.MISSING)
    )
    assert {(loss.field, loss.source, loss.pointer, loss.raw) for loss in missing} == {
        ("/order/lines/0/completed_at", "order", f"/{LINE}/finish_time", "0"),
        ("/order/lines/0/brand", None, None, None),
        ("/evidence", None, None, None),
    }


def test_both_ways_of_giving_the_moment_are_one() -> None:
    at, inputs = "2022-04-11T12:00:00+08:00", story(MILK)
    given = adapt_doudian(
        json.dumps(inputs.after_sale).encode(),
        json.dumps(inputs.order).encode(),
        policy=inputs.policy,
        as_of=Instant.parse(at),
        beside=json.dumps(inputs.beside).encode(),
        mapping=json.dumps(inputs.mapping).encode(),
    )
    assert given == inputs.adapted()
    with pytest.raises(InputError, match="as_of"):
        adapt_doudian("{}", "{}", policy=inputs.policy, as_of="yesterday")


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("", "order#"),
        ("[]", "order#"),
        ("[" * 100_000, "order#"),
        ("[" * 40 + "]" * 40, "order#"),
        ('{"a": NaN}', "order#"),
        ('{"data": {"x": 1, "x": 2}}', "order#/data/x"),
        (b"\xff", "order#"),
    ],
)
def test_input_that_is_not_a_payload_is_refused(text: str | bytes, pointer: str) -> None:
    with pytest.raises(InputError) as error:
        adapt_doudian("{}", text, policy="douyin_global.damage", as_of="2022-04-11T12:00:00+08:00")
    assert pointer in [fault.pointer for fault in error.value.faults]


@pytest.mark.parametrize("depth", [40, 900])
def test_the_depth_of_the_beside_file_is_limited(depth: int) -> None:
    deep: Any = []
    for _ in range(depth):
        deep = [deep]
    assert list(refusal(MILK, {"b:order/buyer_id": deep})) == ["beside#"]


def test_the_report_reads_well_as_text_and_as_json() -> None:
    report = story("unknown-category").adapted().report
    lines = report.text().splitlines()
    assert lines[0] == "defaulted (stated nowhere; this value is assumed): 4"
    place = "order#/data/shop_order_detail/sku_order_list/0/third_cid -> /order/lines/0/category"
    assert f"  {place}: the mapping does not say what kind of goods this is [20302]" in lines
    document = json.loads(json.dumps(report.document()))
    assert {
        "kind": "unknown",
        "code": "category_not_mapped",
        "note": "the mapping does not say what kind of goods this is",
        "field": "/order/lines/0/category",
        "source": "order",
        "pointer": "/data/shop_order_detail/sku_order_list/0/third_cid",
        "raw": "20302",
    } in document["losses"]
    assert {
        "source": "after-sale",
        "pointer": f"/{INFO}/apply_time",
        "field": "/claim/filed_at",
    } in document["uses"]
    assert len(report.of(LossKind.DROPPED)) > 100


def test_a_click_is_dropped_with_the_reason_why() -> None:
    dropped = {loss.pointer: loss.note for loss in story(FAKE).adapted().report.of(LossKind.DROPPED)}
    assert dropped[f"/{LINE}/confirm_receipt_time"] == "the buyer's own click, not the signing for the parcel"
