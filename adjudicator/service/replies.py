"""What is on record, as the messages that the service answers with."""

from __future__ import annotations

from attrs import fields_dict

from adjudicator.store import DecisionStatus, Payout, Summary
from adjudicator.wire.messages import DecisionListed, DecisionStanding, PayoutTold


def payout_told(payout: Payout) -> PayoutTold:
    """A payout as it is told."""
    return PayoutTold(**{name: getattr(payout, name) for name in fields_dict(PayoutTold)})


def decision_listed(summary: Summary) -> DecisionListed:
    """A row of the list as it is told."""
    return DecisionListed(**{name: getattr(summary, name) for name in fields_dict(DecisionListed)})


def decision_standing(standing: DecisionStatus) -> DecisionStanding:
    """How a decision stands, as it is told."""
    return DecisionStanding(
        decision_listed(standing.summary), tuple(map(payout_told, standing.payouts)), standing.version
    )
