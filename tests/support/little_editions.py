"""An edition of a few clauses and facts, made for one test, and the facts under it in a case with a known filing time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from adjudicator.engine.evaluation import Facts, Memory
from adjudicator.engine.policy import CaseKind, Edition
from adjudicator.kinds.claim import CLAIMS, claimed_lines
from adjudicator.testing import a_case

Function: TypeAlias = Callable[..., Any]


def little_edition(
    *clauses: Function, facts: Iterable[Function] = (), kind: CaseKind[Any] = CLAIMS, **settings: Any
) -> Edition:
    """An edition that requires these clauses."""
    return Edition(
        policy="test.policy",
        article="ZZ.1",
        effective_from=dt.date(2022, 3, 15),
        case_kind=kind,
        settings=settings,
        requires=clauses,
        facts=tuple(facts),
    )


def facts_under(*clauses: Function, facts: Iterable[Function] = (), memory: Memory | None = None) -> Facts:
    """The facts of a claimed line under such an edition."""
    (line,) = claimed_lines(a_case("test.policy"))
    return Facts(little_edition(*clauses, facts=facts), line, memory)


def comes_to(clause: Function, *facts: Function, memory: Memory | None = None) -> Any:
    """What a clause comes to on these facts."""
    return facts_under(clause, facts=facts, memory=memory)[clause.__name__]
