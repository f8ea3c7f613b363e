"""The operations of policies at the desk: the list, a page of the handbook, two editions compared, and a report of a comparison."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from adjudicator.desk import pages, policies
from adjudicator.desk.case_page import desk_language, renewing
from adjudicator.desk.gate import CREDENTIAL
from adjudicator.desk.panel_routes import PAGE
from adjudicator.desk.sessions import session_of
from adjudicator.service.operations import Answer, Call, Operation, Parameter, operation, string
from adjudicator.service.policies import allowed_policies
from adjudicator.service.problems import Problem
from adjudicator.service.routes.parameters import LOCALE
from adjudicator.store import LONGEST_ID, Scope

PAGE_NAME: Final = Parameter(name="page", description="The name of a page.", required=True, **string(2 * LONGEST_ID))
POLICY: Final = Parameter(name="policy", description="The policy.", required=True, **string(LONGEST_ID))
OLD: Final = Parameter(name="old", description="The edition to compare.", required=True, **string(LONGEST_ID))
NEW: Final = Parameter(name="new", description="The edition to compare it with.", required=True, **string(LONGEST_ID))
REPORT: Final = Parameter(
    name="name", where="path", description="The name of a report.", required=True, **string(LONGEST_ID)
)


@operation("GET", "/desk/policies", scope=Scope.READ, analysis=True, parameters=(CREDENTIAL, LOCALE), **PAGE)
def desk_policies(call: Call) -> Answer:
    """Show the policies with their editions, and the pages available for each."""
    session, language = session_of(call), desk_language(call)
    found = tuple(policies.rows(allowed_policies(call), call.record.now(), _reports(call), language))
    return Answer(pages.at_the_desk("policies.html", language, rows=found), renewing(call, session))


@operation("GET", "/desk/handbook", scope=Scope.READ, analysis=True, parameters=(CREDENTIAL, LOCALE, PAGE_NAME), **PAGE)
def desk_handbook(call: Call) -> Answer:
    """Show an edition as the handbook describes it."""
    try:
        content = policies.handbook_html(allowed_policies(call), call.values[PAGE_NAME.name], desk_language(call))
    except LookupError:
        raise Problem("not-found", "the handbook has no such page") from None
    return _page(call, content)


@operation(
    "GET", "/desk/redline", scope=Scope.READ, analysis=True, parameters=(CREDENTIAL, LOCALE, POLICY, OLD, NEW), **PAGE
)
def desk_redline(call: Call) -> Answer:
    """Show what changed in a policy from one edition to another."""
    policy, old, new = (call.values[each.name] for each in (POLICY, OLD, NEW))
    try:
        content = policies.redline_html(allowed_policies(call), policy, old, new, desk_language(call))
    except LookupError:
        raise Problem("not-found", "there is no such policy, or it has no two such editions") from None
    return _page(call, content)


@operation(
    "GET", "/desk/reports/{name}", scope=Scope.READ, analysis=True, parameters=(CREDENTIAL, LOCALE, REPORT), **PAGE
)
def desk_report(call: Call) -> Answer:
    """Get a report that `adjudicator compare --html` has written, to be saved."""
    session = session_of(call)
    try:
        content = policies.report_in(_reports(call), allowed_policies(call), call.values[REPORT.name])
    except (LookupError, OSError):
        raise Problem("not-found", "there is no such report") from None
    return Answer(content, {**renewing(call, session), "Content-Disposition": "attachment"})


def _page(call: Call, content: str) -> Answer:
    rendered = pages.at_the_desk("handbook.html", desk_language(call), content=content)
    return Answer(rendered, renewing(call, session_of(call)))


def _reports(call: Call) -> Path | None:
    """Where the reports of the caller's tenant are."""
    folder = call.settings.desk_reports
    return None if folder is None else Path(folder) / call.record.tenant


OPERATIONS: Final[tuple[Operation, ...]] = (desk_policies, desk_handbook, desk_redline, desk_report)
