"""Mistakes in the texts of a pack: lint finds them in the catalogue, and whoever needs the text is told which it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import attrs
import pytest

from adjudicator.engine.clause import PolicyError
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import editions
from adjudicator.rulebook.text_faults import faults_of_texts
from adjudicator.testing import pack_tests
from adjudicator.words import ENGLISH, words_for
from written_packs import pack_with

Packed: TypeAlias = Callable[..., Edition]
"""Writes a pack with these entries in its English catalogue, and returns its edition."""


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Packed:
    def pack(*entries: str, encoding: str = "utf-8") -> Edition:
        return pack_with({"words/en.po": "\n\n".join(entries).encode(encoding)}, tmp_path, monkeypatch)

    return pack


def entry(code: str, text: str) -> str:
    return f'msgid "{code}"\nmsgstr "{text}"'


def faults(edition: Edition) -> list[tuple[str, int, str]]:
    return [(Path(each.path).name, each.line, each.message) for each in faults_of_texts((edition,))]


def test_no_shipped_catalogue_has_a_fault() -> None:
    assert faults_of_texts(editions()) == ()


@pytest.mark.parametrize(
    ("code", "text", "fault"),
    [
        ("reason.not_ripe", "Too early: {need}.", "has {need}, which nothing fills in; it can have {needs}"),
        ("ask.any", "{partie}, file it.", "has {partie}, which nothing fills in; it can have {need} and {party}"),
        ("title.lit.lamps", "Lamps for {party}", "has {party}, which nothing fills in; it can have no place"),
        ("letter.title.agent", "On {rules}", "has {rules}, which nothing fills in; it can have {rule}"),
        ("letter.title.agent@lit.lamps", "On {0}", "has {0}, which nothing fills in; it can have {rule}"),
        ("reason.fails", "No {needs", "has braces that do not match: expected '}' before end of string"),
    ],
)
def test_a_place_that_nothing_fills_in_is_a_fault_of_its_entry(
    packed: Packed, code: str, text: str, fault: str
) -> None:
    assert faults(packed(entry("title.lit.lamps@x", "Lamps"), entry(code, text))) == [("en.po", 4, f"{code} {fault}")]


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("letter.against.is_claimd", "is about is_claimd, which is no clause"),
        ("letter.remark.is_claimed", "is about is_claimed, which is no remark"),
        ("letter.remark.lamps_are_heavy", "is about lamps_are_heavy, which is no remark"),
        ("letter.please.lamp.unknown", "is about lamp, which is no need"),
        ("ask.lamp", "is about lamp, which is no need"),
    ],
)
def test_a_text_that_nobody_would_miss_is_about_something_that_there_is(packed: Packed, code: str, what: str) -> None:
    there = [entry("letter.against.is_claimed", "A lamp."), entry("letter.remark.lamps_are_fragile", "They break.")]
    edition = packed(*there, entry("letter.please.any", "Send {need}."), entry(code, "x"))
    assert faults(edition) == [("en.po", 10, f"{code} {what} of any policy with these texts")]


def test_a_text_may_be_about_another_edition(packed: Packed) -> None:
    """One that only the older one has, say."""
    edition = packed(entry("letter.remark.lamps_are_fragile", "They break."))
    silent = attrs.evolve(edition, policy="lit.silence", remarks=())
    assert [each.line for each in faults_of_texts((silent,))] == [1]
    assert faults_of_texts((silent,), (edition,)) == ()


def test_a_text_that_cannot_be_filled_in_is_named_when_it_is_said(packed: Packed) -> None:
    """With the file and the entry, also if the entry is for one policy."""
    edition = packed(entry("reason.not_ripe", "Too early: {need}."), entry("title.lit.lamps@lit.lamps", "{Lamps"))
    words = words_for(edition, ENGLISH)
    with pytest.raises(PolicyError, match=r"words/en\.po: reason\.not_ripe has \{need\}, which nothing fills in"):
        words.say("reason.not_ripe", needs="the goods")
    with pytest.raises(PolicyError, match=r"words/en\.po: title\.lit\.lamps@lit\.lamps has braces that do not match"):
        words.title()


def test_a_catalogue_in_another_encoding_is_named(packed: Packed) -> None:
    edition = packed(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"', entry("title.a", "灯"), encoding="gbk"
    )
    with pytest.raises(PolicyError, match=r"the words in .*en\.po cannot be read: .*; save the file as UTF-8"):
        words_for(edition, ENGLISH)


def test_the_test_of_a_packs_words_finds_them_too(packed: Packed) -> None:
    edition = packed(entry("title.lit.lamps", "Lamps for {party}"))
    with pytest.raises(pytest.fail.Exception, match=r"en\.po:1: title\.lit\.lamps has \{party\}"):
        pack_tests.words([edition])(edition, ENGLISH)
