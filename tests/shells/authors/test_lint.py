"""The command ``lint``: faults of editions, each with its place."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from adjudicator.cli import main
from adjudicator.engine.clause import PolicyError
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import editions, policies
from adjudicator.kinds.claim import CLAIMS
from adjudicator.model.time import Instant, Window, within_days
from adjudicator.rulebook.handbook.examples import examples_for
from adjudicator.rulebook.lint import LintFault, faults_of
from adjudicator.testing import pack_tests
from authors.faulty import a_bare_citation, without_words
from written_packs import pack_with


def lint(*arguments: str) -> int:
    return main(["lint", *arguments])


@pytest.mark.parametrize("edition", editions(), ids=lambda edition: f"{edition.policy}-{edition.name}")
def test_shipped_editions_have_texts_and_restatements(edition: Edition) -> None:
    assert not [*faults_of(edition)]


def test_missing_words_and_examples_are_faults_with_a_place(
    linted: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    linted(without_words())
    assert lint("pinduoduo") == 1
    lines = capsys.readouterr().out.splitlines()
    source = policies()["douyin_global.damage"][-1].requires[-1].__code__.co_filename
    for language in ("en", "zh-Hans", "zh-Hant"):
        assert f"{source}:1: title.test.nameless has no words in {language}" in lines
    assert f"{source}:1: no file in examples/ is a case of test.nameless" in lines


def test_a_broken_example_is_a_fault_of_its_file(
    linted: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every one of them, and whatever else shows examples says which file it is."""
    broken = {"examples/cut.json": b'{"id": ', "examples/gbk.json": '{"id": "灯"}'.encode("gbk")}
    edition = pack_with({**broken, "examples/odd.json": b'{"policy": "lit.lamps"}'}, tmp_path, monkeypatch)
    linted(edition)
    assert lint("pinduoduo") == 1
    found = [line for line in capsys.readouterr().out.splitlines() if "/examples/" in line]
    told = [re.sub(r"^.*/examples/", "", line) for line in found]
    assert told[:2] == [
        "cut.json:1: (whole input): expected JSON, got a mistake at line 1, column 8 (expecting value)",
        "gbk.json:1: (whole input): expected text in UTF-8, got byte 8 that is not",
    ]
    assert "odd.json:1: /id: expected a value: it is required, got nothing" in told
    for shown in (examples_for, lambda editions: pack_tests.examples(editions)("lit.lamps")):
        with pytest.raises((PolicyError, pytest.fail.Exception), match=r"cut\.json: \(whole input\): expected JSON"):
            shown([edition])


def test_a_docstring_that_only_cites_is_a_fault_at_its_line(
    linted: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    damage = policies()["douyin_global.damage"][-1]
    linted(attrs.evolve(damage, requires=(a_bare_citation, *damage.requires)))
    assert lint("pinduoduo", "--format", "json") == 1
    faults = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    line = a_bare_citation.__code__.co_firstlineno
    message = "the docstring cites the rule and does not restate it"
    assert attrs.asdict(LintFault("a_bare_citation", a_bare_citation.__code__.co_filename, line, message)) in faults


def a_window(filed_at: Instant) -> Window:
    """ZZ.1. It takes 7 days."""
    return within_days("filed_at", filed_at, 7)


def a_longer_window(filed_at: Instant) -> Window:
    """ZZ.1. It takes 9 days."""
    return within_days("filed_at", filed_at, 9)


def in_time(as_of: Instant, a_window: Window) -> bool:
    """ZZ.1. Decided within 7 days."""
    return as_of in a_window


def test_a_fault_of_one_edition_alone_names_it(
    linted: Callable[..., None], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The docstring of a kept clause says 7 days, which hold in the old edition and not in the new one."""
    first = Edition(
        policy="test.policy",
        article="ZZ.1",
        effective_from=dt.date(2022, 3, 15),
        case_kind=CLAIMS,
        facts=(a_window,),
        requires=(in_time,),
    )
    monkeypatch.setattr(a_longer_window, "__name__", "a_window")
    linted(first, first.amended(effective_from=dt.date(2023, 3, 15), replacing=(a_longer_window,)))
    assert lint("pinduoduo") == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if "in_time" in line and "words" not in line]
    place = f"{__file__}:{in_time.__code__.co_firstlineno}"
    told = "its docstring says 7, but no code behind it holds that number, in edition 2023-03-15"
    assert lines == [f"{place}: in_time: {told}"]


def test_one_policy_can_be_linted_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert lint("douyin_global.damage") == 0
    assert capsys.readouterr().out == "No faults in douyin_global.damage 2022-03-15.\n"


def test_a_pack_without_editions_is_not_said_to_be_without_faults(
    linted: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    linted()
    assert lint("pinduoduo") == 2
    assert "the pack pinduoduo (pinduoduo) has no edition: its EDITIONS is empty" in capsys.readouterr().err


def test_a_pack_that_is_not_installed_is_refused_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert lint("lamps") == 2
    output = capsys.readouterr().err
    assert (
        "there is no pack and no policy lamps; there are: consumer_law, douyin_alliance, douyin_global, douyin_xingtu, pinduoduo, "
        in output
    )
