"""The answers of an edition's functions on all inputs: each answer with the condition under which it is given.

Functions run as they are, through the engine, on symbolic values. The result of a function is put together from its paths before the
next one runs, so that the number of paths grows with a function and not with all that stands behind it. Each path is also run once on
a real input that takes it; a path whose result differs from the real one ends the proof.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from time import monotonic
from typing import Any

import z3

from adjudicator.engine.branches import UNSETTLED_TYPES, Branches
from adjudicator.engine.clause import Clause, Node
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.policy import Edition
from adjudicator.model.facts import Failed, Holds, Open, Repairable
from adjudicator.model.finding import Effect
from adjudicator.prove.concrete import alike, concrete, frozen_form
from adjudicator.prove.domains import Alternatives, Domain
from adjudicator.prove.paths import Formula, Paths, Undecided, Untreatable
from adjudicator.prove.results import Reason, Why


class Answers:
    """The results of the functions of an edition. With ``only_stated``, every fact is assumed to be known."""

    def __init__(self, edition: Edition, domain: Domain, *, only_stated: bool) -> None:
        self.edition = edition
        self.domain = domain
        self.only_stated = only_stated
        self._facts = Facts(edition, None)
        self._results: dict[str, Alternatives | Exception] = {}
        self._paths = 0
        self._until = 0.0

    def of_clause(self, clause: Clause) -> Alternatives:
        """The answers of a clause, after everything that was assumed has been resolved."""
        for name in clause.reads:
            self._values(name)
        return self._resolved(clause)

    def of_function(self, name: str) -> Alternatives:
        """The results of a function."""
        return self._values(name)

    def real_answer(self, clause: Clause, facts: dict[str, Any]) -> Any:
        """What the engine answers on real facts."""
        judged = Facts(self.edition, None)
        judged.update(facts)
        judged.unsettled |= {name for name, value in facts.items() if type(value) in UNSETTLED_TYPES}
        value = judged[clause.name]
        return value.answer if type(value) is Branches else value

    def _values(self, name: str) -> Alternatives:
        if name in self.edition.settings:
            return [(z3.BoolVal(True), self.edition.settings[name])]
        if name not in self.edition.nodes:
            found = self.domain.fact(self.edition, name)
            return self.domain.only_stated(name, found) if self.only_stated else found
        if name not in self._results:
            self._results[name] = self._result_or_error(self.edition.nodes[name])
        result = self._results[name]
        if isinstance(result, Exception):
            raise result
        return result

    def _result_or_error(self, node: Node) -> Alternatives | Exception:
        """The result of a function, or the reason why there is none; the reason also applies to all functions that depend on it."""
        try:
            arguments = [self._values(name) for name in node.params]
            self._start()
            return self._together(self._followed(node, arguments))
        except (Untreatable, Undecided) as error:
            return error

    def _followed(self, node: Node, arguments: list[Alternatives]) -> Iterator[tuple[Formula, Any]]:
        def call(values: tuple[Any, ...]) -> Any:
            return self._facts.evaluate_unsettled(node, values)

        for conditions, values in self._combined(arguments):
            for on_path, result in self._follow(lambda given=values: call(tuple(map(_fresh, given)))):
                self._confirm(node.name, result, lambda model, given=values: call(concrete(given, model)))
                yield z3.And(*conditions, *on_path), result

    def _follow(self, function: Any) -> Iterator[tuple[list[Formula], Any]]:
        yield from Paths(self.domain.solver, self._count).follow(function)

    def _start(self) -> None:
        """Start counting what one function takes."""
        self._paths, self._until = 0, monotonic() + self.domain.limits.seconds

    def _count(self) -> None:
        self._paths += 1
        if monotonic() > self._until:
            raise Undecided
        if self._paths > self.domain.limits.paths:
            raise Untreatable(Reason(Why.TOO_MANY, f"{self.domain.limits.paths} paths"))

    def _combined(self, arguments: list[Alternatives]) -> Iterator[tuple[list[Formula], tuple[Any, ...]]]:
        """Every combination of arguments that some input has, while the solver holds its conditions."""

        def visit(
            conditions: list[Formula], values: tuple[Any, ...]
        ) -> Iterator[tuple[list[Formula], tuple[Any, ...]]]:
            if len(values) == len(arguments):
                yield conditions, values
                return
            for condition, value in arguments[len(values)]:
                solver = self.domain.solver
                solver.z3.push()
                try:
                    solver.z3.add(condition)
                    if z3.is_true(condition) or solver.possible():
                        yield from visit([*conditions, condition], (*values, value))
                finally:
                    solver.z3.pop()

        yield from visit([], ())

    def _confirm(self, name: str, result: Any, run: Any) -> None:
        """Run a path once on a real input that takes it."""
        model = self.domain.solver.model()
        if model is None:
            return
        real = run(model)
        if not alike(concrete(result, model), real):
            raise Untreatable(Reason(Why.DIVERGED, name))

    def _together(self, results: Iterable[tuple[Formula, Any]]) -> Alternatives:
        """Results with their conditions, the same ones together."""
        found: dict[Hashable, tuple[list[Formula], Any]] = {}
        for condition, value in results:
            found.setdefault(frozen_form(value), ([], value))[0].append(condition)
        return [(z3.simplify(z3.Or(*conditions)), value) for conditions, value in found.values()]

    def _resolved(self, clause: Clause) -> Alternatives:
        def each() -> Iterator[tuple[Formula, Any]]:
            for condition, value in self._values(clause.name):
                if type(value) is not Branches:
                    yield condition, value
                    continue
                solver = self.domain.solver
                solver.z3.push()
                try:
                    solver.z3.add(condition)
                    for on_path, answer in self._follow(lambda given=value: _fresh(given).answer):
                        self._confirm(
                            clause.name,
                            answer,
                            lambda model, given=value: concrete(given, model).answer,
                        )
                        yield z3.And(condition, *on_path), answer
                finally:
                    solver.z3.pop()

        self._start()
        return self._together(each())


def _fresh(value: Any) -> Any:
    """A copy of a value that depends on assumptions, as these remember their answer, which is another one on another path."""
    if type(value) is not Branches:
        return value
    return value.with_each([_fresh(each) for each in value.objects])


def effect_of(clause: Clause, answer: Any) -> Effect:
    """The effect of an answer on the claim."""
    if isinstance(answer, bool | Holds):
        return clause.effects[answer is not False]
    return Effect.DEFEATS if isinstance(answer, Failed | Repairable) else Effect.UNDECIDED


def standing_of(answer: Any, effect: Effect) -> str:
    """What a subject's standing follows from: the effect of an answer, and whether it can be repaired, supplied or only judged."""
    if isinstance(answer, Repairable):
        return "repairable"
    if effect is not Effect.UNDECIDED:
        return effect.value
    return "open" if isinstance(answer, Open) else "for_a_person"


def when(clause: Clause, answers: Alternatives, *effects: Effect) -> Formula:
    """The condition under which a clause has one of some effects."""
    return z3.Or(*(condition for condition, answer in answers if effect_of(clause, answer) in effects))
