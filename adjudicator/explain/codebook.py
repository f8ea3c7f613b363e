"""The stable codes as a page, to read or to look one up."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from adjudicator.engine.registry import policies
from adjudicator.explain.page import Page, Pairs, Section
from adjudicator.rulebook.codes import Code
from adjudicator.words import Words, tag_of, words_for


def codes_page(codes: Iterable[Code], locale: str) -> Page:
    """Codes by policy and kind: what each means, since when it exists, who bears it, and what to do next."""
    words = words_for(None, locale)
    sections = tuple(
        Section(words_for(policies()[policy][-1], locale).title(), tuple(_kinds(words, group)))
        for policy, group in groupby(codes, key=lambda code: code.policy)
    )
    return Page(words.language, words.say("codes.title"), (), sections)


def _kinds(words: Words, codes: Iterable[Code]) -> Iterable[Section]:
    for kind, group in groupby(codes, key=lambda code: code.kind):
        heading = words.say(f"codes.kind.{kind.value}")
        yield Section(heading, tuple(_code(words, each) for each in group))


def _code(words: Words, code: Code) -> Section:
    tag = tag_of(words.language)
    pairs = [
        (words.say("codes.text"), code.text[tag]),
        (words.say("codes.since"), code.since),
        (words.say("record.field.cites"), words.listed(code.cites)),
        (words.say("record.field.effect"), words.listed(words.say(f"effect.{each.value}") for each in code.effects)),
        (words.say("codes.borne_by"), words.listed(words.say(f"party.{each}") for each in code.borne_by)),
        (words.say("codes.next"), code.next.get(tag, "")),
    ]
    return Section(code.code, (Pairs(tuple((name, text) for name, text in pairs if text)),))
