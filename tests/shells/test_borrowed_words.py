"""A clause reused from another pack brings its texts along."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from adjudicator.engine.policy import Edition
from adjudicator.model.finding import Because, Effect, Finding, Role
from adjudicator.rulebook.codes import codes_without_words
from adjudicator.words import ENGLISH, TRADITIONAL_CHINESE, words_for

LENDER = '''"""A promise (ZZ.1)."""
import datetime as dt
from adjudicator.claims import CLAIMS, Category, Channel
from adjudicator.law import Edition, Failed

def goods_are_food(category: Category) -> bool | Failed:
    """ZZ.1(1). Food."""
    return category is Category.FOOD or Failed("too_dry")

def filed_online(filed_through: Channel) -> bool:
    """ZZ.1(2). Online."""
    return filed_through is Channel.ORDER_PAGE

EDITION = Edition(
    policy="lent.food", article="ZZ.1", effective_from=dt.date(2023, 1, 1), case_kind=CLAIMS,
    requires=(goods_are_food, filed_online),
)
'''
BORROWER = '''"""Another promise (ZZ.1)."""
import datetime as dt
from words_lender.food import EDITION as OLD
from adjudicator.claims import Channel

def filed_online(filed_through: Channel) -> bool:
    """ZZ.1(2). Anywhere else."""
    return filed_through is Channel.OTHER

EDITION = OLD.amended(effective_from=dt.date(2024, 1, 1), replacing=(filed_online,))
'''
HEAD = 'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'


def pack(folder: Path, name: str, source: str, **texts: str) -> None:
    """A package with one module and a catalogue in Traditional Chinese and English."""
    (folder / name / "words").mkdir(parents=True)
    (folder / name / "__init__.py").write_text("", "utf-8")
    (folder / name / "food.py").write_text(source, "utf-8")
    for language in (ENGLISH, TRADITIONAL_CHINESE):
        entries = "".join(f'\nmsgid "{code.replace("__", ".")}"\nmsgstr "{text}"\n' for code, text in texts.items())
        (folder / name / "words" / f"{language}.po").write_text(HEAD.format(language=language) + entries, "utf-8")


@pytest.fixture
def borrowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Edition:
    """An edition of one pack with a clause of another. Both have texts for the same reason."""
    pack(
        tmp_path,
        "words_lender",
        LENDER,
        reason__too_dry="Lent: too dry.",
        rule__food__goods_are_food="Lent: food.",
        title__lent__food="Lent: title",
    )
    pack(tmp_path, "words_borrower", BORROWER, reason__too_dry="Own: too dry.", title__lent__food="Own: title")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("words_lender", "words_borrower"):
        for module in (name, f"{name}.food"):
            monkeypatch.delitem(sys.modules, module, raising=False)
    from words_borrower.food import EDITION  # type: ignore[import-not-found]

    found: Edition = EDITION
    return found


def test_a_reused_clause_brings_its_words(borrowed: Edition) -> None:
    """Its reason and its restatement come from its own pack; the title comes from the pack of the edition."""
    words = words_for(borrowed, TRADITIONAL_CHINESE)
    because = Because("goods_are_food.too_dry", {})
    finding = Finding("goods_are_food", (), None, Role.REQUIREMENT, Effect.DEFEATS, because, (), (), None)
    assert words.restated("goods_are_food") == "Lent: food."
    assert words.because(finding) == "Lent: too dry."
    assert words.title() == "Own: title"


def test_texts_of_a_reused_clause_are_not_reported_as_missing(borrowed: Edition) -> None:
    lacking = codes_without_words(borrowed, TRADITIONAL_CHINESE)
    assert lacking == ("rule.food.filed_online",)
