"""What all pages are laid out with: marks, rows, sections."""

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
"""Below which heading clauses stand."""

Section: TypeAlias = "tuple[str, list[RenderableType]]"
"""A heading and what stands below it; without content it is left out."""


WIDEST: Final = 1000
"""A width in which any columns fit."""


@frozen
class Marks:
    """The signs of a page, which distinguish without colour."""

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
    """The marks that an encoding can write."""
    marks = Marks()
    return marks if can_write("".join(astuple(marks)), encoding) else _PLAIN


def can_write(text: str, encoding: str) -> bool:
    """Whether an encoding has every character of a text."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def rule_between() -> RenderableType:
    """What stands between two decisions."""
    return Rule(style="dim", characters="-")


def grid(*columns: JustifyMethod, apart: int = 1, expand: bool = False) -> Table:
    """Columns without lines between them, ``apart`` by so many characters."""
    grid = Table.grid(padding=(0, apart), expand=expand)
    for justify in columns:
        grid.add_column(justify=justify, overflow="fold")
    return grid


def item_of(marks: Marks, *content: RenderableType) -> RenderableType:
    """An item of a list."""
    return marked(Text(marks.item, "dim"), *content)


def marked(mark: Text, *content: RenderableType) -> RenderableType:
    """What stands behind a mark, one below the other."""
    row = grid("left", "left")
    row.add_row(mark, Group(*content))
    return row


class IfItFits:
    """Columns where the longest word of each, or all that must not wrap, fits the width; else the same in another layout."""

    def __init__(self, columns: RenderableType, otherwise: RenderableType) -> None:
        self.columns = columns
        self.otherwise = otherwise

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        needed = Measurement.get(console, options.update(width=WIDEST), self.columns).minimum
        yield self.columns if needed <= options.max_width else self.otherwise

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self.otherwise)


class Trimmed:
    """The same without the space that fills up its lines on the right, which nobody sees and every copy carries along."""

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


def laid_out(sections: Iterable[Section]) -> Iterator[RenderableType]:
    """Each section that has content, below its heading and after an empty line."""
    for heading, content in sections:
        if content:
            yield Text()
            yield Text(heading, "bold")
            yield from (Padding(each, (0, 0, 0, 2)) for each in content)
