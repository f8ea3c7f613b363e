"""Languages: which there are, and which of them a locale asks for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
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
"""Where Unicode's data for a language is kept under another name than ours: 30 May 2022, not May 30, 2022."""

_MESSAGE_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


def known_language(tag: str) -> str | None:
    """The language for a locale such as ``zh-HK`` or ``en_GB.UTF-8``; ``None`` for one that there are no words in."""
    try:
        language, territory, script = parse_locale(tag.replace("-", "_"))[:3]
    except ValueError:
        return None
    if script is None and (likely := get_global("likely_subtags").get(f"{language}_{territory}")):
        script = parse_locale(likely)[2]
    found = negotiate_locale([f"{language}_{script}", language], _LANGUAGE_BY_TAG)
    return _LANGUAGE_BY_TAG[found] if found else None


def language_of(tag: str) -> str:
    """The language for a locale; English for one that there are no words in, and for none."""
    return known_language(tag) or ENGLISH


def tag_of(language: str) -> str:
    """A language as it is written in JSON, in HTML and on the command line."""
    return language.replace("_", "-")


def language_in(environment: Mapping[str, str]) -> str:
    """The language that the environment asks for, as POSIX has it: the first of these variables that is set."""
    return language_of(next((environment[name] for name in _MESSAGE_VARIABLES if environment.get(name)), ""))


@cache
def cldr_locale(language: str) -> Locale:
    """Unicode's data for a language."""
    return Locale.parse(_CLDR.get(language, language))
