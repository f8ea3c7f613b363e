"""The operations of the panel: its page, opening it, looking at it, answering what is asked, and what would change a decision."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any, Final
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from attrs import evolve

from adjudicator.analysis.diff import diff
from adjudicator.analysis.edits import applied, puts_for
from adjudicator.analysis.entitlements import OrderInquiry
from adjudicator.analysis.whatif import what_if
from adjudicator.desk import pages, rights
from adjudicator.desk.cases import Standing, chosen_among, names_files, standings
from adjudicator.desk.forms import Entered, Misfit, answer_entered, identify
from adjudicator.desk.gate import CREDENTIAL, opened_by, renewed, session_of
from adjudicator.desk.panel import panel_for, script_items
from adjudicator.explain import requests, view_for
from adjudicator.explain.difference import difference_page
from adjudicator.explain.page import Page
from adjudicator.model.finding import Request
from adjudicator.service.budget import budget
from adjudicator.service.conditional import ETAG, IF_MATCH, etag
from adjudicator.service.examiner import check_installed
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
from adjudicator.service.panel_tokens import MOST_TOKEN_CHARACTERS, Grant, unpacked
from adjudicator.service.problems import Problem
from adjudicator.service.request_body import read_fields
from adjudicator.service.routes.panel import PANEL_PATH
from adjudicator.service.routes.parameters import LOCALE
from adjudicator.store import LONGEST_ID, Scope
from adjudicator.wire.codec import load_decision
from adjudicator.words import words_for

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
    named = read_fields(call.body, {"order_id": read_id})
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
    """Show the panel of a session again: in another language, for another claim, or updated."""
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
    shown = chosen_among(call.record, standings(call.record, grant), call.values[CLAIM.name])
    language = _language(call)
    with budget(call.settings.analysis_seconds):
        found = what_if(shown.case)
        view = view_for(shown.decision, shown.case, voice="agent", locale=language)
        ways = rights.ways_to_change(found, shown.case, view)
        content = pages.rendered("changes.html", language, ways=ways, complete=found.complete)
    return Answer(content, NO_STORE, resource=shown.summary.id)


@operation(
    "GET",
    PANEL_PATH + "/rights",
    scope=Scope.READ,
    analysis=True,
    parameters=(CREDENTIAL, LOCALE, CLAIM),
    **PAGE,
)
def panel_rights(call: Call) -> Answer:
    """Show all that an order still has, however many lines it has."""
    grant = session_of(call)
    found = standings(call.record, grant)
    shown = chosen_among(call.record, found, call.values[CLAIM.name]) if found else None
    inquiry = _inquiry(call, grant, shown)
    with budget(call.settings.analysis_seconds):
        owed = _owed(call, grant, found, inquiry, at_once=False)
        content = pages.rendered("all_rights.html", _language(call), rights=owed)
    return Answer(content, NO_STORE, resource=None if shown is None else shown.summary.id)


def _view(call: Call, grant: Grant, decision_id: str | None = None, changed: Page | None = None) -> Answer:
    found = standings(call.record, grant)
    if not found and grant.inquiry is None:
        raise Problem("not-found", "nothing is on record for this order or case")
    shown = chosen_among(call.record, found, decision_id) if found else None
    inquiry = None if shown is not None and rights.is_large(shown.case) else _inquiry(call, grant, shown)
    with budget(call.settings.analysis_seconds):
        content = _rendered(call, grant, found, shown, inquiry, changed)
    headers = {**NO_STORE, SESSION: renewed(call, grant)}
    if shown is None:
        return Answer(content, headers)
    return Answer(content, {**headers, ETAG.name: etag(shown.version)}, resource=shown.summary.id)


def _rendered(
    call: Call,
    grant: Grant,
    found: tuple[Standing, ...],
    shown: Standing | None,
    inquiry: OrderInquiry | None,
    changed: Page | None,
) -> bytes:
    """The panel. Everything on record has been read before, because this may be interrupted."""
    language, now = _language(call), call.record.now()
    is_large = shown is not None and rights.is_large(shown.case)
    owed = rights.ON_REQUEST if is_large else _owed(call, grant, found, inquiry, at_once=True)
    moment = words_for(None, language, exact=False).moment(now)
    values: dict[str, Any] = {"rights": owed, "now": moment, "order": grant.order_id}
    if shown is None:
        return pages.rendered("order.html", language, **values)
    panel = panel_for(shown, found, grant, language, now)
    values |= {"panel": panel, "script": script_items(panel), "changed": changed, "case": shown.summary.case_id}
    values["has_pictures"] = call.settings.evidence_files is not None and names_files(shown.case)
    return pages.rendered("panel.html", language, **values)


def _owed(
    call: Call, grant: Grant, found: tuple[Standing, ...], inquiry: OrderInquiry | None, *, at_once: bool
) -> rights.Rights | None:
    """What the order still has; ``None`` for a case without an order."""
    if inquiry is None:
        return None
    words = words_for(None, _language(call), exact=False)
    zone = None if grant.zone is None else ZoneInfo(grant.zone)
    return rights.rights_under(inquiry, call.record.policies, found, words, zone, at_once=at_once)


def _inquiry(call: Call, grant: Grant, shown: Standing | None) -> OrderInquiry | None:
    """What to ask about the order: as its host describes it, else as in the newest case."""
    now = call.record.now()
    if grant.inquiry is not None and grant.order_id is not None:
        return rights.inquiry_in(unpacked(grant.inquiry), now, call.record.settlements(grant.order_id))
    if shown is None:
        return None
    return rights.inquiry_of(call.record.current_case(shown.summary.id, rights.as_of_now(now, shown.case)))


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

    With `evidence` instead of a `request`, the values are what a person sees in its pictures. Without both, only time has passed.
    `If-Match` names the version that the page shows, so that two agents do not overwrite each other.
    """
    grant = session_of(call)
    given = read_fields(call.body, _ANSWER, ("decision",))
    shown = chosen_among(call.record, standings(call.record, grant), given["decision"])
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
    case = call.record.current_case(shown.summary.id, rights.as_of_now(call.record.now(), shown.case))
    view = view_for(shown.decision, shown.case, voice="agent", locale="en")
    if "evidence" in given:
        pictures, values = showing_pictures(), given.get("values", {})
        readings = pictures.readings_of(call.record, call.settings.evidence_files, case)
        return pictures.with_confirmed(case, readings, grant, given["evidence"], values, view.words.zone)
    if "request" not in given:
        return case
    request = next((each for each in shown.decision.requests if identify(each) == given["request"]), None)
    if request is None:
        raise Problem("precondition-failed", "this is not asked for any more")
    if request.to not in grant.answers:
        raise Problem("forbidden", "this token does not let the agent answer for this party")
    entered = Entered(given.get("answer", 0), given.get("values", {}))
    try:
        chosen = answer_entered(case, request, entered, view.words.zone)
    except Misfit as misfit:
        raise misfit.as_error() from None
    return applied(case, tuple(puts_for(case, request, chosen, _lines_beside(shown, request))))


