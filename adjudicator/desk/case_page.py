"""The page of a case: its history, its payouts, and the rulings on it."""

from __future__ import annotations

import secrets
from typing import Final

from attrs import frozen

from adjudicator.desk import pages
from adjudicator.desk.cases import Standing, claim_of, standings
from adjudicator.desk.drafts import Draft, Drafts, Ruled, ruled_on
from adjudicator.desk.history import MOST_EVENTS, Teller, callers_by_name, releases
from adjudicator.desk.panel_routes import NO_STORE
from adjudicator.desk.panel_routes import SESSION as PANEL_SESSION
from adjudicator.desk.queue import found_row
from adjudicator.desk.rulings import current_case, may_be_ruled
from adjudicator.desk.sessions import Session, panel_session, renewed
from adjudicator.service.budget import budget
from adjudicator.service.conditional import ETAG, etag
from adjudicator.service.negotiation import language_for
from adjudicator.service.operations import Answer, Call
from adjudicator.service.panel_tokens import Grant
from adjudicator.service.problems import Problem
from adjudicator.service.routes.parameters import LOCALE
from adjudicator.store import Ruling, Scope, Summary

SESSION: Final = "Desk-Session"
"""The header that renews the session of a page."""


@frozen
class Rulings:
    """The rulings on a claim: those not on record yet, and the possible rulings on its newest decision for this caller."""

    decision: str
    drafts: tuple[Draft, ...]
    ruled: tuple[Ruled, ...]
    may_rule: bool
    by_another: bool


def case_page(call: Call, session: Session, decision_id: str) -> Answer:
    """The page of a case. Everything on record is read before it is put into words, because that may be interrupted."""
    language = desk_language(call)
    status = call.record.standing(decision_id)
    history = call.record.history(decision_id, MOST_EVENTS)
    on_chain = call.record.rulings.on_chain_of(decision_id)
    names = callers_by_name(call.record)
    about = status.summary
    shown = None if about.erased else standing_now(call, session, about)
    case = None if shown is None else current_case(call.record, shown)
    drafts = Drafts(names, language, call.caller, call.settings.desk_four_eyes, case)
    with budget(call.settings.analysis_seconds):
        content = pages.at_the_desk(
            "case.html",
            language,
            about=found_row(about, language),
            events=Teller(names, language).events(history.entries),
            is_whole=len(history.entries) == history.length,
            releases=tuple(releases(status.payouts, language)),
            may_pay=call.scopes is not None and Scope.PAY in call.scopes,
            rulings=None if shown is None else _rulings(call, shown, on_chain, drafts),
            has_panel=not about.erased,
            once=secrets.token_urlsafe(16),
        )
    panel = panel_session(call, session, about.order_id, about.case_id)
    headers = {**renewing(call, session), PANEL_SESSION: panel, ETAG.name: etag(status.version)}
    return Answer(content, headers, resource=about.id)


def _rulings(call: Call, shown: Standing, on_chain: tuple[Ruling, ...], drafts: Drafts) -> Rulings | None:
    """What there is to see of rulings, if anything is."""
    on_claim = drafts.on(shown, on_chain)
    may_rule = call.scopes is not None and Scope.RULE in call.scopes
    is_free = may_be_ruled(shown) and not any(each.is_open and each.outlook is not None for each in on_claim)
    ruled = ruled_on(shown, drafts.language) if may_rule and is_free else ()
    if not on_claim and not may_be_ruled(shown):
        return None
    return Rulings(shown.summary.id, on_claim, ruled, may_rule, drafts.by_another)


def standing_now(call: Call, session: Session, about: Summary) -> Standing | None:
    """The newest decision on the claim of a decision; ``None`` if its personal data were erased."""
    order = about.order_id
    grant = Grant(
        tenant=session.tenant,
        agent=session.identity,
        order_id=order,
        case_id=None if order is not None else about.case_id,
        until=session.until,
    )
    return next((each for each in standings(call.record, grant) if claim_of(each.summary) == claim_of(about)), None)


def standing_at(call: Call, session: Session, decision_id: str) -> Standing:
    """A decision that is current. Raises :class:`Problem` if another has replaced it, and ``NotFound``."""
    about = call.record.summary(decision_id)
    if about.erased:
        raise Problem("erased", "the personal data of this decision were erased")
    shown = standing_now(call, session, about)
    if shown is None or shown.summary.id != decision_id:
        raise Problem("precondition-failed", "another decision has replaced this one")
    return shown


def renewing(call: Call, session: Session) -> dict[str, str]:
    """The headers of every view: it is not kept, and renews the session."""
    return {**NO_STORE, SESSION: renewed(call, session)}


def desk_language(call: Call) -> str:
    """The language of a view."""
    return language_for(call.values[LOCALE.name], call.accept_language)
