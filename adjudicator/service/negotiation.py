"""Content negotiation: media type and language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from adjudicator.service.operations import Header
from adjudicator.service.problems import Problem
from adjudicator.words import ENGLISH, LANGUAGES, language_of

CONTENT_LANGUAGE: Final = Header(
    name="Content-Language",
    description="The language of the response; English if the requested one is not available.",
    schema={"type": "string", "enum": [language.replace("_", "-") for language in LANGUAGES]},
)
VARY: Final = Header(
    name="Vary", description="The request headers that the response depends on.", schema={"type": "string"}
)

_WEIGHT: Final = re.compile(r"\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE)


def _weighted(header: str) -> list[tuple[str, float]]:
    """The items of a header with their weights; an invalid weight counts as 0."""
    weighted = []
    for item in header.split(","):
        name, *parameters = item.split(";")
        weights = [_WEIGHT.fullmatch(parameter) for parameter in parameters if parameter.strip()[:1] in ("q", "Q")]
        weight = 1.0 if not weights else float(weights[0].group(1)) if weights[0] else 0.0
        if name.strip():
            weighted.append((name.strip().lower(), weight))
    return weighted


def media_type_for(accept: str | None, offered: Sequence[str]) -> str:
    """The media type that the client prefers; of equally good ones, the first offered.

    Raises :class:`Problem` if none is acceptable.
    """
    if accept is None or accept == "*/*" or accept == offered[0]:
        return offered[0]
    return _best_match(accept, tuple(offered))


@lru_cache(maxsize=256)
def _best_match(accept: str, offered: tuple[str, ...]) -> str:
    weights = dict(_weighted(accept))
    if not weights:
        return offered[0]

    def weight(media_type: str) -> float:
        family = f"{media_type.partition('/')[0]}/*"
        return next((weights[name] for name in (media_type, family, "*/*") if name in weights), 0.0)

    best = max(offered, key=weight)
    if weight(best) == 0:
        raise Problem("not-acceptable", f"available as {' or '.join(offered)}")
    return best


def language_headers(language: str, by: str) -> dict[str, str]:
    """Headers for a response in this language, chosen by these request headers."""
    return {CONTENT_LANGUAGE.name: language.replace("_", "-"), VARY.name: by}


def language_for(locale: str | None, accept_language: str) -> str:
    """The response language: that of ``locale`` if given, else the one that the client prefers, else English."""
    if locale is not None:
        return language_of(locale)
    weights = sorted(_weighted(accept_language), key=lambda pair: -pair[1])
    for tag, weight in weights:
        if weight > 0 and tag.partition("-")[0] in ("en", "zh"):
            return language_of(tag)
    return ENGLISH
