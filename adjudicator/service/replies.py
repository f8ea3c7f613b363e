"""Conversion of store results to response messages."""

from __future__ import annotations

from attrs import fields_dict

from adjudicator.store import DecisionStatus, Erasure, Payout, Summary
from adjudicator.wire import messages
from adjudicator.wire.messages import DecisionSummary, DecisionWithPayouts, PayoutStatus


def payout_message(payout: Payout) -> PayoutStatus:
    """Convert a payout."""
    return PayoutStatus(**{name: getattr(payout, name) for name in fields_dict(PayoutStatus)})


def list_message(summary: Summary) -> DecisionSummary:
    """Convert a list entry."""
    return DecisionSummary(**{name: getattr(summary, name) for name in fields_dict(DecisionSummary)})


def status_message(standing: DecisionStatus) -> DecisionWithPayouts:
    """Convert the status of a decision."""
    return DecisionWithPayouts(
        list_message(standing.summary), tuple(map(payout_message, standing.payouts)), standing.version
    )


def erasure_message(erasure: Erasure) -> messages.Erasure:
    """Convert an erasure."""
    return messages.Erasure(**{name: getattr(erasure, name) for name in fields_dict(messages.Erasure)})
