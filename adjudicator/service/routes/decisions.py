"""Decisions: making them, reading them, running them again, and putting another in their place."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import orjson

from adjudicator.analysis.whatif import what_if as looked_into
from adjudicator.analysis.whatif import what_if_document
from adjudicator.api import decide as decided
from adjudicator.explain import Format
from adjudicator.explain import explain as explained
from adjudicator.model.decision import Decision
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.soundness import CaseBase
from adjudicator.service import examples, monitoring
from adjudicator.service.budget import budget
from adjudicator.service.conditional import ETAG, IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, VERSION, tag_of
from adjudicator.service.negotiation import CONTENT_LANGUAGE, VARY, chosen, language_for
from adjudicator.service.operations import (
    JSON,
    Answer,
    Body,
    Call,
    Link,
    Operation,
    Tag,
    answer,
    operation,
)
from adjudicator.service.problems import Problem, problem_for
from adjudicator.service.replies import decision_listed, decision_standing
from adjudicator.service.routes.parameters import (
    A_CASE,
    CURSOR,
    DECISION_ID,
    FILL,
    FORMAT,
    FORMATS,
    ID,
    LEADS_ON,
    LIMIT,
    LIST_PARAMETERS,
    LOCALE,
    LOCATION,
    REPEAT,
    VOICE,
    WORK,
)
from adjudicator.service.schemas import ON_RECORD, ref
from adjudicator.store import Erased, Filter, Recorded, Scope
from adjudicator.wire.codec import case_from, document_of, dump_decision, load_case, load_decision
from adjudicator.wire.messages import DecisionPage, RunAgain
from adjudicator.wire.parser import parsed


def of_record(given: Recorded) -> Answer:
    """A decision on record as an answer: its bytes, and where it is."""
    document = orjson.loads(given.decision)
    policy = document["policy"]
    monitoring.decided(policy["id"], policy["edition"], document["outcome"], recorded=not given.repeat)
    headers = {
        ID.name: given.id,
        REPEAT.name: "true" if given.repeat else "false",
        LOCATION.name: f"/v1/decisions/{given.id}",
    }
    return Answer(given.decision, headers)


@operation(
    "POST",
    "/v1/decisions",
    tag=Tag.DECISIONS,
    scope=Scope.DECIDE,
    parameters=(FILL, IDEMPOTENCY_KEY),
    takes=A_CASE,
    gives={JSON: ref("Decision")},
    headers=(ID, REPEAT, LOCATION),
    problems=("still-running", "erased", "key-reused"),
    links=LEADS_ON,
)
def decide(call: Call) -> Answer:
    """Decide a case, and put the decision on record.

    The answer is the decision, in the bytes that are on record; both happen in one transaction. A case that was decided before with
    the same result is a repeat, and is not recorded again.
    """
    return of_record(
        call.record.decide(
            call.body,
            fill_settlements=call.values[FILL.name],
            idempotency_key=call.values[IDEMPOTENCY_KEY.name],
            caller=call.caller,
        )
    )


@operation(
    "POST",
    "/v1/decisions/batch",
    tag=Tag.DECISIONS,
    scope=Scope.DECIDE,
    parameters=(FILL, IDEMPOTENCY_KEY),
    takes=Body(
        schema=ref("Batch"),
        about="The cases. What is wrong with one is told in its place; the others are decided.",
        example=examples.CASES,
    ),
    gives={JSON: ref("BatchResults")},
    problems=("still-running", "key-reused"),
)
def decide_batch(call: Call) -> Answer:
    """Decide many cases, and put each decision on record.

    Each case has a result of its own, in the order of the cases, with the status that it would have had alone. Each is recorded by
    itself: when the whole is asked for again with the same idempotency key, what was done stays done and gets the same answer.
    """
    cases, faults = _cases_in(call)
    key = call.values[IDEMPOTENCY_KEY.name]
    if key is not None:
        sent = hashlib.sha256(call.body).hexdigest()
        call.record.take_up(key, ["batch", sent, call.values[FILL.name]], caller=call.caller)
    results = [_result(call, case, faults[index], key and f"{key}\n{index}") for index, case in enumerate(cases)]
    return answer({"results": results})


def _cases_in(call: Call) -> tuple[list[Any], list[list[Fault]]]:
    """The cases of a batch as JSON documents, each with the faults that were found in it already."""
    document, faults = parsed(call.body)
    cases = document.get("cases") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(cases, list) or document.keys() != {"cases"}:
        raise InputError([*faults, Fault("", shown(document), 'an object with "cases", a list, and nothing else')])
    if of_the_batch := [each for each in faults if not each.pointer.startswith("/cases/")]:
        raise InputError(of_the_batch)
    if len(cases) > call.settings.max_batch:
        raise Problem("too-large", f"a batch has at most {call.settings.max_batch} cases, not {len(cases)}")
    found: list[list[Fault]] = [[] for _ in cases]
    for fault in faults:
        _, _, index, *steps = fault.pointer.split("/")
        pointer = "".join(f"/{each}" for each in steps)
        found[int(index)].append(Fault(pointer, fault.value, fault.expected))
    return cases, found


def _result(call: Call, case: CaseBase, faults: list[Fault], key: str | None) -> dict[str, Any]:
    """What one case of a batch comes to."""
    try:
        given = call.record.decide_case(
            case_from(case, faults),
            fill_settlements=call.values[FILL.name],
            idempotency_key=key,
            caller=call.caller,
        )
    except Exception as error:  # noqa: BLE001 - what is wrong with one case is told in its place
        problem = problem_for(error)
        return {"status": problem.type.status, "problem": problem.document()}
    headers = of_record(given).headers
    return {
        "status": 200,
        "id": headers[ID.name],
        "repeat": given.repeat,
        "decision": orjson.Fragment(given.decision),
    }


def _needs_no_record(call: Call) -> bool:
    return not call.values[FILL.name]


@operation(
    "POST",
    "/v1/dry-runs",
    tag=Tag.DECISIONS,
    scope=Scope.DECIDE,
    inline=_needs_no_record,
    parameters=(FILL,),
    takes=A_CASE,
    gives={JSON: ref("Decision")},
)
def dry_run(call: Call) -> Answer:
    """Decide a case and record nothing.

    The decision is the one that would be given out at this moment; there is nothing to be paid on it.
    """
    case = load_case(call.body)
    decision = decided(case if _needs_no_record(call) else call.record.filled(case))
    monitoring.decided(decision.policy.id, decision.policy.edition, str(decision.outcome), recorded=False)
    return Answer(dump_decision(decision))


# Reading


@operation(
    "GET",
    "/v1/decisions",
    tag=Tag.DECISIONS,
    scope=Scope.READ,
    parameters=(*LIST_PARAMETERS, CURSOR, LIMIT),
    gives={JSON: ref("DecisionPage")},
    links={
        "next_page": Link(
            operation="list_decisions",
            parameters={"cursor": "$response.body#/next_cursor"},
            about="The next page; the filter has to be the same.",
        )
    },
)
def list_decisions(call: Call) -> Answer:
    """List decisions in the order of their last change.

    A payout, a successor and an erasure are changes. To follow what changes, go on from the last cursor, or ask for what was
    `updated_since` a minute before what was seen last: the clocks of workers may differ.
    """
    wanted = {each.name: call.values[each.name] for each in LIST_PARAMETERS}
    try:
        page = call.record.decisions(Filter(**wanted), call.values[CURSOR.name], call.values[LIMIT.name])
    except ValueError as error:
        raise Problem("bad-request", str(error)) from None
    return answer(document_of(DecisionPage(tuple(map(decision_listed, page.items)), page.cursor)))


def _exact(content: bytes) -> Answer:
    return Answer(content, {ETAG.name: f'"{hashlib.sha256(content).hexdigest()}"'})


@operation(
    "GET",
    "/v1/decisions/{id}",
    tag=Tag.DECISIONS,
    scope=Scope.READ,
    parameters=(DECISION_ID, IF_NONE_MATCH),
    gives={JSON: ref("Decision")},
    headers=(ETAG,),
    problems=("not-found",),
)
def get_decision(call: Call) -> Answer:
    """Get a decision, byte for byte as it was given out.

    Where personal data were erased, `null` stands for them.
    """
    return _exact(call.record.decision(call.values["id"]).content)


@operation(
    "GET",
    "/v1/decisions/{id}/case",
    tag=Tag.DECISIONS,
    scope=Scope.READ,
    parameters=(DECISION_ID, IF_NONE_MATCH),
    gives={JSON: ref(ON_RECORD)},
    headers=(ETAG,),
    problems=("not-found",),
)
def get_case(call: Call) -> Answer:
    """Get the case that was decided, with the settlements that were filled in.

    Where personal data were erased, `null` stands for them.
    """
    return _exact(call.record.case(call.values["id"]).content)


@operation(
    "GET",
    "/v1/decisions/{id}/standing",
    tag=Tag.DECISIONS,
    scope=Scope.READ,
    parameters=(DECISION_ID, IF_NONE_MATCH),
    gives={JSON: ref("DecisionStanding")},
    headers=(VERSION,),
    problems=("not-found",),
)
def get_standing(call: Call) -> Answer:
    """Get how a decision stands: what the list has of it, the payouts of its claim, and the version for `If-Match`."""
    standing = call.record.standing(call.values["id"])
    return answer(document_of(decision_standing(standing)), {VERSION.name: tag_of(standing.version)})


def _recorded(call: Call) -> tuple[Decision, Any]:
    """A decision on record and its case. Raises :class:`~adjudicator.store.Erased` where they are not whole any more."""
    kept, case = call.record.decision(call.values["id"]), call.record.case(call.values["id"])
    if kept.erased or case.erased:
        raise Erased(f"the personal data of the decision {call.values['id']} were erased")
    return load_decision(kept.content), load_case(case.content)


@operation(
    "GET",
    "/v1/decisions/{id}/explanation",
    tag=Tag.DECISIONS,
    scope=Scope.READ,
    analysis=True,
    parameters=(DECISION_ID, VOICE, LOCALE, FORMAT),
    gives={each: {"type": "string"} for each in FORMATS.values()},
    headers=(CONTENT_LANGUAGE, VARY),
    problems=("not-found", "erased"),
)
def get_explanation(call: Call) -> Answer:
    """Tell a decision to one of its readers, in words."""
    decision, case = _recorded(call)
    with budget(call.settings.analysis_seconds):
        return explanation(call, decision, case)


def explanation(call: Call, decision: Decision, case: CaseBase | None) -> Answer:
    """A decision in words, as the call would have them."""
    named = {media_type: name for name, media_type in FORMATS.items()}
    form: Format = call.values[FORMAT.name] or named[call.media_type]
    language = language_for(call.values[LOCALE.name], call.accept_language)
    told = explained(decision, case, voice=call.values[VOICE.name], locale=language, format=form)
    return Answer(told.encode(), chosen(language, "Accept, Accept-Language"), FORMATS[form])


@operation(
    "GET",
    "/v1/decisions/{id}/what-if",
    tag=Tag.DECISIONS,
    scope=Scope.READ,
    analysis=True,
    parameters=(DECISION_ID, WORK),
    gives={JSON: ref("WhatIf")},
    problems=("not-found", "erased"),
)
def get_what_if(call: Call) -> Answer:
    """Get the smallest changes that would change a decision, and what is to be asked next."""
    _, case = _recorded(call)
    with budget(call.settings.analysis_seconds):
        return answer(what_if_document(looked_into(case, work=call.values["work"])))


@operation(
    "POST",
    "/v1/decisions/{id}/rerun",
    tag=Tag.DECISIONS,
    scope=Scope.READ,
    parameters=(DECISION_ID,),
    gives={JSON: ref("RunAgain")},
    problems=("not-found", "erased"),
)
def rerun(call: Call) -> Answer:
    """Decide a recorded case again, and see whether the bytes agree. Nothing is changed."""
    run = call.record.rerun(call.values["id"])
    digests = (hashlib.sha256(each).hexdigest() for each in (run.recorded, run.now))
    return answer(document_of(RunAgain(run.agrees, *digests)))


@operation(
    "POST",
    "/v1/decisions/{id}/supersede",
    tag=Tag.DECISIONS,
    scope=Scope.DECIDE,
    parameters=(DECISION_ID, FILL, IDEMPOTENCY_KEY, IF_MATCH),
    takes=Body(
        schema=ref("Case"),
        about="The case with the new evidence, or under appeal: of the same order, or the same case.",
        example=examples.A_CASE,
    ),
    gives={JSON: ref("Decision")},
    headers=(ID, REPEAT, LOCATION),
    problems=("not-found", "still-running", "not-superseded", "erased", "precondition-failed", "key-reused"),
    links=LEADS_ON,
)
def supersede(call: Call) -> Answer:
    """Put a new decision in the place of an old one, after new evidence or an appeal.

    The old one stays as it is, names its successor, and pays nothing any more.
    """
    return of_record(
        call.record.decide_case(
            load_case(call.body),
            fill_settlements=call.values[FILL.name],
            idempotency_key=call.values[IDEMPOTENCY_KEY.name],
            caller=call.caller,
            supersedes=call.values["id"],
            if_version=call.values[IF_MATCH.name],
        )
    )


OPERATIONS: Final[tuple[Operation, ...]] = (
    decide,
    decide_batch,
    dry_run,
    list_decisions,
    get_decision,
    get_case,
    get_standing,
    get_explanation,
    get_what_if,
    rerun,
    supersede,
)
