"""Judgement: the answer of every clause about one subject, and the standing that follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from itertools import compress
from typing import Any, Final, Protocol

from attrs import frozen

from adjudicator.engine.branches import Branches
from adjudicator.engine.clause import Clause
from adjudicator.engine.evaluation import Facts, Memory
from adjudicator.engine.policy import Edition
from adjudicator.engine.sameness import different
from adjudicator.model.facts import Disputed, Failed, Holds, NotCovered, Open, Repairable
from adjudicator.model.finding import Effect, Role
from adjudicator.model.time import Instant


class Subject(Protocol):
    """The unit of judgement: a claimed line, an incident, a step or a whole case."""

    @property
    def case(self) -> Any:
        """The case that it belongs to."""

    @property
    def line_id(self) -> str | None:
        """The line, if the subject is one."""

    @property
    def positions(self) -> Mapping[str, int]:
        """The position of each piece of evidence of the case, by id."""

    @property
    def closes_at(self) -> Instant | None:
        """The last instant at which evidence is accepted; ``None`` if there is no end."""

    @property
    def as_of(self) -> Instant:
        """The moment of the decision."""

    def places(self) -> Mapping[str, tuple[int, ...]]:
        """The positions that replace each placeholder in the glossary's pointers."""


class Standing(Enum):
    """The result for a subject after all clauses."""

    GRANTED = "granted"
    REFUSED = "refused"
    WAITING = "waiting"
    FOR_A_PERSON = "for a person"


@frozen
class Judgement:
    """The answer and effect of every clause about one subject, and its standing.

    ``other_answers`` come from other functions, such as amounts; the subject can wait for them too.
    """

    edition: Edition
    subject: Subject
    facts: Facts
    answers: tuple[Any, ...]
    effects: tuple[Effect, ...]
    closed: bool
    standing: Standing
    other_answers: tuple[Any, ...] = ()

    @property
    def clauses(self) -> Iterator[tuple[Clause, Any, Effect]]:
        """Each clause with its answer and its effect."""
        return zip(self.edition.clauses, self.answers, self.effects, strict=True)

    @property
    def barred(self) -> bool:
        """Whether a bar applies."""
        return Effect.DEFEATS in self.effects and any(
            clause.role is Role.BAR and effect is Effect.DEFEATS for clause, _, effect in self.clauses
        )


def judge(
    edition: Edition, subject: Subject, memory: Memory | None = None, known: Mapping[str, Any] | None = None
) -> Judgement:
    """Judge every clause of an edition, even after one has decided, and derive the standing.

    Refused if a requirement fails beyond repair or a bar applies; else waiting if someone can supply, verify or repair
    something; else for a person if anything is undecided; else granted. ``known`` are facts computed elsewhere.

    A ``memory`` keeps the facts of the first case for each subject; for later cases only what differs is judged again.
    """
    facts = Facts(edition, subject, memory)
    facts.update(known or {})
    before = None if memory is None else memory.get((edition, subject.line_id))
    if before is None:
        facts.evaluate(edition.judged_always)
    else:
        names = [*(fact.name for fact in edition.read_always), *(known or ())]
        facts.evaluate_changed(edition.judged_always, before, different(facts, before.values, names))
    closed = subject.closes_at is not None and subject.as_of > subject.closes_at
    answers = tuple([_answer(facts[clause.name]) for clause in edition.clauses])
    effects = tuple(map(_effect, edition.clauses, answers))
    judgement = Judgement(edition, subject, facts, answers, effects, closed, _standing(effects, answers, closed))
    if before is None and memory is not None:
        memory[edition, subject.line_id] = facts.copy_values()
    return judgement


def memory_of(judgements: Iterable[Judgement]) -> Memory:
    """A memory that lets you judge the same subjects again, such as at a later moment."""
    return {(each.edition, each.subject.line_id): each.facts.copy_values() for each in judgements}


def _standing(effects: tuple[Effect, ...], answers: tuple[Any, ...], closed: bool) -> Standing:
    if Effect.DEFEATS in effects and _defeated(effects, answers):
        return Standing.REFUSED
    kinds = {type(answer) for answer in answers}
    if Repairable in kinds or (Open in kinds and not closed):
        return Standing.WAITING
    return Standing.FOR_A_PERSON if Effect.UNDECIDED in effects else Standing.GRANTED


def _defeated(effects: tuple[Effect, ...], answers: tuple[Any, ...]) -> list[Any]:
    """The answers that defeat and nobody can repair."""
    defeating = compress(answers, [effect is Effect.DEFEATS for effect in effects])
    return [answer for answer in defeating if type(answer) is not Repairable]


def _answer(value: Any) -> Any:
    return value.answer if type(value) is Branches else value


def waits(answer: Any, *, closed: bool) -> bool:
    """Whether someone can still repair an answer, or supply it before evidence closes."""
    return type(answer) is Repairable or (type(answer) is Open and not closed)


_EFFECTS: Final[Mapping[type, Effect]] = {
    Failed: Effect.DEFEATS,
    Repairable: Effect.DEFEATS,
    Open: Effect.UNDECIDED,
    Disputed: Effect.UNDECIDED,
    NotCovered: Effect.UNDECIDED,
}


def _effect(clause: Clause, answer: Any) -> Effect:
    kind = type(answer)
    if kind is bool:
        return clause.effects[answer]
    return clause.effects[True] if kind is Holds else _EFFECTS[kind]
