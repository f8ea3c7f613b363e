"""Malicious files: each becomes a line of the report, and the next file is read normally."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from PIL import Image

from adjudicator.evidence import Limits
from adjudicator.evidence.bundle import opened
from adjudicator.evidence.process import Examiner, _decoded
from adjudicator.evidence.readings import FileReading, Problem, What
from adjudicator.evidence.reuse import NEAR
from adjudicator.evidence.sample import scenes, signing
from evidence.conftest import Read
from evidence.made import BARCODE, aigc, archive, pdf_with, photo_of, plain, report, saved, with_text, xmp

CODED = photo_of(scenes.code(BARCODE, scenes.EAN13))
MOST = 2_000_000


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    """A PNG that claims a size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def encrypted() -> bytes:
    """A PDF that needs a password."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.pdf_utils.writer import copy_into_new_writer

    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(signing.pdf(["secret"]))))
    writer.encrypt("owner", "user")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def many_pages(count: int) -> bytes:
    """A PDF of many pages."""
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(count))
    pages = b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids)
    return pdf_with(
        b"<</Type/Catalog/Pages 2 0 R>>", pages, *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * count
    )


SCRIPT = b"<</Type/Catalog/Pages 2 0 R/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(app.alert(1))>>]>>>>>>"
ONE_PAGE = (b"<</Type/Pages/Count 1/Kids[3 0 R]>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>")
LOOP = b"<</Type/Pages/Count 1/Kids[2 0 R]/Parent 2 0 R>>"


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        pytest.param(png(144_000, 1_000), ["too_many_pixels"], id="claims 144 megapixels"),
        pytest.param(png(2_000, 1_001, b"\0" * 2_001 * 2_001), ["too_many_pixels"], id="one row too many"),
        pytest.param(png(100, 100), ["truncated"], id="no pixels"),
        pytest.param(saved(plain(), "JPEG")[:5000], ["truncated"], id="cut off"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\xff" * 500, ["unknown_type"], id="only begins like a picture"),
        pytest.param(b"", ["unknown_type"], id="empty"),
        pytest.param(b"MZ" + bytes(5000), ["unknown_type"], id="a program"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", ["unknown_type"], id="a drawing with links"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", ["unknown_type"], id="PostScript"),
        pytest.param(saved(plain(), "WEBP")[:40], ["unreadable"], id="only a header"),
        pytest.param(saved(plain(), "JPEG") + archive({"a": b"a"}), ["polyglot"], id="a picture and an archive"),
        pytest.param(saved(plain(), "JPEG") + signing.pdf(["x"]), ["polyglot"], id="a picture and a document"),
        pytest.param(archive({"a.jpg": saved(plain(), "JPEG")}), ["nested_archive"], id="an archive"),
        pytest.param(
            with_text("AIGC", "{" * 9_000_000, zip=True), ["unreadable"], id="a text that unpacks to megabytes"
        ),
        pytest.param(b"%PDF-1.7\n" + b"\xff" * 5000, ["unreadable"], id="only begins like a document"),
        pytest.param(pdf_with(SCRIPT, *ONE_PAGE), ["script"], id="a script"),
        pytest.param(pdf_with(b"<</Type/Catalog/Pages 2 0 R>>", LOOP), ["unreadable"], id="pages in a circle"),
        pytest.param(encrypted(), ["encrypted"], id="a password"),
        pytest.param(many_pages(6), ["too_many_pages"], id="too many pages"),
    ],
)
def test_a_hostile_file_is_a_line_of_the_report(read: Read, content: bytes, codes: list[str]) -> None:
    assert [each.code for each in read(content).problems] == codes
    assert read(saved(CODED, "JPEG")).of(What.BARCODE)[0].value == BARCODE


@pytest.mark.parametrize(
    ("format", "mode"),
    [
        ("JPEG", "CMYK"),
        ("JPEG", "L"),
        ("PNG", "I;16"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("TIFF", "F"),
        ("TIFF", "CMYK"),
        ("WEBP", "RGB"),
        ("HEIF", "RGB"),
        ("AVIF", "RGB"),
        ("GIF", "P"),
        ("BMP", "RGB"),
    ],
)
def test_every_kind_of_picture_is_read(read: Read, format: str, mode: str) -> None:
    """Including codes: every image mode keeps the content."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    picture = CODED.convert("L") if mode in ("I;16", "F") else CODED
    made = picture.convert("I;16").point(lambda value: value * 250) if mode == "I;16" else picture.convert(mode)
    found = read(saved(made, format))
    assert found.problems == ()
    assert [each.value for each in found.of(What.BARCODE)] == [BARCODE]


@pytest.mark.parametrize("missing", [2, 2_000])
def test_an_incomplete_picture_is_read_as_far_as_it_goes(read: Read, missing: int) -> None:
    """Other programs show it too, so a label is not hidden by leaving out the end."""
    whole = saved(CODED, "JPEG", xmp=xmp(aigc("1")))
    found, of_the_whole = read(whole[:-missing]), read(whole)
    assert [each.code for each in found.problems] == ["truncated"]
    assert [each.value for each in found.of(What.BARCODE)] == [BARCODE]
    assert [each.value for each in found.of(What.LABEL)] == ["1"]
    first, second = (int(each.of(What.PICTURE_HASH)[0].value, 16) for each in (found, of_the_whole))
    assert (first ^ second).bit_count() <= NEAR


