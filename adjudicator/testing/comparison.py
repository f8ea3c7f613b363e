"""Compare the parts of two decisions that a law requires to be the same."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any, Final, TypeVar

from adjudicator.analysis.edits import Change
from adjudicator.model.decision import ClaimDecision, Decision, LineResult, Outcome
from adjudicator.model.finding import Effect, Finding, Request
from adjudicator.model.limits import DECIMAL
from adjudicator.model.time import RFC3339, SECOND, Instant
from adjudicator.wire.codec import document_of

T = TypeVar("T")

APPROVED: Final = (Outcome.APPROVED, Outcome.PARTIALLY_APPROVED)
WAITING: Final = (Outcome.NEEDS_INFORMATION, Outcome.MANUAL_REVIEW)


def outcome_for(decision: Decision, line_id: str | None) -> str | None:
    """The outcome of a part, or of a case that is judged as a whole; ``None`` if there is no such part."""
    return dict(decision.parts).get(line_id)


def one_step_nearer(change: Change) -> Any:
    """The changed value moved one step (a second, a unit, a hundredth) towards the original; ``None`` if there is none between."""
    was, to = change.was, change.to
    if type(was) is int and type(to) is int:
        nearer: Any = to + (1 if was > to else -1)
        return nearer if nearer != was else None
    if not (isinstance(was, str) and isinstance(to, str)):
        return None
    if RFC3339.fullmatch(was) and RFC3339.fullmatch(to):
        held, there = Instant.parse(was), Instant.parse(to)
        return str(Instant(there + (SECOND if held > there else -SECOND))) if abs(held - there) > SECOND else None
    if change.fact and DECIMAL.fullmatch(was) and DECIMAL.fullmatch(to) and "." in to:
        step = Decimal(1).scaleb(int(Decimal(to).as_tuple().exponent))
        return f"{Decimal(to) + step.copy_sign(Decimal(was) - Decimal(to)):f}"
    return None


# What is compared


def same_request(one: Request, other: Request) -> bool:
    """Whether two requests ask the same party for the same thing."""
    return (one.to, one.need, one.line_id, one.evidence_id) == (other.to, other.need, other.line_id, other.evidence_id)


def over_lines(lines: Sequence[LineResult]) -> Outcome:
    """The overall outcome that follows from those of the lines."""
    outcomes = [line.outcome for line in lines]
    for waiting in WAITING:
        if waiting in outcomes:
            return waiting
    return outcomes[0] if len(set(outcomes)) == 1 else Outcome.PARTIALLY_APPROVED


def in_any_order(items: Sequence[T], random: Random) -> tuple[T, ...]:
    """The same items, shuffled."""
    return tuple(random.sample(items, len(items)))


def essence(decision: ClaimDecision) -> dict[str, Any]:
    """A decision without what depends on the order of lists in the case: pointers, evidence ids, digests."""
    return {
        "outcome": decision.outcome,
        "lines": decision.lines,
        "findings": [(each.clause, each.line_id, each.effect, each.margin) for each in decision.findings],
        "awards": decision.awards,
        "total": decision.total,
        "requests": Counter(
            (each.to, each.need, each.line_id, each.evidence_id, each.due_at) for each in decision.requests
        ),
        "deadlines": decision.deadlines,
        "return_authorisation": decision.return_authorisation,
        "reconsider_at": decision.reconsider_at,
    }


def judged_line(decision: ClaimDecision, line_id: str) -> list[str]:
    """Everything a decision says about one line, except money and the line's position in the claim."""
    parts = (decision.lines, decision.findings, decision.requests, decision.deadlines, decision.remarks)
    texts = [
        json.dumps(document_of(each), sort_keys=True) for part in parts for each in part if each.line_id == line_id
    ]
    return [_ITEM.sub("/claim/items/-/", each) for each in texts]


_ITEM: Final = re.compile(r"/claim/items/\d+/")


def announced_parts(decision: Decision) -> tuple[Any, ...]:
    """The parts of a decision that must not change before ``reconsider_at``."""
    return (
        decision.parts,
        [(each.line_id, each.clause, each.effect, _can_be_remedied(each)) for each in decision.findings],
        {(each.to, each.need, each.line_id, each.evidence_id) for each in decision.requests},
        {each.measure for each in decision.measures},
    )


def _can_be_remedied(finding: Finding) -> bool:
    return finding.effect is Effect.DEFEATS and finding.because.code.endswith(REMEDIABLE)


REMEDIABLE: Final = (".repairable", ".still_due")
"""The endings of reason codes that allow a remedy."""
