"""Pages as one self-contained HTML document, for the screen and for print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template

from adjudicator.explain.page import Page
from adjudicator.explain.sanitize import shown
from adjudicator.words import tag_of


def written(pages: Iterable[Page]) -> Iterator[str]:
    """One document with an article for each page; in print each starts a new sheet. No pages, no document."""
    coming = iter(pages)
    for first in coming:
        yield from _template().generate(first=first, pages=chain((first,), coming))


@cache
def _template() -> Template:
    """The template, compiled once."""
    return environment().get_template("letter.html")


def environment(*packages: str) -> Environment:
    """An environment for templates of packages, each in its folder ``templates``, and for ours. All text put into them is escaped."""
    ours = PackageLoader(__name__.rpartition(".")[0], ".")
    made = Environment(
        loader=ChoiceLoader([*map(PackageLoader, packages), ours]),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    made.filters.update(kind=lambda block: type(block).__name__, tag=tag_of)
    return made


def _shown(value: Any) -> Any:
    return shown(value) if type(value) is str else value
