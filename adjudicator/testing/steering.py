"""Learn from the editions of a policy which cases are interesting."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from attrs import frozen

from adjudicator.analysis.checklist import kinds_of_evidence
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import policies
from adjudicator.model.case import Case
from adjudicator.model.claim import ClaimItem
from adjudicator.model.finding import Role
from adjudicator.model.time import Instant, day_of, start_of_day
from adjudicator.testing.builders import a_case, a_claim, a_line, an_order
from adjudicator.testing.own_fields import choices


@frozen
class WindowLength:
    """The length of a reported window: in days if its end is excluded, otherwise by the clock."""

    counted_from: str
    length: int
    by_days: bool

    def last_instant(self, start: Instant) -> Instant:
        """The last instant in a window of this length."""
        if self.by_days:
            return Instant(start_of_day(day_of(start) + self.length) - 1)
        return Instant(start + self.length)


@frozen
class Steering:
    """What matters to a policy: since when it governs, which evidence supports or defeats a claim, and its windows."""

    governs_from: Instant
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]
    reads: frozenset[str]
    windows: tuple[WindowLength, ...]
    categories: tuple[Any, ...]
    reasons: tuple[Any, ...]


@cache
def steering(policy: str) -> Steering:
    """What the editions of a policy read, and the lengths of the windows that they report.

    Raises :class:`KeyError` if no installed pack has the policy, and :class:`TypeError` if it does not decide claims.
    """
    editions = policies()[policy]
    if not issubclass(editions[0].case_kind.case_type, Case):
        raise TypeError(f"{policy} decides no claims: see variations() for other cases")
    required, barring = (
        [clause for edition in editions for clause in edition.clauses if clause.role is role]
        for role in (Role.REQUIREMENT, Role.BAR)
    )
    speaks_for = kinds_of_evidence(editions[0], [name for clause in required for name in clause.reads])
    speaks_against = kinds_of_evidence(editions[0], [name for clause in barring for name in clause.reads])
    return Steering(
        editions[0].governs_from,
        speaks_for,
        tuple(kind for kind in speaks_against if kind not in speaks_for),
        frozenset(name for clause in (*required, *barring) for name in clause.reads),
        tuple(dict.fromkeys(window for edition in editions for window in windows_reported(edition))),
        choices(policy, "category"),
        choices(policy, "reason"),
    )


def windows_reported(edition: Edition) -> Iterable[WindowLength]:
    """The windows that decisions under an edition report for any category of goods."""
    reason = choices(edition.policy, "reason")[0]
    for category in choices(edition.policy, "category"):
        line: Any = a_line(category=category)
        case = a_case(
            edition.policy,
            order=an_order(line),
            claim=a_claim(ClaimItem(line_id=line.id, quantity=line.quantity), reason=reason),
        )
        decision = edition.case_kind.decide(edition, case)
        for deadline in decision.deadlines:
            by_days = not deadline.includes_end
            length = (
                day_of(deadline.ends_at) - day_of(deadline.starts_at)
                if by_days
                else deadline.ends_at - deadline.starts_at
            )
            yield WindowLength(deadline.counted_from, length, by_days)
