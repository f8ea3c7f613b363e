"""A page as plain data, before it is rendered as text, Markdown or HTML.

Texts are raw here; each format escapes what it would interpret.
"""

from __future__ import annotations

from typing import TypeAlias

from attrs import frozen


@frozen
class Paragraph:
    """Sentences that belong together; ``strong`` for what the reader looks for first."""

    text: str
    strong: bool = False


@frozen
class Items:
    """Items, one to a line; ``in_order`` if they form a sequence."""

    items: tuple[str, ...]
    in_order: bool = False


@frozen
class Pairs:
    """Pairs of a name and a value."""

    pairs: tuple[tuple[str, str], ...]


@frozen
class Table:
    """Rows below a head. The last column holds amounts; the last row is their sum if there is a ``total``."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: bool = False


@frozen
class Section:
    """A heading with its content."""

    heading: str
    blocks: tuple[Block, ...]


Block: TypeAlias = Paragraph | Items | Pairs | Table | Section


@frozen
class Page:
    """One page: its title, the case it is about, and its content."""

    language: str
    title: str
    about: tuple[str, ...]
    blocks: tuple[Block, ...]


def section(heading: str, *blocks: Block | None) -> Section | None:
    """A section with these blocks; ``None`` if all are empty."""
    content = blocks_of(*blocks)
    return Section(heading, content) if content else None


def blocks_of(*blocks: Block | None) -> tuple[Block, ...]:
    """The blocks that are not ``None``."""
    return tuple(block for block in blocks if block is not None)


def paragraph(text: str, *, strong: bool = False) -> Paragraph | None:
    """A paragraph; ``None`` if the text is empty."""
    return Paragraph(text, strong) if text else None


def items(texts: tuple[str, ...], *, in_order: bool = False) -> Items | None:
    """A list; ``None`` if it is empty."""
    return Items(texts, in_order) if texts else None
