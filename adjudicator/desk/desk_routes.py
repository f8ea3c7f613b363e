"""The operations of the desk: its page, signing in, what waits for a person, searching, a case, and its payouts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from attrs import evolve

from adjudicator.desk import pages
from adjudicator.desk.case_page import case_page, desk_language, renewing
from adjudicator.desk.gate import CREDENTIAL
from adjudicator.desk.panel_routes import LANG, NO_STORE, PAGE
from adjudicator.desk.queue import Wait, found_row, queue, queue_row, titles_of_policies
from adjudicator.desk.sessions import open_session, session_of
from adjudicator.desk.sign_in import Provider
from adjudicator.service import monitoring
from adjudicator.service.budget import budget
from adjudicator.service.conditional import IDEMPOTENCY_KEY, IF_MATCH
from adjudicator.service.negotiation import language_for
from adjudicator.service.operations import Answer, Body, Call, Operation, Parameter, choice, operation, string
from adjudicator.service.problems import Problem
from adjudicator.service.routes.parameters import DECISION_ID, LOCALE
from adjudicator.service.routes.payouts import payout_request
from adjudicator.store import LONGEST_ID, Scope

DESK_PATH: Final = "/desk"
POLICY: Final = Parameter(name="policy", description="Only decisions under this policy.", **string(LONGEST_ID))
WAITS: Final = Parameter(name="waits", description="Only what waits for this.", **choice(*Wait))
TEXT: Final = Parameter(name="text", description="The id to search for.", required=True, **string(LONGEST_ID))
MOST_FOUND: Final = 50
"""The most claims that a search shows."""
CURSOR: Final = Parameter(name="cursor", description="Where a page begins.", **string(LONGEST_ID * 2))


@operation("GET", DESK_PATH, open=True, any_query=True, parameters=(LANG,), **PAGE)
def desk_page(call: Call) -> Answer:
    """The page of the desk. It has no data until somebody signs in."""
    language = language_for(call.values[LANG.name], call.accept_language)
    return Answer(pages.at_the_desk("desk.html", language, provider=Provider.of(call.settings)), NO_STORE)


@operation("POST", f"{DESK_PATH}/sessions", scope=Scope.READ, parameters=(CREDENTIAL, LOCALE), **PAGE)
def open_desk(call: Call) -> Answer:
    """Exchange a key of the service, or a token of its issuer, for a session."""
    return Answer(b"", renewing(call, open_session(call)))


@operation(
    "GET",
    f"{DESK_PATH}/queue",
    scope=Scope.READ,
    analysis=True,
    parameters=(CREDENTIAL, LOCALE, POLICY, WAITS, CURSOR),
    **PAGE,
)
def desk_queue(call: Call) -> Answer:
    """Show what waits for a person, soonest first."""
    session, language = session_of(call), desk_language(call)
    policy, chosen, cursor = (call.values[each.name] for each in (POLICY, WAITS, CURSOR))
    wait = None if chosen is None else Wait(chosen)
    try:
        found = queue(call.record, policy, wait, cursor)
    except ValueError as error:
        raise Problem("bad-request", str(error)) from None
    rows = tuple(queue_row(call.record, each, language) for each in found.rows)
    view = {"view": "queue", POLICY.name: policy, WAITS.name: chosen}
    with budget(call.settings.analysis_seconds):
        content = pages.at_the_desk(
            "queue.html",
            language,
            queue=found,
            rows=rows,
            policies=titles_of_policies(call.record, language),
            policy=policy,
            waits=[each.value for each in Wait],
            wait=chosen,
            first=None if cursor is None else fragment_of(view),
            next=None if found.cursor is None else fragment_of(view | {CURSOR.name: found.cursor}),
        )
    return Answer(content, renewing(call, session))


@operation(
    "GET",
    f"{DESK_PATH}/search",
    scope=Scope.READ,
    analysis=True,
    parameters=(CREDENTIAL, LOCALE, TEXT),
    **PAGE,
)
def desk_search(call: Call) -> Answer:
    """Show the claims that an id identifies: that of an order, a claim, a case without an order, or a decision."""
    session, language, text = session_of(call), desk_language(call), call.values[TEXT.name].strip()
    found = call.record.claims_found(text, MOST_FOUND)
    rows = tuple(found_row(each, language) for each in found)
    with budget(call.settings.analysis_seconds):
        content = pages.at_the_desk("search.html", language, rows=rows, text=text)
    return Answer(content, renewing(call, session))


@operation(
    "GET",
    f"{DESK_PATH}/cases/{{id}}",
    scope=Scope.READ,
    analysis=True,
    parameters=(CREDENTIAL, LOCALE, DECISION_ID),
    **PAGE,
)
def desk_case(call: Call) -> Answer:
    """Show everything that happened to the order or case of a decision, and its payouts; the answer brings a session of the panel."""
    return case_page(call, session_of(call), call.values[DECISION_ID.name])


@operation(
    "POST",
    f"{DESK_PATH}/cases/{{id}}/payouts",
    scope=Scope.PAY,
    analysis=True,
    parameters=(
        CREDENTIAL,
        LOCALE,
        DECISION_ID,
        evolve(IDEMPOTENCY_KEY, required=True),
        evolve(IF_MATCH, required=True),
    ),
    request_body=Body(schema={"type": "object"}, description="What to do, and with which payouts, by key."),
    **PAGE,
)
def desk_settle(call: Call) -> Answer:
    """Confirm or reverse payouts, as with `POST /v1/decisions/{id}/payouts`, and show the case again.

    `If-Match` names the version that the page shows, so that two people do not overwrite each other.
    """
    session = session_of(call)
    state, keys = payout_request(call.body)
    step = call.record.take_step(
        call.values[DECISION_ID.name],
        state,
        keys,
        caller=call.caller,
        idempotency_key=call.values[IDEMPOTENCY_KEY.name],
        if_version=call.values[IF_MATCH.name],
    )
    monitoring.count_payouts(step)
    return case_page(call, session, call.values[DECISION_ID.name])


def fragment_of(view: Mapping[str, str | None]) -> str:
    """The name of a view in the address of the page."""
    return urlencode({name: value for name, value in view.items() if value is not None})


OPERATIONS: Final[tuple[Operation, ...]] = (
    desk_page,
    open_desk,
    desk_queue,
    desk_search,
    desk_case,
    desk_settle,
)
