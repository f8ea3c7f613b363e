"""Findings, deadlines and remarks of a judgement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

from attrs import frozen

from adjudicator.engine.branches import Branches
from adjudicator.engine.clause import Clause, Node, getter
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.judgement import Judgement, Subject
from adjudicator.engine.plan import evaluate_ahead
from adjudicator.engine.policy import MOST_EDITIONS, Edition
from adjudicator.engine.shared_judgement import AnyMoment, JudgedTogether, SharedJudgement
from adjudicator.model.decision import Decision
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
from adjudicator.model.json_value import FORMS, json_value
from adjudicator.model.source import maker
from adjudicator.model.time import Instant, Window

MOST_PLACES: Final = 4096
"""The number of places in a case for which the pointers to the facts behind clauses are kept."""


def findings(judgement: Judgement, moment: Instant | None = None) -> tuple[Finding, ...]:
    """The answer of each clause, with its reason and the facts and evidence behind it.

    A judgement that many cases share needs the ``moment`` of the case.
    """
    facts, line_id = judgement.facts, judgement.subject.line_id
    facts_read, found = _facts_read(judgement, moment), []
    for clause, answer, effect in judgement.clauses:
        is_plain, node = type(answer) is bool, clause.node
        found.append(
            _make_finding(
                clause.name,
                clause.cites,
                line_id,
                clause.role,
                effect,
                clause.plainly[answer] if is_plain and not facts.unknown else reason_of(facts, clause, answer),
                clause.facts_read(facts_read),
                () if is_plain else evidence_behind(judgement.subject, answer),
                None if node.window is None else margin_of(facts, node, effect),
            )
        )
    return (*found,)


def _facts_read(judgement: Judgement, moment: Instant | None) -> dict[str, FactRead]:
    """The facts behind the clauses, by name."""
    names, values_of = _read_by(judgement.edition)
    pointers = _pointers(judgement.edition, (*judgement.subject.places().items(),))
    found: dict[str, FactRead] = {}
    for name, value, at in zip(names, values_of(judgement.facts.found), pointers, strict=True):
        kind, read = type(value), value
        if kind is AnyMoment:
            read = json_value(moment)
        elif kind not in _PLAIN:
            read = FORMS[kind](value)
        found[name] = _make_fact_read(name, read, at)
    return found


_PLAIN: Final = frozenset({str, int, bool})
"""The types whose values are in JSON what they are."""


@lru_cache(maxsize=MOST_EDITIONS)
def _read_by(edition: Edition) -> tuple[tuple[str, ...], Callable[[Mapping[str, Any]], tuple[Any, ...]]]:
    """The names of the facts behind the clauses, and what takes their values."""
    names = tuple(fact.name for fact in edition.read_always)
    return names, getter(names)


@lru_cache(maxsize=MOST_PLACES)
def _pointers(edition: Edition, places: tuple[tuple[str, tuple[int, ...]], ...]) -> tuple[tuple[str, ...], ...]:
    """Where these facts stand in a case."""
    return tuple(fact.where(dict(places)) for fact in edition.read_always)


class Findings(tuple[Judgement, ...]):
    """Judgements whose findings are made when you first read them."""

    __slots__ = ()

    def __call__(self, decision: Decision) -> tuple[Finding, ...]:
        """The findings of all judgements, in order."""
        as_of = decision.as_of
        return tuple([finding for each in self for finding in findings(each, as_of)])


@frozen(eq=False)
class FindingsTogether:
    """The same of all that is judged in a case, where many cases share some of it."""

    of: JudgedTogether[Any]

    def __call__(self, decision: Decision) -> tuple[Finding, ...]:
        """The findings of all judgements, in order."""
        return Findings(map(_JUDGEMENT, self.of.judged))(decision)


class Deadlines(tuple[Judgement, ...]):
    """Judgements whose deadlines are made when you first read them."""

    __slots__ = ()

    def __call__(self, _: object) -> tuple[Deadline, ...]:
        """The deadlines of all judgements, in order."""
        return tuple([deadline for each in self for deadline in deadlines(each)])


def deadlines_of(edition: Edition, judgements: Iterable[Judgement]) -> Deadlines:
    """What makes the deadlines of judgements under an edition."""
    return Deadlines(judgements) if measured(edition) else _NO_DEADLINES


class Remarks(tuple[Judgement, ...]):
    """Judgements whose remarks are made when you first read them."""

    __slots__ = ()

    def __call__(self, _: object) -> tuple[Remark, ...]:
        """The remarks of all judgements, in order."""
        return tuple([remark for each in self for remark in remarks(each)])


def remarks_of(edition: Edition, judgements: Iterable[Judgement]) -> Remarks:
    """What makes the remarks of judgements under an edition."""
    return Remarks(judgements) if edition.remarks else _NO_REMARKS


findings_together: Final = maker(FindingsTogether)
_JUDGEMENT: Final = attrgetter("judgement")
_NO_DEADLINES: Final = Deadlines()
_NO_REMARKS: Final = Remarks()


_make_fact_read: Final = maker(FactRead)
_make_finding: Final = maker(Finding)
_make_deadline: Final = maker(Deadline)
_make_because: Final = maker(Because)
_make_margin: Final = maker(Margin)
_make_remark: Final = maker(Remark)
_SECONDS: Final = Unit.SECONDS


def reason_of(facts: Facts, clause: Clause, answer: Any) -> Because:
    """The reason code of an answer, with its parameters."""
    because = ("holds" if answer else "fails") if isinstance(answer, bool) else answer.because
    return _make_because(f"{clause.name}.{because}", params_of(facts, clause, answer))


def params_of(facts: Facts, clause: Clause, answer: Any) -> dict[str, JsonValue]:
    """The parameter for the text of a finding, if any: the needs it asks for, or the unknown facts that make no difference."""
    if type(answer) is Open:
        return {"needs": tuple(dict.fromkeys([ask.need.name for ask in answer.asks]))}
    immaterial = whatever(clause, facts.unknown) if facts.unknown and type(answer) is not Repairable else ()
    return {"whatever": immaterial} if immaterial else {}


def whatever(clause: Clause, unknown: frozenset[str]) -> tuple[str, ...]:
    """The facts behind a clause that are among some unknown ones."""
    return () if unknown.isdisjoint(clause.reads) else tuple([name for name in clause.reads if name in unknown])


def evidence_behind(subject: Subject, answer: Any) -> tuple[str, ...]:
    """The evidence behind an answer, in the order of the case."""
    if type(answer) is Repairable:
        return ()
    ids: Iterable[str | None] = [ask.evidence_id for ask in answer.asks] if type(answer) is Open else answer.evidence
    if not ids:
        return ()
    positions = subject.positions
    found = positions.keys() & ids
    return tuple(sorted(found, key=positions.__getitem__) if len(found) > 1 else found)


def _windows(value: Any) -> list[Window]:
    """The windows that a fact can be: several if an unknown fact decides which one applies."""
    if type(value) is Window:
        return [value]
    return [each for each in value.objects if type(each) is Window] if type(value) is Branches else []


def margin_of(facts: Facts, node: Node, effect: Effect) -> Margin | None:
    """How far the instant is from the nearest edge of its window, once the clause is decided."""
    seconds = seconds_left(facts, node, effect)
    return None if seconds is None else _make_margin(_SECONDS, seconds)


def seconds_left(facts: Facts, node: Node, effect: Effect) -> int | None:
    """The same in seconds; ``None`` if nothing is measured."""
    if node.moment is None or node.window is None or effect is Effect.UNDECIDED:
        return None
    found = facts.found
    moment, window = found[node.moment], found[node.window]
    if type(moment) is not Instant:
        return None
    if type(window) is Window:
        return window.margin(moment)
    return min([each.margin(moment) for each in _windows(window)], key=abs, default=None)


@lru_cache(maxsize=MOST_EDITIONS)
def measured(edition: Edition) -> tuple[tuple[str, str], ...]:
    """The clauses that measure an instant against a window, each with the name of the window."""
    windows = ((clause.name, clause.node.window) for clause in edition.clauses)
    return tuple((clause, window) for clause, window in windows if window is not None)


def deadlines(judgement: Judgement) -> Iterator[Deadline]:
    """One deadline for each clause that measures exactly one window."""
    for clause, name in measured(judgement.edition):
        at = only_window(judgement.facts[name])
        if at is not None:
            line_id = judgement.subject.line_id
            yield _make_deadline(clause, line_id, at.counted_from, at.starts_at, at.ends_at, at.includes_end)


def only_window(value: Any) -> Window | None:
    """The window that a fact is; ``None`` if it is none, or could be several."""
    if type(value) is Window:
        return value
    windows = _windows(value)
    return windows[0] if len(windows) == 1 else None


def remarks(judgement: Judgement) -> Iterator[Remark]:
    """The remarks whose condition holds."""
    for node in remarks_made(judgement):
        yield _make_remark(node.name, node.cites, judgement.subject.line_id, {})


def remarks_made(judgement: Judgement) -> tuple[Node, ...]:
    """The functions of the remarks whose condition holds."""
    if type(judgement) is SharedJudgement and "remarks" in judgement.written:
        shared: tuple[Node, ...] = judgement.written["remarks"]
        return shared
    edition, facts = judgement.edition, judgement.facts
    if not edition.remarks:
        return ()
    evaluate_ahead(edition, facts, edition.remark_names)
    nodes, names, values = _remarks_of(edition)
    found: Mapping[str, Any] = facts.found if facts.found.keys() >= names else facts
    made = tuple([node for node, answer in zip(nodes, values(found), strict=True) if answer is True])
    if type(judgement) is SharedJudgement:
        judgement.written["remarks"] = made
    return made


@lru_cache(maxsize=MOST_EDITIONS)
def _remarks_of(
    edition: Edition,
) -> tuple[tuple[Node, ...], frozenset[str], Callable[[Mapping[str, Any]], tuple[Any, ...]]]:
    """The functions of the remarks of an edition, their names, and what takes their results from the facts."""
    names = edition.remark_names
    return tuple(edition.nodes[name] for name in names), frozenset(names), getter(names)
