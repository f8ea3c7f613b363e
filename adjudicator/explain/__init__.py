"""Explaining: one decision, told to each of its readers in his language, and to none more than concerns him.

A voice makes a page of plain data from a decision, from which everything that its reader may not see has been taken out before;
a format writes the page. Nothing of this is made before it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

from adjudicator.engine.registry import edition_behind
from adjudicator.extras import importing

with importing("words"):
    from adjudicator.explain import agent, auditor, consumer, html, markdown, merchant, text
from adjudicator.explain.page import Page
from adjudicator.explain.privacy import EVERYTHING, redacted, redacted_case
from adjudicator.explain.view import View
from adjudicator.model.case import Case
from adjudicator.model.decision import ClaimDecision, Decision
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.facts import Party
from adjudicator.model.privacy import Personal
from adjudicator.words import words_for

Voice: TypeAlias = Literal["consumer", "merchant", "agent", "auditor"]
Format: TypeAlias = Literal["text", "markdown", "html"]


@frozen
class Reader:
    """Who reads: what he may see, and how a page for him is made."""

    may_see: frozenset[Personal]
    page: Callable[[View], Page]


READERS: Final[Mapping[Voice, Reader]] = {
    "consumer": Reader(frozenset({Personal.ADDRESS, Personal.WAYBILL}), consumer.letter),
    "merchant": Reader(frozenset({Personal.ADDRESS}), merchant.notice),
    "agent": Reader(frozenset(), agent.script),
    "auditor": Reader(EVERYTHING, auditor.record),
}
FORMATS: Final[Mapping[Format, Callable[[Iterable[Page]], Iterator[str]]]] = {
    "text": text.written,
    "markdown": markdown.written,
    "html": html.written,
}


def explain(
    decision: Decision,
    case: Any = None,
    *,
    voice: Voice = "consumer",
    locale: str = "en",
    format: Format = "text",
) -> str:
    """Tell a decision to one of its readers.

    ``voice`` is ``consumer`` (the letter to whoever claims), ``merchant`` (the notice to whoever has to perform), ``agent`` (a
    script to be read aloud) or ``auditor`` (everything). ``locale`` is any locale tag, ``format`` one of ``text``, ``markdown``
    and ``html``. With the ``case`` that was decided, goods, documents and addresses are told by what they are, not by their ids.

    Raises :class:`~adjudicator.model.errors.InputError` for a case that is not the one that was decided.
    """
    return "".join(FORMATS[format]([page_for(decision, case, voice=voice, locale=locale)]))


def explained(pages: Iterable[Page], format: Format) -> Iterator[str]:
    """Several pages in one document, piece by piece, each as soon as it has come."""
    return FORMATS[format](pages)


def page_for(decision: Decision, case: Any = None, *, voice: Voice, locale: str) -> Page:
    """What a voice has to say of a decision, not yet in any format. Raises as :func:`explain` does."""
    if case is not None and case.id != decision.case_id:
        raise InputError(
            [Fault("/id", shown(case.id), f"the id of the case that was decided, {shown(decision.case_id)}")]
        )
    edition = edition_behind(decision.policy)
    case_type = edition.case_kind.case_type if edition else Case
    claimant, respondent = (
        _sides(decision) if edition is None else (edition.case_kind.claimant, edition.case_kind.respondent)
    )
    reader = READERS["consumer" if voice == "merchant" and respondent is None else voice]
    return reader.page(
        View(
            redacted(decision, case_type, reader.may_see),
            None if case is None else redacted_case(case, reader.may_see),
            words_for(edition, locale),
            claimant,
        )
    )


def _sides(decision: Decision) -> tuple[Party, Party | None]:
    """Who claims and who answers, where the policy that says so is not installed here."""
    return (Party.CONSUMER, Party.MERCHANT) if isinstance(decision, ClaimDecision) else (Party.MERCHANT, None)
