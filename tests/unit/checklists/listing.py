"""Checklists of cases, and their parts."""

from __future__ import annotations

from typing import Final

import pytest

from adjudicator.analysis.checklist import requirements
from adjudicator.analysis.checklist_values import Checklist, Choice, Entry, Group, Piece
from adjudicator.model.case import Case
from adjudicator.model.enumerations import Verification

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
LOCAL_RETURN: Final = "douyin_global.local_return"
PROVEN: Final = {
    AUTHENTICITY: ("counterfeit_is_proven",),
    DAMAGE: ("damage_proof_is_usable", "broken_and_leaking_on_arrival"),
}
REJECTED: Final = Verification.REJECTED
UNVERIFIED: Final = Verification.UNVERIFIED

for_every_proof = pytest.mark.parametrize("policy", PROVEN)


def checklist(case: Case) -> Checklist:
    """The checklist of a case with one claimed line."""
    (line,) = requirements(case).lines
    return line


def group_of(line: Checklist, choice: Choice = Choice.ONE_OF) -> Group:
    """The group of a checklist with this choice."""
    (group,) = (each for each in line.groups if each.choice is choice)
    return group


def pieces(case: Case) -> dict[str, Piece]:
    """Every piece on the checklist of a case with one claimed line, by its id."""
    return {
        piece.evidence_id: piece
        for group in checklist(case).groups
        for entry in group.entries
        for piece in entry.pieces
    }


def entry_of(group: Group, kind: str) -> Entry:
    """The entry of a group for a kind of evidence."""
    (entry,) = (each for each in group.entries if each.kind == kind)
    return entry


def proof_of(line: Checklist) -> Group | None:
    """The group of a checklist that a clause needs."""
    return next((each for each in line.groups if each.need is not None), None)
