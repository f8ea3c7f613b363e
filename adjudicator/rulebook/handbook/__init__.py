"""Generate the handbook: every rule clause by clause, with its code, facts, money, worked examples and changes.

It is generated from the functions that decide and from their decisions, so it never goes out of date.

:func:`handbook` returns Markdown pages for your own documentation site; ``adjudicator.rulebook.handbook.site`` writes them to a
folder as HTML. The same editions, examples and coverage give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from adjudicator.engine.policy import Edition
from adjudicator.rulebook.handbook.book import Book, Page, cover, with_last_days
from adjudicator.rulebook.handbook.changelog import Redline, redline
from adjudicator.rulebook.handbook.coverage import Coverage, load_sightings
from adjudicator.rulebook.handbook.edition_page import edition_page
from adjudicator.rulebook.handbook.examples import examples_for, governed_by
from adjudicator.rulebook.handbook.redline_page import redline_page

__all__ = ["Book", "Coverage", "Page", "Redline", "handbook", "load_sightings", "redline"]


def handbook(groups: Iterable[Sequence[Edition]], book: Book) -> tuple[Page, ...]:
    """The cover, a page for each edition, and a page for the changes between each edition and the next.

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
