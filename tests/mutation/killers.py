"""Engine and oracle on cases that are drawn once, before anything is broken: the quickest way to notice that something is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

import pytest
from attrs import frozen
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from adjudicator.testing import Json, case_documents
from admissions import admission_documents
from oracle import judge_admission
from test_oracle_agreement import (
    ADMISSION,
    POLICIES,
    admission_told_by_the_engine,
    told_by_the_engine,
    told_by_the_oracle,
)

CASES: Final = 600
PART: Final = 100


@frozen
class Side:
    """How one kind of case is drawn, and how engine and oracle tell what they decide."""

    documents: st.SearchStrategy[Json]
    engine: Callable[[Json], Json]
    oracle: Callable[[Json], Json]


SIDES: Final = {policy: Side(case_documents(policy), told_by_the_engine, told_by_the_oracle) for policy in POLICIES} | {
    ADMISSION: Side(admission_documents(), admission_told_by_the_engine, judge_admission)
}


@pytest.fixture(scope="session", autouse=True)
def everything_is_drawn() -> None:
    """Drawing takes seconds: it is done at once, before the first test, and passed on to every process that is forked."""
    for policy in SIDES:
        drawn(policy)


@cache
def drawn(policy: str) -> tuple[tuple[Json, Json], ...]:
    """Cases of a policy, the same in every run, each with what the oracle decides."""
    found: list[tuple[Json, Json]] = []

    @seed(20220315)
    @settings(max_examples=CASES, derandomize=False, database=None)
    @given(SIDES[policy].documents)
    def draw(document: Json) -> None:
        found.append((document, SIDES[policy].oracle(document)))

    draw()
    return tuple(found)


@pytest.mark.parametrize("start", range(0, CASES, PART))
@pytest.mark.parametrize("policy", SIDES)
def test_the_engine_decides_what_the_oracle_decided(policy: str, start: int) -> None:
    """A part of the drawn cases."""
    for document, decided in drawn(policy)[start : start + PART]:
        assert SIDES[policy].engine(document) == decided
