"""Every clause of every edition is seen holding, failing, undecided and decisive; where it cannot be, ``proving.sights`` says why."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pytest

from adjudicator.engine.registry import policies
from adjudicator.testing.clause_coverage import ClauseTable, sights_of
from proving.cases import numbered_case
from proving.comparison import decided
from proving.sights import never_seen

SEED: Final = 20220315
CASES: Final = 650


@pytest.mark.parametrize("policy", policies())
def test_every_clause_is_seen_from_every_side(policy: str, clause_table: ClauseTable) -> None:
    """Numbered cases show each clause supporting, defeating and undecided, and turning the outcome alone."""
    seen = clause_table.setdefault(policy, {})
    for number in range(CASES):
        case = numbered_case(SEED, number, policy)
        if case.broken is None:
            for clause, sight in sights_of(decided(case.document)):
                seen.setdefault(clause, Counter())[sight] += 1
    (*_, edition) = policies()[policy]
    assert seen.keys() == {clause.name for clause in edition.clauses}
    assert not never_seen(policy, {(clause, sight) for clause, counts in seen.items() for sight in counts})
