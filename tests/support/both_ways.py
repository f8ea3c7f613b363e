"""The facts of a subject by its plan and by general evaluation, and whether they agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from adjudicator.engine.evaluation import Facts
from adjudicator.engine.plan import judge_clauses
from adjudicator.engine.policy import Edition
from adjudicator.engine.sameness import same


def agree(some: Facts, others: Facts, names: Iterable[str]) -> None:
    """Check that two sets of facts are equal, unknown ones included."""
    names = tuple(names)
    assert [name for name in names if not same(some[name], others[name])] == []
    assert some.unsettled.intersection(names) == others.unsettled.intersection(names)
    assert some.unknown == others.unknown


def judged_both_ways(edition: Edition, subject: Any, known: Mapping[str, Any] | None = None) -> tuple[Facts, Facts]:
    """The facts of a subject by a plan, and by general evaluation."""
    planned, general = Facts(edition, subject), Facts(edition, subject)
    for facts in (planned, general):
        facts.update(known or {})
    judge_clauses(edition, planned, closed=False)
    general.read()
    general.evaluate(edition.judged_always)
    return planned, general
