"""A page as plain data: what it says, before it is laid out as text, Markdown or HTML.

Texts stand here as they came; what has power in a format loses it where the page is written in that format.
"""

from __future__ import annotations

from typing import TypeAlias

from attrs import frozen


@frozen
class Paragraph:
    """Sentences that belong together; ``strong`` where they are what the reader looks for first."""

    text: str
    strong: bool = False


@frozen
class Items:
    """Things of a kind, each on a line of its own; ``in_order`` where they follow one another."""

    items: tuple[str, ...]
    in_order: bool = False


@frozen
class Pairs:
    """Names, each with what goes by it."""

    pairs: tuple[tuple[str, str], ...]


@frozen
class Table:
    """Rows below a head. The last column holds amounts; the last row is their sum where it is a ``total``."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: bool = False


@frozen
class Section:
    """A heading and what stands below it."""

    heading: str
    blocks: tuple[Block, ...]


Block: TypeAlias = Paragraph | Items | Pairs | Table | Section


@frozen
class Page:
    """One page: its title, which case it is about, and what it says."""

    language: str
    title: str
    about: tuple[str, ...]
    blocks: tuple[Block, ...]


def section(heading: str, *blocks: Block | None) -> Section | None:
    """A section of what there is to say; none where there is nothing."""
    held = blocks_of(*blocks)
    return Section(heading, held) if held else None


def blocks_of(*blocks: Block | None) -> tuple[Block, ...]:
    """The blocks that there are."""
    return tuple(block for block in blocks if block is not None)


def paragraph(text: str, *, strong: bool = False) -> Paragraph | None:
    """A paragraph, unless there is nothing to say."""
    return Paragraph(text, strong) if text else None


def items(texts: tuple[str, ...], *, in_order: bool = False) -> Items | None:
    """A list, unless there is nothing in it."""
    return Items(texts, in_order) if texts else None
