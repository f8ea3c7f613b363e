"""Doudian's parcels and evidence: what was signed for when, and who handed in what."""

from __future__ import annotations

from adapters.doudian import MILK, PROCESS
from adapters.stories import INFO, LINE, ORDER, codes, story, value_at


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
