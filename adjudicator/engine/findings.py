"""Findings, deadlines and remarks of a judgement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

from attrs import frozen

from adjudicator.engine.branches import Branches
from adjudicator.engine.clause import Clause, Node
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.judgement import Judgement, Subject
from adjudicator.engine.moment_plan import AS_OF
from adjudicator.engine.plan import remarks_made_at_once
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
from adjudicator.model.json_value import FORMS
from adjudicator.model.source import Made, Source, lines_making, maker
from adjudicator.model.time import Instant, Window

MOST_PLACES: Final = 4096
"""The number of places in a case for which the pointers to the facts behind clauses are kept."""


def findings(judgement: Judgement, moment: Instant | None = None) -> tuple[Finding, ...]:
    """The answer of each clause, with its reason and the facts and evidence behind it.

    A judgement that many cases share needs the ``moment`` of the case.
    """
    edition = judgement.edition
    found: tuple[Finding, ...] = _made(edition)(
        judgement, moment, _pointers(edition, (*judgement.subject.places().items(),))
    )
    return found


@lru_cache(maxsize=MOST_EDITIONS)
def _made(edition: Edition) -> Made:
    return findings_source(edition).made("findings")


def findings_source(edition: Edition) -> Source:
    """The source of what makes the findings under an edition: each fact behind the clauses once, then each finding."""
    source = Source(f"the findings of {edition.policy} {edition.name}, revision {edition.revision}")
    source.values.update(plain=_PLAIN, forms=FORMS, any_moment=AnyMoment)
    source.values.update(reason_of=reason_of, evidence_behind=evidence_behind, margin_of=margin_of)
    names, clauses = [fact.name for fact in edition.read_always], edition.clauses
    source.add(
        "def findings(judgement, moment, pointers):",
        "    facts, subject = judgement.facts, judgement.subject",
        "    there, line_id, all_known = facts.found, subject.line_id, not facts.unknown",
        f"    {''.join([f'at_{name}, ' for name in names])} = pointers",
        f"    {''.join([f'answer_{each.name}, ' for each in clauses])} = judgement.answers",
        f"    {''.join([f'effect_{each.name}, ' for each in clauses])} = judgement.effects",
        *[f"    {line}" for name in names for line in _fact_source(name, source)],
        *[f"    {line}" for each in clauses for line in _finding_source(each, source)],
        f"    return ({''.join([f'finding_{each.name}, ' for each in clauses])})",
    )
    return source


def _fact_source(name: str, source: Source) -> list[str]:
    """Lines that make the record of a fact that was read."""
    lines = [f"value = there[{name!r}]"]
    if name == AS_OF:
        lines += ["if type(value) is any_moment:", "    value = moment"]
    value = "value if type(value) in plain else forms[type(value)](value)"
    fields = {"name": repr(name), "value": value, "pointers": f"at_{name}"}
    return [*lines, *lines_making(f"fact_{name}", FactRead, fields, source)]


def _finding_source(clause: Clause, source: Source) -> list[str]:
    """Lines that make the finding of a clause."""
    name, node = clause.name, clause.node
    answer, effect, of = f"answer_{name}", f"effect_{name}", source.named(f"clause_{name}", clause)
    plainly = source.named(f"plainly_{name}", clause.plainly)
    measured = f"margin_of(facts, {of}.node, {effect})"
    fields = {
        "clause": repr(name),
        "cites": source.named(f"cites_{name}", clause.cites),
        "line_id": "line_id",
        "role": source.named(clause.role.value, clause.role),
        "effect": effect,
        "because": f"{plainly}[{answer}] if all_known and is_plain else reason_of(facts, {of}, {answer})",
        "facts": f"({''.join([f'fact_{each}, ' for each in clause.reads])})",
        "evidence": f"() if is_plain else evidence_behind(subject, {answer})",
        "margin": "None" if node.window is None else measured,
    }
    making = lines_making(f"finding_{name}", Finding, fields, source)
    return [f"is_plain = type({answer}) is bool", *making]


_PLAIN: Final = frozenset({str, int, bool})
"""The types whose values are in JSON what they are."""


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


class Remarks(tuple[Judgement, ...]):
    """Judgements whose remarks are made when you first read them."""

    __slots__ = ()

    def __call__(self, _: object) -> tuple[Remark, ...]:
        """The remarks of all judgements, in order."""
        return tuple([remark for each in self for remark in remarks(each)])


findings_together: Final = maker(FindingsTogether)
_JUDGEMENT: Final = attrgetter("judgement")


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
    immaterial = () if type(answer) is Repairable else whatever(clause, facts.unknown)
    return {"whatever": immaterial} if immaterial else {}


def whatever(clause: Clause, unknown: frozenset[str]) -> tuple[str, ...]:
    """The facts behind a clause that are among some unknown ones."""
    return tuple([name for name in clause.reads if name in unknown])


def evidence_behind(subject: Subject, answer: Any) -> tuple[str, ...]:
    """The evidence behind an answer, in the order of the case."""
    if type(answer) is Repairable:
        return ()
    ids: Sequence[Any] = [ask.evidence_id for ask in answer.asks] if type(answer) is Open else answer.evidence
    positions = subject.positions
    return tuple(sorted(positions.keys() & ids, key=positions.__getitem__))


def _windows(value: Any) -> list[Window]:
    """The windows that a fact can be, if an unknown fact decides which one applies."""
    return [each for each in value.objects if type(each) is Window] if type(value) is Branches else []


def margin_of(facts: Facts, node: Node, effect: Effect) -> Margin | None:
    """How far the instant is from the nearest edge of its window, once the clause is decided."""
    seconds = seconds_left(facts, node, effect)
    return None if seconds is None else _make_margin(_SECONDS, seconds)


def seconds_left(facts: Facts, node: Node, effect: Effect) -> int | None:
    """The same in seconds, for a function that measures an instant; ``None`` if there is nothing to measure."""
    if effect is Effect.UNDECIDED:
        return None
    found: Mapping[Any, Any] = facts.found
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
    made = remarks_made_at_once(edition, facts)
    if made is False:
        made = tuple([edition.nodes[name] for name in edition.remark_names if facts[name] is True])
    if type(judgement) is SharedJudgement:
        judgement.written["remarks"] = made
    return made
