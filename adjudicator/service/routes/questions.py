"""Questions answered without the record: checks, what-if, entitlements, explanations and differences."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from attrs import evolve

from adjudicator.analysis.check import check as check_case
from adjudicator.analysis.check import check_document
from adjudicator.analysis.diff import diff, difference_document
from adjudicator.analysis.entitlements import entitlements_document, entitlements_of, load_inquiry
from adjudicator.analysis.promises import reply_check_document
from adjudicator.analysis.whatif import what_if as find_what_if
from adjudicator.analysis.whatif import what_if_document
from adjudicator.api import DecidedCase
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.time import Instant
from adjudicator.replies import check_reply as hold
from adjudicator.service import examples
from adjudicator.service.budget import budget
from adjudicator.service.negotiation import CONTENT_LANGUAGE, VARY
from adjudicator.service.operations import JSON, Answer, Body, Call, Operation, Tag, json_answer, operation
from adjudicator.service.policies import case_for, decided_for, is_allowed
from adjudicator.service.routes.decisions import explanation
from adjudicator.service.routes.parameters import CASE, FORMAT, FORMATS, LOCALE, VOICE, WORK
from adjudicator.service.schemas import ref
from adjudicator.store import Scope
from adjudicator.wire.parser import parsed

GIVEN: Final = Body(
    schema=ref("Given"),
    description="A decision as it was given out, or a case to decide now.",
    example=examples.A_CASE,
)


@operation(
    "POST",
    "/v1/checks",
    tag=Tag.QUESTIONS,
    scope=Scope.DECIDE,
    analysis=True,
    parameters=(WORK,),
    request_body=CASE,
    response_schemas={JSON: ref("Check")},
)
def check(call: Call) -> Answer:
    """Check whether a case is valid and what its policy still needs, without deciding it."""
    with budget(call.settings.analysis_seconds):
        return json_answer(check_document(check_case(case_for(call), work=call.values["work"])))


@operation(
    "POST",
    "/v1/what-if",
    tag=Tag.QUESTIONS,
    scope=Scope.DECIDE,
    analysis=True,
    parameters=(WORK,),
    request_body=CASE,
    response_schemas={JSON: ref("WhatIf")},
)
def what_if(call: Call) -> Answer:
    """Find the smallest changes that would change the outcome of a case, and what to ask for next."""
    with budget(call.settings.analysis_seconds):
        return json_answer(what_if_document(find_what_if(case_for(call), work=call.values["work"])))


@operation(
    "POST",
    "/v1/entitlements",
    tag=Tag.QUESTIONS,
    scope=Scope.DECIDE,
    analysis=True,
    parameters=(WORK,),
    request_body=Body(
        schema=ref("Inquiry"),
        description="The order, the instant to ask about, and earlier settlements.",
        example=examples.AN_INQUIRY,
    ),
    response_schemas={JSON: ref("Entitlements")},
)
def entitlements(call: Call) -> Answer:
    """Find what an order entitles the buyer to before anyone claims: until when, how much at most, and what a claim will need."""
    with budget(call.settings.analysis_seconds):
        found = entitlements_of(load_inquiry(call.body), work=call.values["work"])
        lines = tuple(each for each in found.lines if is_allowed(call, each.policy.id))
        together = tuple(each for each in found.together if is_allowed(call, each.policy.id))
        return json_answer(entitlements_document(evolve(found, lines=lines, together=together)))


@operation(
    "POST",
    "/v1/explanations",
    tag=Tag.QUESTIONS,
    scope=Scope.DECIDE,
    analysis=True,
    parameters=(VOICE, LOCALE, FORMAT),
    request_body=GIVEN,
    response_schemas={media_type: {"type": "string"} for media_type in FORMATS.values()},
    headers=(CONTENT_LANGUAGE, VARY),
)
def explain(call: Call) -> Answer:
    """Explain a decision, or the decision on a case, in words for one audience."""
    with budget(call.settings.analysis_seconds):
        given = decided_for(call, call.body)
        return explanation(call, given.decision, given.case)


@operation(
    "POST",
    "/v1/differences",
    tag=Tag.QUESTIONS,
    scope=Scope.DECIDE,
    analysis=True,
    request_body=Body(
        schema=ref("TwoGiven"),
        description="Two decisions on one case, or two cases to decide now.",
        example=examples.WITHOUT_PROOF,
    ),
    response_schemas={JSON: ref("Difference")},
)
def compare(call: Call) -> Answer:
    """Find what changed between two decisions on one case, and why."""
    with budget(call.settings.analysis_seconds):
        return _difference(*_two(call))


def _difference(before: DecidedCase, after: DecidedCase) -> Answer:
    cases = None if before.case is None or after.case is None else (before.case, after.case)
    try:
        return json_answer(difference_document(diff(before.decision, after.decision, cases=cases)))
    except InputError as error:
        raise InputError(_within("after", error)) from None


def _within(name: str, error: InputError) -> list[Fault]:
    """The faults of one of the two documents, with pointers into the whole body."""
    return [Fault(f"/{name}{fault.pointer}", fault.value, fault.expected) for fault in error.faults]


def _two(call: Call) -> tuple[DecidedCase, DecidedCase]:
    document, faults = parsed(call.body)
    if faults or not isinstance(document, dict) or document.keys() != {"before", "after"}:
        expected = 'an object with "before" and "after", each a decision or a case, and nothing else'
        raise InputError(faults or [Fault("", shown(document), expected)])
    given, faults = [], list[Fault]()
    for name in ("before", "after"):
        try:
            given.append(_named(call, document, name))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    before, after = given
    return before, after


@operation(
    "POST",
    "/v1/check-reply",
    tag=Tag.QUESTIONS,
    scope=Scope.DECIDE,
    analysis=True,
    request_body=Body(
        schema=ref("ReplyToCheck"),
        description="The draft, and the decision or the case that it is about.",
        example=examples.A_REPLY,
    ),
    response_schemas={JSON: ref("ReplyCheck")},
)
def check_reply(call: Call) -> Answer:
    """Hold every promise in a draft reply against a decision: agreed, refused with what is owed, or beyond judgement."""
    with budget(call.settings.analysis_seconds):
        document, faults = parsed(call.body)
        if faults or not isinstance(document, dict) or not _FIELDS_OF_A_REPLY >= document.keys() >= {"about", "reply"}:
            expected = 'an object with "about", "reply" and perhaps "case" and "now", and nothing else'
            raise InputError(faults or [Fault("", shown(document), expected)])
        given = _about(call, document)
        reply, now = _text(document["reply"]), _instant(document.get("now"))
        return json_answer(reply_check_document(hold(reply, given.decision, given.case, now=now)))


_FIELDS_OF_A_REPLY: Final = frozenset({"about", "case", "reply", "now"})


def _about(call: Call, document: Mapping[str, Any]) -> DecidedCase:
    """What a reply is about, with the case if that comes along."""
    given = _named(call, document, "about")
    if document.get("case") is None:
        return given
    case = _named(call, document, "case").case
    if case is None:
        raise InputError([Fault("/case", "a decision", "the case that was decided")])
    try:
        return given.about(case)
    except InputError as error:
        raise InputError(_within("case", error)) from None


def _named(call: Call, document: Mapping[str, Any], name: str) -> DecidedCase:
    try:
        return decided_for(call, json.dumps(document[name]).encode())
    except InputError as error:
        raise InputError(_within(name, error)) from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InputError([Fault("/reply", shown(value), "a text")])
    return value


def _instant(value: Any) -> Instant | None:
    if value is None:
        return None
    try:
        return Instant.parse(value)
    except (TypeError, ValueError):
        raise InputError([Fault("/now", shown(value), "an instant with an offset (RFC 3339), or null")]) from None


OPERATIONS: Final[tuple[Operation, ...]] = (check, what_if, entitlements, explain, compare, check_reply)
