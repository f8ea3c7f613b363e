"""The command prints alternatives and questions, in every language."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import given
from rich.console import Console

from adjudicator import decide, dump_case, load_decision
from adjudicator.analysis.whatif import (
    WhatIf,
    alternatives,
    alternatives_document,
    ask_next,
    questions_document,
    what_if,
)
from adjudicator.cli import main
from adjudicator.cli.pages.layout import Marks
from adjudicator.cli.pages.whatif import what_if_page
from adjudicator.model.enumerations import Reason
from adjudicator.testing import Json, a_case, a_claim, an_appraisal
from adjudicator.wire.codec import case_from
from adjudicator.words import LANGUAGES, Words
from documents import documents
from whatif.trying import AUTHENTICITY, SOME, for_every_policy


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., bytes]:
    """Run the command with some cases, one a line, and return its output."""

    def run(*arguments: str, cases: list[Any]) -> bytes:
        given = b"".join(dump_case(case) + b"\n" for case in cases)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        assert main([*arguments, "-"]) == 0
        return capsysbinary.readouterr().out

    return run


def test_the_command_tells_alternatives_and_questions_of_each_case(run: Callable[..., bytes]) -> None:
    waiting, approved = a_case(AUTHENTICITY), a_case(AUTHENTICITY, an_appraisal(), id="case-2")
    one, two = map(json.loads, run("whatif", "--format", "json", cases=[waiting, approved]).splitlines())
    assert list(one) == ["case_id", "as_of", "policy", "outcome", "alternatives", "questions", "complete"]
    assert one["alternatives"] == alternatives_document(alternatives(waiting))
    assert one["questions"] == questions_document(ask_next(waiting))
    assert (two["case_id"], two["outcome"], two["questions"]) == ("case-2", "approved", [])


def test_a_decision_has_alternatives_on_request_and_is_else_the_same(run: Callable[..., bytes]) -> None:
    case = a_case(AUTHENTICITY)
    with_them = run("decide", "--alternatives", "--format", "json", cases=[case]).rstrip()
    without = run("decide", "--format", "json", cases=[case]).rstrip()
    document = json.loads(with_them)
    assert document.pop("alternatives") == alternatives_document(alternatives(case))
    assert document == json.loads(without)
    names = list(json.loads(with_them))
    assert names[names.index("requests") + 1] == "alternatives"
    assert load_decision(with_them) == decide(case)


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "reason: counterfeit instead of another reason"),
        ("zh-CN", "而非"),
        ("zh-TW", "還可以更正的"),
    ],
)
def test_the_page_reads_in_every_language(run: Callable[..., bytes], locale: str, said: str) -> None:
    case = a_case(AUTHENTICITY, an_appraisal(), claim=a_claim(reason=Reason.OTHER))
    for command in (["whatif"], ["decide", "--alternatives"]):
        assert said in run(*command, "--locale", locale, cases=[case]).decode()


def test_a_page_without_alternatives_says_so() -> None:
    found = WhatIf(decide(a_case(AUTHENTICITY)), (), ())
    console = Console(file=io.StringIO(), width=100)
    console.print(what_if_page(found, "en", Marks()))
    assert "Nothing that was tried changes the outcome" in cast(io.StringIO, console.file).getvalue()


@for_every_policy
def test_every_page_has_texts_for_all_of_it(policy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No field, choice or fact appears as its code."""

    def say(self: Words, code: str, **params: object) -> str:
        assert code in self, code
        return self._texts.gettext(code).format_map(params)

    monkeypatch.setattr(Words, "say", say)

    @SOME
    @given(documents(policy))
    def check(document: Json) -> None:
        found = what_if(case_from(document))
        for language in LANGUAGES:
            Console(file=io.StringIO(), width=100).print(what_if_page(found, language, Marks()))

    check()
