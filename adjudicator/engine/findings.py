"""Findings, deadlines and remarks of a judgement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from attrs import frozen

from adjudicator.engine.branches import Branches
from adjudicator.engine.clause import Clause, Node
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.judgement import Judgement, Subject
from adjudicator.engine.plan import evaluate_ahead
from adjudicator.engine.policy import MOST_EDITIONS, Edition
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
    """The answer of each clause, with its reason and the facts and evidence behind it."""
    facts, places = judgement.facts, judgement.subject.places()
    facts_read = {
        fact.name: FactRead(fact.name, json_value(facts[fact.name]), fact.where(places))
        for fact in judgement.edition.read_always
    }
    return tuple(
        [_finding(judgement, facts_read, clause, answer, effect) for clause, answer, effect in judgement.clauses]
    )


@frozen(eq=False)
class Findings:
    """Makes the findings of a decision when you first read them."""

    judgements: Sequence[Judgement]

    def __call__(self, _: object) -> tuple[Finding, ...]:
        """The findings of all judgements, in order."""
        return tuple([finding for each in self.judgements for finding in findings(each)])


def _finding(
    judgement: Judgement, facts_read: Mapping[str, FactRead], clause: Clause, answer: Any, effect: Effect
) -> Finding:
    subject, facts = judgement.subject, judgement.facts
    is_plain = type(answer) is bool
    return Finding(
        clause.name,
        clause.cites,
        subject.line_id,
        clause.role,
        effect,
        clause.plainly[answer] if is_plain and not facts.unknown else reason_of(facts, clause, answer),
        clause.facts_read(facts_read),
        () if is_plain else evidence_behind(subject, answer),
        margin_of(facts, clause.node, effect),
    )


def reason_of(facts: Facts, clause: Clause, answer: Any) -> Because:
    """The reason code of an answer, with its parameters."""
    because = ("holds" if answer else "fails") if isinstance(answer, bool) else answer.because
    return Because(f"{clause.name}.{because}", _params(facts, clause, answer))


def _params(facts: Facts, clause: Clause, answer: Any) -> dict[str, JsonValue]:
    """Parameters for the text of a finding: the needs it asks for, or the unknown facts that make no difference."""
    if type(answer) is Open:
        return {"needs": tuple(dict.fromkeys(ask.need.name for ask in answer.asks))}
    if not facts.unknown or type(answer) is Repairable:
        return {}
    immaterial = tuple(name for name in clause.reads if name in facts.unknown)
    return {"whatever": immaterial} if immaterial else {}


def evidence_behind(subject: Subject, answer: Any) -> tuple[str, ...]:
    """The evidence behind an answer, in the order of the case."""
    if type(answer) is Repairable:
        return ()
    ids = [ask.evidence_id for ask in answer.asks] if type(answer) is Open else answer.evidence
    positions = subject.positions
    known_ids = {each for each in ids if each is not None and each in positions}
    return tuple(sorted(known_ids, key=positions.__getitem__))


def _windows(facts: Facts, name: str) -> tuple[Window, ...]:
    """The windows of this name: several if an unknown fact decides which one applies."""
    value = facts[name]
    values = [each.value for each in value.branches] if type(value) is Branches else [value]
    return tuple([value for value in values if type(value) is Window])


def margin_of(facts: Facts, node: Node, effect: Effect) -> Margin | None:
    """How far the instant is from the nearest edge of its window, once the clause is decided."""
    if node.moment is None or node.window is None or effect is Effect.UNDECIDED:
        return None
    moment = facts[node.moment]
    if type(moment) is not Instant:
        return None
    margins = [window.margin(moment) for window in _windows(facts, node.window)]
    return Margin(Unit.SECONDS, min(margins, key=abs)) if margins else None


@lru_cache(maxsize=MOST_EDITIONS)
def _measured(edition: Edition) -> tuple[tuple[str, str], ...]:
    """The clauses that measure an instant against a window, each with the name of the window."""
    windows = ((clause.name, clause.node.window) for clause in edition.clauses)
    return tuple((clause, window) for clause, window in windows if window is not None)


def deadlines(judgement: Judgement) -> Iterator[Deadline]:
    """One deadline for each clause that measures exactly one window."""
    for clause, name in _measured(judgement.edition):
        windows = _windows(judgement.facts, name)
        if len(windows) == 1:
            (window,) = windows
            yield Deadline(
                clause,
                judgement.subject.line_id,
                window.counted_from,
                window.starts_at,
                window.ends_at,
                window.includes_end,
            )


def remarks(judgement: Judgement) -> Iterator[Remark]:
    """The remarks whose condition holds."""
    for node in remarks_made(judgement):
        yield Remark(node.name, node.cites, judgement.subject.line_id)


def remarks_made(judgement: Judgement) -> Iterator[Node]:
    """The functions of the remarks whose condition holds."""
    edition, facts = judgement.edition, judgement.facts
    names = edition.remark_names
    evaluate_ahead(edition, facts, names)
    return (edition.nodes[name] for name in names if facts[name] is True)
