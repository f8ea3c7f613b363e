"""The operations of releasing payouts: the list of those that wait, and releasing one of it, as often as some were chosen.

The page sends one request for each payout, so that each has its own result, its own line in the access log, and its own retry.
"""

from __future__ import annotations

import secrets
from typing import Final

from attrs import evolve

from adjudicator.desk import pages
from adjudicator.desk.case_page import desk_language, renewing
from adjudicator.desk.desk_routes import CURSOR, fragment_of
from adjudicator.desk.gate import CREDENTIAL
from adjudicator.desk.panel_routes import PAGE
from adjudicator.desk.release import acts, rows_in_words, waiting_payouts
from adjudicator.desk.sessions import session_of
from adjudicator.model.errors import Fault, InputError
from adjudicator.service import monitoring
from adjudicator.service.conditional import ETAG, IDEMPOTENCY_KEY, IF_MATCH, etag
from adjudicator.service.operations import Answer, Body, Call, Operation, operation
from adjudicator.service.problems import Problem
from adjudicator.service.routes.parameters import DECISION_ID, LOCALE
from adjudicator.service.routes.payouts import payout_request
from adjudicator.store import Scope


@operation("GET", "/desk/payouts", scope=Scope.READ, analysis=True, parameters=(CREDENTIAL, LOCALE, CURSOR), **PAGE)
def desk_payouts(call: Call) -> Answer:
    """Show the payouts that wait to be released, longest ago first."""
    session, language, cursor = session_of(call), desk_language(call), call.values[CURSOR.name]
    try:
        waiting = waiting_payouts(call.record, cursor)
    except ValueError as error:
        raise Problem("bad-request", str(error)) from None
    view: dict[str, str | None] = {"view": "payouts"}
    content = pages.at_the_desk(
        "payouts.html",
        language,
        rows=tuple(rows_in_words(waiting, language)),
        acts=acts(language),
        may_pay=call.scopes is not None and Scope.PAY in call.scopes,
        once=secrets.token_urlsafe(16),
        first=None if cursor is None else fragment_of(view),
        next=None if waiting.cursor is None else fragment_of(view | {CURSOR.name: waiting.cursor}),
    )
    return Answer(content, renewing(call, session))


@operation(
    "POST",
    "/desk/cases/{id}/release",
    scope=Scope.PAY,
    parameters=(
        CREDENTIAL,
        LOCALE,
        DECISION_ID,
        evolve(IDEMPOTENCY_KEY, required=True),
        evolve(IF_MATCH, required=True),
    ),
    request_body=Body(schema={"type": "object"}, description="What to do, and with which payout, by key."),
    **PAGE,
)
def desk_release(call: Call) -> Answer:
    """Confirm or reverse a payout, as with `POST /v1/decisions/{id}/payouts`.

    `If-Match` names the version that the page shows. `ETag` is that version with this step, for the next payout on the same order: if
    anybody else has changed the order, it will not match.
    """
    session, version = session_of(call), call.values[IF_MATCH.name]
    state, keys = payout_request(call.body)
    if keys is None or len(keys) != 1 or version is None:
        raise InputError([Fault("/keys", "this", "the key of one payout, at a version of its order")])
    decision_id = call.values[DECISION_ID.name]
    step = call.record.take_step(
        decision_id,
        state,
        keys,
        caller=call.caller,
        idempotency_key=call.values[IDEMPOTENCY_KEY.name],
        if_version=version,
    )
    monitoring.count_payouts(step)
    return Answer(b"", {**renewing(call, session), ETAG.name: etag(version + 1)}, resource=decision_id)


OPERATIONS: Final[tuple[Operation, ...]] = (desk_payouts, desk_release)
