"""What a caller would rather have: a media type, a language."""

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
    about="The language that was chosen; English for one that is not spoken here.",
    schema={"type": "string", "enum": [each.replace("_", "-") for each in LANGUAGES]},
)
VARY: Final = Header(name="Vary", about="The headers by which the answer was chosen.", schema={"type": "string"})

_WEIGHT: Final = re.compile(r"\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE)


def _weighed(header: str) -> list[tuple[str, float]]:
    """The members of a header with their weights; one whose weight is no weight counts as unwanted."""
    found = []
    for member in header.split(","):
        name, *parameters = member.split(";")
        weights = [_WEIGHT.fullmatch(each) for each in parameters if each.strip()[:1] in ("q", "Q")]
        weight = 1.0 if not weights else float(weights[0].group(1)) if weights[0] else 0.0
        if name.strip():
            found.append((name.strip().lower(), weight))
    return found


def media_type_for(accept: str | None, offered: Sequence[str]) -> str:
    """The media type to answer in: what the caller would rather have, and of as good ones the first that is offered.

    Raises :class:`Problem` if none will do.
    """
    if accept is None or accept == "*/*" or accept == offered[0]:
        return offered[0]
    return _negotiated(accept, tuple(offered))


@lru_cache(maxsize=256)
def _negotiated(accept: str, offered: tuple[str, ...]) -> str:
    wanted = dict(_weighed(accept))
    if not wanted:
        return offered[0]

    def weight(media_type: str) -> float:
        family = f"{media_type.partition('/')[0]}/*"
        return next((wanted[each] for each in (media_type, family, "*/*") if each in wanted), 0.0)

    best = max(offered, key=weight)
    if weight(best) == 0:
        raise Problem("not-acceptable", f"this is answered as {' or '.join(offered)}")
    return best


def chosen(language: str, by: str) -> dict[str, str]:
    """The headers of an answer that is in this language, and was chosen by these headers of the request."""
    return {CONTENT_LANGUAGE.name: language.replace("_", "-"), VARY.name: by}


def language_for(locale: str | None, accept_language: str) -> str:
    """The language to answer in: the locale that was named, else what the caller would rather have, else English."""
    if locale is not None:
        return language_of(locale)
    wanted = sorted(_weighed(accept_language), key=lambda each: -each[1])
    for tag, weight in wanted:
        if weight > 0 and tag.partition("-")[0] in ("en", "zh"):
            return language_of(tag)
    return ENGLISH
