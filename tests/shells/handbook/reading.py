"""Read the pages of a handbook: links, anchors and text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html.parser import HTMLParser
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from attrs import frozen

from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import editions, policies
from adjudicator.rulebook.handbook import Book, Page, handbook
from adjudicator.rulebook.handbook.book import name_of
from adjudicator.rulebook.handbook.coverage import key_of
from adjudicator.rulebook.handbook.site import html_files
from adjudicator.words import LANGUAGES

ALL: Final = editions()
for_every_edition = pytest.mark.parametrize("edition", ALL, ids=key_of)
in_every_language = pytest.mark.parametrize("language", LANGUAGES)


@frozen
class Read:
    """A parsed page: its anchors, and the targets of its links."""

    places: Counter[str]
    links: tuple[str, ...]
    text: str


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.places: Counter[str] = Counter()
        self.links: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.places[str(given["id"])] += 1
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(html: str) -> Read:
    """Read a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Read(reader.places, tuple(reader.links), "".join(reader.text))


def read_all(groups: Sequence[Sequence[Edition]], language: str) -> Mapping[str, Read]:
    """The parsed pages of a handbook, by file name. Cached, because many tests read the same pages."""
    return _read_once(tuple(map(tuple, groups)), language)


@cache
def _read_once(groups: tuple[tuple[Edition, ...], ...], language: str) -> Mapping[str, Read]:
    return {name: read(content.decode()) for name, content in _written_once(groups, language).items()}


def written_in_full(language: str) -> Mapping[str, bytes]:
    """The whole handbook by file name."""
    return _written_once(tuple(tuple(group) for group in policies().values()), language)


@cache
def _written_once(groups: tuple[tuple[Edition, ...], ...], language: str) -> Mapping[str, bytes]:
    book = Book(language=language)
    return html_files(handbook(groups, book), book)


def page_of(edition: Edition, book: Book) -> Page:
    """The page for an edition."""
    (page,) = (each for each in handbook([[edition]], book) if each.name == name_of(edition))
    return page


@cache
def plain_page_of(edition: Edition) -> Page:
    """The page for an edition, in a handbook with default options."""
    return page_of(edition, Book())


def of(picture: ET.Element, tag: str) -> Iterator[ET.Element]:
    """The shapes of a kind in a picture."""
    return picture.iter(f"{{http://www.w3.org/2000/svg}}{tag}")
