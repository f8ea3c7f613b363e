"""The policies at the desk: their editions, the handbook, what changed between two editions, and the reports of comparisons."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

from attrs import frozen

from adjudicator.engine.policy import Edition
from adjudicator.model.time import Instant
from adjudicator.rulebook.handbook import Book, redline
from adjudicator.rulebook.handbook.book import name_of, with_last_days
from adjudicator.rulebook.handbook.edition_page import edition_page
from adjudicator.rulebook.handbook.examples import examples_for, governed_by
from adjudicator.rulebook.handbook.redline_page import redline_page
from adjudicator.rulebook.handbook.site import html_fragment
from adjudicator.words import words_for

Groups: TypeAlias = Mapping[str, tuple[Edition, ...]]

PAGES: Final = "#view=handbook&page="
"""What stands before the name of a page in its address at the desk."""
MOST_PAGES: Final = 128
"""The most pages that are kept ready: making one takes up to some seconds."""
REPORT: Final = re.compile(r"[\w.-]{1,200}\.html", re.ASCII)
"""The name of a report. It begins with that of its policy."""
MOST_REPORTS: Final = 20
"""The most reports of a policy that are listed: the newest ones."""
MOST_REPORT_BYTES: Final = 32 * 1024 * 1024


@frozen(kw_only=True)
class EditionRow:
    """An edition in words: the days on which it is in force, and the name of its page."""

    name: str
    days: str
    is_in_force: bool
    page: str


@frozen
class PolicyRow:
    """A policy with its editions, newest first, and the reports about it."""

    policy: str
    title: str
    editions: tuple[EditionRow, ...]
    reports: tuple[str, ...]


def rows(groups: Groups, now: Instant, reports: Path | None, language: str) -> Iterator[PolicyRow]:
    """The policies that somebody may use."""
    for name, group in groups.items():
        editions = tuple(_edition_row(each, last, now, language) for each, last in with_last_days(group))
        title = words_for(group[-1], language).title() or name
        yield PolicyRow(name, title, editions[::-1], _reports_on(name, groups, reports))


def _edition_row(edition: Edition, last: dt.date | None, now: Instant, language: str) -> EditionRow:
    words = words_for(edition, language)
    if last is None:
        days = words.say("policy.in_force", first=edition.name)
    else:
        days = words.say("policy.in_force_until", first=edition.name, last=last.isoformat())
    today = now.datetime(edition.zone).date()
    is_in_force = edition.effective_from <= today and (last is None or today <= last)
    return EditionRow(name=edition.name, days=days, is_in_force=is_in_force, page=name_of(edition))


# Pages


def handbook_html(groups: Groups, page: str, language: str) -> str:
    """The page of an edition. Raises :class:`LookupError` if there is no edition of this name."""
    for group in groups.values():
        for edition in group:
            if name_of(edition) == page:
                return _edition_html(tuple(group), edition, language)
    raise LookupError(page)


def redline_html(groups: Groups, policy: str, old: str, new: str, language: str) -> str:
    """What changed from one edition of a policy to another. Raises :class:`LookupError` if it has no such editions, or they are the same."""
    group = groups[policy]
    by_name = {each.name: each for each in group}
    if old == new:
        raise LookupError(old)
    return _redline_html(tuple(group), by_name[old], by_name[new], language)


@lru_cache(maxsize=MOST_PAGES)
def _edition_html(group: tuple[Edition, ...], edition: Edition, language: str) -> str:
    last = next(last for each, last in with_last_days(group) if each is edition)
    return html_fragment(edition_page(_book(language), edition, last, governed_by(edition, group)))


@lru_cache(maxsize=MOST_PAGES)
def _redline_html(group: tuple[Edition, ...], old: Edition, new: Edition, language: str) -> str:
    return html_fragment(redline_page(_book(language), redline(old, new, examples_for(group))))


def _book(language: str) -> Book:
    return Book(language=language, prefix=PAGES, suffix="")


# Reports


def report_in(reports: Path | None, groups: Groups, name: str) -> bytes:
    """A report of a comparison. Raises :class:`LookupError` if there is no report of this name on a policy that somebody may use."""
    if reports is None or not any(name in _reports_on(policy, groups, reports, most=None) for policy in groups):
        raise LookupError(name)
    with (reports / name).open("rb") as file:
        content = file.read(MOST_REPORT_BYTES + 1)
    if len(content) > MOST_REPORT_BYTES:
        raise LookupError(name)
    return content


def _reports_on(policy: str, groups: Groups, reports: Path | None, most: int | None = MOST_REPORTS) -> tuple[str, ...]:
    """The names of the reports on a policy, newest first. Links are ignored, so that no other file is served."""
    if reports is None or not reports.is_dir():
        return ()
    longer: Sequence[str] = [each for each in groups if each != policy and each.startswith(policy)]
    found = [
        each
        for each in reports.iterdir()
        if REPORT.fullmatch(each.name)
        and each.name.startswith(policy)
        and not any(each.name.startswith(other) for other in longer)
        and each.is_file()
        and not each.is_symlink()
    ]
    newest = sorted(found, key=lambda each: (each.stat().st_mtime, each.name), reverse=True)
    return tuple(each.name for each in newest[:most])
