"""Checklists where more is unknown than is tried (R62)."""

from __future__ import annotations

from typing import Any

import pytest

from adjudicator import check
from adjudicator.analysis.checklist import requirements
from adjudicator.analysis.checklist_values import Status
from adjudicator.wire.codec import case_from
from virtual_goods import AN_ARRIVAL, a_piece, some_feedback

ON_MANY_ACCOUNTS = [some_feedback("arrived", f"E{n}", account=f"a{n}", platform=f"p{n}") for n in range(100)]
DISPATCHED = [
    a_piece("dispatch_proof", f"P{n}", verification="unverified", dispatched_at=f"2022-08-01T11:00:{n:02d}+08:00")
    for n in range(20)
]


@pytest.mark.parametrize(
    ("top_up", "evidence"),
    [
        (None, ON_MANY_ACCOUNTS),
        (AN_ARRIVAL["top_up"], [some_feedback("not_arrived"), *DISPATCHED]),
    ],
)
def test_documents_are_not_known_to_count_while_too_much_is_unknown(top_up: Any, evidence: list[Any]) -> None:
    rejected = some_feedback("arrived", "R", verification="rejected")
    case_evidence = [*evidence, rejected]
    case = case_from({**AN_ARRIVAL, "top_up": top_up, "evidence": case_evidence})
    pieces = {
        piece.evidence_id: (piece.status, piece.because)
        for line in requirements(case).lines
        for group in line.groups
        for entry in group.entries
        for piece in entry.pieces
    }
    assert pieces["R"] == (Status.UNUSABLE, "rejected")
    assert pieces[evidence[0]["id"]] == (Status.PENDING, "not_known")
    assert {use.evidence_id for use in check(case).evidence} == {each["id"] for each in case_evidence}
