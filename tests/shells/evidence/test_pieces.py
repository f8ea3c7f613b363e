"""Readings of the files of a recorded case are kept beside them, and a person can confirm and correct them later."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from adjudicator import InputError, load_case
from adjudicator.evidence import examine_bundle
from adjudicator.evidence.files import FolderStore, NoFile
from adjudicator.evidence.kept import MOST_PREVIEW, keep, kept_reading, preview_of
from adjudicator.evidence.pieces import Piece, pieces_of
from adjudicator.evidence.readings import FileReading, Place, Reading, What
from adjudicator.evidence.sample import scenes
from evidence.conftest import Read
from evidence.made import BARCODE, SHOWS, SUBMITTED, WAYBILL, manifest, photo_of, saved

A, B = "a" * 64, "b" * 64
HERE: Final = Place(polygon=((1, 1), (9, 1), (9, 9), (1, 9)))
PICTURE: Final = saved(photo_of(scenes.code(BARCODE, scenes.EAN13)), "JPEG")


def a_reading(*read: tuple[What, str]) -> FileReading:
    """A picture in which something was read."""
    readings = tuple(Reading(what=what, value=value, method="by hand", place=HERE) for what, value in read)
    return FileReading(media_type="image/jpeg", width=100, height=80, readings=readings)


def piece(order: dict[str, Any], evidence: dict[str, Any], reading: FileReading) -> Piece:
    """A piece of evidence with one picture, and a document that is not a picture."""
    files = [{"name": "secret.jpg", "sha256": A, "media_type": "image/jpeg"}, {"name": "b.pdf", "sha256": B}]
    case: Any = load_case(json.dumps(order | {"evidence": [{"id": "E1", **SUBMITTED, **evidence, "files": files}]}))
    (found,) = pieces_of(case, {A: reading, B: FileReading(media_type="application/pdf")})
    return found


# Kept beside the files


@pytest.mark.usefixtures("shared")
def test_an_examination_stores_its_readings_with_a_small_picture(order: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(PICTURE)
    files = FolderStore(tmp_path / "kept")
    stated = manifest({"files": ["a.jpg"], "stated": SHOWS})
    examined = examine_bundle([tmp_path / "a.jpg"], json.dumps(order), manifest=stated, keep=files)
    assert examined.report.files[0].reading.preview is None
    sha256 = hashlib.sha256(PICTURE).hexdigest()
    reading = kept_reading(files, sha256)
    assert reading is not None
    assert [each.value for each in reading.of(What.BARCODE)] == [BARCODE]
    assert (preview_of(reading) or b"").startswith(b"\xff\xd8\xff")
    assert [*files.digests()] == [sha256]
    files.erase(sha256)
    assert [each for each in files.folder.rglob("*") if each.is_file()] == []
    with pytest.raises(NoFile):
        files.reading(sha256)


def test_earlier_suggestions_are_not_lost(tmp_path: Path) -> None:
    files = FolderStore(tmp_path)
    sha256 = hashlib.sha256(b"x").hexdigest()
    less, more = a_reading((What.BARCODE, BARCODE)), a_reading((What.WORDS, "words"))
    for reading, kept in ((less, less), (more, more), (less, more), (FileReading(), more)):
        keep(files, b"x", reading)
        assert kept_reading(files, sha256) == kept


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"media_type": 1}', b'{"more": 1}', b'{"readings": [1]}'])
def test_a_reading_in_another_format_is_ignored(content: bytes, tmp_path: Path) -> None:
    files = FolderStore(tmp_path)
    files.put_reading(A, content)
    assert kept_reading(files, A) is None


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"GIF89a", b"\xff\xd8\xff" + bytes(MOST_PREVIEW), b""])
def test_only_a_small_jpeg_is_shown(content: bytes) -> None:
    assert preview_of(FileReading(preview=base64.b64encode(content).decode())) is None
    assert preview_of(FileReading(preview="not Base64!")) is None
    assert preview_of(FileReading()) is None


def test_a_reading_comes_back_as_it_was(read: Read, tmp_path: Path) -> None:
    files = FolderStore(tmp_path)
    reading = read(PICTURE)
    keep(files, PICTURE, reading)
    assert kept_reading(files, hashlib.sha256(PICTURE).hexdigest()) == reading
    assert orjson.loads(files.reading(hashlib.sha256(PICTURE).hexdigest()))["width"] == reading.width


# Confirmed and corrected


def test_a_value_in_the_case_is_kept_if_the_reading_differs(order: dict[str, Any]) -> None:
    """A person may have corrected it."""
    reading = a_reading((What.BARCODE, BARCODE))
    found = piece(order, {"kind": "damage_photo", **SHOWS, "barcode": "4006381333931"}, reading)
    assert (found.is_pending, found.missing, found.suggestions) == (False, (), ())
    assert [(each.field, each.value) for each in found.facts] == [("barcode", BARCODE)]
    document = found.confirmed({"units_covered": 2})
    assert (document["barcode"], document["units_covered"], document["leak"]) == ("4006381333931", 2, True)
    assert [each["name"] for each in document["files"]] == ["secret.jpg", "b.pdf"]
    assert found.confirmed({"barcode": BARCODE})["barcode"] == BARCODE


def test_incomplete_evidence_is_completed_with_its_kind(order: dict[str, Any]) -> None:
    reading = a_reading((What.BARCODE, BARCODE))
    found = piece(order, {"kind": "other", "description": "damage_photo, incomplete: edited"}, reading)
    assert (found.kind, found.is_pending, found.missing) == ("damage_photo", True, ("edited",))
    document = found.confirmed({"edited": False, "leak": True})
    assert {name: document[name] for name in ("kind", "id", "barcode", "edited", "leak")} == {
        "kind": "damage_photo",
        "id": "E1",
        "barcode": BARCODE,
        "edited": False,
        "leak": True,
    }
    assert found.confirmed({"leak": True})["kind"] == "other"
    with pytest.raises(InputError):
        found.confirmed({"edited": "perhaps"})


def test_words_suggest_an_unknown_kind_and_field(order: dict[str, Any]) -> None:
    reading = a_reading((What.WORDS, "STATEMENT OF THE CARRIER"), (What.WORDS, f"No. {WAYBILL}"), (What.SEAL, "red"))
    found = piece(order, {"kind": "other", "description": "handed in at the counter"}, reading)
    assert (found.kind, found.is_pending) == ("courier_statement", True)
    shown = [(each.field, each.value) for each in found.suggestions]
    assert shown == [("kind", "courier_statement"), ("waybill_no", WAYBILL), ("stamped", True)]
    assert "stamped" in found.missing
    known = piece(order, {"kind": "package_photo", "waybill_no": WAYBILL}, reading)
    assert known.suggestions == ()


def test_a_piece_without_a_picture_is_left_out(order: dict[str, Any]) -> None:
    evidence = {"id": "E1", **SUBMITTED, "kind": "damage_photo", **SHOWS}
    case: Any = load_case(json.dumps(order | {"evidence": [evidence]}))
    assert [*pieces_of(case, {A: a_reading()})] == []
