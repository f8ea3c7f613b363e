"""Which facts are interchangeable: those equal in every field, whatever their class compares."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Any, Final

import pytest
from attrs import field, frozen

from adjudicator.engine import sameness
from adjudicator.engine.branches import Assumptions, Branches, numbered
from adjudicator.engine.sameness import same, same_but_for_what_was_tried
from adjudicator.model.enumerations import Badge
from adjudicator.model.time import Instant


class Colour(Enum):
    """An enumeration of a policy."""

    RED = "red"


@frozen
class Said:
    """A value of a policy that compares only one of its fields."""

    what: str
    units: Any = field(default=1, eq=False)


def branches(*values: Any, unknown: str = "one") -> Branches:
    """A fact with a value for each number that an unknown could be."""
    return Branches(*numbered(values), {}, {unknown: tuple(range(len(values)))})


SAID: Final = Said("a")


@frozen
class Nothing:
    """A value of a policy without fields."""


class SaidMore(Said):
    """Not an attrs class, so its values could contain anything."""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Said("a", Instant(5)), Said("a", Instant(5))),
        ((Said("a"), (1, "b")), (Said("a"), (1, "b"))),
        ({"a": (1,)}, {"a": (1,)}),
        (frozenset({Badge.DAMAGE, Badge.LOCAL_RETURN}), frozenset({Badge.LOCAL_RETURN, Badge.DAMAGE})),
        (Colour.RED, Colour.RED),
        (None, None),
        (branches(Said("a"), Said("b")), branches(Said("a"), Said("b"))),
        (Nothing(), Nothing()),
    ],
)
def test_values_equal_in_every_field_are_the_same(one: object, other: object) -> None:
    assert same(one, other)


def test_it_makes_no_difference_what_was_asked_of_branches() -> None:
    """What they come to is kept once it is known."""
    one, other = branches(True, True), branches(True, True)
    assert one.answer is True
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Said("a", 1), Said("a", 2)),
        ((Said("a", 1),), (Said("a", 2),)),
        ((1,), (1, 1)),
        (True, 1),
        (Instant(1), 1),
        ({"a": 1}, {"a": 2}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (frozenset({Said("a", 1)}), frozenset({Said("a", 2)})),
        (Decimal("1.0"), Decimal("1.00")),
        (SaidMore("a"), SaidMore("a")),
        (branches(Said("a"), Said("b", 1)), branches(Said("a"), Said("b", 2))),
        (branches(SAID, SAID), branches(Said("a", 2), SAID)),
        (branches(Said("a", 2), SAID), branches(SAID, SAID)),
        (branches(1, 2), branches(1, 2, 3)),
        (branches(1, 2), branches(1, 2, unknown="other")),
    ],
)
def test_values_that_could_differ_in_a_field_are_not_the_same(one: object, other: object) -> None:
    assert not same(one, other)


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ({"a": (0, 1), "b": (0, 1, 2)}, {"a": (5, 6), "b": (7, 8, 9)}, True),
        ({"a": (0, 1), "b": (0, 1, 2)}, {"a": (0, 1, 2), "b": (0, 1)}, False),
        ({"a": (0, 1), "b": (0, 1, 2)}, {"a": (0, 1), "c": (0, 1, 2)}, False),
        ({"a": (0, 1), "b": (0, 1, 2)}, {"b": (0, 1, 2), "a": (0, 1)}, False),
        ({"a": (0, 1), "b": (0, 1, 2)}, None, False),
        (None, {"a": (0, 1), "b": (0, 1, 2)}, False),
        (None, None, True),
    ],
)
def test_facts_for_which_other_values_were_tried_are_otherwise_the_same(one: Any, other: Any, are_same: bool) -> None:
    """As many for the same unknowns. With the values that were tried, they are the same only if those are."""
    assumptions: tuple[Assumptions, ...] = tuple([{"a": number} for number in range(6)])
    some, others = (Branches((True,), bytes(6), {}, tried, () if tried else assumptions) for tried in (one, other))
    assert same_but_for_what_was_tried(some, others) is are_same
    assert same(some, others) is (are_same and one == other)


def test_two_objects_are_compared_once_however_many_branches_have_them(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def counted(one: object, other: object) -> bool:
        compared.append((one, other))
        return same(one, other)

    monkeypatch.setattr(sameness, "same", counted)
    one, other = Said("a"), Said("a")
    assert same(branches(*[one] * 100), branches(*[other] * 100))
    assert compared.count((one, other)) == 1
