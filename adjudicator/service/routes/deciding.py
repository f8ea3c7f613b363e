"""Operations that decide cases: one, a batch or a stream, on record or as dry runs."""

from __future__ import annotations

from typing import Any, Final

import orjson
from anyio import CapacityLimiter

from adjudicator.api import decide_as_read
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.soundness import CaseBase
from adjudicator.service import examples, monitoring
from adjudicator.service.conditional import IDEMPOTENCY_KEY, IF_MATCH
from adjudicator.service.operations import (
    JSON,
    NDJSON,
    Answer,
    Body,
    Call,
    Operation,
    Tag,
    json_answer,
    operation,
)
from adjudicator.service.policies import read_case_for
from adjudicator.service.problems import Problem, problem_for
from adjudicator.service.recorder import Recorder
from adjudicator.service.routes.parameters import (
    CASE,
    CASES,
    FILL_SETTLEMENTS,
    FOLLOW_UPS,
    ID,
    LOCATION,
    REPEAT,
)
from adjudicator.service.schemas import lines_of, ref
from adjudicator.store import Recorded, Scope
from adjudicator.wire.codec import ReadCase, case_from, dump_decision
from adjudicator.wire.parser import parsed


def recorded_answer(recorded: Recorded) -> Answer:
    """A recorded decision as an answer: its bytes, id and location."""
    if recorded.new is None:
        monitoring.count_repeat()
    else:
        policy = recorded.new.policy
        monitoring.count_decision(policy.id, policy.edition, str(recorded.new.outcome), recorded=True)
    headers = {
        ID.name: recorded.id,
        REPEAT.name: "true" if recorded.repeat else "false",
        LOCATION.name: f"/v1/decisions/{recorded.id}",
    }
    return Answer(recorded.decision, headers, resource=recorded.id)


def _needs_no_settlements(call: Call) -> bool:
    return not call.values[FILL_SETTLEMENTS.name]


def _needs_no_record(call: Call) -> bool:
    """Whether a decision depends on the case alone, so that it can be recorded with others."""
    return _needs_no_settlements(call) and call.values[IF_MATCH.name] is None


async def _decide_soon(call: Call, recorder: Recorder, threads: CapacityLimiter) -> Answer:
    key = call.values[IDEMPOTENCY_KEY.name]
    return recorded_answer(
        await recorder.decide(call.record, call.body, idempotency_key=key, caller=call.caller, threads=threads)
    )


@operation(
    "POST",
    "/v1/decisions",
    inline=_needs_no_record,
    soon=_decide_soon,
    tag=Tag.DECISIONS,
    scope=Scope.DECIDE,
    decides=True,
    parameters=(FILL_SETTLEMENTS, IDEMPOTENCY_KEY, IF_MATCH),
    request_body=CASE,
    response_schemas={JSON: ref("Decision")},
    headers=(ID, REPEAT, LOCATION),
    problems=("still-running", "erased", "precondition-failed", "key-reused"),
    links=FOLLOW_UPS,
)
def decide(call: Call) -> Answer:
    """Decide a case and record the decision.

    The response is the decision, byte for byte as recorded; both happen in one transaction. A case that was decided before with
    the same result is a repeat, and is not recorded again.
    """
    return recorded_answer(
        call.record.decide(
            call.body,
            fill_settlements=call.values[FILL_SETTLEMENTS.name],
            idempotency_key=call.values[IDEMPOTENCY_KEY.name],
            caller=call.caller,
            if_version=call.values[IF_MATCH.name],
        )
    )


@operation(
    "POST",
    "/v1/decisions/batch",
    tag=Tag.DECISIONS,
    scope=Scope.DECIDE,
    decides=True,
    parameters=(FILL_SETTLEMENTS, IDEMPOTENCY_KEY),
    request_body=Body(
        schema=ref("Batch"),
        description="The cases. An invalid case gets a problem as its result; the others are decided.",
        example=examples.CASES,
    ),
    response_schemas={JSON: ref("BatchResults")},
    problems=("still-running", "key-reused"),
)
def decide_batch(call: Call) -> Answer:
    """Decide many cases and record each decision.

    Each case has its own result, in the same order, with the status that it would have had alone. Each is recorded separately:
    when you repeat the batch with the same idempotency key, the cases already done get the same answer, and a case with other content
    than before in its place is refused.
    """
    cases, faults = _cases_in(call)
    key = call.values[IDEMPOTENCY_KEY.name]
    if key is not None:
        call.record.take_up(key, ["batch", len(cases), call.values[FILL_SETTLEMENTS.name]], caller=call.caller)
    results = [_result(call, case, faults[index], key and f"{key}\n{index}") for index, case in enumerate(cases)]
    return json_answer({"results": results})


