"""Erasing personal data from the record. Every chain still verifies afterwards."""

from __future__ import annotations

from typing import Any, Final

from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.json_names import pointer_step
from adjudicator.service import examples
from adjudicator.service.operations import (
    JSON,
    Answer,
    Body,
    Call,
    Header,
    Link,
    Operation,
    Parameter,
    Tag,
    json_answer,
    operation,
    string,
)
from adjudicator.service.replies import erasure_message
from adjudicator.service.schemas import ref
from adjudicator.store import LONGEST_ID, Scope
from adjudicator.wire.codec import document_of
from adjudicator.wire.parser import parsed

TARGETS: Final = ("order_id", "case_id", "subject")
ERASURE_ID: Final = Parameter(
    name="id", where="path", description="The id of an erasure.", required=True, **string(LONGEST_ID)
)
PLACE: Final = Header(
    name="Location", description="Where to ask how far it is.", schema={"type": "string", "format": "uri-reference"}
)


@operation(
    "POST",
    "/v1/erasures",
    tag=Tag.ERASURES,
    scope=Scope.ADMIN,
    status=202,
    request_body=Body(
        schema=ref("ErasureRequest"),
        description="Whose personal data to erase, and why.",
        example=examples.AN_ERASURE,
    ),
    response_schemas={JSON: ref("Erasure")},
    headers=(PLACE,),
    links={
        "status": Link(
            operation="get_erasure", parameters={"id": "$response.body#/id"}, description="How far the erasure is."
        )
    },
)
def erase(call: Call) -> Answer:
    """Erase the personal data of an order, of a case without an order, or of a person.

    The erasure is accepted and then carried out in small steps, while others read and write; a restart does not stop it. It goes on
    record with its reason; findings, awards and payouts stay. An erased case cannot be decided again.
    """
    target, reason = _parse_request(call.body)
    erasure = call.record.erasures.request(**target, reason=reason, caller=call.caller)
    return json_answer(document_of(erasure_message(erasure)), {PLACE.name: f"/v1/erasures/{erasure.id}"})


@operation(
    "GET",
    "/v1/erasures/{id}",
    tag=Tag.ERASURES,
    scope=Scope.ADMIN,
    parameters=(ERASURE_ID,),
    response_schemas={JSON: ref("Erasure")},
    problems=("not-found",),
)
def get_erasure(call: Call) -> Answer:
    """Get how far an erasure is, and which decisions it has erased."""
    return json_answer(document_of(erasure_message(call.record.erasures.find(call.values["id"]))))


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


OPERATIONS: Final[tuple[Operation, ...]] = (erase, get_erasure)
