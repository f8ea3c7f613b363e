"""The agent's script: a few short sentences to be read aloud, what to do next first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from adjudicator.explain.page import Items, Page
from adjudicator.explain.view import Asked, View
from adjudicator.model.decision import ClaimDecision, FreightBearer, Request
from adjudicator.words import Words

MOST: Final = 8
"""How many sentences a caller can be expected to follow."""

MOST_REASONS: Final = 2
MOST_ASKED: Final = 2


def script(told: View) -> Page:
    """What to do next, what was decided, how much is paid, why not more, and what is waited for."""
    sentences = tuple(dict.fromkeys(_sentences(told)))
    if len(sentences) > MOST:
        sentences = (*sentences[: MOST - 2], told.say("script.rest"), sentences[-1])
    title = told.say("letter.title.agent", rule=told.rule)
    return Page(told.words.language, title, told.about()[:1], (Items(sentences, in_order=True),))


def _sentences(told: View) -> Iterator[str]:
    yield from _to_do(told)
    yield told.verdict().text
    if told.claim is not None and told.claim.awards:
        yield from _money(told.words, told.claim)
    yield from (told.spoken(each) for each in islice(told.decisive(), MOST_REASONS))
    if told.for_a_person():
        yield told.say("script.person")
    waiting = told.waiting(told.claimant)
    yield from waiting.items if waiting else ()
    yield told.say("script.rights")


def _to_do(told: View) -> Iterator[str]:
    asked = [each for each in told.asked() if each.request.to == told.claimant.value]
    yield from (_asked(told, each) for each in asked[:MOST_ASKED])
    allowed = told.claim.return_authorisation if told.claim else None
    if allowed is not None:
        yield told.say("script.send_back", market=told.words.value("market", allowed.market))
        if allowed.freight_borne_by is not FreightBearer.UNDETERMINED:
            yield told.say(f"letter.freight.{allowed.freight_borne_by.value}")
    if not asked and allowed is None:
        yield told.say("letter.nothing_to_do")


def _asked(told: View, asked: Asked) -> str:
    """What the caller is asked for, what will do, and until when, in one breath."""
    request = asked.request
    please = told.words.first(
        (f"letter.please.{request.need}", "letter.please.any"), need=told.say(f"need.{request.need}")
    )
    until = told.say("letter.until", end=told.words.end(request.due_at)) if request.due_at is not None else ""
    return told.words.sentences(please, _what_will_do(told, request), until)


def _what_will_do(told: View, request: Request) -> str:
    """The kinds of documents that will do; else what has to be chosen, where there is one way only."""
    words = told.words
    kinds = dict.fromkeys(str(kind) for each in request.accepts for kind in each.get("kind", ()))
    if kinds:
        return words.say("script.kinds", kinds=words.listed((words.value("kind", each) for each in kinds), "or"))
    if request.evidence_id is None and len(request.accepts) == 1 and any(request.accepts[0].values()):
        return words.say("script.takes", answer=words.answer(request.accepts[0], told.decision.currency))
    return ""


def _money(words: Words, claim: ClaimDecision) -> Iterator[str]:
    """The sum, and what it is made of where that is several things."""
    yield words.say("script.money", total=words.spoken_money(claim.total, claim.currency))
    kinds: dict[str, int] = {}
    for award in claim.awards:
        kinds[award.kind.value] = kinds.get(award.kind.value, 0) + award.amount
    if len(kinds) > 1:
        parts = (
            words.say(f"script.award.{kind}", amount=words.spoken_money(amount, claim.currency))
            for kind, amount in kinds.items()
        )
        yield words.say("script.parts", parts=words.listed(parts))
