"""Plans for a later moment: whether a subject is judged alike then, as one straight function made from signatures.

Most decisions stay as they are while time passes. To say so, a plan reads again the facts that change with time, and calls the
functions behind clauses that ask for one, as long as their results differ. What is unknown has to be the same then, and nothing is
tried: in doubt it leaves the question to :meth:`~adjudicator.engine.evaluation.Facts.later`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from typing import Any, Final, TypeAlias

from attrs import Factory, frozen

from adjudicator.engine.branches import UNSETTLED_TYPES
from adjudicator.engine.clause import Node, hints, members, plain_type
from adjudicator.engine.effects import surely_differ
from adjudicator.engine.evaluation import Facts, affected
from adjudicator.engine.policy import MOST_EDITIONS, Edition
from adjudicator.engine.sameness import COMPARED_BY_EQUALITY, same
from adjudicator.model.facts import EvidencePool, Fact
from adjudicator.model.source import Source
from adjudicator.model.time import Instant

FEW: Final = 1
"""If no more functions than these follow from a fact, calling them costs less than comparing all fields of two values."""

AS_OF: Final = "as_of"
"""The name of the decision's own moment in every glossary: you cannot wait for it."""


class Likeness(Enum):
    """How the judgement of a later moment compares with an earlier one."""

    ALIKE = "alike"
    """All that matters is the same."""
    CHANGED = "changed"
    """Something that matters is another one."""
    DIFFERENT = "different"
    """The effect of a clause, or whether it can be repaired, is another one."""
    UNSURE = "unsure"
    """Something unknown would have to be tried."""


MomentPlan: TypeAlias = Callable[[Facts, Instant, Callable[[Instant], Any]], Likeness]
"""Takes facts judged earlier, a later moment, and what makes the same subject at a moment."""


@lru_cache(maxsize=MOST_EDITIONS)
def moment_plan(edition: Edition) -> MomentPlan:
    """The plan of an edition."""
    return moment_source(edition).made("plan")


def moment_source(edition: Edition) -> Source:
    """The source of the plan of an edition."""
    source = Source(f"the plan for later moments of {edition.policy} {edition.name}, revision {edition.revision}")
    source.values.update({each.value: each for each in Likeness})
    source.values.update(same=same, plain=COMPARED_BY_EQUALITY, pool_type=EvidencePool, surely_differ=surely_differ)
    writer = _Writer(edition, source)
    source.add("def plan(facts, moment, subject_at):")
    source.add("    unsettled, subject, there = facts.unsettled, facts.subject, facts.found")
    for fact in edition.read_from_the_moment:
        writer.read(fact)
    for node in affected(edition, frozenset(fact.name for fact in edition.read_from_the_moment)):
        writer.call(node)
    source.add("    return alike")
    return source


@frozen(eq=False)
class _Writer:
    """Writes the plan. Those ``computed`` have a value of the later moment, and a variable that says whether it is another one.

    A decisive fact ends the plan where it is another one, so that what is computed from it needs no second look. The moment is always
    another one. Those that are ``conditional`` have such a value only if they are another one.
    """

    edition: Edition
    source: Source
    computed: set[str] = Factory(set)
    conditional: set[str] = Factory(set)

    def read(self, fact: Fact) -> None:
        """Read a fact of the case."""
        name, was = fact.name, f"there[{fact.name!r}]"
        if name == AS_OF and name not in self.edition.decisive:
            self.computed.add(name)
            return
        read = self.source.named(f"read_{name}", fact.later or fact.read)
        self._add(f"{_now(name)} = {read}({'subject, moment' if fact.later else 'subject_at(moment)'})", f"was = {was}")
        self._compare(name)

    def call(self, node: Node) -> None:
        """Call a function if one of its facts is another one."""
        name, changed = node.name, [each for each in node.params if each in self.computed]
        if not changed:
            return
        call = [*self._call(node), f"was = there[{name!r}]"]
        if AS_OF in changed:
            self._add(*call)
            self._compare(name)
            return
        if name not in self.edition.decisive:
            self._add(f"{_is_new(name)} = False")
            self.conditional.add(name)
        self._add(f"if {' or '.join([_is_new(each) for each in changed])}:", *[f"    {line}" for line in call])
        self._compare(name, "    ")

    def _compare(self, name: str, indent: str = "") -> None:
        """Tell whether a fact is another one; in doubt it is."""
        now, is_same = _now(name), f"same({_now(name)}, was)"
        if name in self.edition.decisive:
            self._add(f"{indent}if {now} is not was and not {is_same}:", f"{indent}    return {self._likeness(name)}")
            return
        self.computed.add(name)
        if len(affected(self.edition, frozenset({name}))) <= FEW:
            is_same = f"(type({now}) is type(was) and type(was) in plain and {now} == was)"
        self._add(f"{indent}{_is_new(name)} = {now} is not was and not {is_same}")

    def _likeness(self, name: str) -> str:
        """How the judgement compares if this decisive fact is another one."""
        clauses = [clause for clause in self.edition.clauses if clause.name == name]
        if not clauses:
            return "changed"
        clause = self.source.named(f"clause_{name}", clauses[0])
        return f"different if surely_differ({clause}, {_now(name)}, was) else changed"

    def _call(self, node: Node) -> list[str]:
        """A call, after lines that give up if there is only a stand-in for a fact, which the function does not take.

        What its annotation says of a fact is not relied on: a plan for the clauses that found another type has given up too.
        """
        lines: list[str] = []
        settled: set[str] = set()
        arguments = []
        for name, admitted in zip(node.params, node.admits, strict=True):
            if name in self.edition.settings:
                arguments.append(self.source.named(f"setting_{name}", self.edition.settings[name]))
            elif name == AS_OF and name in self.computed:
                arguments.append("moment")
            elif name in self.computed or admitted or self._is_pool(name):
                lines += self._given(name, UNSETTLED_TYPES - admitted)
                arguments.append(f"given_{name}")
            else:
                settled.add(name)
                arguments.append(f"there[{name!r}]")
        if settled:
            names = self.source.named("settled", frozenset(settled))
            lines = [f"if not unsettled.isdisjoint({names}):", "    return unsure", *lines]
        call = self.source.named(f"call_{node.name}", node.function)
        return [*lines, f"{_now(node.name)} = {call}({', '.join(arguments)})"]

    def _given(self, name: str, stops: frozenset[type]) -> list[str]:
        """Lines that have a fact at hand as an argument: the proofs that count, if it is a pool with none pending."""
        place = f"given_{name}"
        lines = [f"{place} = {self._value(name)}"]
        if self._is_pool(name) and EvidencePool in stops:
            lines += [f"if type({place}) is pool_type and not {place}.pending:", f"    {place} = {place}.standing"]
        return [*lines, f"if type({place}) in {self.source.named('stops', stops)}:", "    return unsure"]

    def _value(self, name: str) -> str:
        """The value of a fact at the later moment."""
        was = f"there[{name!r}]"
        if name in self.conditional:
            return f"{_now(name)} if {_is_new(name)} else {was}"
        return _now(name) if name in self.computed else was

    def _is_pool(self, name: str) -> bool:
        node = self.edition.nodes.get(name)
        return node is not None and EvidencePool in map(plain_type, members(hints(node.function)["return"]))

    def _add(self, *lines: str) -> None:
        self.source.add(*[f"    {line}" for line in lines])


def _now(name: str) -> str:
    return f"the_{name}"


def _is_new(name: str) -> str:
    return f"is_new_{name}"
