"""The texts of a page, and the holes in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

from adjudicator.engine.registry import policies
from adjudicator.explain import READERS
from adjudicator.explain.page import Block, Items, Page, Pairs, Paragraph, Section, Table

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
LETTERS: Final = tuple(voice for voice in READERS if voice != "auditor")
RAW_CODE: Final = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b|\b[a-z_]+\.[a-z_]{3,}\b")
"""The form of the codes of the engine and the packs, which no sentence contains."""

for_every_policy = pytest.mark.parametrize("policy", policies())
many = settings(max_examples=settings().max_examples // 3, deadline=None, suppress_health_check=list(HealthCheck))


def texts_of(block: Page | Block) -> Iterator[str]:
    """Every text of a page. Empty table cells are left out, because a sum is about no line."""
    match block:
        case Page(_, title, about, blocks):
            yield from (title, *about, *(text for each in blocks for text in texts_of(each)))
        case Section(heading, blocks):
            assert blocks, heading
            yield from (heading, *(text for each in blocks for text in texts_of(each)))
        case Paragraph(text):
            yield text
        case Items(items):
            assert items
            yield from items
        case Pairs(pairs):
            yield from (text for pair in pairs for text in pair)
        case Table(head, rows, total):
            yield from (*head, *(cell for row in rows[: -1 if total else None] for cell in row))
            yield from (cell for cell in rows[-1] if cell)


def holes_in(page: Page, *, is_letter: bool) -> list[str]:
    """The texts of a page that are empty or unintelligible. Records may quote codes, letters may not."""
    texts = list(texts_of(page))
    holes = [text for text in texts if not text.strip() or re.search(r"[{}]|\bNone\b|\(\)|（）", text)]
    return holes + [text for text in texts if is_letter and RAW_CODE.search(text)]
