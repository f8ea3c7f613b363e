"""Judging: a finding for every clause about one subject, and from the findings where the subject stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from enum import Enum
from itertools import compress, cycle, islice, product
from math import prod
from typing import Any, Final, Protocol, TypeVar

from attrs import evolve, frozen

from adjudicator.engine.branches import Branches
from adjudicator.engine.clause import Clause, Node
from adjudicator.engine.evaluation import Facts, Memory
from adjudicator.engine.policy import Edition
from adjudicator.engine.sameness import different
from adjudicator.model.by_date import ByDate
from adjudicator.model.decision import SubjectVerdict
from adjudicator.model.facts import Acceptable, Ask, Disputed, Failed, Holds, Need, NotCovered, Open, Repairable
from adjudicator.model.finding import (
    Because,
    Deadline,
    Effect,
    FactRead,
    Finding,
    JsonValue,
    Margin,
    Remark,
    Request,
    Role,
    Unit,
)
from adjudicator.model.json_value import json_value
from adjudicator.model.time import Instant, Window

C = TypeVar("C")
T = TypeVar("T")

MOST_COMBINATIONS: Final = 64
"""How many ways to answer several questions at once a request lists, each combination of theirs."""


class Subject(Protocol):
    """What is judged as one: a claimed line of a case, or a whole case."""

    @property
    def case(self) -> Any:
        """The case that it is judged in."""

    @property
    def line_id(self) -> str | None:
        """The line, if the subject is one."""

    @property
    def positions(self) -> Mapping[str, int]:
        """The ids of all evidence of the case, in its order, each with its position."""

    @property
    def closes_at(self) -> Instant | None:
        """The last instant at which anything is still waited for."""

    @property
    def as_of(self) -> Instant:
        """The moment of the decision."""

    def places(self) -> Mapping[str, tuple[int, ...]]:
        """What the placeholders in the pointers of the glossary stand for."""


class Standing(Enum):
    """Where a subject stands once every clause has been judged."""

    GRANTED = "granted"
    REFUSED = "refused"
    WAITING = "waiting"
    FOR_A_PERSON = "for a person"


@frozen
class Judgement:
    """The answer of every clause about one subject, what each answer does to the claim, and where the subject stands.

    ``besides`` are answers of no clause, on which it waits as well.
    """

    edition: Edition
    subject: Subject
    facts: Facts
    answers: tuple[Any, ...]
    effects: tuple[Effect, ...]
    closed: bool
    standing: Standing
    besides: tuple[Any, ...] = ()

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
    """Judge every clause of an edition, also after one has decided, and fold the answers into a standing.

    Refused if a requirement fails beyond repair or a bar applies; else waiting if something open can be supplied, verified or
    repaired; else for a person if anything is undecided; else granted. ``known`` are facts that were worked out elsewhere.

    A ``memory`` keeps the facts of the first case for each subject. Where another one differs, only what changes is judged again.
    """
    facts = Facts(edition, subject, memory)
    facts.update(known or {})
    before = None if memory is None else memory.get((edition, subject.line_id))
    if before is None:
        facts.work_out(edition.judged_always)
    else:
        given = [*(fact.name for fact in edition.read_always), *(known or ())]
        facts.work_out_changed(edition.judged_always, before, different(facts, before.values, given))
    closed = subject.closes_at is not None and subject.as_of > subject.closes_at
    answers = tuple([_answer(facts[clause.name]) for clause in edition.clauses])
    effects = tuple(map(_effect, edition.clauses, answers))
    judgement = Judgement(edition, subject, facts, answers, effects, closed, _standing(effects, answers, closed))
    if before is None and memory is not None:
        memory[edition, subject.line_id] = facts.kept()
    return judgement


def memory_of(judgements: Iterable[Judgement]) -> Memory:
    """A memory for judging the same subjects again, at a later moment say."""
    return {(each.edition, each.subject.line_id): each.facts.kept() for each in judgements}


def subject_verdict(judgement: Judgement, outcome: str) -> SubjectVerdict:
    """What a subject comes to, in short."""
    effects = {clause.name: effect for clause, _, effect in judgement.clauses}
    return SubjectVerdict(judgement.subject.line_id, outcome, effects, requests(judgement))


def findings(judgement: Judgement) -> tuple[Finding, ...]:
    """What each clause came to, and what it stood on."""
    facts, places = judgement.facts, judgement.subject.places()
    told = {
        fact.name: FactRead(fact.name, json_value(facts[fact.name]), fact.where(places))
        for fact in judgement.edition.read_always
    }
    return tuple([_finding(judgement, told, clause, answer, effect) for clause, answer, effect in judgement.clauses])


@frozen(eq=False)
class Findings:
    """The findings of a decision while nobody has read them: what they are made of."""

    judgements: Sequence[Judgement]

    def __call__(self, _: object) -> tuple[Finding, ...]:
        """Make them."""
        return tuple([finding for each in self.judgements for finding in findings(each)])


def requests(judgement: Judgement, *, outline: bool = False) -> tuple[Request, ...]:
    """What is still needed where the subject waits for something; in ``outline`` without what would do, and by when."""
    if judgement.standing is not Standing.WAITING:
        return ()
    answers = (*judgement.answers, *judgement.besides)
    return asked(judgement, [answer for answer in answers if _waits(answer, judgement.closed)], outline=outline)


def asked(judgement: Judgement, waiting: Iterable[Open | Repairable], *, outline: bool = False) -> tuple[Request, ...]:
    """What some answers about a subject wait for; in ``outline`` without what would do, and by when."""
    return tuple(_requests(judgement, waiting, outline=outline))


def _standing(effects: tuple[Effect, ...], answers: tuple[Any, ...], closed: bool) -> Standing:
    if Effect.DEFEATS in effects and _defeated(effects, answers):
        return Standing.REFUSED
    kinds = {type(answer) for answer in answers}
    if Repairable in kinds or (Open in kinds and not closed):
        return Standing.WAITING
    return Standing.FOR_A_PERSON if Effect.UNDECIDED in effects else Standing.GRANTED


def _defeated(effects: tuple[Effect, ...], answers: tuple[Any, ...]) -> list[Any]:
    """The answers that defeat beyond repair."""
    defeating = compress(answers, [effect is Effect.DEFEATS for effect in effects])
    return [answer for answer in defeating if type(answer) is not Repairable]


def _answer(weighed: Any) -> Any:
    return weighed.answer if type(weighed) is Branches else weighed


def _waits(answer: Any, closed: bool) -> bool:
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


def _finding(
    judgement: Judgement, told: Mapping[str, FactRead], clause: Clause, answer: Any, effect: Effect
) -> Finding:
    subject, facts = judgement.subject, judgement.facts
    plainly = type(answer) is bool
    return Finding(
        clause.name,
        clause.cites,
        subject.line_id,
        clause.role,
        effect,
        clause.plainly[answer] if plainly and not facts.unknown else reason_of(facts, clause, answer),
        clause.facts_read(told),
        () if plainly else carried_by(subject, answer),
        margin_of(facts, clause.node, effect),
    )


def reason_of(facts: Facts, clause: Clause, answer: Any) -> Because:
    """Why a clause came to an answer."""
    because = ("holds" if answer else "fails") if isinstance(answer, bool) else answer.because
    return Because(f"{clause.name}.{because}", _params(facts, clause, answer))


def _params(facts: Facts, clause: Clause, answer: Any) -> dict[str, JsonValue]:
    """What the words of a finding need: what is asked for, or what is not known and makes no difference."""
    if type(answer) is Open:
        return {"needs": tuple(dict.fromkeys(ask.need.name for ask in answer.asks))}
    if not facts.unknown or type(answer) is Repairable:
        return {}
    whatever = tuple(name for name in clause.reads if name in facts.unknown)
    return {"whatever": whatever} if whatever else {}


def carried_by(subject: Subject, answer: Any) -> tuple[str, ...]:
    """The evidence behind an answer, in the order of the case."""
    if type(answer) is Repairable:
        return ()
    ids = [ask.evidence_id for ask in answer.asks] if type(answer) is Open else answer.evidence
    positions = subject.positions
    named = {each for each in ids if each is not None and each in positions}
    return tuple(sorted(named, key=positions.__getitem__))


def _windows(facts: Facts, node: Node) -> tuple[Window, ...]:
    """The windows that a clause measured an instant against: several where the fact behind them is unknown."""
    if node.window is None:
        return ()
    read = facts[node.window]
    values = [each.value for each in read.branches] if type(read) is Branches else [read]
    return tuple([value for value in values if type(value) is Window])


def margin_of(facts: Facts, node: Node, effect: Effect) -> Margin | None:
    """How far the instant is from the nearest edge, if one is measured and the clause is decided."""
    moment = None if node.moment is None or effect is Effect.UNDECIDED else facts[node.moment]
    if type(moment) is not Instant:
        return None
    margins = [window.margin(moment) for window in _windows(facts, node)]
    return Margin(Unit.SECONDS, min(margins, key=abs)) if margins else None


def deadlines(judgement: Judgement) -> Iterator[Deadline]:
    """The windows that clauses read."""
    for clause in judgement.edition.clauses:
        windows = _windows(judgement.facts, clause.node)
        if len(windows) == 1:
            (window,) = windows
            yield Deadline(
                clause.name,
                judgement.subject.line_id,
                window.counted_from,
                window.starts_at,
                window.ends_at,
                window.includes_end,
            )


def _requests(judgement: Judgement, waiting: Iterable[Open | Repairable], *, outline: bool) -> Iterator[Request]:
    """What is still needed, clause by clause, documents in the order of the case; each thing is asked for once."""
    subject = judgement.subject
    positions = subject.positions
    asked = [
        ask
        for answer in waiting
        for ask in sorted(
            (answer.ask,) if isinstance(answer, Repairable) else answer.asks,
            key=lambda ask: -1 if ask.evidence_id is None else positions[ask.evidence_id],
        )
    ]
    alike: dict[tuple[Need, str | None, str | None], list[Ask]] = {}
    for ask in asked:
        alike.setdefault((ask.need, ask.evidence_id, ask.part), []).append(ask)
    for asks in alike.values():
        ask = evolve(asks[0], accepts=(), due_at=None) if outline else _all_together(asks)
        ends = [end for end in (ask.due_at, subject.closes_at) if end is not None]
        yield Request(
            ask.need.to.value,
            ask.need.name,
            subject.line_id if ask.part is None else ask.part,
            tuple(_accepts(judgement, ask, each, positions) for each in ask.accepts),
            min(ends, default=None),
            ask.evidence_id,
        )


def _all_together(asks: Sequence[Ask]) -> Ask:
    """One ask for several facts of one need: with each way to answer one every way to answer the others, by when all are due."""
    first, *others = asks
    if not others:
        return first
    ends = [each.due_at for each in asks if each.due_at is not None]
    questions = [each.accepts for each in dict.fromkeys(evolve(each, due_at=None) for each in asks)]
    return evolve(first, accepts=_ways_together(questions), due_at=min(ends, default=None))


def _ways_together(questions: Sequence[tuple[Acceptable, ...]]) -> tuple[Acceptable, ...]:
    """The ways to answer several questions at once: every combination, while there are few.

    Combinations multiply with each question. Beyond the limit each way of a question is in one of them, and no more: every one of
    them is still a whole answer that will do.
    """
    if len(questions) == 1:
        return questions[0]
    several = [ways or ({},) for ways in questions]
    few = prod(map(len, several)) <= MOST_COMBINATIONS
    combined = product(*several) if few else islice(zip(*map(cycle, several), strict=False), max(map(len, several)))
    return tuple({name: values for way in each for name, values in way.items()} for each in combined)


def _accepts(
    judgement: Judgement, ask: Ask, acceptable: Mapping[str, tuple[Any, ...]], positions: Mapping[str, int]
) -> dict[str, tuple[Any, ...]]:
    glossary = judgement.edition.case_kind.glossary.facts
    fields: dict[str, tuple[Any, ...]] = {}
    for name, values in acceptable.items():
        if ask.evidence_id is not None:
            places: tuple[str, ...] = (f"/evidence/{positions[ask.evidence_id]}/{name}",)
        elif "kind" in acceptable or name not in glossary:
            places = (name,)
        else:
            places = glossary[name].where(judgement.subject.places())
        fields.update((place, tuple(json_value(each) for each in values)) for place in places)
    return fields


def turning_points(judgement: Judgement) -> Iterator[Instant]:
    """The instants after the moment of the decision at which time alone could make a difference to a subject.

    They are read off whatever was worked out about it: the ends of windows, what is still to happen, until when an answer lasts,
    and when evidence closes. Between two of them everything stays as it is.
    """
    closes_at = judgement.subject.closes_at
    worked_out = (value for name, value in judgement.facts.items() if name != AS_OF)
    for moment in (*([] if closes_at is None else [Instant(closes_at + 1)]), *_moments_in(worked_out)):
        if moment > judgement.subject.as_of:
            yield moment


AS_OF: Final = "as_of"
"""What every glossary calls the moment of the decision: it passes, and is no point in time to wait for."""


_MAY_HOLD_MOMENTS: Final = frozenset({Instant, Window, Repairable, Open, Failed, Holds, Branches, tuple})


def _moments_in(values: Iterable[Any]) -> Iterator[Instant]:
    """The instants at which something in some values begins, ends, or may be otherwise."""
    for value in values:
        kind = type(value)
        if kind not in _MAY_HOLD_MOMENTS:
            continue
        if kind is Instant:
            yield from (value, Instant(value + 1))
        elif kind is Window:
            yield Instant(value.last_instant + 1)
        elif kind is Repairable and value.until is not None:
            yield Instant(value.until + 1)
        elif kind in (Open, Failed, Holds) and value.changes_at is not None:
            yield value.changes_at
        elif kind is Branches:
            yield from _moments_in(branch.value for branch in value.branches)
        elif kind is ByDate:
            yield from value.starts
        elif kind is tuple:
            yield from _moments_in(value)


def first_change(
    now: T, at: Callable[[Instant], T], moments: Iterable[Instant], before: Instant | None = None
) -> Instant | None:
    """The first of some moments at which something is another than it is now; ``before`` where none comes before that."""
    for moment in sorted(set(moments)):
        if before is not None and moment >= before:
            break
        if at(moment) != now:
            return moment
    return before


def as_told(judgement: Judgement, outcome: str, asked_for: Iterable[Request]) -> tuple[Any, ...]:
    """What of a judgement may not change unannounced: the outcome, the effects (what can still be put right apart), and who is asked what."""
    repairable = tuple([type(answer) is Repairable for answer in judgement.answers])
    wanted = frozenset((each.to, each.need, each.line_id, each.evidence_id) for each in asked_for)
    return outcome, judgement.effects, repairable, wanted


def at_a_later_moment(case: C, moment: Instant) -> C:
    """The same case, to be decided at a later moment. Whatever happened by the earlier one happened by the later: it stays sound."""
    later = copy(case)
    object.__setattr__(later, AS_OF, moment)
    return later


def remarks(judgement: Judgement) -> Iterator[Remark]:
    """What the reader of a decision should know."""
    for function in judgement.edition.remarks:
        node = judgement.edition.nodes[function.__name__]
        if judgement.facts[node.name] is True:
            yield Remark(node.name, node.cites, judgement.subject.line_id)
