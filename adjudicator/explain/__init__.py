"""Explanations: one decision for each reader, in their language, showing only what they may see.

First everything the reader may not see is removed from the decision and the case. A voice then turns them into a page of plain
data, and a format renders the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

from attrs import evolve, frozen

from adjudicator.engine.policy import CaseKind, Edition
from adjudicator.engine.registry import edition_behind, policies
from adjudicator.extras import importing

with importing("words"):
    from adjudicator.explain import agent, auditor, consumer, html, markdown, merchant, text
from adjudicator.explain.page import Page
from adjudicator.explain.privacy import EVERYTHING, redacted, redacted_case
from adjudicator.explain.sanitize import shown as one_line
from adjudicator.explain.view import View
from adjudicator.model.case import Case
from adjudicator.model.decision import Decision
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.particulars import Particulars
from adjudicator.model.privacy import Personal
from adjudicator.model.soundness import CaseBase
from adjudicator.words import known_language, words_for

Voice: TypeAlias = Literal["consumer", "merchant", "agent", "auditor"]
Format: TypeAlias = Literal["text", "markdown", "html"]


@frozen
class Reader:
    """What a reader may see, and how the page for this reader is made."""

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
    case: CaseBase | None = None,
    *,
    voice: Voice | str = "consumer",
    locale: str = "en",
    format: Format = "text",
) -> str:
    """Explain a decision for one audience, showing only what they may see.

    ``voice`` is ``consumer`` (a letter to the claimant), ``merchant`` (a notice to the party that must perform), ``agent`` (a
    script to read aloud) or ``auditor`` (everything); the name of a party that the kind of case declares, such as ``passenger``, means
    what is written to that party. ``locale`` is any locale tag, ``format`` one of ``text``, ``markdown`` and
    ``html``. Pass the decided ``case`` to name goods, documents, addresses and earlier payments instead of showing their ids. If
    the words are not available in the language, the page is in English and says so.

    Raises :class:`~adjudicator.model.errors.InputError` for a case that is not the one that was decided, and for a voice that the
    kind of case does not have.
    """
    return "".join(FORMATS[format]([page_for(decision, case, voice=voice, locale=locale)]))


def explained(pages: Iterable[Page], format: Format) -> Iterator[str]:
    """Render several pages as one document, yielding each piece as soon as its page arrives."""
    return FORMATS[format](pages)


def page_for(
    decision: Decision, case: CaseBase | None = None, *, voice: Voice | str, locale: str, edition: Edition | None = None
) -> Page:
    """What a voice says about a decision, before formatting. Raises as :func:`explain` does.

    Pass the ``edition`` that decided if it is not installed, such as one that is only proposed.
    """
    view, reader = _seen(decision, case, voice, locale, edition)
    page = reader.page(view)
    return page if known_language(locale) else _with_fallback(page, locale)


def view_for(decision: Decision, case: CaseBase | None = None, *, voice: Voice | str, locale: str) -> View:
    """What a voice may see of a decision, before anything is said about it. Raises as :func:`explain` does."""
    return _seen(decision, case, voice, locale, None)[0]


def _seen(
    decision: Decision, case: CaseBase | None, voice: Voice | str, locale: str, edition: Edition | None
) -> tuple[View, Reader]:
    if case is not None and case.id != decision.case_id:
        raise InputError(
            [Fault("/id", shown(case.id), f"the id of the case that was decided, {shown(decision.case_id)}")]
        )
    edition = edition or edition_behind(decision.policy)
    case_type = edition.case_kind.case_type if edition else Case
    kind = edition.case_kind if edition else None
    claimant, respondent = (kind.claimant, kind.respondent) if kind else decision.sides
    plain = _plain_voice(voice, claimant, respondent)
    reader = READERS["consumer" if plain == "merchant" and respondent is None else plain]
    visible = None if case is None else redacted_case(case, reader.may_see)
    view = View(
        redacted(decision, case_type, reader.may_see),
        visible,
        _particulars(kind, visible),
        words_for(edition, locale, exact=plain == "auditor"),
        decision.asked_by or claimant,
        respondent,
    )
    return view, reader


def _plain_voice(voice: str, claimant: str, respondent: str | None) -> Voice:
    """The voice of that name, or the one that writes to the party of that name."""
    named: dict[str, Voice] = {str(claimant): "consumer"}
    if respondent is not None:
        named[str(respondent)] = "merchant"
    named |= {each: each for each in READERS}
    if voice not in named:
        raise InputError([Fault("voice", shown(voice), f"one of {', '.join(sorted(named))}")])
    return named[voice]


def parties() -> frozenset[str]:
    """The names of the parties to whom letters of installed policies are written."""
    kinds = [editions[-1].case_kind for editions in policies().values()]
    sides = [side for kind in kinds for side in (kind.claimant, kind.respondent)]
    return frozenset(str(side) for side in sides if side is not None)


def _particulars(kind: CaseKind[Any] | None, case: CaseBase | None) -> Particulars:
    if case is None:
        return Particulars()
    return kind.particulars(case) if kind else Particulars.of(case)


def letter_locale(locale: str | None, language: str) -> str:
    """The locale to write a letter in: ``language``, or the one that was asked for if we have no words for it, as the letter then says so."""
    return language if locale is None or known_language(locale) else locale


def _with_fallback(page: Page, locale: str) -> Page:
    """The page with a note that it is not in the language you asked for."""
    words = words_for(None, page.language)
    return evolve(page, about=(*page.about, words.say("letter.fallback", locale=one_line(locale))))
