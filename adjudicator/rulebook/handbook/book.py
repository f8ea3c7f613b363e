"""The book: what its pages share, what they are called, and the cover that leads to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import Factory, frozen

from adjudicator.engine.policy import Edition
from adjudicator.rulebook.handbook.changelog import Redline
from adjudicator.rulebook.handbook.coverage import Coverage
from adjudicator.rulebook.handbook.markup import NOTHING, Markdown, blocks, code, heading, items, link, plain, table
from adjudicator.words import ENGLISH, Words, words_for


@frozen(kw_only=True)
class Book:
    """What the pages of a handbook share.

    ``readings`` are addresses by the number of the reading, as far as there are any; ``suffix`` is how the names of pages end.
    """

    language: str = ENGLISH
    suffix: str = ".html"
    sightings: Coverage = Factory(dict)
    readings: Mapping[str, str] = Factory(dict)

    def words(self, edition: Edition | None = None) -> Words:
        """The words for an edition in the language of the book."""
        return words_for(edition, self.language)


@frozen
class Page:
    """A page: its name without an ending, its title as plain text, and what stands on it."""

    name: str
    title: str
    text: Markdown


def name_of(edition: Edition) -> str:
    """The name of the page for an edition."""
    return f"{edition.policy}-{edition.name}"


def name_of_redline(redline: Redline) -> str:
    """The name of the page for what changed."""
    return f"{redline.new.policy}-{redline.old.name}-{redline.new.name}"


def title_of_redline(book: Book, redline: Redline) -> str:
    """The title of the page for what changed."""
    words = book.words(redline.new)
    return words.say("handbook.redline", title=words.title(), old=redline.old.name, new=redline.new.name)


# The cover


def cover(book: Book, groups: Iterable[Sequence[Edition]], redlines: Sequence[Redline]) -> Page:
    """The page that leads to all others."""
    words = book.words()
    rows = [_cover_row(book, edition, last) for group in groups for edition, last in with_last_days(group)]
    head = [words.say(each) for each in ("policy.title", "policy.policy", "policy.edition", "policy.until")]
    changed = [
        link(plain(title_of_redline(book, redline)), f"{name_of_redline(redline)}{book.suffix}") for redline in redlines
    ]
    text = blocks(
        heading(1, plain(words.say("handbook.title")), "handbook"),
        plain(words.say("handbook.told")),
        table(head, rows),
        heading(2, plain(words.say("handbook.redlines")), "section-redlines") if changed else NOTHING,
        items(changed),
    )
    return Page("index", words.say("handbook.title"), text)


def with_last_days(group: Sequence[Edition]) -> Iterator[tuple[Edition, dt.date | None]]:
    """The editions of a policy, each with the last day on which it is in force, if another follows."""
    for edition, following in zip(group, (*group[1:], None), strict=True):
        yield edition, following.effective_from - dt.timedelta(days=1) if following else None


def _cover_row(book: Book, edition: Edition, last: dt.date | None) -> tuple[Markdown, ...]:
    words = book.words(edition)
    until = words.say("policy.open_ended") if last is None else last.isoformat()
    title = link(plain(words.title()), f"{name_of(edition)}{book.suffix}")
    return title, code(edition.policy), plain(edition.name), plain(until)
