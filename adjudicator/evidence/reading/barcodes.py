"""Barcodes, read by ZXing-C++. Only formats with a check of their own are read, and their check digits are verified again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.metadata import version
from math import cos, radians, sin
from typing import Final

import zxingcpp
from PIL import Image

from adjudicator.evidence.readings import Place, Reading, What

ANGLES: Final = (0, 20, -20, 40, -40, 45)
"""Degrees by which a picture is turned, one after the other until something is found. The library itself tries 0, 90, 180 and 270."""
LONGEST_TURNED: Final = 2_400
"""The longest side of a picture that is turned, in pixels; a larger one is reduced."""
RETAIL: Final = (zxingcpp.BarcodeFormat.EAN13, zxingcpp.BarcodeFormat.EAN8)
"""EAN-13 includes UPC-A and ISBN. UPC-E is not read: its check is weaker, and few packages have it."""
TRANSPORT: Final = (zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode)
"""No Code 39, ITF or Codabar: without a check character, half a code reads as a whole one."""
METHOD: Final = f"zxing-cpp {version('zxing-cpp')}"
FORMATS: Final = zxingcpp.BarcodeFormats([*RETAIL, *TRANSPORT])
WAYBILL: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{6,38}[A-Z0-9]")
"""The form of waybill numbers. A QR code with anything else in it is not reported: it may be anybody's address."""
GREY: Final = 255


def read(image: Image.Image) -> Iterable[Reading]:
    """The barcodes in an upright picture, at the first angle at which there are any."""
    grey = image.convert("L")
    for angle in ANGLES:
        turned, scale = (grey, 1.0) if angle == 0 else _turned(grey, angle)
        found = {
            (reading.what, reading.value): reading
            for each in zxingcpp.read_barcodes(turned, formats=FORMATS)
            if (reading := _reading(each, angle, scale, turned, grey)) is not None
        }
        if found:
            return tuple(found.values())
    return ()


def check_digit_fits(digits: str) -> bool:
    """Whether the last digit of an EAN-13, EAN-8 or UPC-A is its check digit (GS1 General Specifications)."""
    weighted = (int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(weighted) % 10 == 0


def _turned(grey: Image.Image, angle: int) -> tuple[Image.Image, float]:
    scale = min(1.0, LONGEST_TURNED / max(grey.size))
    if scale < 1:
        grey = grey.resize((round(grey.width * scale), round(grey.height * scale)), Image.Resampling.LANCZOS)
    return grey.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=GREY), scale


def _reading(
    found: zxingcpp.Barcode, angle: int, scale: float, turned: Image.Image, grey: Image.Image
) -> Reading | None:
    text = found.text
    if not found.valid:
        return None
    if found.format in RETAIL:
        if not text.isdecimal() or not check_digit_fits(text):
            return None
        what = What.BARCODE
    elif WAYBILL.fullmatch(text):
        what = What.CODE
    else:
        return None
    place = found.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    polygon = tuple(_back((corner.x, corner.y), angle, scale, turned, grey) for corner in corners)
    return Reading(
        what=what,
        value=text,
        method=METHOD,
        place=Place(polygon=polygon),
        details={"format": str(found.format), "turned": angle},
    )


def _back(
    point: tuple[float, float], angle: int, scale: float, turned: Image.Image, grey: Image.Image
) -> tuple[int, int]:
    """A point of the turned picture, in the picture before."""
    x, y = point[0] - turned.width / 2, point[1] - turned.height / 2
    turn = radians(angle)
    before = (x * cos(turn) - y * sin(turn), x * sin(turn) + y * cos(turn))
    return round(before[0] / scale + grey.width / 2), round(before[1] / scale + grey.height / 2)
