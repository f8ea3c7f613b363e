"""The label that generated content must carry in China since 1 September 2025 (GB 45438-2025): a JSON object called ``AIGC``.

It is written into XMP, into a text of a PNG, or into EXIF. ``Label`` is 1 for content that is generated, 2 for content that may be,
and 3 for content that is suspected to be. Metadata is easily lost: the absence of a label says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from PIL import ExifTags, Image
from PIL import __version__ as pillow

from adjudicator.evidence.readings import Reading, What

METHOD: Final = f"GB 45438-2025, Pillow {pillow}"
NAMES: Final = frozenset({"AIGC", "{http://www.tc260.org.cn/ns/AIGC/1.0/}AIGC"})
MOST: Final = 2**20
"""Bytes of metadata that are looked at."""
_EXIF_TEXTS: Final = (ExifTags.Base.UserComment, ExifTags.Base.ImageDescription, ExifTags.Base.XPComment)
_CODES: Final = (b"ASCII\0\0\0", b"UNICODE\0", b"JIS\0\0\0\0\0", b"\0\0\0\0\0\0\0\0")


def read(image: Image.Image) -> Iterable[Reading]:
    """Every label in a picture, each once, with the place in its metadata."""
    found: dict[str, Reading] = {}
    for place, text in _texts(image):
        label = _label(text)
        if label is not None and label not in found:
            found[label] = Reading(what=What.LABEL, value=label, method=METHOD, details={"in": place})
    return tuple(found.values())


def _texts(image: Image.Image) -> Iterator[tuple[str, str]]:
    """The texts that may be a label, each with its place."""
    if "AIGC" in image.info:
        yield "png", str(image.info["AIGC"])
    xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    for label in _in_xmp(xmp.encode() if isinstance(xmp, str) else xmp):
        yield "xmp", label
    exif = image.getexif()
    for tag in _EXIF_TEXTS:
        for values in (exif, exif.get_ifd(ExifTags.IFD.Exif)):
            if value := values.get(tag):
                yield "exif", _exif_text(value)


def _in_xmp(packet: bytes) -> Iterator[str]:
    if not packet or len(packet) > MOST:
        return
    try:
        root = ElementTree.fromstring(packet.strip(b"\0 \r\n\t"), forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError):
        return
    for element in root.iter():
        if element.tag in NAMES:
            yield "".join(element.itertext())
        yield from (value for name, value in element.attrib.items() if name in NAMES)


def _exif_text(value: Any) -> str:
    if isinstance(value, tuple):
        value = bytes(each & 0xFF for each in value if isinstance(each, int))
    if not isinstance(value, bytes):
        return str(value)
    code, text = (value[:8], value[8:]) if value[:8] in _CODES else (b"", value)
    encodings: tuple[str, ...]
    if code == b"UNICODE\0":
        encodings = ("utf-16-be", "utf-16-le") if text[:1] == b"\0" else ("utf-16-le", "utf-8")
    else:
        encodings = ("utf-16-le", "utf-8") if text[1:2] == b"\0" else ("utf-8",)
    for encoding in encodings:
        try:
            return text.decode(encoding).rstrip("\0 ")
        except UnicodeDecodeError:
            continue
    return ""


def _label(text: str) -> str | None:
    """The value of ``Label`` in a text, if the text is an ``AIGC`` object or has one."""
    if len(text) > MOST or "Label" not in text:
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(document, dict) and isinstance(document.get("AIGC"), dict):
        document = document["AIGC"]
    label = document.get("Label") if isinstance(document, dict) else None
    return str(label) if str(label) in ("1", "2", "3") else None
