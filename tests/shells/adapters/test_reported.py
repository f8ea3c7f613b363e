"""Payloads that were once read wrongly, and the right reading."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from attrs import evolve

from adapters.stories import (
    CLAIMED,
    INFO,
    LINE,
    MISSING,
    MOMENTS,
    ORDER,
    Story,
    pinduoduo_story,
    reported,
    story,
)
from adjudicator import InputError, decide, load_case
from adjudicator.adapters import Adapted

FIELD = re.compile(r"/[a-z_]+(?:/[a-z_0-9]+)*(?= )")
MILK = "leaking-milk-powder"


def case_of(adapted: Adapted) -> Any:
    return adapted.case_document


def faults_of(given: Story) -> list[tuple[str, str]]:
    """The place and value of every fault."""
    with pytest.raises(InputError) as error:
        given.adapted()
    return [(fault.pointer, fault.value) for fault in error.value.faults]


def with_ledger(given: Story) -> Story:
    return given.but({"b:settlements": given.beside.get("settlements") or []})


# What the line itself states


def test_a_line_closed_after_its_refund_keeps_its_completion_and_the_doubt_is_reported() -> None:
    adapted = reported("closed-after-receipt", "douyin_global.authenticity").adapted()
    assert case_of(adapted)["order"]["lines"][0]["completed_at"] == "2024-11-19T10:23:20+08:00"
    doubts = {
        (loss.pointer, loss.code) for loss in adapted.report.losses if loss.field == "/order/lines/0/completed_at"
    }
    assert doubts == {
        (f"/{LINE}/order_status", "closed_and_finished"),
        (f"/{ORDER}/order_status", "closed_and_finished"),
    }


@pytest.mark.parametrize("stage", [4, 21, "22"])
def test_a_line_that_was_never_received_was_not_completed(stage: object) -> None:
    given = reported("closed-after-receipt", "douyin_global.authenticity").but({f"o:{LINE}/main_status": stage})
    assert case_of(given.adapted())["order"]["lines"][0]["completed_at"] is None


# The ledger


def test_earlier_payments_do_not_follow_from_one_record_and_stop_the_case() -> None:
    assert faults_of(reported("earlier-refund-hidden")) == [("case#/settlements", "nothing")]


def test_the_beside_ledger_determines_what_is_left_to_pay() -> None:
    given = reported("earlier-refund-hidden")
    paid = {
        "kind": "refund",
        "line_id": "6936476692437472563",
        "amount": 20000,
        "settled_at": "2024-11-19T20:00:00+08:00",
        "claim_id": "old",
    }
    for ledger, left in (([], 30000), ([paid], 10000)):
        case = case_of(given.but({"b:settlements": ledger}).adapted())
        assert decide(load_case(json.dumps(case))).total == left


@pytest.mark.parametrize(
    "change",
    [
        {f"a:{INFO}/refund_status": 3},
        {f"a:{INFO}/real_refund_amount": 100},
        {f"o:{LINE}/after_sale_info/refund_status": 3},
        {f"o:{LINE}/main_status": 39},
        {f"o:{LINE}/main_status": "22"},
        {f"o:{LINE}/order_status": 4},
        {f"o:{ORDER}/main_status": 21},
        {f"o:{ORDER}/main_status": "22"},
        {f"o:{ORDER}/main_status": 39},
        {f"o:{ORDER}/main_status": 4},
        {f"o:{ORDER}/order_status": 4},
        {f"o:{ORDER}/refund_status": 3},
        {f"o:{ORDER}/refund_status": 2},
        {f"o:{ORDER}/real_refund_amount": 100},
        {f"o:{ORDER}/after_sale_info": {"refund_status": 3}},
        {f"o:{LINE}/refund_status": 3},
        {f"o:{LINE}/real_refund_amount": "100"},
        {"a:data/order_info/refund_status": 2},
        {f"a:{CLAIMED}/refund_status": 5},
        {f"o:{LINE}/after_sale_info": {"after_sale_status": 12}},
    ],
)
def test_an_empty_ledger_does_not_hide_a_payment_that_is_shown(change: dict[str, Any]) -> None:
    given = with_ledger(reported("earlier-refund-hidden")).but(change)
    ((_, path),) = (key.split(":") for key in change)
    assert all(place.partition("#/")[2].startswith(path) for place, _ in faults_of(given))
    assert faults_of(given.but({"b:settlements": None})) == faults_of(given)


def test_without_payments_no_ledger_is_needed() -> None:
    given = story("ruled-for-the-consumer")
    assert "settlements" not in given.beside
    assert case_of(given.adapted())["settlements"] == []


# What is missing, and remedies


def test_the_field_that_is_missing_is_named_and_no_other() -> None:
    given = with_ledger(reported("unclaimed-line-no-tax"))
    line = f"{ORDER}/sku_order_list/1"
    assert faults_of(given) == [(f"order#/{line}/tax_amount", "nothing")]
    beside = [*given.beside["order"]["lines"], {"id": "6936476692437472999", "tax_paid": 500}]
    lines = case_of(given.but({"b:order/lines": beside}).adapted())["order"]["lines"]
    assert (lines[1]["goods_paid"], lines[1]["tax_paid"]) == (9500, 500)


def test_a_value_is_shown_exactly_as_in_the_payload() -> None:
    given = with_ledger(reported("merchant-applied"))
    assert faults_of(given) == [(f"after-sale#/{INFO}/apply_role", "2")]
    remedy = {"b:claim/claimant_id": "1@#buyer", "b:claim/filed_through": "other"}
    assert case_of(given.but(remedy).adapted())["claim"]["filed_through"] == "other"


def test_an_old_order_names_what_it_lacks() -> None:
    given = faults_of(reported("old-flat-order"))
    missing = {place for place, value in given if value == "nothing"}
    names = ("create_time", "doudian_open_id", "order_id", "post_amount", "shop_id", "sku_order_list")
    assert missing == {f"order#/{ORDER}/{name}" for name in names}
    assert all(value != "null" for _, value in given)


def test_all_that_an_old_order_lacks_can_be_given_beside() -> None:
    line = {"id": "4781320682406083640", "quantity": 2, "goods_paid": 900, "tax_paid": 0}
    order = {
        "id": "4781320682406083640",
        "buyer_id": "b",
        "placed_at": "2024-12-30T00:00:00+08:00",
        "postage_paid": 1,
        "merchant": {"id": "m"},
        "lines": [line],
    }
    paid = {"kind": "refund", "line_id": line["id"], "amount": 300, "settled_at": "2025-01-01T12:00:00+08:00"}
    beside = {"order": order, "claim": {"claimant_id": "b"}, "settlements": [paid]}
    case = case_of(evolve(reported("old-flat-order"), beside=beside).adapted())
    assert case["order"]["id"] == case["claim"]["items"][0]["line_id"] == "4781320682406083640"


def test_an_id_that_lost_digits_is_given_beside() -> None:
    case = case_of(with_ledger(reported("claim-id-beside")).adapted())
    assert case["claim"]["id"] == case["id"] == "146501574716378560"


@pytest.mark.parametrize(
    ("field", "place", "value"),
    [
        ("claim/id", f"a:{INFO}/after_sale_id", "7085430192837465120"),
        ("claim/filed_at", f"a:{INFO}/apply_time", "2022-04-10T07:00:00Z"),
        ("order/id", f"o:{ORDER}/order_id", "4923356781122334400"),
        ("order/placed_at", f"o:{ORDER}/create_time", "2022-04-01T04:00:00Z"),
        ("metadata/update_time", f"a:{INFO}/update_time", "1649574007"),
    ],
)
def test_facts_that_identify_the_claim_can_be_given_beside(field: str, place: str, value: str) -> None:
    sound = story(MILK)
    without = sound.but({place: MISSING, f"b:{field}": value}).adapted()
    assert without.case_document["claim"]["items"] == case_of(sound.adapted())["claim"]["items"]
    assert sound.but({f"b:{field}": value}).adapted().case_document == case_of(sound.adapted())
    other = "2022-04-02T04:00:00Z" if field.endswith("_at") else "9"
    assert faults_of(sound.but({f"b:{field}": other}))[-1][0] == f"beside#/{field}"


def remedied(given: Story, sound: Any) -> Story:
    """The same story, with everything that its faults ask for added from a valid case."""
    try:
        given.adapted()
    except InputError as error:
        fields = {field for fault in error.faults for field in FIELD.findall(fault.expected)}
        places = [fault.pointer.partition("#") for fault in error.faults]
        fields |= {field for source, _, field in places if source in ("beside", "case")}
    else:
        return given
    changes: dict[str, Any] = {}
    for name in sorted(fields):
        steps = name.split("/")[1:]
        steps = steps[: next((index for index, step in enumerate(steps) if step.isdigit()), len(steps))]
        value = sound
        for step in steps:
            value = value[step]
        changes[f"b:{'/'.join(steps)}"] = value
    return given.but(changes)


def places_that_matter(adapted: Adapted, source: str) -> list[str]:
    """Every place in a payload that the case uses, and its parents."""
    steps = [use.pointer.split("/")[1:] for use in adapted.report.uses if use.source == source]
    return sorted({"/".join(each[:depth]) for each in steps for depth in range(1, len(each) + 1)})


NO_REMEDY = ("a call that succeeded", "open platform", "record that is open", "the id of a line of the order")
"""The expectations for a failed response, a closed record, and a claim for goods that were not ordered."""


@pytest.mark.parametrize("name", [MILK, "broken-cups", "top-up-not-arrived"])
def test_every_remedy_that_a_fault_names_is_accepted(name: str) -> None:
    """A value that is missing from the payloads and stated beside them, as the faults suggest, makes the case valid again."""
    sound = story(name) if name in MOMENTS else pinduoduo_story(name)
    case = case_of(sound.adapted())
    for which, source in (("a", "after-sale"), ("o", "order")):
        for path in places_that_matter(sound.adapted(), source):
            given = sound.but({f"{which}:{path}": MISSING})
            try:
                remedied(given, case).adapted()
            except InputError as error:
                left = [each for each in error.faults if not any(words in each.expected for words in NO_REMEDY)]
                assert left == [], path


# Addresses


def test_a_picture_under_a_fresh_signature_is_the_same_picture() -> None:
    given = with_ledger(reported("fresh-signature"))
    assert [each["id"] for each in case_of(given.adapted())["evidence"]] == ["E1"]
    other = given.but({f"a:{INFO}/evidence/0": "https://img.example.com/b?x-expires=1&x-signature=s1"})
    assert [each["id"] for each in case_of(other.adapted())["evidence"]] == ["buyer-picture-1", "E1"]


def test_a_picture_in_the_log_under_a_fresh_signature_is_not_listed_again() -> None:
    given = story("refused-and-in-arbitration")
    first = given.after_sale["data"]["process_info"]["record_logs_list"][0]["all_evidence"][0]["urls"][0]
    logged = {f"a:{INFO}/evidence": [f"{first.partition('?')[0]}?x-expires=9&x-signature=new"]}
    assert [each["id"] for each in case_of(given.but(logged).adapted())["evidence"]] == ["buyer-picture-1"]


# Fees and phases


def test_a_packing_fee_is_reported_whether_or_not_it_raises_a_doubt() -> None:
    settled = story(MILK).but({f"o:{LINE}/packing_charge_amount": 300}).adapted()
    assert [(loss.kind.value, loss.raw) for loss in settled.report.losses if loss.code == "surcharge"] == [
        ("dropped", "300")
    ]
    unsettled = story(MILK).but({f"o:{ORDER}/sku_order_list/1/packing_charge_amount": 300})
    assert faults_of(unsettled) == [(f"order#/{ORDER}/sku_order_list/1/packing_charge_amount", "300")]


def phase(paid: int, *, done: bool = True) -> dict[str, Any]:
    return {"sku_order_id": "4923356781122334402", "pay_success": done, "phase_pay_amount": paid, "current_phase": 1}


@pytest.mark.parametrize(
    ("phases", "places"),
    [
        ([phase(4951), phase(70000)], []),
        ([phase(4951), phase(70000, done=False)], [0, 1]),
        ([phase(4951)], [0]),
        ([phase(74951), phase(500, done=False)], [0, 1]),
    ],
)
def test_phases_raise_no_doubt_only_if_they_add_up_to_the_payment(phases: list[Any], places: list[int]) -> None:
    given = story(MILK).but({f"o:{ORDER}/order_phase_list": phases, f"o:{LINE}/trade_type": 2})
    if places:
        at = f"order#/{ORDER}/order_phase_list"
        assert [place for place, _ in faults_of(given)] == [f"{at}/{index}/phase_pay_amount" for index in places]
    else:
        assert case_of(given.adapted())["order"]["lines"][0]["goods_paid"] == 68700


def test_a_sale_against_a_deposit_without_phases_is_a_doubt() -> None:
    assert faults_of(story(MILK).but({f"o:{LINE}/trade_type": 2})) == [(f"order#/{LINE}/trade_type", "2")]


# Parcels


def parcels_of(changes: dict[str, Any]) -> list[tuple[list[str], str | None]]:
    parcels = case_of(story(MILK).but(changes).adapted())["order"]["parcels"]
    return [(parcel["line_ids"], parcel["signed_at"]) for parcel in parcels]


def parcel(waybill: str, *goods: dict[str, Any]) -> dict[str, Any]:
    return {"tracking_no": waybill, "company": "zhongtong", "company_name": "中通快递", "product_info": list(goods)}


FIRST, SECOND, SIGNED = "4923356781122334402", "4923356781122334403", "2022-04-09T18:30:00+08:00"


def test_goods_without_a_line_belong_to_the_only_line_that_has_them() -> None:
    by_sku, by_product = {"sku_id": 1729381002719001}, {"product_id": 3540021987612340001}
    given = parcels_of({f"o:{ORDER}/logistics_info": [parcel("A", by_sku), parcel("B", by_product)]})
    assert given == [([FIRST], SIGNED), ([SECOND], SIGNED)]


def test_goods_that_two_lines_have_belong_to_neither_for_certain() -> None:
    same = {f"o:{ORDER}/sku_order_list/1/sku_id": 1729381002719001}
    given = parcels_of({f"o:{ORDER}/logistics_info": [parcel("A", {"sku_id": 1729381002719001})], **same})
    assert given == [([], None)]


def test_a_split_line_does_not_hide_when_the_other_lines_of_its_parcels_came() -> None:
    both = parcel("A", {"sku_order_id": FIRST}, {"sku_order_id": SECOND})
    given = parcels_of({f"o:{ORDER}/logistics_info": [both, parcel("B", {"sku_order_id": FIRST})]})
    assert given == [([FIRST, SECOND], SIGNED), ([FIRST], None)]
    later = {f"o:{LINE}/logistics_receipt_time": 1649510000}
    parcels = [both, parcel("B", {"sku_order_id": FIRST})]
    assert parcels_of({f"o:{ORDER}/logistics_info": parcels, **later}) == given


def test_a_parcel_can_be_completed_beside_by_its_waybill() -> None:
    beside = {"b:order/parcels": [{"waybill_no": "ZT7788990011", "signed_at": "2022-04-09T17:00:00+08:00"}]}
    assert parcels_of(beside) == [([FIRST, SECOND], "2022-04-09T17:00:00+08:00")]


# Envelopes


@pytest.mark.parametrize(
    ("name", "wrapped"),
    [
        ("bare", lambda data: data),
        ("data", lambda data: {"data": data}),
        ("data", lambda data: {"data": [data], "traceId": "t"}),
        ("code-zero", lambda data: {"code": 0, "msg": "ok", "data": data}),
        ("code-zero", lambda data: {"code": "0", "data": [data]}),
        ("is-success", lambda data: {"isSuccess": True, "data": data}),
        ("list", lambda data: [data]),
        ("platform", lambda data: {"code": 10000, "data": data}),
    ],
)
def test_another_envelope_is_accepted_where_it_is_named(name: str, wrapped: Any) -> None:
    sound = story(MILK)
    given = evolve(sound, after_sale=wrapped(sound.after_sale["data"]), order=wrapped(sound.order["data"]))
    if name != "platform":
        assert faults_of(given)
    named = evolve(given, envelopes={"envelope": name}).adapted()
    assert case_of(named) == case_of(sound.adapted())


def test_each_answer_can_have_an_envelope_of_its_own() -> None:
    sound = story(MILK)
    given = evolve(sound, order=[sound.order["data"]["shop_order_detail"]], envelopes={"order_envelope": "list"})
    assert case_of(given.adapted()) == case_of(sound.adapted())


@pytest.mark.parametrize(
    ("name", "order", "place"),
    [
        ("code-zero", {"code": 1, "msg": "no token", "data": {}}, "order#/code"),
        ("is-success", {"isSuccess": False, "data": {}}, "order#/isSuccess"),
        ("is-success", {"data": {}}, "order#"),
        ("list", [{}, {}], "order#"),
        ("data", {"data": []}, "order#/data"),
        ("bare", [], "order#"),
        ("boxed", {}, "case#/envelope"),
    ],
)
def test_an_envelope_with_the_wrong_content_is_refused(name: str, order: Any, place: str) -> None:
    given = evolve(story(MILK), order=order, envelopes={"order_envelope": name})
    assert [fault for fault, _ in faults_of(given)] == [place]


def test_the_claimed_line_of_another_order_is_still_refused() -> None:
    assert faults_of(story(MILK).but({f"a:{CLAIMED}/sku_order_id": "1"}))
