"""What becomes a fact of the case, and what only becomes a remark."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PIL.ExifTags import Base

from adjudicator import decide, load_case
from adjudicator.evidence import Examination, Source, examine_bundle
from adjudicator.evidence.sample import scenes, signing
from adjudicator.model.errors import InputError
from admissions import IN_ORDER
from evidence.conftest import Examine
from evidence.made import (
    BARCODE,
    SHOWS,
    WAYBILL,
    aigc,
    altered,
    archive,
    manifest,
    owner,
    photo_of,
    plain,
    report,
    saved,
    trust,
    with_credentials,
    with_exif,
    with_text,
)

CODED = saved(photo_of(scenes.code(BARCODE, scenes.EAN13)), "JPEG")
OTHER = scenes.with_check_digit("690123456789")
OTHER_CODED = saved(photo_of(scenes.code(OTHER, scenes.EAN13)), "JPEG")
LABEL = saved(photo_of(scenes.code(WAYBILL, scenes.CODE128), scale=2), "JPEG")
PLAIN = saved(plain(), "PNG")
SAYS: Mapping[str, Any] = {"brand": "Glen Farrow", "conclusion": "counterfeit"}


def evidence_of(examined: Examination, place: int = 0) -> dict[str, Any]:
    """A piece of evidence of the case."""
    found: dict[str, Any] = examined.case_document["evidence"][place]
    return found


def remarks_of(examined: Examination, place: int = 0) -> dict[str, Any]:
    """The remarks on a piece of evidence, with their parameters."""
    return {each.code: dict(each.params) for each in examined.report.items[place].remarks}


def test_a_barcode_that_is_read_is_a_fact_with_its_file_method_and_place(examine: Examine) -> None:
    examined = examine({"a.jpg": CODED}, manifest({"files": ["a.jpg"], "stated": SHOWS}))
    assert evidence_of(examined)["barcode"] == BARCODE
    facts = {each.field: each for each in examined.report.items[0].facts}
    assert (facts["barcode"].source, facts["barcode"].file) == (Source.READ, "a.jpg")
    assert facts["barcode"].place is not None
    assert facts["leak"].source is Source.STATED
    assert remarks_of(examined) == {}


def test_the_files_of_the_evidence_are_named_by_their_digest(examine: Examine) -> None:
    (file,) = evidence_of(examine({"a.jpg": CODED}, manifest({"files": ["a.jpg"], "stated": SHOWS})))["files"]
    assert (file["name"], file["media_type"]) == ("a.jpg", "image/jpeg")
    assert file["sha256"] == hashlib.sha256(CODED).hexdigest()


def test_a_barcode_of_no_line_is_filled_in_and_remarked_on(examine: Examine) -> None:
    """The rule decides what this means: the picture is not of these goods."""
    examined = examine({"a.jpg": OTHER_CODED}, manifest({"files": ["a.jpg"], "stated": SHOWS}))
    assert evidence_of(examined)["barcode"] == OTHER
    assert remarks_of(examined) == {"barcode_of_no_line": {"number": OTHER}}


def test_among_several_barcodes_that_of_the_line_counts(examine: Examine) -> None:
    item = {"files": ["a.jpg", "b.jpg"], "stated": SHOWS}
    assert evidence_of(examine({"a.jpg": OTHER_CODED, "b.jpg": CODED}, manifest(item)))["barcode"] == BARCODE


def test_the_barcode_of_the_line_is_looked_for_at_other_angles_than_that_of_another_code(examine: Examine) -> None:
    """A code of other goods next to it lies straight, and must not be taken for the only one."""
    picture = scenes.surface(Random(1), (1400, 800))
    for number, angle, place in ((OTHER, 0, (60, 60)), (BARCODE, 40, (700, 250))):
        drawn = scenes.code(number, scenes.EAN13)
        label = drawn.resize((drawn.width * 3, drawn.height * 3)).convert("RGBA").rotate(angle, expand=True)
        picture.paste(label, place, label)
    examined = examine({"a.png": saved(picture, "PNG")}, manifest({"files": ["a.png"], "stated": SHOWS}))
    assert evidence_of(examined)["barcode"] == BARCODE
    assert remarks_of(examined) == {}


def test_none_of_several_foreign_barcodes_is_chosen(examine: Examine) -> None:
    third = scenes.with_check_digit("690999999999")
    files = {"a.jpg": OTHER_CODED, "b.jpg": saved(photo_of(scenes.code(third, scenes.EAN13)), "JPEG")}
    examined = examine(files, manifest({"files": [*files], "stated": SHOWS}))
    assert evidence_of(examined)["barcode"] is None
    assert remarks_of(examined) == {"several_barcodes": {"codes": (OTHER, third)}}


def test_a_upc_is_written_as_the_order_writes_it(examine: Examine, order: dict[str, Any]) -> None:
    upc = scenes.with_check_digit("03600029145")
    changed = json.loads(json.dumps(order["order"]))
    changed["lines"][0]["barcode"] = upc
    picture = saved(photo_of(scenes.code(f"0{upc}", scenes.EAN13)), "JPEG")
    examined = examine({"a.jpg": picture}, manifest({"files": ["a.jpg"], "stated": SHOWS}), order=changed)
    assert evidence_of(examined)["barcode"] == upc
    assert remarks_of(examined) == {}


def test_a_waybill_is_a_fact_only_if_a_parcel_has_that_number(examine: Examine) -> None:
    other = saved(photo_of(scenes.code("SF9999999999", scenes.CODE128), scale=2), "JPEG")
    items = [{"kind": "package_photo", "files": [name]} for name in ("a.jpg", "b.jpg")]
    examined = examine({"a.jpg": LABEL, "b.jpg": other}, manifest(*items))
    assert [each["waybill_no"] for each in examined.case_document["evidence"]] == [WAYBILL, None]
    assert remarks_of(examined, 1) == {"code_of_no_parcel": {"number": "SF9999999999"}}


@pytest.mark.parametrize(
    ("rest", "is_its"),
    [("-1-1-", True), ("-2-3-17", True), ("-1-2", True), ("-1", False), ("1-1-1-", False), ("-A-1-", False)],
)
def test_the_number_of_a_package_is_that_of_its_waybill(
    examine: Examine, order: dict[str, Any], rest: str, is_its: bool
) -> None:
    """On labels of JD, which of the packages it is follows the number."""
    changed = json.loads(json.dumps(order["order"]))
    changed["parcels"][0]["waybill_no"] = "JDVA00012345678"
    label = saved(photo_of(scenes.code(f"JDVA00012345678{rest}", scenes.CODE128), scale=2), "JPEG")
    examined = examine({"a.jpg": label}, manifest({"kind": "package_photo", "files": ["a.jpg"]}), order=changed)
    assert evidence_of(examined)["waybill_no"] == ("JDVA00012345678" if is_its else None)
    assert [*remarks_of(examined)] == ([] if is_its else ["code_of_no_parcel"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"GIF of nothing", "file_not_read"),
        (archive({"a.png": PLAIN}), "file_not_read"),
        (saved(plain(), "WEBP")[:40], "file_not_read"),
        (signing.pdf(["Photo"]), "not_a_picture"),
    ],
    ids=["no picture", "an archive", "damaged", "a document"],
)
def test_a_file_that_bears_nothing_out_gets_a_remark(examine: Examine, content: bytes, code: str) -> None:
    """What is stated stands, since a person stated it; but nothing in the file says so."""
    examined = examine({"a": content}, manifest({"files": ["a"], "stated": SHOWS}))
    assert evidence_of(examined)["edited"] is False
    assert remarks_of(examined) == {code: {}}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (with_text("AIGC", aigc("1")), "says_generated"),
        (with_credentials("trainedAlgorithmicMedia"), "says_generated"),
        (with_credentials("digitalCapture", "c2pa.edited"), "says_edited"),
    ],
)
def test_a_picture_labelled_as_generated_counts_as_edited(examine: Examine, content: bytes, code: str) -> None:
    examined = examine({"a": content}, manifest({"files": ["a"], "stated": SHOWS}))
    assert evidence_of(examined)["edited"] is True
    assert remarks_of(examined) == {
        "contradicts_statement": {"field": "edited", "stated": False, "read": True},
        code: {},
    }


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (with_text("AIGC", aigc("2")), "maybe_generated"),
        (with_text("AIGC", aigc("3")), "maybe_generated"),
        (altered(with_credentials("trainedAlgorithmicMedia")), "credentials_broken"),
    ],
)
def test_a_doubtful_label_changes_nothing(examine: Examine, content: bytes, code: str) -> None:
    examined = examine({"a": content}, manifest({"files": ["a"], "stated": SHOWS}))
    assert evidence_of(examined)["edited"] is False
    assert [*remarks_of(examined)] == [code]


def test_the_absence_of_a_label_proves_nothing(examine: Examine) -> None:
    """A required field that nobody states is not guessed: the evidence is there, but no rule reads it."""
    examined = examine({"a.png": PLAIN}, manifest({"files": ["a.png"], "stated": {"breakage": True}}))
    assert evidence_of(examined)["kind"] == "other"
    assert evidence_of(examined)["description"] == "damage_photo, incomplete: edited"
    assert examined.report.items[0].missing == ("edited",)
    assert decide(load_case(json.dumps(examined.case_document))).outcome == "needs_information"


@pytest.mark.parametrize(
    ("moment", "offset", "codes"),
    [
        ("2022:03:27 16:00:00", None, []),
        ("2022:03:19 12:00:00", None, ["captured_before_order"]),
        ("2022:03:20 12:00:00", None, []),
        ("2022:03:20 20:14:59", "+08:00", ["captured_before_order"]),
        ("2022:03:20 20:15:00", "+08:00", []),
        ("2022:03:27 16:30:01", "+08:00", ["captured_after_submission"]),
        ("2022:03:28 12:00:00", None, ["captured_after_submission"]),
        ("2022:03:28 12:00:00", "+99:00", ["captured_after_submission"]),
        ("2022:13:45 12:00:00", None, []),
    ],
)
def test_an_impossible_time_gets_a_remark(examine: Examine, moment: str, offset: str | None, codes: list[str]) -> None:
    """Without an offset it fits no time zone: the order was placed at 20:15 on the 20th in Beijing."""
    taken: dict[int, Any] = {Base.DateTimeOriginal: moment, Base.OffsetTimeOriginal: offset or ""}
    examined = examine({"a.jpg": with_exif(taken)}, manifest({"files": ["a.jpg"], "stated": SHOWS}))
    assert [*remarks_of(examined)] == codes


def test_evidence_whose_file_was_left_out_gets_a_remark(examine: Examine) -> None:
    """The manifest's statements still count, so a person has to see that there is nothing behind them."""
    given = {"files": ["a.png", "huge.png"], "stated": SHOWS}
    examined = examine({"a.png": PLAIN, "huge.png": bytes(2**21 + 1)}, manifest(given))
    assert [(each.code, each.file) for each in examined.report.items[0].remarks] == [("file_left_out", "huge.png")]


