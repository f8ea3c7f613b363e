"""Plans: functions of an edition in order, as one straight function made from their signatures.

A plan has the results of :meth:`~adjudicator.engine.evaluation.Facts.evaluate` without asking at each step what the signatures
have settled: what a function needs, and which of that can be unsettled. Only a function with an unsettled fact is evaluated the
general way. A plan gives up if something returns what its annotation does not allow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import compress
from typing import Final, TypeAlias

from attrs import Factory, frozen

from adjudicator.engine.clause import UNSETTLED, Node, hints, in_order, members, plain_type
from adjudicator.engine.evaluation import UNSETTLED_TYPES, Facts
from adjudicator.engine.inspection import Function
from adjudicator.engine.moment_plan import moment_source
from adjudicator.engine.policy import Edition
from adjudicator.model.facts import EvidencePool, Open
from adjudicator.model.source import Source

Plan: TypeAlias = Callable[[Facts], bool]
"""Adds its results to facts; returns false, and adds none, if it gives up."""

MOST_PLANS: Final = 1024
"""The number of plans that are kept: an edition has about three."""
_ABSENT: Final = object()


def judge_clauses(edition: Edition, facts: Facts) -> None:
    """Read the facts behind the clauses of an edition, and evaluate every clause with the functions behind it.

    Facts computed elsewhere have to be there already.
    """
    if not _clause_plan(edition)(facts):
        facts.read()
        facts.evaluate(edition.judged_always)


def evaluate_ahead(edition: Edition, facts: Facts, names: tuple[str, ...]) -> None:
    """Evaluate functions that you will ask for all at once. If the plan gives up, each is evaluated when you ask for it."""
    if names:
        _plan_ahead(edition, names)(facts)


@lru_cache(maxsize=MOST_PLANS)
def _clause_plan(edition: Edition) -> Plan:
    return clause_source(edition).made("plan")


@lru_cache(maxsize=MOST_PLANS)
def _plan_ahead(edition: Edition, names: tuple[str, ...]) -> Plan:
    return source_ahead(edition, names).made("plan")


def plan_text(edition: Edition) -> Iterator[str]:
    """The plans of an edition as Python: for its clauses, for its remarks if it has any, and for a later moment."""
    ahead = [source_ahead(edition, edition.remark_names)] if edition.remark_names else []
    for source in (clause_source(edition), *ahead, moment_source(edition)):
        yield f"# {source.title}\n{source.text}"


def clause_source(edition: Edition) -> Source:
    """The source of the plan for the clauses of an edition."""
    plan = _Writer(edition, Source(f"the plan of {edition.policy} {edition.name}, revision {edition.revision}"))
    plan.read([fact.name for fact in edition.read_always])
    plan.look_up(name for name in _inputs(edition, edition.judged_always) if name not in plan.stand_ins)
    for node in edition.judged_always:
        plan.call(node)
    return plan.finished()


def source_ahead(edition: Edition, names: tuple[str, ...]) -> Source:
    """The source of the plan for functions that are asked for later, and those behind them that are not evaluated yet."""
    plan = _Writer(edition, Source(f"the plan of {names[0]} and more, {edition.policy} {edition.name}"))
    nodes = in_order(edition.nodes, names)
    plan.look_up(_inputs(edition, nodes))
    for node in nodes:
        plan.call_unless_known(node)
    return plan.finished()


def _inputs(edition: Edition, nodes: Iterable[Node]) -> Iterable[str]:
    """What functions need that is no function of the edition."""
    return dict.fromkeys(name for node in nodes for name in node.params if name not in edition.nodes)


@frozen(eq=False)
class _Writer:
    """Writes a plan: a local variable for each fact, a constant for each setting.

    ``stand_ins`` are the types that each fact can have in place of a value; ``pools`` are the facts that are pools of evidence,
    ``known`` those that are there before.
    """

    edition: Edition
    source: Source
    lines: list[str] = Factory(list)
    stand_ins: dict[str, frozenset[type]] = Factory(dict)
    pools: set[str] = Factory(set)
    known: set[str] = Factory(set)

    def read(self, names: list[str]) -> None:
        """Read facts of the case."""
        facts = self.edition.case_kind.glossary.facts
        for name in names:
            self.stand_ins[name] = _unsettled_members(facts[name].read)
            self._add(f"{_local(name)} = {self._constant('read', name, facts[name].read)}(subject)")
        self._add("if facts.is_remembered:", f"    facts.update({_as_members(names)})")
        if may_be_open := [name for name in names if Open in self.stand_ins[name]]:
            self._add(f"facts.unknown = frozenset({self._names_of_type('open_types', may_be_open)})")

    def look_up(self, names: Iterable[str]) -> None:
        """Take facts that the outcome adds, and facts of the case, reading those that nobody has read yet."""
        glossary = self.edition.case_kind.glossary.facts
        for name in names:
            if name in self.edition.always:
                self.stand_ins[name] = _unsettled_members(glossary[name].read)
                self.known.add(name)
                self._add(f"{_local(name)} = facts[{name!r}]")
            elif name in glossary:
                self.stand_ins[name] = _unsettled_members(glossary[name].read)
                read = f"{self._constant('read', name, glossary[name].read)}(subject)"
                self._add(f"{_local(name)} = facts.get({name!r}, absent)", f"if {_local(name)} is absent:")
                self._add(f"    {_local(name)} = {read}")
            elif name not in self.edition.settings:
                self.stand_ins[name] = frozenset()
                self.known.add(name)
                self._add(f"{_local(name)} = facts[{name!r}]")

    def call(self, node: Node) -> None:
        """Call a function."""
        self._add(*self._call(node))
        self._take_standing(node)

    def call_unless_known(self, node: Node) -> None:
        """Call a function whose result may be there already; that of one behind a clause is."""
        call = [*self._call(node)]
        if node.name in self.edition.always:
            self.known.add(node.name)
            self._add(f"{_local(node.name)} = facts[{node.name!r}]")
        else:
            self._add(f"{_local(node.name)} = facts.get({node.name!r}, absent)", f"if {_local(node.name)} is absent:")
            self._add(*[f"    {line}" for line in call])
        self._take_standing(node)

    def finished(self) -> Source:
        """The source of the whole plan."""
        plain = [name for name, stand_ins in self.stand_ins.items() if not stand_ins]
        new = [name for name in self.stand_ins if name not in self.known]
        others = [name for name in new if self.stand_ins[name]]
        if plain:
            self._add(f"if not unsettled_types.isdisjoint(map(type, {_tuple(plain)})):", "    return False")
        self._add(f"facts.update({_as_members(new)})")
        if others:
            self._add(f"facts.unsettled.update({self._names_of_type('unsettled_types', others)})")
        self.source.values.update(
            absent=_ABSENT,
            compress=compress,
            open_types=frozenset({Open}),
            pool_type=EvidencePool,
            unsettled_types=UNSETTLED_TYPES,
        )
        self.source.add("def plan(facts):", "    subject = facts.subject", *self.lines, "    return True")
        return self.source

    def _names_of_type(self, types: str, names: list[str]) -> str:
        """The names of the facts whose value is of one of some types."""
        constant = self._constant("names", types, tuple(names))
        return f"compress({constant}, map({types}.__contains__, map(type, {_tuple(names)})))"

    def _add(self, *lines: str) -> None:
        self.lines.extend(f"    {line}" for line in lines)

    def _call(self, node: Node) -> Iterator[str]:
        """The call, unless a fact stands in its way: then the function is evaluated the general way."""
        params = dict(zip(node.params, node.admits, strict=True))
        arguments = {name: self._argument(name, admitted) for name, admitted in params.items()}
        stops = {name: self.stand_ins.get(name, frozenset()) - admitted for name, admitted in params.items()}
        tests = [
            f"type({arguments[name]}) in {self._constant('stops', f'{node.name}_{name}', types)}"
            for name, types in stops.items()
            if types
        ]
        self.stand_ins[node.name] = UNSETTLED_TYPES if tests else _unsettled_members(node.function)
        call = f"{self._constant('call', node.name, node.function)}({', '.join(arguments.values())})"
        if not tests:
            yield f"{_local(node.name)} = {call}"
            return
        values = "".join([f"{self._value(name)}, " for name in node.params])
        yield f"if {' or '.join(tests)}:"
        yield f"    {_local(node.name)} = facts.evaluate_unsettled({self._constant('node', node.name, node)}, ({values}))"
        yield "else:"
        yield f"    {_local(node.name)} = {call}"

    def _take_standing(self, node: Node) -> None:
        """Have at hand the proofs that count, if none is pending."""
        if EvidencePool in _unsettled_members(node.function):
            self.pools.add(node.name)
            pool = _local(node.name)
            counts = f"type({pool}) is pool_type and not {pool}.pending"
            self._add(f"{_standing(node.name)} = {pool}.standing if {counts} else {pool}")

    def _argument(self, name: str, admitted: frozenset[type]) -> str:
        is_resolved = name in self.pools and EvidencePool not in admitted
        return _standing(name) if is_resolved else self._value(name)

    def _value(self, name: str) -> str:
        settings = self.edition.settings
        return self._constant("setting", name, settings[name]) if name in settings else _local(name)

    def _constant(self, role: str, name: str, value: object) -> str:
        return self.source.named(f"{role}_{name}", value)


def _unsettled_members(function: Function) -> frozenset[type]:
    """The types in the return annotation of a function that are no values."""
    return frozenset(plain_type(each) for each in members(hints(function)["return"])) & UNSETTLED


def _local(name: str) -> str:
    return f"the_{name}"


def _standing(name: str) -> str:
    return f"standing_{name}"


def _as_members(names: Iterable[str]) -> str:
    return f"{{{', '.join([f'{name!r}: {_local(name)}' for name in names])}}}"


def _tuple(names: Iterable[str]) -> str:
    return f"({''.join([f'{_local(name)}, ' for name in names])})"
