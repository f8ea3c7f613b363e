"""Examples: real facts on which a statement fails, as few and as small as can be, confirmed by the real functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs
import z3

from adjudicator.engine.clause import Clause
from adjudicator.engine.policy import Edition
from adjudicator.model.facts import Holds, Open
from adjudicator.model.json_value import json_value
from adjudicator.prove.answers import Answers, effect_of, standing_of
from adjudicator.prove.concrete import concrete
from adjudicator.prove.domains import Alternatives, Domain
from adjudicator.prove.paths import Formula, Solver, Undecided
from adjudicator.prove.results import Example, GivenAnswer, GivenFact, Plain
from adjudicator.wire.codec import document_of


class NotReproduced(Exception):
    """The solver found an example, and the real functions do not behave like that on it. This is a bug of the proof."""


def smallest(domain: Domain, formula: Formula, facts: Iterable[str]) -> tuple[Any, bool] | None:
    """A model of a formula with the fewest unusual facts and then the smallest numbers, and whether it is that one.

    Numbers are made small one after the other, in the order of the facts, without negative ones if possible. ``None`` if there is no
    model; if the solver cannot compare all of them in time, it is the smallest one found by then.
    """
    solver = Solver(domain.solver.milliseconds)
    solver.z3.add(*domain.solver.domain, formula)
    model = solver.model()
    if model is None:
        return None
    names = tuple(facts)
    search = _Search(solver, model)
    try:
        search.with_fewest([each.variable != 0 for name in names for each in domain.choices.get(name, ())])
        search.with_small([each for name in names for each in domain.numbers.get(name, ())])
    except Undecided:
        return search.model, False
    return search.model, True


class _Search:
    """Narrows a formula down, step by step, to its smallest model."""

    def __init__(self, solver: Solver, model: Any) -> None:
        self.solver = solver
        self.model = model

    def with_fewest(self, unusual: list[Formula]) -> None:
        """Only models in which as few of these conditions hold as possible."""
        count = z3.Sum(*(z3.If(each, 1, 0) for each in unusual)) if unusual else z3.IntVal(0)
        for most in range(len(unusual) + 1):
            if self._can(count <= most):
                return

    def with_small(self, numbers: list[Formula]) -> None:
        """Only the model in which these numbers are as near to zero as possible, the first one first."""
        self._can(z3.And(*(each >= 0 for each in numbers)))
        for each in numbers:
            if not self._can(each == 0):
                self._nearest_to_zero(z3.If(each >= 0, each, -each))
                self._can(each >= 0)

    def _nearest_to_zero(self, size: Formula) -> None:
        least, most = 1, self._value(size)
        while least < most:
            middle = (least + most) // 2
            if self._can(size <= middle):
                most = self._value(size)
            else:
                least = middle + 1
        self._can(size == most)

    def _can(self, condition: Formula) -> bool:
        """Keep a condition if a model meets it."""
        model = self.solver.model(condition)
        if model is None:
            return False
        self.model = model
        self.solver.z3.add(condition)
        return True

    def _value(self, expr: Formula) -> int:
        return int(self.model.eval(expr, model_completion=True).as_long())


def real_facts(domain: Domain, edition: Edition, names: Iterable[str], model: Any) -> dict[str, Any]:
    """The facts that a model represents."""
    return {name: _chosen(domain.fact(edition, name), model) for name in names}


def _chosen(alternatives: Alternatives, model: Any) -> Any:
    for condition, value in alternatives:
        if z3.is_true(model.eval(condition, model_completion=True)):
            return concrete(value, model)
    raise NotReproduced("a model gives a fact no value")


def example_of(
    facts: Mapping[str, Any], answered: Iterable[tuple[Answers, Clause, Any]], *, is_smallest: bool
) -> Example:
    """An example with the answers that editions gave on it."""
    answers = [
        GivenAnswer(
            answers.edition.name, clause.name, standing_of(answer, effect_of(clause, answer)), answer_document(answer)
        )
        for answers, clause, answer in answered
    ]
    return Example(tuple(given_facts(facts)), tuple(answers), is_smallest)


def given_facts(facts: Mapping[str, Any]) -> list[GivenFact]:
    """Facts in the form of an example."""
    return [GivenFact(name, plain(value), type(value) is not Open) for name, value in facts.items()]


def answer_document(answer: Any) -> Plain:
    """An answer in JSON terms: plain, or its kind with its details."""
    if isinstance(answer, bool):
        return answer
    said = {
        each.name: plain(getattr(answer, each.name))
        for each in attrs.fields(type(answer))
        if getattr(answer, each.name) not in (None, ())
    }
    return {"is": "holds" if isinstance(answer, Holds) else type(answer).__name__.lower(), **said}


def plain(value: Any) -> Plain:
    """A value in JSON terms, documents with all their fields."""
    if type(value) is Open:
        return None
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if attrs.has(type(value)):
        return plain(document_of(value))
    if isinstance(value, list):
        return [plain(each) for each in value]
    plainly: Any = json_value(value)
    return list(plainly) if isinstance(plainly, tuple) else plainly
