"""Pages as plain text, one line to a paragraph; the program that shows it wraps it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich.cells import cell_len

from adjudicator.explain.page import Block, Items, Page, Pairs, Paragraph, Section, Table
from adjudicator.explain.sanitize import shown

RULE: Final = "-" * 80

NARROW: Final = 40
"""The widest table, in columns; the narrowest windows in use are this wide."""


def written(pages: Iterable[Page]) -> Iterator[str]:
    """Pages separated by rules."""
    for number, page in enumerate(pages):
        if number:
            yield f"\n{RULE}\n\n"
        yield "\n".join([shown(page.title), *map(shown, page.about), *_blocks(page.blocks)]) + "\n"


def _blocks(blocks: Iterable[Block], depth: int = 0) -> Iterator[str]:
    for block in blocks:
        yield from _block(block, depth)


def _block(block: Block, depth: int) -> Iterator[str]:
    match block:
        case Section(heading, blocks):
            yield from ("", shown(heading) if depth else shown(heading).upper(), *_blocks(blocks, depth + 1))
        case Paragraph(text):
            yield shown(text)
        case Items(items, in_order):
            marks = (f"{number}." for number in range(1, len(items) + 1)) if in_order else ("-" for _ in items)
            yield from (f"  {mark} {shown(each)}" for mark, each in zip(marks, items, strict=True))
        case Pairs(pairs):
            yield from (f"  {shown(name)}: {shown(value)}" for name, value in pairs)
        case Table(head, rows, total):
            yield from _table(head, rows, total=total)


def _table(head: tuple[str, ...], rows: tuple[tuple[str, ...], ...], *, total: bool) -> Iterator[str]:
    """Columns as wide as their content, the last one right-aligned; two lines to a row if that is too wide."""
    lines = [tuple(map(shown, row)) for row in (head, *rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    width = 2 + sum(widths) + 2 * (len(widths) - 1)
    yield from _stacked(lines[1:]) if width > NARROW else _in_columns(lines, widths, total=total)


def _in_columns(lines: Sequence[tuple[str, ...]], widths: Sequence[int], *, total: bool) -> Iterator[str]:
    rule = "  " + "-" * (sum(widths) + 2 * (len(widths) - 1))
    for number, line in enumerate(lines):
        if number == 1 or (total and number == len(lines) - 1):
            yield rule
        room = [width - cell_len(cell) for cell, width in zip(line, widths, strict=True)]
        cells = [cell + " " * free for cell, free in zip(line[:-1], room, strict=False)]
        yield "  " + "  ".join([*cells, " " * room[-1] + line[-1]])


def _stacked(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """The labels of a row, then its amount on the next line, so that no program breaks an amount."""
    for *labels, amount in rows:
        yield "  " + "  ".join(filter(None, labels))
        yield f"    {amount}"
