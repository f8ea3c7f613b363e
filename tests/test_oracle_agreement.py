"""Engine and oracle agree: on whole decisions, on admissions, and on what is wrong with an input."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Any, Final

import pytest
from hypothesis import given, seed, settings

from adjudicator import InputError, decide, dump_decision, load_case
from adjudicator.codec import case_from
from adjudicator.testing import Json, NearlyValid, breakages, case_documents, nearly_valid_documents
from admissions import admission_documents
from conftest import Shares
from oracle import faults, judge, judge_admission

POLICIES: Final = ("douyin_global.authenticity", "douyin_global.damage", "douyin_global.local_return")
ADMISSION: Final = "douyin_alliance.admission"
OUTCOMES: Final = {
    **dict.fromkeys(POLICIES, ("approved", "partially_approved", "denied", "needs_information", "manual_review")),
    ADMISSION: ("admitted", "refused", "needs_information"),
}
CASES: Final = max(1_500, settings().max_examples)


def instant(text: str | None) -> datetime | None:
    """An instant as the oracle has it."""
    return None if text is None else datetime.fromisoformat(text)


def picked(item: Json, *names: str) -> Json:
    """Some members of an object."""
    return {name: item[name] for name in names}


def told_by_the_engine(document: Json) -> Json:
    """The engine's decision, in the words of the oracle."""
    decision = json.loads(dump_decision(decide(case_from(document))))
    return {
        **picked(decision, "outcome", "lines", "total", "currency", "return_authorisation"),
        "findings": [picked(each, "clause", "line_id", "role", "effect", "margin") for each in decision["findings"]],
        "awards": [picked(each, "kind", "line_id", "amount", "entitled", "settled") for each in decision["awards"]],
        "deadlines": [
            each | {"starts_at": instant(each["starts_at"]), "ends_at": instant(each["ends_at"])}
            for each in decision["deadlines"]
        ],
        "requests": [
            picked(each, "to", "need", "line_id", "evidence_id") | {"due_at": instant(each["due_at"])}
            for each in decision["requests"]
        ],
        "reconsider_at": instant(decision["reconsider_at"]),
    }


def told_by_the_oracle(document: Json) -> Json:
    """The oracle's decision, without what the keys of its awards stand for."""
    decision: Json = judge(document)
    awards = [picked(each, "kind", "line_id", "amount", "entitled", "settled") for each in decision["awards"]]
    return {**decision, "awards": awards}


def admission_told_by_the_engine(document: Json) -> Json:
    """The engine's decision on an application, in the words of the oracle."""
    decision = json.loads(dump_decision(decide(case_from(document))))
    return {
        "outcome": decision["outcome"],
        "findings": [picked(each, "clause", "role", "effect") for each in decision["findings"]],
        "requests": [picked(each, "to", "need") for each in decision["requests"]],
    }


@pytest.mark.parametrize("policy", POLICIES)
def test_whole_decisions_agree(policy: str) -> None:
    """On every random case the engine decides all that the oracle decides."""

    @settings(max_examples=CASES)
    @given(case_documents(policy))
    def agree(document: Json) -> None:
        assert told_by_the_engine(document) == told_by_the_oracle(document)

    agree()


@pytest.mark.parametrize("policy", POLICIES[:2])
def test_keys_stand_for_what_was_settled(policy: str) -> None:
    """Two awards share a key exactly if order, line, kind and the amount settled before are the same."""
    keys: dict[tuple[Any, ...], str] = {}

    @settings(max_examples=5 * settings().max_examples)
    @given(case_documents(policy))
    def collect(document: Json) -> None:
        awards = json.loads(dump_decision(decide(case_from(document))))["awards"]
        for award, by_oracle in zip(awards, judge(document)["awards"], strict=True):
            basis = (document["order"]["id"], award["line_id"], award["kind"], by_oracle["key_basis"])
            assert keys.setdefault(basis, award["key"]) == award["key"]

    collect()
    assert len(keys) > 5
    assert len(set(keys.values())) == len(keys)


def test_admissions_agree() -> None:
    """On every random application the engine says what the oracle says, clause by clause and request by request."""

    @settings(max_examples=CASES)
    @given(admission_documents())
    def agree(document: Json) -> None:
        assert admission_told_by_the_engine(document) == judge_admission(document)

    agree()


@pytest.mark.parametrize("policy", [*POLICIES, ADMISSION])
def test_cases_reach_every_outcome(policy: str, shares: Shares) -> None:
    """No property is vacuous: of a thousand cases at least one in twenty comes to each outcome that there is."""
    reached = shares.setdefault(policy, Counter())
    documents = admission_documents() if policy == ADMISSION else case_documents(policy)

    @seed(20220315)
    @settings(max_examples=1_500, derandomize=False, database=None)
    @given(documents)
    def count(document: Json) -> None:
        reached[decide(case_from(document)).outcome] += 1

    count()
    assert reached.total() >= 1_000
    assert set(reached) == set(OUTCOMES[policy])
    assert min(reached.values()) >= 0.05 * reached.total(), reached


def faults_found(document: Any) -> set[str]:
    """The pointers of the faults that the engine finds."""
    try:
        load_case(json.dumps(document))
    except InputError as error:
        return {fault.pointer for fault in error.faults}
    return set()


@pytest.mark.parametrize("policy", POLICIES)
def test_valid_cases_have_no_faults(policy: str) -> None:
    """Neither engine nor oracle finds fault with a valid case."""

    @given(case_documents(policy))
    def check(document: Json) -> None:
        assert faults_found(document) == set(faults(document)) == set()

    check()


@pytest.mark.parametrize("policy", POLICIES)
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


@pytest.mark.parametrize("policy", POLICIES)
def test_every_way_to_break_a_case_is_noticed(policy: str) -> None:
    """Each single thing that can be broken in a full case is reported where it stands."""

    @settings(max_examples=1)
    @given(case_documents(policy))
    def check(document: Json) -> None:
        for breakage in breakages(document):
            nearly = breakage.done_to(document)
            assert nearly.pointer in faults_found(nearly.document), nearly

    check()


@pytest.mark.parametrize("policy", POLICIES)
def test_all_faults_are_told_at_once(policy: str) -> None:
    """Several things broken in one well-formed document are all reported, and nothing else is."""

    @given(nearly_valid_documents(policy), nearly_valid_documents(policy))
    def check(one: NearlyValid, other: NearlyValid) -> None:
        if one.well_formed and other.well_formed and isinstance(one.document, dict):
            both = one.document | {"settlements": other.document["settlements"], "evidence": other.document["evidence"]}
            assert faults_found(both) == set(faults(both))

    check()
