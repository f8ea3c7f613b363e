"""Branches: what a fact comes to under different assumptions, and which answer they share."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from enum import Enum, auto
from functools import cached_property
from itertools import combinations_with_replacement
from math import inf
from operator import itemgetter
from typing import Any, Final

from attrs import frozen

from adjudicator.model.facts import Ask, Disputed, Failed, Holds, NotCovered, Open, Repairable
from adjudicator.model.time import Instant


@frozen
class Branch:
    """A value that a fact takes if some assumptions are made, each about one thing that is not known."""

    assuming: Mapping[Hashable, Any]
    value: Any


@frozen(eq=False)
class Branches:
    """A fact that comes out differently under different assumptions; ``asks`` are what would settle each of them."""

    branches: tuple[Branch, ...]
    asks: Mapping[Hashable, tuple[Ask, ...]]

    @cached_property
    def answer(self) -> Any:
        """The answer that all branches share, else what has to be asked."""
        return resolve(self)


def assumed_by_all(branches: Iterable[Branch]) -> tuple[Hashable, ...]:
    """What every one of some branches assumes something about."""
    first, *others = branches
    shared = dict.fromkeys(first.assuming)
    for other in others:
        if not shared:
            break
        shared = {key: None for key in shared if key in other.assuming}
    return tuple(shared)


def values_of(keys: tuple[Hashable, ...]) -> Callable[[Mapping[Hashable, Any]], Any]:
    """What takes out of assumptions those about some things."""
    return itemgetter(*keys) if keys else _nothing


def agree(one: Mapping[Hashable, Any], other: Mapping[Hashable, Any]) -> bool:
    """Whether two sets of assumptions can be made together."""
    return all(other.get(key, value) == value for key, value in one.items())


def resolve(branches: Branches) -> Any:
    """The answer that all branches share, else what has to be asked.

    Two ways of going to a person are one answer. Where no branch speaks for the claim, it is unproven if any leaves it unproven,
    whatever else is pending. The first branch assumes least: its answer stands for all that are of its kind, unless another does
    for a shorter time.
    """
    values = [each.value for each in branches.branches]
    kinds = {_kind(each) for each in values}
    if kinds <= _AGAINST:
        return next((each for each in values if type(each) is Open), values[0])
    if len(kinds) > 1:
        asks = tuple(dict.fromkeys(_asks_that_matter(branches)))
        return Open(asks, "pending", changes_at=_changes_at(branches, asks))
    return min(values, key=_lasts) if kinds <= _FOR_A_TIME else values[0]


class _Kind(Enum):
    """What an answer comes to, where it is no value."""

    UNPROVEN = auto()
    FAILS = auto()
    REPAIRABLE = auto()
    FOR_A_PERSON = auto()
    HOLDS = auto()


_AGAINST: Final = frozenset({_Kind.UNPROVEN, _Kind.FAILS})
_NOT_KNOWN_ANY_MORE: Final = Open(())
_FOR_A_TIME: Final = frozenset({_Kind.REPAIRABLE, _Kind.HOLDS})


def _kind(value: Any) -> Hashable:
    if type(value) is Open:
        return _Kind.FAILS if value.as_good_as_failed else _Kind.UNPROVEN
    if value is False or type(value) is Failed:
        return _Kind.FAILS
    if type(value) is Repairable:
        return _Kind.REPAIRABLE
    if type(value) in (Disputed, NotCovered):
        return _Kind.FOR_A_PERSON
    holds = value is True or type(value) is Holds
    answer: Hashable = _Kind.HOLDS if holds else value
    return answer


def _lasts(answer: Any) -> float:
    """Until when an answer lasts."""
    until = _until(answer)
    return inf if until is None else until


def _changes_at(branches: Branches, asks: tuple[Ask, ...]) -> Instant | None:
    """When time alone first changes what is asked for: once something that could be repaired fails, or what holds may not hold."""
    ends = {_until(each.value) for each in branches.branches}
    for end in sorted(end for end in ends if end is not None):
        then = tuple([Branch(each.assuming, _after(each.value, end)) for each in branches.branches])
        later = Branches(then, branches.asks)
        if len({_kind(each.value) for each in then}) == 1 or tuple(dict.fromkeys(_asks_that_matter(later))) != asks:
            return Instant(end + 1)
    return None


def _after(answer: Any, end: Instant) -> Any:
    until = _until(answer)
    if until is None or until > end:
        return answer
    return False if type(answer) is Repairable else _NOT_KNOWN_ANY_MORE


def _until(answer: Any) -> Instant | None:
    """The last instant at which an answer is certain to be the same, if time alone may change it."""
    if type(answer) is Repairable:
        return answer.until
    return Instant(answer.changes_at - 1) if type(answer) is Holds and answer.changes_at is not None else None


def _asks_that_matter(branches: Branches) -> Iterator[Ask]:
    """What would settle each assumption on which the answer turns, all others being equal."""
    for key in turning(branches):
        yield from branches.asks[key]


def turning(branches: Branches) -> Iterator[Hashable]:
    """What something is assumed about on which the answer turns, all else being equal."""
    alike: dict[tuple[Hashable, ...], list[Branch]] = {}
    for branch in branches.branches:
        alike.setdefault(tuple(branch.assuming), []).append(branch)
    making: dict[Hashable, list[list[Branch]]] = {}
    for keys, of in alike.items():
        for key in keys:
            making.setdefault(key, []).append(of)
    for key, groups in making.items():
        if _turns_on(key, groups):
            yield key


def _turns_on(key: Hashable, groups: list[list[Branch]]) -> bool:
    """Whether another value of an assumption gives another kind of answer, all else being equal.

    The branches are in groups that assume something about the same things. Only those can be compared that assume the same of
    everything about which all groups assume something.
    """
    if len(groups) == 1:
        return _differ(key, groups[0], groups[0])
    assumed = values_of(tuple(each for each in assumed_by_all([of[0] for of in groups]) if each != key))
    comparable: dict[Hashable, dict[int, list[Branch]]] = {}
    for number, of in enumerate(groups):
        for branch in of:
            comparable.setdefault(assumed(branch.assuming), {}).setdefault(number, []).append(branch)
    return any(_turns_among(key, [*each.values()]) for each in comparable.values())


def _turns_among(key: Hashable, groups: list[list[Branch]]) -> bool:
    if len({_kind(each.value) for of in groups for each in of}) == 1:
        return False
    return any(_differ(key, some, others) for some, others in combinations_with_replacement(groups, 2))


def _differ(key: Hashable, some: list[Branch], others: list[Branch]) -> bool:
    """Whether of branches that all assume of the same things, and of such others, two agree but for one assumption and answer otherwise."""
    shared = tuple(each for each in some[0].assuming if each != key and each in others[0].assuming)
    of_some = _kinds(some, shared)
    of_others = of_some if others is some else _kinds(others, shared)
    return any(len(kinds | of_others[agreed]) > 1 for agreed, kinds in of_some.items() if agreed in of_others)


def _nothing(_: object) -> None:
    """What is assumed where nothing is."""


def _kinds(branches: list[Branch], on: tuple[Hashable, ...]) -> dict[Any, set[Hashable]]:
    """The kinds of answers that branches give, by what they assume of some things."""
    assumed = values_of(on)
    kinds: dict[Any, set[Hashable]] = {}
    for branch in branches:
        kinds.setdefault(assumed(branch.assuming), set()).add(_kind(branch.value))
    return kinds
