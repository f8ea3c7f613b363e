"""Rulings in words: what can be ruled on a claim, the rulings that wait for confirmation, and what each would lead to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from adjudicator.analysis.diff import diff
from adjudicator.api import decide
from adjudicator.desk.cases import Standing
from adjudicator.desk.forms import LEFT_OUT, Form, forms_for
from adjudicator.desk.panel import mark_of
from adjudicator.desk.rulings import Content, Option, case_as_ruled, options
from adjudicator.engine.registry import edition_behind
from adjudicator.explain import requests, view_for
from adjudicator.explain.difference import difference_page
from adjudicator.explain.page import Page
from adjudicator.explain.privacy import personal_at
from adjudicator.explain.view import View, capitalised
from adjudicator.model.decision import PolicyRef
from adjudicator.model.errors import InputError
from adjudicator.service.problems import Problem
from adjudicator.store import Ruling, RulingState
from adjudicator.wire.codec import document_of
from adjudicator.words import Words, words_for

KIND: Final = "kind"


@frozen
class Ruled:
    """A possible ruling: its subject, what is known about that, and a form for each way to rule."""

    id: str
    text: str
    known: str
    forms: tuple[Form, ...]


@frozen
class Outlook:
    """What a ruling would lead to: the outcome with its mark, and what changes."""

    mark: str
    outcome: str
    total: str
    changed: Page


@frozen(kw_only=True)
class Draft:
    """A ruling that is not on record with a decision, in words. ``outlook`` is ``None`` if it can no longer be confirmed as it is."""

    id: str
    entered: str
    says: str
    reason: str
    outlook: Outlook | None
    is_open: bool
    is_own: bool
    may_confirm: bool
    closed: str
    rejection: str


def ruled_on(shown: Standing, language: str) -> tuple[Ruled, ...]:
    """What can be ruled on a claim, with forms that show nothing personal."""
    view = view_for(shown.decision, shown.case, voice="agent", locale=language)
    return tuple(_ruled(shown, view, each) for each in options(shown))


def _ruled(shown: Standing, view: View, option: Option) -> Ruled:
    request, words = option.request, view.words
    forms = forms_for(shown.case, request, words)
    if request.evidence_id is not None:
        document = words.outside(request.evidence_id)
        return Ruled(
            option.id, words.say("desk.ruling.document", document=document), _known(shown, view, option), forms
        )
    if any(KIND in each for each in request.accepts):
        line = request.line_id
        where = words.say("desk.ruling.whole") if line is None else words.say("decision.line", line=line)
        return Ruled(
            option.id, words.say("desk.ruling.new"), where if getattr(shown.decision, "lines", ()) else "", forms
        )
    lines = tuple(each for each in (request.line_id, *option.also_for) if each is not None)
    return Ruled(option.id, requests.please(view, requests.GroupedRequest(request, lines)), "", forms)


def _known(shown: Standing, view: View, option: Option) -> str:
    """The content of a document, without personal data."""
    document = next(each for each in shown.case.evidence if each.id == option.request.evidence_id)
    left_out = LEFT_OUT - {KIND, "submitted_by", "verification"}
    fields = {KIND: document.kind, **document_of(document)}
    said = {name: value for name, value in _leaves(fields) if value is not None and name not in left_out}
    return view.words.listed(_said(view.words, type(shown.case), said))


def _leaves(fields: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}/")
        elif not isinstance(value, list):
            yield f"{prefix}{name}", value


def _said(words: Words, case_type: type, said: Mapping[str, Any]) -> Iterator[str]:
    """The fields of a document or an answer with their values; without what an agent may not see."""
    for place, value in said.items():
        if place == KIND:
            yield words.value(KIND, value)
        elif not personal_at(case_type, place):
            shown = tuple(value) if isinstance(value, list) else value
            yield words.say("desk.ruling.says", field=words.field(place), value=words.value(place, shown))


def says(content: Content, policy: PolicyRef, words: Words) -> str:
    """What a ruling says."""
    edition = edition_behind(policy)
    said = () if edition is None else _said(words, edition.case_kind.case_type, content.said)
    text = words.listed(said)
    if content.document is not None:
        text = words.say("desk.ruling.on", document=words.outside(content.document), said=text)
    elif content.line_id is not None:
        text = words.say("desk.ruling.says", field=words.say("decision.line", line=content.line_id), value=text)
    return capitalised(text)


@frozen
class Drafts:
    """Puts the rulings on a claim into words, for a caller; ``by_another`` if nobody may confirm a ruling of their own.

    ``case`` is the claim's as it stands now.
    """

    names: Mapping[str, str]
    language: str
    caller: str | None
    by_another: bool
    case: Any

    def on(self, shown: Standing, rulings: tuple[Ruling, ...]) -> tuple[Draft, ...]:
        """The rulings on the order of a claim that are not on record with a decision; those that wait come first."""
        kept = (each for each in rulings if each.state in (RulingState.OPEN, RulingState.REJECTED) and each.content)
        return tuple(self._draft(shown, each) for each in sorted(kept, key=lambda each: not each.is_open))

    def _draft(self, shown: Standing, ruling: Ruling) -> Draft:
        content, policy = Content.of(ruling), shown.decision.policy
        words = words_for(edition_behind(policy), self.language, exact=False)
        is_own = ruling.entered_by == self.caller
        is_current = ruling.is_open and (ruling.decision_id, ruling.version) == (shown.summary.id, shown.version)
        outlook = self._outlook(shown, content, ruling.entered_by or "") if is_current else None
        return Draft(
            id=ruling.id,
            entered=words.say(
                "desk.ruling.entered", caller=self._name(ruling.entered_by), moment=words.moment(ruling.entered_at)
            ),
            says=says(content, policy, words),
            reason=content.reason,
            outlook=outlook,
            is_open=ruling.is_open,
            is_own=is_own,
            may_confirm=outlook is not None and not (is_own and self.by_another),
            closed=self._closed(ruling, words),
            rejection=ruling.rejection or "",
        )

    def _closed(self, ruling: Ruling, words: Words) -> str:
        if ruling.closed_at is None:
            return ""
        who, when = self._name(ruling.closed_by), words.moment(ruling.closed_at)
        if ruling.closed_by == ruling.entered_by:
            return words.say("desk.ruling.taken_back", caller=who, moment=when)
        return words.say("desk.ruling.rejected", caller=who, moment=when)

    def _name(self, identity: str | None) -> str:
        return self.names.get(identity or "", identity or "")

    def _outlook(self, shown: Standing, content: Content, by: str) -> Outlook | None:
        try:
            return outlook_of(shown, case_as_ruled(shown, self.case, content, by), self.language)
        except (InputError, Problem):
            return None


def outlook_of(shown: Standing, case: Any, language: str) -> Outlook:
    """What a case as it was ruled would lead to, as the desk may see it."""
    decision = decide(case)
    before = view_for(shown.decision, shown.case, voice="agent", locale=language)
    after = view_for(decision, case, voice="agent", locale=language)
    total = getattr(decision, "total", None)
    return Outlook(
        mark_of(Standing(shown.summary, decision, case, (), shown.version)),
        after.say(f"outcome.{decision.outcome}"),
        "" if not total else after.words.money(total, after.currency),
        difference_page(diff(before.decision, after.decision), after.decision.currency, language),
    )
