"""The schema of decisions accepts every decision, and nothing that cannot be one."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adjudicator import decide, load_decision
from adjudicator.engine.registry import policies
from adjudicator.model.limits import LARGEST
from adjudicator.testing import places
from adjudicator.wire.codec import case_from, decision_document
from adjudicator.wire.pointer import at, put
from admissions import IN_ORDER
from documents import documents
from schemas.comparing import PAID, a_copy, can_be_said, decisions, faults_of, for_every_policy, tampered

FEWER: Final = settings().max_examples // 3
"""Fewer examples, because validating a whole decision takes longer than making it."""


@for_every_policy
@settings(max_examples=FEWER)
@given(data=st.data())
def test_every_decision_is_accepted(policy: str, data: st.DataObject) -> None:
    """For any case; also with fields that a later version may add."""
    document = decision_document(decide(case_from(data.draw(documents(policy)))))
    for validator in (decisions(), decisions(policy)):
        validator.validate(document)
        validator.validate(with_more_fields(document))


def with_more_fields(document: Any) -> Any:
    """A decision with additional fields everywhere except in maps by name."""
    maps = ("params", "inputs", "metadata", "accepts")
    if isinstance(document, list):
        return [with_more_fields(each) for each in document]
    if not isinstance(document, dict):
        return document
    return {"later": 1} | {name: each if name in maps else with_more_fields(each) for name, each in document.items()}


@for_every_policy
@settings(max_examples=FEWER)
@given(data=st.data())
def test_what_is_no_decision_is_refused(policy: str, data: st.DataObject) -> None:
    """Missing members and wrong types are refused, and whatever is accepted can be read as a decision."""
    document = decision_document(decide(case_from(data.draw(documents(policy)))))
    free = re.compile("/metadata/|/params(/|$)|/inputs(/|$)|/accepts(/|$)|/value(/|$)")
    there = [pointer for pointer, _, _ in places(document) if pointer and not free.search(pointer)]
    pointer = data.draw(st.sampled_from(there))
    parent, _, name = pointer.rpartition("/")
    if isinstance(at(document, parent), dict):
        left_out = a_copy(document)
        del at(left_out, parent)[name]
        assert not decisions().is_valid(left_out), f"{pointer} left out"
    wrong = a_copy(document)
    put(wrong, pointer, data.draw(st.sampled_from((1.5, {"a": 1}, [{}], -LARGEST - 1))))
    assert not decisions().is_valid(wrong), pointer
    tampered_with = data.draw(tampered(document))
    if decisions().is_valid(tampered_with):
        faults = faults_of(json.dumps(tampered_with), load_decision)
        assert [fault for fault in faults if can_be_said(fault, tampered_with)] == []


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/contract", 2),
        ("/outcome", "admitted"),
        ("/policy/id", "acme.returns"),
        ("/digests/case", "A" * 64),
        ("/awards/0/amount", 0),
        ("/awards/0/key", ""),
        ("/total", -1),
        ("/as_of", "2022-05-01"),
        ("/currency", "cny"),
        ("/findings/0/effect", "maybe"),
        ("/lines/0/units", -1),
    ],
)
def test_an_impossible_decision_is_refused(pointer: str, value: Any) -> None:
    """The schema of decisions checks more than types."""
    document = a_copy(decision_document(decide(case_from(PAID))))
    decisions().validate(document)
    put(document, pointer, value)
    assert not decisions().is_valid(document)
    assert not decisions(PAID["policy"]).is_valid(document)


def test_a_decision_of_another_kind_has_other_outcomes() -> None:
    """Other cases are admitted, not approved, and their schema says so."""
    document = decision_document(decide(case_from(IN_ORDER)))
    assert document["outcome"] == "admitted"
    for outcome in ("admitted", "refused", "needs_information", "manual_review"):
        decisions().validate(document | {"outcome": outcome})
    assert not decisions().is_valid(document | {"outcome": "approved"})


def test_a_decision_of_another_policy_is_refused() -> None:
    """The schema of one policy's decisions refuses those of another."""
    document = decision_document(decide(case_from(PAID)))
    assert [policy for policy in policies() if decisions(policy).is_valid(document)] == [PAID["policy"]]
