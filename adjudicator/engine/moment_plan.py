"""Plans for a later moment: whether a subject is judged alike then, as one straight function made from signatures.

Most decisions stay as they are while time passes. To say so, a plan reads again the facts that change with time, and calls the
functions behind clauses that ask for one, as long as their results differ. What is unknown has to be the same then, and nothing is
tried: in doubt it leaves the question to :meth:`~adjudicator.engine.evaluation.Facts.changed_for`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

from attrs import Factory, frozen

from adjudicator.engine.clause import Node
from adjudicator.engine.evaluation import UNSETTLED_TYPES, Facts, affected
from adjudicator.engine.policy import MOST_EDITIONS, Edition
from adjudicator.engine.sameness import COMPARED_BY_EQUALITY, same
from adjudicator.model.facts import EvidencePool, Fact
from adjudicator.model.source import Source

MomentPlan: TypeAlias = Callable[[Facts, Any], bool | None]
"""Takes facts judged earlier and the same subject later; says whether all that matters is the same, ``None`` if in doubt."""


@lru_cache(maxsize=MOST_EDITIONS)
def moment_plan(edition: Edition) -> MomentPlan:
    """The plan of an edition."""
    return moment_source(edition).made("plan")


def moment_source(edition: Edition) -> Source:
    """The source of the plan of an edition."""
    source = Source(f"the plan for later moments of {edition.policy} {edition.name}, revision {edition.revision}")
    source.values.update(same=same, plain=COMPARED_BY_EQUALITY, pool_type=EvidencePool)
    writer = _Writer(edition, source)
    source.add("def plan(facts, subject):")
    for fact in edition.read_from_the_moment:
        writer.read(fact)
    for node in affected(edition, frozenset(fact.name for fact in edition.read_from_the_moment)):
        writer.call(node)
    source.add("    return True")
    return source


@frozen(eq=False)
class _Writer:
    """Writes the plan. Those ``computed`` have a value of the later moment, and a variable that says whether it is another one.

    A decisive fact ends the plan where it is another one, so that what is computed from it needs no second look.
    """

    edition: Edition
    source: Source
    computed: set[str] = Factory(set)

    def read(self, fact: Fact) -> None:
        """Read a fact of the case."""
        name = fact.name
        self._add(f"the_{name}, was = {self.source.named(f'read_{name}', fact.read)}(subject), facts[{name!r}]")
        self._compare(name)

    def call(self, node: Node) -> None:
        """Call a function if one of its facts is another one."""
        name, changed = node.name, [f"is_new_{each}" for each in node.params if each in self.computed]
        if not changed:
            return
        self._add(f"the_{name} = was = facts[{name!r}]", f"if {' or '.join(changed)}:")
        arguments = []
        for each, admitted in zip(node.params, node.admits, strict=True):
            lines, argument = self._argument(each, admitted)
            self._add(*[f"    {line}" for line in lines])
            arguments.append(argument)
        self._add(f"    the_{name} = {self.source.named(f'call_{name}', node.function)}({', '.join(arguments)})")
        self._compare(name)

    def _compare(self, name: str) -> None:
        """Tell whether a fact is another one; in doubt it is."""
        now = f"the_{name}"
        is_new = f"{now} is not was and not (type({now}) is type(was) and type(was) in plain and {now} == was)"
        if name in self.edition.decisive:
            self._add(f"if {is_new} and not same({now}, was):", "    return False")
        else:
            self.computed.add(name)
            self._add(f"is_new_{name} = {is_new}")

    def _argument(self, name: str, admitted: frozenset[type]) -> tuple[list[str], str]:
        """The argument for a parameter, after lines that give up if there is only a stand-in for it, which it does not take.

        What its annotation says of a fact is not relied on: a plan for the clauses that found another type has given up too.
        """
        if name in self.edition.settings:
            return [], self.source.named(f"setting_{name}", self.edition.settings[name])
        value = f"the_{name}" if name in self.computed else f"facts[{name!r}]"
        place, stops = f"given_{name}", UNSETTLED_TYPES - admitted
        lines = [f"{place} = {value}"]
        if name in self.edition.nodes and EvidencePool in stops:
            lines += [f"if type({place}) is pool_type and not {place}.pending:", f"    {place} = {place}.standing"]
        return [*lines, f"if type({place}) in {self.source.named('stops', stops)}:", "    return None"], place

    def _add(self, *lines: str) -> None:
        self.source.add(*[f"    {line}" for line in lines])
