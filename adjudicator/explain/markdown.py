"""Pages as Markdown (CommonMark, with the tables of GitHub)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from adjudicator.explain.page import Block, Items, Page, Pairs, Paragraph, Section, Table
from adjudicator.explain.sanitize import shown

POWER: Final = re.compile(r"[\\`*_{}\[\]<>#|~$&@!+=]|^-|(?<=\w):(?=//)|(?<=www)\.")
"""Characters and words that Markdown would interpret: its marks, and URLs."""

NUMBERED: Final = re.compile(r"^(\d+)([.)])")
"""A number that Markdown would take for a list item."""


def written(pages: Iterable[Page]) -> Iterator[str]:
    """Pages separated by rules."""
    for number, page in enumerate(pages):
        if number:
            yield "\n---\n\n"
        about = "  \n".join(map(_safe, page.about))
        yield "\n\n".join([f"# {_safe(page.title)}", about, *_blocks(page.blocks, 2)]) + "\n"


def _blocks(blocks: Iterable[Block], level: int) -> Iterator[str]:
    for block in blocks:
        yield from _block(block, level)


def _block(block: Block, level: int) -> Iterator[str]:
    match block:
        case Section(heading, blocks):
            yield f"{'#' * level} {_safe(heading)}"
            yield from _blocks(blocks, level + 1)
        case Paragraph(text, strong):
            yield _strong(text) if strong else _safe(text)
        case Items(items, in_order):
            yield "\n".join(
                f"{f'{number}.' if in_order else '-'} {_safe(each)}" for number, each in enumerate(items, 1)
            )
        case Pairs(pairs):
            yield "\n".join(f"- {_strong(f'{name}:')} {_safe(value)}" for name, value in pairs)
        case Table(head, rows, total):
            yield "\n".join(_table(head, rows, total=total))


def _table(head: tuple[str, ...], rows: tuple[tuple[str, ...], ...], *, total: bool) -> Iterator[str]:
    yield _row(map(_safe, head))
    yield _row((*("---" for _ in head[1:]), "---:"))
    for number, row in enumerate(rows, 1):
        bold = total and number == len(rows)
        yield _row(map(_strong if bold else _safe, row))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _strong(text: str) -> str:
    safe = _safe(text)
    return f"**{safe}**" if safe else ""


def _safe(text: str) -> str:
    """A text with all Markdown escaped."""
    return NUMBERED.sub(r"\1\\\2", POWER.sub(r"\\\g<0>", shown(text)))
