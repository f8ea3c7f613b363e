"""Branches: the values of a fact under different assumptions, and the answer that they share."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from enum import Enum, auto
from itertools import chain, combinations_with_replacement, product
from math import inf
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeAlias

from attrs import Factory, field, frozen

from adjudicator.engine.clause import UNSETTLED
from adjudicator.engine.layouts import A_BYTE, Places, deciding, packed
from adjudicator.model.facts import Ask, Disputed, Failed, Holds, NotCovered, Open, Repairable
from adjudicator.model.source import changed, maker
from adjudicator.model.time import Instant

Assumptions: TypeAlias = Mapping[Hashable, Any]
"""The assumed value of each unknown."""


_NOT_YET: Final[Any] = object()


class Branch(NamedTuple):
    """The value of a fact under assumptions."""

    assuming: Assumptions
    value: Any


@frozen(eq=False)
class Branches:
    """A fact whose value depends on unknowns; ``asks`` would settle each of them.

    ``tried`` are the values tried for each unknown. The fact has a value for each combination of them, in the order in which
    :func:`itertools.product` makes them. Many have the same: ``objects`` are all values, each once, in the order in which each is first
    there, and ``places`` say of each combination which of them it has. ``only_in`` says of unknowns that are there only under assumptions
    about those before them, in which combinations; elsewhere the value is the same whatever they are.

    Otherwise ``tried`` is ``None``, and each value has its own ``assumptions``.
    """

    objects: Sequence[Any]
    places: Places
    asks: Mapping[Hashable, tuple[Ask, ...]]
    tried: Mapping[Hashable, tuple[Any, ...]] | None = None
    assumptions: tuple[Assumptions, ...] = ()
    only_in: Mapping[Hashable, bytes] = Factory(dict)
    _answer: Any = field(init=False, default=_NOT_YET, repr=False)

    @classmethod
    def of(cls, branches: Iterable[Branch], asks: Mapping[Hashable, tuple[Ask, ...]]) -> Branches:
        """Branches, each with its own assumptions."""
        listed = tuple(branches)
        objects, places = numbered([each.value for each in listed])
        return cls(objects, places, asks, None, tuple([each.assuming for each in listed]))

    @property
    def values(self) -> tuple[Any, ...]:
        """The value in each combination, or under each of the assumptions."""
        return tuple(map(self.objects.__getitem__, self.places))

    @property
    def branches(self) -> tuple[Branch, ...]:
        """Each value with its assumptions, once."""
        if self.tried is None:
            return tuple(map(Branch, self.assumptions, self.values))
        return tuple(self._stated(self.tried))

    def _stated(self, tried: Mapping[Hashable, tuple[Any, ...]]) -> Iterator[Branch]:
        every = product(*[range(len(values)) for values in tried.values()])
        for combination, (numbers, value) in enumerate(zip(every, self.values, strict=True)):
            number_of = dict(zip(tried, numbers, strict=True))
            absent = [key for key, is_there in self.only_in.items() if not is_there[combination]]
            if not any(number_of[key] for key in absent):
                yield Branch({key: tried[key][each] for key, each in number_of.items() if key not in absent}, value)

    @property
    def answer(self) -> Any:
        """The resolved answer, computed once."""
        answer = self._answer
        if answer is _NOT_YET:
            answer = resolve(self)
            object.__setattr__(self, "_answer", answer)
        return answer

    @property
    def asks_if_open(self) -> tuple[Ask, ...] | None:
        """What the answer asks for if it is open; how long it stays so takes more work to say."""
        asks = _pending(self, [*map(_kind, self.objects)]) if self._answer is _NOT_YET else None
        return asks_if_open(self.answer) if asks is None else asks

    def with_each(self, objects: Sequence[Any]) -> Branches:
        """Others in place of the objects, under the same assumptions."""
        return make_branches(*in_rows(objects, self.places), self.asks, self.tried, self.assumptions, self.only_in)

    def having_tried(self, values: Mapping[Hashable, tuple[Any, ...]]) -> Branches:
        """The same where other values were tried for some unknowns, as many as before, which made no other difference."""
        return changed(self, {"tried": {key: values.get(key, of) for key, of in (self.tried or {}).items()}})


make_branches: Final = maker(Branches)


def numbered(values: Iterable[Any]) -> tuple[Sequence[Any], Places]:
    """Each object once, and for each value which of them it is."""
    listed = tuple(values)
    return in_rows(listed, range(len(listed)))


def in_rows(values: Sequence[Any], rows: Sequence[int]) -> tuple[Sequence[Any], Places]:
    """Each object of some values once, in order, and which of them each row has, given by the number of its value."""
    identified = [*identities(values)]
    objects = dict(zip(identified, values, strict=True))
    different = len(objects)
    if different == len(values) and type(rows) is bytes:
        return values, rows
    number_of = dict(zip(objects, range(different), strict=True))
    places = packed(map(number_of.__getitem__, identified), different)
    if type(rows) is bytes and type(places) is bytes:
        return [*objects.values()], rows.translate(places.ljust(A_BYTE))
    return [*objects.values()], packed(map(places.__getitem__, rows), different)


UNSETTLED_TYPES: Final = UNSETTLED | {Branches}
"""The types of facts that are not plain values."""

Unknowns: TypeAlias = tuple[Hashable, ...]


def identities(values: Iterable[Any]) -> Iterator[int]:
    """What tells each object from others that are equal, while they exist. It is in no decision."""
    return map(id, values)


def unknowns_of(branches: Iterable[Branch]) -> dict[Unknowns, None]:
    """The sets of unknowns about which branches assume something."""
    return dict.fromkeys([tuple(each.assuming) for each in branches])


def in_all(sets: Iterable[Unknowns]) -> Unknowns:
    """The unknowns that are in every set, in the order of the first one."""
    first, *others = sets
    return tuple([key for key in first if all(key in other for other in others)])


def values_of(keys: Unknowns) -> Callable[[Assumptions], Any]:
    """A function that takes the values of these unknowns from assumptions."""
    return itemgetter(*keys) if keys else _nothing


def agree(one: Assumptions, other: Assumptions) -> bool:
    """Whether two sets of assumptions do not contradict each other."""
    return all(other.get(key, value) == value for key, value in one.items())


def resolve(branches: Branches) -> Any:
    """The answer that all branches share, else an open one that asks for what makes the difference.

    All ways to a person count as one answer. If no branch supports the claim, it is unproven as soon as one branch is. Of
    answers of one kind the first counts, as its branch assumes least, unless another lasts for a shorter time.
    """
    values, kinds = branches.objects, [*map(_kind, branches.objects)]
    asks = _pending(branches, kinds)
    if asks is not None:
        return _make_open(asks, "pending", (), _changes_at(branches, kinds, asks))
    different = {*kinds}
    if different <= _AGAINST:
        return next((each for each in values if type(each) is Open), values[0])
    return min(values, key=_lasts_until) if different <= _FOR_A_TIME else values[0]


def asks_if_open(answer: Any) -> tuple[Ask, ...] | None:
    """What an answer asks for if it is open; ``None`` for any other."""
    if type(answer) is Branches:
        return answer.asks_if_open
    return answer.asks if type(answer) is Open else None


def _pending(branches: Branches, kinds: Sequence[Hashable]) -> tuple[Ask, ...] | None:
    """The asks that settle which of several kinds of answers it is; ``None`` if there is only one, or none that supports the claim.

    ``kinds`` are those of the objects.
    """
    different = {*kinds}
    return None if len(different) < 2 or different <= _AGAINST else _deciding_asks(branches, _numbered(kinds))


_make_open: Final = maker(Open)


class _Kind(Enum):
    """The kind of an answer that is not a plain value."""

    __hash__ = object.__hash__  # each is one object: its name need not be read

    UNPROVEN = auto()
    FAILS = auto()
    REPAIRABLE = auto()
    FOR_A_PERSON = auto()
    HOLDS = auto()


_AGAINST: Final = frozenset({_Kind.UNPROVEN, _Kind.FAILS})
_FOR_A_TIME: Final = frozenset({_Kind.REPAIRABLE, _Kind.HOLDS})


_KINDS: Final[Mapping[type, _Kind]] = {
    Failed: _Kind.FAILS,
    Repairable: _Kind.REPAIRABLE,
    Disputed: _Kind.FOR_A_PERSON,
    NotCovered: _Kind.FOR_A_PERSON,
    Holds: _Kind.HOLDS,
}


def _kind(value: Any) -> Hashable:
    if value is True or value is False:
        return _Kind.HOLDS if value else _Kind.FAILS
    if type(value) is Open:
        return _Kind.FAILS if value.as_good_as_failed else _Kind.UNPROVEN
    answer: Hashable = _KINDS.get(type(value), value)
    return answer


def _lasts_until(answer: Any) -> float:
    """The last instant of an answer as a number; infinity if time does not change it."""
    until = _until(answer)
    return inf if until is None else until


def _changes_at(branches: Branches, kinds: Sequence[Hashable], asks: tuple[Ask, ...]) -> Instant | None:
    """When time alone first changes the asks: when a repair comes too late, or an answer may no longer hold.

    ``kinds`` are those of the objects that are values now.
    """
    if _AFTER.keys().isdisjoint(map(type, branches.objects)):
        return None
    lasting, numbers = [*map(_until, branches.objects)], _numbered(kinds)
    for end in sorted({until for until in lasting if until is not None}):
        later = [
            kind if until is None or until > end else _AFTER[type(each)]
            for each, kind, until in zip(branches.objects, kinds, lasting, strict=True)
        ]
        then = _numbered(later)
        if then != numbers and (max(then) == 0 or _deciding_asks(branches, then) != asks):
            return Instant(end + 1)
    return None


_AFTER: Final[Mapping[type, _Kind]] = {Repairable: _Kind.FAILS, Holds: _Kind.UNPROVEN}
"""The kind of an answer after its last instant."""


def _until(answer: Any) -> Instant | None:
    """The last instant at which an answer surely stays the same; ``None`` if time does not change it."""
    if type(answer) is Repairable:
        return answer.until
    return Instant(answer.changes_at - 1) if type(answer) is Holds and answer.changes_at is not None else None


def _deciding_asks(branches: Branches, numbers: Sequence[int]) -> tuple[Ask, ...]:
    """The asks that settle the deciding assumptions."""
    asks = [*chain.from_iterable(map(branches.asks.__getitem__, _deciding(branches, numbers)))]
    return tuple(asks) if len(asks) < 2 else tuple(dict.fromkeys(asks))


def deciding_assumptions(branches: Branches) -> Iterable[Hashable]:
    """The unknowns that change the answer while everything else stays equal."""
    return _deciding(branches, _numbered(map(_kind, branches.objects)))


def _numbered(kinds: Iterable[Hashable]) -> list[int]:
    """The number of each kind: kinds are compared many times."""
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(kind, len(numbers)) for kind in kinds]


def _deciding(branches: Branches, numbers: Sequence[int]) -> Iterable[Hashable]:
    """The unknowns that make a difference between the objects that are values, given the number of the kind of each object."""
    tried, places = branches.tried, branches.places
    if tried is None:
        return _deciding_among(map(Branch, branches.assumptions, map(numbers.__getitem__, places)))
    if len(tried) == 1 and max(numbers) > 0:
        return tried
    if type(places) is bytes:
        kinds: Places = places.translate(bytes(numbers).ljust(A_BYTE))
    else:
        kinds = packed(map(numbers.__getitem__, places), max(numbers) + 1)
    keys = [*tried]
    found = [keys[position] for position in deciding(kinds, tuple(map(len, tried.values())))]
    if not branches.only_in:
        return found
    appears = {key: is_there.index(True) for key, is_there in branches.only_in.items()}
    return sorted(found, key=lambda key: appears.get(key, 0))


def _deciding_among(branches: Iterable[Branch]) -> Iterator[Hashable]:
    """The deciding unknowns, given the kinds of answers under assumptions about different unknowns."""
    by_keys: dict[Unknowns, list[Branch]] = {}
    for branch in branches:
        by_keys.setdefault(tuple(branch.assuming), []).append(branch)
    groups_of: dict[Hashable, list[list[Branch]]] = {}
    for keys, group in by_keys.items():
        for key in keys:
            groups_of.setdefault(key, []).append(group)
    for key, groups in groups_of.items():
        if _decides(key, groups):
            yield key


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
