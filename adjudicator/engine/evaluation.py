"""Evaluation: the results of functions, also while some facts are unknown.

A fact is evaluated when something first asks for it. For an unknown fact the engine tries every possible value. If all give the
same answer, that is the answer; else the engine asks for what makes the difference. Beyond :data:`MOST_COMBINATIONS` it tries
nothing: the function is open, and the engine asks for everything that is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import islice
from typing import Any, Final, TypeAlias, TypeVar

from attrs import frozen

from adjudicator.engine.branches import Branch, Branches, agree, identities, in_all, unknowns_of, values_of
from adjudicator.engine.clause import UNSETTLED, Node
from adjudicator.engine.policy import Edition
from adjudicator.engine.sameness import same
from adjudicator.model.facts import Ask, EvidencePool, Fact, Failed, Open, Repairable

T = TypeVar("T")

MOST_COMBINATIONS: Final = 4096
"""The most combinations of unknown values that the engine tries for one function."""

MOST_KEPT: Final = 4096
"""The number of sets of changed facts for which the affected functions are kept."""

Memory: TypeAlias = dict[Hashable, Any]
"""Earlier results. Pass the same one for many similar cases, and drop it afterwards."""


@frozen(cache_hash=True)
class Counted:
    """The assumption that a group of pending documents counts, all of which say the same about a fact."""

    fact: str
    says: Any
    evidence: tuple[str | None, ...]


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


class Facts(dict[str, Any]):
    """The facts of one subject by name: those behind clauses at once, others when you first ask for them.

    ``unsettled`` names those that are not plain values, ``unknown`` the facts of the case that someone can still supply. A
    ``memory`` keeps the results of functions whose facts were unsettled; then each such fact has to be here before it is used.
    """

    def __init__(self, edition: Edition, subject: Any, memory: Memory | None = None) -> None:
        super().__init__(edition.settings)
        self._memory = memory
        self._edition = edition
        self.subject = subject
        self.unsettled: set[str] = set()
        self.unknown: frozenset[str] = frozenset()

    @property
    def is_remembered(self) -> bool:
        """Whether there is a memory."""
        return self._memory is not None

    def __missing__(self, name: str) -> Any:
        node = self._edition.nodes.get(name)
        if node is not None:
            self.evaluate((node,))
            return self[name]
        self[name] = value = self._edition.case_kind.glossary.facts[name].read(self.subject)
        if type(value) in UNSETTLED_TYPES:
            self.unsettled.add(name)
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
                self.unsettled.add(node.name)

    def judged_earlier(self, may_differ: Iterable[Fact]) -> EarlierFacts:
        """These facts, for a later judgement of the same subject."""
        always, elsewhere = self._edition.always, self._edition.case_kind.outcome_facts
        values = {name: self[name] for name in always}
        known = {name: self[name] for name in elsewhere if name in self}
        return EarlierFacts(self.subject, values, known, frozenset(self.unsettled.intersection(always)), may_differ)

    @property
    def may_differ_later(self) -> Sequence[Fact]:
        """The facts behind clauses that are read from the moment of the decision, or may suppose that moment while unknown."""
        edition = self._edition
        if not self.unknown:
            return edition.read_from_the_moment
        return (*edition.read_from_the_moment, *[fact for fact in edition.read_always if fact.name in self.unknown])

    def are_as_unknown_for(self, subject: Any) -> bool:
        """Whether the facts of the case that are unknown are the same for the same subject at a later moment."""
        facts = self._edition.case_kind.glossary.facts
        return all(same(facts[name].read(subject), self[name]) for name in self.unknown)

    def changed_for(self, subject: Any, memory: Memory) -> set[str]:
        """The names of the facts behind clauses that would be others for the same subject at a later moment."""
        later = Facts(self._edition, subject, memory)
        later.update(self)
        later.unsettled = set(self.unsettled)
        return later._change(self.may_differ_later, set())

    def evaluate_changed(self, before: EarlierFacts, known: Mapping[str, Any]) -> set[str]:
        """Have what :meth:`read` and :meth:`evaluate` would give, but call only functions with a changed fact.

        ``known`` are facts computed elsewhere. Returns the names of all facts that changed.
        """
        self.update(before.values)
        self.unsettled = set(before.unsettled)
        changed = {name for name, value in known.items() if not same(value, before.known[name])}
        self.update(known)
        self._change(_read_again(self._edition, self.subject, before), changed)
        self._note_unknown()
        return changed

    def _change(self, may_differ: Iterable[Fact], changed: set[str]) -> set[str]:
        """Read these facts again, and call the functions behind clauses that have a changed one. Adds the names of what changed."""
        subject = self.subject
        for fact in may_differ:
            value, was = fact.read(subject), self[fact.name]
            if value is not was and not same(value, was):
                self._put(fact.name, value, changed)
        for node in affected(self._edition, frozenset(changed)):
            if not changed.isdisjoint(node.params):
                value, was = self._result(node), self[node.name]
                if value is not was and not same(value, was):
                    self._put(node.name, value, changed)
        return changed

    def _put(self, name: str, value: Any, changed: set[str]) -> None:
        """Have another value for a fact, and note its name."""
        changed.add(name)
        self[name] = value
        (self.unsettled.add if type(value) in UNSETTLED_TYPES else self.unsettled.discard)(name)

    def _note_unknown(self) -> None:
        facts = self._edition.case_kind.glossary.facts
        self.unknown = frozenset([name for name in self.unsettled if name in facts and type(self[name]) is Open])

    def _result(self, node: Node) -> Any:
        values = node.arguments(self)
        if self.unsettled.isdisjoint(node.params):
            return node.function(*values)
        return self.evaluate_unsettled(node, values)

    def evaluate_unsettled(self, node: Node, values: tuple[Any, ...]) -> Any:
        """The result of a function, from memory if all inputs behind it are the same.

        Comparing ``values`` would not do: values of a policy's own classes can be equal and still differ in fields that are
        left out of comparison.
        """
        if self._memory is None:
            return _evaluate(node, values)
        key = (node.function, self._edition.handed[node.name](self))
        return remembered(self._memory, key, partial(_evaluate, node, values))


def _read_again(edition: Edition, subject: Any, before: EarlierFacts) -> Iterable[Fact]:
    """The facts of the case that can be others than before. A subject that can tell which parts of its case differ saves the others."""
    parts_unlike = getattr(subject, "parts_unlike", None)
    if parts_unlike is None or before.may_differ is not edition.read_always:
        return before.may_differ
    return _read_from(edition, parts_unlike(before.subject))


@lru_cache(maxsize=MOST_KEPT)
def _read_from(edition: Edition, parts: frozenset[str]) -> tuple[Fact, ...]:
    """The facts behind the clauses that are read from these parts of a case, or from none that is stated."""
    return tuple(fact for fact in edition.read_always if not fact.pointers or not parts.isdisjoint(fact.parts))


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
UNSETTLED_TYPES: Final = UNSETTLED | {Branches}
_NOT_DIRECT: Final = object()


def _evaluate(node: Node, values: tuple[Any, ...]) -> Any:
    arguments = tuple(map(_direct_argument, values, node.admits))
    return _call_on_every_value(node, values) if _NOT_DIRECT in arguments else node.function(*arguments)


def _direct_argument(value: Any, admitted: frozenset[type]) -> Any:
    """The argument for a fact that has a single value; ``_NOT_DIRECT`` if there may be several."""
    if type(value) not in UNSETTLED_TYPES or type(value) in admitted:
        return value
    return value.standing if type(value) is EvidencePool and not value.pending else _NOT_DIRECT


def _call_on_every_value(node: Node, values: tuple[Any, ...]) -> Any:
    """Call a function with every combination of possible values, unless there are too many."""
    asks: dict[Hashable, tuple[Ask, ...]] = {}
    arguments = list(values)
    places: list[int] = []
    combined = [Branch({}, ())]
    for place, (name, value, admitted) in enumerate(node.given(values)):
        if _option_count(value, admitted) > MOST_COMBINATIONS:
            return _open_for_everything(node, values)
        options = tuple(_options(name, value, admitted, asks))
        if len(options) == 1 and not options[0].assuming:
            arguments[place] = options[0].value
            continue
        pairs = _compatible(combined, options)
        if len(pairs) > MOST_COMBINATIONS:
            return _open_for_everything(node, values)
        places.append(place)
        combined = [
            Branch({**so_far.assuming, **option.assuming}, (*so_far.value, option.value)) for so_far, option in pairs
        ]
    results = tuple(_called_for_each(node, arguments, places, combined))
    first = results[0].value
    return first if all(each.value == first for each in results) else Branches(results, asks)


def _called_for_each(
    node: Node, arguments: list[Any], places: Sequence[int], combined: Iterable[Branch]
) -> Iterator[Branch]:
    """The result of a function with each combination of values in some places; it is called once for the same objects."""
    results: dict[tuple[int, ...], Any] = {}
    for assuming, values in combined:
        same_objects = identities(values)
        result = results.get(same_objects, _NOTHING)
        if result is _NOTHING:
            for place, value in zip(places, values, strict=True):
                arguments[place] = value
            results[same_objects] = result = _call(node, tuple(arguments))
        yield Branch(assuming, result)


def _option_count(value: Any, admitted: frozenset[type]) -> int:
    """The number of possible values of a fact; counting stops beyond :data:`MOST_COMBINATIONS`."""
    if type(value) is Branches and admitted:
        value = value.answer
    if type(value) is Branches:
        count = 0
        for branch in value.branches:
            count += _option_count(branch.value, admitted)
            if count > MOST_COMBINATIONS:
                break
        return count
    if type(value) is EvidencePool and EvidencePool not in admitted:
        return 1 << len({pending.says for pending in value.pending})
    return max(1, len(value.could_be)) if type(value) is Open and Open not in admitted else 1


def _compatible(combined: Sequence[Branch], options: Sequence[Branch]) -> list[tuple[Branch, Branch]]:
    """The pairs of branches with compatible assumptions, in order; at most one more than :data:`MOST_COMBINATIONS`."""
    before, new = unknowns_of(combined), unknowns_of(options)
    shared = in_all(before | new)
    assumed = values_of(shared)
    agree_already = set().union(*before) & set().union(*new) == set(shared)
    matching = defaultdict[Hashable, list[Branch]](list)
    for option in options:
        matching[assumed(option.assuming)].append(option)
    pairs = (
        (so_far, option)
        for so_far in combined
        for option in matching[assumed(so_far.assuming)]
        if agree_already or agree(option.assuming, so_far.assuming)
    )
    return list(islice(pairs, MOST_COMBINATIONS + 1))


def _open_for_everything(node: Node, values: tuple[Any, ...]) -> Any:
    """The result of a function with too many combinations: open, asking for everything unknown.

    If one of its facts has failed, the function fails in every combination.
    """
    stopping = [value for _, value, admitted in node.given(values) if type(value) not in admitted]
    for value in stopping:
        if type(value) is Failed:
            return value
    changes = [each.changes_at for each in stopping if type(each) is Open and each.changes_at is not None]
    asks = tuple(dict.fromkeys(ask for value in stopping for ask in _asks_of(value)))
    return Open(asks, "pending", changes_at=min(changes, default=None))


def _asks_of(value: Any) -> Iterator[Ask]:
    """Every ask that would help to settle a fact."""
    if type(value) is Open:
        yield from value.asks
    elif type(value) is Repairable:
        yield value.ask
    elif type(value) is EvidencePool:
        yield from (ask for pending in value.pending for ask in pending.asks)
    elif type(value) is Branches:
        yield from (ask for asks in value.asks.values() for ask in asks)
        for branch in value.branches:
            yield from _asks_of(branch.value)


def _call(node: Node, values: tuple[Any, ...]) -> Any:
    """The result of a function, or the unsettled fact that keeps the engine from calling it."""
    if UNSETTLED.isdisjoint(map(type, values)):
        return node.function(*values)
    stopping = [
        value for _, value, admitted in node.given(values) if type(value) in UNSETTLED and type(value) not in admitted
    ]
    if not stopping:
        return node.function(*values)
    for kind in (Failed, Repairable):
        for value in stopping:
            if type(value) is kind:
                return value
    opens = [value for value in stopping if type(value) is Open]
    if len(opens) < 2:
        return (opens or stopping)[0]
    changes = [each.changes_at for each in opens if each.changes_at is not None]
    return Open(
        tuple(dict.fromkeys(ask for each in opens for ask in each.asks)),
        opens[0].because,
        changes_at=min(changes, default=None),
    )


def _options(
    name: str, value: Any, admitted: frozenset[type], asks: dict[Hashable, tuple[Ask, ...]]
) -> Iterator[Branch]:
    """The possible values of a fact, each with its assumptions."""
    if type(value) is Branches and admitted:
        value = value.answer
    if type(value) is Branches:
        asks.update(value.asks)
        for branch in value.branches:
            for option in _options(name, branch.value, admitted, asks):
                yield Branch({**branch.assuming, **option.assuming}, option.value)
    elif type(value) is EvidencePool and EvidencePool not in admitted:
        yield from _completions(name, value, asks)
    elif type(value) is Open and value.could_be and Open not in admitted:
        asks[name] = value.asks
        yield from (Branch({name: each}, each) for each in value.could_be)
    else:
        yield Branch({}, value)


def _completions(name: str, pool: EvidencePool[Any], asks: dict[Hashable, tuple[Ask, ...]]) -> Iterator[Branch]:
    """The proofs that count, with each selection of pending ones; those that say the same count together or not at all."""
    groups: dict[Any, list[Ask]] = {}
    for pending in pool.pending:
        groups.setdefault(pending.says, []).extend(pending.asks)
    chosen = [Branch({}, pool.standing)]
    for says, group in groups.items():
        key = Counted(name, says, tuple([ask.evidence_id for ask in group]))
        asks[key] = tuple(group)
        chosen = [
            Branch({**so_far.assuming, key: counts}, (*so_far.value, says) if counts else so_far.value)
            for so_far in chosen
            for counts in (False, True)
        ]
    yield from chosen
