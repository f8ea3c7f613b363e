"""What is read in pictures and documents."""

from __future__ import annotations

import socket
from typing import Any, Final

import pytest
from PIL import Image
from PIL.ExifTags import Base
from PIL.PngImagePlugin import PngInfo

from adjudicator.evidence.process import Examiner
from adjudicator.evidence.reading import credentials
from adjudicator.evidence.reading.barcodes import check_digit_fits
from adjudicator.evidence.readings import FileReading, Reading, What
from adjudicator.evidence.sample import scenes, signing
from evidence.conftest import Read
from evidence.made import (
    BARCODE,
    WAYBILL,
    aigc,
    altered,
    owner,
    photo_of,
    plain,
    png_with_xmp,
    prolonged,
    report,
    saved,
    saved_again,
    stranger,
    with_credentials,
    with_exif,
    with_text,
    xmp,
)

BOMB: Final = b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"


def only(found: FileReading, what: What) -> Reading:
    """The only reading of a kind."""
    (reading,) = found.of(what)
    return reading


@pytest.mark.parametrize("angle", [0, 17, 33, 45, 52, 90, 137, 180])
def test_a_barcode_is_read_at_any_angle_with_its_place(read: Read, angle: int) -> None:
    picture = photo_of(scenes.code(BARCODE, scenes.EAN13), angle=angle)
    reading = only(read(saved(picture, "JPEG")), What.BARCODE)
    assert reading.value == BARCODE
    assert reading.method.startswith("zxing-cpp ")
    assert reading.place is not None
    across, down = zip(*reading.place.polygon, strict=True)
    marked = picture.convert("L").crop((min(across), min(down), max(across), max(down)))
    assert min(marked.tobytes()) < 60
    assert max(marked.size) > 200


@pytest.mark.parametrize(
    ("text", "format", "what"),
    [
        (BARCODE, scenes.EAN13, What.BARCODE),
        ("96385074", scenes.EAN8, What.BARCODE),
        (WAYBILL, scenes.CODE128, What.CODE),
        (WAYBILL, scenes.QR, What.CODE),
    ],
)
def test_each_barcode_format_has_its_purpose(read: Read, text: str, format: Any, what: What) -> None:
    picture = photo_of(scenes.code(text, format), scale=5)
    assert only(read(saved(picture, "PNG")), what).value == text


def test_a_qr_code_with_an_address_is_ignored(read: Read) -> None:
    picture = photo_of(scenes.code("https://example.org/pay?to=somebody", scenes.QR), scale=6)
    assert read(saved(picture, "PNG")).of(What.CODE) == ()


@pytest.mark.parametrize(
    ("seed", "angle", "number"), [(3, 1.1, "6996119848937"), (48, -8.8, "6966492872331"), (60, 1.9, "6956169872634")]
)
def test_a_number_read_in_only_one_attempt_does_not_count(read: Read, seed: int, angle: float, number: str) -> None:
    """A single attempt on each of these pictures reads another number as well, or only another, with a valid check digit."""
    drawn = scenes.code(number, scenes.EAN13)
    picture = photo_of(drawn, seed=seed, angle=angle, scale=2.5, blur=0.5, light=0.2, noise=4)
    assert {each.value for each in read(scenes.jpeg(picture, 85)).of(What.BARCODE)} <= {number}


