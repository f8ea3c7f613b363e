"""What holds for the checklist of every case."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from adjudicator import decide
from adjudicator.analysis.checklist import requirements
from adjudicator.analysis.checklist_values import Checklist, Status
from adjudicator.analysis.edits import supplied
from adjudicator.kinds.claim import CLAIMS
from adjudicator.model.case import Case
from adjudicator.model.facts import Admissibility
from adjudicator.model.finding import Effect
from adjudicator.testing import a_case, a_damage_photo, a_package_photo, cases, laws
from adjudicator.wire.codec import case_document, case_from
from adjudicator.wire.pointer import put
from checklists.listing import DAMAGE, LOCAL_RETURN, PROVEN, checklist, entry_of, for_every_proof, proof_of
from oracle import judge


@for_every_proof
@given(data=st.data())
def test_the_proof_is_satisfied_exactly_where_its_clauses_hold(policy: str, data: st.DataObject) -> None:
    """For every claimed line; an entry is satisfied exactly if its group is."""
    case = data.draw(cases(policy))
    decision = decide(case)
    for line in requirements(case).lines:
        if group := proof_of(line):
            effects = {
                each.effect
                for each in decision.findings
                if each.line_id == line.line_id and each.clause in PROVEN[policy]
            }
            assert group.clauses == PROVEN[policy]
            assert (group.status is Status.SATISFIED) is (effects == {Effect.SUPPORTS})
            assert (Status.SATISFIED in {each.status for each in group.entries}) is (group.status is Status.SATISFIED)


@for_every_proof
@given(data=st.data())
def test_the_oracle_agrees(policy: str, data: st.DataObject) -> None:
    """The oracle agrees about what is satisfied and what is awaited."""
    case = data.draw(cases(policy))
    shown = judge(case_document(case))
    for line in requirements(case).lines:
        if group := proof_of(line):
            found = [
                each
                for each in shown["findings"]
                if each["line_id"] == line.line_id and each["clause"] in PROVEN[policy]
            ]
            assert (group.status is Status.SATISFIED) is all(each["effect"] == "supports" for each in found)
            asked_about = {
                each["evidence_id"]
                for each in shown["requests"]
                if each["line_id"] == line.line_id and each["evidence_id"] is not None
            }
            listed = {piece.evidence_id: piece.status for entry in group.entries for piece in entry.pieces}
            assert all(listed[each] is Status.PENDING for each in asked_about & listed.keys())


@pytest.mark.parametrize("policy", [*PROVEN, LOCAL_RETURN])
@given(data=st.data())
def test_every_piece_of_evidence_is_listed_under_its_kind(policy: str, data: st.DataObject) -> None:
    """Once, under its own kind, in the order of the case; an entry has the status of its best piece."""
    case = data.draw(cases(policy))
    for line in requirements(case).lines:
        entries = [entry for group in line.groups for entry in group.entries]
        assert len({entry.kind for entry in entries}) == len(entries)
        for entry in entries:
            concerned = [each.id for each in case.evidence if each.kind == entry.kind and each.concerns(line.line_id)]
            assert [each.evidence_id for each in entry.pieces] == concerned
            best = min((each.status for each in entry.pieces), key=list(Status).index, default=Status.MISSING)
            assert entry.status is best
            for piece in entry.pieces:
                assert (piece.because is None) is (piece.status is Status.SATISFIED)
                assert piece.cites


@pytest.mark.parametrize("policy", [*PROVEN, LOCAL_RETURN])
@given(data=st.data())
def test_unusable_evidence_can_be_left_out(policy: str, data: st.DataObject) -> None:
    """The decision is the same without it."""
    laws.unusable_evidence_counts_for_nothing(data.draw(cases(policy)))


def test_evidence_that_is_wrongly_called_unusable_breaks_the_law(monkeypatch: pytest.MonkeyPatch) -> None:
    """The law detects a policy that counts a document although it says that it does not."""
    usable = a_case(DAMAGE, a_damage_photo())
    laws.unusable_evidence_counts_for_nothing(usable)
    monkeypatch.setattr(
        "adjudicator.analysis.checklist._admissibility_by_document", lambda *_: [("E1", Admissibility("E1", "edited"))]
    )
    with pytest.raises(AssertionError, match="E1"):
        laws.unusable_evidence_counts_for_nothing(usable)


@for_every_proof
@given(data=st.data())
def test_supplying_a_missing_piece_as_described_satisfies_its_entry(policy: str, data: st.DataObject) -> None:
    """Each entry describes acceptable pieces: one such piece alone satisfies the entry and its group."""
    case = evolve(data.draw(cases(policy)), evidence=(), settlements=())
    for line in requirements(case).lines:
        group = proof_of(line)
        if group is None:
            continue
        known = next(each for each in case.order.lines if each.id == line.line_id).brand is not None
        for entry in group.entries:
            assert entry.status is Status.MISSING
            for accepts in entry.accepts:
                if all(accepts.values()) or known:
                    answered = data.draw(st.sampled_from(tuple(supplying(case, line, accepts))))
                    after = next(each for each in requirements(answered).lines if each.line_id == line.line_id)
                    now = proof_of(after)
                    assert now is not None
                    assert now.status is Status.SATISFIED
                    assert entry_of(now, entry.kind).status is Status.SATISFIED


def supplying(case: Case, line: Checklist, accepts: Any) -> Any:
    """The case with an acceptable piece of evidence, for each acceptable form."""
    made = CLAIMS.without_evidence(case)
    request = next(each for each in decide(made).requests if each.line_id == line.line_id and each.accepts)
    return supplied(case, evolve(request, to="consumer", accepts=(accepts,)))


@for_every_proof
@given(data=st.data())
def test_an_unusable_piece_corrected_as_described_satisfies_its_entry(policy: str, data: st.DataObject) -> None:
    """Alone, with the named fields set to acceptable values, it supports the claim's proof."""
    case = data.draw(cases(policy))
    assume(len(case.claim.items) == 1)
    alone = [evolve(case, evidence=(each,)) for each in case.evidence]
    for one in alone:
        group = proof_of(checklist(one))
        if group is None or group.status is not Status.UNUSABLE:
            continue
        (entry,) = (each for each in group.entries if each.pieces)
        accepts = next(iter(entry.accepts))
        if not all(accepts.values()):
            continue
        mended = case_document(one)
        for name, values in accepts.items():
            if name != "kind" and not name.startswith("with/"):
                put(mended, f"/evidence/0/{name}", values[0])
        if mended["evidence"][0]["verification"] == "rejected":
            mended["evidence"][0]["verification"] = "unverified"
        if "with/kind" in accepts:
            photo = a_package_photo("E0", waybill_no=accepts["with/waybill_no"][0], submitted_at=one.claim.filed_at)
            mended["evidence"].append(case_document(evolve(one, evidence=(photo,)))["evidence"][0])
        after = proof_of(checklist(case_from(mended)))
        assert after is not None
        assert after.status is Status.SATISFIED
