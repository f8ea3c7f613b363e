"""The report of a comparison in a terminal. Plots are left out: the tables hold the same numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import frozen
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Line

from adjudicator.comparison.blocks import Beside, Block, Grid, Plot, Report, Section, Text
from adjudicator.explain.page import Page
from adjudicator.explain.sanitize import shown
from adjudicator.explain.text import written

INDENT: Final = (0, 0, 0, 2)
LABEL: Final = 8
"""The least width of a column of labels, and of a long word above a column of numbers, which wrap."""
BETWEEN: Final = 2
"""The space between two columns."""


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
            yield Padding(_Fitted(block), INDENT)
        case Beside(title, before, after):
            yield Line()
            yield Padding(Line(shown(title)), INDENT)
            yield Padding(_beside(before, after), INDENT)
        case Plot():
            pass


@frozen
class _Fitted:
    """A table; where its numbers do not fit side by side, one number a line, without those that are zero."""

    grid: Grid

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        yield _grid(self.grid) if _least_width(self.grid) <= options.max_width else _listed(self.grid)


def _least_width(grid: Grid) -> int:
    """The width that a table with numbers needs, so that none of them is cut."""
    if grid.labels == len(grid.head):
        return 0
    columns = list(zip(grid.head, *grid.rows, strict=True))
    labels = sum(min(LABEL, _widest(column)) for column in columns[: grid.labels])
    numbers = sum(_number_width(head, cells) for head, *cells in columns[grid.labels :])
    return labels + numbers + (len(columns) - 1) * BETWEEN


def _number_width(head: str, cells: Iterable[str]) -> int:
    return max(min(LABEL, _widest(head.split())), _widest(cells))


def _widest(cells: Iterable[str]) -> int:
    """The cells of a terminal that the longest line of some texts takes."""
    return max((cell_len(line) for each in cells for line in each.split("\n")), default=0)


def _listed(grid: Grid) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in (*grid.head[: grid.labels], ""):
        table.add_column(Line(shown(name)), overflow="fold")
    table.add_column(justify="right", overflow="fold")
    for place, row in enumerate(grid.rows):
        is_total = grid.total and place == len(grid.rows) - 1
        labels = row[: grid.labels]
        for head, number in zip(grid.head[grid.labels :], row[grid.labels :], strict=True):
            if number == "0":
                continue
            cells = (
                *(_cell(each, is_number=False) for each in labels),
                Line(shown(head)),
                _cell(number, is_number=True),
            )
            table.add_row(*cells, style="bold" if is_total else None)
            labels = ("",) * grid.labels
    return table


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
