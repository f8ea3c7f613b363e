"""Questions that need no record: what a case lacks, what would change it, what an order gives, what a decision says."""

from __future__ import annotations

import json
from typing import Final

from adjudicator.analysis.check import check as checked
from adjudicator.analysis.check import check_document
from adjudicator.analysis.diff import diff, difference_document
from adjudicator.analysis.entitlements import entitlements_document, entitlements_of, load_inquiry
from adjudicator.analysis.whatif import what_if as looked_into
from adjudicator.analysis.whatif import what_if_document
from adjudicator.api import DecidedCase, load_decided
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.service import examples
from adjudicator.service.budget import budget
from adjudicator.service.negotiation import CONTENT_LANGUAGE, VARY
from adjudicator.service.operations import JSON, Answer, Body, Call, Operation, Tag, answer, operation
from adjudicator.service.routes.decisions import explanation
from adjudicator.service.routes.parameters import A_CASE, FORMAT, FORMATS, LOCALE, VOICE, WORK
from adjudicator.service.schemas import ref
from adjudicator.store import Scope
from adjudicator.wire.codec import load_case
from adjudicator.wire.parser import parsed

GIVEN: Final = Body(
    schema=ref("Given"),
    about="A decision, as it was given out, or a case, which is decided on the spot.",
    example=examples.A_CASE,
)


@operation(
    "POST",
    "/v1/checks",
    tag=Tag.QUESTIONS,
    scope=Scope.DECIDE,
    analysis=True,
    parameters=(WORK,),
    takes=A_CASE,
    gives={JSON: ref("Check")},
)
def check(call: Call) -> Answer:
    """See whether a case is sound and what it lacks for its policy, without deciding it."""
    with budget(call.settings.analysis_seconds):
        return answer(check_document(checked(load_case(call.body), work=call.values["work"])))


@operation(
    "POST",
    "/v1/what-if",
    tag=Tag.QUESTIONS,
    scope=Scope.DECIDE,
    analysis=True,
    parameters=(WORK,),
    takes=A_CASE,
    gives={JSON: ref("WhatIf")},
)
def what_if(call: Call) -> Answer:
    """Find the smallest changes that would change the outcome of a case, and what is to be asked next."""
    with budget(call.settings.analysis_seconds):
        return answer(what_if_document(looked_into(load_case(call.body), work=call.values["work"])))


@operation(
    "POST",
    "/v1/entitlements",
    tag=Tag.QUESTIONS,
    scope=Scope.DECIDE,
    analysis=True,
    parameters=(WORK,),
    takes=Body(
        schema=ref("Inquiry"),
        about="The order, the moment for which it is asked, and what was settled before.",
        example=examples.AN_INQUIRY,
    ),
    gives={JSON: ref("Entitlements")},
)
def entitlements(call: Call) -> Answer:
    """Find what an order gives before anything is claimed: until when, how much at most, and what a claim will need."""
    with budget(call.settings.analysis_seconds):
        return answer(entitlements_document(entitlements_of(load_inquiry(call.body), work=call.values["work"])))


@operation(
    "POST",
    "/v1/explanations",
    tag=Tag.QUESTIONS,
    scope=Scope.DECIDE,
    analysis=True,
    parameters=(VOICE, LOCALE, FORMAT),
    takes=GIVEN,
    gives={each: {"type": "string"} for each in FORMATS.values()},
    headers=(CONTENT_LANGUAGE, VARY),
)
def explain(call: Call) -> Answer:
    """Tell a decision, or what a case comes to, to one of its readers, in words."""
    with budget(call.settings.analysis_seconds):
        given = load_decided(call.body)
        return explanation(call, given.decision, given.case)


@operation(
    "POST",
    "/v1/differences",
    tag=Tag.QUESTIONS,
    scope=Scope.DECIDE,
    analysis=True,
    takes=Body(
        schema=ref("TwoGiven"),
        about="Two decisions of one case, or cases, which are decided on the spot.",
        example=examples.WITHOUT_PROOF,
    ),
    gives={JSON: ref("Difference")},
)
def compare(call: Call) -> Answer:
    """Find what changed between two decisions of one case, and why."""
    with budget(call.settings.analysis_seconds):
        return _difference(*_two(call.body))


def _difference(one: DecidedCase, other: DecidedCase) -> Answer:
    cases = None if one.case is None or other.case is None else (one.case, other.case)
    try:
        return answer(difference_document(diff(one.decision, other.decision, cases=cases)))
    except InputError as error:
        raise InputError(_within("after", error)) from None


def _within(name: str, error: InputError) -> list[Fault]:
    """The faults of one of the two, at their places in the whole."""
    return [Fault(f"/{name}{each.pointer}", each.value, each.expected) for each in error.faults]


def _two(body: bytes) -> tuple[DecidedCase, DecidedCase]:
    document, faults = parsed(body)
    if faults or not isinstance(document, dict) or document.keys() != {"before", "after"}:
        expected = 'an object with "before" and "after", each a decision or a case, and nothing else'
        raise InputError(faults or [Fault("", shown(document), expected)])
    given, wrong = [], list[Fault]()
    for name in ("before", "after"):
        try:
            given.append(load_decided(json.dumps(document[name]).encode()))
        except InputError as error:
            wrong += _within(name, error)
    if wrong:
        raise InputError(wrong)
    one, other = given
    return one, other


OPERATIONS: Final[tuple[Operation, ...]] = (check, what_if, entitlements, explain, compare)
