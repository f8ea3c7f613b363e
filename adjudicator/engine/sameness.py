"""Whether you can use one fact in place of another.

Equality is not enough: a policy's classes may leave fields out of comparison that its rules read.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from enum import Enum
from functools import cache
from operator import attrgetter, eq, is_
from typing import Any, Final, TypeAlias

from adjudicator.engine.branches import Branches
from adjudicator.model.source import Source
from adjudicator.model.time import Instant

Comparison: TypeAlias = Callable[[Any, Any], bool]
Tried: TypeAlias = Mapping[Hashable, tuple[Any, ...]]

COMPARED_BY_EQUALITY: Final = frozenset({str, int, bool, bytes, type(None), Instant})


def same(one: Any, other: Any) -> bool:
    """Whether two facts agree in every field. If in doubt, they do not."""
    if one is other:
        return True
    kind: Any = one.__class__
    return kind is other.__class__ and _comparison_of(kind)(one, other)


@cache
def _comparison_of(kind: type) -> Comparison:
    """What tells whether two values of a class agree."""
    if kind in COMPARED_BY_EQUALITY:
        return eq
    if kind is Branches:
        return _in_each_branch
    made_by_attrs: tuple[Any, ...] | None = kind.__dict__.get("__attrs_attrs__")
    if made_by_attrs is not None and not issubclass(kind, (tuple, Mapping, frozenset)):
        return _fields_compared(kind, [each.name for each in made_by_attrs])
    if issubclass(kind, tuple):
        return _pairwise
    if issubclass(kind, Mapping):
        return _by_key
    return _as_plain_sets if kind is frozenset else is_  # values of other classes can hold anything


def _fields_compared(kind: type, names: Iterable[str]) -> Comparison:
    """What compares all fields of an attrs class."""
    source = Source(f"the comparison of {kind.__module__}.{kind.__qualname__}", values={"same": same})
    fields = [f"(one.{name} is other.{name} or same(one.{name}, other.{name}))" for name in names]
    source.add("def compared(one, other):", f"    return {' and '.join(fields) or True}")
    return source.made("compared")


def _pairwise(some: tuple[Any, ...], others: tuple[Any, ...]) -> bool:
    """Whether each agrees with its counterpart. Most are the same object."""
    if len(some) != len(others):
        return False
    if all(map(is_, some, others)):
        return True
    for one, other in zip(some, others, strict=True):  # noqa: SIM110 - most are short: a generator costs more than its work
        if one is not other and not same(one, other):
            return False
    return True


def _by_key(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> bool:
    """Whether two mappings have the same in the same order."""
    return _pairwise((*one.values(),), (*other.values(),)) and _pairwise((*one,), (*other,))


def _as_plain_sets(one: frozenset[Any], other: frozenset[Any]) -> bool:
    """Whether two sets are equal, and hold nothing that equality could get wrong."""
    return one == other and all(type(each) in COMPARED_BY_EQUALITY or isinstance(each, Enum) for each in one)


def _in_each_branch(one: Branches, other: Branches) -> bool:
    """Whether two facts agree under all assumptions."""
    return same_but_for_what_was_tried(one, other) and same(one.tried, other.tried)


def same_but_for_what_was_tried(one: Branches, other: Branches) -> bool:
    """Whether two facts agree under all assumptions, except that other values may have been tried for the same unknowns.

    Many branches have the same two objects, which are compared once.
    """
    some, others = one.objects, other.objects
    if one.places != other.places:
        if len(one.places) != len(other.places):
            return False
        pairs = dict.fromkeys(zip(one.places, other.places, strict=True))
        some, others = [some[each] for each, _ in pairs], [others[each] for _, each in pairs]
    return (
        _tried_as_many(one.tried, other.tried)
        and all(map(same, some, others))
        and _pairwise(_besides_values(one), _besides_values(other))
    )


def _tried_as_many(one: Tried | None, other: Tried | None) -> bool:
    """Whether as many values were tried for the same unknowns in the same order."""
    if one is None or other is None:
        return one is other
    return [*one] == [*other] and [*map(len, one.values())] == [*map(len, other.values())]


_besides_values: Final = attrgetter("asks", "assumptions", "only_in")
