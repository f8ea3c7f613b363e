"""What all pages of the handbook share, their names, and the cover."""

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

    ``readings`` maps the numbers of published readings to their addresses; ``prefix`` and ``suffix`` stand around a page's name in its
    address: the suffix is the file extension of the pages.
    """

    language: str = ENGLISH
    prefix: str = ""
    suffix: str = ".html"
    sightings: Coverage = Factory(dict)
    readings: Mapping[str, str] = Factory(dict)

    def address(self, name: str) -> str:
        """The address of a page."""
        return f"{self.prefix}{name}{self.suffix}"

    def words(self, edition: Edition | None = None) -> Words:
        """The texts for an edition in the handbook's language."""
        return words_for(edition, self.language)


@frozen
class Page:
    """A page: its file name without extension, its plain-text title, and its content."""

    name: str
    title: str
    text: Markdown


def name_of(edition: Edition) -> str:
    """The file name of an edition's page."""
    return f"{edition.policy}-{edition.name}"


def name_of_redline(redline: Redline) -> str:
    """The file name of a redline's page."""
    return f"{redline.new.policy}-{redline.old.name}-{redline.new.name}"


def title_of_redline(book: Book, redline: Redline) -> str:
    """The title of a redline's page."""
    words = book.words(redline.new)
    return words.say("handbook.redline", title=words.title(), old=redline.old.name, new=redline.new.name)


# The cover


def cover(book: Book, groups: Iterable[Sequence[Edition]], redlines: Sequence[Redline]) -> Page:
    """The page that links to all others."""
    words = book.words()
    rows = [_cover_row(book, edition, last) for group in groups for edition, last in with_last_days(group)]
    head = [words.say(each) for each in ("policy.title", "policy.policy", "policy.edition", "policy.until")]
    changed = [
        link(plain(title_of_redline(book, redline)), book.address(name_of_redline(redline))) for redline in redlines
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
    """The editions of a policy, each with its last day in force; ``None`` for the newest."""
    for edition, following in zip(group, (*group[1:], None), strict=True):
        yield edition, following.effective_from - dt.timedelta(days=1) if following else None


def _cover_row(book: Book, edition: Edition, last: dt.date | None) -> tuple[Markdown, ...]:
    words = book.words(edition)
    until = words.say("policy.open_ended") if last is None else last.isoformat()
    title = link(plain(words.title()), book.address(name_of(edition)))
    return title, code(edition.policy), plain(edition.name), plain(until)
