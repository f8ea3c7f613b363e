"""Turn stable codes into sentences in the reader's language.

A catalogue is a gettext file of texts by code. The engine's are ``en.po``, ``zh_Hans.po`` and ``zh_Hant.po`` beside this file; a
pack has its own in its folder ``words``, and they take precedence. If an edition takes functions from several packs, texts about
one function are looked up in that function's pack first, and all others in the pack of the last requirement. A code without a
text is shown by its last part, so a pack is readable before it has any texts.

The docstrings of its functions say what a rule says, in English and Simplified Chinese. Other languages have that text in the
pack's catalogue, under ``rule.<module>.<function>``.
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
    """The texts for an edition in a language or locale; those of its packs take precedence over the engine's.

    See :class:`~adjudicator.words.texts.Texts` for ``outside``. Unless ``exact``, instants are given to the second.
    """
    chosen = language if language in LANGUAGES else language_of(language)
    modules = modules_of(edition) if edition else ()
    texts = texts_for(modules, edition.policy if edition else "", chosen)
    return Words(chosen, edition, outside, exact, texts)
