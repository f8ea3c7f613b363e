"""What is only suggested, and what a person makes of it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from attrs import evolve
from PIL import Image, ImageDraw

from adjudicator import decide, load_case
from adjudicator.cli import main
from adjudicator.evidence import Source, examine_bundle
from adjudicator.evidence.facts import Examined
from adjudicator.evidence.manifest import kinds_of, load_manifest
from adjudicator.evidence.reading import seals
from adjudicator.evidence.readings import FileReading, Reading, What
from adjudicator.evidence.report import ExaminedFile
from adjudicator.evidence.sample import scenes, signing
from adjudicator.evidence.suggestions import MOST, suggestions
from adjudicator.evidence.trust import TrustList
from adjudicator.extras import MissingExtra
from adjudicator.model.errors import InputError
from evidence.conftest import Examine
from evidence.made import BARCODE, SHOWS, WAYBILL, manifest, photo_of, plain, saved

ROOT = Path(__file__).parents[3]
TYPED = ["STATEMENT OF THE CARRIER", f"Waybill {WAYBILL}", "Carrier Express Ltd.", "2022-03-26"]
STATEMENT = saved(scenes.statement(Random(3), TYPED, WAYBILL), "JPEG")
PHOTO = saved(photo_of(scenes.code(BARCODE, scenes.EAN13)), "JPEG")


def corrections(*items: dict[str, Any]) -> bytes:
    """A corrections file."""
    return json.dumps({"corrections": 1, "by": "agent 17", "items": items}).encode()


def test_text_and_stamps_are_suggested_with_their_place_and_stay_out_of_the_case(examine: Examine) -> None:
    stated = {"description": "a sheet of paper"}
    item = {"kind": "other", "files": ["a.jpg"], "stated": stated}
    statement = {"kind": "courier_statement", "files": ["a.jpg"]}
    examined = examine({"a.jpg": STATEMENT}, manifest(item, statement), suggest=True)
    other, courier = examined.report.items
    assert {(each.field, each.value) for each in other.suggestions} == {("kind", "courier_statement")}
    assert {(each.field, each.value) for each in courier.suggestions} == {("stamped", True)}
    assert courier.missing == ("stamped",)
    (seal,) = examined.report.files[0].reading.of(What.SEAL)
    assert seal.place is not None
    assert courier.suggestions[0].place == seal.place
    corner = seal.place.polygon[0]
    assert abs(corner[0] - 620) < 30
    assert abs(corner[1] - 920) < 30
    assert examined.case_document["evidence"][0]["kind"] == "other"
    assert examined.case_document["evidence"][1]["kind"] == "other"


def test_nothing_is_suggested_unless_it_is_asked_for(examine: Examine) -> None:
    examined = examine({"a.jpg": STATEMENT}, manifest({"kind": "courier_statement", "files": ["a.jpg"]}))
    assert examined.report.items[0].suggestions == ()
    assert examined.report.files[0].reading.of(What.WORDS) == ()


def test_the_text_of_a_document_is_read_for_suggestions_too(examine: Examine) -> None:
    document = signing.pdf(["Brand Protection Ltd.", "APPRAISAL of 2022-3-9, and 2022-13-40"])
    report = {"kind": "appraisal_report", "files": ["a.pdf"], "stated": {"conclusion": "counterfeit"}}
    other = {"kind": "other", "files": ["a.pdf"], "stated": {"description": "x"}}
    examined = examine({"a.pdf": document}, manifest(report, other))
    assert {(each.field, each.value) for each in examined.report.items[0].suggestions} == {
        ("issuer/name", "Brand Protection Ltd."),
        ("issued_at", "2022-03-09T00:00:00+08:00"),
    }
    assert [(each.field, each.value) for each in examined.report.items[1].suggestions] == [("kind", "appraisal_report")]


@pytest.mark.parametrize("text", ["x", "快递", "公司", "1234567890 ", "2022-03-26 ", "\n"])
def test_a_long_text_takes_little_time(text: str) -> None:
    """In the calling process, which has no limits of its own."""
    reading = FileReading(readings=(Reading(what=What.TEXT, value=text * (100_000 // len(text)), method="by hand"),))
    file = ExaminedFile(name="a.pdf", sha256="0" * 64, size=1, items=("B1",), reading=reading)
    case: Any = load_case((ROOT / "adjudicator/demo/leaking-whisky.json").read_bytes())
    kinds = kinds_of(case)
    (item,) = load_manifest(manifest({"kind": "other", "files": ["a.pdf"]}), kinds).items
    for kind in ("other", "appraisal_report", "package_photo"):
        about = Examined(
            item=evolve(item, kind=kind),
            files=(file,),
            order=case.order,
            as_of=case.as_of,
            trust=TrustList(),
            kinds=kinds,
        )
        before = time.process_time()
        assert len(suggestions(about, frozenset())) <= MOST + 1
        assert time.process_time() - before < 3


@pytest.mark.parametrize("shape", ["square", "disc", "speck", "blue ring", "nothing"])
def test_only_a_red_ring_is_a_stamp(shape: str) -> None:
    page = Image.new("RGB", (800, 1000), "white")
    draw = ImageDraw.Draw(page)
    match shape:
        case "square":
            draw.rectangle((300, 300, 500, 500), outline="red", width=9)
        case "disc":
            draw.ellipse((300, 300, 500, 500), fill="red")
        case "speck":
            draw.ellipse((300, 300, 315, 315), outline="red", width=2)
        case "blue ring":
            draw.ellipse((300, 300, 500, 500), outline="blue", width=9)
    assert [*seals.read(page)] == []
    draw.ellipse((100, 600, 300, 800), outline="red", width=9)
    assert len([*seals.read(page)]) == 1


def test_a_persons_confirmation_is_recorded_as_theirs(examine: Examine) -> None:
    item = {"kind": "courier_statement", "files": ["a.jpg"], "stated": {"stamped": False, "carrier": "sf"}}
    confirmed = {"stamped": True, "damaged_at_signing": True, "leak": True, "carrier": None}
    examined = examine({"a.jpg": STATEMENT}, manifest(item), corrections=corrections({"id": "B1", "fields": confirmed}))
    document = examined.case_document["evidence"][0]
    assert (document["stamped"], document["leak"], document["carrier"]) == (True, True, None)
    facts = {each.field: each.source for each in examined.report.items[0].facts}
    assert (facts["stamped"], facts["waybill_no"]) == (Source.CONFIRMED, Source.READ)
    assert examined.report.confirmed_by == "agent 17"


def test_a_person_can_override_a_reading_and_the_report_says_so(examine: Examine) -> None:
    fields = {"barcode": None}
    examined = examine(
        {"a.jpg": PHOTO},
        manifest({"files": ["a.jpg"], "stated": SHOWS}),
        corrections=corrections({"id": "B1", "fields": fields}),
    )
    assert examined.case_document["evidence"][0]["barcode"] is None
    (remark,) = examined.report.items[0].remarks
    assert (remark.code, remark.file) == ("corrected", "a.jpg")
    assert remark.params == {"field": "barcode", "read": BARCODE, "confirmed": None}


def test_a_corrected_kind_drops_the_fields_of_the_old_kind(examine: Examine) -> None:
    item = {"kind": "other", "files": ["a.jpg"], "stated": {"description": "a photo"}}
    fixed = corrections({"id": "B1", "kind": "damage_photo", "fields": SHOWS})
    examined = examine({"a.jpg": PHOTO}, manifest(item), corrections=fixed)
    assert examined.case_document["evidence"][0]["kind"] == "damage_photo"
    assert examined.case_document["evidence"][0]["barcode"] == BARCODE
    assert decide(load_case(json.dumps(examined.case_document))).outcome == "approved"


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        (b"{}", "corrections#/corrections"),
        (corrections({"id": "B9", "fields": {}}), "corrections#/items/0/id"),
        (corrections({"id": "B1", "fields": {}}, {"id": "B1", "fields": {}}), "corrections#/items/1/id"),
        (corrections({"id": "B1", "fields": {}, "kind": "selfie"}), "corrections#/items/0/kind"),
        (corrections({"id": "B1", "fields": {"score": 1}}), "corrections#/items/0/fields/score"),
        (corrections({"id": "B1", "fields": {"edited": "no"}}), "manifest#/items/0/stated/edited"),
    ],
)
def test_a_fault_of_the_corrections_is_named(examine: Examine, text: bytes, pointer: str) -> None:
    with pytest.raises(InputError) as caught:
        examine({"a": saved(plain(), "PNG")}, manifest({"files": ["a"]}), corrections=text)
    assert caught.value.faults[0].pointer == pointer


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adjudicator.evidence.examination.find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match=r"claim-adjudicator\[ocr\]"):
        examine_bundle([], b"", suggest=True)


@pytest.mark.usefixtures("shared")
def test_the_page_marks_uncertain_readings(
    order: dict[str, Any], tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.jpg").write_bytes(STATEMENT)
    (tmp_path / "case.json").write_text(json.dumps(order), encoding="utf-8")
    (tmp_path / "m.json").write_bytes(manifest({"kind": "courier_statement", "files": ["a.jpg"]}))
    options = ["--order", str(tmp_path / "case.json"), "--manifest", str(tmp_path / "m.json"), "--locale", "en"]
    assert main(["examine", str(tmp_path / "a.jpg"), *options, "--suggest", "--html"]) == 0
    page = capsys.readouterr().err
    assert page.count('<polygon class="unsure"') >= 4
    assert page.count("<polygon points") == 1
    assert "stamped: perhaps yes (read in a.jpg with OpenCV" in page
