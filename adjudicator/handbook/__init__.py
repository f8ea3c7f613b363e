"""The handbook: every rule clause by clause, with its code, its facts, its money, worked examples and what changed.

It is made from the functions that decide and from what they decide, so there is nothing in it to keep up to date.

:func:`handbook` makes the pages as Markdown, for a documentation site of one's own; ``adjudicator.handbook.publishing`` makes a
folder of HTML of them. The same editions, examples and sightings give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from adjudicator.handbook.examples import examples_for, governed_by
from adjudicator.handbook.pages import Book, Page, cover, edition_page, redline_page, with_last_days
from adjudicator.handbook.redlines import Redline, redline
from adjudicator.handbook.sightings import Sightings, load_sightings
from adjudicator.policy import Edition

__all__ = ["Book", "Page", "Redline", "Sightings", "handbook", "load_sightings", "redline"]


def handbook(groups: Iterable[Sequence[Edition]], book: Book) -> tuple[Page, ...]:
    """The cover, a page for each edition, and one for what changed between each and the next.

    ``groups`` are the editions of each policy from the oldest to the newest, as ``policies().values()`` has them.
    """
    every = tuple(tuple(group) for group in groups)
    redlines = [redline(old, new, examples_for(group)) for group in every for old, new in pairwise(group)]
    editions = [
        edition_page(book, edition, last, governed_by(edition, group))
        for group in every
        for edition, last in with_last_days(group)
    ]
    return (cover(book, every, redlines), *editions, *(redline_page(book, each) for each in redlines))
