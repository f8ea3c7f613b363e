"""What is on record for a panel: the claims on its order, or its case, each with its newest decision."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from attrs import frozen

from adjudicator.model.decision import Decision
from adjudicator.service.panel_tokens import Grant
from adjudicator.service.problems import Problem
from adjudicator.store import MOST_LISTED, DecisionStore, Filter, Payout, Summary, current_among
from adjudicator.wire.codec import load_case, load_decision

MOST_CLAIMS: Final = 20
"""The most claims on one order that a panel shows; the most recently changed ones."""


@frozen
class Standing:
    """The state of a claim or of a case that is not a claim: its newest decision and case, the payouts on it, and the version of its order or case."""

    summary: Summary
    decision: Decision
    case: Any
    payouts: tuple[Payout, ...]
    version: int


def standings(record: DecisionStore, grant: Grant) -> tuple[Standing, ...]:
    """The state of everything that a grant allows to see, most recently changed first.

    Claims whose personal data were erased are left out. Raises :class:`Problem` for an order of another buyer than the grant's.
    """
    found = [_standing(record, each) for each in newest(record, grant) if not each.erased]
    if grant.buyer_id is not None and any(_buyer_of(each.case) != grant.buyer_id for each in found):
        raise Problem("forbidden", "the order is not of the customer that the help desk has signed for")
    return tuple(found)


def names_files(case: Any) -> bool:
    """Whether the evidence of a case is in files."""
    return any(file.sha256 is not None for each in getattr(case, "evidence", ()) for file in each.files)


def chosen_among(record: DecisionStore, found: tuple[Standing, ...], decision_id: str | None) -> Standing:
    """The claim to show: that of a decision, even if it was replaced since, or else the most recently changed one."""
    if not found:
        raise Problem("not-found", "nothing is on record for this order or case")
    if decision_id is None:
        return found[0]
    about = record.summary(decision_id)
    chosen = next((each for each in found if claim_of(each.summary) == claim_of(about)), None)
    if chosen is None:
        raise Problem("not-found", "this order has no such decision")
    return chosen


def newest(record: DecisionStore, grant: Grant) -> list[Summary]:
    """The newest decision of each claim that a grant allows to see, most recently changed first."""
    chosen = Filter(order_id=grant.order_id, case_id=grant.case_id)
    by_claim: dict[object, list[Summary]] = defaultdict(list)
    cursor: str | None = None
    while True:
        page = record.decisions(chosen, cursor, MOST_LISTED)
        for each in page.items:
            by_claim[claim_of(each)].append(each)
        if page.cursor is None:
            break
        cursor = page.cursor
    found = map(_current, by_claim.values())
    return sorted(found, key=lambda each: each.decided_at, reverse=True)[:MOST_CLAIMS]


def claim_of(summary: Summary) -> tuple[str | None, str]:
    """The subject of a decision: a claim on an order, or a case that is not a claim."""
    return summary.order_id, summary.claim_id or summary.case_id


def _current(decisions: list[Summary]) -> Summary:
    """The decision on a claim that is current, as for a payout; if there is none, the newest one."""
    current = current_among(sorted(decisions, key=lambda each: each.number, reverse=True))
    return current or max(decisions, key=lambda each: (each.as_of, each.number))


def _standing(record: DecisionStore, summary: Summary) -> Standing:
    status = record.standing(summary.id)
    decision, case = record.decision_and_case(summary.id)
    return Standing(
        status.summary,
        load_decision(decision.content),
        load_case(case.content),
        status.payouts,
        status.version,
    )


def _buyer_of(case: Any) -> str | None:
    buyer: str | None = getattr(getattr(case, "order", None), "buyer_id", None)
    return buyer