def showing_pictures() -> ModuleType:
    """What shows pictures. Raises :class:`Problem` if the extra that reads them is not installed."""
    check_installed()
    from adjudicator.desk import pictures  # noqa: PLC0415 - it needs that extra

    return pictures


def _lines_beside(shown: Standing, request: Request) -> tuple[str, ...]:
    """The other lines for which the same is asked."""
    view = view_for(shown.decision, shown.case, voice="auditor", locale="en")
    group = next(each for each in requests.grouped(view, request.to) if identify(each.request) == identify(request))
    return tuple(each for each in group.line_ids if each != request.line_id)


def _language(call: Call) -> str:
    return language_for(call.values[LOCALE.name], call.accept_language)


def read_id(value: Any) -> str:
    """An id in a body. Raises :class:`InvalidValue`."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID or "\0" in value:
        raise InvalidValue(f"a text of 1 to {LONGEST_ID} characters, none of them NUL")
    return value


def read_number(value: Any) -> int:
    """The number of an answer in a body. Raises :class:`InvalidValue`."""
    if type(value) is not int or not 0 <= value < MOST_FIELDS:
        raise InvalidValue("the number of an answer, from 0")
    return value


def read_values(value: Any) -> Mapping[str, tuple[str, ...]]:
    """The values of a form by field, in a body. Raises :class:`InvalidValue`."""
    expected = f"an object of at most {MOST_FIELDS} lists of texts"
    if not isinstance(value, dict) or len(value) > MOST_FIELDS:
        raise InvalidValue(expected)
    for texts in value.values():
        if not isinstance(texts, list) or len(texts) > MOST_FIELDS or not all(isinstance(each, str) for each in texts):
            raise InvalidValue(expected)
    return {name: tuple(texts) for name, texts in value.items()}


_ANSWER: Final = {
    "decision": read_id,
    "request": read_id,
    "evidence": read_id,
    "answer": read_number,
    "values": read_values,
}

OPERATIONS: Final[tuple[Operation, ...]] = (
    panel_page,
    panel_page_for,
    panel_page_posted,
    panel_page_posted_for,
    panel_asset,
    open_panel,
    view_panel,
    panel_changes,
    panel_rights,
    answer_request,
)
