"""Judging: from the facts of one subject to a finding for every clause, and from the findings to a standing.

Facts are worked out when a clause first asks for them. One that is not plainly known is tried in every value that it could
take: where all of them give the same answer, that is the answer; else the clause is open, and what is asked for is what makes
the difference.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Final, Protocol

from attrs import evolve, frozen

from adjudicator.civil_time import Instant, Window
from adjudicator.decision import Because, Deadline, Effect, FactRead, Finding, Margin, Remark, Request, Role, Unit
from adjudicator.facts import Ask, Disputed, Failed, Holds, Need, Open, Pool, Repairable, Silent
from adjudicator.plain import plain
from adjudicator.policy import UNSETTLED, Clause, Edition, Node


class Subject(Protocol):
    """What is judged as one: a claimed line of a case, or a whole case."""

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


@frozen
class Branch:
    """A value that a fact takes if some assumptions are made, each about one thing that is not known."""

    assuming: Mapping[Hashable, Any]
    value: Any


@frozen
class Branches:
    """A fact that comes out differently under different assumptions; ``asks`` are what would settle each of them."""

    branches: tuple[Branch, ...]
    asks: Mapping[Hashable, tuple[Ask, ...]]


class Facts(dict[str, Any]):
    """The facts of one subject, by name, each worked out when it is first asked for."""

    def __init__(self, edition: Edition, subject: Subject) -> None:
        super().__init__(edition.settings)
        self._nodes = edition.nodes
        self._leaves = edition.decides.glossary.facts
        self._subject = subject
        self.unsettled: set[str] = set()

    def __missing__(self, name: str) -> Any:
        node = self._nodes.get(name)
        value = self.evaluate(node) if node else self._leaves[name].read(self._subject)
        self[name] = value
        if type(value) in _NOT_PLAIN:
            self.unsettled.add(name)
        return value

    def evaluate(self, node: Node) -> Any:
        """Call a function with its facts, or try it on every value that they could take."""
        values = [self[name] for name in node.params]
        if self.unsettled.isdisjoint(node.params):
            return node.function(*values)
        return _weighed(node, values)


_NOT_PLAIN: Final = UNSETTLED | {Branches}


def _weighed(node: Node, values: list[Any]) -> Any:
    """Call a function on every combination of the values that its facts could take."""
    asks: dict[Hashable, tuple[Ask, ...]] = {}
    combined = [Branch({}, ())]
    for name, value, admitted in zip(node.params, values, node.admits, strict=True):
        options = tuple(_options(name, value, admitted, asks))
        combined = [
            Branch({**so_far.assuming, **option.assuming}, (*so_far.value, option.value))
            for so_far in combined
            for option in options
            if _agree(so_far.assuming, option.assuming)
        ]
    results = tuple(Branch(each.assuming, _called(node, each.value)) for each in combined)
    first = results[0].value
    return first if all(each.value == first for each in results) else Branches(results, asks)


def _called(node: Node, values: tuple[Any, ...]) -> Any:
    """The result of a function, or what keeps it from being called."""
    stopping = [
        value
        for value, admitted in zip(values, node.admits, strict=True)
        if type(value) in UNSETTLED and type(value) not in admitted
    ]
    if not stopping:
        return node.function(*values)
    for kind in (Failed, Repairable):
        for value in stopping:
            if type(value) is kind:
                return value
    opens = [value for value in stopping if type(value) is Open]
    if not opens:
        return stopping[0]
    changes = [each.changes_at for each in opens if each.changes_at is not None]
    return Open(_distinct(ask for each in opens for ask in each.asks), opens[0].because, changes_at=min(changes, default=None))


def _options(
    name: str, value: Any, admitted: frozenset[type], asks: dict[Hashable, tuple[Ask, ...]]
) -> Iterator[Branch]:
    """The values that a fact could take where a function asks for it."""
    if type(value) is Branches and admitted:
        value = settled(value)
    if type(value) is Branches:
        asks.update(value.asks)
        for branch in value.branches:
            for option in _options(name, branch.value, admitted, asks):
                yield Branch({**branch.assuming, **option.assuming}, option.value)
    elif type(value) is Pool and Pool not in admitted:
        yield from _completions(name, value, asks)
    elif type(value) is Open and value.could_be and Open not in admitted:
        asks[name] = value.asks
        yield from (Branch({name: each}, each) for each in value.could_be)
    else:
        yield Branch({}, value)


def _completions(name: str, pool: Pool[Any], asks: dict[Hashable, tuple[Ask, ...]]) -> Iterator[Branch]:
    """What stands, with every choice of the pending documents beside it; those that say the same are one choice."""
    groups: dict[Any, list[Ask]] = {}
    sayings: dict[Any, Any] = {}
    for pending in pool.pending:
        groups.setdefault(pending.says, []).append(pending.ask)
        sayings.setdefault(pending.says, pending.says)
    chosen = [Branch({}, pool.standing)]
    for says, group in groups.items():
        key = (name, says)
        asks[key] = tuple(group)
        chosen = [
            Branch({**so_far.assuming, key: counts}, (*so_far.value, sayings[says]) if counts else so_far.value)
            for so_far in chosen
            for counts in (False, True)
        ]
    yield from chosen


def _agree(one: Mapping[Hashable, Any], other: Mapping[Hashable, Any]) -> bool:
    """Whether two sets of assumptions can be made together."""
    return all(other.get(key, value) == value for key, value in one.items())


def settled(branches: Branches) -> Any:
    """The answer that all branches share, else what has to be asked.

    Two ways of going to a person are one answer. Where no branch speaks for the claim, it is unproven if any leaves it unproven,
    whatever else is pending. The first branch assumes least: its answer stands for all that are of its kind.
    """
    values = [each.value for each in branches.branches]
    kinds = {_kind(each) for each in values}
    if kinds <= _AGAINST:
        return next((each for each in values if type(each) is Open), values[0])
    return values[0] if len(kinds) == 1 else Open(_distinct(_asks_that_matter(branches)), "pending")


_AGAINST: Final = frozenset({"unproven", "fails"})


def _kind(value: Any) -> Hashable:
    if type(value) is Open:
        return "fails" if value.as_good_as_failed else "unproven"
    if value is False or type(value) in (Failed, Repairable):
        return "fails"
    if type(value) in (Disputed, Silent):
        return "a person"
    return "holds" if value is True or type(value) is Holds else ("value", value)


def _asks_that_matter(branches: Branches) -> Iterator[Ask]:
    """What would settle each assumption on which the answer turns, all others being equal."""
    making: dict[Hashable, list[Branch]] = {}
    for branch in branches.branches:
        for key in branch.assuming:
            making.setdefault(key, []).append(branch)
    for key, of in making.items():
        if _turns_on(key, of):
            yield from branches.asks[key]


def _turns_on(key: Hashable, branches: list[Branch]) -> bool:
    shared = [each for each in branches[0].assuming if each != key and all(each in other.assuming for other in branches)]
    kinds: dict[Hashable, set[Hashable]] = {}
    values: dict[Hashable, set[Any]] = {}
    for branch in branches:
        others = tuple(branch.assuming[each] for each in shared)
        kinds.setdefault(others, set()).add(_kind(branch.value))
        values.setdefault(others, set()).add(branch.assuming[key])
    return any(len(kinds[others]) > 1 and len(values[others]) > 1 for others in kinds)


def _distinct(asks: Iterable[Ask]) -> tuple[Ask, ...]:
    return tuple(dict.fromkeys(asks))


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
    answers = tuple((clause, _answer(facts, clause)) for clause in edition.clauses)
    findings = tuple(_finding(facts, subject, edition, clause, answer) for clause, answer in answers)
    refused = any(
        finding.effect is Effect.DEFEATS and type(answer) is not Repairable
        for finding, (_, answer) in zip(findings, answers, strict=True)
    )
    waiting = () if refused else tuple(answer for _, answer in answers if _waits(answer, closed))
    if refused:
        standing = Standing.REFUSED
    elif waiting:
        standing = Standing.WAITING
    elif any(finding.effect is Effect.UNDECIDED for finding in findings):
        standing = Standing.FOR_A_PERSON
    else:
        standing = Standing.GRANTED
    return Judgement(
        facts,
        findings,
        standing,
        any(finding.role is Role.BAR and finding.effect is Effect.DEFEATS for finding in findings),
        tuple(_requests(edition, subject, waiting)),
        tuple(_deadlines(facts, subject, edition)),
        None if refused else _changes_at(answers, subject, waiting=bool(waiting)),
    )


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


def _params(facts: Facts, clause: Clause, answer: Any) -> dict[str, Any]:
    """What the words of a finding need: what is asked for, or what is unknown and does not matter."""
    if type(answer) is Open:
        return {"needs": tuple(dict.fromkeys(ask.need.name for ask in answer.asks))}
    whatever = tuple(name for name in clause.reads if type(facts.get(name)) is Open)
    return {"whatever": whatever} if whatever else {}


def _facts_read(facts: Facts, subject: Subject, edition: Edition, clause: Clause) -> Iterator[FactRead]:
    for name in clause.reads:
        if name in facts:
            yield FactRead(name, plain(facts[name]), pointers(edition, subject, name))


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


def _requests(edition: Edition, subject: Subject, waiting: tuple[Open | Repairable, ...]) -> Iterator[Request]:
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
        fields.update((place, plain(values)) for place in places)
    return fields


def _changes_at(answers: tuple[tuple[Clause, Any], ...], subject: Subject, *, waiting: bool) -> Instant | None:
    """The first instant at which time alone changes how the subject stands."""
    moments = [answer.changes_at for _, answer in answers if type(answer) is Open]
    moments += [_after(answer.until) for _, answer in answers if type(answer) is Repairable]
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
