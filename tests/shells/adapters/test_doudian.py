"""Doudian payloads become cases: the stories, the payloads that are refused, and the report."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.doudian import FAKE, MILK, SCARF, refusal
from adapters.stories import CLAIMED, INFO, LINE, MISSING, MOMENTS, ORDER, PAYLOADS, codes, story
from adjudicator import InputError, decide, load_case
from adjudicator.adapters import LossKind, adapt_doudian
from adjudicator.model.time import Instant

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


@pytest.mark.parametrize("place", ["a:data/order_info/shop_order_id", f"o:{LINE}/parent_order_id"])
@pytest.mark.parametrize("lost", [7.1e18, "4.9233567811223344e+18", True])
def test_an_order_id_that_cannot_be_read_may_be_that_of_another_order(place: str, lost: object) -> None:
    pointer = place.replace("a:", "after-sale#/").replace("o:", "order#/")
    assert list(refusal(MILK, {place: lost})) == [pointer]
    named = {place: lost, "b:order/id": "4923356781122334400"}
    assert story(MILK).but(named).adapted().case_document == story(MILK).adapted().case_document


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
