"""A report as one self-contained HTML page: no script, no request, nothing to load."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import count
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from adjudicator.comparison.blocks import Plot, Report
from adjudicator.comparison.plots import drawn
from adjudicator.explain.html import blocks
from adjudicator.explain.sanitize import shown
from adjudicator.words import tag_of, words_for


def html_of(report: Report) -> Iterator[str]:
    """The page in pieces."""
    numbers = count(1)

    def plot(each: Plot) -> str:
        return drawn(each, f"plot-{next(numbers)}")

    words = words_for(None, report.language)
    yield from _template().generate(
        report=report, plot=plot, say=lambda code, **params: words.say(f"compare.{code}", **params)
    )


@cache
def _template() -> Template:
    """The template, compiled once. All text put into it is escaped."""
    environment = Environment(
        loader=PackageLoader("adjudicator.comparison", "."),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters.update(kind=lambda block: type(block).__name__, tag=tag_of)
    environment.globals.update(blocks=blocks)
    return environment.get_template("report.html")


def _shown(value: Any) -> Any:
    return "\n".join(map(shown, value.split("\n"))) if type(value) is str else value
