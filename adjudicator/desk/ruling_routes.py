"""The operations of rulings at the desk: trying one, entering it, confirming, rejecting, and entering again one that was overtaken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import asdict, evolve

from adjudicator.desk import pages
from adjudicator.desk.case_page import case_page, desk_language, renewing, standing_at
from adjudicator.desk.cases import Standing
from adjudicator.desk.drafts import outlook_of
from adjudicator.desk.forms import Entered, Misfit, answer_entered
from adjudicator.desk.gate import CREDENTIAL
from adjudicator.desk.panel_routes import PAGE, read_id, read_number, read_values
from adjudicator.desk.rulings import Content, case_as_ruled, current_case, may_be_ruled, option_of
from adjudicator.desk.sessions import Session, session_of
from adjudicator.explain import view_for
from adjudicator.service.budget import budget
from adjudicator.service.conditional import IDEMPOTENCY_KEY, IF_MATCH
from adjudicator.service.operations import Answer, Body, Call, InvalidValue, Operation, Parameter, operation, string
from adjudicator.service.problems import Problem
from adjudicator.service.request_body import read_fields
from adjudicator.service.routes.parameters import DECISION_ID, LOCALE
from adjudicator.store import LONGEST_ID, Ruling, RulingState, Scope

LONGEST_REASON: Final = 2_000
"""The most characters of a reason."""
RULING_ID: Final = Parameter(
    name="id", where="path", description="The id of a ruling.", required=True, **string(LONGEST_ID)
)
ONCE: Final = (evolve(IDEMPOTENCY_KEY, required=True), evolve(IF_MATCH, required=True))


@operation(
    "POST",
    "/desk/cases/{id}/rulings/outlook",
    scope=Scope.RULE,
    analysis=True,
    parameters=(CREDENTIAL, LOCALE, DECISION_ID),
    request_body=Body(schema={"type": "object"}, description="What is ruled, and the values by field."),
    **PAGE,
)
def desk_ruling_outlook(call: Call) -> Answer:
    """Show what a ruling would lead to. Nothing is put on record."""
    session, language = session_of(call), desk_language(call)
    shown = _ruled_on(call, session)
    now = current_case(call.record, shown)
    case = case_as_ruled(shown, now, _content(call, shown, ("option",)), session.identity)
    with budget(call.settings.analysis_seconds):
        outlook = outlook_of(shown, case, language)
        needs_another = call.settings.desk_four_eyes
        content = pages.at_the_desk("outlook.html", language, outlook=outlook, needs_another=needs_another)
    return Answer(content, renewing(call, session), resource=shown.summary.id)


@operation(
    "POST",
    "/desk/cases/{id}/rulings",
    scope=Scope.RULE,
    analysis=True,
    parameters=(CREDENTIAL, LOCALE, DECISION_ID, *ONCE),
    request_body=Body(schema={"type": "object"}, description="What is ruled, the values by field, and why."),
    **PAGE,
)
def desk_rule(call: Call) -> Answer:
    """Enter a ruling on a decision, and decide the case again with it; where two people are needed, it waits for the second.

    `If-Match` names the version that the page shows.
    """
    session, decision_id = session_of(call), call.values[DECISION_ID.name]
    known = _known(call, decision_id)
    if known is None:
        shown = _ruled_on(call, session)
        content = _content(call, shown)
        case_as_ruled(shown, current_case(call.record, shown), content, session.identity)
        known = _enter(call, shown, content)
    if known.is_open and not call.settings.desk_four_eyes:
        _confirm(call, session, known)
    return case_page(call, session, decision_id)


@operation(
    "POST",
    "/desk/rulings/{id}/confirm",
    scope=Scope.RULE,
    analysis=True,
    parameters=(CREDENTIAL, LOCALE, RULING_ID),
    **PAGE,
)
def desk_confirm_ruling(call: Call) -> Answer:
    """Confirm somebody else's ruling, and decide the case again with it. It is refused if anything has happened on the order since."""
    session = session_of(call)
    ruling = call.record.rulings.find(call.values[RULING_ID.name])
    if ruling.state is not RulingState.CONFIRMED or ruling.closed_by != call.caller:
        _confirm(call, session, ruling)
    return case_page(call, session, ruling.decision_id)


