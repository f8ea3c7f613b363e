"""Write plans: straight functions made from the signatures of an edition's functions. :mod:`adjudicator.engine.plan` says what they are for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, get_origin

from attrs import Factory, frozen

from adjudicator.engine.branches import UNSETTLED_TYPES
from adjudicator.engine.by_types import judged_by_types, remarks_by_types, unsettled_by_types
from adjudicator.engine.clause import UNSETTLED, Node, hints, in_order, members, plain_type
from adjudicator.engine.inspection import Function, attributes_read
from adjudicator.engine.policy import Edition
from adjudicator.model.facts import EvidencePool, Fact
from adjudicator.model.source import Source

LONGEST: Final = 30
"""The length of the longest tuple that Python makes in one step."""
_ABSENT: Final = object()


@frozen(eq=False)
class PlanWriter:
    """Writes a plan: a local variable for each fact, a constant for each setting.

    ``there`` are the names of the facts that are there before; others ``may_be_there``. ``stand_ins`` are the types that each variable
    can have in place of a value, ``possible`` the same of any fact; ``pools`` are the facts that are pools of evidence, ``attributes``
    those that are mere attributes of the case, ``whole`` those that have to be whole numbers.
    """

    edition: Edition
    title: str
    there: frozenset[str]
    may_be_there: frozenset[str] = frozenset()
    source: Source = Factory(lambda writer: Source(writer.title), takes_self=True)
    lines: list[str] = Factory(list)
    stand_ins: dict[str, frozenset[type]] = Factory(dict)
    possible: dict[str, frozenset[type]] = Factory(dict)
    pools: set[str] = Factory(set)
    attributes: set[str] = Factory(set)
    whole: list[str] = Factory(list)

    def read(self, names: list[str]) -> None:
        """Read facts of the case."""
        for name in names:
            self._look_up(name)
        members = ", ".join([f"{name!r}: {_local(name)}" for name in names])
        self.add("if facts.is_remembered:", f"    there.update({{{members}}})")

    def take(self, names: Iterable[str]) -> None:
        """Have these facts: call the functions behind them in order, each after what it needs, and none that is there."""
        names = tuple(names)
        nodes = [node for node in in_order(self.edition.nodes, names) if node.name not in self.there]
        only_from = self._only_from_a_list(nodes)
        for node in nodes:
            if node.name in self.stand_ins:
                continue
            if node.name in only_from:
                self._take_from_a_list(*only_from[node.name])
            else:
                self._take_function(node)
        self._have(names)

    def _take_function(self, node: Node) -> None:
        self._have(node.params)
        self._take(node.name, self._call(node))
        self._take_standing(node)

    def _only_from_a_list(self, nodes: Iterable[Node]) -> dict[str, tuple[str, list[Node]]]:
        """The functions that follow from one list in the case alone, such as documents of a kind, each with that list and all that do."""
        found: dict[str, tuple[str, list[Node]]] = {}
        of_list: dict[str, list[Node]] = {}
        for node in nodes:
            behind = {found[name][0] if name in found else name for name in node.params} - self.edition.settings.keys()
            if len(behind) == 1 and self._is_list(*behind):
                (name,) = behind
                of_it = of_list.setdefault(name, [])
                of_it.append(node)
                found[node.name] = name, of_it
        return found

    def _is_list(self, name: str) -> bool:
        facts = self.edition.case_kind.glossary.facts
        return name in facts and get_origin(hints(facts[name].read)["return"]) is tuple

    def _take_from_a_list(self, name: str, nodes: Iterable[Node]) -> None:
        """Have what follows from a list. If that is empty, as it mostly is, everything is as it was the first time."""
        self._have((name,))
        start = len(self.lines)
        for node in nodes:
            self._take_function(node)
        given, known = _local(name), self.constant("known", name, [])
        pools = [_standing(node.name) for node in nodes if node.name in self.pools]
        results = ", ".join([*[_local(node.name) for node in nodes], *pools])
        keep = [f"    if {given} is nothing:", f"        {known}[:] = ({results},),"]
        taken = [f"    {line}" for line in self.lines[start:]]
        del self.lines[start:]
        self.add(f"if {given} is nothing and {known}:", f"    {results}, = {known}[0]", "else:")
        self.lines.extend(taken)
        self.add(*keep)

    def _have(self, names: Iterable[str]) -> None:
        """Have facts that are there, or of the case."""
        for name in names:
            if name in self.stand_ins or name in self.edition.settings:
                continue
            node = self.edition.nodes.get(name)
            if node is None:
                self._look_up(name)
            else:
                self._take(name, [])
                self._take_standing(node)

    def _look_up(self, name: str) -> None:
        """Take a fact that the outcome adds, or a fact of the case."""
        facts = self.edition.case_kind.glossary.facts
        self._take(name, self._reading(facts[name]) if name in facts else [])

    def _reading(self, fact: Fact) -> list[str]:
        """Lines that read a fact: if that is an attribute, no function has to be called."""
        place, read, stated = _local(fact.name), fact.read, fact.stated
        path = attributes_read(read)
        if path:
            self.attributes.add(fact.name)
            return [f"{place} = subject.{path}"]
        call = f"{place} = {self.constant('read', fact.name, read)}(subject)"
        if stated is None or stated.by is not read:
            return [call]
        return [f"{place} = subject.{stated.path}", f"if {place} is None:", f"    {call}"]

    def _take(self, name: str, lines: list[str]) -> None:
        """Take a fact as these lines do, unless it is there already."""
        self.stand_ins[name] = self._can_be(name)
        if name in self.there or not lines:
            self.add(f"{_local(name)} = there[{name!r}]")
        elif name in self.may_be_there:
            self.add(f"{_local(name)} = there.get({name!r}, absent)", f"if {_local(name)} is absent:")
            self.add(*[f"    {line}" for line in lines])
        else:
            self.add(*lines)

    def finished(self, parameters: str = "facts", gives: str = "True") -> Source:
        """The source of the whole plan. It returns what it ``gives``; if it gives up, something false."""
        self._rely_on_annotations()
        new = self._new()
        types = self._looked_at(new, self.whole)
        if types:
            self.source.values["by_types"] = unsettled_by_types(types, self._may_be_unsettled(new), self.whole)
            self.add(f"unsettled = by_types[{_in_tuples([*map(self._type, types)])}]")
            self.give_up_if("unsettled is None")
        self._add_to_facts(new)
        if self._may_be_unsettled(new):
            self._note_unsettled()
        return self._whole_source(parameters, gives)

    def finished_clauses(self) -> Source:
        """The same for the clauses: it returns the answers, and what follows from them."""
        self._rely_on_annotations()
        new, clauses = self._new(), tuple(clause.name for clause in self.edition.clauses)
        types = self._find_by_types(clauses, "closed")
        self.source.values.update(
            by_types=judged_by_types(self.edition, types, self._may_be_unsettled(new)),
            not_yet={**self.edition.settings, **dict.fromkeys(new)},
        )
        self.add("unsettled, unknown, following = found", "facts.found = there = {**not_yet, **there}")
        self._add_to_facts(new)
        self._note_unsettled("    facts.unknown = unknown")
        return self._whole_source("facts, closed", f"{self.as_tuple(clauses)}, following")

    def finished_remarks(self) -> Source:
        """The same for the remarks: it returns their functions."""
        self._rely_on_annotations()
        types = self._find_by_types(self.edition.remark_names)
        self.source.values["by_types"] = remarks_by_types(self.edition, types, self._may_be_unsettled(self._new()))
        return self._whole_source("facts", "found")

    def _find_by_types(self, answers: tuple[str, ...], *others: str) -> tuple[str, ...]:
        """Find what follows from the kinds of some answers, and from the types of other new facts, whose names this returns."""
        types = tuple(name for name in self._looked_at(self._new()) if name not in answers)
        key = (*others, *[_kind(_local(name)) for name in answers], *map(self._type, types))
        self.add(f"found = by_types[{_in_tuples(key)}]")
        self.give_up_if("found is None")
        return types

    def _whole_source(self, parameters: str, gives: str) -> Source:
        self.source.values.update(absent=_ABSENT, nothing=(), pool_type=EvidencePool)
        self.source.add(
            f"def plan({parameters}):",
            "    subject, there = facts.subject, facts.found",
            *self.lines,
            f"    return {gives}",
        )
        return self.source

    def _rely_on_annotations(self) -> None:
        """Give up if one of the facts that were there is not what its annotation says."""
        plain = frozenset(name for name, stand_ins in self.stand_ins.items() if name in self.there and not stand_ins)
        if plain:
            self.give_up_if(f"not facts.unsettled.isdisjoint({self.constant('names', 'given', plain)})")

    def _new(self) -> tuple[str, ...]:
        """The facts that the plan adds."""
        return tuple(name for name in self.stand_ins if name not in self.there)

    def _may_be_unsettled(self, names: Iterable[str]) -> frozenset[str]:
        return frozenset(name for name in names if self.stand_ins[name])

    def _looked_at(self, new: Iterable[str], besides: Iterable[str] = ()) -> tuple[str, ...]:
        """The facts whose types show whether they are values: the new ones, except for mere attributes of the case."""
        looked_at = [name for name in new if self.stand_ins[name] or name not in self.attributes]
        return tuple(dict.fromkeys((*looked_at, *besides)))

    def _type(self, name: str) -> str:
        return f"type({self.value(name)})"

    def _note_unsettled(self, *lines: str) -> None:
        self.add("if unsettled:", "    facts.unsettled = facts.unsettled | unsettled if facts.unsettled else unsettled")
        self.add(*lines)

    def _add_to_facts(self, names: Iterable[str]) -> None:
        self.add(*[f"there[{name!r}] = {_local(name)}" for name in names])

    def give_up_if(self, condition: str) -> None:
        """Give up if this holds."""
        self.add(f"if {condition}:", "    return False")

    def add(self, *lines: str) -> None:
        """Add some lines."""
        self.lines.extend(f"    {line}" for line in lines)

    def _call(self, node: Node) -> list[str]:
        """The call, unless a fact stands in its way: then the function is evaluated the general way."""
        params = dict(zip(node.params, node.admits, strict=True))
        arguments = {name: self._argument(name, admitted) for name, admitted in params.items()}
        stops = {name: self._can_be(name) - admitted for name, admitted in params.items()}
        tests = [
            f"type({arguments[name]}) in {self.constant('stops', f'{node.name}_{name}', types)}"
            for name, types in stops.items()
            if types
        ]
        call = (
            f"{_local(node.name)} = {self.constant('call', node.name, node.function)}({', '.join(arguments.values())})"
        )
        if not tests:
            return [call]
        general = f"facts.evaluate_unsettled({self.constant('node', node.name, node)}, {self.as_tuple(node.params)})"
        return [f"if {' or '.join(tests)}:", f"    {_local(node.name)} = {general}", "else:", f"    {call}"]

    def as_tuple(self, names: Iterable[str]) -> str:
        """The values of some facts."""
        return f"({''.join([f'{self.value(name)}, ' for name in names])})"

    def _can_be(self, name: str) -> frozenset[type]:
        """The types that a fact can have in place of a value: any, if its function may be evaluated the general way."""
        found = self.possible.get(name)
        if found is None:
            self.possible[name] = found = self._found_possible(name)
        return found

    def _found_possible(self, name: str) -> frozenset[type]:
        node, facts = self.edition.nodes.get(name), self.edition.case_kind.glossary.facts
        if node is None:
            elsewhere = self.edition.case_kind.outcome_facts
            return _unsettled_members(facts[name].read) if name in facts else _unsettled_in(elsewhere.get(name))
        stops = any(self._can_be(each) - admitted for each, admitted in zip(node.params, node.admits, strict=True))
        return UNSETTLED_TYPES if stops else _unsettled_members(node.function)

    def _take_standing(self, node: Node) -> None:
        """Have at hand the proofs that count, if none is pending."""
        if EvidencePool in _unsettled_members(node.function):
            self.pools.add(node.name)
            pool = _local(node.name)
            counts = f"type({pool}) is pool_type and not {pool}.pending"
            self.add(f"{_standing(node.name)} = {pool}.standing if {counts} else {pool}")

    def _argument(self, name: str, admitted: frozenset[type]) -> str:
        is_resolved = name in self.pools and EvidencePool not in admitted
        return _standing(name) if is_resolved else self.value(name)

    def value(self, name: str) -> str:
        """The value of a fact or a setting."""
        settings = self.edition.settings
        return self.constant("setting", name, settings[name]) if name in settings else _local(name)

    def constant(self, role: str, name: str, value: object) -> str:
        """The name of a constant."""
        return self.source.named(f"{role}_{name}", value)


def _unsettled_members(function: Function) -> frozenset[type]:
    """The types in the return annotation of a function that are no values."""
    return _unsettled_in(hints(function)["return"])


def _unsettled_in(annotation: Any) -> frozenset[type]:
    return frozenset(plain_type(each) for each in members(annotation)) & UNSETTLED


def _kind(answer: str) -> str:
    """The kind of an answer: itself if it is plain, else its type."""
    return f"{answer} is True or ({answer} is not False and type({answer}))"


def _in_tuples(parts: Sequence[str]) -> str:
    """A tuple of these, or if it is long one of tuples: Python makes a longer one step by step, for three times the cost."""
    some = [parts[start : start + LONGEST] for start in range(0, len(parts), LONGEST)]
    return ", ".join([f"({', '.join(each)},)" for each in some])


def _local(name: str) -> str:
    return f"the_{name}"


def _standing(name: str) -> str:
    return f"standing_{name}"
