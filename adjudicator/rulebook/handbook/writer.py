"""The base class of what writes an edition's page."""

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
    """Writes parts of an edition's page in the handbook's language."""

    book: Book
    edition: Edition

    @cached_property
    def words(self) -> Words:
        """The texts for the edition."""
        return self.book.words(self.edition)

    def say(self, code: str, **params: object) -> Markdown:
        """The text of a code, as Markdown."""
        return plain(self.words.say(code, **params))

    def table(self, head: Iterable[str], rows: Iterable[Sequence[Markdown]]) -> Markdown:
        """A table; ``head`` holds the codes of the column titles."""
        return table([self.words.say(each) for each in head], rows)

    def section(self, name: str, title: str, content: Iterable[Markdown]) -> Markdown:
        """A section below its heading; empty without content."""
        held = blocks(*content)
        return blocks(heading(2, self.say(title), f"section-{name}"), held) if held else NOTHING

    def named(self, name: str) -> Markdown:
        """The name of a function or fact, linked to its place on the page."""
        return link(code(name), f"#{name}")
