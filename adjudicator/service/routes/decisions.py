"""Operations on recorded decisions: list, read, explain, rerun and supersede."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from adjudicator.analysis.whatif import what_if as find_what_if
from adjudicator.analysis.whatif import what_if_document
from adjudicator.explain import Format, letter_locale
from adjudicator.explain import explain as explain_decision
from adjudicator.model.decision import Decision
from adjudicator.model.soundness import CaseBase
from adjudicator.service import examples
from adjudicator.service.budget import budget
from adjudicator.service.conditional import ETAG, IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, VERSION, etag
from adjudicator.service.negotiation import CONTENT_LANGUAGE, VARY, language_for, language_headers
from adjudicator.service.operations import (
    JSON,
    Answer,
    Body,
    Call,
    Link,
    Operation,
    Tag,
    json_answer,
    operation,
)
from adjudicator.service.policies import unknown_names
from adjudicator.service.problems import Problem, bad_parameters, parameter_fault
from adjudicator.service.replies import status_message
from adjudicator.service.routes.deciding import recorded_answer
from adjudicator.service.routes.parameters import (
    CURSOR,
    DECISION_ID,
    FILL_SETTLEMENTS,
    FOLLOW_UPS,
    FORMAT,
    FORMATS,
    ID,
    LIMIT,
    LIST_PARAMETERS,
    LOCALE,
    LOCATION,
    REPEAT,
    VOICE,
    WORK,
)
from adjudicator.service.schemas import ON_RECORD, ref
from adjudicator.store import Erased, Filter, Scope
from adjudicator.wire.codec import document_of, load_case, load_decision
from adjudicator.wire.messages import Rerun


@operation(
    "GET",
    "/v1/decisions",
    tag=Tag.DECISIONS,
    scope=Scope.READ,
    parameters=(*LIST_PARAMETERS, CURSOR, LIMIT),
    response_schemas={JSON: ref("DecisionPage")},
    links={
        "next_page": Link(
            operation="list_decisions",
            parameters={"cursor": "$response.body#/next_cursor"},
            description="The next page, with the same filter.",
        )
    },
)
def list_decisions(call: Call) -> Answer:
    """List decisions, least recently changed first.

    Payouts, a successor and erasure count as changes. To follow changes, continue from the last cursor, or set `updated_since` to a
    minute before the last change that you saw, because the clocks of workers may differ.
    """
    wanted = Filter(**{parameter.name: call.values[parameter.name] for parameter in LIST_PARAMETERS})
    if faults := [*unknown_names(call, wanted)]:
        raise bad_parameters([parameter_fault(each.pointer[1:], "query", each.value, each.expected) for each in faults])
    try:
        page = call.record.decisions_document(wanted, call.values[CURSOR.name], call.values[LIMIT.name])
    except ValueError as error:
        raise Problem("bad-request", str(error)) from None
    return json_answer(page)


def _exact(content: bytes) -> Answer:
    return Answer(content, {ETAG.name: f'"{hashlib.sha256(content).hexdigest()}"'})


@operation(
    "GET",
    "/v1/decisions/{id}",
    tag=Tag.DECISIONS,
    scope=Scope.READ,
    parameters=(DECISION_ID, IF_NONE_MATCH),
    response_schemas={JSON: ref("Decision")},
    headers=(ETAG,),
    problems=("not-found",),
)
def get_decision(call: Call) -> Answer:
    """Get a decision, byte for byte as it was given out.

    Erased personal data are `null`.
    """
    return _exact(call.record.decision(call.values["id"]).content)


@operation(
    "GET",
    "/v1/decisions/{id}/case",
    tag=Tag.DECISIONS,
    scope=Scope.READ,
    parameters=(DECISION_ID, IF_NONE_MATCH),
    response_schemas={JSON: ref(ON_RECORD)},
    headers=(ETAG,),
    problems=("not-found",),
)
def get_case(call: Call) -> Answer:
    """Get the case of a decision, with the settlements that were filled in.

    Erased personal data are `null`.
    """
    return _exact(call.record.case(call.values["id"]).content)


@operation(
    "GET",
    "/v1/decisions/{id}/standing",
    tag=Tag.DECISIONS,
    scope=Scope.READ,
    parameters=(DECISION_ID, IF_NONE_MATCH),
    response_schemas={JSON: ref("DecisionStanding")},
    headers=(VERSION,),
    problems=("not-found",),
)
def get_standing(call: Call) -> Answer:
    """Get the status of a decision: its list entry, the payouts of its claim, and the version for `If-Match`."""
    standing = call.record.standing(call.values["id"])
    return json_answer(document_of(status_message(standing)), {VERSION.name: etag(standing.version)})


def _recorded(call: Call) -> tuple[Decision, Any]:
    """A recorded decision and its case. Raises :class:`~adjudicator.store.Erased` if their personal data are gone."""
    decision, case = call.record.decision_and_case(call.values["id"])
    if decision.erased:
        raise Erased(f"the personal data of decision {call.values['id']} were erased")
    return load_decision(decision.content), load_case(case.content)


@operation(
    "GET",
    "/v1/decisions/{id}/explanation",
    tag=Tag.DECISIONS,
    scope=Scope.READ,
    analysis=True,
    parameters=(DECISION_ID, VOICE, LOCALE, FORMAT),
    response_schemas={media_type: {"type": "string"} for media_type in FORMATS.values()},
    headers=(CONTENT_LANGUAGE, VARY),
    problems=("not-found", "erased", "invalid"),
)
def get_explanation(call: Call) -> Answer:
    """Explain a decision in words, for one audience."""
    decision, case = _recorded(call)
    with budget(call.settings.analysis_seconds):
        return explanation(call, decision, case)


def explanation(call: Call, decision: Decision, case: CaseBase | None) -> Answer:
    """A decision in words, in the voice, language and format that the request asks for."""
    named = {media_type: name for name, media_type in FORMATS.items()}
    form: Format = call.values[FORMAT.name] or named[call.media_type]
    locale = call.values[LOCALE.name]
    language = language_for(locale, call.accept_language)
    voice, spoken = call.values[VOICE.name], letter_locale(locale, language)
    text = explain_decision(decision, case, voice=voice, locale=spoken, format=form)
    return Answer(text.encode(), language_headers(language, "Accept, Accept-Language"), FORMATS[form])


@operation(
    "GET",
    "/v1/decisions/{id}/what-if",
    tag=Tag.DECISIONS,
    scope=Scope.READ,
    analysis=True,
    parameters=(DECISION_ID, WORK),
    response_schemas={JSON: ref("WhatIf")},
    problems=("not-found", "erased"),
)
def get_what_if(call: Call) -> Answer:
    """Get the smallest changes that would change a decision, and what to ask for next."""
    _, case = _recorded(call)
    with budget(call.settings.analysis_seconds):
        return json_answer(what_if_document(find_what_if(case, work=call.values["work"])))


@operation(
    "POST",
    "/v1/decisions/{id}/rerun",
    tag=Tag.DECISIONS,
    scope=Scope.READ,
    parameters=(DECISION_ID,),
    response_schemas={JSON: ref("RunAgain")},
    problems=("not-found", "erased"),
)
def rerun(call: Call) -> Answer:
    """Decide a recorded case again and compare the bytes. Changes nothing."""
    run = call.record.rerun(call.values["id"])
    digests = (hashlib.sha256(content).hexdigest() for content in (run.recorded, run.now))
    return json_answer(document_of(Rerun(run.agrees, *digests)))


@operation(
    "POST",
    "/v1/decisions/{id}/supersede",
    tag=Tag.DECISIONS,
    scope=Scope.DECIDE,
    decides=True,
    parameters=(DECISION_ID, FILL_SETTLEMENTS, IDEMPOTENCY_KEY, IF_MATCH),
    request_body=Body(
        schema=ref("Case"),
        description="The case with new evidence or under appeal, on the same order or with the same case id.",
        example=examples.A_CASE,
    ),
    response_schemas={JSON: ref("Decision")},
    headers=(ID, REPEAT, LOCATION),
    problems=("not-found", "still-running", "not-superseded", "erased", "precondition-failed", "key-reused"),
    links=FOLLOW_UPS,
)
def supersede(call: Call) -> Answer:
    """Replace a decision by a new one, after new evidence or an appeal.

    The old decision stays on record, names its successor, can no longer be paid, and no longer limits what can be paid on its claim.
    """
    return recorded_answer(
        call.record.decide_case(
            load_case(call.body),
            fill_settlements=call.values[FILL_SETTLEMENTS.name],
            idempotency_key=call.values[IDEMPOTENCY_KEY.name],
            caller=call.caller,
            supersedes=call.values["id"],
            if_version=call.values[IF_MATCH.name],
        )
    )


OPERATIONS: Final[tuple[Operation, ...]] = (
    list_decisions,
    get_decision,
    get_case,
    get_standing,
    get_explanation,
    get_what_if,
    rerun,
    supersede,
)