@operation(
    "POST",
    "/desk/rulings/{id}/reject",
    scope=Scope.RULE,
    analysis=True,
    parameters=(CREDENTIAL, LOCALE, RULING_ID),
    request_body=Body(schema={"type": "object"}, description="Why."),
    **PAGE,
)
def desk_reject_ruling(call: Call) -> Answer:
    """Reject a ruling that waits for confirmation, or take back one's own."""
    session = session_of(call)
    given = read_fields(call.body, {"reason": _reason}, ("reason",))
    ruling = call.record.rulings.reject(call.values[RULING_ID.name], given["reason"], caller=call.caller)
    return case_page(call, session, ruling.decision_id)


@operation(
    "POST",
    "/desk/cases/{id}/rulings/again",
    scope=Scope.RULE,
    analysis=True,
    parameters=(CREDENTIAL, LOCALE, DECISION_ID, *ONCE),
    request_body=Body(schema={"type": "object"}, description="The ruling that was overtaken."),
    **PAGE,
)
def desk_rule_again(call: Call) -> Answer:
    """Enter an outdated ruling again as one's own, on the current decision."""
    session, decision_id = session_of(call), call.values[DECISION_ID.name]
    old = call.record.rulings.find(read_fields(call.body, {"ruling": read_id}, ("ruling",))["ruling"])
    known = _known(call, decision_id)
    if known is None:
        shown = _ruled_on(call, session)
        content = Content.of(old)
        case_as_ruled(shown, current_case(call.record, shown), content, session.identity)
        known = _enter(call, shown, content, replaces=old.id)
    if known.is_open and not call.settings.desk_four_eyes:
        _confirm(call, session, known)
    return case_page(call, session, decision_id)


def _ruled_on(call: Call, session: Session) -> Standing:
    shown = standing_at(call, session, call.values[DECISION_ID.name])
    if not may_be_ruled(shown):
        raise Problem("precondition-failed", "this decision does not wait for a person")
    return shown


def _content(call: Call, shown: Standing, required: tuple[str, ...] = ("option", "reason")) -> Content:
    """What is ruled. Raises :class:`~adjudicator.model.errors.InputError` for what does not fit."""
    given = read_fields(call.body, _RULING, required)
    option, number = option_of(shown, given["option"]), given.get("answer", 0)
    zone = view_for(shown.decision, shown.case, voice="agent", locale="en").words.zone
    try:
        said = answer_entered(shown.case, option.request, Entered(number, given.get("values", {})), zone)
    except Misfit as misfit:
        raise misfit.as_error() from None
    request = option.request
    return Content(option.id, number, said, given.get("reason", ""), request.evidence_id, request.line_id)


def _known(call: Call, decision_id: str) -> Ruling | None:
    """The ruling that this request has entered before, if it is sent again."""
    key = call.values[IDEMPOTENCY_KEY.name]
    return call.record.rulings.entered(decision_id, caller=call.caller, idempotency_key=key)


def _enter(call: Call, shown: Standing, content: Content, replaces: str | None = None) -> Ruling:
    version = call.values[IF_MATCH.name]
    return call.record.rulings.enter(
        shown.summary.id,
        asdict(content),
        version=shown.version if version is None else version,
        caller=call.caller,
        idempotency_key=call.values[IDEMPOTENCY_KEY.name],
        replaces=replaces,
    )


def _confirm(call: Call, session: Session, ruling: Ruling) -> None:
    """Decide the case of a ruling again with it. Raises ``OwnRuling``, or ``Changed`` if it was overtaken."""
    if not ruling.is_open:
        raise Problem("precondition-failed", "somebody has confirmed or rejected this ruling meanwhile")
    shown = standing_at(call, session, ruling.decision_id)
    now = current_case(call.record, shown)
    case = case_as_ruled(shown, now, Content.of(ruling), ruling.entered_by or "")
    call.record.decide_as_ruled(ruling, case, caller=call.caller, by_another=call.settings.desk_four_eyes)


def _reason(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_REASON or "\0" in value:
        raise InvalidValue(f"a text of 1 to {LONGEST_REASON} characters, none of them NUL")
    return value.strip()


_RULING: Final[Mapping[str, Any]] = {
    "option": read_id,
    "answer": read_number,
    "values": read_values,
    "reason": _reason,
}

OPERATIONS: Final[tuple[Operation, ...]] = (
    desk_ruling_outlook,
    desk_rule,
    desk_confirm_ruling,
    desk_reject_ruling,
    desk_rule_again,
)
