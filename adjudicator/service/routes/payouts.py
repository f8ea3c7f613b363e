"""Operations on payouts. Only reserved and confirmed payouts count as settled; an award alone does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from adjudicator.model.award import SHA_256
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.json_names import pointer_step
from adjudicator.model.limits import MOST_ITEMS
from adjudicator.service import examples, monitoring
from adjudicator.service.conditional import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, VERSION, etag
from adjudicator.service.operations import (
    JSON,
    Answer,
    Body,
    Call,
    Operation,
    Parameter,
    Tag,
    json_answer,
    operation,
    string,
)
from adjudicator.service.replies import payout_message
from adjudicator.service.routes.parameters import DECISION_ID
from adjudicator.service.schemas import ref
from adjudicator.store import LONGEST_ID, Scope, State
from adjudicator.wire.codec import document_of
from adjudicator.wire.messages import Payouts, Settlements
from adjudicator.wire.parser import parsed

STATES: Final = {"reserve": State.RESERVED, "confirm": State.CONFIRMED, "reverse": State.REVERSED}
ORDER_ID: Final = Parameter(name="order_id", description="The id of the order.", required=True, **string(LONGEST_ID))


@operation(
    "POST",
    "/v1/decisions/{id}/payouts",
    tag=Tag.PAYOUTS,
    scope=Scope.PAY,
    parameters=(DECISION_ID, IDEMPOTENCY_KEY, IF_MATCH),
    request_body=Body(
        schema=ref("PayoutRequest"), description="What to do, and with which awards.", example=examples.A_PAYOUT
    ),
    response_schemas={JSON: ref("Payouts")},
    problems=(
        "not-found",
        "still-running",
        "not-payable",
        "erased",
        "precondition-failed",
        "key-reused",
        "key-expired",
    ),
)
def settle(call: Call) -> Answer:
    """Reserve, confirm or reverse awards of a decision by key; either all succeed or none.

    Once reserved, an award counts as settled for every claim on the order. You can reserve at most what the claim's newest decision
    awards against current settlements; otherwise the problem lists what is left, and names a newer decision if one is the reason.
    Confirm when you have paid; reverse what you will not pay or what came back. Repeating a step is harmless.
    """
    state, keys = payout_request(call.body)
    step = call.record.take_step(
        call.values["id"],
        state,
        keys,
        caller=call.caller,
        idempotency_key=call.values[IDEMPOTENCY_KEY.name],
        if_version=call.values[IF_MATCH.name],
    )
    monitoring.count_payouts(step)
    return json_answer(document_of(Payouts(tuple(map(payout_message, step.payouts)))))


def payout_request(body: bytes) -> tuple[State, tuple[str, ...] | None]:
    """The target state and the keys in a body. Raises :class:`~adjudicator.model.errors.InputError`."""
    document, faults = parsed(body)
    if not isinstance(document, dict):
        raise InputError([*faults, Fault("", shown(document), 'an object with "do" and, unless you mean all, "keys"')])
    faults += [
        Fault(f"/{pointer_step(name)}", shown(document[name]), "no such field; known here: do, keys")
        for name in document
        if name not in ("do", "keys")
    ]
    do, keys = document.get("do"), document.get("keys")
    if not isinstance(do, str) or do not in STATES:
        faults.append(Fault("/do", shown(do), f"one of {', '.join(STATES)}"))
    if keys is not None:
        faults += _key_faults(keys)
    if faults:
        raise InputError(faults)
    return STATES[str(do)], None if keys is None else tuple(keys)


def _key_faults(keys: Any) -> list[Fault]:
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST_ITEMS:
        return [Fault("/keys", shown(keys), f"a list of 1 to {MOST_ITEMS} keys, or no list to mean all")]
    return [
        Fault(f"/keys/{index}", shown(key), "the key of an award: 64 hexadecimal digits")
        for index, key in enumerate(keys)
        if not (isinstance(key, str) and SHA_256.fullmatch(key))
    ]


@operation(
    "GET",
    "/v1/decisions/{id}/payouts",
    tag=Tag.PAYOUTS,
    scope=Scope.READ,
    parameters=(DECISION_ID, IF_NONE_MATCH),
    response_schemas={JSON: ref("Payouts")},
    headers=(VERSION,),
    problems=("not-found",),
)
def get_payouts(call: Call) -> Answer:
    """Get the payouts of a decision's claim, including reversed ones."""
    standing = call.record.standing(call.values["id"])
    payouts = Payouts(tuple(map(payout_message, standing.payouts)))
    return json_answer(document_of(payouts), {VERSION.name: etag(standing.version)})


@operation(
    "GET",
    "/v1/payouts",
    tag=Tag.PAYOUTS,
    scope=Scope.READ,
    parameters=(ORDER_ID,),
    response_schemas={JSON: ref("Payouts")},
)
def list_payouts(call: Call) -> Answer:
    """List the payouts of all claims on an order, including reversed ones."""
    payouts = call.record.payouts(call.values[ORDER_ID.name])
    return json_answer(document_of(Payouts(tuple(map(payout_message, payouts)))), resource=_order(call, payouts))


@operation(
    "GET",
    "/v1/settlements",
    tag=Tag.PAYOUTS,
    scope=Scope.READ,
    parameters=(ORDER_ID,),
    response_schemas={JSON: ref("Settlements")},
)
def list_settlements(call: Call) -> Answer:
    """List the settlements of an order, in the form that a case holds them."""
    settlements = call.record.settlements(call.values[ORDER_ID.name])
    return json_answer(document_of(Settlements(settlements)), resource=_order(call, settlements))


def _order(call: Call, found: Sequence[object]) -> str | None:
    """The order that was asked about, if it is on record: any other text has no place in the access log."""
    return f"order/{call.values[ORDER_ID.name]}" if found else None


OPERATIONS: Final[tuple[Operation, ...]] = (settle, get_payouts, list_payouts, list_settlements)
