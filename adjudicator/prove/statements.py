"""What is asked about the clauses of one edition, and of two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import z3
from attrs import frozen

from adjudicator.engine.clause import Clause, in_order
from adjudicator.engine.policy import Edition
from adjudicator.model.finding import Effect
from adjudicator.model.time import Instant
from adjudicator.prove.answers import Answers, effect_of, standing_of, when
from adjudicator.prove.concrete import alike, equal, frozen_form
from adjudicator.prove.domains import Alternatives, Domain
from adjudicator.prove.examples import NotReproduced, example_of, real_facts, smallest
from adjudicator.prove.paths import Formula, Undecided, Untreatable
from adjudicator.prove.results import Bound, Example, Limits, Reason, Statement, StatementKind, Status, Why
from adjudicator.prove.symbols import Number


def stated(kind: StatementKind, about: str, prove: Callable[[], Statement]) -> Statement:
    """A statement as it was answered, or why it was not."""
    try:
        return prove()
    except Untreatable as error:
        return Statement(kind, about, Status.NOT_PROVABLE, reason=error.reason)
    except Undecided:
        return Statement(kind, about, Status.UNKNOWN, reason=Reason(Why.TIMEOUT, about))


def bound_of(domain: Domain, names: Iterable[str], *, only_stated: bool) -> Bound:
    """The inputs that were covered, of these facts."""
    facts, limits = tuple(dict.fromkeys(names)), domain.limits
    return Bound(
        limits.items,
        limits.paths,
        limits.milliseconds,
        limits.seconds,
        lists=tuple(name for name in facts if name in domain.lists),
        sets=tuple(name for name in facts if name in domain.sets),
        always_stated=tuple(name for name in facts if domain.not_covered_as_unknown(name, only_stated=only_stated)),
        sampled=tuple(name for name in facts if name in domain.sampled),
    )


# Two editions


@frozen(eq=False)
class Pair:
    """A clause in two editions, on the same facts."""

    domain: Domain
    old: Answers
    new: Answers
    before: Clause
    after: Clause

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that either clause reads."""
        return tuple(dict.fromkeys((*self.before.reads, *self.after.reads)))

    def compared(self, kind: StatementKind, difference: Callable[[Alternatives, Alternatives], Formula]) -> Statement:
        """Whether the clause is the same on all facts, or the smallest facts on which it differs."""
        found = difference(self.old.of_clause(self.before), self.new.of_clause(self.after))
        bound = bound_of(self.domain, self.facts, only_stated=self.old.only_stated)
        model = smallest(self.domain, found, self.facts)
        if model is None:
            return Statement(kind, self.after.name, Status.PROVED, bound)
        return Statement(kind, self.after.name, Status.REFUTED, bound, (self._example(kind, *model),))

    def _example(self, kind: StatementKind, model: Any, is_smallest: bool) -> Example:
        facts = real_facts(self.domain, self.old.edition, self.before.reads, model)
        facts |= real_facts(self.domain, self.new.edition, self.after.reads, model)
        before, after = self.old.real_answer(self.before, facts), self.new.real_answer(self.after, facts)
        same_effect = _effect(self.before, before) == _effect(self.after, after)
        if same_effect and (kind is StatementKind.SAME_EFFECT or alike(before, after)):
            raise NotReproduced(f"{self.after.name}: both editions answer {after!r} on {facts!r}")
        answered = ((self.old, self.before, before), (self.new, self.after, after))
        return example_of(facts, answered, is_smallest=is_smallest)

    def answers_differ(self, before: Alternatives, after: Alternatives) -> Formula:
        """The condition under which the answers differ in any part."""
        roles_differ = self.before.role is not self.after.role
        return z3.Or(
            *(
                z3.And(one, other, z3.BoolVal(True) if roles_differ else z3.Not(equal(answer, other_answer)))
                for one, answer in before
                for other, other_answer in after
                if roles_differ or frozen_form(answer) != frozen_form(other_answer)
            )
        )

    def effects_differ(self, before: Alternatives, after: Alternatives) -> Formula:
        """The condition under which the effects differ, or whether something can still be repaired or supplied."""
        return z3.Or(
            *(
                z3.And(one, other)
                for one, answer in before
                for other, other_answer in after
                if _effect(self.before, answer) != _effect(self.after, other_answer)
            )
        )


def _effect(clause: Clause, answer: Any) -> str:
    return standing_of(answer, effect_of(clause, answer))


