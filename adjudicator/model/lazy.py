"""Lazy fields: computed when first read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

V = TypeVar("V", bound="Lazy")

UNSET: Final[Any] = None
"""The placeholder for a field that is not computed yet."""


class Lazy:
    """A value with fields that may be computed when first read.

    Each is computed once and then stored. Reading, comparing, printing, copying and pickling the value work as for any other.
    """

    __slots__ = ("_work",)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Computes a lazy field on its first access."""
            work = _work_of(self)
            if name not in work:
                raise AttributeError(f"{type(self).__name__} has no {name}", name=name, obj=self)
            value = work[name](self)
            object.__setattr__(self, name, value)
            return value


def work_left(value: Lazy, name: str) -> Callable[[Any], Any] | None:
    """The function that will compute a field; ``None`` if the field already has its value."""
    try:
        object.__getattribute__(value, name)
    except AttributeError:
        return _work_of(value).get(name)
    return None


def settle(value: Lazy, name: str, found: object) -> None:
    """Fill a lazy field with a value that was computed elsewhere."""
    object.__setattr__(value, name, found)


def with_lazy(value: V, **work: Callable[[V], Any]) -> V:
    """A new value whose lazy fields are computed from it when first read."""
    for name in work:
        object.__delattr__(value, name)
    object.__setattr__(value, "_work", {**_work_of(value), **work})
    return value


def _work_of(value: Lazy) -> dict[str, Callable[[Any], Any]]:
    try:
        found: dict[str, Callable[[Any], Any]] = _WORK.__get__(value)
    except AttributeError:
        return {}
    return found


_WORK: Final[Any] = Lazy.__dict__["_work"]
