"""Judgement: the answer of every clause about one subject, and the standing that follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any, Final, Protocol, TypeAlias

from attrs import frozen

from adjudicator.engine.branches import Branches, asks_if_open
from adjudicator.engine.clause import Clause
from adjudicator.engine.evaluation import Facts, Memory
from adjudicator.engine.moment_plan import Likeness, moment_plan
from adjudicator.engine.plan import Answered, judge_clauses
from adjudicator.engine.policy import Edition
from adjudicator.engine.standing import Standing, following
from adjudicator.model.facts import Open, Repairable
from adjudicator.model.finding import Effect
from adjudicator.model.source import maker
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


@frozen
class Judgement:
    """The answer and effect of every clause about one subject, and its standing.

    ``kinds`` are the answers that are plain, and the types of the others. ``barred`` says whether a bar applies. ``other_answers``
    come from other functions, such as amounts; the subject can wait for them too.
    """

    edition: Edition
    subject: Subject
    facts: Facts
    answers: tuple[Any, ...]
    kinds: tuple[bool | type, ...]
    effects: tuple[Effect, ...]
    closed: bool
    standing: Standing
    barred: bool
    other_answers: tuple[Any, ...] = ()

    @property
    def clauses(self) -> Iterator[tuple[Clause, Any, Effect]]:
        """Each clause with its answer and its effect."""
        return zip(self.edition.clauses, self.answers, self.effects, strict=True)


_make_judgement: Final = maker(Judgement)

Judge: TypeAlias = Callable[[Edition, Any], Judgement]
"""Judges every clause of an edition about a subject."""


def judge(
    edition: Edition,
    subject: Subject,
    memory: Memory | None = None,
    known: Mapping[str, Any] | None = None,
    *,
    for_once: bool = False,
) -> Judgement:
    """Judge every clause of an edition, even after one has decided, and derive the standing.

    Refused if a requirement fails beyond repair or a bar applies; else waiting if someone can supply, verify or repair
    something; else for a person if anything is undecided; else granted. ``known`` are facts computed elsewhere, which the case does not have.

    A ``memory`` keeps the facts of the first case for each subject; for later cases only what differs is judged again. ``for_once`` it
    keeps only what was tried for unknown facts, which other subjects share.
    """
    facts = Facts(edition, subject, memory)
    if known:
        facts.update(known)
    closed, found = _is_closed(subject), None
    before = None if memory is None else memory.get((edition, subject.line_id))
    if before is not None:
        facts.evaluate_changed(before, known or {})
    else:
        found = judge_clauses(edition, facts, closed=closed)
    judgement = (
        judgement_on(edition, subject, facts)
        if found is None
        else _judgement(edition, subject, facts, found, closed=closed)
    )
    if before is None and memory is not None and not for_once:
        memory[edition, subject.line_id] = facts.judged_earlier(edition.read_always)
    return judgement


def judging_with(memory: Memory | None, *, for_once: bool = False) -> Judge:
    """What judges with a memory, for many similar subjects."""
    return partial(judge, memory=memory, for_once=for_once)


def judgement_on(edition: Edition, subject: Subject, facts: Facts) -> Judgement:
    """The judgement that follows from the facts of a subject, the answers of all clauses among them."""
    closed = _is_closed(subject)
    answers = edition.answers(facts.found)
    if Branches in map(type, answers):
        answers = tuple([each.answer if type(each) is Branches else each for each in answers])
    kinds = tuple([each if each is True or each is False else type(each) for each in answers])
    return _judgement(edition, subject, facts, (answers, following(edition, kinds, closed)), closed=closed)


def _judgement(edition: Edition, subject: Subject, facts: Facts, answered: Answered, *, closed: bool) -> Judgement:
    answers, of = answered
    return _make_judgement(edition, subject, facts, answers, of.kinds, of.effects, closed, of.standing, of.barred, ())


def judged_later(earlier: Judgement, later: Subject) -> Judgement | None:
    """The judgement of the same subject at a later moment; ``None`` if it has the same answers. It grants nothing by itself."""
    edition, facts = earlier.edition, earlier.facts
    is_as_open = earlier.closed == _is_closed(later)
    if is_as_open and not edition.read_from_the_moment and facts.are_as_unknown_for(later):
        return None
    then, changed = facts.later(later)
    return None if is_as_open and changed.isdisjoint(edition.decisive) else judgement_on(edition, later, then)


class JudgedEarlier:
    """A judgement with which the same subject is compared at later moments; nothing is tried twice.

    The end of the time for evidence matters by itself where an answer is open. If nothing but open answers is waited for until then,
    nothing is afterwards, unless something becomes repairable: where the ``standing_shows`` in the outcome, that is another one.
    """

    def __init__(self, judgement: Judgement, *, standing_shows: bool = False) -> None:
        edition, facts = judgement.edition, judgement.facts
        self.judgement = judgement
        self.tried: Memory = {}
        self.then: Facts | None = None
        self.may_be_alike = not edition.grants_change_with_time and facts.unsettled.isdisjoint(edition.granted_from)
        self.standing_shows = standing_shows

    @property
    def close_matters(self) -> bool:
        """Whether the end of the time for evidence matters by itself."""
        judgement = self.judgement
        is_open = Open in judgement.kinds or any(type(each) is Open for each in judgement.other_answers)
        return is_open and judgement.standing is not Standing.REFUSED

    @property
    def surely_differs_then(self) -> bool:
        """Whether the outcome is surely another one after that end."""
        judgement = self.judgement
        waits = judgement.standing is Standing.WAITING and not judgement.other_answers
        return self.standing_shows and waits and Repairable not in judgement.kinds

    def judge(self, edition: Edition, subject: Subject) -> Judgement:
        """Judge the subject at a later moment, from the facts with which it was just compared, if it was."""
        then = self.then
        if then is not None and then.subject.as_of == subject.as_of and edition is self.judgement.edition:
            return judgement_on(edition, then.subject, then)
        return judge(edition, subject, self._memory)

    @cached_property
    def _memory(self) -> Memory:
        """A memory that lets you judge the subject again."""
        self.tried.update(memory_of((self.judgement,)))
        return self.tried

    def first_difference(
        self,
        moments: Iterable[Instant],
        subject_at: Callable[[Instant], Subject],
        differs: Callable[[Instant], bool],
        is_other: Callable[[Instant], bool] | None = None,
    ) -> Instant | None:
        """The first of some later moments at which the judgement ``differs``, which is asked only if it is not known.

        ``is_other`` says of a moment that something else than the facts may matter, such as the question.
        """
        for moment, surely in self.unlike(moments, subject_at, is_other):
            if surely or differs(moment):
                return moment
        return None

    def unlike(
        self,
        moments: Iterable[Instant],
        subject_at: Callable[[Instant], Subject],
        is_other: Callable[[Instant], bool] | None = None,
    ) -> Iterator[tuple[Instant, bool]]:
        """Those of some later moments, from the first to the last, at which the subject is not alike.

        Each with whether the outcome, the effect of a clause or whether it can be repaired is surely another one then.
        """
        judgement, facts = self.judgement, self.judgement.facts
        closed, closes_at, plan = judgement.closed, judgement.subject.closes_at, moment_plan(judgement.edition)
        for moment in sorted(moments):
            closes = closed != (closes_at is not None and moment > closes_at)
            if not self.may_be_alike or (closes and self.close_matters) or (is_other and is_other(moment)):
                yield moment, closes and self.surely_differs_then
                continue
            likeness = Likeness.UNSURE
            if not facts.unknown or facts.are_as_unknown_for(subject_at(moment)):
                likeness = plan(facts, moment, subject_at)
            if likeness is Likeness.UNSURE:
                self.then, changed = facts.later(subject_at(moment))
                likeness = Likeness.ALIKE if self._asks_the_same(self.then, changed) else Likeness.CHANGED
            if likeness is not Likeness.ALIKE:
                yield moment, likeness is Likeness.DIFFERENT

    def _asks_the_same(self, then: Facts, changed: set[str]) -> bool:
        """Whether nothing that matters changed, or only answers that stay open and ask for the same."""
        edition, now = self.judgement.edition, self.judgement.facts
        for name in changed.intersection(edition.decisive):
            asks = asks_if_open(now[name]) if any(clause.name == name for clause in edition.clauses) else None
            if asks is None or asks_if_open(then[name]) != asks:
                return False
        return True


def _is_closed(subject: Subject) -> bool:
    closes_at = subject.closes_at
    return closes_at is not None and subject.as_of > closes_at


def memory_of(judgements: Iterable[Judgement]) -> Memory:
    """A memory that lets you judge the same subjects again at a later moment."""
    return {
        (each.edition, each.subject.line_id): each.facts.judged_earlier(each.facts.may_differ_later)
        for each in judgements
    }


def waits(answer: Any, *, closed: bool) -> bool:
    """Whether someone can still repair an answer, or supply it before evidence closes."""
    return type(answer) is Repairable or (type(answer) is Open and not closed)