def _cases_in(call: Call) -> tuple[list[Any], list[list[Fault]]]:
    """The cases of a batch as JSON documents, with the faults that parsing found in each."""
    document, faults = parsed(call.body)
    cases = document.get("cases") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(cases, list) or document.keys() != {"cases"}:
        raise InputError([*faults, Fault("", shown(document), 'an object with "cases", a list, and nothing else')])
    if batch_faults := [fault for fault in faults if not fault.pointer.startswith("/cases/")]:
        raise InputError(batch_faults)
    if len(cases) > call.settings.max_batch:
        raise Problem("too-large", f"a batch has at most {call.settings.max_batch} cases, not {len(cases)}")
    result: list[list[Fault]] = [[] for _ in cases]
    for fault in faults:
        _, _, index, *steps = fault.pointer.split("/")
        pointer = "".join(f"/{step}" for step in steps)
        result[int(index)].append(Fault(pointer, fault.value, fault.expected))
    return cases, result


def _begin_stream(call: Call) -> None:
    if (key := call.values[IDEMPOTENCY_KEY.name]) is not None:
        call.record.take_up(key, ["stream", call.values[FILL_SETTLEMENTS.name]], caller=call.caller)


@operation(
    "POST",
    "/v1/decisions/stream",
    tag=Tag.DECISIONS,
    scope=Scope.DECIDE,
    decides=True,
    begin=_begin_stream,
    parameters=(FILL_SETTLEMENTS, IDEMPOTENCY_KEY),
    request_body=CASES,
    response_schemas={NDJSON: lines_of("StreamLine")},
    problems=("still-running", "key-reused"),
)
def decide_stream(call: Call) -> Answer:
    """Decide a case on each line and record each decision, for as many cases as you like.

    Each line of the response is the result of one line, in the same order, as soon as it is there; blank lines have none. The last line has
    the counts: if it is missing, or has a problem, send the stream again with the same idempotency key, and the cases already done get the
    same answer. A case with other content than before on its line is refused. Read while you send, or send at most a few thousand cases at
    a time: when too many results wait for you, the service stops reading.
    """
    key = call.values[IDEMPOTENCY_KEY.name]
    recorded = call.record.decide(
        call.body,
        fill_settlements=call.values[FILL_SETTLEMENTS.name],
        idempotency_key=key and f"{key}\n{call.line}",
        caller=call.caller,
    )
    return json_answer(_decided(recorded))


def _result(call: Call, case: CaseBase, faults: list[Fault], key: str | None) -> dict[str, Any]:
    """The result of one case of a batch."""
    try:
        recorded = call.record.decide_case(
            case_from(case, faults),
            fill_settlements=call.values[FILL_SETTLEMENTS.name],
            idempotency_key=key,
            caller=call.caller,
        )
    except Exception as error:  # noqa: BLE001 - an error in one case is that case's result
        problem = problem_for(error)
        monitoring.count_problem(problem.type.name)
        return {"status": problem.type.status, "problem": problem.document()}
    return _decided(recorded)


def _decided(recorded: Recorded) -> dict[str, Any]:
    """The result of one case of several that was decided."""
    headers = recorded_answer(recorded).headers
    return {
        "status": 200,
        "id": headers[ID.name],
        "repeat": recorded.repeat,
        "decision": orjson.Fragment(recorded.decision),
    }


@operation(
    "POST",
    "/v1/dry-runs",
    tag=Tag.DECISIONS,
    scope=Scope.DECIDE,
    inline=_needs_no_settlements,
    parameters=(FILL_SETTLEMENTS,),
    request_body=CASE,
    response_schemas={JSON: ref("Decision")},
)
def dry_run(call: Call) -> Answer:
    """Decide a case without recording it.

    The decision is the one that you would get right now; you cannot pay on it.
    """
    return Answer(_decided_dry(call))


def _decided_dry(call: Call) -> bytes:
    read = read_case_for(call)
    decision = decide_as_read(read if _needs_no_settlements(call) else ReadCase(call.record.filled(read.case)))
    monitoring.count_decision(decision.policy.id, decision.policy.edition, str(decision.outcome), recorded=False)
    return dump_decision(decision)


@operation(
    "POST",
    "/v1/dry-runs/stream",
    tag=Tag.DECISIONS,
    scope=Scope.DECIDE,
    parameters=(FILL_SETTLEMENTS,),
    request_body=CASES,
    response_schemas={NDJSON: lines_of("DryRunLine")},
)
def dry_run_stream(call: Call) -> Answer:
    """Decide a case on each line without recording anything, for as many cases as you like.

    Results come line by line, as in the stream that records them.
    """
    return json_answer({"status": 200, "decision": orjson.Fragment(_decided_dry(call))})


OPERATIONS: Final[tuple[Operation, ...]] = (decide, decide_batch, decide_stream, dry_run, dry_run_stream)
