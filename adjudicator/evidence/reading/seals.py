"""Round red shapes that may be a stamp, by OpenCV. Only ever a suggestion: a red logo looks the same."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from math import pi
from typing import Any, Final

import numpy as np
from PIL import Image

from adjudicator.evidence.readings import Place, Reading, What
from adjudicator.extras import importing

with importing("ocr"):
    import cv2

METHOD: Final = f"OpenCV {version('opencv-python-headless')}"
LONGEST: Final = 1_000
"""The longest side of the picture that is searched, in pixels."""
ROUND: Final = 0.85
"""The least part of its enclosing circle that a stamp fills, its inside included."""
SMALLEST, LARGEST = 0.05, 0.6
"""The diameter of a stamp, as a part of the picture's shorter side."""
INK: Final = (0.05, 0.75)
"""The part of a stamp that is red: a ring with letters, and no red disc."""


def read(image: Image.Image) -> Iterable[Reading]:
    """The places in an upright picture that may be a stamp."""
    scale = min(1.0, LONGEST / max(image.size))
    smaller = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale)))).convert("RGB")
    ink = _red(np.asarray(smaller))
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for outline in outlines:
        (x, y), radius = cv2.minEnclosingCircle(outline)
        if _is_round(outline, radius, min(smaller.size)) and _is_inked(ink, x, y, radius):
            left, top, right, bottom = (
                round(each / scale) for each in (x - radius, y - radius, x + radius, y + radius)
            )
            yield Reading(
                what=What.SEAL,
                value="perhaps a stamp",
                method=METHOD,
                place=Place(polygon=((left, top), (right, top), (right, bottom), (left, bottom))),
            )


def _red(pixels: Any) -> Any:
    """Where a picture is red: hues around 0, neither pale nor dark."""
    hues = cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV)
    low = cv2.inRange(hues, (0, 70, 70), (12, 255, 255))
    high = cv2.inRange(hues, (165, 70, 70), (180, 255, 255))
    return cv2.bitwise_or(low, high)


def _is_round(outline: Any, radius: float, side: int) -> bool:
    filled = cv2.contourArea(cv2.convexHull(outline))
    return SMALLEST * side <= 2 * radius <= LARGEST * side and filled >= ROUND * pi * radius**2


def _is_inked(ink: Any, x: float, y: float, radius: float) -> bool:
    disc = np.zeros_like(ink)
    cv2.circle(disc, (round(x), round(y)), round(radius), 255, -1)
    return INK[0] <= cv2.countNonZero(cv2.bitwise_and(ink, disc)) / max(1, cv2.countNonZero(disc)) <= INK[1]
