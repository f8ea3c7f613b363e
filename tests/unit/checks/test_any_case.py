"""What holds for the check of every case."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import InputError, check, decide
from adjudicator.analysis.check import Use, check_document
from adjudicator.engine.registry import policies
from adjudicator.testing import case_documents
from adjudicator.wire.codec import case_document, case_from, decision_document
from adjudicator.wire.pointer import at, put
from checks.checking import EXAMPLES, for_every_policy
from documents import OF_OTHER_KINDS, documents


@for_every_policy
@given(data=st.data())
def test_what_is_asked_for_is_what_the_decision_asks_for(policy: str, data: st.DataObject) -> None:
    """The requests are exactly those of the decision, and the digest of the case is the same."""
    case = case_from(data.draw(documents(policy)))
    found, decision = check(case), decide(case)
    assert found.requests == decision.requests
    assert (found.case_id, found.as_of, found.policy) == (decision.case_id, decision.as_of, decision.policy)


@for_every_policy
@given(data=st.data())
def test_what_is_not_known_is_null_in_the_case(policy: str, data: st.DataObject) -> None:
    """Each listed place is empty; supplier and reason are those in the policy; each is listed once."""
    case = case_from(data.draw(documents(policy)))
    document, found, edition = case_document(case), check(case).not_known, policies()[policy][-1]
    read = {name for clause in edition.clauses for name in clause.reads} | edition.granted_from
    for each in found:
        assert each.fact in read
        assert each.supplier == edition.case_kind.glossary.facts[each.fact].supplier
        assert each.pointers
        assert [pointer for pointer in each.pointers if not is_null(document, pointer)] == []
    assert len({(each.line_id, each.fact) for each in found}) == len(found)


def is_null(document: Any, pointer: str) -> bool:
    """Whether a place, or something that contains it, is null."""
    while pointer:
        parent = pointer.rpartition("/")[0]
        if at(document, parent) is not None:
            return at(document, pointer) is None
        pointer = parent
    return False


OF_NO_FACT: Final = ("incident_time",)
"""Needs without a fact in any clause: the time of an act is compared with earlier findings for the case as a whole."""


@for_every_policy
@given(data=st.data())
def test_what_a_request_asks_to_fill_in_is_not_known_and_matters(policy: str, data: st.DataObject) -> None:
    """An empty place, outside documents, that an answer would fill is listed as a fact that matters now."""
    case = case_from(data.draw(documents(policy)))
    document, found = case_document(case), check(case)
    for request in (each for each in found.requests if each.evidence_id is None and each.need not in OF_NO_FACT):
        for place in (place for accepted in request.accepts for place in accepted):
            if place.startswith("/") and "/-/" not in place and is_null(document, place):
                (shown,) = (
                    each for each in found.not_known if each.line_id == request.line_id and place in each.pointers
                )
                assert shown.matters_now
                assert shown.due_at == request.due_at
    asked_of = {request.line_id for request in found.requests}
    assert {each.line_id for each in found.not_known if each.matters_now} <= asked_of


@pytest.mark.parametrize("policy", [policy for policy in policies() if policy not in OF_OTHER_KINDS])
@given(data=st.data())
def test_every_piece_of_evidence_is_accounted_for(policy: str, data: st.DataObject) -> None:
    """All are listed in the order of the case; those asked about are pending, and unread ones have no line."""
    case = case_from(data.draw(case_documents(policy)))
    found = check(case)
    assert list(dict.fromkeys(each.evidence_id for each in found.evidence)) == [each.id for each in case.evidence]
    asked_about = {(each.line_id, each.evidence_id) for each in found.requests if each.evidence_id is not None}
    pending = {(each.line_id, each.evidence_id) for each in found.evidence if each.use is Use.PENDING}
    assert asked_about <= pending
    assert all((each.line_id is None) is (each.use is Use.UNREAD) for each in found.evidence)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_check_shows_nothing_of_the_decision_but_requests(name: str) -> None:
    """No outcome and no amount, even in the texts."""
    found = check_document(check(case_from(EXAMPLES[name])))
    assert found.keys() == {
        "case_id",
        "as_of",
        "policy",
        "currency",
        "requests",
        "not_known",
        "evidence",
        "requirements",
        "evidence_closed_at",
        "file_anew_until",
        "complete",
    }
    decided = decision_document(decide(case_from(EXAMPLES[name])))
    assert found["requests"] == decided["requests"]
    written = json.dumps({**found, "case_id": ""})
    assert not re.search("outcome|award|approved|denied|amount|total|ladder|key", written)


@for_every_policy
@given(data=st.data())
def test_no_case_ends_in_an_error(policy: str, data: st.DataObject) -> None:
    """What can be decided can be checked, and vice versa."""
    document = data.draw(documents(policy))
    put(
        document, data.draw(st.sampled_from(["/as_of", "/id", "/metadata"])), data.draw(st.sampled_from(["", None, {}]))
    )
    try:
        case = case_from(document)
    except InputError:
        return
    assert check_document(check(case))["case_id"] == decide(case).case_id
