"""What writes the parts of an edition's page, and what these have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from attrs import define

from adjudicator.engine.policy import Edition
from adjudicator.rulebook.handbook.book import Book
from adjudicator.rulebook.handbook.markup import NOTHING, Markdown, blocks, code, heading, link, plain, table
from adjudicator.words import Words


@define(slots=False)
class EditionWriter:
    """An edition in the language of the book."""

    book: Book
    edition: Edition

    @cached_property
    def words(self) -> Words:
        """The words for the edition."""
        return self.book.words(self.edition)

    def say(self, code: str, **params: object) -> Markdown:
        """The text of a code."""
        return plain(self.words.say(code, **params))

    def table(self, head: Iterable[str], rows: Iterable[Sequence[Markdown]]) -> Markdown:
        """A table, the codes of its columns put into words."""
        return table([self.words.say(each) for each in head], rows)

    def section(self, name: str, title: str, content: Iterable[Markdown]) -> Markdown:
        """What belongs together, below its heading; nothing at all without content."""
        held = blocks(*content)
        return blocks(heading(2, self.say(title), f"section-{name}"), held) if held else NOTHING

    def named(self, name: str) -> Markdown:
        """A function or fact by its name, which leads to where it stands on the page."""
        return link(code(name), f"#{name}")
