"""Every clause of every edition is seen holding, failing, undecided and decisive; where it cannot be, ``proving.sights`` says why."""

from __future__ import annotations

from collections import Counter

import pytest

from adjudicator.engine.registry import policies
from adjudicator.testing.clause_coverage import ClauseTable
from conftest import Found
from proving.sights import never_seen
from proving.tally import SIGHT


@pytest.mark.parametrize("policy", policies())
def test_every_clause_is_seen_from_every_side(policy: str, found: Found, clause_table: ClauseTable) -> None:
    """Numbered cases show each clause supporting, defeating and undecided, and turning the outcome alone."""
    seen = clause_table.setdefault(policy, {})
    for name, count in found(policy).tallies[policy].of(SIGHT).items():
        clause, _, sight = name.partition(" ")
        seen.setdefault(clause, Counter())[sight] += count
    (*_, edition) = policies()[policy]
    assert seen.keys() == {clause.name for clause in edition.clauses}
    assert not never_seen(policy, {(clause, sight) for clause, counts in seen.items() for sight in counts})
