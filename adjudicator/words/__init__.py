"""Words: stable codes in, sentences out, in the reader's language.

A catalogue is a gettext file of texts by code: ``en.po``, ``zh_Hans.po`` and ``zh_Hant.po`` beside this file for the engine's own
codes, and the same in the folder ``words`` of a pack for the codes of its policies. A pack's text goes before the engine's. Where an edition takes functions from several packs, what concerns
one function is looked up in the pack of that function first, and everything else in the pack of the last requirement.
A code without words is shown by its last part, so that another company's pack can be read before it has any.

What a rule says stands in the docstrings of its functions, in English and Simplified Chinese. Another language has it in the
catalogue of the pack, as ``rule.<module>.<function>``.
"""

from __future__ import annotations

from collections.abc import Callable

from adjudicator.engine.policy import Edition
from adjudicator.extras import importing

with importing("words"):
    from adjudicator.words.catalogues import catalogue, texts_for
from adjudicator.words.decisions import Words, reason_codes
from adjudicator.words.languages import (
    ENGLISH,
    LANGUAGES,
    SIMPLIFIED_CHINESE,
    TRADITIONAL_CHINESE,
    known_language,
    language_in,
    language_of,
    tag_of,
)
from adjudicator.words.requests import own_part
from adjudicator.words.rules import modules_of, rule_code
from adjudicator.words.values import field_codes, steps_named

__all__ = [
    "ENGLISH",
    "LANGUAGES",
    "SIMPLIFIED_CHINESE",
    "TRADITIONAL_CHINESE",
    "Words",
    "catalogue",
    "field_codes",
    "known_language",
    "language_in",
    "language_of",
    "own_part",
    "reason_codes",
    "rule_code",
    "steps_named",
    "tag_of",
    "words_for",
]


def words_for(
    edition: Edition | None, language: str, outside: Callable[[str], str] = str, *, exact: bool = True
) -> Words:
    """The words for an edition, its packs' before the engine's, in a language or the one that a locale means.

    See :class:`~adjudicator.words.texts.Texts` for ``outside``. Unless ``exact``, moments are given to the second.
    """
    chosen = language if language in LANGUAGES else language_of(language)
    modules = modules_of(edition) if edition else ()
    texts = texts_for(modules, edition.policy if edition else "", chosen)
    return Words(chosen, edition, outside, exact, texts)
