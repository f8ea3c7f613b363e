"""Plots of a report as SVG: horizontal bars, with the label of each above it, so that they can be read on a phone."""

from __future__ import annotations

from typing import Final

from adjudicator.comparison.blocks import Plot
from adjudicator.explain.sanitize import shown
from adjudicator.rulebook.drawing import BLUE, SIZE, box, line, picture, text, width, written

WIDTH: Final = 343
"""The width of a page on a phone of 375 pixels."""
ROW: Final = 38
HEIGHT: Final = 12
RED: Final = "#c0392b"


def drawn(plot: Plot, name: str) -> str:
    """A plot as SVG source; ``name`` distinguishes it from others on its page."""
    described = [f"{shown(bar.label)}: {bar.text}" for bar in plot.bars]
    drawing = picture(name, shown(plot.title), described)
    least, most = min((0, *(bar.value for bar in plot.bars))), max((0, *(bar.value for bar in plot.bars)))
    scale = (WIDTH - 2) / ((most - least) or 1)
    zero = 1 - least * scale
    for place, bar in enumerate(plot.bars):
        top = place * ROW
        amount = width(bar.text)
        text(drawing, 0, top + SIZE, shortened(shown(bar.label), WIDTH - amount - SIZE))
        text(drawing, WIDTH, top + SIZE, bar.text, anchor="end", bold=bar.value != 0)
        left, long = zero + min(bar.value, 0) * scale, abs(bar.value) * scale
        box(drawing, left, top + SIZE + 6, max(long, 0.5), HEIGHT, fill=RED if bar.value < 0 else BLUE)
    height = len(plot.bars) * ROW
    line(drawing, zero, SIZE, zero, height)
    return written(drawing, WIDTH, height)


def shortened(label: str, room: float) -> str:
    """A label cut to the available width; the table below the plot has all of it."""
    if width(label) <= room:
        return label
    while label and width(f"{label}…") > room:
        label = label[:-1]
    return f"{label}…"
