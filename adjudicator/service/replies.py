"""Conversion of store results to response messages."""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from typing import Any

from attrs import AttrsInstance, fields

from adjudicator.store import DecisionStatus, Erasure, Payout
from adjudicator.wire import messages
from adjudicator.wire.messages import DecisionWithPayouts, PayoutStatus


def values_for(message: type[AttrsInstance], result: object) -> dict[str, Any]:
    """The values of a result for a message whose fields all have the names of its attributes."""
    names, values = _attributes(message)
    return dict(zip(names, values(result), strict=True))


@cache
def _attributes(message: type[AttrsInstance]) -> tuple[tuple[str, ...], attrgetter[tuple[Any, ...]]]:
    names = tuple(field.name for field in fields(message))
    return names, attrgetter(*names)


def payout_message(payout: Payout) -> PayoutStatus:
    """Convert a payout."""
    return PayoutStatus(**values_for(PayoutStatus, payout))


def status_message(standing: DecisionStatus) -> DecisionWithPayouts:
    """Convert the status of a decision."""
    return DecisionWithPayouts(standing.summary, tuple(map(payout_message, standing.payouts)), standing.version)


def erasure_message(erasure: Erasure) -> messages.Erasure:
    """Convert an erasure."""
    return messages.Erasure(**values_for(messages.Erasure, erasure))
