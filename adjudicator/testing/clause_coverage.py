"""Clause coverage: from which sides the clauses of an edition were seen, and from which they were not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeAlias

from adjudicator.engine.policy import Edition
from adjudicator.model.finding import Effect
from adjudicator.rulebook.handbook.coverage import SIGHTS

Sight: TypeAlias = tuple[str, str]
"""A clause, and a side from which it is seen."""

ClauseTable: TypeAlias = dict[str, dict[str, Counter[str]]]
"""How often each clause was seen from each side, by policy and clause."""


def sights_of(decision: Mapping[str, Any]) -> Iterator[Sight]:
    """What a decision, as it stands in JSON, shows of each clause: its effect, and whether it decides a part of the case alone."""
    against: dict[str | None, list[str]] = {}
    for finding in decision["findings"]:
        yield finding["clause"], finding["effect"]
        if finding["effect"] != Effect.SUPPORTS:
            against.setdefault(finding["line_id"], []).append(finding["clause"])
    yield from ((clauses[0], "decisive") for clauses in against.values() if len(clauses) == 1)


def possible_sights(edition: Edition, cannot_be: Collection[Sight] = ()) -> set[Sight]:
    """Every side of every clause, but for those that cannot be seen."""
    return {(clause.name, sight) for clause in edition.clauses for sight in SIGHTS} - {*cannot_be}


def coverage_faults(edition: Edition, seen: Collection[Sight], cannot_be: Collection[Sight] = ()) -> list[str]:
    """The sides that were not seen, and those that were although they cannot be, one a line."""
    possible = possible_sights(edition, cannot_be)
    never = [f"{clause}, {sight}: never seen" for clause, sight in sorted(possible - {*seen})]
    after_all = [f"{clause}, {sight}: seen, but said to be impossible" for clause, sight in sorted({*seen} - possible)]
    return [*never, *after_all]
