"""Lazy fields: computed when first read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, cast

import attrs

from adjudicator.model.source import maker_of_parts

V = TypeVar("V", bound="Lazy")

Work: TypeAlias = Callable[[Any], Any]
"""Computes a field of a value."""


class Lazy:
    """A value with fields that may be computed when first read.

    Each is computed once and then stored. Reading, comparing, printing, copying and pickling the value work as for any other.
    """

    __slots__ = ("_work",)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Computes a lazy field on its first access."""
            work = work_of(self).get(name)
            if work is None:
                raise AttributeError(f"{type(self).__name__} has no {name}", name=name, obj=self)
            value = work(self)
            _fill(self, name, value)
            return value


def work_of(value: Lazy) -> Mapping[str, Work]:
    """What computes the lazy fields of a value, also those that have been read."""
    try:
        found: Mapping[str, Work] = _work_in(value)
    except AttributeError:
        return {}
    return found


def settle(value: Lazy, name: str, found: object) -> None:
    """Fill a lazy field with a value that was computed elsewhere."""
    object.__setattr__(value, name, found)


def with_lazy(value: V, name: str, work: Work) -> V:
    """A new value of which one more field is computed from it when first read."""
    _empty(value, name)
    _fill(value, "_work", {**work_of(value), name: work})
    return value


def lazy_maker(kind: type[V], lazy: tuple[str, ...]) -> Callable[..., V]:
    """What makes a value from its other fields in order, and from the functions that compute the lazy ones when first read."""
    names = tuple(each.name for each in attrs.fields(cast(Any, kind)) if each.name not in lazy)
    return maker_of_parts(kind, (*names, "_work"), frozenset({"_work"}))


_work_in: Final = Lazy.__dict__["_work"].__get__
_fill: Final = object.__setattr__
_empty: Final = object.__delattr__
