"""The label that generated content must carry in China since 1 September 2025 (GB 45438-2025): a JSON object called ``AIGC``.

It is written into XMP, into a text of a PNG, or into EXIF. ``Label`` is 1 for content that is generated, 2 for content that may be,
and 3 for content that is suspected to be. Metadata is easily lost: the absence of a label says nothing. Programs write it in their own ways:
in any encoding, in small letters, as a string within JSON, or after its name; each is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from PIL import ExifTags, Image
from PIL import __version__ as pillow

from adjudicator.evidence.reading import xmp
from adjudicator.evidence.reading.faults import DAMAGED
from adjudicator.evidence.readings import Reading, What

METHOD: Final = f"GB 45438-2025, Pillow {pillow}"
NAME: Final = "aigc"
LABEL: Final = "label"
FIELDS: Final = frozenset({"contentproducer", "produceid", "contentpropagator", "propagateid"})
"""Other fields of an ``AIGC`` object, in small letters."""
MOST: Final = 2**20
"""Bytes of metadata that are looked at."""
_NAMED: Final = re.compile(r"\s*AIGC\s*[:=]?\s*(?=\{)", re.IGNORECASE)
_CODES: Final = (b"ASCII\0\0\0", b"UNICODE\0", b"JIS\0\0\0\0\0", b"\0\0\0\0\0\0\0\0")
"""The names of encodings that may precede a text in EXIF. Many programs write another encoding than they name."""
_ENCODINGS: Final = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")

Text: TypeAlias = tuple[str, bool]
"""A text, and whether its place says that it is a label. Any other text may be anything."""


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
            for text, is_labelled in texts(image):
                label = _label(text, is_labelled=is_labelled)
                if label is None and is_labelled:
                    fault = fault or UnreadableLabel()
                elif label is not None and label not in found:
                    found.add(label)
                    yield Reading(what=What.LABEL, value=label, method=METHOD, details={"in": place})
        except DAMAGED as error:
            fault = error
    if fault is not None:
        raise fault


def _in_texts(image: Image.Image) -> Iterator[Text]:
    """The texts of a PNG, and the comment of a JPEG or GIF."""
    for name, value in image.info.items():
        if name == "comment" or isinstance(value, str):
            for text in _decoded(value):
                yield text, str(name).lower() == NAME


def _in_xmp(image: Image.Image) -> Iterator[Text]:
    for element in xmp.elements(image):
        if xmp.local(element.tag) == NAME:
            parts = {xmp.local(part.tag): part.text for part in element}
            yield json.dumps(parts) if LABEL in parts else "".join(element.itertext()), True
        elif element.text:
            yield element.text, False
        yield from ((value, xmp.local(name) == NAME) for name, value in element.attrib.items())


def _in_exif(image: Image.Image) -> Iterator[Text]:
    exif = image.getexif()
    for values in (exif, exif.get_ifd(ExifTags.IFD.Exif)):
        for value in [*values.values()]:
            yield from ((text, False) for text in _decoded(value))


_PLACES: Final[Mapping[str, Callable[[Image.Image], Iterator[Text]]]] = {
    "png": _in_texts,
    "xmp": _in_xmp,
    "exif": _in_exif,
}


def _decoded(value: Any) -> Iterator[str]:
    """A value of metadata as text, in each way in which its bytes may be meant: only a label is JSON with the right fields."""
    if isinstance(value, str):
        yield value
        return
    if isinstance(value, tuple) and all(isinstance(each, int) and 0 <= each < 256 for each in value):
        value = bytes(value)
    if not isinstance(value, bytes) or b"{" not in value[:MOST]:
        return
    text = value.removeprefix(next((each for each in _CODES if value.startswith(each)), b""))
    for encoding in _ENCODINGS:
        yield text[:MOST].decode(encoding, "replace")


def _label(text: str, *, is_labelled: bool) -> str | None:
    """The value of ``Label`` in a text: an object that has an ``AIGC`` object, or is one.

    A text that is not ``is_labelled`` by its place or its beginning is one only if it also has another field of such objects: other
    programs write a ``Label`` too.
    """
    if len(text) > MOST or LABEL not in text.lower():
        return None
    plain = text.strip("\ufeff\0 \r\n\t")
    if named := _NAMED.match(plain):
        plain, is_labelled = plain[named.end() :], True
    document = _object(plain)
    inner = document.get(NAME)
    if inner is not None:
        document, is_labelled = _object(inner), True
    value = document.get(LABEL)
    label = str(value).strip() if type(value) in (str, int) else None
    return label if label in ("1", "2", "3") and (is_labelled or FIELDS & document.keys()) else None


def _object(value: Any) -> dict[str, Any]:
    """An object, or one that is written as text, with its names in small letters; empty for anything else."""
    try:
        document = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return {}
    return {name.lower(): each for name, each in document.items()} if isinstance(document, dict) else {}
