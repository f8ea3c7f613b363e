"""What each clause came to, and what it stood on: findings, deadlines and remarks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from adjudicator.engine.branches import Branches
from adjudicator.engine.clause import Clause, Node
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.judgement import Judgement, Subject
from adjudicator.model.facts import Open, Repairable
from adjudicator.model.finding import (
    Because,
    Deadline,
    Effect,
    FactRead,
    Finding,
    JsonValue,
    Margin,
    Remark,
    Unit,
)
from adjudicator.model.json_value import json_value
from adjudicator.model.time import Instant, Window


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


def remarks(judgement: Judgement) -> Iterator[Remark]:
    """What the reader of a decision should know."""
    for function in judgement.edition.remarks:
        node = judgement.edition.nodes[function.__name__]
        if judgement.facts[node.name] is True:
            yield Remark(node.name, node.cites, judgement.subject.line_id)
