"""Tables by date: rates and other parameters of a rule that change over time."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Hashable, Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Generic, TypeVar

from attrs import field, frozen

from adjudicator.model.facts import NotCovered
from adjudicator.model.time import BEIJING, Instant

V = TypeVar("V", bound=Hashable)

BEFORE_THE_TABLE = "before_the_table"
"""The reason for an instant before the first day of a table."""


@frozen
class ByDate(Generic[V]):
    """Values of one type by the day from which each applies; the last one applies until further notice.

    Days begin at midnight in ``zone``: ``starts`` are those instants. Before the first of them there is no value.
    """

    entries: Mapping[dt.date, V]
    zone: dt.tzinfo = BEIJING
    starts: tuple[Instant, ...] = field(init=False, repr=False, eq=False)
    _held: tuple[V, ...] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "entries", MappingProxyType(dict(self.entries)))
        object.__setattr__(self, "starts", tuple(_start(day, self.zone) for day in self.entries))
        object.__setattr__(self, "_held", tuple(self.entries.values()))

    @property
    def first_day(self) -> dt.date:
        """The first day with a value."""
        return next(iter(self.entries))

    def at(self, moment: Instant) -> V | NotCovered:
        """The value at an instant; before the first day there is none, so a person must judge."""
        position = bisect_right(self.starts, moment)
        return self._held[position - 1] if position else NotCovered(BEFORE_THE_TABLE)

    def values(self) -> Iterator[V]:
        """The values in order of their days."""
        yield from self._held


def by_date(entries: Mapping[str, V] | Mapping[dt.date, V], *, zone: dt.tzinfo = BEIJING) -> ByDate[V]:
    """Build a table from values by their first day: ``by_date({"2020-01-01": 435, "2023-03-01": 365})``.

    Raises :class:`ValueError` if there is no entry, a day is invalid or out of order, or the values are mutable or not all of one
    type.
    """
    days = {_day(each): value for each, value in entries.items()}
    if not days:
        raise ValueError("a table by date needs an entry, such as {'2023-03-01': 365}")
    for earlier, later in pairwise(days):
        if later <= earlier:
            raise ValueError(
                f"in a table by date each day follows the one before it, but {later} stands after {earlier}"
            )
    first = next(iter(days.values()))
    for day, value in days.items():
        if type(value) is not type(first):
            raise ValueError(
                f"a table by date holds values of one type, but that of {day} is of {type(value).__name__}, "
                f"the first of {type(first).__name__}"
            )
        if type(value).__hash__ is None:
            raise ValueError(
                f"a table by date holds values that stay as they are, and a {type(value).__name__} does not"
            )
    return ByDate(days, zone)


def _start(day: dt.date, zone: dt.tzinfo) -> Instant:
    return Instant.at(dt.datetime.combine(day, dt.time(), zone))


def _day(text: str | dt.date) -> dt.date:
    if isinstance(text, dt.date):
        return text
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a day; write it like 2023-03-01") from None
