"""The page with the differences between an edition and the one before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

from adjudicator.rulebook.handbook.book import Book, Page, name_of, name_of_redline, title_of_redline
from adjudicator.rulebook.handbook.changelog import Aspect, Change, Difference, Redline, Turn
from adjudicator.rulebook.handbook.markup import (
    NOTHING,
    Markdown,
    blocks,
    code,
    differing,
    heading,
    joined,
    link,
    plain,
    redlined,
    strong,
    table,
)
from adjudicator.rulebook.handbook.worked import results_of
from adjudicator.words import Words


def redline_page(book: Book, redline: Redline) -> Page:
    """The page of a redline."""
    page = _RedlinePage(book, redline)
    return Page(name_of_redline(redline), title_of_redline(book, redline), page.whole())


@frozen
class _RedlinePage:
    """The sections of a redline's page."""

    book: Book
    redline: Redline

    def words(self) -> Words:
        return self.book.words(self.redline.new)

    def say(self, code: str, **params: object) -> Markdown:
        return plain(self.words().say(code, **params))

    def whole(self) -> Markdown:
        book, redline = self.book, self.redline
        editions = [link(plain(each.name), book.address(name_of(each))) for each in (redline.old, redline.new)]
        return blocks(
            heading(1, plain(title_of_redline(book, redline)), "redline"),
            joined(editions, " → "),
            *map(self.change, redline.changes),
            NOTHING if redline.changes else self.say("handbook.no_change"),
            *self.turns(),
        )

    def change(self, change: Change) -> Markdown:
        """One change: its kind, name and manner, then its differences."""
        named = joined([self.say(f"part.{change.kind}"), code(change.name), self.say(f"manner.{change.manner}")])
        return blocks(
            heading(2, named, re.sub(r"\W+", "-", f"{change.kind}-{change.name}")),
            *map(self.difference, change.differences),
        )

    def difference(self, difference: Difference) -> Markdown:
        if difference.aspect is Aspect.CODE:
            return differing(difference.before, difference.after)
        text = redlined(difference.before, difference.after)
        return joined([strong(self.say(f"aspect.{difference.aspect}")), text])

    def turns(self) -> Iterator[Markdown]:
        """The examples that are decided differently."""
        redline, words = self.redline, self.words()
        if not redline.tried:
            return
        yield heading(2, self.say("handbook.turns"), "section-turns")
        yield plain(words.counted("handbook.turned", redline.tried, turned=len(redline.turns)))
        head = [words.say("handbook.example"), redline.old.name, redline.new.name]
        yield table(head, map(self.turn, redline.turns))

    def turn(self, turn: Turn) -> tuple[Markdown, ...]:
        words = self.words()
        results = (
            joined(map(plain, (words.verdict(decision.outcome), *results_of(decision, words))))
            for decision in (turn.before, turn.after)
        )
        return plain(turn.example.title(words)), *results