def test_a_file_used_twice_gets_a_remark(examine: Examine) -> None:
    """The same bytes, and the same picture smaller and compressed again, but not two pictures of one item."""
    picture = photo_of(None, seed=5)
    files = {
        "a.jpg": saved(picture, "JPEG"),
        "b.jpg": saved(picture, "JPEG"),
        "c.jpg": saved(picture.resize((500, 375)), "JPEG", quality=40),
        "d.jpg": saved(photo_of(None, seed=6), "JPEG"),
        "e.jpg": saved(picture.resize((800, 600)), "JPEG", quality=70),
    }
    items = [{"files": names, "stated": SHOWS} for names in (["a.jpg"], ["b.jpg"], ["c.jpg", "e.jpg"], ["d.jpg"])]
    examined = examine(files, manifest(*items))
    found = [{(each.code, each.file, each.params["other"]) for each in item.remarks} for item in examined.report.items]
    assert {("same_file", "a.jpg", "b.jpg"), ("looks_alike", "a.jpg", "c.jpg")} <= found[0]
    assert {("looks_alike", "c.jpg", "a.jpg"), ("looks_alike", "e.jpg", "b.jpg")} <= found[2]
    assert not any("e.jpg" in (file, other) and "c.jpg" in (file, other) for _, file, other in found[2])
    assert found[3] == set()