@pytest.mark.parametrize("number", ["4006381333931", "96385074", "036000291452", "9780306406157"])
def test_exactly_one_check_digit_is_valid(number: str) -> None:
    """EAN-13, EAN-8, UPC-A and ISBN-13."""
    assert check_digit_fits(number)
    assert not any(check_digit_fits(f"{number[:-1]}{digit}") for digit in "0123456789" if digit != number[-1])


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        pytest.param(saved(plain(), "PNG", pnginfo=None, exif=None), [], id="none"),
        pytest.param(with_text("Description", '{"Label": "1"}'), [], id="another text"),
        pytest.param(with_text("AIGC", '{"Label": "9"}'), ["label_unreadable"], id="no such label"),
        pytest.param(with_text("AIGC", "[" * 100_000), ["label_unreadable"], id="too deep"),
        pytest.param(saved(plain(), "JPEG", xmp=xmp("{'Label': '1'}")), ["label_unreadable"], id="no JSON"),
        pytest.param(saved(plain(), "JPEG", xmp=BOMB), ["metadata_unreadable"], id="entities"),
        pytest.param(saved(plain(), "JPEG", xmp=xmp(aigc("1"))[:-30]), ["metadata_unreadable"], id="cut off"),
        pytest.param(with_exif({Base.UserComment: b'ASCII\0\0\0{"Label": 1, "album": 2}'}), [], id="another program's"),
        pytest.param(with_exif({Base.UserComment: b"ASCII\0\0\0a note"}), [], id="a comment"),
    ],
)
def test_similar_content_is_not_taken_for_a_label(read: Read, content: bytes, codes: list[str]) -> None:
    """Where there may be one that cannot be read, a problem says so."""
    found = read(content)
    assert found.of(What.LABEL) == ()
    assert found.width == 320
    assert [each.code for each in found.problems] == codes


