"""The pages of PDFs are drawn in the isolated process, small and few, with the place of each line of text."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from attrs import evolve
from PIL import Image

from adjudicator.evidence import Limits, examine_bundle
from adjudicator.evidence.files import FolderStore
from adjudicator.evidence.html import html_of
from adjudicator.evidence.kept import keep, kept_reading, page_of
from adjudicator.evidence.process import Examiner
from adjudicator.evidence.readings import MOST_LINES, DrawnPages, FileReading, PagePicture, Place, Reading, What
from adjudicator.evidence.suggestions import is_telling
from adjudicator.evidence.wording import text_lines
from evidence.made import WAYBILL, document, manifest, pdf_with

TEXT: Final = [f"Waybill {WAYBILL}", "The bottle was broken."]
PICTURES: Final = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
CATALOG: Final = b"<</Type/Catalog/Pages 2 0 R>>"


def image_of(page: PagePicture) -> Image.Image:
    """The picture of a page."""
    image = Image.open(io.BytesIO(base64.b64decode(page.picture)))
    assert (image.format, image.size) == ("JPEG", (page.width, page.height))
    return image.convert("L")


def with_contents(contents: bytes, page: bytes = b"", *more: bytes) -> bytes:
    """A PDF of one page with contents as they are written."""
    entries = b"/MediaBox[0 0 300 200]/Contents 4 0 R" + page
    stream = b"<</Length %d>>stream\n%s\nendstream" % (len(contents), contents)
    return pdf_with(CATALOG, PICTURES, b"<</Type/Page/Parent 2 0 R%s>>" % entries, stream, *more)


def limited(examiner: Examiner, monkeypatch: pytest.MonkeyPatch, **limits: int) -> Examiner:
    """The process with other limits, which each request names."""
    monkeypatch.setattr(examiner, "limits", evolve(examiner.limits, **limits))
    return examiner


@pytest.mark.parametrize("page", [b"", b"/Rotate 90", b"/Rotate 180", b"/CropBox[50 600 400 800]", b"/UserUnit 2"])
def test_each_line_stands_where_it_is_drawn(examiner: Examiner, page: bytes) -> None:
    drawn = examiner.draw(document(TEXT, page=page))
    (only,) = drawn.pages
    assert sorted(each.value for each in only.lines) == sorted(TEXT), (
        "PDFium orders the lines of a turned page its own way"
    )
    assert {each.what for each in only.lines} == {What.TEXT}
    assert drawn.problems == ()
    image = image_of(only)
    for each in only.lines:
        assert each.place is not None
        across, down = zip(*each.place.polygon, strict=True)
        box = (min(across) - 3, min(down) - 3, max(across) + 3, max(down) + 3)
        assert min(image.crop(box).tobytes()) < 100
        image.paste(255, box)
    assert min(image.tobytes()) > 200, "there is nothing anywhere else"


def test_what_was_filled_into_a_form_is_drawn(examiner: Examiner) -> None:
    form = b"/AcroForm<</Fields[4 0 R]/NeedAppearances true/DA(/Helv 12 Tf 0 g)/DR<</Font<</Helv 5 0 R>>>>>>"
    box = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(FILLED IN)/F 4/Rect[50 80 250 120]/DA(/Helv 20 Tf 0 g)/P 3 0 R>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Annots[4 0 R]>>"
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    (only,) = examiner.draw(pdf_with(b"<</Type/Catalog/Pages 2 0 R%s>>" % form, PICTURES, page, box, font)).pages
    assert min(image_of(only).tobytes()) < 100


# Bounds


def test_pages_beyond_the_limit_are_left_out_and_that_is_said(
    examiner: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = limited(examiner, monkeypatch, shown_pages=2).draw(document(TEXT, TEXT, TEXT))
    assert [each.page for each in drawn.pages] == [1, 2]
    assert [(each.code, each.params) for each in drawn.problems] == [("pages_left_out", {"most": 2, "pages": 3})]
    assert Limits().shown_pages == 10


@pytest.mark.parametrize(
    ("size", "most"), [((595, 842), 1200), ((1, 14_400), 1200), ((1e9, 1e9), 1200), ((0, 0), 1200), ((20, 30), 90)]
)
def test_whatever_size_a_page_claims_its_picture_is_small(
    examiner: Examiner, size: tuple[float, float], most: int
) -> None:
    (only,) = examiner.draw(document(["x"], size=size)).pages
    assert 0 < max(image_of(only).size) <= most


def noise(count: int, side: int = 1_600) -> bytes:
    """A PDF with pages of noise, of which no JPEG is small."""
    pixels = Random(1).randbytes(side * side)
    kids = b" ".join(b"%d 0 R" % (number + 5) for number in range(count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 800 800]/Contents 3 0 R/Resources<</XObject<</I 4 0 R>>>>>>"
    head = b"/Width %d/Height %d/BitsPerComponent 8/ColorSpace/DeviceGray" % (side, side)
    return pdf_with(
        CATALOG,
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids),
        b"<</Length 28>>stream\nq 800 0 0 800 0 0 cm /I Do Q\nendstream",
        b"<</Type/XObject/Subtype/Image%s/Length %d>>stream\n%s\nendstream" % (head, len(pixels), pixels),
        *[page] * count,
    )


def test_pictures_of_pages_have_a_bounded_number_of_bytes(examiner: Examiner) -> None:
    drawn = examiner.draw(noise(9))
    assert 0 < sum(len(each.picture) for each in drawn.pages) <= 3 * 2**20
    assert 5 < len(drawn.pages) < 9, "with a lower quality, more of them fit"
    assert drawn.problems[0].params == {"most": len(drawn.pages), "pages": 9}


def test_only_so_many_lines_of_a_page_have_a_place(examiner: Examiner) -> None:
    (only,) = examiner.draw(document(["some words"] * (MOST_LINES + 20), size=(600, 6_000))).pages
    assert len(only.lines) == MOST_LINES


def test_text_beside_the_page_has_no_place_on_it(examiner: Examiner) -> None:
    (only,) = examiner.draw(document(TEXT, page=b"/CropBox[300 0 500 100]")).pages
    assert only.lines == ()


@pytest.mark.parametrize("mode", [b"3 Tr", b"1 g"])
def test_text_that_the_picture_does_not_show_is_remarked_on(examiner: Examiner, mode: bytes) -> None:
    """Invisible, or white on white; text whose font is missing looks the same."""
    font = b"/Resources<</Font<</F1 5 0 R>>>>", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    drawn = examiner.draw(with_contents(b"BT /F1 14 Tf %s 20 100 Td (Waybill) Tj ET" % mode, *font))
    assert [(each.code, each.params) for each in drawn.problems] == [("text_not_seen", {"page": 1})]


# Files at fault


def test_what_takes_too_long_to_draw_is_not_drawn_and_still_read(
    examiner: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    strokes = b"0 0 m 300 200 l S " * 400_000
    slow = limited(examiner, monkeypatch, seconds=1)
    drawn = slow.draw(with_contents(strokes))
    assert drawn.pages == ()
    assert [(each.code, each.params) for each in drawn.problems] == [("pages_not_drawn", {"error": "out_of_time"})]
    assert len(slow.draw(document(TEXT)).pages) == 1


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n" + b"\xff" * 99, b"\xff\xd8\xff"])
def test_what_is_no_pdf_is_not_drawn(examiner: Examiner, content: bytes) -> None:
    drawn = examiner.draw(content)
    assert drawn == DrawnPages(problems=drawn.problems)
    assert [each.code for each in drawn.problems] == ["pages_not_drawn"]


@pytest.mark.parametrize(
    "page",
    [
        {"page": 0, "width": 1, "height": 1, "picture": ""},
        {"page": 1, "width": 10**6, "height": 1, "picture": ""},
        {"page": 1, "width": 1, "height": 0, "picture": ""},
        {"page": 1, "width": 1, "height": 1, "picture": 1},
        {"page": 1, "width": 1, "height": 1, "picture": "", "lines": [{}]},
        {"page": 1, "width": 1, "height": 1, "picture": "", "more": 1},
    ],
)
def test_a_reply_of_another_form_counts_as_a_crash(
    examiner: Examiner, monkeypatch: pytest.MonkeyPatch, page: dict[str, Any]
) -> None:
    """The process may be in the hands of the file."""
    monkeypatch.setattr(examiner, "_asked", lambda *_: ({"result": {"pages": [page], "problems": []}}, b""))
    drawn = examiner.draw(b"")
    assert drawn.pages == ()
    assert [each.params for each in drawn.problems] == [{"error": "crashed"}]


# In an examination


@pytest.mark.usefixtures("shared")
def test_an_examination_keeps_the_pages_and_reports_without_them(order: dict[str, Any], tmp_path: Path) -> None:
    content = document(TEXT, ["Second"])
    (tmp_path / "a.pdf").write_bytes(content)
    files = FolderStore(tmp_path / "kept")
    stated = manifest({"kind": "courier_statement", "files": ["a.pdf"]})
    examined = examine_bundle([tmp_path / "a.pdf"], json.dumps(order), manifest=stated, keep=files)
    assert examined.report.files[0].reading.page_pictures == ()
    reading = kept_reading(files, hashlib.sha256(content).hexdigest())
    assert reading is not None
    assert [each.page for each in reading.page_pictures] == [1, 2]
    assert (page_of(reading, 2) or b"").startswith(b"\xff\xd8\xff")
    assert page_of(reading, 3) is None
    assert page_of(evolve(reading, page_pictures=(a_page(picture="PHN2Zz4="),)), 1) is None


@pytest.mark.usefixtures("shared")
def test_the_report_as_a_page_shows_them_with_what_may_follow_from_a_line(
    order: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "a.pdf").write_bytes(document(TEXT))
    stated = manifest({"kind": "courier_statement", "files": ["a.pdf"]})
    report = examine_bundle([tmp_path / "a.pdf"], json.dumps(order), manifest=stated, previews=True).report
    html = html_of(report, "en")
    assert html.count('<image href="data:image/jpeg;base64,') == 1
    assert f"<title>{TEXT[0]}</title>" in html
    assert f"<title>{TEXT[1]}</title>" not in html


@pytest.mark.usefixtures("shared")
def test_without_time_for_drawing_the_report_says_so(
    order: dict[str, Any], tmp_path: Path, examiner: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.pdf").write_bytes(document(TEXT))
    times = iter([0.0, 0.0, 301.0])
    monkeypatch.setattr("adjudicator.evidence.examination.time.monotonic", lambda: next(times, 301.0))
    monkeypatch.setattr(examiner, "read", lambda *_, **__: FileReading(media_type="application/pdf", pages=1))
    stated = manifest({"kind": "courier_statement", "files": ["a.pdf"]})
    report = examine_bundle(
        [tmp_path / "a.pdf"], json.dumps(order), manifest=stated, previews=True, examiner=examiner
    ).report
    assert "a.pdf: Its pages cannot be shown as pictures. no_time_left" in [*text_lines(report, "en")]


def test_pages_are_drawn_once_everything_is_read(
    order: dict[str, Any], tmp_path: Path, examiner: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a page that takes long costs no other file its reading."""
    done: list[str] = []

    def read(content: bytes, **_: object) -> FileReading:
        done.append("read")
        return FileReading() if content == b"picture" else FileReading(media_type="application/pdf", pages=1)

    def draw(_: bytes) -> DrawnPages:
        done.append("draw")
        return DrawnPages(pages=(a_page(),))

    monkeypatch.setattr(examiner, "read", read)
    monkeypatch.setattr(examiner, "draw", draw)
    contents = {"a.pdf": b"a", "again.pdf": b"a", "b.pdf": b"b", "c.jpg": b"picture"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    stated = manifest({"kind": "courier_statement", "files": [*contents]})
    files = [tmp_path / name for name in contents]
    report = examine_bundle(files, json.dumps(order), manifest=stated, previews=True, examiner=examiner).report
    assert done == ["read", "read", "read", "draw", "draw"]
    assert [len(each.reading.page_pictures) for each in report.files] == [1, 1, 1, 0]


def a_page(number: int = 1, picture: str = "") -> PagePicture:
    """A page with a line."""
    place = Place(page=number, polygon=((1, 1), (9, 1), (9, 9), (1, 9)))
    line = Reading(what=What.TEXT, value=TEXT[0], method="by hand", place=place)
    return PagePicture(page=number, width=10, height=10, picture=picture, lines=(line,))


def test_pages_that_were_drawn_before_are_not_lost(tmp_path: Path) -> None:
    files = FolderStore(tmp_path)
    without = FileReading(media_type="application/pdf", pages=1)
    drawn = evolve(without, page_pictures=(a_page(),))
    for reading, kept in ((without, without), (drawn, drawn), (without, drawn)):
        keep(files, b"x", reading)
        assert kept_reading(files, hashlib.sha256(b"x").hexdigest()) == kept


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (TEXT[0], True),
        (TEXT[1], False),
        ("2022年3月9日", True),
        ("鉴定报告", True),
        ("Brand Protection Ltd.", True),
        ("", False),
        ("x" * 300 + " 2022-03-09", False),
    ],
)
def test_a_line_is_telling_if_something_is_suggested_because_of_it(line: str, expected: bool) -> None:
    assert is_telling(line) is expected
