"""Compare engine and oracle on cases that are drawn once, before any code is mutated: the fastest way to kill a mutant."""

from __future__ import annotations

from functools import cache
from typing import Final

import pytest
from hypothesis import given, seed, settings

from adjudicator.testing import Json
from documents import documents
from proving.cases import POLICIES, numbered_case
from proving.comparison import engine_decision, oracle_decision

CASES: Final = 600
PART: Final = 100
SEED: Final = 20220315
DOCUMENTS: Final = {policy: documents(policy) for policy in POLICIES}


@pytest.fixture(scope="session", autouse=True)
def everything_is_drawn() -> None:
    """Draw all cases before the first test. Drawing takes seconds, and forked processes inherit the result."""
    for policy in DOCUMENTS:
        drawn(policy)


@cache
def drawn(policy: str) -> tuple[tuple[Json, Json], ...]:
    """Cases of a policy, the same in every run, each with the oracle's decision.

    Hypothesis changes a few values of a valid case; the numbered cases lie where rules meet.
    """
    numbered = (numbered_case(SEED, number, policy) for number in range(CASES))
    found = [(each.document, oracle_decision(each.document)) for each in numbered if each.broken is None]

    @seed(SEED)
    @settings(max_examples=CASES, derandomize=False, database=None)
    @given(DOCUMENTS[policy])
    def draw(document: Json) -> None:
        found.append((document, oracle_decision(document)))

    draw()
    return tuple(found)


@pytest.mark.parametrize("start", range(0, 2 * CASES, PART))
@pytest.mark.parametrize("policy", DOCUMENTS)
def test_the_engine_decides_what_the_oracle_decided(policy: str, start: int) -> None:
    """One slice of the drawn cases."""
    for document, decided in drawn(policy)[start : start + PART]:
        assert engine_decision(document) == decided
