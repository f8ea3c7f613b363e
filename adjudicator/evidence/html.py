"""The report as one self-contained HTML page: pictures with the places marked, no script, nothing to load."""

from __future__ import annotations

from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from adjudicator.evidence.readings import Place, What
from adjudicator.evidence.report import Report
from adjudicator.evidence.suggestions import is_telling
from adjudicator.evidence.wording import Wording
from adjudicator.words import tag_of

UNSEEN: Final = frozenset({What.PICTURE_HASH})
"""What is of use to programs only."""
UNSURE: Final = frozenset({What.WORDS, What.SEAL, What.TEXT})
"""What is never certain; its places are marked in another way."""


def html_of(report: Report, language: str) -> str:
    """The page. It shows the pictures, and the first pages of PDFs, if the examination made previews."""
    wording = Wording.of(report, language)
    return _template().render(
        report=report, wording=wording, language=wording.words.language, unseen=UNSEEN, unsure=UNSURE
    )


@cache
def _template() -> Template:
    """The template, compiled once. All text put into it is escaped."""
    environment = Environment(
        loader=PackageLoader("adjudicator.evidence", "."),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(points=_points, tag=tag_of)
    environment.tests.update(telling=is_telling)
    return environment.get_template("report.html")


def _points(place: Place) -> str:
    return " ".join(f"{x},{y}" for x, y in place.polygon)
