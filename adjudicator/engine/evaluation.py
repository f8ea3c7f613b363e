"""Weighing: what a function comes to when some of its facts are not plainly known.

Facts are worked out when they are first asked for. One that is not known is tried in every value that it could take: where all of
them give the same answer, that is the answer; else what is asked for is what makes the difference. Where that would take more than
:data:`MOST_COMBINATIONS`, nothing is tried: the function is open, and all of it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final, TypeAlias, TypeVar

from attrs import frozen

from adjudicator.engine.branches import Branch, Branches, agree, assumed_by_all, values_of
from adjudicator.engine.clause import UNSETTLED, Node
from adjudicator.engine.policy import Edition
from adjudicator.engine.sameness import same
from adjudicator.model.facts import Ask, EvidencePool, Failed, Open, Repairable

T = TypeVar("T")

MOST_COMBINATIONS: Final = 4096
"""In how many combinations of what is not known a function is tried at most."""

Memory: TypeAlias = dict[Hashable, Any]
"""What was worked out before. Whoever asks about many cases that differ a little hands in one, and lets go of it afterwards."""


@frozen(cache_hash=True)
class Counted:
    """That some pending documents count, which all say the same of a fact; it is assumed of each group of them, or not."""

    fact: str
    says: Any
    evidence: tuple[str | None, ...]


@frozen(eq=False)
class EarlierFacts:
    """The facts of a subject as they were worked out before, and which of them were no plain values."""

    values: Mapping[str, Any]
    unsettled: frozenset[str]


class Facts(dict[str, Any]):
    """The facts of one subject, by name: those that clauses rest on, and the others when they are first asked for.

    ``unsettled`` are those that are not plain values, ``unknown`` the facts of the case that someone can still supply. What a
    function came to on facts that are not plainly known is taken from the ``memory``, if there is one, and put there.
    """

    def __init__(self, edition: Edition, subject: Any, memory: Memory | None = None) -> None:
        super().__init__(edition.settings)
        self._memory = memory
        read = {fact.name: fact.read(subject) for fact in edition.read_always}
        self.update(read)
        self._nodes = edition.nodes
        self._handed = edition.handed
        self._leaves = edition.case_kind.glossary.facts
        self._subject = subject
        self.unsettled = {name for name, value in read.items() if type(value) in _NOT_PLAIN}
        self.unknown = frozenset([name for name in self.unsettled if type(read[name]) is Open])

    def __missing__(self, name: str) -> Any:
        if name in self._nodes:
            self.work_out((self._nodes[name],))
            return self[name]
        self[name] = value = self._leaves[name].read(self._subject)
        if type(value) in _NOT_PLAIN:
            self.unsettled.add(name)
        return value

    def work_out(self, nodes: Iterable[Node]) -> None:
        """Call some functions, each after all that it asks for, or try them on every value that their facts could take."""
        unsettled = self.unsettled
        for node in nodes:
            values = node.arguments(self)
            if unsettled.isdisjoint(node.params):
                value = node.function(*values)
            else:
                value = self._tried(node, values)
            self[node.name] = value
            if type(value) in _NOT_PLAIN:
                unsettled.add(node.name)

    def kept(self) -> EarlierFacts:
        """These facts as they are now."""
        return EarlierFacts(dict(self), frozenset(self.unsettled))

    def work_out_changed(self, nodes: Iterable[Node], before: EarlierFacts, changed: set[str]) -> None:
        """The same as :meth:`work_out`, where some facts have ``changed`` against those of ``before``; functions that changed join them.

        A function is only called if one of its own facts has changed.
        """
        for node in nodes:
            name = node.name
            if changed.isdisjoint(node.params):
                self[name] = before.values[name]
                if name in before.unsettled:
                    self.unsettled.add(name)
            else:
                self.work_out((node,))
                if not same(self[name], before.values[name]):
                    changed.add(name)

    def _tried(self, node: Node, values: tuple[Any, ...]) -> Any:
        """What a function comes to, or came to when all that it rests on in the end was the same.

        Not: when ``values`` were the same. Those that a policy makes can be equal and differ in what it leaves out of comparison.
        """
        if self._memory is None:
            return _tried(node, values)
        key = (node.function, self._handed[node.name](self))
        return remembered(self._memory, key, partial(_tried, node, values))


def remembered(memory: Memory | None, key: Hashable, make: Callable[[], T]) -> T:
    """What was made for a key before; made now where nothing was, or where nothing can be remembered by it."""
    if memory is None:
        return make()
    try:
        found: T = memory.get(key, _NOTHING)
    except TypeError:  # a fact is of a type that can be changed
        return make()
    if found is _NOTHING:
        memory[key] = found = make()
    return found


_NOTHING: Final[Any] = object()
_NOT_PLAIN: Final = UNSETTLED | {Branches}
_NOT_TAKEN: Final = object()


def _tried(node: Node, values: tuple[Any, ...]) -> Any:
    taken = tuple(map(_as_it_is, values, node.admits))
    return _weighed(node, values) if _NOT_TAKEN in taken else node.function(*taken)


def _as_it_is(value: Any, admitted: frozenset[type]) -> Any:
    """What a function is given for a fact that need not be tried in several values."""
    if type(value) not in _NOT_PLAIN or type(value) in admitted:
        return value
    return value.standing if type(value) is EvidencePool and not value.pending else _NOT_TAKEN


def _weighed(node: Node, values: tuple[Any, ...]) -> Any:
    """Call a function on every combination of the values that its facts could take, unless there are too many."""
    asks: dict[Hashable, tuple[Ask, ...]] = {}
    combined = [Branch({}, ())]
    for name, value, admitted in node.given(values):
        if _number_of_options(value, admitted) > MOST_COMBINATIONS:
            return _too_many(node, values)
        pairs = _agreeing(combined, tuple(_options(name, value, admitted, asks)))
        if len(pairs) > MOST_COMBINATIONS:
            return _too_many(node, values)
        combined = [
            Branch({**so_far.assuming, **option.assuming}, (*so_far.value, option.value)) for so_far, option in pairs
        ]
    results = tuple(Branch(each.assuming, _called(node, each.value)) for each in combined)
    first = results[0].value
    return first if all(each.value == first for each in results) else Branches(results, asks)


def _number_of_options(value: Any, admitted: frozenset[type]) -> int:
    """In how many values a fact would be tried, counted only as far as it makes a difference."""
    if type(value) is Branches and admitted:
        value = value.answer
    if type(value) is Branches:
        number = 0
        for branch in value.branches:
            number += _number_of_options(branch.value, admitted)
            if number > MOST_COMBINATIONS:
                break
        return number
    if type(value) is EvidencePool and EvidencePool not in admitted:
        return 1 << len({pending.says for pending in value.pending})
    return max(1, len(value.could_be)) if type(value) is Open and Open not in admitted else 1


def _agreeing(combined: Sequence[Branch], options: Sequence[Branch]) -> list[tuple[Branch, Branch]]:
    """The branches of two facts that can be assumed together, in order; if there are too many, only just too many of them."""
    on = assumed_by_all((*combined, *options))
    assumed = values_of(on)
    matching: dict[Hashable, list[Branch]] = {}
    for option in options:
        matching.setdefault(assumed(option.assuming), []).append(option)
    pairs = (
        (so_far, option)
        for so_far in combined
        for option in matching.get(assumed(so_far.assuming), ())
        if agree(option.assuming, so_far.assuming)
    )
    return list(islice(pairs, MOST_COMBINATIONS + 1))


def _too_many(node: Node, values: tuple[Any, ...]) -> Any:
    """What a function comes to that would have to be tried in too many combinations: open, until all of it is known.

    Where one of its facts is known to defeat, it fails in each of them.
    """
    stopping = [value for _, value, admitted in node.given(values) if type(value) not in admitted]
    for value in stopping:
        if type(value) is Failed:
            return value
    changes = [each.changes_at for each in stopping if type(each) is Open and each.changes_at is not None]
    asks = tuple(dict.fromkeys(ask for value in stopping for ask in _asks_of(value)))
    return Open(asks, "pending", changes_at=min(changes, default=None))


def _asks_of(value: Any) -> Iterator[Ask]:
    """Everything that would settle a fact."""
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


def _called(node: Node, values: tuple[Any, ...]) -> Any:
    """The result of a function, or what keeps it from being called."""
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
    """The values that a fact could take where a function asks for it."""
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
    """What stands, with every choice of the pending documents beside it; those that say the same are one choice."""
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
