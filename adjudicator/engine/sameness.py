"""Whether you can use one fact in place of another.

Equality is not enough: a policy's classes may leave fields out of comparison that its rules read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import cache
from itertools import compress, starmap
from operator import attrgetter, is_not
from typing import Any, Final

import attrs

from adjudicator.engine.branches import Branches, identities
from adjudicator.model.time import Instant

COMPARED_BY_EQUALITY: Final = frozenset({str, int, bool, bytes, type(None), Instant})


def same(one: Any, other: Any) -> bool:
    """Whether two facts agree in every field. If in doubt, they do not."""
    if one is other:
        return True
    kind: Any = one.__class__
    if kind is not other.__class__:
        return False
    if kind in COMPARED_BY_EQUALITY:
        return bool(one == other)
    if kind is tuple:
        return _pairwise(one, other)
    if kind is Branches:
        return _in_each_branch(one, other)
    fields = _fields_of(kind)
    if fields is not None:
        return _pairwise(fields(one), fields(other))
    if isinstance(one, tuple):
        return _pairwise(one, other)
    if isinstance(one, Mapping):
        return _pairwise(tuple(one), tuple(other)) and _pairwise(tuple(one.values()), tuple(other.values()))
    if kind is frozenset:
        return one == other and all(type(each) in COMPARED_BY_EQUALITY or isinstance(each, Enum) for each in one)
    return False


def different(now: Mapping[str, Any], before: Mapping[str, Any], names: Iterable[str]) -> set[str]:
    """The names of the facts that changed."""
    return {name for name in names if not same(now[name], before[name])}


def _pairwise(some: tuple[Any, ...], others: tuple[Any, ...]) -> bool:
    """Whether each agrees with its counterpart. Most are the same object."""
    unlike = compress(zip(some, others, strict=False), map(is_not, some, others))
    return len(some) == len(others) and all(starmap(same, unlike))


def _in_each_branch(one: Branches, other: Branches) -> bool:
    """Whether two facts agree under all assumptions. Many branches have the same two objects, which are compared once."""
    some, others = one.values, other.values
    if len(some) != len(others):
        return False
    objects = zip(identities(some), identities(others), strict=True)
    pairs = dict(zip(objects, zip(some, others, strict=True), strict=True)).values()
    return all(starmap(same, pairs)) and _pairwise(_besides_values(one), _besides_values(other))


_besides_values: Final = attrgetter(
    *[each.name for each in attrs.fields(Branches) if each.init and each.name != "values"]
)


@cache
def _fields_of(kind: type) -> Callable[[Any], tuple[Any, ...]] | None:
    """What takes all fields of an attrs class; ``None`` for other classes, whose values can hold anything."""
    made_by_attrs: tuple[Any, ...] | None = kind.__dict__.get("__attrs_attrs__")
    if made_by_attrs is None or issubclass(kind, (tuple, Mapping, frozenset)):
        return None
    names = [each.name for each in made_by_attrs]
    return attrgetter(*names) if len(names) > 1 else lambda value: tuple([getattr(value, name) for name in names])
