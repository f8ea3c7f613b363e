"""Plans: functions of an edition in order, as one straight function made from their signatures.

A plan has the results of :meth:`~adjudicator.engine.evaluation.Facts.evaluate` without asking at each step what the signatures
have settled: what a function needs, and which of that can be unsettled. Only a function with an unsettled fact is evaluated the
general way. A plan gives up if something returns what its annotation does not allow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

from adjudicator.engine.clause import Node, in_order
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.plan_writer import PlanWriter
from adjudicator.engine.policy import Edition
from adjudicator.engine.standing import Following
from adjudicator.model.source import Source

Plan: TypeAlias = Callable[[Facts], bool]
"""Adds its results to facts; returns false, and adds none, if it gives up."""

Answered: TypeAlias = tuple[tuple[Any, ...], Following]
"""The answers of all clauses, and what follows from them."""

ClausePlan: TypeAlias = Callable[[Facts, bool], "tuple[tuple[Any, ...], Following | None] | Literal[False]"]
"""The same for the clauses, given whether the time for evidence is over; what follows is ``None`` if answers depend on what is assumed."""

RemarksPlan: TypeAlias = Callable[[Facts], "tuple[Node, ...] | Literal[False]"]
"""Gives the functions of the remarks whose condition holds, and adds nothing to the facts; false if it gives up."""

MOST_PLANS: Final = 1024
"""The number of plans that are kept: an edition has about three."""


def judge_clauses(edition: Edition, facts: Facts, *, closed: bool) -> Answered | None:
    """Read the facts behind the clauses of an edition, and evaluate every clause with the functions behind it.

    Facts computed elsewhere have to be there already. Gives what follows, if the plan knows it.
    """
    found = _clause_plan(edition)(facts, closed)
    if found is False:
        facts.read()
        facts.evaluate(edition.judged_always)
        return None
    answers, of = found
    return None if of is None else (answers, of)


def evaluate_ahead(edition: Edition, facts: Facts, names: tuple[str, ...]) -> None:
    """Evaluate functions that you will ask for all at once. If the plan gives up, each is evaluated when you ask for it."""
    if names:
        _plan_ahead(edition, names)(facts)


def remarks_made_at_once(edition: Edition, facts: Facts) -> tuple[Node, ...] | Literal[False]:
    """The functions of the remarks whose condition holds; false if the plan gives up."""
    return _plan_of_remarks(edition)(facts)


def evaluate_next(edition: Edition, facts: Facts, names: tuple[str, ...]) -> None:
    """The same right after the clauses, while nothing else has been asked for."""
    _plan_next(edition, names)(facts)


@lru_cache(maxsize=MOST_PLANS)
def _clause_plan(edition: Edition) -> ClausePlan:
    return clause_source(edition).made("plan")


@lru_cache(maxsize=MOST_PLANS)
def _plan_ahead(edition: Edition, names: tuple[str, ...]) -> Plan:
    return source_ahead(edition, names).made("plan")


@lru_cache(maxsize=MOST_PLANS)
def _plan_of_remarks(edition: Edition) -> RemarksPlan:
    return remarks_source(edition).made("plan")


@lru_cache(maxsize=MOST_PLANS)
def _plan_next(edition: Edition, names: tuple[str, ...]) -> Plan:
    return source_next(edition, names).made("plan")


def clause_source(edition: Edition) -> Source:
    """The source of the plan for the clauses of an edition."""
    title = f"the plan of {edition.policy} {edition.name}, revision {edition.revision}"
    plan = PlanWriter(edition, title, frozenset(edition.case_kind.outcome_facts))
    plan.read([fact.name for fact in edition.read_always])
    plan.take([clause.name for clause in edition.clauses])
    return plan.finished_clauses()


def source_ahead(edition: Edition, names: tuple[str, ...]) -> Source:
    """The source of the plan for functions that are asked for later, and those behind them that are not evaluated yet."""
    title = f"the plan of {names[0]} and more, {edition.policy} {edition.name}"
    may_be_there = frozenset((*edition.nodes, *edition.case_kind.glossary.facts))
    plan = PlanWriter(edition, title, there_after(edition, ()), may_be_there)
    plan.take(names)
    return plan.finished()


def remarks_source(edition: Edition) -> Source:
    """The source of the plan for remarks."""
    title = f"the plan of the remarks, {edition.policy} {edition.name}"
    plan = PlanWriter(edition, title, there_after(edition, ()))
    plan.take(edition.remark_names)
    return plan.finished_remarks()


def source_next(edition: Edition, names: tuple[str, ...]) -> Source:
    """The source of the plan for functions that are called right after the clauses."""
    title = f"the plan of {', '.join(names)}, {edition.policy} {edition.name}"
    plan = PlanWriter(edition, title, there_after(edition, ()))
    plan.take(names)
    return plan.finished()


def there_after(edition: Edition, names: Iterable[str]) -> frozenset[str]:
    """The names of the facts that are there once the clauses are judged, and then these functions are called."""
    behind = {name for node in in_order(edition.nodes, names) for name in (node.name, *node.params)}
    return frozenset((*edition.always, *edition.case_kind.outcome_facts, *behind - edition.settings.keys()))
