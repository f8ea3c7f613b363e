"""Measure clause coverage: the effects with which each clause of an edition was seen, and those never seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeAlias

from adjudicator.engine.policy import Edition
from adjudicator.model.finding import Effect
from adjudicator.rulebook.handbook.coverage import SIGHTS

Sight: TypeAlias = tuple[str, str]
"""A clause, and a side of it: an effect, or ``decisive``."""

ClauseTable: TypeAlias = dict[str, dict[str, Counter[str]]]
"""How often each side was seen, by policy and clause."""


def sights_of(decision: Mapping[str, Any]) -> Iterator[Sight]:
    """The sides of clauses in a decision in JSON: each effect, and ``decisive`` if a clause alone prevents a grant."""
    against: dict[str | None, list[str]] = {}
    for finding in decision["findings"]:
        yield finding["clause"], finding["effect"]
        if finding["effect"] != Effect.SUPPORTS:
            against.setdefault(finding["line_id"], []).append(finding["clause"])
    yield from ((clauses[0], "decisive") for clauses in against.values() if len(clauses) == 1)


def possible_sights(edition: Edition, cannot_be: Collection[Sight] = ()) -> set[Sight]:
    """Every side of every clause except the impossible ones."""
    return {(clause.name, sight) for clause in edition.clauses for sight in SIGHTS} - {*cannot_be}


def coverage_faults(edition: Edition, seen: Collection[Sight], cannot_be: Collection[Sight] = ()) -> list[str]:
    """A message for each side that was never seen, and for each that was seen but declared impossible."""
    possible = possible_sights(edition, cannot_be)
    never = [f"{clause}, {sight}: never seen" for clause, sight in sorted(possible - {*seen})]
    after_all = [f"{clause}, {sight}: seen, but said to be impossible" for clause, sight in sorted({*seen} - possible)]
    return [*never, *after_all]
