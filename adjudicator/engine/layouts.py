"""Layouts: which objects of several facts meet in which combination of unknowns, and which unknowns make a difference.

They consist of positions, and hold nothing of a case: the layout of one fits every other in which as many values are tried in the same
way. So each is worked out once.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, product, repeat
from math import prod
from typing import Final, NamedTuple, TypeAlias

A_BYTE: Final = 256
"""The number of different numbers that fit into a byte."""
MOST_KEPT: Final = 256
"""The number of layouts that are kept; one takes some hundred bytes, or 50,000 at most."""

Places: TypeAlias = bytes | tuple[int, ...]
"""A number for each combination; as bytes if there are few, to be compared quickly."""
Sizes: TypeAlias = tuple[int, ...]
"""How many values are tried for each unknown."""
Own: TypeAlias = tuple[int, ...]
"""The positions of some unknowns among all."""


class Layout(NamedTuple):
    """The rows of objects that meet, no two the same, in the order in which each is first there.

    There is a column for each fact, with the place of its object in each row. ``rows`` says of each combination which row it has.
    """

    columns: tuple[Sequence[int], ...]
    rows: Sequence[int]


def packed(numbers: Iterable[int], different: int) -> Places:
    """Numbers that are so many different ones, the first of them 0."""
    return bytes(numbers) if different <= A_BYTE else tuple(numbers)


@lru_cache(maxsize=MOST_KEPT)
def in_order(different: int) -> Places:
    """The numbers of so many objects, one for each combination."""
    return packed(range(different), different)


def _packed_away(numbers: Iterable[int], different: int) -> Sequence[int]:
    """The same in little room."""
    return bytes(numbers) if different <= A_BYTE else array("H", numbers)


@lru_cache(maxsize=MOST_KEPT)
def apart(places: tuple[Places, ...]) -> Layout:
    """Facts that have no unknown in common: each object of one meets each of the others."""
    widths = [max(each) + 1 for each in places]
    columns = zip(*product(*map(range, widths)), strict=True)
    rows = [0]
    for each, width in zip(places, widths, strict=True):
        rows = [row * width + place for row in rows for place in each]
    return Layout(tuple(map(_packed_away, columns, widths)), _packed_away(rows, prod(widths)))


@lru_cache(maxsize=MOST_KEPT)
def sharing(places: tuple[Places, ...], own: tuple[Own, ...], sizes: Sizes) -> Layout:
    """Facts that have unknowns in common. ``own`` are the unknowns of each."""
    spread_out = [map(each.__getitem__, _positions(of, sizes)) for each, of in zip(places, own, strict=True)]
    number_of: dict[tuple[int, ...], int] = {}
    rows = [number_of.setdefault(row, len(number_of)) for row in zip(*spread_out, strict=True)]
    columns = zip(*number_of, strict=True)
    widths = [max(each) + 1 for each in places]
    return Layout(tuple(map(_packed_away, columns, widths)), _packed_away(rows, len(number_of)))


@lru_cache(maxsize=MOST_KEPT)
def spread(values: bytes, own: Own, sizes: Sizes) -> bytes:
    """What is said of every combination of some unknowns, for every combination of all."""
    return bytes(map(values.__getitem__, _positions(own, sizes)))


@lru_cache(maxsize=MOST_KEPT)
def repeated(values: bytes, times: int) -> bytes:
    """What is said of every combination, for each with one more unknown of so many values."""
    return bytes(chain.from_iterable(zip(*repeat(values, times), strict=True)))


@lru_cache(maxsize=MOST_KEPT)
def split(places: Places, parts: Places, times: int) -> Places:
    """What there is in each combination once each object is split into so many; ``parts`` has those of one object after the other."""
    of_each = [parts[at : at + times] for at in range(0, len(parts), times)]
    return packed(chain.from_iterable(map(of_each.__getitem__, places)), max(parts) + 1)


def _positions(own: Own, sizes: Sizes) -> Sequence[int]:
    """For every combination of all unknowns, the position of the combination of some of them."""
    step, steps = 1, dict[int, int]()
    for number in reversed(own):
        steps[number] = step
        step *= sizes[number]
    positions = [0]
    for number in reversed(range(len(sizes))):
        of = steps.get(number, 0)
        positions = [of * each + position for each in range(sizes[number]) for position in positions]
    return positions


@lru_cache(maxsize=MOST_KEPT)
def deciding(kinds: Places, sizes: Sizes) -> tuple[int, ...]:
    """The positions of the unknowns that make a difference, given the kind of answer to each combination."""
    return tuple(_deciding(kinds, sizes))


def _deciding(kinds: Places, sizes: Sizes) -> Iterator[int]:
    """The same, one by one.

    The combinations with the same values for the unknowns before are a block, and those of them with the same value for an unknown
    a part of it. The unknown decides if parts differ.
    """
    part = size = len(kinds)
    for number, values in enumerate(sizes):
        block, part = part, part // values
        if block * part < size:  # many small blocks: compare the same place in all of them at once
            places = [(at, other) for at in range(part) for other in range(at + part, block, part)]
            differ = any(kinds[at::block] != kinds[other::block] for at, other in places)
        else:
            starts = range(0, size, block)
            differ = any(kinds[at : at + block - part] != kinds[at + part : at + block] for at in starts)
        if differ:
            yield number