def appraisal(*files: str, **stated: Any) -> dict[str, Any]:
    """An appraisal in a manifest."""
    return {"kind": "appraisal_report", "files": [*files], "stated": {**SAYS, **stated}}


def test_a_sound_signature_verifies_an_appraisal_and_names_its_issuer(examine: Examine) -> None:
    document = evidence_of(examine({"a.pdf": report()}, manifest(appraisal("a.pdf")), trust(brands=["glen farrow "])))
    assert document["kind"] == "appraisal_report"
    assert document["issuer"] == {"role": "brand_owner", "name": "Lumière SA"}
    assert (document["verification"], document["verified_by"]) == ("verified", "Lumiere SA")
    assert document["verified_at"] == "2022-03-27T20:00:00+08:00"


def test_a_sound_signature_verifies_the_finding_of_a_court(examine: Examine) -> None:
    item = {"kind": "official_finding", "files": ["a.pdf"], "stated": {"conclusion": "counterfeit", "final": True}}
    document = evidence_of(examine({"a.pdf": report()}, manifest(item), trust(role=None, body="court")))
    assert (document["kind"], document["body"], document["verification"]) == ("official_finding", "court", "verified")


@pytest.mark.parametrize(
    ("files", "trusted", "code"),
    [
        ({"a.pdf": report().replace(b"Two jars", b"Six jars")}, trust(), "signature_broken"),
        ({"a.pdf": signing.appended(report(), "Six jars.")}, trust(), "signature_not_whole"),
        ({"a.pdf": report()}, None, "signature_untrusted"),
        ({"a.pdf": report()}, trust(signer="Somebody Else"), "signature_untrusted"),
        ({"a.pdf": report()}, trust(role=None, body="court"), "signer_of_another_kind"),
        ({"a.pdf": report()}, trust(brands=["Lumière"]), "signer_of_another_brand"),
        ({"a.pdf": report(), "b.png": PLAIN}, trust(), "not_every_file_signed"),
    ],
)
def test_any_other_signature_verifies_nothing(
    examine: Examine, files: dict[str, bytes], trusted: bytes | None, code: str
) -> None:
    stated = {"issuer": {"role": "brand_owner"}}
    examined = examine(files, manifest(appraisal(*files, **stated)), trusted)
    assert evidence_of(examined)["verification"] == "unverified"
    assert [*remarks_of(examined)] == [code]


