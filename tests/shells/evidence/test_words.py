"""Every code in a report has texts in every language, and every remark is documented."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import adjudicator.evidence
from adjudicator.evidence.html import html_of
from adjudicator.evidence.readings import What
from adjudicator.evidence.sample import signing
from adjudicator.evidence.wording import text_lines
from adjudicator.words import LANGUAGES, words_for
from evidence.conftest import Examine
from evidence.made import SHOWS, manifest

ROOM = Path(adjudicator.evidence.__file__).parent
PAGE = (Path(__file__).parents[3] / "docs" / "evidence.md").read_text("utf-8")
MAKERS = {"Remark": "remark", "Problem": "problem", "_failed": "problem"}
MADE_UP = {
    *("remark.says_generated", "remark.says_edited", "problem.out_of_time", "problem.crashed", "problem.encrypted"),
    *("remark.file_on_record", "remark.file_of_another_buyer"),
    *("remark.alike_on_record", "remark.alike_of_another_buyer"),
}
"""Codes that are composed at run time."""


def codes() -> Iterator[str]:
    """The codes that occur literally in the source."""
    for path in ROOM.rglob("*.py"):
        for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
            kind = MAKERS.get(getattr(call.func, "id", ""))
            given = [word.value for word in call.keywords if word.arg == "code"] or call.args[:1]
            if kind and given and isinstance(given[0], ast.Constant) and isinstance(given[0].value, str):
                yield f"{kind}.{given[0].value}"


CODES = sorted({*codes(), *MADE_UP, *(f"what.{what}" for what in What)})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_every_code_has_words(code: str, language: str) -> None:
    assert f"examination.{code}" in words_for(None, language)


@pytest.mark.parametrize(("language", "colon"), [("en", ": "), ("zh-Hans", "："), ("zh-Hant", "：")])
def test_a_file_is_named_before_its_problem_as_the_language_writes_it(
    examine: Examine, language: str, colon: str
) -> None:
    report = examine(
        {"a.bin": b"x", "b.pdf": signing.pdf(["x"])}, manifest({"files": ["a.bin"], "stated": SHOWS})
    ).report
    problem = words_for(None, language).say("examination.problem.unknown_type")
    assert f"a.bin{colon}{problem}" in [*text_lines(report, language)]
    page = html_of(report, language)
    assert f"{words_for(None, language).say('examination.what.text')}{'，' if language != 'en' else ', '}" in page


@pytest.mark.parametrize("code", [code.partition(".")[2] for code in CODES if code.startswith("remark.")])
def test_every_remark_is_documented(code: str) -> None:
    assert f"`{code}`" in PAGE
