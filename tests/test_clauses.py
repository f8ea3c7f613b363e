"""Every clause of every edition is seen holding, failing, undecided and decisive; where it cannot be, the reason stands here."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import pytest
from hypothesis import given, seed, settings

from adjudicator import decide
from adjudicator.codec import case_from
from adjudicator.decision import Decision, Effect, Finding
from adjudicator.governing import policies
from adjudicator.testing import Json, case_documents
from admissions import admission_documents
from conftest import ClauseTable

ADMISSION: Final = "douyin_alliance.admission"
SIGHTS: Final = (*(effect.value for effect in Effect), "decisive")

PATH: Final = "what was chosen on filing is always known"
CANNOT_BE: Final = {
    ("filed_in_due_form", "undecided"): "who filed and who bought is always known",
    ("filed_on_the_authenticity_path", "undecided"): PATH,
    ("filed_on_the_order_page", "undecided"): PATH,
    ("filed_as_return_and_refund", "undecided"): PATH,
    ("merchant_names_a_local_address", "defeats"): "a missing address is asked for, never held against the consumer",
    ("sold_to_a_named_territory", "defeats"): "elsewhere the rule is silent, and a person decides",
    ("evidence_is_inconclusive", "decisive"): "the proof that it speaks of is undecided with it",
    ("damage_proof_is_usable", "decisive"): "without usable proof nothing is shown either: both clauses speak together",
}


def decisive(decision: Decision) -> list[Finding]:
    """The findings that alone keep their line, or their case, from being granted."""
    against: dict[str | None, list[Finding]] = {}
    for finding in decision.findings:
        if finding.effect is not Effect.SUPPORTS:
            against.setdefault(finding.line_id, []).append(finding)
    return [findings[0] for findings in against.values() if len(findings) == 1]


@pytest.mark.parametrize("policy", policies())
def test_every_clause_is_seen_from_every_side(policy: str, clause_table: ClauseTable) -> None:
    """Generated cases show each clause supporting, defeating and undecided, and turning the outcome alone."""
    documents = admission_documents() if policy == ADMISSION else case_documents(policy)
    seen = clause_table.setdefault(policy, {})

    @seed(20220315)
    @settings(max_examples=1_500, derandomize=False, database=None)
    @given(documents)
    def look(document: Json) -> None:
        decision: Any = decide(case_from(document))
        for finding in decision.findings:
            seen.setdefault(finding.clause, Counter())[finding.effect.value] += 1
        for finding in decisive(decision):
            seen[finding.clause]["decisive"] += 1

    look()
    (*_, edition) = policies()[policy]
    assert list(seen) == [clause.name for clause in edition.clauses]
    missing = {(clause, sight) for clause in seen for sight in SIGHTS if not seen[clause][sight]}
    assert missing == {each for each in CANNOT_BE if each[0] in seen}
