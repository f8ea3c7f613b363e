"""The origin that the XMP of a picture states: the IPTC's digital source type, which many generators write and none has to sign."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from PIL import Image
from PIL import __version__ as pillow

from adjudicator.evidence.reading import xmp
from adjudicator.evidence.reading.credentials import GENERATED
from adjudicator.evidence.readings import Reading, What

METHOD: Final = f"IPTC digital source type, Pillow {pillow}"
NAME: Final = "digitalsourcetype"
IS_GENERATED: Final = "1"
"""As in the ``Label`` of other generated content."""


def read(image: Image.Image) -> Iterator[Reading]:
    """That a picture states that no camera took it; nothing for any other origin."""
    stated = {value.strip().rpartition("/")[2] for element in xmp.elements(image) for value in _stated(element)}
    for source in sorted(stated & GENERATED):
        yield Reading(what=What.LABEL, value=IS_GENERATED, method=METHOD, details={"in": "xmp", "source": source})


def _stated(element: Element) -> Iterator[str]:
    yield from (value for name, value in element.attrib.items() if xmp.local(name) == NAME)
    if xmp.local(element.tag) == NAME:
        yield from (element.text or "", *element.attrib.values())