def test_the_label_of_a_picture_that_cannot_be_decoded_is_read(read: Read) -> None:
    found = read(saved(CODED, "AVIF", xmp=xmp(aigc("1")))[:-10])
    assert [each.code for each in found.problems] == ["undecodable"]
    assert [each.value for each in found.of(What.LABEL)] == ["1"]
    assert (found.width, found.of(What.PICTURE_HASH)) == (None, ())


def test_a_photo_with_a_preview_behind_it_is_a_jpeg(read: Read) -> None:
    found = read(saved(CODED, "MPO", save_all=True, append_images=[CODED.resize((100, 75))]))
    assert (found.media_type, found.width, found.problems) == ("image/jpeg", CODED.width, ())
    assert [each.value for each in found.of(What.BARCODE)] == [BARCODE]


@pytest.mark.parametrize("size", [(1, 1), (1, 9_000), (9_000, 1)])
def test_a_picture_of_any_shape_is_read(read: Read, size: tuple[int, int]) -> None:
    found = read(saved(Image.new("RGB", size), "PNG"))
    assert (found.width, found.height, found.problems) == (*size, ())


def test_a_picture_is_turned_upright(read: Read) -> None:
    """Places refer to the upright picture."""
    exif = Image.Exif()
    exif[0x0112] = 6
    found = read(saved(CODED.rotate(90, expand=True), "JPEG", exif=exif))
    assert (found.width, found.height) == CODED.size


@pytest.mark.parametrize(
    ("limits", "content", "code"),
    [
        (Limits(seconds=1), saved(Image.new("L", (8_000, 7_900), 9), "WEBP", lossless=True), "out_of_time"),
        (Limits(memory_bytes=2**20 * 100), png(8_000, 7_900, bytes(8_001 * 7_900)), "out_of_memory"),
    ],
)
def test_a_file_that_takes_too_much_is_given_up_and_the_next_is_read(limits: Limits, content: bytes, code: str) -> None:
    with Examiner(limits) as examiner:
        found = examiner.read(content, at="2022-05-01T00:00:00+08:00")
        assert [each.code for each in found.problems] == [code]
        assert examiner.read(saved(plain(), "JPEG"), at="2022-05-01T00:00:00+08:00").width == 320


def test_if_the_process_ends_another_is_started() -> None:
    with Examiner(Limits()) as examiner:
        assert examiner.isolation is not None
        assert examiner._process is not None
        examiner._process.kill()
        first = examiner.read(saved(plain(), "JPEG"), at="2022-05-01T00:00:00+08:00")
        second = examiner.read(saved(plain(), "JPEG"), at="2022-05-01T00:00:00+08:00")
    assert [each.code for each in first.problems] == ["crashed"]
    assert second.width == 320


@pytest.mark.parametrize(
    "reply",
    [
        None,
        [],
        {},
        {"result": {}, "problem": {"code": 1}},
        {"result": {"width": "wide"}},
        {"result": {"media_type": "x", "surprise": 1}},
        {"result": {"readings": [{"what": "fraud_score", "value": "9", "method": "x"}]}},
        {"result": {"readings": [{"what": "barcode", "value": "9" * 500_000, "method": "x"}]}},
        {"result": {"readings": [{"what": "barcode", "value": "9", "method": "x", "details": {"a": []}}]}},
    ],
)
def test_a_forged_reply_of_the_process_is_refused(reply: Any) -> None:
    def otherwise(problem: Problem) -> FileReading:
        return FileReading(problems=(problem,))

    assert [each.code for each in _decoded(reply, FileReading, otherwise).problems] == ["crashed"]


# Bundles

SAYS_UTF_8: Final = 0x800


def made_archive(fill: Callable[[zipfile.ZipFile], None]) -> bytes:
    """An archive filled by a function."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        fill(made)
    return written.getvalue()


def unpacked(examiner: Examiner, content: bytes, place: Path) -> tuple[dict[str, int], list[tuple[str, object]]]:
    """The names and sizes of an archive's files, and what was left out."""
    (place / "bundle.zip").write_bytes(content)
    bundle = opened([place / "bundle.zip"], examiner)
    found = {each.name: len(each.content) for each in bundle.files}
    return found, [(each.code, each.params.get("name")) for each in bundle.problems]


def test_names_never_escape_from_an_archive(examiner: Examiner, tmp_path: Path) -> None:
    names = ("../a", "/etc/passwd", "b/../../c", "C:\\d", "\\\\host\\e", "f\\..\\..\\g")
    found, problems = unpacked(examiner, archive({**dict.fromkeys(names, b"x"), "ok/h": b"x"}), tmp_path)
    assert found == {"ok/h": 1}
    assert problems == [("unsafe_name", name) for name in names]
    assert [*tmp_path.iterdir()] == [tmp_path / "bundle.zip"]


