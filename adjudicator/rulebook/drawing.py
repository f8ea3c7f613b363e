"""Draw SVG pictures.

A picture inherits its colour from the page, so it works in light and dark mode and in print. Its text can be selected and searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final
from unicodedata import east_asian_width
from xml.etree import ElementTree as ET

SIZE: Final = 13
"""The font size, in SVG units."""
INK: Final = "currentColor"
BLUE: Final = "#4a7fd6"
GREEN: Final = "#2e9e5b"

_WORDS: Final = re.compile(r"[\u3000-\u9fff\uff00-\uffef]|[^\s_\u3000-\u9fff\uff00-\uffef]+[\s_]*|[\s_]+")
"""The pieces between which a line can break: after a space, an underscore or a Chinese character."""


def picture(name: str, title: str, described: Sequence[str]) -> ET.Element:
    """An empty picture with a title and a description. ``name`` distinguishes it from others on its page."""
    drawn = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img"})
    drawn.set("aria-labelledby", f"{name}-title {name}-description")
    drawn.set("font-family", "system-ui, sans-serif")
    drawn.set("font-size", str(SIZE))
    ET.SubElement(drawn, "title", id=f"{name}-title").text = title
    ET.SubElement(drawn, "desc", id=f"{name}-description").text = "\n".join(described)
    return drawn


def written(picture: ET.Element, width: float, height: float) -> str:
    """Set the size of a finished picture, and return it as SVG source."""
    picture.set("viewBox", f"0 0 {number(width)} {number(height)}")
    return ET.tostring(picture, encoding="unicode")


def text(
    picture: ET.Element,
    left: float,
    base: float,
    said: str,
    *,
    anchor: str = "start",
    bold: bool = False,
    size: float = SIZE,
) -> None:
    """Add a line of text; ``base`` is the position of its baseline."""
    element = ET.SubElement(picture, "text", x=number(left), y=number(base), fill=INK)
    element.text = said
    if anchor != "start":
        element.set("text-anchor", anchor)
    if bold:
        element.set("font-weight", "bold")
    if size != SIZE:
        element.set("font-size", number(size))


def box(picture: ET.Element, left: float, top: float, width: float, height: float, **look: str) -> ET.Element:
    """Add a rectangle; ``look`` holds further SVG attributes, with underscores for hyphens."""
    drawn = ET.SubElement(picture, "rect", x=number(left), y=number(top), width=number(width), height=number(height))
    for name, value in look.items():
        drawn.set(name.replace("_", "-"), value)
    return drawn


def line(picture: ET.Element, x1: float, y1: float, x2: float, y2: float) -> None:
    """Add a straight line."""
    ET.SubElement(picture, "line", x1=number(x1), y1=number(y1), x2=number(x2), y2=number(y2), stroke=INK)


def path(picture: ET.Element, steps: str, **look: str) -> ET.Element:
    """Add a path; ``look`` holds further SVG attributes, with underscores for hyphens."""
    drawn = ET.SubElement(picture, "path", d=steps, fill="none", stroke=INK)
    for name, value in look.items():
        drawn.set(name.replace("_", "-"), value)
    return drawn


def number(value: float) -> str:
    """A number rounded to one decimal place, which is more precise than the eye."""
    return f"{value:.1f}".removesuffix(".0")


def wrapped(said: str, room: float, size: float = SIZE) -> Iterator[str]:
    """Break a text into lines no wider than ``room``."""
    held = ""
    for word in _WORDS.findall(said):
        if held and width(held + word, size) > room:
            yield held.rstrip()
            held = ""
        held += word
    yield held.rstrip()


def width(said: str, size: float = SIZE) -> float:
    """Estimate the width of a text: Chinese characters are as wide as high, others take a little over half of that."""
    return sum(size if east_asian_width(each) in "WF" else size * 0.55 for each in said)
