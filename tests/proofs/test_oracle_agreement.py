"""Engine and oracle agree: on whole decisions, on admissions, and on what is wrong with an input."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from adjudicator.testing import Json, NearlyValid, breakages, case_documents, nearly_valid_documents
from breaking import broken
from conftest import Shares
from documents import ONE_OF_OTHER_KINDS, documents
from oracle import faults, judge, other_faults
from proving.cases import ADMISSION, AUTHENTICITY, DAMAGE, LOCAL_RETURN, SEVEN_DAYS
from proving.comparison import RULEBOOKS, decided, faults_found, told_by_the_engine, told_by_the_oracle
from proving.rulebooks import MAKERS

CLAIMS: Final = (AUTHENTICITY, DAMAGE, LOCAL_RETURN, SEVEN_DAYS)
OUTCOMES: Final = {
    **dict.fromkeys(CLAIMS, ("approved", "partially_approved", "denied", "needs_information", "manual_review")),
    ADMISSION: ("admitted", "refused", "needs_information"),
}
CASES: Final = max(400, settings().max_examples)
LEAST_DRAWN: Final = 0.8
"""How much of what was asked for has to be drawn at least: the rest was drawn twice, or led nowhere."""
RULEBOOK_CASES: Final = max(100, settings().max_examples)


@pytest.mark.parametrize("policy", [*CLAIMS, ADMISSION])
def test_whole_decisions_agree(policy: str, shares: Shares) -> None:
    """On every random case the engine decides all that the oracle decides; at least one in twenty comes to each outcome."""
    reached = shares.setdefault(policy, Counter())

    @seed(20220315)
    @settings(max_examples=CASES, derandomize=False, database=None)
    @given(documents(policy))
    def agree(document: Json) -> None:
        told = told_by_the_engine(document)
        assert told == told_by_the_oracle(document)
        reached[told["outcome"]] += 1

    agree()
    every_outcome_is_reached(policy, reached)


def every_outcome_is_reached(policy: str, reached: Counter[str]) -> None:
    """No property is vacuous."""
    assert reached.total() >= LEAST_DRAWN * CASES
    assert set(reached) == set(OUTCOMES[policy])
    assert min(reached.values()) >= 0.05 * reached.total(), reached


@pytest.mark.parametrize("policy", [AUTHENTICITY, DAMAGE])
def test_keys_stand_for_what_was_settled(policy: str) -> None:
    """Two awards share a key exactly if order, line, kind and the amount settled before are the same."""
    keys: dict[tuple[Any, ...], str] = {}

    @settings(max_examples=10 * settings().max_examples)
    @given(case_documents(policy))
    def collect(document: Json) -> None:
        awards = decided(document)["awards"]
        for award, by_oracle in zip(awards, judge(document)["awards"], strict=True):
            basis = (document["order"]["id"], award["line_id"], award["kind"], by_oracle["key_basis"])
            assert keys.setdefault(basis, award["key"]) == award["key"]

    collect()
    assert len(keys) >= 5
    assert len(set(keys.values())) == len(keys)


def on_the_edges(policy: str) -> st.SearchStrategy[Json]:
    """Cases of a rulebook that lie on its edges: dice thrown by Hypothesis, which can make them smaller."""
    return st.randoms(use_true_random=False).map(MAKERS[policy])


@pytest.mark.parametrize("policy", RULEBOOKS)
def test_the_other_rulebooks_agree(policy: str) -> None:
    """On every random case of conduct, clearance and virtual goods the engine says all that the oracle says."""

    @seed(20220315)
    @settings(max_examples=RULEBOOK_CASES, derandomize=False, database=None)
    @given(on_the_edges(policy) | documents(policy))
    def agree(document: Json) -> None:
        assert told_by_the_engine(document) == told_by_the_oracle(document)

    agree()


@pytest.mark.parametrize("policy", CLAIMS)
def test_valid_cases_have_no_faults(policy: str) -> None:
    """Neither engine nor oracle finds fault with a valid case."""

    @given(case_documents(policy))
    def check(document: Json) -> None:
        assert faults_found(document) == set(faults(document)) == set()

    check()


@pytest.mark.parametrize("policy", CLAIMS)
def test_faults_agree(policy: str) -> None:
    """A document with one thing broken is refused at that place; where its types are right, the oracle names the same places."""

    @settings(max_examples=5 * settings().max_examples)
    @given(nearly_valid_documents(policy))
    def check(nearly: NearlyValid) -> None:
        found = faults_found(nearly.document)
        assert nearly.pointer in found
        if nearly.well_formed:
            assert found == set(faults(nearly.document))

    check()


@pytest.mark.parametrize("policy", CLAIMS)
def test_every_way_to_break_a_case_is_noticed(policy: str) -> None:
    """Each single thing that can be broken in a full case is reported where it stands."""

    @settings(max_examples=1)
    @given(case_documents(policy))
    def check(document: Json) -> None:
        for breakage in breakages(document):
            nearly = breakage.done_to(document)
            assert nearly.pointer in faults_found(nearly.document), nearly

    check()


@pytest.mark.parametrize("policy", CLAIMS)
def test_all_faults_are_reported_at_once(policy: str) -> None:
    """Several things broken in one well-formed document are all reported, and nothing else is."""

    @given(nearly_valid_documents(policy), nearly_valid_documents(policy))
    def check(one: NearlyValid, other: NearlyValid) -> None:
        if one.well_formed and other.well_formed and isinstance(one.document, dict):
            both = one.document | {"settlements": other.document["settlements"], "evidence": other.document["evidence"]}
            assert faults_found(both) == set(faults(both))

    check()


# Cases of other kinds


@pytest.mark.parametrize("policy", RULEBOOKS)
def test_sound_cases_of_other_kinds_have_no_faults(policy: str) -> None:
    """Neither engine nor oracle finds fault with a sound case."""

    @given(documents(policy))
    def check(document: Json) -> None:
        assert faults_found(document) == set(other_faults(document)) == set()

    check()


@pytest.mark.parametrize("policy", RULEBOOKS)
def test_faults_of_other_kinds_agree_wherever_one_case_is_broken(policy: str) -> None:
    """Every value of a case replaced, left out or said twice: the same places are named, also where all is sound still."""
    refused = 0
    for document in broken(ONE_OF_OTHER_KINDS[policy]):
        found = faults_found(document)
        assert found == set(other_faults(document)), document
        refused += bool(found)
    assert refused > 100


@pytest.mark.parametrize("policy", RULEBOOKS)
def test_faults_of_other_kinds_agree(policy: str) -> None:
    """The same of any case, and of one that is broken in two places."""

    @settings(max_examples=2 * settings().max_examples)
    @given(documents(policy), st.data())
    def check(document: Json, data: st.DataObject) -> None:
        once = data.draw(st.sampled_from(tuple(broken(document))))
        twice = data.draw(st.sampled_from(tuple(broken(once)))) if data.draw(st.booleans()) else once
        assert faults_found(twice) == set(other_faults(twice))

    check()