def compared(old: Edition, new: Edition, limits: Limits) -> Iterator[Statement]:
    """Whether each clause is the same in two editions."""
    before = {clause.name: clause for clause in old.clauses}
    after = {clause.name: clause for clause in new.clauses}
    for name in dict.fromkeys((*before, *after)):
        if name not in before or name not in after:
            only_in = Reason(Why.ONLY_IN_ONE, old.name if name in before else new.name)
            yield Statement(StatementKind.SAME_ANSWER, name, Status.NOT_PROVABLE, reason=only_in)
        elif same_code(old, new, name) and before[name].role is after[name].role:
            yield Statement(StatementKind.SAME_ANSWER, name, Status.PROVED, same_code=True)
        else:
            yield from _compared_clause(old, new, limits, before[name], after[name])


def same_code(old: Edition, new: Edition, name: str) -> bool:
    """Whether two editions compute a function by the same code from the same facts and settings."""
    behind = [{node.name: node.function for node in in_order(each.nodes, (name,))} for each in (old, new)]
    asked = {param for node in in_order(old.nodes, (name,)) for param in node.params} - behind[0].keys()
    readers = [each.case_kind.glossary.facts for each in (old, new)]
    return behind[0] == behind[1] and all(
        old.settings[each] == new.settings[each]
        if each in old.settings and each in new.settings
        else each in readers[0] and each in readers[1] and readers[0][each].read is readers[1][each].read
        if each in readers[0] or each in readers[1]
        else old.case_kind is new.case_kind
        for each in asked
    )


def _compared_clause(old: Edition, new: Edition, limits: Limits, before: Clause, after: Clause) -> Iterator[Statement]:
    def pair(*, only_stated: bool) -> Pair:
        domain = Domain(old, limits)
        answers = [Answers(each, domain, only_stated=only_stated) for each in (old, new)]
        return Pair(domain, answers[0], answers[1], before, after)

    def prove(kind: StatementKind) -> Statement:
        def prove_on(found: Pair) -> Statement:
            is_whole = kind is StatementKind.SAME_ANSWER
            return found.compared(kind, found.answers_differ if is_whole else found.effects_differ)

        try:
            return prove_on(pair(only_stated=False))
        except (Untreatable, Undecided):
            return prove_on(pair(only_stated=True))

    answer = stated(StatementKind.SAME_ANSWER, after.name, lambda: prove(StatementKind.SAME_ANSWER))
    yield answer
    if answer.status is not Status.PROVED:
        yield stated(StatementKind.SAME_EFFECT, after.name, lambda: prove(StatementKind.SAME_EFFECT))


# One edition


