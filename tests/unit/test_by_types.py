"""What follows from types alone is worked out once for each combination, and only so many are kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from attrs import evolve

from adjudicator.engine import by_types
from adjudicator.engine.branches import Branches
from adjudicator.engine.by_types import ByTypes, judged_by_types, remarks_by_types, unsettled_by_types
from adjudicator.engine.policy import Edition
from adjudicator.engine.standing import Standing
from adjudicator.kinds.claim import CLAIMS
from adjudicator.model.enumerations import Category
from adjudicator.model.facts import Failed, Open


def test_each_combination_is_worked_out_once() -> None:
    asked: list[tuple[Any, ...]] = []

    def worked_out(types: tuple[Any, ...]) -> int:
        asked.append(types)
        return len(asked)

    found = ByTypes(worked_out)
    assert [found[int,], found[str,], found[int,], found[str,]] == [1, 2, 1, 2]
    assert asked == [(int,), (str,)]


@pytest.mark.parametrize(
    ("types", "as_one"),
    [((), ()), ((tuple, int), (tuple, int)), (((int, str), (bool,)), (int, str, bool)), (((int,),), (int,))],
)
def test_types_in_several_tuples_are_worked_out_as_one(types: tuple[Any, ...], as_one: tuple[Any, ...]) -> None:
    """Also none at all, and the type of tuples among others."""
    found: ByTypes[tuple[Any, ...]] = ByTypes(lambda types: types)
    assert found[types] == as_one


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then all are worked out again."""
    monkeypatch.setattr(by_types, "MOST_COMBINATIONS", 2)
    found: ByTypes[tuple[Any, ...]] = ByTypes(lambda types: types)
    for types, kept in (((int,), 1), ((str,), 2), ((bool,), 1)):
        assert (found[types], len(found)) == (types, kept)


@pytest.mark.parametrize(
    ("types", "unsettled"),
    [
        ((str, int), frozenset()),
        ((Open, int), frozenset({"colour"})),
        ((Branches, int), frozenset({"colour"})),
        ((str, Failed), None),
        ((str, bool), None),
        ((Open, str), None),
    ],
)
def test_a_result_is_a_value_or_what_it_may_be_instead(
    types: tuple[type, ...], unsettled: frozenset[str] | None
) -> None:
    """Nothing is said if one is neither, or a sum is no whole number."""
    assert unsettled_by_types(("colour", "sum"), {"colour"}, ["sum"])[types] == unsettled


def test_what_is_neither_a_value_nor_may_be_anything_else_is_noticed_without_sums() -> None:
    found = unsettled_by_types(("colour", "size"), {"colour"}, ())
    assert [found[Failed, int], found[str, Failed], found[str, bool]] == [frozenset({"colour"}), None, frozenset()]


def in_order(category: Category) -> bool:
    """R1. Whether it is."""
    return category is Category.FOOD


def whole(line_quantity: int) -> bool:
    """R2. Whether it is."""
    return line_quantity == 1


def several(line_quantity: int) -> bool:
    """R3. Whether there are."""
    return line_quantity > 1


OF_BOXES = Edition(
    policy="acme.boxes",
    article="AB.1",
    effective_from=dt.date(2020, 1, 1),
    case_kind=CLAIMS,
    requires=(in_order, whole),
)
WITH_REMARKS = evolve(OF_BOXES, requires=(whole,), remarks=(in_order, several))
NAMES = ("category", "line_quantity")


@pytest.mark.parametrize(
    ("key", "judged"),
    [
        ((False, True, True, Category, int), (set(), set(), Standing.GRANTED)),
        ((False, True, False, Category, int), (set(), set(), Standing.REFUSED)),
        ((False, Open, True, Open, int), ({"category", "in_order"}, {"category"}, Standing.WAITING)),
        ((True, Open, True, Open, int), ({"category", "in_order"}, {"category"}, Standing.FOR_A_PERSON)),
        ((False, Failed, True, Failed, int), ({"category", "in_order"}, set(), Standing.REFUSED)),
        ((False, Branches, True, Open, int), ({"category", "in_order"}, {"category"}, None)),
    ],
)
def test_kinds_of_answers_and_types_tell_what_is_unknown_and_what_follows(
    key: tuple[Any, ...], judged: tuple[set[str], set[str], Standing | None]
) -> None:
    """An answer that depends on what is assumed tells nothing."""
    found = judged_by_types(OF_BOXES, NAMES, {"category", "in_order"})[key]
    assert found is not None
    unsettled, unknown, follows = found
    assert (set(unsettled), set(unknown), None if follows is None else follows.standing) == judged


def test_an_answer_that_contradicts_its_annotation_tells_nothing() -> None:
    assert judged_by_types(OF_BOXES, NAMES, {"category"})[False, Open, True, Category, int] is None


def test_there_is_a_type_for_each_name() -> None:
    """Anything else would be a mistake in a plan, and no result may go unseen for it."""
    with pytest.raises(ValueError, match="shorter"):
        unsettled_by_types(("colour", "size"), (), ())[int,]
    with pytest.raises(ValueError, match="shorter"):
        judged_by_types(OF_BOXES, NAMES, ())[False, True, True, Category]
    with pytest.raises(ValueError, match="shorter"):
        judged_by_types(OF_BOXES, (), ())[False, Branches]
    with pytest.raises(ValueError, match="shorter"):
        remarks_by_types(WITH_REMARKS, NAMES, ())[True, False, Category]


@pytest.mark.parametrize(
    ("key", "made"),
    [
        ((True, False, Category, int), ("in_order",)),
        ((True, True, Category, int), ("in_order", "several")),
        ((Open, True, Open, int), ("several",)),
        ((False, False, Category, int), ()),
        ((True, Open, Category, int), None),
        ((True, True, Category, Open), None),
    ],
)
def test_the_remarks_that_are_made_are_those_whose_answer_is_true(
    key: tuple[Any, ...], made: tuple[str, ...] | None
) -> None:
    """Nothing is said if something is neither a value nor what it may be instead."""
    found = remarks_by_types(WITH_REMARKS, NAMES, {"category", "in_order"})[key]
    assert (None if found is None else tuple(node.name for node in found)) == made
