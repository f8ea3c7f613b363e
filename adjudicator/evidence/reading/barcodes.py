"""Barcodes, read by ZXing-C++. Only formats with a check of their own are read, and a value counts only if several looks agree.

One look is not enough: in generated pictures with bars 2.5 pixels wide, two to five EAN-13 in a hundred also read as another number
whose check digit fits. So the place of every code is looked at again, enlarged, softened and turned a little, and :data:`VOTES` of
:data:`LOOKS` have to read the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from importlib.metadata import version
from math import cos, radians, sin
from typing import Final, TypeAlias

import zxingcpp
from attrs import frozen
from PIL import Image, ImageFilter

from adjudicator.evidence.readings import Place, Reading, What

Box: TypeAlias = tuple[int, int, int, int]
Point: TypeAlias = tuple[float, float]

ANGLES: Final = (0, 20, -20, 40, -40, 45)
"""Degrees by which a picture is turned, one after the other until something is found. The library itself tries 0, 90, 180 and 270."""
LONGEST_TURNED: Final = 2_400
"""The longest side of a picture that is turned, in pixels; a larger one is reduced."""
RETAIL: Final = (zxingcpp.BarcodeFormat.EAN13, zxingcpp.BarcodeFormat.EAN8)
"""EAN-13 includes UPC-A and ISBN. UPC-E is not read: its check is weaker, and few packages have it."""
TRANSPORT: Final = (zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode)
"""No Code 39, ITF or Codabar: without a check character, half a code reads as a whole one."""
METHOD: Final = f"zxing-cpp {version('zxing-cpp')}"
WAYBILL: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{7,39}")
"""The form of waybill numbers, and of the numbers of packages, which may end with a hyphen. A QR code with anything else in it is not reported: it may be anybody's address."""
GREY: Final = 255
MARGIN: Final = 0.2
"""How much of the surroundings of a code is looked at again, as a part of its size."""


def _enlarged(grey: Image.Image, factor: float) -> Image.Image:
    size = (max(1, round(grey.width * factor)), max(1, round(grey.height * factor)))
    return grey.resize(size, Image.Resampling.BICUBIC)


def _tilted(grey: Image.Image, angle: float) -> Image.Image:
    return grey.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=GREY)


LOOKS: Final[Sequence[Callable[[Image.Image], Image.Image]]] = (
    lambda grey: grey,
    lambda grey: _enlarged(grey, 1.5),
    lambda grey: _enlarged(grey, 2),
    lambda grey: _enlarged(grey.filter(ImageFilter.GaussianBlur(0.8)), 2),
    lambda grey: _enlarged(grey.filter(ImageFilter.UnsharpMask(2, 120, 0)), 2),
    lambda grey: _tilted(_enlarged(grey, 2), 4),
    lambda grey: _tilted(_enlarged(grey, 2), -4),
)
"""The ways in which the place of a code is looked at again."""
VOTES: Final = 4


@frozen
class Found:
    """A code in a picture, and its corners there."""

    what: What
    text: str
    format: str
    corners: tuple[Point, ...]


def read(image: Image.Image, wanted: Collection[str] = ()) -> Iterable[Reading]:
    """The barcodes in an upright picture that several looks confirm, up to the first angle at which there are any.

    With numbers that are ``wanted``, up to the first angle at which there is one of them: next to another code, it may lie at another angle.
    """
    grey = image.convert("L")
    confirmed: dict[tuple[What, str], Reading] = {}
    for angle in ANGLES:
        turned, scale = (grey, 1.0) if angle == 0 else _turned(grey, angle)
        candidates = tuple(_codes(turned))
        for box in _places(candidates, turned):
            votes = _votes(turned.crop(box))
            for each in candidates:
                agreeing = votes[each.what, each.text]
                if agreeing >= VOTES and (each.what, each.text) not in confirmed:
                    polygon = tuple(_back(corner, angle, scale, turned, grey) for corner in each.corners)
                    confirmed[each.what, each.text] = Reading(
                        what=each.what,
                        value=each.text,
                        method=METHOD,
                        place=Place(polygon=polygon),
                        details={"format": each.format, "turned": angle, "agreeing": agreeing, "looks": len(LOOKS)},
                    )
        if confirmed and (not wanted or any(_is_one_of(wanted, code) for _, code in confirmed)):
            break
    return tuple(confirmed.values())


def _is_one_of(wanted: Collection[str], code: str) -> bool:
    """Whether a code is one of some numbers: orders write retail barcodes with or without zeros before them."""
    return code in wanted or code.lstrip("0") in {each.lstrip("0") for each in wanted}


def check_digit_fits(digits: str) -> bool:
    """Whether the last digit of an EAN-13, EAN-8 or UPC-A is its check digit (GS1 General Specifications)."""
    weighted = (int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(weighted) % 10 == 0


def _codes(grey: Image.Image) -> Iterator[Found]:
    """The codes of a known form, each time they are read."""
    for found in zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats([*RETAIL, *TRANSPORT])):
        text, place = found.text, found.position
        if found.format in RETAIL:
            what = What.BARCODE
            fits = text.isdecimal() and check_digit_fits(text)
        else:
            what = What.CODE
            fits = WAYBILL.fullmatch(text) is not None
        if found.valid and fits:
            corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
            yield Found(what, text, str(found.format), tuple((corner.x, corner.y) for corner in corners))


def _votes(part: Image.Image) -> Counter[tuple[What, str]]:
    """In how many looks at a part of a picture each code is read."""
    return Counter(code for look in LOOKS for code in {(each.what, each.text) for each in _codes(look(part))})


def _places(candidates: Iterable[Found], grey: Image.Image) -> list[Box]:
    """The places with codes, with margins; places that meet are one."""
    places: list[Box] = []
    for each in candidates:
        box = _box(each.corners, grey)
        while meeting := [place for place in places if _meet(place, box)]:
            for place in meeting:
                places.remove(place)
                box = (min(place[0], box[0]), min(place[1], box[1]), max(place[2], box[2]), max(place[3], box[3]))
        places.append(box)
    return places


def _box(corners: Iterable[Point], grey: Image.Image) -> Box:
    across, down = zip(*corners, strict=True)
    margin = MARGIN * max(max(across) - min(across), max(down) - min(down))
    return (
        max(0, round(min(across) - margin)),
        max(0, round(min(down) - margin)),
        min(grey.width, round(max(across) + margin) + 1),
        min(grey.height, round(max(down) + margin) + 1),
    )


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _turned(grey: Image.Image, angle: int) -> tuple[Image.Image, float]:
    scale = min(1.0, LONGEST_TURNED / max(grey.size))
    return _tilted(_enlarged(grey, scale) if scale < 1 else grey, angle), scale


def _back(point: Point, angle: int, scale: float, turned: Image.Image, grey: Image.Image) -> tuple[int, int]:
    """A point of the turned picture, in the picture before."""
    x, y = point[0] - turned.width / 2, point[1] - turned.height / 2
    turn = radians(angle)
    before = (x * cos(turn) - y * sin(turn), x * sin(turn) + y * cos(turn))
    return round(before[0] / scale + grey.width / 2), round(before[1] / scale + grey.height / 2)
