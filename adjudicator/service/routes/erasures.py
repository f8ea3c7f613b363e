"""Erasures: personal data are taken from the record, and every chain verifies as before."""

from __future__ import annotations

from typing import Any, Final

from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.json_names import pointer_step
from adjudicator.service import examples
from adjudicator.service.operations import JSON, Answer, Body, Call, Operation, Tag, answer, operation
from adjudicator.service.problems import Problem
from adjudicator.service.schemas import ref
from adjudicator.store import LONGEST_ID, RecordError, Scope
from adjudicator.wire.parser import parsed

WHOSE: Final = ("order_id", "case_id", "subject")


@operation(
    "POST",
    "/v1/erasures",
    tag=Tag.ERASURES,
    scope=Scope.ADMIN,
    takes=Body(
        schema=ref("ErasureRequest"),
        about="Whose data, and why.",
        example=examples.AN_ERASURE,
    ),
    gives={JSON: ref("Erasure")},
)
def erase(call: Call) -> Answer:
    """Erase the personal data of an order, of a case without an order, or of a person.

    What was erased and why goes on record; findings, awards and payouts stay. An erased case cannot be decided again. It is harmless to
    ask again, and needed after a 503: SQLite can clear its files only while nobody reads them as they were.
    """
    whose, reason = _wanted(call.body)
    try:
        return answer({"erased": call.record.erase(**whose, reason=reason, caller=call.caller)})
    except RecordError as error:
        raise Problem("unavailable", str(error), {"Retry-After": "1"}) from None


def _wanted(body: bytes) -> tuple[dict[str, str], str]:
    """Whose data are to be erased, and why."""
    document, faults = parsed(body)
    if not isinstance(document, dict):
        raise InputError(
            [*faults, Fault("", shown(document), f'an object with "reason" and one of {", ".join(WHOSE)}')]
        )
    known = (*WHOSE, "reason")
    for name, value in document.items():
        if name not in known:
            faults.append(
                Fault(f"/{pointer_step(name)}", shown(value), f"no such field; known here: {', '.join(known)}")
            )
        elif not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID or "\0" in value:
            expected = f"a text of 1 to {LONGEST_ID} characters, none of them NUL"
            faults.append(Fault(f"/{name}", shown(value), expected))
    whose: dict[str, Any] = {name: document[name] for name in WHOSE if name in document}
    if len(whose) != 1:
        faults.append(Fault("", f"{', '.join(whose) or 'none'} of them", f"exactly one of {', '.join(WHOSE)}"))
    if "reason" not in document:
        faults.append(Fault("/reason", "nothing", "a value: it is required"))
    if faults:
        raise InputError(faults)
    return whose, document["reason"]


OPERATIONS: Final[tuple[Operation, ...]] = (erase,)
