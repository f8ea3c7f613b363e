"""The command ``codes --missing``: the texts that an author still has to write."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from adjudicator.cli import main
from adjudicator.engine.registry import policies
from adjudicator.rulebook.codes import codes_without_words
from adjudicator.rulebook.missing import missing_words
from adjudicator.words import LANGUAGES
from authors.faulty import a_bare_citation, without_words


def test_missing_words_come_as_messages_to_fill_in() -> None:
    """With the texts in other languages, so a translator needs nothing else. Once filled in, nothing is missing."""
    edition = attrs.evolve(without_words(), requires=(a_bare_citation, *without_words().requires))
    text = missing_words([edition], "zh_Hant")
    assert 'msgid "title.test.nameless"\nmsgstr ""' in text
    assert {line[7:-1] for line in text.splitlines() if line.startswith("msgid")} == {
        *codes_without_words(edition, "zh_Hant")
    }
    assert 'msgid ""' not in text, "a part of a file has no header"


def test_a_message_names_what_the_docstring_says() -> None:
    def goods_are_alcohol() -> bool:
        """DG.3. Alcohol is not returned.

        酒类不退。
        """
        return False

    damage = policies()["douyin_global.damage"][-1]
    text = missing_words([attrs.evolve(damage, barred_by=(goods_are_alcohol, *damage.barred_by))], "zh_Hant")
    assert '#. en: Alcohol is not returned.\n#. zh-Hans: 酒类不退。\nmsgid "rule.' in text


@pytest.mark.parametrize("arguments", [(), ("pinduoduo",), ("douyin_global.damage", "--po")])
def test_no_texts_of_shipped_editions_are_missing(
    arguments: tuple[str, ...], capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for language in LANGUAGES:
        assert main(["codes", *arguments, "--missing", "--locale", language.replace("_", "-")]) == 0
        assert capsysbinary.readouterr().out == b""


def test_missing_codes_are_listed_one_a_line(
    linted: Callable[..., None], capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    linted(without_words())
    assert main(["codes", "pinduoduo", "--missing"]) == 0
    assert b"title.test.nameless" in capsysbinary.readouterr().out.splitlines()


def test_a_part_of_a_gettext_file_holds_only_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codes", "--po"]) == 2
    assert "--po needs --missing" in capsys.readouterr().err
