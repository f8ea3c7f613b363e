"""Closing: what a decision comes to because the time for evidence is over, and until when a new claim can be filed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from adjudicator.model.decision import Decision, Outcome
from adjudicator.model.finding import Deadline, Effect, Finding, Role

CLOSES_AT: Final = "/evidence_closes_at"
"""How the pointers of a fact end that says whether the time for evidence is over."""


def rests_on_closing(finding: Finding) -> bool:
    """Whether a finding read that the time for evidence is over; then a new claim may come out otherwise."""
    return any(fact.value is True and any(each.endswith(CLOSES_AT) for each in fact.pointers) for fact in finding.facts)


def is_closed(decision: Decision) -> bool:
    """Whether a line, or the case as a whole, was turned down because the time for evidence is over."""
    return any(rests_on_closing(each) for each in _defeating(decision))


def windows_to_file_in(decision: Decision) -> Iterator[Deadline]:
    """The windows that are still open for what was not granted, unless something stands against it for good."""
    defeating: dict[str | None, list[Finding]] = {}
    for finding in _defeating(decision):
        defeating.setdefault(finding.line_id, []).append(finding)
    for line in decision.lines:
        against = defeating.get(line.line_id, [])
        if line.outcome in (Outcome.DENIED, Outcome.PARTIALLY_APPROVED) and _can_change(against):
            for each in decision.deadlines:
                if each.line_id == line.line_id and decision.as_of <= each.last_instant:
                    yield each


def _defeating(decision: Decision) -> Iterator[Finding]:
    turned_down = decision.turned_down
    return (each for each in decision.findings if each.effect is Effect.DEFEATS and each.line_id in turned_down)


def _can_change(against: list[Finding]) -> bool:
    """Whether a new claim may come out otherwise: nothing bars it, or all that is against it rests on the closing."""
    on_closing = [rests_on_closing(each) for each in against]
    return all(on_closing) or not (any(on_closing) or any(each.role is Role.BAR for each in against))
