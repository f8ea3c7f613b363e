"""The operations of the panel: its page, opening it, looking at it, answering what is asked, and what would change a decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from attrs import evolve

from adjudicator.analysis.diff import diff
from adjudicator.analysis.edits import applied, puts_for
from adjudicator.analysis.whatif import what_if
from adjudicator.desk import pages, rights
from adjudicator.desk.cases import Standing, claim_of, standings
from adjudicator.desk.forms import Entered, Misfit, answer_entered, identify
from adjudicator.desk.gate import CREDENTIAL, opened_by, renewed, session_of
from adjudicator.desk.panel import panel_for, script_items
from adjudicator.explain import requests, view_for
from adjudicator.explain.difference import difference_page
from adjudicator.explain.page import Page
from adjudicator.model.errors import Fault, InputError
from adjudicator.model.finding import Request
from adjudicator.model.json_names import pointer_step
from adjudicator.service.budget import budget
from adjudicator.service.conditional import ETAG, IF_MATCH, etag
from adjudicator.service.negotiation import language_for
from adjudicator.service.operations import (
    FORM,
    Answer,
    Body,
    Call,
    InvalidValue,
    Operation,
    Parameter,
    Tag,
    choice,
    operation,
    string,
)
from adjudicator.service.panel_tokens import MOST_TOKEN_CHARACTERS, Grant
from adjudicator.service.problems import Problem
from adjudicator.service.request_body import read_fields
from adjudicator.service.routes.panel import PANEL_PATH
from adjudicator.service.routes.parameters import LOCALE
from adjudicator.store import LONGEST_ID, DecisionStore, Scope
from adjudicator.wire.codec import load_decision

HTML: Final = "text/html"
SESSION: Final = "Panel-Session"
"""The header that renews the token of a page."""
NO_STORE: Final = {"Cache-Control": "no-store"}
FOREVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
FOR_A_WHILE: Final = {"Cache-Control": "public, max-age=300"}
MOST_FIELDS: Final = 100
"""The most fields in one answer."""
PAGE: Final[Mapping[str, Any]] = {"tag": Tag.PANEL, "response_schemas": {HTML: {"type": "string"}}}
HOST: Final = Parameter(
    name="host", where="path", description="The help desk.", required=True, **choice("chatwoot", "zendesk", "sobot")
)
ASSET: Final = Parameter(
    name="name", where="path", description="The name of a file.", required=True, **choice(*pages.ASSETS)
)
VERSION: Final = Parameter(name="v", description="The version of the file.", **string(LONGEST_ID))
CLAIM: Final = Parameter(name="decision", description="The newest decision of the claim to show.", **string(LONGEST_ID))
LANG: Final = Parameter(name="lang", description="The language of the page.", **string(LONGEST_ID))


# The page and its files


def _shell(call: Call, host: str, token: str = "") -> Answer:
    language = language_for(call.values[LANG.name], call.accept_language)
    return Answer(pages.shell(language, host, token), NO_STORE)


@operation("GET", PANEL_PATH, open=True, any_query=True, parameters=(LANG,), **PAGE)
def panel_page(call: Call) -> Answer:
    """The page of the panel, for a host that brings a token in the fragment or by message."""
    return _shell(call, "plain")


@operation("GET", PANEL_PATH + "/for/{host}", open=True, any_query=True, parameters=(HOST, LANG), **PAGE)
def panel_page_for(call: Call) -> Answer:
    """The page of the panel for a help desk."""
    return _shell(call, call.values[HOST.name])


@operation(
    "POST",
    PANEL_PATH,
    open=True,
    any_query=True,
    parameters=(LANG,),
    request_body=Body(schema={"type": "object"}, description="A form with the field `token`.", media_type=FORM),
    **PAGE,
)
def panel_page_posted(call: Call) -> Answer:
    """The page of the panel, for a host that posts a token."""
    return _shell(call, "plain", _posted_token(call.body))


@operation(
    "POST",
    PANEL_PATH + "/for/{host}",
    open=True,
    any_query=True,
    parameters=(HOST, LANG),
    request_body=Body(schema={"type": "object"}, description="A form with the field `token`.", media_type=FORM),
    **PAGE,
)
def panel_page_posted_for(call: Call) -> Answer:
    """The page of the panel for a help desk that posts a token."""
    return _shell(call, call.values[HOST.name], _posted_token(call.body))


def _posted_token(body: bytes) -> str:
    """The token in a form. It is not looked at here: the page sends it back, to open the panel."""
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Problem("bad-request", "expected a form in ASCII, as browsers send it") from None
    token = fields.get("token", [""])[0]
    return token if len(token) <= MOST_TOKEN_CHARACTERS else ""


@operation(
    "GET",
    PANEL_PATH + "/assets/{name}",
    tag=Tag.PANEL,
    open=True,
    parameters=(ASSET, VERSION),
    response_schemas={media_type: {"type": "string"} for media_type in sorted({*pages.ASSETS.values()})},
)
def panel_asset(call: Call) -> Answer:
    """A file that pages load. With the present version in its address, it never changes."""
    name, is_current = call.values[ASSET.name], call.values[VERSION.name] == pages.version()
    return Answer(pages.asset(name), FOREVER if is_current else FOR_A_WHILE, f"{pages.ASSETS[name]}; charset=utf-8")


# Opening and looking


@operation(
    "POST",
    PANEL_PATH + "/sessions",
    scope=Scope.READ,
    analysis=True,
    parameters=(CREDENTIAL, LOCALE),
    request_body=Body(schema={"type": "object"}, description="The order, if the token names none."),
    **PAGE,
)
def open_panel(call: Call) -> Answer:
    """Open a panel with a token that is good once, a pass, or what a help desk has signed; the answer brings a session token."""
    named = read_fields(call.body, {"order_id": _id})
    grant = opened_by(call, named.get("order_id"))
    if not grant.is_bound:
        raise Problem("bad-request", "name an order: this token is for any")
    return _view(call, grant)


@operation(
    "GET",
    PANEL_PATH + "/view",
    scope=Scope.READ,
    analysis=True,
    parameters=(CREDENTIAL, LOCALE, CLAIM),
    **PAGE,
)
def view_panel(call: Call) -> Answer:
    """Show the panel of a session again, in another language, about another claim, or as it is now."""
    return _view(call, session_of(call), call.values[CLAIM.name])


@operation(
    "GET",
    PANEL_PATH + "/changes",
    scope=Scope.READ,
    analysis=True,
    parameters=(CREDENTIAL, LOCALE, CLAIM),
    **PAGE,
)
def panel_changes(call: Call) -> Answer:
    """Show what would change the decision on a claim."""
    grant = session_of(call)
    shown = _chosen(call.record, standings(call.record, grant), call.values[CLAIM.name])
    language = _language(call)
    with budget(call.settings.analysis_seconds):
        found = what_if(shown.case)
        view = view_for(shown.decision, shown.case, voice="agent", locale=language)
        ways = rights.ways_to_change(found, shown.case, view)
        content = pages.rendered("changes.html", language, ways=ways, complete=found.complete)
    return Answer(content, NO_STORE, resource=shown.summary.id)


def _view(call: Call, grant: Grant, decision_id: str | None = None, changed: Page | None = None) -> Answer:
    found = standings(call.record, grant)
    shown = _chosen(call.record, found, decision_id)
    language, now = _language(call), call.record.now()
    current = call.record.current_case(shown.summary.id, rights.as_of_now(now, shown.case))
    with budget(call.settings.analysis_seconds):
        panel = panel_for(shown, found, grant, language, now)
        owed = rights.rights_under(current, call.record.policies)
        told = None if owed is None else rights.told(owed, panel.view, found, grant_zone(grant))
        content = pages.rendered(
            "panel.html",
            language,
            panel=panel,
            rights=told,
            script=script_items(panel),
            now=panel.view.words.moment(now),
            order=grant.order_id or shown.summary.order_id,
            changed=changed,
        )
    headers = {**NO_STORE, SESSION: renewed(call, grant), ETAG.name: etag(shown.version)}
    return Answer(content, headers, resource=shown.summary.id)


def _chosen(record: DecisionStore, found: tuple[Standing, ...], decision_id: str | None) -> Standing:
    """The claim to show: that of a decision, even if it was replaced since, or else the most recently changed one."""
    if decision_id is None:
        return found[0]
    about = record.summary(decision_id)
    chosen = next((each for each in found if claim_of(each.summary) == claim_of(about)), None)
    if chosen is None:
        raise Problem("not-found", "this order has no such decision")
    return chosen


# Answering


@operation(
    "POST",
    PANEL_PATH + "/answers",
    scope=Scope.DECIDE,
    analysis=True,
    parameters=(CREDENTIAL, LOCALE, evolve(IF_MATCH, required=True)),
    request_body=Body(schema={"type": "object"}, description="What is answered, and the values by field."),
    **PAGE,
)
def answer_request(call: Call) -> Answer:
    """Answer what a decision asks for, and decide again: the new decision replaces the old one.

    `If-Match` names the version that the page shows, so that two agents do not overwrite each other.
    """
    grant = session_of(call)
    given = read_fields(call.body, _ANSWER, ("decision", "request", "answer"))
    shown = _chosen(call.record, standings(call.record, grant), given["decision"])
    if shown.summary.id != given["decision"]:
        raise Problem("precondition-failed", "another decision has replaced this one")
    changed = _with_answer(call, grant, shown, given)
    recorded = call.record.decide_case(
        changed,
        caller=call.caller,
        supersedes=shown.summary.id,
        if_version=call.values[IF_MATCH.name],
    )
    after = load_decision(recorded.decision)
    difference = diff(shown.decision, after, cases=(shown.case, changed))
    page = difference_page(difference, after.currency, _language(call))
    return _view(call, grant, recorded.id, page)


def _with_answer(call: Call, grant: Grant, shown: Standing, given: Mapping[str, Any]) -> Any:
    """The case with an answer. Raises :class:`Problem` or :class:`~adjudicator.model.errors.InputError` for one that does not fit."""
    asked = [each for each in shown.decision.requests if identify(each) == given["request"]]
    if not asked:
        raise Problem("precondition-failed", "this is not asked for any more")
    request = asked[0]
    if request.to not in grant.answers:
        raise Problem("forbidden", "this token does not let the agent answer for this party")
    case = call.record.current_case(shown.summary.id, rights.as_of_now(call.record.now(), shown.case))
    entered = Entered(given["answer"], given.get("values", {}))
    view = view_for(shown.decision, shown.case, voice="agent", locale="en")
    try:
        chosen = answer_entered(case, request, entered, view.words.zone)
    except Misfit as misfit:
        raise InputError([Fault(f"/values/{pointer_step(misfit.place)}", "this", "a value that fits")]) from None
    return applied(case, tuple(puts_for(case, request, chosen, _lines_beside(shown, request))))


def _lines_beside(shown: Standing, request: Request) -> tuple[str, ...]:
    """The other lines for which the same is asked."""
    view = view_for(shown.decision, shown.case, voice="auditor", locale="en")
    group = next(each for each in requests.grouped(view, request.to) if identify(each.request) == identify(request))
    return tuple(each for each in group.line_ids if each != request.line_id)


def _language(call: Call) -> str:
    return language_for(call.values[LOCALE.name], call.accept_language)


def grant_zone(grant: Grant) -> Any:
    """The customer's time zone, if it is known."""
    return None if grant.zone is None else ZoneInfo(grant.zone)


def _id(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID or "\0" in value:
        raise InvalidValue(f"a text of 1 to {LONGEST_ID} characters, none of them NUL")
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < MOST_FIELDS:
        raise InvalidValue("the number of an answer, from 0")
    return value


def _values(value: Any) -> Mapping[str, tuple[str, ...]]:
    expected = f"an object of at most {MOST_FIELDS} lists of texts"
    if not isinstance(value, dict) or len(value) > MOST_FIELDS:
        raise InvalidValue(expected)
    for texts in value.values():
        if not isinstance(texts, list) or len(texts) > MOST_FIELDS or not all(isinstance(each, str) for each in texts):
            raise InvalidValue(expected)
    return {name: tuple(texts) for name, texts in value.items()}


_ANSWER: Final = {"decision": _id, "request": _id, "answer": _number, "values": _values}

OPERATIONS: Final[tuple[Operation, ...]] = (
    panel_page,
    panel_page_for,
    panel_page_posted,
    panel_page_posted_for,
    panel_asset,
    open_panel,
    view_panel,
    panel_changes,
    answer_request,
)