class Clauses:
    """The clauses of one edition, on stated facts."""

    def __init__(self, edition: Edition, limits: Limits) -> None:
        self.edition = edition
        self.domain = Domain(edition, limits)
        self.answers = Answers(edition, self.domain, only_stated=True)
        self.treated: dict[str, Alternatives] = {}
        self.untreated: dict[str, Exception] = {}
        for clause in edition.clauses:
            try:
                self.treated[clause.name] = self.answers.of_clause(clause)
            except (Untreatable, Undecided) as error:
                self.untreated[clause.name] = error

    def statements(self) -> Iterator[Statement]:
        """All statements about each clause."""
        for clause in self.edition.clauses:
            yield stated(StatementKind.DECIDES, clause.name, partial(self._decides, clause))
        for clause in self.edition.clauses:
            yield stated(StatementKind.NEEDED, clause.name, partial(self._needed, clause))
        for clause in self.edition.clauses:
            if clause.name in self.treated:
                yield from self._without_gap(clause)

    def _alternatives(self, clause: Clause) -> Alternatives:
        if clause.name in self.untreated:
            raise self.untreated[clause.name]
        return self.treated[clause.name]

    def _decides(self, clause: Clause) -> Statement:
        """Whether the clause has different effects, each with its smallest facts."""
        alternatives = self._alternatives(clause)
        effects = dict.fromkeys(effect_of(clause, answer) for _, answer in alternatives)
        found = [self._example(clause, when(clause, alternatives, effect), effect) for effect in effects]
        examples = tuple(each for each in found if each is not None)
        status = Status.PROVED if len(examples) > 1 else Status.REFUTED
        return Statement(StatementKind.DECIDES, clause.name, status, self._bound(clause.reads), examples)

    def _example(self, clause: Clause, formula: Formula, effect: Effect) -> Example | None:
        model = smallest(self.domain, formula, clause.reads)
        if model is None:
            return None
        facts = real_facts(self.domain, self.edition, clause.reads, model[0])
        answer = self.answers.real_answer(clause, facts)
        if effect_of(clause, answer) is not effect:
            raise NotReproduced(f"{clause.name}: answers {answer!r} on {facts!r}, not {effect}")
        return example_of(facts, [(self.answers, clause, answer)], is_smallest=model[1])

    def _needed(self, clause: Clause) -> Statement:
        """Whether some facts fail this clause alone, and none of the others."""
        self._alternatives(clause)
        groups = [group for group in self._groups() if clause in group]
        apart_from = tuple(
            dict.fromkeys(each.name for group in groups for each in group if each.name in self.untreated)
        )
        names = tuple(dict.fromkeys(name for group in groups for each in group for name in each.reads))
        bound = self._bound(names)
        for group in groups:
            example = self._alone(clause, [each for each in group if each.name in self.treated])
            if example is not None:
                return Statement(
                    StatementKind.NEEDED, clause.name, Status.PROVED, bound, (example,), apart_from=apart_from
                )
        return Statement(StatementKind.NEEDED, clause.name, Status.REFUTED, bound, apart_from=apart_from)

    def _alone(self, clause: Clause, group: list[Clause]) -> Example | None:
        others = [each for each in group if each is not clause]
        supporting = [when(each, self.treated[each.name], Effect.SUPPORTS) for each in others]
        against = z3.Not(when(clause, self.treated[clause.name], Effect.SUPPORTS))
        names = tuple(dict.fromkeys(name for each in (clause, *others) for name in each.reads))
        model = smallest(self.domain, z3.And(*self._given(names), against, *supporting), names)
        if model is None:
            return None
        facts = real_facts(self.domain, self.edition, names, model[0])
        answered = [(self.answers, each, self.answers.real_answer(each, facts)) for each in group]
        for _, each, answer in answered:
            if (effect_of(each, answer) is Effect.SUPPORTS) is (each is clause):
                raise NotReproduced(f"{each.name}: answers {answer!r} on {facts!r}")
        return example_of(facts, [one for one in answered if one[1] is clause], is_smallest=model[1])

    def _given(self, names: Iterable[str]) -> list[Formula]:
        """The condition that each of some facts is stated."""
        alternatives = (self.domain.only_stated(name, self.domain.fact(self.edition, name)) for name in names)
        return [z3.Or(*(condition for condition, _ in each)) for each in alternatives]

    def _groups(self) -> list[tuple[Clause, ...]]:
        """The clauses that are judged together."""
        by_function = {clause.node.function: clause for clause in self.edition.clauses}
        groups = self.edition.clauses_by_question.values()
        return [tuple(by_function[each] for each in group) for group in groups] or [self.edition.clauses]

    def _without_gap(self, clause: Clause) -> Iterator[Statement]:
        """For each instant that the clause reads: whether it holds without interruption from one instant to another."""
        holds = when(clause, self.treated[clause.name], clause.effects[True])
        for name in clause.reads:
            moment = self._instant(name)
            if moment is not None and _mentions(holds, moment):
                about = f"{clause.name}: {name}"
                yield stated(StatementKind.NO_GAP, about, partial(self._no_gap, clause, holds, name, moment, about))

    def _instant(self, name: str) -> Formula | None:
        numbers = [each for _, each in self.domain.fact(self.edition, name) if type(each) is Number]
        return numbers[0].expr if numbers and numbers[0].kind is Instant else None

    def _no_gap(self, clause: Clause, holds: Formula, name: str, moment: Formula, about: str) -> Statement:
        ends = z3.Int("/earlier"), z3.Int("/later")
        around = [z3.substitute(z3.And(holds, *self.domain.solver.domain), (moment, each)) for each in ends]
        gap = z3.And(ends[0] < moment, moment < ends[1], *around, z3.Not(holds), *self._given(clause.reads))
        bound, model = self._bound(clause.reads), smallest(self.domain, gap, clause.reads)
        if model is None:
            return Statement(StatementKind.NO_GAP, about, Status.PROVED, bound)
        facts = real_facts(self.domain, self.edition, clause.reads, model[0])
        examples = []
        for at in (ends[0], moment, ends[1]):
            changed = {**facts, name: Instant(model[0].eval(at, model_completion=True).as_long())}
            answer = self.answers.real_answer(clause, changed)
            if (effect_of(clause, answer) is clause.effects[True]) is (at is moment):
                raise NotReproduced(f"{clause.name}: answers {answer!r} on {changed!r}")
            examples.append(example_of(changed, [(self.answers, clause, answer)], is_smallest=model[1]))
        return Statement(StatementKind.NO_GAP, about, Status.REFUTED, bound, tuple(examples))

    def _bound(self, names: Iterable[str]) -> Bound:
        return bound_of(self.domain, names, only_stated=True)


def _mentions(formula: Formula, variable: Formula) -> bool:
    """Whether a formula depends on a variable."""
    seen, ahead = set[int](), [formula]
    while ahead:
        each = ahead.pop()
        if each.get_id() in seen:
            continue
        seen.add(each.get_id())
        if each.eq(variable):
            return True
        ahead.extend(each.children())
    return False
