"""The operations of the desk: its page, signing in, and what waits for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from adjudicator.desk import pages
from adjudicator.desk.gate import CREDENTIAL
from adjudicator.desk.queue import Wait, queue, queue_row, titles_of_policies
from adjudicator.desk.routes import LANG, NO_STORE, PAGE
from adjudicator.desk.sessions import Session, open_session, renewed, session_of
from adjudicator.service.budget import budget
from adjudicator.service.negotiation import language_for
from adjudicator.service.operations import Answer, Call, Operation, Parameter, choice, operation, string
from adjudicator.service.problems import Problem
from adjudicator.service.routes.parameters import LOCALE
from adjudicator.store import LONGEST_ID, Scope

DESK_PATH: Final = "/desk"
SESSION: Final = "Desk-Session"
"""The header that renews the session of a page."""
POLICY: Final = Parameter(name="policy", description="Only decisions under this policy.", **string(LONGEST_ID))
WAITS: Final = Parameter(name="waits", description="Only what waits for this.", **choice(*Wait))
CURSOR: Final = Parameter(name="cursor", description="Where a page begins.", **string(LONGEST_ID * 2))


@operation("GET", DESK_PATH, open=True, any_query=True, parameters=(LANG,), **PAGE)
def desk_page(call: Call) -> Answer:
    """The page of the desk. It holds nothing until somebody signs in."""
    language = language_for(call.values[LANG.name], call.accept_language)
    return Answer(pages.at_the_desk("desk.html", language), NO_STORE)


@operation("POST", f"{DESK_PATH}/sessions", scope=Scope.READ, parameters=(CREDENTIAL, LOCALE), **PAGE)
def open_desk(call: Call) -> Answer:
    """Exchange a key of the service, or a token of its issuer, for a session."""
    return Answer(b"", _renewing(call, open_session(call)))


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
            first=None if cursor is None else _fragment(view),
            next=None if found.cursor is None else _fragment(view | {CURSOR.name: found.cursor}),
        )
    return Answer(content, _renewing(call, session))


def _fragment(view: Mapping[str, str | None]) -> str:
    """The name of a view in the address of the page."""
    return urlencode({name: value for name, value in view.items() if value is not None})


def _renewing(call: Call, session: Session) -> dict[str, str]:
    return {**NO_STORE, SESSION: renewed(call, session)}


def desk_language(call: Call) -> str:
    """The language of a view."""
    return language_for(call.values[LOCALE.name], call.accept_language)


OPERATIONS: Final[tuple[Operation, ...]] = (desk_page, open_desk, desk_queue)
