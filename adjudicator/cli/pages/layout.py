"""Layout elements of all pages: marks, rows and sections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from attrs import astuple, frozen
from rich.console import Console, ConsoleOptions, Group, JustifyMethod, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.rule import Rule
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from adjudicator.model.finding import Effect, Role

HEADINGS: Final = {Role.REQUIREMENT: "decision.must_hold", Role.BAR: "decision.must_not"}
"""The heading above the clauses of a role."""

Section: TypeAlias = "tuple[str, list[RenderableType]]"
"""A heading and its content; a section without content is left out."""


WIDEST: Final = 1000
"""A width that fits any columns."""


@frozen
class Marks:
    """The symbols of a page, which make it readable without colour."""

    supports: str = "✓"
    defeats: str = "✗"
    undecided: str = "?"
    item: str = "•"
    ask: str = "→"
    dash: str = "·"

    def of(self, effect: Effect) -> str:
        """The mark of a finding."""
        return {Effect.SUPPORTS: self.supports, Effect.DEFEATS: self.defeats, Effect.UNDECIDED: self.undecided}[effect]


_PLAIN: Final = Marks("+", "x", "?", "*", ">", "-")


def marks_in(encoding: str) -> Marks:
    """Marks that an encoding can write."""
    marks = Marks()
    return marks if can_write("".join(astuple(marks)), encoding) else _PLAIN


def can_write(text: str, encoding: str) -> bool:
    """Whether an encoding has every character of a text."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def separator() -> RenderableType:
    """The line between two pages."""
    return Rule(style="dim", characters="-")


def grid(*columns: JustifyMethod, gap: int = 1, expand: bool = False) -> Table:
    """Columns without borders, ``gap`` characters apart."""
    grid = Table.grid(padding=(0, gap), expand=expand)
    for justify in columns:
        grid.add_column(justify=justify, overflow="fold")
    return grid


def list_item(marks: Marks, *content: RenderableType) -> RenderableType:
    """A bulleted list item."""
    return with_mark(Text(marks.item, "dim"), *content)


def with_mark(mark: Text, *content: RenderableType) -> RenderableType:
    """Content behind a mark, stacked."""
    row = grid("left", "left")
    row.add_row(mark, Group(*content))
    return row


class FirstThatFits:
    """Columns if they fit the terminal without breaking words, else another layout."""

    def __init__(self, columns: RenderableType, otherwise: RenderableType) -> None:
        self.columns = columns
        self.otherwise = otherwise

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        needed = Measurement.get(console, options.update(width=WIDEST), self.columns).minimum
        yield self.columns if needed <= options.max_width else self.otherwise

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self.otherwise)


class Trimmed:
    """Strips trailing spaces from each line, so that they do not end up in copied text."""

    def __init__(self, page: RenderableType) -> None:
        self.page = page

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in console.render_lines(self.page, options, pad=False):
            while line and not line[-1].text.strip():
                line.pop()
            if line:
                line[-1] = Segment(line[-1].text.rstrip(), line[-1].style)
            yield from line
            yield Segment.line()


def layout_sections(sections: Iterable[Section]) -> Iterator[RenderableType]:
    """Print each non-empty section below its heading, after an empty line."""
    for heading, content in sections:
        if content:
            yield Text()
            yield Text(heading, "bold")
            yield from (Padding(item, (0, 0, 0, 2)) for item in content)
