"""Every clause of every edition occurs with every effect and as the decisive one; ``proving.sights`` lists exceptions with reasons."""

from __future__ import annotations

from collections import Counter

import pytest

from adjudicator.engine.registry import policies
from adjudicator.testing.clause_coverage import ClauseTable
from conftest import Found
from proving.sights import never_seen
from proving.tally import SIGHT


@pytest.mark.parametrize("policy", policies())
def test_every_clause_is_seen_with_every_effect(policy: str, found: Found, clause_table: ClauseTable) -> None:
    """Among the numbered cases, each clause supports, defeats, is undecided, and is the only clause that decides the outcome."""
    seen = clause_table.setdefault(policy, {})
    for name, count in found(policy).tallies[policy].of(SIGHT).items():
        clause, _, sight = name.partition(" ")
        seen.setdefault(clause, Counter())[sight] += count
    (*_, edition) = policies()[policy]
    assert seen.keys() == {clause.name for clause in edition.clauses}
    assert not never_seen(policy, {(clause, sight) for clause, counts in seen.items() for sight in counts})
