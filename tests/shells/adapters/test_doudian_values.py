"""How each value in a payload of Doudian is converted, and which doubts are reported."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.doudian import FAKE, MILK, PROCESS, SCARF, refusal
from adapters.stories import CLAIMED, INFO, LINE, MISSING, ORDER, codes, story, value_at
from adjudicator.adapters import LossKind

PAID = {
    "kind": "refund",
    "line_id": "4923356781122334402",
    "amount": 100,
    "settled_at": "2022-04-11T09:00:00+08:00",
    "claim_id": "earlier",
}


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
          f"o:{LINE}/pay_amount": 68700, f"a:{CLAIMED}/pay_amount": 68700,
          f"o:{ORDER}/pay_amount": 78410, f"o:{ORDER}/tax_amount": 810}, "/order/lines/0/tax_paid", 0),
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
        (MILK, {f"o:{LINE}/finish_time": 1649657400, f"o:{LINE}/order_status": 4, "b:settlements": [PAID]},
         "/order/lines/0/completed_at", ("unknown", "closed_and_finished")),
        (MILK, {f"o:{LINE}/finish_time": 1649657400, f"o:{LINE}/order_status": 4, f"o:{LINE}/main_status": 4,
                "b:settlements": [PAID]}, "/order/lines/0/completed_at", ("contradictory", "cancelled_and_finished")),
        (SCARF, {f"a:{INFO}/refund_post_amount": 99999}, "/claim/requested_amount",
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
        ({f"a:{INFO}/refund_post_amount": 60000}, [f"after-sale#/{INFO}/refund_post_amount", f"after-sale#/{INFO}/refund_total_amount"]),
        ({f"a:{INFO}/refund_total_amount": 300.5}, [f"after-sale#/{INFO}/refund_total_amount"]),
        ({f"o:{ORDER}/post_promotion_amount": 500}, [f"order#/{ORDER}/post_amount", f"order#/{ORDER}/post_origin_amount"]),
        ({f"o:{ORDER}/post_amount": 500}, [f"order#/{ORDER}/post_amount", f"order#/{ORDER}/post_origin_amount", f"order#/{LINE}/post_amount",
                                          f"order#/{ORDER}/sku_order_list/1/post_amount", f"after-sale#/{CLAIMED}/post_amount"]),
        ({f"a:{CLAIMED}/sku_pay_amount": 68000}, [f"after-sale#/{CLAIMED}/sku_pay_amount", f"after-sale#/{CLAIMED}/pay_amount", f"order#/{LINE}/pay_amount"]),
        ({f"o:{LINE}/promotion_pay_amount": 300}, [f"order#/{LINE}/promotion_pay_amount"]),
        ({f"o:{LINE}/pay_amount": -1}, [f"order#/{LINE}/pay_amount"]),
        ({f"o:{LINE}/pay_amount": 749.51}, [f"order#/{LINE}/pay_amount"]),
        ({f"o:{ORDER}/pay_amount": 64661}, [f"order#/{ORDER}/pay_amount"]),
        ({f"o:{ORDER}/pay_amount": 0}, [f"order#/{ORDER}/pay_amount"]),
        ({f"o:{ORDER}/pay_amount": -1}, [f"order#/{ORDER}/pay_amount"]),
        ({f"o:{ORDER}/promotion_amount": 20000}, [f"order#/{ORDER}/promotion_amount"]),
        ({f"o:{ORDER}/promotion_pay_amount": 20000}, [f"order#/{ORDER}/promotion_pay_amount"]),
        ({f"o:{ORDER}/voucher_deduction_amount": 20000}, [f"order#/{ORDER}/voucher_deduction_amount"]),
        ({f"o:{ORDER}/tax_amount": 7060}, [f"order#/{ORDER}/tax_amount"]),
        ({f"o:{ORDER}/packing_amount": 500}, [f"order#/{ORDER}/packing_amount"]),
        ({f"o:{LINE}/order_status": 1}, [f"order#/{LINE}/order_status"]),
        ({f"o:{ORDER}/pay_time": 0}, [f"order#/{ORDER}/pay_time"]),
        ({f"o:{ORDER}/main_status": 103}, [f"order#/{ORDER}/main_status"]),
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


def test_an_amount_of_the_order_that_contradicts_its_lines_names_the_figures_to_give_beside() -> None:
    fault = refusal(MILK, {f"o:{ORDER}/pay_amount": 64661})[f"order#/{ORDER}/pay_amount"]
    assert "the order says 64661, its lines make 84661" in fault
    assert "(for /order/lines/0/goods_paid and /order/lines/1/goods_paid of the case, here or beside)" in fault


def test_goods_amounts_beside_settle_an_order_that_contradicts_its_lines() -> None:
    lines = [{**each, "goods_paid": 48700} for each in story(MILK).beside["order"]["lines"]]
    other = {"id": "4923356781122334403", "goods_paid": 8900}
    changes = {f"o:{ORDER}/pay_amount": 64661, f"o:{ORDER}/promotion_pay_amount": 20000, "b:order/lines": lines}
    assert "/order/lines/1/goods_paid" in refusal(MILK, changes)[f"order#/{ORDER}/pay_amount"]
    adapted = story(MILK).but({**changes, "b:order/lines": [*lines, other]}).adapted()
    assert [line["goods_paid"] for line in adapted.case_document["order"]["lines"]] == [48700, 8900]
    assert {("contradictory", "total_differs"), ("unknown", "not_the_goods")} <= codes(
        adapted, "/order/lines/0/goods_paid"
    )


def test_a_discount_of_the_order_that_its_lines_share_out_casts_doubt_only_on_their_own_shares() -> None:
    shared = {f"o:{ORDER}/promotion_pay_amount": 300, f"o:{LINE}/promotion_pay_amount": 300}
    assert list(refusal(MILK, shared)) == [f"order#/{LINE}/promotion_pay_amount"]
    assert "/order/lines/1" not in refusal(MILK, shared)[f"order#/{LINE}/promotion_pay_amount"]


def test_an_order_of_lines_without_a_payment_is_compared_with_what_their_payments_are_made_of() -> None:
    unpaid = {f"o:{LINE}/pay_amount": MISSING, f"a:{CLAIMED}/pay_amount": MISSING}
    assert value_at(story(FAKE).but(unpaid).adapted(), "/order/lines/0/goods_paid") == 51800
    assert list(refusal(FAKE, {**unpaid, f"o:{ORDER}/pay_amount": 50000})) == [f"order#/{ORDER}/pay_amount"]


@pytest.mark.parametrize(("stated", "refused"), [(3, []), (4, ["after_sale_apply_count"]), (0, [])])
def test_the_units_of_several_lines_add_up_to_those_of_the_record(stated: int, refused: list[str]) -> None:
    second = {"sku_order_id": "4923356781122334403", "after_sale_item_count": 1}
    lines = [*story(MILK).after_sale["data"]["order_info"]["sku_order_infos"], second]
    changes = {"a:data/order_info/sku_order_infos": lines, f"a:{INFO}/after_sale_apply_count": stated}
    if refused:
        assert list(refusal(MILK, changes)) == [f"after-sale#/{INFO}/{name}" for name in refused]
    else:
        items = story(MILK).but(changes).adapted().case_document["claim"]["items"]
        assert [item["quantity"] for item in items] == [2, 1]


def test_the_amount_requested_beside_settles_a_doubt_about_it() -> None:
    changes = {f"a:{INFO}/refund_total_amount": "?", "b:claim/requested_amount": 30000}
    assert value_at(story(MILK).but(changes).adapted(), "/claim/requested_amount") == 30000


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