def test_an_unknown_brand_is_not_verified_by_a_signature(examine: Examine) -> None:
    """A signer for certain brands does not verify a report whose brand is unknown."""
    item = {"kind": "appraisal_report", "files": ["a.pdf"], "stated": {"conclusion": "counterfeit"}}
    examined = examine({"a.pdf": report()}, manifest(item), trust(brands=["Lumière"]))
    assert [*remarks_of(examined)] == ["signer_of_another_brand"]


@pytest.mark.parametrize(
    ("manifest", "pointer"),
    [
        (b"[]", "manifest#"),
        (b'{"manifest": 2, "prepared_by": "desk", "items": []}', "manifest#/manifest"),
        (manifest({"files": []}), "manifest#/items/0/files"),
        (manifest({"files": ["b"]}), "manifest#/items/0/files/0"),
        (manifest({"files": ["a"], "kind": "selfie"}), "manifest#/items/0/kind"),
        (manifest({"files": ["a"], "stated": {"score": 3}}), "manifest#/items/0/stated/score"),
        (manifest({"files": ["a"], "stated": {"edited": "no"}}), "manifest#/items/0/stated/edited"),
        (manifest({"files": ["a"], "submitted_by": "nobody"}), "manifest#/items/0/submitted_by"),
        (manifest({"files": ["a"], "id": "X"}, {"files": ["a"], "id": "X"}), "manifest#/items/1/id"),
        (manifest({"files": ["a"], "line_ids": ["L9"], "stated": SHOWS}), "/evidence/0/line_ids/0"),
    ],
)
def test_a_fault_of_the_manifest_is_named(examine: Examine, manifest: bytes, pointer: str) -> None:
    with pytest.raises(InputError) as caught:
        examine({"a": PLAIN}, manifest)
    assert [fault.pointer for fault in caught.value.faults] == [pointer]


def test_a_file_that_is_not_there_because_of_the_bundle_is_named_with_the_reason(
    shared: None,  # noqa: ARG001 - the process
    order: dict[str, Any],
    tmp_path: Path,
) -> None:
    (tmp_path / "box.zip").write_bytes(archive({"a.png": PLAIN})[:-30])
    with pytest.raises(InputError) as caught:
        examine_bundle([tmp_path / "box.zip"], json.dumps(order), manifest=manifest({"files": ["a.png"]}))
    (fault,) = caught.value.faults
    assert fault.pointer == "manifest#/items/0/files/0"
    assert fault.expected == "a file of the bundle; of this bundle, not everything was taken: unreadable"


def test_only_a_claim_has_evidence_of_these_kinds() -> None:
    with pytest.raises(InputError) as caught:
        examine_bundle([], json.dumps(IN_ORDER).encode(), manifest=manifest())
    assert [fault.pointer for fault in caught.value.faults] == ["order#/policy"]


@pytest.mark.parametrize(
    ("signer", "pointer"),
    [
        ({"certificate": "x"}, "trust#/signers/0/certificate"),
        ({"certificate": owner().pem * 2}, "trust#/signers/0/certificate"),
        ({"body": "court"}, "trust#/signers/0"),
        ({"role": None}, "trust#/signers/0"),
        ({"role": "oracle"}, "trust#/signers/0/role"),
    ],
)
def test_a_fault_of_the_trust_list_is_named(examine: Examine, signer: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InputError) as caught:
        examine({"a": PLAIN}, manifest({"files": ["a"]}), trust(**signer))
    assert [fault.pointer for fault in caught.value.faults] == [pointer]