def test_damaged_metadata_cost_neither_the_picture_nor_what_stands_elsewhere(read: Read) -> None:
    picture = photo_of(scenes.code(BARCODE, scenes.EAN13))
    info = PngInfo()
    info.add_text("AIGC", aigc("1"))
    found = read(saved(picture, "PNG", pnginfo=info, exif=b"Exif\0\0MM\0\0\0\0\0\x08"))
    assert [each.code for each in found.problems] == ["metadata_unreadable"]
    assert only(found, What.LABEL).value == "1"
    assert only(found, What.BARCODE).value == BARCODE


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_no_manifest_is_fetched_from_the_address_that_a_picture_names() -> None:
    """In this process, which has a network: the library is told so, and does not depend on the isolation."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/m.c2pa"
        packet = xmp("{}").replace(
            b"<rdf:Description ",
            b'<rdf:Description xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="%s" ' % address.encode(),
        )
        server.settimeout(0.1)
        with pytest.raises(credentials.Unreadable):
            credentials.read(saved(plain(), "JPEG", xmp=packet), "image/jpeg")
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (with_text("AIGC", aigc("1")), "png"),
        (with_text("AIGC", f'{{"AIGC": {aigc("1")}}}'), "png"),
        (with_text("AIGC", "\ufeff" + aigc("1")), "png"),
        (saved(plain(), "JPEG", xmp=xmp(aigc("1"))), "xmp"),
        (saved(plain(), "JPEG", xmp=xmp(aigc("1"), attribute=True)), "xmp"),
        (saved(plain(), "WEBP", xmp=xmp(aigc("1"))), "xmp"),
        (png_with_xmp(xmp(aigc("1"))), "xmp"),
        (with_exif({Base.UserComment: b"ASCII\0\0\0" + aigc("1").encode()}), "exif"),
        (with_exif({Base.UserComment: b"UNICODE\0" + f'{{"AIGC": {aigc(1)}}}'.encode("utf-16-le")}), "exif"),
        (with_exif({Base.UserComment: b"UNICODE\0" + aigc("1").encode("utf-16-be")}), "exif"),
        (with_exif({Base.UserComment: bytes(8) + f'{{"AIGC": {aigc(1)}, "by": "豆包"}}'.encode("gbk")}), "exif"),
        (with_exif({}, {Base.ImageDescription: f'{{"AIGC": {aigc("1")}}}'}), "exif"),
    ],
)
def test_the_label_of_generated_content_is_read_from_every_place(read: Read, content: bytes, place: str) -> None:
    label = only(read(content), What.LABEL)
    assert (label.value, label.details["in"]) == ("1", place)


@pytest.mark.parametrize(
    ("source", "actions", "said"),
    [
        ("trainedAlgorithmicMedia", (), "generated"),
        ("digitalCapture", ("c2pa.edited",), "edited"),
        ("digitalCapture", ("c2pa.resized", "c2pa.adjustedColor"), "edited"),
        ("digitalCapture", ("c2pa.addedText",), "edited"),
        ("digitalCapture", (), "neither"),
    ],
)
def test_content_credentials_say_what_was_done(read: Read, source: str, actions: tuple[str, ...], said: str) -> None:
    sound = with_credentials(source, *actions)
    assert only(read(sound), What.CREDENTIALS).value == said
    assert only(read(sound), What.CREDENTIALS).details == {"state": "Valid"}
    assert only(read(altered(sound)), What.CREDENTIALS).details == {"state": "Invalid"}


def test_a_picture_that_was_saved_again_says_what_the_one_before_said(read: Read) -> None:
    generated = with_credentials("trainedAlgorithmicMedia")
    for picture, said in {
        saved_again(generated): "generated",
        saved_again(saved_again(generated)): "generated",
        saved_again(with_credentials("digitalCapture", "c2pa.edited")): "edited",
        saved_again(with_credentials("digitalCapture")): "neither",
        saved_again(altered(generated)): "neither",
        saved_again(saved(plain(), "JPEG")): "neither",
    }.items():
        assert only(read(picture), What.CREDENTIALS).value == said


def test_only_time_and_model_are_read_from_exif(read: Read) -> None:
    """No location, no serial number, no name."""
    details: dict[int, Any] = {
        Base.DateTimeOriginal: "2022:03:27 16:20:00",
        Base.OffsetTimeOriginal: "+08:00",
        Base.BodySerialNumber: "SECRET-1",
        Base.CameraOwnerName: "SECRET-2",
    }
    picture = Image.Exif()
    picture.update({Base.Make: "Maker", Base.Model: "One", Base.Artist: "SECRET-3"})
    picture.get_ifd(Base.ExifOffset).update(details)
    picture.get_ifd(Base.GPSInfo).update({1: "N", 2: (31.0, 14.0, 12.5)})
    found = read(saved(plain(), "JPEG", exif=picture))
    assert only(found, What.CAPTURED_AT).value == "2022-03-27T16:20:00+08:00"
    assert only(found, What.CAMERA).value == "Maker One"
    for moment in ("0000:00:00 00:00:00", "2022:02:30 16:20:00", "2022:03:27 16:20:60"):
        assert read(with_exif({Base.DateTimeOriginal: moment})).of(What.CAPTURED_AT) == ()
    assert "SECRET" not in repr(found)
    assert "12.5" not in repr(found)


def test_a_signature_is_valid_only_if_complete_and_trusted(examiner: Examiner) -> None:
    sound = report()
    appended = signing.appended(sound, "Six jars.")
    altered = sound.replace(b"Two jars", b"Six jars")

    def signature(content: bytes, *certificates: str, at: str = "2022-05-01T00:00:00+08:00") -> tuple[object, ...]:
        found = examiner.read(content, at=at, certificates=certificates)
        details = only(found, What.SIGNATURE).details
        return details["intact"], details["whole"], details["sound"], details["trusted_by"]

    assert signature(sound, owner().pem) == (True, True, True, "0")
    assert signature(sound, stranger().pem, owner().pem) == (True, True, True, "1")
    assert signature(sound, stranger().pem) == (True, True, False, "")
    assert signature(sound) == (True, True, False, "")
    assert signature(appended, owner().pem) == (True, False, False, "")
    assert signature(prolonged(), owner().pem) == (True, False, False, "")
    assert signature(altered, owner().pem) == (False, True, False, "")
    assert signature(sound, owner().pem, at="2050-01-01T00:00:00+08:00") == (True, True, False, "")


def test_the_text_of_a_document_is_read_page_by_page(read: Read) -> None:
    text = only(read(signing.pdf(["Appraisal", "Two jars."])), What.TEXT)
    assert text.value.split() == ["Appraisal", "Two", "jars."]
    assert text.place is not None
    assert text.place.page == 1
