"""A locale selects a language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adjudicator.words import (
    ENGLISH,
    LANGUAGES,
    SIMPLIFIED_CHINESE,
    TRADITIONAL_CHINESE,
    language_in,
    language_of,
    words_for,
)
from words.catalogues import in_every_language


@pytest.mark.parametrize(
    ("tags", "language"),
    [
        ("en en_GB.UTF-8 en-US en@euro en_GB.ISO8859-15@euro", ENGLISH),
        ("C C.UTF-8 POSIX fr_FR de-CH zha zhx-Hant x-klingon - _ @ .UTF-8 zh_CN_TW_HK_MO é 中文 \x00", ENGLISH),
        (
            "zh zh-CN zh_CN.UTF-8 ZH_cn zh-SG zh-Hans zh-Hans-HK zh_Hans_SG zh.GB18030 zh_CN@stroke zh-XX",
            SIMPLIFIED_CHINESE,
        ),
        (
            "zh-TW zh_TW.Big5 zh-HK zh_HK.UTF-8 zh-MO zh-Hant zh-Hant-CN ZH-hant-hk zh_Hant_MO zh-US",
            TRADITIONAL_CHINESE,
        ),
    ],
)
def test_a_locale_means_a_language(tags: str, language: str) -> None:
    """Chinese uses the script of the tag or of its territory. C, POSIX and unknown locales mean English."""
    assert {tag: language_of(tag) for tag in (*tags.split(" "),)} == dict.fromkeys(tags.split(" "), language)
    assert language_of("") == ENGLISH


@given(tag=st.text() | st.from_regex(r"(?i)zh([-_](hans|hant|\w{2,4})){0,3}(\.\w+)?(@\w+)?", fullmatch=True))
def test_any_locale_means_some_language(tag: str) -> None:
    """Any value in the environment gives some language."""
    assert language_of(tag) in LANGUAGES
    assert words_for(None, tag).say("outcome.approved") in ("Approved", "通过", "通過")


@in_every_language
def test_a_language_is_a_locale(language: str) -> None:
    """Each of our languages selects itself, however it is written."""
    assert language_of(language) == language_of(language.replace("_", "-")) == language


def test_the_environment_is_read_as_posix_has_it() -> None:
    """LC_ALL overrides LC_MESSAGES, and that overrides LANG. An empty one counts as unset."""
    assert language_in({"LANG": "zh_CN.UTF-8"}) == SIMPLIFIED_CHINESE
    assert language_in({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}) == ENGLISH
    assert language_in({"LANG": "en", "LC_MESSAGES": "en", "LC_ALL": "zh_TW"}) == TRADITIONAL_CHINESE
    assert language_in({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}) == SIMPLIFIED_CHINESE
    assert language_in({}) == ENGLISH
