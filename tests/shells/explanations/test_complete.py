"""Every decision can be explained to every reader, in every language, without a hole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import decide
from adjudicator.explain import READERS, page_for
from adjudicator.explain.page import Page, Paragraph
from adjudicator.wire.codec import case_from
from adjudicator.words import LANGUAGES, Words
from documents import documents
from explanations.reading import LETTERS, for_every_policy, holes_in, many


@pytest.fixture
def no_code_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a code without a text an error instead of showing its last part."""
    say = Words.say

    def strict(self: Words, code: str, **params: object) -> str:
        assert code in self, code
        return say(self, code, **params)

    monkeypatch.setattr(Words, "say", strict)


@pytest.mark.usefixtures("no_code_without_words")
@for_every_policy
@many
@given(data=st.data())
def test_every_decision_has_a_complete_explanation_for_every_reader(policy: str, data: st.DataObject) -> None:
    """No empty sentences, unfilled templates or bare codes, with or without the case."""
    case = case_from(data.draw(documents(policy)))
    decision = decide(case)
    for voice in READERS:
        for language in LANGUAGES:
            for known in (case, None):
                page = page_for(decision, known, voice=voice, locale=language)
                assert page.language == language
                assert holes_in(page, is_letter=voice in LETTERS) == []


@pytest.mark.parametrize(
    "text", ["", " ", "Send us {need}.", "For None.", "Done. ()", "goods_category is not known", "reason.proven"]
)
def test_a_missing_text_would_be_detected(text: str) -> None:
    assert holes_in(Page("en", "Title", (), (Paragraph(text),)), is_letter=True)
