"""Every clause of every edition is seen holding, failing, undecided and decisive; where it cannot be, ``proving.sights`` says why."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, seed, settings

from adjudicator.governing import policies
from adjudicator.testing import Json, case_documents
from admissions import admission_documents
from conftest import ClauseTable
from proving.cases import ADMISSION
from proving.comparison import decided
from proving.sights import never_seen, sights_of


@pytest.mark.parametrize("policy", policies())
def test_every_clause_is_seen_from_every_side(policy: str, clause_table: ClauseTable) -> None:
    """Generated cases show each clause supporting, defeating and undecided, and turning the outcome alone."""
    documents = admission_documents() if policy == ADMISSION else case_documents(policy)
    seen = clause_table.setdefault(policy, {})

    @seed(20220315)
    @settings(max_examples=1_500, derandomize=False, database=None)
    @given(documents)
    def look(document: Json) -> None:
        for clause, sight in sights_of(decided(document)):
            seen.setdefault(clause, Counter())[sight] += 1

    look()
    (*_, edition) = policies()[policy]
    assert list(seen) == [clause.name for clause in edition.clauses]
    assert not never_seen(policy, {(clause, sight) for clause, counts in seen.items() for sight in counts})
