"""Branches: the values of a fact under different assumptions, and the answer that they share."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from enum import Enum, auto
from functools import cached_property
from itertools import combinations_with_replacement
from math import inf
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeAlias

from attrs import frozen

from adjudicator.model.facts import Ask, Disputed, Failed, Holds, NotCovered, Open, Repairable
from adjudicator.model.time import Instant


class Branch(NamedTuple):
    """The value of a fact under assumptions, each about one unknown."""

    assuming: Mapping[Hashable, Any]
    value: Any


@frozen(eq=False)
class Branches:
    """A fact whose value depends on assumptions; ``asks`` would settle each of them."""

    branches: tuple[Branch, ...]
    asks: Mapping[Hashable, tuple[Ask, ...]]

    @cached_property
    def answer(self) -> Any:
        """The resolved answer, computed once."""
        return resolve(self)

    def objects(self) -> dict[int, Any]:
        """The values by identity, each object once: many branches have the same."""
        return {id(each.value): each.value for each in self.branches}


Unknowns: TypeAlias = tuple[Hashable, ...]


def unknowns_of(branches: Iterable[Branch]) -> dict[Unknowns, None]:
    """The sets of unknowns about which branches assume something; mostly one."""
    return dict.fromkeys([tuple(each.assuming) for each in branches])


def in_all(sets: Iterable[Unknowns]) -> Unknowns:
    """The unknowns that are in every set, in the order of the first one."""
    first, *others = sets
    return tuple([key for key in first if all(key in other for other in others)])


def values_of(keys: Unknowns) -> Callable[[Mapping[Hashable, Any]], Any]:
    """A function that takes the values of these unknowns from assumptions."""
    return itemgetter(*keys) if keys else _nothing


def identities(values: Iterable[Any]) -> tuple[int, ...]:
    """What tells these objects from others that are equal, while they exist. It is in no decision."""
    return tuple([id(each) for each in values])


def agree(one: Mapping[Hashable, Any], other: Mapping[Hashable, Any]) -> bool:
    """Whether two sets of assumptions do not contradict each other."""
    return all(other.get(key, value) == value for key, value in one.items())


def resolve(branches: Branches) -> Any:
    """The answer that all branches share, else an open one that asks for what makes the difference.

    All ways to a person count as one answer. If no branch supports the claim, it is unproven as soon as one branch is. Of
    answers of one kind the first counts, as its branch assumes least, unless another lasts for a shorter time.
    """
    values = [*branches.objects().values()]
    kinds = {*map(_kind, values)}
    if kinds <= _AGAINST:
        return next((each for each in values if type(each) is Open), values[0])
    if len(kinds) > 1:
        asks = tuple(dict.fromkeys(_deciding_asks(branches)))
        return Open(asks, "pending", changes_at=_changes_at(branches, asks))
    return min(values, key=_lasts_until) if kinds <= _FOR_A_TIME else values[0]


class _Kind(Enum):
    """The kind of an answer that is not a plain value."""

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


def _lasts_until(answer: Any) -> float:
    """The last instant of an answer as a number; infinity if time does not change it."""
    until = _until(answer)
    return inf if until is None else until


def _changes_at(branches: Branches, asks: tuple[Ask, ...]) -> Instant | None:
    """When time alone first changes the asks: when a repair comes too late, or an answer may no longer hold."""
    ends = {*map(_until, branches.objects().values())}
    for end in sorted(end for end in ends if end is not None):
        then = tuple([Branch(each.assuming, _after(each.value, end)) for each in branches.branches])
        later = Branches(then, branches.asks)
        if len({*map(_kind, later.objects().values())}) == 1 or tuple(dict.fromkeys(_deciding_asks(later))) != asks:
            return Instant(end + 1)
    return None


def _after(answer: Any, end: Instant) -> Any:
    until = _until(answer)
    if until is None or until > end:
        return answer
    return False if type(answer) is Repairable else _NOT_KNOWN_ANY_MORE


def _until(answer: Any) -> Instant | None:
    """The last instant at which an answer surely stays the same; ``None`` if time does not change it."""
    if type(answer) is Repairable:
        return answer.until
    return Instant(answer.changes_at - 1) if type(answer) is Holds and answer.changes_at is not None else None


def _deciding_asks(branches: Branches) -> Iterator[Ask]:
    """The asks that settle the deciding assumptions."""
    for key in deciding_assumptions(branches):
        yield from branches.asks[key]


def deciding_assumptions(branches: Branches) -> Iterator[Hashable]:
    """The unknowns that change the answer while everything else stays equal."""
    by_keys: dict[Unknowns, list[Branch]] = {}
    for branch in _numbered_kinds(branches):
        by_keys.setdefault(tuple(branch.assuming), []).append(branch)
    groups_of: dict[Hashable, list[list[Branch]]] = {}
    for keys, group in by_keys.items():
        for key in keys:
            groups_of.setdefault(key, []).append(group)
    for key, groups in groups_of.items():
        if _decides(key, groups):
            yield key


def _numbered_kinds(branches: Branches) -> list[Branch]:
    """The branches with the number of the kind of their answer as value: each kind is asked for once, and compared many times."""
    numbers: dict[Hashable, int] = {}
    number_of = {same: numbers.setdefault(_kind(value), len(numbers)) for same, value in branches.objects().items()}
    return [Branch(each.assuming, number_of[id(each.value)]) for each in branches.branches]


def _decides(key: Hashable, groups: list[list[Branch]]) -> bool:
    """Whether another value of an assumption gives another kind of answer while everything else stays equal.

    The branches of a group make assumptions about the same unknowns. You can compare two branches only if they agree on every
    unknown that all groups share.
    """
    if len(groups) == 1:
        return _differ(key, groups[0], groups[0])
    assumed = values_of(tuple(each for each in in_all(unknowns_of([of[0] for of in groups])) if each != key))
    comparable: dict[Hashable, dict[int, list[Branch]]] = {}
    for number, of in enumerate(groups):
        for branch in of:
            comparable.setdefault(assumed(branch.assuming), {}).setdefault(number, []).append(branch)
    return any(_decides_among(key, [*each.values()]) for each in comparable.values())


def _decides_among(key: Hashable, groups: list[list[Branch]]) -> bool:
    if len({each.value for of in groups for each in of}) == 1:
        return False
    return any(_differ(key, some, others) for some, others in combinations_with_replacement(groups, 2))


def _differ(key: Hashable, some: list[Branch], others: list[Branch]) -> bool:
    """Whether two branches, one of each group, differ only in ``key`` and give different kinds of answers."""
    assumed = values_of(tuple(each for each in some[0].assuming if each != key and each in others[0].assuming))
    kinds: dict[Any, int] = {}
    for assuming, kind in some:
        agreed = assumed(assuming)
        if kinds.setdefault(agreed, kind) != kind:
            if others is some:
                return True
            kinds[agreed] = _SEVERAL
    return others is not some and any(kinds.get(assumed(each.assuming), each.value) != each.value for each in others)


_SEVERAL: Final = -1


def _nothing(_: object) -> None:
    """The shared assumptions when there are none."""
