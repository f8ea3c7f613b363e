"""Tokens that open the panel. The panel itself is served by :mod:`adjudicator.desk`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from adjudicator.analysis.entitlements import load_inquiry
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.time import SECOND, Instant
from adjudicator.service import examples
from adjudicator.service.operations import (
    JSON,
    Answer,
    Body,
    Call,
    InvalidValue,
    Operation,
    Tag,
    json_answer,
    operation,
)
from adjudicator.service.panel_tokens import (
    OPENING_SECONDS,
    PASS_SECONDS,
    Grant,
    TokenType,
    answers_allowed,
    packed,
    tokens_for,
)
from adjudicator.service.problems import Problem
from adjudicator.service.request_body import read_fields
from adjudicator.service.schemas import MOST_PARTIES, ref
from adjudicator.store import LONGEST_ID, Scope
from adjudicator.wire.codec import document_of
from adjudicator.wire.messages import PanelToken

PANEL_PATH: Final = "/panel"


@operation(
    "POST",
    "/v1/panel-tokens",
    tag=Tag.PANEL,
    scope=Scope.READ,
    request_body=Body(
        schema=ref("PanelTokenRequest"),
        description="Who the agent is, and what the panel shows.",
        example=examples.A_PANEL_TOKEN,
    ),
    response_schemas={JSON: ref("PanelToken")},
    problems=("not-found",),
)
def create_panel_token(call: Call) -> Answer:
    """Create a token that opens the panel for an agent, on one order or case.

    With an `inquiry`, as for `/v1/entitlements`, the panel says what the order has even if nothing is on record for it.
    It is good for five minutes, and once. Without an order and a case it is a pass, good for twelve hours on any order of your tenant:
    for help desks that name the order without a signature. The key needs the scope `decide` too if the agent may enter answers. The
    panel ends when no key of this name works any more.
    """
    tokens = tokens_for(call.settings)
    if tokens is None:
        raise Problem("not-found", "no panel is served here: the setting panel_key is missing")
    now = call.record.now()
    grant = _grant(call, read_fields(call.body, _FIELDS, ("agent",)), now)
    kind, seconds = (TokenType.OPENING, OPENING_SECONDS) if grant.is_bound else (TokenType.PASS, PASS_SECONDS)
    token = tokens.sign(kind, grant, now, seconds)
    expires_at = Instant(int(now) // SECOND * SECOND + seconds * SECOND)
    return json_answer(document_of(PanelToken(token, expires_at, f"{PANEL_PATH}#token={token}")))


def _grant(call: Call, fields: Mapping[str, Any], now: Instant) -> Grant:
    inquiry, order_id = fields.get("inquiry"), fields.get("order_id")
    if inquiry is not None:
        _check_inquiry(inquiry, order_id)
        order_id = inquiry["order"]["id"]
    if order_id is not None and "case_id" in fields:
        raise InputError([Fault("/case_id", "a value", "nothing: a panel is for an order or for a case")])
    answers = fields.get("answers", frozenset())
    if answers and call.scopes is not None and Scope.DECIDE not in call.scopes:
        raise Problem("forbidden", "entering answers needs a key with the scope decide")
    if answers - answers_allowed(call.settings, answers):
        raise Problem("forbidden", "what the platform says is a ruling here, which two people make at the desk")
    return Grant(
        tenant=call.record.tenant,
        agent=fields["agent"],
        order_id=order_id,
        inquiry=None if inquiry is None else _packed(inquiry),
        case_id=fields.get("case_id"),
        answers=answers,
        zone=fields.get("time_zone"),
        minted_by=call.caller,
        until=Instant(int(now) + PASS_SECONDS * SECOND),
    )


def _check_inquiry(inquiry: Any, order_id: str | None) -> None:
    """Raises :class:`~adjudicator.model.errors.InputError` unless it is an inquiry, and about that order if one is named."""
    try:
        found = load_inquiry(orjson.dumps(inquiry))
    except InputError as error:
        raise InputError(
            [Fault(f"/inquiry{each.pointer}", each.value, each.expected) for each in error.faults]
        ) from None
    if order_id is not None and found.order.id != order_id:
        raise InputError(
            [Fault("/inquiry/order/id", shown(found.order.id), f"the order of the panel, {shown(order_id)}")]
        )


def _packed(inquiry: Any) -> str:
    try:
        return packed(inquiry)
    except ValueError as error:
        raise Problem("too-large", f"the inquiry has {error}") from None


def _id(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID or "\0" in value:
        raise InvalidValue(f"a text of 1 to {LONGEST_ID} characters, none of them NUL")
    return value


def _parties(value: Any) -> frozenset[str]:
    if not isinstance(value, list) or len(value) > MOST_PARTIES:
        raise InvalidValue(f"a list of at most {MOST_PARTIES} parties")
    return frozenset(map(_id, value))


def _zone(value: Any) -> str:
    name = _id(value)
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidValue("the name of a time zone, such as Asia/Singapore") from None
    return name


_FIELDS: Final = {
    "agent": _id,
    "inquiry": lambda value: value,
    "order_id": _id,
    "case_id": _id,
    "answers": _parties,
    "time_zone": _zone,
}

OPERATIONS: Final[tuple[Operation, ...]] = (create_panel_token,)
