"""The supported languages, and which of them a locale selects."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from babel.core import Locale, get_global, negotiate_locale, parse_locale

ENGLISH: Final = "en"
SIMPLIFIED_CHINESE: Final = "zh_Hans"
TRADITIONAL_CHINESE: Final = "zh_Hant"
LANGUAGES: Final = (ENGLISH, SIMPLIFIED_CHINESE, TRADITIONAL_CHINESE)

_LANGUAGE_BY_TAG: Final = {
    "en": ENGLISH,
    "zh": SIMPLIFIED_CHINESE,
    "zh_Hans": SIMPLIFIED_CHINESE,
    "zh_Hant": TRADITIONAL_CHINESE,
}
_CLDR: Final = {ENGLISH: "en_GB"}
"""The CLDR locales of languages if not simply the same: British English for 30 May 2022, not May 30, 2022."""

_MOST_TAGS: Final = 256
"""The number of locale tags whose language is kept: callers use the same few, and a tag can be any text."""
_MESSAGE_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


@lru_cache(maxsize=_MOST_TAGS)
def known_language(tag: str) -> str | None:
    """The language for a locale such as ``zh-HK`` or ``en_GB.UTF-8``; ``None`` if it is not supported."""
    try:
        language, territory, script = parse_locale(tag.replace("-", "_"))[:3]
    except ValueError:
        return None
    if script is None and (likely := get_global("likely_subtags").get(f"{language}_{territory}")):
        script = parse_locale(likely)[2]
    found = negotiate_locale([f"{language}_{script}", language], _LANGUAGE_BY_TAG)
    return _LANGUAGE_BY_TAG[found] if found else None


def language_of(tag: str) -> str:
    """The language for a locale; English if it is empty or not supported."""
    return known_language(tag) or ENGLISH


def tag_of(language: str) -> str:
    """The tag of a language in JSON, HTML and on the command line."""
    return language.replace("_", "-")


def language_in(environment: Mapping[str, str]) -> str:
    """The language that the environment selects: as in POSIX, the first of these variables that is set counts."""
    return language_of(next((environment[name] for name in _MESSAGE_VARIABLES if environment.get(name)), ""))


@cache
def cldr_locale(language: str) -> Locale:
    """The CLDR data for a language."""
    return Locale.parse(_CLDR.get(language, language))
