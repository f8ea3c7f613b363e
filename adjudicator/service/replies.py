"""Conversion of store results to response messages."""

from __future__ import annotations

from attrs import fields_dict

from adjudicator.store import DecisionStatus, Erasure, Payout, Summary
from adjudicator.wire import messages
from adjudicator.wire.messages import DecisionListed, DecisionStanding, PayoutTold


def payout_message(payout: Payout) -> PayoutTold:
    """Convert a payout."""
    return PayoutTold(**{name: getattr(payout, name) for name in fields_dict(PayoutTold)})


def list_message(summary: Summary) -> DecisionListed:
    """Convert a list entry."""
    return DecisionListed(**{name: getattr(summary, name) for name in fields_dict(DecisionListed)})


def status_message(standing: DecisionStatus) -> DecisionStanding:
    """Convert the status of a decision."""
    return DecisionStanding(
        list_message(standing.summary), tuple(map(payout_message, standing.payouts)), standing.version
    )


def erasure_message(erasure: Erasure) -> messages.Erasure:
    """Convert an erasure."""
    return messages.Erasure(**{name: getattr(erasure, name) for name in fields_dict(messages.Erasure)})
