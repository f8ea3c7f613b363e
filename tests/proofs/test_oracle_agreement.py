"""Engine and oracle agree on whole decisions, on admissions, and on errors in the input."""

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
from proving.comparison import RULEBOOKS, decided, engine_decision, faults_found, oracle_decision
from proving.rulebooks import MAKERS

CLAIMS: Final = (AUTHENTICITY, DAMAGE, LOCAL_RETURN, SEVEN_DAYS)
OUTCOMES: Final = {
    **dict.fromkeys(CLAIMS, ("approved", "partially_approved", "denied", "needs_information", "manual_review")),
    ADMISSION: ("admitted", "refused", "needs_information"),
}
CASES: Final = max(400, settings().max_examples)
LEAST_DRAWN: Final = 0.8
"""The minimum share of examples that must be distinct and valid."""
RULEBOOK_CASES: Final = max(100, settings().max_examples)


@pytest.mark.parametrize("policy", [*CLAIMS, ADMISSION])
def test_whole_decisions_agree(policy: str, shares: Shares) -> None:
    """For every random case. At least one case in twenty has each outcome."""
    reached = shares.setdefault(policy, Counter())

    @seed(20220315)
    @settings(max_examples=CASES, derandomize=False, database=None)
    @given(documents(policy))
    def agree(document: Json) -> None:
        decision = engine_decision(document)
        assert decision == oracle_decision(document)
        reached[decision["outcome"]] += 1

    agree()
    every_outcome_is_reached(policy, reached)


def every_outcome_is_reached(policy: str, reached: Counter[str]) -> None:
    """Fail if an outcome is rare: then the comparison would prove little about it."""
    assert reached.total() >= LEAST_DRAWN * CASES
    assert set(reached) == set(OUTCOMES[policy])
    assert min(reached.values()) >= 0.05 * reached.total(), reached


@pytest.mark.parametrize("policy", [AUTHENTICITY, DAMAGE])
def test_keys_depend_on_what_was_settled_before(policy: str) -> None:
    """Two awards have the same key exactly if order, line, kind and the amount settled before are the same."""
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
    """Random cases of a rulebook near its edges, which Hypothesis can shrink."""
    return st.randoms(use_true_random=False).map(MAKERS[policy])


@pytest.mark.parametrize("policy", RULEBOOKS)
def test_the_other_rulebooks_agree(policy: str) -> None:
    """For every random case of conduct, clearance and virtual goods."""

    @seed(20220315)
    @settings(max_examples=RULEBOOK_CASES, derandomize=False, database=None)
    @given(on_the_edges(policy) | documents(policy))
    def agree(document: Json) -> None:
        assert engine_decision(document) == oracle_decision(document)

    agree()


@pytest.mark.parametrize("policy", CLAIMS)
def test_valid_cases_have_no_faults(policy: str) -> None:
    """Neither engine nor oracle finds a fault in a valid case."""

    @given(case_documents(policy))
    def check(document: Json) -> None:
        assert faults_found(document) == set(faults(document)) == set()

    check()


@pytest.mark.parametrize("policy", CLAIMS)
def test_faults_agree(policy: str) -> None:
    """A document with one broken value is refused at that place. If its types are right, the oracle names the same places."""

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
    """Each single way to break a full case is reported at its place."""

    @settings(max_examples=1)
    @given(case_documents(policy))
    def check(document: Json) -> None:
        for breakage in breakages(document):
            nearly = breakage.done_to(document)
            assert nearly.pointer in faults_found(nearly.document), nearly

    check()


@pytest.mark.parametrize("policy", CLAIMS)
def test_all_faults_are_reported_at_once(policy: str) -> None:
    """Several errors in one well-formed document are all reported, and nothing else is."""

    @given(nearly_valid_documents(policy), nearly_valid_documents(policy))
    def check(one: NearlyValid, other: NearlyValid) -> None:
        if one.well_formed and other.well_formed and isinstance(one.document, dict):
            both = one.document | {"settlements": other.document["settlements"], "evidence": other.document["evidence"]}
            assert faults_found(both) == set(faults(both))

    check()


# Cases of other kinds


@pytest.mark.parametrize("policy", RULEBOOKS)
def test_valid_cases_of_other_kinds_have_no_faults(policy: str) -> None:
    """Neither engine nor oracle finds a fault in a valid case."""

    @given(documents(policy))
    def check(document: Json) -> None:
        assert faults_found(document) == set(other_faults(document)) == set()

    check()


@pytest.mark.parametrize("policy", RULEBOOKS)
def test_faults_of_other_kinds_agree_wherever_one_case_is_broken(policy: str) -> None:
    """Every value of a case is replaced, left out or duplicated. Both name the same places, none if the case is still valid."""
    refused = 0
    for document in broken(ONE_OF_OTHER_KINDS[policy]):
        found = faults_found(document)
        assert found == set(other_faults(document)), document
        refused += bool(found)
    assert refused > 100


@pytest.mark.parametrize("policy", RULEBOOKS)
def test_faults_of_other_kinds_agree(policy: str) -> None:
    """The same for any case, and for one that is broken in two places."""

    @settings(max_examples=2 * settings().max_examples)
    @given(documents(policy), st.data())
    def check(document: Json, data: st.DataObject) -> None:
        once = data.draw(st.sampled_from(tuple(broken(document))))
        twice = data.draw(st.sampled_from(tuple(broken(once)))) if data.draw(st.booleans()) else once
        assert faults_found(twice) == set(other_faults(twice))

    check()
