"""The label that generated content must carry in China since 1 September 2025 (GB 45438-2025): a JSON object called ``AIGC``.

It is written into XMP, into a text of a PNG, or into EXIF. ``Label`` is 1 for content that is generated, 2 for content that may be,
and 3 for content that is suspected to be. Metadata is easily lost: the absence of a label says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from defusedxml import ElementTree
from PIL import ExifTags, Image
from PIL import __version__ as pillow

from adjudicator.evidence.reading.faults import DAMAGED
from adjudicator.evidence.readings import Reading, What

METHOD: Final = f"GB 45438-2025, Pillow {pillow}"
NAMES: Final = frozenset({"AIGC", "{http://www.tc260.org.cn/ns/AIGC/1.0/}AIGC"})
FIELDS: Final = frozenset({"ContentProducer", "ProduceID", "ContentPropagator", "PropagateID"})
"""Other fields of an ``AIGC`` object."""
MOST: Final = 2**20
"""Bytes of metadata that are looked at."""
_EXIF_TEXTS: Final = (ExifTags.Base.UserComment, ExifTags.Base.ImageDescription, ExifTags.Base.XPComment)
_CODES: Final = (b"ASCII\0\0\0", b"UNICODE\0", b"JIS\0\0\0\0\0", b"\0\0\0\0\0\0\0\0")


class UnreadableLabel(Exception):
    """Metadata have a label that says nothing known."""


def read(image: Image.Image) -> Iterator[Reading]:
    """Every label in a picture, each once, with the place in its metadata.

    Raises, after those that can be read, :class:`UnreadableLabel`, or one of :data:`~adjudicator.evidence.reading.faults.DAMAGED` for
    metadata that cannot be read: a label may be in them.
    """
    found: set[str] = set()
    fault: Exception | None = None
    for place, texts in _PLACES.items():
        try:
            for text in texts(image):
                label = _label(text, is_labelled=place != "exif")
                if label is None and place != "exif":  # a comment in EXIF may be anything
                    fault = fault or UnreadableLabel()
                elif label is not None and label not in found:
                    found.add(label)
                    yield Reading(what=What.LABEL, value=label, method=METHOD, details={"in": place})
        except DAMAGED as error:
            fault = error
    if fault is not None:
        raise fault


def _in_png(image: Image.Image) -> Iterator[str]:
    if "AIGC" in image.info:
        yield str(image.info["AIGC"])


def _in_xmp(image: Image.Image) -> Iterator[str]:
    """Labels in XMP. Raises :class:`ValueError` if it is too long or declares anything, as XML bombs do."""
    xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    packet = (xmp.encode() if isinstance(xmp, str) else xmp).strip(b"\0 \r\n\t")
    if not packet:
        return
    if len(packet) > MOST:
        raise ValueError("too long")
    for element in ElementTree.fromstring(packet, forbid_dtd=True).iter():
        if element.tag in NAMES:
            yield "".join(element.itertext())
        yield from (value for name, value in element.attrib.items() if name in NAMES)


def _in_exif(image: Image.Image) -> Iterator[str]:
    exif = image.getexif()
    for tag in _EXIF_TEXTS:
        for values in (exif, exif.get_ifd(ExifTags.IFD.Exif)):
            if value := values.get(tag):
                yield _exif_text(value)


_PLACES: Final[Mapping[str, Callable[[Image.Image], Iterator[str]]]] = {
    "png": _in_png,
    "xmp": _in_xmp,
    "exif": _in_exif,
}


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
        encodings = ("utf-16-le", "utf-8") if text[1:2] == b"\0" else ("utf-8", "gb18030")
    for encoding in encodings:
        try:
            return text.decode(encoding).rstrip("\0 ")
        except UnicodeDecodeError:
            continue
    return ""


def _label(text: str, *, is_labelled: bool) -> str | None:
    """The value of ``Label`` in a text: an object that has an ``AIGC`` object, or is one.

    A text that is not ``is_labelled`` by its place is one only if it also has another field of such objects: other programs write a
    ``Label`` too.
    """
    if len(text) > MOST or "Label" not in text:
        return None
    try:
        document = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    if isinstance(document.get("AIGC"), dict):
        document, is_labelled = document["AIGC"], True
    label = str(document.get("Label"))
    return label if label in ("1", "2", "3") and (is_labelled or FIELDS & document.keys()) else None
