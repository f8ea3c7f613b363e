"""Which class a document is read as."""

from __future__ import annotations

from typing import Any

import attrs

from adjudicator.engine.clause import hints
from adjudicator.engine.registry import policies
from adjudicator.model.case import Case
from adjudicator.model.decision import Decision
from adjudicator.wire.annotations import DECISIONS


def decision_type(document: Any) -> type[Decision]:
    """The class of a decision: that of its policy or, if the policy is not installed, one that has its fields."""
    match document:
        case {"policy": {"id": str(policy)}} if policy in policies():
            kind: type[Decision] = hints(policies()[policy][-1].case_kind.decide)["return"]
            return kind
        case dict():
            return next((kind for field, kind in DECISIONS.items() if field in document), Decision)
    return Decision


def shape_of(document: dict[str, Any]) -> type:
    """The type of case: that of the policy; for an unknown policy the one that shares most fields."""
    policy = document.get("policy")
    editions = policies().get(policy) if isinstance(policy, str) else None
    if editions:
        return editions[0].case_kind.case_type
    kinds = dict.fromkeys([Case, *(group[0].case_kind.case_type for group in policies().values())])
    return max(kinds, key=lambda kind: len(document.keys() & {field.name for field in attrs.fields(kind)}))
