"""Layouts of combinations say the same as going through all combinations one by one."""

from __future__ import annotations

from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adjudicator.engine.layouts import Layout, Own, Places, Sizes, apart, deciding, in_order, packed, repeated, sharing
from adjudicator.engine.layouts import split as split_up
from adjudicator.engine.layouts import spread as spread_out


def some_places(random: Random, combinations_of: int) -> Places:
    """Which object there is in each combination; each number is first there after all smaller ones."""
    number_of: dict[int, int] = {}
    drawn = [random.randrange(3) for _ in range(combinations_of)]
    return packed([number_of.setdefault(each, len(number_of)) for each in drawn], len({*drawn}))


def size_of(own: Own, sizes: Sizes) -> int:
    """How many combinations of some unknowns there are."""
    size = 1
    for number in own:
        size *= sizes[number]
    return size


def there(values: Places, own: Own, sizes: Sizes, combination: tuple[int, ...]) -> int:
    """What is said of the combination of some unknowns that is part of one of all."""
    every = [*product(*[range(sizes[number]) for number in own])]
    return values[every.index(tuple([combination[number] for number in own]))]


def gone_through(
    places: tuple[Places, ...], own: tuple[Own, ...], sizes: Sizes
) -> tuple[list[tuple[int, ...]], list[int]]:
    """The rows of objects that meet, and the row of each combination."""
    every = product(*map(range, sizes))
    met = [tuple([there(of, keys, sizes, each) for of, keys in zip(places, own, strict=True)]) for each in every]
    different = [*dict.fromkeys(met)]
    return different, [different.index(each) for each in met]


def read(layout: Layout) -> tuple[list[tuple[int, ...]], list[int]]:
    """The same of a layout."""
    return [*zip(*layout.columns, strict=True)], [*layout.rows]


@settings(max_examples=3 * settings().max_examples)
@given(st.randoms(use_true_random=True), st.lists(st.integers(1, 3), min_size=1, max_size=4))
def test_facts_meet_as_in_all_combinations(random: Random, drawn: list[int]) -> None:
    """Whether they have unknowns in common or not."""
    sizes, numbers = tuple(drawn), range(len(drawn))
    own: tuple[Own, ...] = tuple(
        [tuple(sorted(random.sample(numbers, random.randint(1, len(numbers))))) for _ in range(2)]
    )
    own += (tuple(number for number in numbers if all(number not in of for of in own)),)
    places = tuple([some_places(random, size_of(of, sizes)) for of in own])
    assert read(sharing(places, own, sizes)) == gone_through(places, own, sizes)
    for of, keys in zip(places, own, strict=True):
        every = product(*map(range, sizes))
        assert [*spread_out(bytes(of), keys, sizes)] == [there(of, keys, sizes, each) for each in every]
    each_apart = tuple([some_places(random, size) for size in sizes])
    assert read(apart(each_apart)) == gone_through(each_apart, tuple([(number,) for number in numbers]), sizes)


@settings(max_examples=3 * settings().max_examples)
@given(st.randoms(use_true_random=True), st.lists(st.integers(1, 3), max_size=4))
def test_an_unknown_decides_if_another_value_of_it_alone_changes_the_kind_of_answer(
    random: Random, drawn: list[int]
) -> None:
    """All others being equal."""
    sizes = tuple(drawn)
    kinds = dict(
        zip(product(*map(range, sizes)), some_places(random, size_of(tuple(range(len(sizes))), sizes)), strict=True)
    )
    expected = {
        differing[0]
        for one, other in combinations(kinds, 2)
        if kinds[one] != kinds[other]
        and len(differing := [number for number in range(len(sizes)) if one[number] != other[number]]) == 1
    }
    assert deciding(tuple(kinds.values()), sizes) == deciding(bytes(kinds.values()), sizes) == tuple(sorted(expected))


@pytest.mark.parametrize(("different", "kind"), [(1, bytes), (256, bytes), (257, tuple)])
def test_numbers_are_bytes_as_long_as_they_fit(different: int, kind: type) -> None:
    """Also those of the rows of a layout."""
    assert type(in_order(different)) is kind
    assert [*in_order(different)] == [*range(different)]
    columns, rows = apart((in_order(different), in_order(2)))
    assert type(columns[0]) is (bytes if kind is bytes else type(rows))
    assert [*columns[0]] == [number for number in range(different) for _ in range(2)]
    assert [*rows] == [*range(2 * different)]


def test_the_numbers_of_a_layout_may_take_all_of_two_bytes() -> None:
    """The last row has the largest."""
    _, rows = apart((in_order(257), in_order(255)))
    assert [*rows] == [*range(2**16 - 1)]


def test_what_is_said_of_a_combination_is_said_of_each_that_one_more_unknown_makes_of_it() -> None:
    assert repeated(bytes([1, 0]), 3) == bytes([1, 1, 1, 0, 0, 0])


@pytest.mark.parametrize("different", [3, 300])
def test_each_object_is_split_into_several_in_each_combination(different: int) -> None:
    """The parts of an object that is not split are the same."""
    parts = packed([each for first in range(0, different, 3) for each in (first, first + 1, first + 2)], different)
    parts = packed([*parts, 0, 0, 0], different)
    combined = split_up(bytes([0, different // 3, 0]), parts, 3)
    assert [*combined] == [0, 1, 2, 0, 0, 0, 0, 1, 2]
    assert type(combined) is type(parts)
