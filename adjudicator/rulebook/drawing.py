"""Drawing: the shapes of pictures in SVG.

A picture takes its ink from the page that it stands in, so that it can be read by day, by night and on paper. Its text is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final
from unicodedata import east_asian_width
from xml.etree import ElementTree as ET

SIZE: Final = 13
"""The size of text, in the units of a picture."""
INK: Final = "currentColor"
BLUE: Final = "#4a7fd6"
GREEN: Final = "#2e9e5b"

_WORDS: Final = re.compile(r"[\u3000-\u9fff\uff00-\uffef]|[^\s_\u3000-\u9fff\uff00-\uffef]+[\s_]*|[\s_]+")
"""Where a line can break: after a space, after an underscore, and after a Chinese character."""


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
    """A picture of this size as text."""
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
    """A line of text, which stands on its base."""
    element = ET.SubElement(picture, "text", x=number(left), y=number(base), fill=INK)
    element.text = said
    if anchor != "start":
        element.set("text-anchor", anchor)
    if bold:
        element.set("font-weight", "bold")
    if size != SIZE:
        element.set("font-size", number(size))


def box(picture: ET.Element, left: float, top: float, width: float, height: float, **look: str) -> ET.Element:
    """A box, with its looks as attributes of SVG."""
    drawn = ET.SubElement(picture, "rect", x=number(left), y=number(top), width=number(width), height=number(height))
    for name, value in look.items():
        drawn.set(name.replace("_", "-"), value)
    return drawn


def line(picture: ET.Element, x1: float, y1: float, x2: float, y2: float) -> None:
    """A straight line."""
    ET.SubElement(picture, "line", x1=number(x1), y1=number(y1), x2=number(x2), y2=number(y2), stroke=INK)


def path(picture: ET.Element, steps: str, **look: str) -> ET.Element:
    """A line of any form, with its looks as attributes of SVG."""
    drawn = ET.SubElement(picture, "path", d=steps, fill="none", stroke=INK)
    for name, value in look.items():
        drawn.set(name.replace("_", "-"), value)
    return drawn


def number(value: float) -> str:
    """A number to a tenth: no eye sees more."""
    return f"{value:.1f}".removesuffix(".0")


def wrapped(said: str, room: float, size: float = SIZE) -> Iterator[str]:
    """A text in lines of a width."""
    held = ""
    for word in _WORDS.findall(said):
        if held and width(held + word, size) > room:
            yield held.rstrip()
            held = ""
        held += word
    yield held.rstrip()


def width(said: str, size: float = SIZE) -> float:
    """About how wide a text is: wide signs are as wide as they are high, others take little more than half of that."""
    return sum(size if east_asian_width(each) in "WF" else size * 0.55 for each in said)
