"""Evaluation: the results of functions, also while some facts are unknown.

A fact is evaluated when something first asks for it; for an unknown one, every possible value is tried
(:mod:`adjudicator.engine.combinations`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Final, TypeAlias, TypeVar

from attrs import field, frozen

from adjudicator.engine.branches import UNSETTLED_TYPES, Branches
from adjudicator.engine.clause import Node
from adjudicator.engine.combinations import NOT_AT_ONCE, result_at_once, result_for_all
from adjudicator.engine.kept_results import kept_results
from adjudicator.engine.policy import MOMENT, MOST_EDITIONS, Edition
from adjudicator.engine.sameness import same, same_but_for_what_was_tried
from adjudicator.model.facts import Fact, Open

T = TypeVar("T")

MOST_KEPT: Final = 4096
"""The number of sets of changed facts for which the affected functions are kept."""

Memory: TypeAlias = dict[Hashable, Any]
"""Earlier results. Pass the same one for many similar cases, and drop it afterwards."""


@frozen(eq=False)
class EarlierFacts:
    """The facts of a subject when it was judged earlier: those behind clauses, and those computed elsewhere (``known``).

    ``unsettled`` names those that were not plain values; ``may_differ`` are the facts of the case that can be others now.
    """

    subject: Any
    values: Mapping[str, Any]
    known: Mapping[str, Any]
    unsettled: frozenset[str]
    may_differ: Iterable[Fact]


@frozen(eq=False)
class Further:
    """What is evaluated for a subject besides its clauses: other facts of the case, and functions after those that they ask for."""

    facts: tuple[Fact, ...] = ()
    nodes: tuple[Node, ...] = ()
    names: tuple[str, ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        names = (*[fact.name for fact in self.facts], *[node.name for node in self.nodes])
        object.__setattr__(self, "names", names)


NOTHING_FURTHER: Final = Further()


class Facts(Mapping[str, Any]):
    """The facts of one subject by name: those behind clauses at once, others when you first ask for them.

    ``found`` are those that there are, the settings of the edition among them: a plain dictionary, from which many are taken at once.
    ``unsettled`` names those that are not plain values, ``unknown`` the facts of the case that someone can still supply. A
    ``memory`` keeps the results of functions whose facts were unsettled; then each such fact has to be here before it is used.
    """

    __slots__ = ("_edition", "_memory", "_tried_others", "found", "is_remembered", "subject", "unknown", "unsettled")

    _tried_others: set[str]
    """The facts that are the same, except for the values that were tried for what is unknown; there once they are compared with others."""

    def __init__(self, edition: Edition, subject: Any, memory: Memory | None = None) -> None:
        self._memory = memory
        self._edition = edition
        self.subject = subject
        self.is_remembered = memory is not None
        self.unsettled = self.unknown = _NONE
        self.found: dict[str, Any] = {**edition.settings}

    def __getitem__(self, name: str) -> Any:
        found = self.found
        return found[name] if name in found else self._find(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self.found[name] = value

    def __contains__(self, name: object) -> bool:
        return name in self.found

    def __iter__(self) -> Iterator[str]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def update(self, values: Mapping[str, Any]) -> None:
        """Add facts, or replace them."""
        self.found.update(values)

    def _find(self, name: str) -> Any:
        node = self._edition.nodes.get(name)
        if node is not None:
            self.evaluate((node,))
            return self[name]
        self[name] = value = self._edition.case_kind.glossary.facts[name].read(self.subject)
        if type(value) in UNSETTLED_TYPES:
            self.unsettled |= {name}
        return value

    def read(self) -> None:
        """Read the facts of the case behind the clauses."""
        values = {fact.name: fact.read(self.subject) for fact in self._edition.read_always}
        self.update(values)
        self.unsettled |= {name for name, value in values.items() if type(value) in UNSETTLED_TYPES}
        self._note_unknown()

    def evaluate(self, nodes: Iterable[Node]) -> None:
        """Evaluate functions in this order; for unsettled facts, with every value that they could take."""
        for node in nodes:
            self[node.name] = value = self._result(node)
            if type(value) in UNSETTLED_TYPES:
                self.unsettled |= {node.name}

    def judged_earlier(self, may_differ: Iterable[Fact]) -> EarlierFacts:
        """These facts, for a later judgement of the same subject."""
        always, elsewhere = self._edition.always, self._edition.case_kind.outcome_facts
        values = {name: self[name] for name in (*self._edition.settings, *always)}
        known = {name: self[name] for name in elsewhere if name in self}
        return EarlierFacts(self.subject, values, known, self.unsettled.intersection(always), may_differ)

    @property
    def may_differ_later(self) -> Sequence[Fact]:
        """The facts behind clauses that are read from the moment of the decision, or may suppose that moment while unknown."""
        edition = self._edition
        return (*edition.read_from_the_moment, *self._may_be_otherwise_unknown())

    def are_as_unknown_for(self, subject: Any) -> bool:
        """Whether the facts of the case that are unknown are the same for the same subject at a later moment."""
        return all(same(fact.read(subject), self[fact.name]) for fact in self._may_be_otherwise_unknown())

    def _may_be_otherwise_unknown(self) -> list[Fact]:
        """The unknown facts whose possible values may suppose the moment."""
        unknown = self.unknown
        return [fact for fact in _may_suppose_the_moment(self._edition) if fact.name in unknown] if unknown else []

    def later(self, subject: Any, further: Further = NOTHING_FURTHER) -> tuple[Facts, set[str]]:
        """The facts behind clauses and ``further`` ones, for the same subject at a later moment, and the names of those that changed.

        Only functions with a changed fact are called. Facts computed elsewhere stay as they are.
        """
        elsewhere = [name for name in self._edition.case_kind.outcome_facts if name in self]
        names, found = (*self._edition.always, *further.names, *elsewhere), self.found
        for name in further.names:
            if name not in found:
                self._find(name)
        later = Facts(self._edition, subject)
        later.found.update(zip(names, map(found.__getitem__, names), strict=True))
        later.unsettled = self.unsettled.intersection(names)
        later._tried_others = set()
        changed: set[str] = set()
        others = [
            each
            for each in further.facts
            if MOMENT in each.pointers or (each.name in self.unsettled and not each.unknown)
        ]
        later._change((*self.may_differ_later, *others), changed)
        later._call_again(further.nodes, changed)
        later._note_unknown()
        return later, changed

    def evaluate_changed(self, before: EarlierFacts, known: Mapping[str, Any]) -> set[str]:
        """Have what :meth:`read` and :meth:`evaluate` would give, but call only functions with a changed fact.

        ``known`` are facts computed elsewhere. Returns the names of all facts that changed.
        """
        self.update(before.values)
        self.unsettled = before.unsettled
        self._tried_others = set()
        changed = {name for name, value in known.items() if not same(value, before.known[name])}
        self.update(known)
        self._change(_read_again(self._edition, self.subject, before), changed)
        self._note_unknown()
        return changed

    def _change(self, may_differ: Iterable[Fact], changed: set[str]) -> set[str]:
        """Read these facts again, and call the functions behind clauses that have a changed one. Adds the names of what changed."""
        for fact in may_differ:
            self._replace(fact.name, fact.read(self.subject), changed)
        self._call_again(affected(self._edition, frozenset(changed)), changed)
        return changed

    def _call_again(self, nodes: Iterable[Node], changed: set[str]) -> None:
        """Call the functions that have a changed fact, in this order.

        If only other values were tried for what is unknown behind its facts, a function need not be called.
        """
        for node in nodes:
            if not changed.isdisjoint(node.params):
                self._replace(node.name, self._result(node), changed)
            elif not self._tried_others.isdisjoint(node.params):
                self._have_tried(node, changed)

    def _have_tried(self, node: Node, changed: set[str]) -> None:
        """Have a result of which the facts are the same, except for the values that were tried."""
        was = self[node.name]
        if type(was) is Branches and was.tried is None:
            self._replace(node.name, self._result(node), changed)
        elif type(was) is Branches:
            facts = [self[name] for name in self._tried_others.intersection(node.params)]
            self[node.name] = was.having_tried({key: of for each in facts for key, of in (each.tried or {}).items()})
            self._tried_others.add(node.name)

    def _replace(self, name: str, value: Any, changed: set[str]) -> None:
        """Have this value for a fact. If it is another one, note the name."""
        was = self[name]
        if value is was:
            return
        if type(value) is Branches and type(was) is Branches and same_but_for_what_was_tried(value, was):
            self[name] = value
            if not same(value.tried, was.tried):
                self._tried_others.add(name)
        elif not same(value, was):
            changed.add(name)
            self[name] = value
            self.unsettled = self.unsettled | {name} if type(value) in UNSETTLED_TYPES else self.unsettled - {name}

    def _note_unknown(self) -> None:
        facts = self._edition.case_kind.glossary.facts
        self.unknown = frozenset([name for name in self.unsettled if name in facts and type(self[name]) is Open])

    def _result(self, node: Node) -> Any:
        try:
            values = node.arguments(self.found)
        except KeyError:  # a fact is not there yet
            values = node.arguments(self)
        if self.unsettled.isdisjoint(node.params):
            return node.function(*values)
        return self.evaluate_unsettled(node, values)

    def evaluate_unsettled(self, node: Node, values: tuple[Any, ...]) -> Any:
        """The result of a function; if values are tried for unknown facts, from memory where all inputs behind it are the same.

        Comparing ``values`` would not do: values of a policy's own classes can be equal and still differ in fields that are
        left out of comparison.
        """
        return kept_results(self._edition).result(node, values, self._result_of_trying)

    def _result_of_trying(self, node: Node, values: tuple[Any, ...]) -> Any:
        if self._memory is None:
            return result_for_all(node, values)
        result = result_at_once(node, values)
        if result is not NOT_AT_ONCE:
            return result
        key = (node.function, self._edition.handed[node.name](self))
        return remembered(self._memory, key, partial(result_for_all, node, values))


def _read_again(edition: Edition, subject: Any, before: EarlierFacts) -> Iterable[Fact]:
    """The facts of the case that can be others than before. A subject that can tell which parts of its case differ saves the others."""
    parts_unlike = getattr(subject, "parts_unlike", None)
    if parts_unlike is None or before.may_differ is not edition.read_always:
        return before.may_differ
    return _read_from(edition, parts_unlike(before.subject))


@lru_cache(maxsize=MOST_EDITIONS)
def _may_suppose_the_moment(edition: Edition) -> tuple[Fact, ...]:
    """The facts behind the clauses that could be other values at another moment, while they are unknown."""
    return tuple(fact for fact in edition.read_always if not fact.unknown)


@lru_cache(maxsize=MOST_KEPT)
def _read_from(edition: Edition, parts: frozenset[str]) -> tuple[Fact, ...]:
    """The facts behind the clauses that are read from these parts of a case, or from none that is stated."""
    return tuple(
        fact for fact in edition.read_always if (read_from := fact.parts) is None or not parts.isdisjoint(read_from)
    )


@lru_cache(maxsize=MOST_KEPT)
def affected(edition: Edition, changed: frozenset[str]) -> tuple[Node, ...]:
    """The functions behind clauses whose result may differ if these facts do, in order."""
    reached = set(changed)
    nodes = []
    for node in edition.judged_always:
        if not reached.isdisjoint(node.params):
            reached.add(node.name)
            nodes.append(node)
    return tuple(nodes)


def remembered(memory: Memory | None, key: Hashable, make: Callable[[], T]) -> T:
    """The remembered value for a key; else make it, and remember it if the key is hashable."""
    if memory is None:
        return make()
    try:
        value: T = memory.get(key, _NOTHING)
    except TypeError:  # a fact is mutable
        return make()
    if value is _NOTHING:
        memory[key] = value = make()
    return value


_NOTHING: Final[Any] = object()
_NONE: Final[frozenset[str]] = frozenset()
