"""XMP, the metadata that programs write into pictures as XML. It is parsed by defusedxml."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from defusedxml import ElementTree
from PIL import Image

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST: Final = 2**20
"""Bytes of XMP that are looked at."""


def elements(image: Image.Image) -> Iterator[Element]:
    """The elements of the XMP of a picture. Raises :class:`ValueError` if it is too long or declares anything, as XML bombs do."""
    found = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    packet = (found.encode() if isinstance(found, str) else found).strip(b"\0 \r\n\t")
    if not packet:
        return
    if len(packet) > MOST:
        raise ValueError("too long")
    yield from ElementTree.fromstring(packet, forbid_dtd=True).iter()


def local(name: object) -> str:
    """The name of an element or attribute in small letters, without its namespace: programs do not agree on that."""
    return str(name).rpartition("}")[2].lower()
