"""Closing: which refusals are due to the end of the time for evidence, and how long a new claim can still be filed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from adjudicator.engine.registry import edition_behind
from adjudicator.model.decision import Decision, Outcome
from adjudicator.model.finding import Deadline, Effect, Finding, Role

CLOSES_AT: Final = "/evidence_closes_at"
"""The end of every pointer to a fact that says whether the time for evidence is over."""


def rests_on_closing(finding: Finding) -> bool:
    """Whether a finding rests on the time for evidence being over; a new claim may then fare better."""
    return any(
        fact.value is True and any(pointer.endswith(CLOSES_AT) for pointer in fact.pointers) for fact in finding.facts
    )


def is_closed(decision: Decision) -> bool:
    """Whether a line, or the case as a whole, was refused because the time for evidence is over."""
    return any(rests_on_closing(finding) for finding in _defeating(decision))


def windows_to_file_in(decision: Decision) -> Iterator[Deadline]:
    """The filing windows still open for what was not granted, except where something bars it permanently."""
    for windows in _windows_by_line(decision).values():
        yield from (each for each in windows if decision.as_of <= each.last_instant)


def lines_to_file_anew(decision: Decision) -> frozenset[str]:
    """The lines for which a new claim may fare better, and is in time: until a window closes, or without an end.

    Where the rule has a window that is not known for a line, because nothing says when it began, it may be over.
    """
    edition = edition_behind(decision.policy)
    is_endless = edition is not None and all(clause.node.window is None for clause in edition.clauses)
    return frozenset(
        line_id
        for line_id, windows in _windows_by_line(decision).items()
        if (windows or is_endless) and all(decision.as_of <= each.last_instant for each in windows)
    )


def _windows_by_line(decision: Decision) -> dict[str, list[Deadline]]:
    """The filing windows, open or over, of each line that was not granted and for which a new claim may fare better."""
    defeating: dict[str | None, list[Finding]] = {}
    for finding in _defeating(decision):
        defeating.setdefault(finding.line_id, []).append(finding)
    windows: dict[str | None, list[Deadline]] = {}
    for deadline in decision.deadlines:
        windows.setdefault(deadline.line_id, []).append(deadline)
    return {
        line.line_id: windows.get(line.line_id, [])
        for line in decision.lines
        if line.outcome in (Outcome.DENIED, Outcome.PARTIALLY_APPROVED) and _can_change(defeating.get(line.line_id, []))
    }


def _defeating(decision: Decision) -> Iterator[Finding]:
    refused = decision.turned_down
    return (finding for finding in decision.findings if finding.effect is Effect.DEFEATS and finding.line_id in refused)


def _can_change(against: list[Finding]) -> bool:
    """Whether a new claim may fare better: nothing bars it, or every finding against it rests on the closing."""
    on_closing = [rests_on_closing(finding) for finding in against]
    return all(on_closing) or not (any(on_closing) or any(finding.role is Role.BAR for finding in against))
