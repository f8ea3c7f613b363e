"""Labels of generated content as programs write them: any encoding, any letters, any place; and what is no label."""

from __future__ import annotations

import base64
import json
from typing import Final

import pytest
from PIL.ExifTags import Base
from PIL.PngImagePlugin import PngInfo

from adjudicator.evidence.readings import What
from evidence.conftest import Read
from evidence.made import aigc, plain, saved, with_exif, with_text, xmp

WHOLE: Final = json.dumps({"AIGC": json.loads(aigc("1"))})
CHINESE: Final = json.dumps({"AIGC": {"Label": "1", "ContentProducer": "某公司"}}, ensure_ascii=False)
ASCII, UNICODE, NONE = b"ASCII\0\0\0", b"UNICODE\0", b"\0" * 8


def with_international_text(name: str, text: str, *, zip: bool) -> bytes:
    """A PNG with a text in UTF-8."""
    info = PngInfo()
    info.add_itxt(name, text, "zh", "", zip)
    return saved(plain(), "PNG", pnginfo=info)


def commented(code: bytes, text: str, encoding: str) -> bytes:
    """A JPEG with a comment in EXIF."""
    return with_exif({Base.UserComment: code + text.encode(encoding)})


def in_xmp(packet: bytes) -> bytes:
    """A JPEG with XMP."""
    return saved(plain(), "JPEG", xmp=packet)


def named(name: str) -> bytes:
    """XMP whose label has another name or namespace."""
    return xmp(aigc("1")).replace(b"TC260:AIGC>", f"TC260:{name}>".encode())


PARTS: Final = b"<TC260:Label>1</TC260:Label><TC260:ContentProducer>x</TC260:ContentProducer>"


@pytest.mark.parametrize(
    "content",
    [
        with_text("AIGC", aigc("1"), zip=True),
        with_text("aigc", aigc("1")),
        with_text("AIGC", aigc("1").lower()),
        with_text("AIGC", aigc(" 1 ")),
        with_text("AIGC", aigc(1)),
        with_text("AIGC", json.dumps({"AIGC": aigc("1")})),
        with_text("Comment", WHOLE),
        with_text("Description", f"AIGC:{aigc('1')}"),
        with_international_text("AIGC", aigc("1"), zip=False),
        with_international_text("AIGC", CHINESE, zip=True),
        in_xmp(xmp(aigc("1"), attribute=True)),
        in_xmp(named("aigc")),
        in_xmp(xmp(aigc("1")).replace(b"http://www.tc260.org.cn/ns/AIGC/1.0/", b"https://www.tc260.org.cn/ns/aigc")),
        in_xmp(xmp("@").replace(b"@", PARTS)),
        in_xmp(xmp(WHOLE).replace(b"TC260:AIGC>", b"TC260:description>")),
        commented(ASCII, WHOLE, "ascii"),
        commented(ASCII, WHOLE.lower(), "ascii"),
        commented(ASCII, json.dumps({"AIGC": aigc("1")}), "ascii"),
        commented(ASCII, f"AIGC={aigc('1')}", "ascii"),
        commented(UNICODE, CHINESE, "utf-16-be"),
        commented(UNICODE, CHINESE, "utf-16-le"),
        commented(UNICODE, CHINESE, "utf-16"),
        commented(UNICODE, "\ufeff" + CHINESE, "utf-16-be"),
        commented(UNICODE, CHINESE, "utf-8"),
        commented(NONE, CHINESE, "gb18030"),
        commented(b"", CHINESE, "utf-8"),
        with_exif({}, {Base.XPTitle: WHOLE.encode("utf-16-le")}),
        with_exif({}, {Base.Copyright: WHOLE}),
        with_exif({Base.MakerNote: WHOLE.encode()}),
        saved(plain(), "JPEG", comment=WHOLE.encode()),
        saved(plain().convert("P"), "GIF", comment=WHOLE.encode()),
        saved(plain(), "AVIF", xmp=xmp(aigc("1"))),
    ],
)
def test_a_label_is_read_however_it_is_written(read: Read, content: bytes) -> None:
    found = read(content)
    assert [each.value for each in found.of(What.LABEL)] == ["1"]
    assert found.problems == ()


def with_source(name: str, *, attribute: bool = False) -> bytes:
    """A JPEG whose XMP states a digital source type."""
    source = f"http://cv.iptc.org/newscodes/digitalsourcetype/{name}"
    space = 'xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    element = f"<ext:DigitalSourceType {space}>{source}</ext:DigitalSourceType>"
    link = f'<rdf:Description {space} ext:DigitalSourceType="{source}"/>'
    described = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">@</rdf:RDF>'
    return in_xmp(described.replace(b"@", (link if attribute else element).encode()))


@pytest.mark.parametrize("attribute", [False, True])
def test_a_stated_digital_source_type_is_a_label_if_no_camera_took_the_picture(read: Read, attribute: bool) -> None:
    """Many generators write nothing else."""
    found = read(with_source("trainedAlgorithmicMedia", attribute=attribute))
    ((value, method),) = [(each.value, each.method) for each in found.of(What.LABEL)]
    assert (value, method.partition(",")[0]) == ("1", "IPTC digital source type")
    taken = read(with_source("digitalCapture", attribute=attribute))
    assert (taken.of(What.LABEL), taken.problems) == ((), ())


@pytest.mark.parametrize(
    "content",
    [
        with_text("Comment", json.dumps({"Label": "1"})),
        with_text("Comment", json.dumps({"label": 1, "title": "AIGC"})),
        with_text("parameters", "a cat\nSteps: 20, Label: 1"),
        commented(ASCII, "Label: AIGC 1", "ascii"),
        in_xmp(xmp(json.dumps({"Label": "1"})).replace(b"TC260:AIGC>", b"TC260:description>")),
        with_exif({Base.MakerNote: b"{" * 5_000}),
    ],
)
def test_another_text_is_no_label(read: Read, content: bytes) -> None:
    found = read(content)
    assert (found.of(What.LABEL), found.problems) == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        aigc("0"),
        aigc("01"),
        aigc(True),
        aigc(1.0),
        aigc(["1"]),
        json.dumps([json.loads(aigc("1"))]),
        aigc("1") * 2,
        base64.b64encode(aigc("1").encode()).decode(),
    ],
)
def test_a_label_that_says_nothing_known_is_reported(read: Read, text: str) -> None:
    """It is not guessed what it means, and a person can look."""
    found = read(with_text("AIGC", text))
    assert found.of(What.LABEL) == ()
    assert [each.code for each in found.problems] == ["label_unreadable"]
