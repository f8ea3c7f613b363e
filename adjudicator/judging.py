"""Judging: a finding for every clause about one subject, and from the findings where the subject stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Final, Protocol

from attrs import evolve, frozen

from adjudicator.civil_time import Instant, Window
from adjudicator.decision import (
    Because,
    Deadline,
    Effect,
    FactRead,
    Finding,
    Margin,
    Plain,
    Remark,
    Request,
    Role,
    Unit,
)
from adjudicator.facts import Ask, Disputed, Failed, Holds, Need, Open, Repairable, Silent
from adjudicator.plain import plain
from adjudicator.policy import Clause, Edition, Node
from adjudicator.weighing import Branches, Facts, settled


class Subject(Protocol):
    """What is judged as one: a claimed line of a case, or a whole case."""

    @property
    def case(self) -> Any:
        """The case that it is judged in."""

    @property
    def line_id(self) -> str | None:
        """The line, if the subject is one."""

    @property
    def evidence_ids(self) -> tuple[str, ...]:
        """The ids of all evidence of the case, in its order."""

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
    """Every finding about one subject, and where it stands."""

    facts: Facts
    findings: tuple[Finding, ...]
    standing: Standing
    barred: bool
    requests: tuple[Request, ...]
    deadlines: tuple[Deadline, ...]
    changes_at: Instant | None


def judge(edition: Edition, subject: Subject) -> Judgement:
    """Judge every clause of an edition, also after one has decided, and fold the findings into a standing.

    Refused if a requirement fails beyond repair or a bar applies; else waiting if something open can be supplied, verified or
    repaired; else for a person if anything is undecided; else granted.
    """
    facts = Facts(edition, subject)
    closed = subject.closes_at is not None and subject.as_of > subject.closes_at
    answers = tuple(_answer(facts, clause) for clause in edition.clauses)
    findings = tuple(
        _finding(facts, subject, edition, clause, answer)
        for clause, answer in zip(edition.clauses, answers, strict=True)
    )
    standing = _standing(findings, answers, closed)
    waiting = [answer for answer in answers if _waits(answer, closed)] if standing is Standing.WAITING else []
    return Judgement(
        facts,
        findings,
        standing,
        any(finding.role is Role.BAR and finding.effect is Effect.DEFEATS for finding in findings),
        tuple(_requests(edition, subject, waiting)),
        tuple(_deadlines(facts, subject, edition)),
        _changes_at(findings, answers, subject),
    )


def _standing(findings: tuple[Finding, ...], answers: tuple[Any, ...], closed: bool) -> Standing:
    for finding, answer in zip(findings, answers, strict=True):
        if finding.effect is Effect.DEFEATS and type(answer) is not Repairable:
            return Standing.REFUSED
    if any(_waits(answer, closed) for answer in answers):
        return Standing.WAITING
    undecided = any(finding.effect is Effect.UNDECIDED for finding in findings)
    return Standing.FOR_A_PERSON if undecided else Standing.GRANTED


def _answer(facts: Facts, clause: Clause) -> Any:
    answer = facts[clause.name]
    return settled(answer) if type(answer) is Branches else answer


def _waits(answer: Any, closed: bool) -> bool:
    return type(answer) is Repairable or (type(answer) is Open and not closed)


_EFFECTS: Final[Mapping[type, Effect]] = {
    Failed: Effect.DEFEATS,
    Repairable: Effect.DEFEATS,
    Open: Effect.UNDECIDED,
    Disputed: Effect.UNDECIDED,
    Silent: Effect.UNDECIDED,
}


def _finding(facts: Facts, subject: Subject, edition: Edition, clause: Clause, answer: Any) -> Finding:
    holds = answer is True or type(answer) is Holds
    if holds or answer is False:
        effect = Effect.SUPPORTS if holds is (clause.role is Role.REQUIREMENT) else Effect.DEFEATS
    else:
        effect = _EFFECTS[type(answer)]
    because = ("holds" if answer else "fails") if isinstance(answer, bool) else answer.because
    return Finding(
        clause.name,
        clause.cites,
        subject.line_id,
        clause.role,
        effect,
        Because(f"{clause.name}.{because}", _params(facts, clause, answer)),
        tuple(_facts_read(facts, subject, edition, clause)),
        _carried_by(subject, answer),
        None if effect is Effect.UNDECIDED else _margin(facts, clause.node),
    )


def _params(facts: Facts, clause: Clause, answer: Any) -> dict[str, Plain]:
    """What the words of a finding need: what is asked for, or what is not known and makes no difference."""
    if type(answer) is Open:
        return {"needs": tuple(dict.fromkeys(ask.need.name for ask in answer.asks))}
    whatever = tuple(name for name in clause.reads if type(facts.get(name)) is Open)
    return {"whatever": whatever} if whatever and type(answer) is not Repairable else {}


def _facts_read(facts: Facts, subject: Subject, edition: Edition, clause: Clause) -> Iterator[FactRead]:
    for name in clause.reads:
        if name in facts:
            if name not in facts.told:
                facts.told[name] = FactRead(name, plain(facts[name]), pointers(edition, subject, name))
            yield facts.told[name]


def _carried_by(subject: Subject, answer: Any) -> tuple[str, ...]:
    """The evidence behind an answer, in the order of the case."""
    if type(answer) is Open:
        ids = {ask.evidence_id for ask in answer.asks}
    else:
        ids = set(getattr(answer, "evidence", ()))
    return tuple(each for each in subject.evidence_ids if each in ids) if ids else ()


def _windows(facts: Facts, node: Node) -> tuple[Window, ...]:
    """The windows that a clause measured an instant against: several where the fact behind them is unknown."""
    if node.window is None:
        return ()
    read = facts[node.window]
    values = [each.value for each in read.branches] if type(read) is Branches else [read]
    return tuple(value for value in values if type(value) is Window)


def _margin(facts: Facts, node: Node) -> Margin | None:
    """How far the instant is from the nearest edge."""
    if node.moment is None:
        return None
    margins = [window.margin(facts[node.moment]) for window in _windows(facts, node)]
    return Margin(Unit.SECONDS, min(margins, key=abs)) if margins else None


def _deadlines(facts: Facts, subject: Subject, edition: Edition) -> Iterator[Deadline]:
    for clause in edition.clauses:
        windows = _windows(facts, clause.node)
        if len(windows) == 1:
            (window,) = windows
            yield Deadline(
                clause.name, subject.line_id, window.counted_from, window.starts_at, window.ends_at, window.includes_end
            )


def _requests(edition: Edition, subject: Subject, waiting: list[Open | Repairable]) -> Iterator[Request]:
    """What is still needed, clause by clause, documents in the order of the case; each thing is asked for once."""
    position = {each: index for index, each in enumerate(subject.evidence_ids)}
    asked = [
        ask
        for answer in waiting
        for ask in sorted(
            (answer.ask,) if isinstance(answer, Repairable) else answer.asks,
            key=lambda ask: position.get(ask.evidence_id or "", -1),
        )
    ]
    once: dict[tuple[Need, str | None], Ask] = {}
    for ask in asked:
        key = (ask.need, ask.evidence_id)
        once[key] = _both(once[key], ask) if key in once else ask
    for ask in once.values():
        ends = [end for end in (ask.due_at, subject.closes_at) if end is not None]
        yield Request(
            ask.need.to.value,
            ask.need.name,
            subject.line_id,
            tuple(_accepts(edition, subject, ask, each, position) for each in ask.accepts),
            min(ends, default=None),
            ask.evidence_id,
        )


def _both(one: Ask, other: Ask) -> Ask:
    """One ask for two facts of one need; of two asks for the same the first."""
    if len(one.accepts) == len(other.accepts) == 1 and one.accepts != other.accepts:
        return evolve(one, accepts=({**one.accepts[0], **other.accepts[0]},))
    return one


def _accepts(
    edition: Edition, subject: Subject, ask: Ask, acceptable: Mapping[str, tuple[Any, ...]], position: Mapping[str, int]
) -> dict[str, tuple[Any, ...]]:
    fields: dict[str, tuple[Any, ...]] = {}
    for name, values in acceptable.items():
        if ask.evidence_id is not None:
            places: tuple[str, ...] = (f"/evidence/{position[ask.evidence_id]}/{name}",)
        elif "kind" in acceptable or name not in edition.decides.glossary.facts:
            places = (name,)
        else:
            places = pointers(edition, subject, name)
        fields.update((place, tuple(plain(each) for each in values)) for place in places)
    return fields


def _changes_at(findings: tuple[Finding, ...], answers: tuple[Any, ...], subject: Subject) -> Instant | None:
    """The first instant at which time alone may change how the subject stands."""
    defeats = [
        answer.changes_at if type(answer) is Failed else None
        for finding, answer in zip(findings, answers, strict=True)
        if finding.effect is Effect.DEFEATS and type(answer) is not Repairable
    ]
    if defeats:
        moments = [] if None in defeats else defeats
    else:
        moments = [answer.changes_at for answer in answers if type(answer) is Open]
        moments += [_after(answer.until) for answer in answers if type(answer) is Repairable]
        waiting = any(type(answer) in (Open, Repairable) for answer in answers)
        moments += [_after(subject.closes_at)] if waiting else []
    return min((moment for moment in moments if moment is not None and moment > subject.as_of), default=None)


def _after(moment: Instant | None) -> Instant | None:
    return None if moment is None else Instant(moment + 1)


def pointers(edition: Edition, subject: Subject, fact: str) -> tuple[str, ...]:
    """Where in the case a fact of the glossary stands."""
    found: list[str] = []
    for pattern in edition.decides.glossary.facts[fact].pointers:
        name = pattern.partition("{")[2].partition("}")[0]
        places = subject.places()[name] if name else (0,)
        found.extend(pattern.replace(f"{{{name}}}", str(place)) for place in places)
    return tuple(found)


def remarks(edition: Edition, facts: Facts, line_id: str | None) -> Iterator[Remark]:
    """What the reader of a decision should know."""
    for function in edition.remarks:
        node = edition.nodes[function.__name__]
        if facts.evaluate(node) is True:
            yield Remark(node.name, node.law.citations(edition.article), line_id)
