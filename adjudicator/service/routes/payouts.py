"""Payouts: awarded is not paid. What was reserved or confirmed counts as settled; nothing else does."""

from __future__ import annotations

from typing import Any, Final

from adjudicator.model.award import SHA_256
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.json_names import pointer_step
from adjudicator.model.limits import MOST_ITEMS
from adjudicator.service import examples
from adjudicator.service.conditional import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, VERSION, tag_of
from adjudicator.service.operations import (
    JSON,
    Answer,
    Body,
    Call,
    Operation,
    Parameter,
    Tag,
    a_text,
    answer,
    operation,
)
from adjudicator.service.replies import payout_told
from adjudicator.service.routes.parameters import DECISION_ID
from adjudicator.service.schemas import ref
from adjudicator.store import LONGEST_ID, Scope, State
from adjudicator.wire.codec import document_of
from adjudicator.wire.messages import Payouts, Settlements
from adjudicator.wire.parser import parsed

STATES: Final = {"reserve": State.RESERVED, "confirm": State.CONFIRMED, "reverse": State.REVERSED}
ORDER_ID: Final = Parameter(name="order_id", about="The id of the order.", required=True, **a_text(LONGEST_ID))


@operation(
    "POST",
    "/v1/decisions/{id}/payouts",
    tag=Tag.PAYOUTS,
    scope=Scope.PAY,
    parameters=(DECISION_ID, IDEMPOTENCY_KEY, IF_MATCH),
    takes=Body(schema=ref("PayoutRequest"), about="What to do, and with which awards.", example=examples.A_PAYOUT),
    gives={JSON: ref("Payouts")},
    problems=("not-found", "still-running", "not-payable", "erased", "precondition-failed", "key-reused"),
)
def settle(call: Call) -> Answer:
    """Reserve, confirm or reverse awards of a decision by their keys; all of them or none.

    From the moment it is reserved an award counts as settled, for every claim on the order. Never more is reserved than the newest
    decision of the claim awards in the light of all that is settled now; what is left then stands in the problem. Confirm once it has
    been paid, reverse what will not be paid or came back. What is done already is not done again.
    """
    state, keys = _wanted(call.body)
    payouts = call.record.settle(
        call.values["id"],
        state,
        keys,
        caller=call.caller,
        idempotency_key=call.values[IDEMPOTENCY_KEY.name],
        if_version=call.values[IF_MATCH.name],
    )
    return answer(document_of(Payouts(tuple(map(payout_told, payouts)))))


def _wanted(body: bytes) -> tuple[State, tuple[str, ...] | None]:
    """What is to be done, and under which keys."""
    document, faults = parsed(body)
    if not isinstance(document, dict):
        raise InputError([*faults, Fault("", shown(document), 'an object with "do" and, if not all are meant, "keys"')])
    faults += [
        Fault(f"/{pointer_step(name)}", shown(document[name]), "no such field; known here: do, keys")
        for name in document
        if name not in ("do", "keys")
    ]
    do, keys = document.get("do"), document.get("keys")
    if not isinstance(do, str) or do not in STATES:
        faults.append(Fault("/do", shown(do), f"one of {', '.join(STATES)}"))
    if keys is not None:
        faults += _faults_in(keys)
    if faults:
        raise InputError(faults)
    return STATES[str(do)], None if keys is None else tuple(keys)


def _faults_in(keys: Any) -> list[Fault]:
    if not isinstance(keys, list) or not 0 < len(keys) <= MOST_ITEMS:
        return [Fault("/keys", shown(keys), f"a list of 1 to {MOST_ITEMS} keys, or nothing for all")]
    return [
        Fault(f"/keys/{index}", shown(each), "the key of an award: 64 hexadecimal digits")
        for index, each in enumerate(keys)
        if not (isinstance(each, str) and SHA_256.fullmatch(each))
    ]


@operation(
    "GET",
    "/v1/decisions/{id}/payouts",
    tag=Tag.PAYOUTS,
    scope=Scope.READ,
    parameters=(DECISION_ID, IF_NONE_MATCH),
    gives={JSON: ref("Payouts")},
    headers=(VERSION,),
    problems=("not-found",),
)
def get_payouts(call: Call) -> Answer:
    """Get the payouts of a decision's claim, also those that were reversed."""
    standing = call.record.standing(call.values["id"])
    payouts = Payouts(tuple(map(payout_told, standing.payouts)))
    return answer(document_of(payouts), {VERSION.name: tag_of(standing.version)})


@operation(
    "GET", "/v1/payouts", tag=Tag.PAYOUTS, scope=Scope.READ, parameters=(ORDER_ID,), gives={JSON: ref("Payouts")}
)
def list_payouts(call: Call) -> Answer:
    """List the payouts on an order, of every claim, also those that were reversed."""
    payouts = call.record.payouts(call.values[ORDER_ID.name])
    return answer(document_of(Payouts(tuple(map(payout_told, payouts)))))


@operation(
    "GET",
    "/v1/settlements",
    tag=Tag.PAYOUTS,
    scope=Scope.READ,
    parameters=(ORDER_ID,),
    gives={JSON: ref("Settlements")},
)
def list_settlements(call: Call) -> Answer:
    """List what is settled on an order, as a case holds it."""
    return answer(document_of(Settlements(call.record.settlements(call.values[ORDER_ID.name]))))


OPERATIONS: Final[tuple[Operation, ...]] = (settle, get_payouts, list_payouts, list_settlements)