def test_a_name_in_gbk_is_read_as_chinese(examiner: Examiner, tmp_path: Path) -> None:
    """As in archives from Chinese Windows. Also UTF-8 without the flag for it."""
    for encoding, flags in (("gbk", 0), ("utf-8", 0), ("gbk", SAYS_UTF_8), ("utf-8", SAYS_UTF_8)):
        found, problems = unpacked(examiner, _with_raw_name("破损照片.jpg".encode(encoding), flags), tmp_path)
        assert (found, problems) == ({"破损照片.jpg": 1}, [])


@pytest.mark.parametrize("flags", [0, SAYS_UTF_8])
def test_a_name_ends_at_nul(examiner: Examiner, tmp_path: Path, flags: int) -> None:
    """As other programs have it; PostgreSQL stores no NUL."""
    assert unpacked(examiner, _with_raw_name(b"a.jpg\0.exe", flags), tmp_path) == ({"a.jpg": 1}, [])


def _with_raw_name(raw: bytes, flags: int) -> bytes:
    """An archive of one file of one byte, with a raw name."""
    crc = zlib.crc32(b"x")
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, flags, 0, 0, 0, crc, 1, 1, len(raw), 0) + raw + b"x"
    central = struct.pack(
        "<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, flags, 0, 0, 0, crc, 1, 1, len(raw), 0, 0, 0, 0, 0, 0
    )
    central += raw
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def test_a_bomb_is_left_out_whatever_its_header_claims(examiner: Examiner, tmp_path: Path) -> None:
    bomb = archive({"bomb": bytes(examiner.limits.file_bytes + 1), "small": b"x"})
    modest = bomb.replace(struct.pack("<I", examiner.limits.file_bytes + 1), struct.pack("<I", 9))
    assert unpacked(examiner, bomb, tmp_path) == ({"small": 1}, [("too_large_member", "bomb")])
    assert unpacked(examiner, modest, tmp_path) == ({"small": 1}, [("unreadable_member", "bomb")])


def test_all_files_together_are_bounded_too(examiner: Examiner, tmp_path: Path) -> None:
    half = Random(1).randbytes(2**20)
    found, problems = unpacked(
        examiner, archive({str(number): half for number in range(3)} | {"x": bytes(2**21)}), tmp_path
    )
    assert [*found] == ["0", "1", "2"]
    assert problems == [("too_large_member", "x")]


def test_only_so_many_files_are_taken(examiner: Examiner, tmp_path: Path) -> None:
    found, problems = unpacked(examiner, archive({str(number): b"x" for number in range(30)}), tmp_path)
    assert len(found) == examiner.limits.files
    assert problems == [("too_many_files", None)]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_that_repeats_one_name_is_read_as_far_as_the_limit(examiner: Examiner, tmp_path: Path) -> None:
    def fill(made: zipfile.ZipFile) -> None:
        for _ in range(30):
            made.writestr("twice", b"x")

    found, problems = unpacked(examiner, made_archive(fill), tmp_path)
    assert found == {"twice": 1}
    assert problems == [("repeated_name", "twice")] * (examiner.limits.files - 1) + [("too_many_files", None)]


def test_a_link_in_an_archive_is_left_out(examiner: Examiner, tmp_path: Path) -> None:
    def fill(made: zipfile.ZipFile) -> None:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        made.writestr(link, b"/etc/passwd")

    assert unpacked(examiner, made_archive(fill), tmp_path) == ({}, [("not_a_file", "link")])


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_name_in_gbk_in_a_folder_is_read_as_chinese(examiner: Examiner, tmp_path: Path, encoding: str) -> None:
    """As `unzip` writes it; nothing else could be written as JSON."""
    (tmp_path / os.fsdecode("破损.jpg".encode(encoding))).write_bytes(b"x")
    (tmp_path / os.fsdecode(b"\xff.jpg")).write_bytes(b"y")
    assert {each.name for each in opened([tmp_path], examiner).files} == {"破损.jpg", "\ufffd.jpg"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_files_that_cannot_be_unpacked_are_named(examiner: Examiner, tmp_path: Path) -> None:
    def fill(made: zipfile.ZipFile) -> None:
        made.writestr("twice", b"one")
        made.writestr("twice", b"another")

    assert unpacked(examiner, made_archive(fill), tmp_path) == ({"twice": 3}, [("repeated_name", "twice")])
    locked = bytearray(archive({"locked": b"x"}))
    for place in (6, locked.index(b"PK\1\2") + 8):
        locked[place] |= 1
    assert unpacked(examiner, bytes(locked), tmp_path) == ({}, [("encrypted_member", "locked")])
    assert unpacked(examiner, b"PK\3\4 and nothing else", tmp_path) == ({}, [("unreadable", None)])


def test_links_and_devices_in_a_folder_are_not_followed(examiner: Examiner, tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "a").write_bytes(report())
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "out").symlink_to(tmp_path)
    __import__("os").mkfifo(folder / "pipe")
    bundle = opened([folder], examiner)
    assert [each.name for each in bundle.files] == ["a"]
    assert [(each.code, each.params["name"]) for each in bundle.problems] == [
        ("not_a_file", name) for name in ("link", "out", "pipe")
    ]
