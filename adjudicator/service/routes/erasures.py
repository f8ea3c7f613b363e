"""Erasing personal data from the record. Every chain still verifies afterwards."""

from __future__ import annotations

from typing import Any, Final

from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.json_names import pointer_step
from adjudicator.service import examples
from adjudicator.service.operations import JSON, Answer, Body, Call, Operation, Tag, json_answer, operation
from adjudicator.service.problems import Problem
from adjudicator.service.schemas import ref
from adjudicator.store import LONGEST_ID, RecordError, Scope
from adjudicator.wire.parser import parsed

TARGETS: Final = ("order_id", "case_id", "subject")


@operation(
    "POST",
    "/v1/erasures",
    tag=Tag.ERASURES,
    scope=Scope.ADMIN,
    request_body=Body(
        schema=ref("ErasureRequest"),
        description="Whose personal data to erase, and why.",
        example=examples.AN_ERASURE,
    ),
    response_schemas={JSON: ref("Erasure")},
)
def erase(call: Call) -> Answer:
    """Erase the personal data of an order, of a case without an order, or of a person.

    The erasure and its reason go on record; findings, awards and payouts stay. An erased case cannot be decided again. You can repeat
    the request safely, and must after a 503: SQLite can clear its files only while no one reads an older state.
    """
    target, reason = _parse_request(call.body)
    try:
        return json_answer({"erased": call.record.erase(**target, reason=reason, caller=call.caller)})
    except RecordError as error:
        raise Problem("unavailable", str(error), {"Retry-After": "1"}) from None


def _parse_request(body: bytes) -> tuple[dict[str, str], str]:
    """Parse whose data to erase, and the reason."""
    document, faults = parsed(body)
    if not isinstance(document, dict):
        raise InputError(
            [*faults, Fault("", shown(document), f'an object with "reason" and one of {", ".join(TARGETS)}')]
        )
    known = (*TARGETS, "reason")
    for name, value in document.items():
        if name not in known:
            faults.append(
                Fault(f"/{pointer_step(name)}", shown(value), f"no such field; known here: {', '.join(known)}")
            )
        elif not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID or "\0" in value:
            expected = f"a text of 1 to {LONGEST_ID} characters, none of them NUL"
            faults.append(Fault(f"/{name}", shown(value), expected))
    target: dict[str, Any] = {name: document[name] for name in TARGETS if name in document}
    if len(target) != 1:
        faults.append(Fault("", f"{', '.join(target) or 'none'} of them", f"exactly one of {', '.join(TARGETS)}"))
    if "reason" not in document:
        faults.append(Fault("/reason", "nothing", "a value: it is required"))
    if faults:
        raise InputError(faults)
    return target, document["reason"]


OPERATIONS: Final[tuple[Operation, ...]] = (erase,)
