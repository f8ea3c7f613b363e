"""The report of a comparison in a terminal. Plots are left out: the tables hold the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Line

from adjudicator.comparison.blocks import Beside, Block, Grid, Plot, Report, Section, Text
from adjudicator.explain.page import Page
from adjudicator.explain.sanitize import shown
from adjudicator.explain.text import written

INDENT: Final = (0, 0, 0, 2)


def report_pages(report: Report) -> Iterator[RenderableType]:
    """The report piece by piece."""
    yield Line(shown(report.title), style="bold")
    yield from (Line(shown(each)) for each in report.about)
    for section in report.sections:
        yield from section_pages(section)


def section_pages(section: Section) -> Iterator[RenderableType]:
    """A section piece by piece."""
    yield Line()
    yield Line(shown(section.heading), style="bold")
    for block in section.blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[RenderableType]:
    match block:
        case Text(text, strong):
            yield Padding(Line(shown(text), style="bold" if strong else ""), INDENT)
        case Grid():
            yield Padding(_grid(block), INDENT)
        case Beside(title, before, after):
            yield Line()
            yield Padding(Line(shown(title)), INDENT)
            yield Padding(_beside(before, after), INDENT)
        case Plot():
            pass


def _grid(grid: Grid) -> Table:
    table = Table(box=None, pad_edge=False, show_footer=False)
    for place, name in enumerate(grid.head):
        is_label = place < grid.labels
        table.add_column(Line(shown(name)), justify="left" if is_label else "right", overflow="fold")
    for place, row in enumerate(grid.rows):
        is_total = grid.total and place == len(grid.rows) - 1
        table.add_row(
            *(_cell(cell, is_number=column >= grid.labels) for column, cell in enumerate(row)),
            style="bold" if is_total else None,
        )
    return table


def _cell(text: str, *, is_number: bool) -> Line:
    return Line("\n".join(map(shown, text.split("\n"))), no_wrap=is_number)


def _beside(before: tuple[str, Page], after: tuple[str, Page]) -> Table:
    table = Table(box=None, pad_edge=False, expand=True)
    for label, _ in (before, after):
        table.add_column(Line(shown(label)), ratio=1, overflow="fold")
    table.add_row(*(Line("".join(written([page]))) for _, page in (before, after)))
    return table
