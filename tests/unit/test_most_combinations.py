"""More combinations than are tried (R62): then everything unknown is asked for."""

from __future__ import annotations

from typing import Any, Final

import pytest

from adjudicator.engine.branches import Branches
from adjudicator.engine.combinations import MOST_COMBINATIONS
from adjudicator.model.facts import Ask, EvidencePool, Need, Open, Party, Pending
from adjudicator.model.time import Instant
from little_editions import comes_to
from unsettled import (
    DISPUTED,
    EARLIER,
    FAILED,
    FOUR,
    LATER,
    ONE,
    OPEN_ONE,
    OPEN_TWO,
    REPAIRABLE,
    THREE,
    TIMELESS,
    TWO,
    answer_to,
)

MANY: Final = Open((THREE,), "three_is_missing", could_be=tuple(range(MOST_COMBINATIONS + 1)))


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ((1, 1), Open((THREE,), "pending")),
        ((OPEN_ONE, OPEN_TWO), Open((ONE, TWO, THREE), "pending", changes_at=EARLIER)),
        ((OPEN_ONE, TIMELESS), Open((ONE, THREE), "pending", changes_at=LATER)),
        ((REPAIRABLE, 1), Open((ONE, THREE), "pending")),
        ((DISPUTED, 1), Open((THREE,), "pending")),
        ((OPEN_ONE, FAILED), FAILED),
    ],
)
def test_beyond_the_limit_everything_unknown_is_asked_for(given: tuple[Any, ...], answer: Any) -> None:
    """The answer may change at the earliest moment at which one of the facts may. What fails, fails in every combination."""
    first, second = given
    assert answer_to(first, second, MANY) == answer


@pytest.mark.parametrize(
    ("most_rooms", "most_floors", "asked"),
    [(64, 64, (ONE,)), (64, 65, (ONE, TWO)), (4096, 1, (ONE,)), (4097, 1, (ONE, TWO))],
)
def test_the_limit_is_on_the_combinations_of_all_facts(
    most_rooms: int, most_floors: int, asked: tuple[Ask, ...]
) -> None:
    """Up to 4,096 of them are tried, and only what matters is asked for."""

    def rooms(filed_at: Instant) -> int | Open:
        """ZZ.1(1). How many rooms there are."""
        return Open((ONE,), could_be=tuple(range(most_rooms))) if filed_at else 0

    def floors(filed_at: Instant) -> int | Open:
        """ZZ.1(2). How many floors there are."""
        return Open((TWO,), could_be=tuple(range(most_floors))) if filed_at else 0

    def is_large(rooms: int, floors: int) -> bool:
        """ZZ.1(3). It has many rooms."""
        return rooms == 63 and floors >= 0

    found = comes_to(is_large, rooms, floors)
    assert (found.answer if isinstance(found, Branches) else found) == Open(asked, "pending")


def test_as_many_values_as_are_tried_are_tried_in_what_follows_from_them_too() -> None:
    """And a function that gives the same answer for all of them depends on none."""

    def rooms(filed_at: Instant) -> int | Open:
        """ZZ.1(1). How many rooms there are."""
        return Open((ONE,), could_be=tuple(range(MOST_COMBINATIONS))) if filed_at else 0

    def doors(rooms: int) -> int:
        """ZZ.1(2). How many doors there are."""
        return rooms + 1

    def it_has_a_door(doors: int) -> bool:
        """ZZ.1(3). There is a door."""
        return doors > 0

    assert comes_to(it_has_a_door, rooms, doors) is True


def test_beyond_the_limit_what_decides_between_open_facts_and_documents_is_asked_for_too() -> None:
    """What is pending, what a fact depends on, and what that leaves open; but not a fact that the function takes as it is."""

    def many(filed_at: Instant) -> int | Open:
        """ZZ.1(1). One of many numbers."""
        return MANY if filed_at else 0

    def box_is_there(filed_at: Instant) -> bool | Open:
        """ZZ.1(1). There is a box."""
        return Open((ONE,), could_be=(False, True)) if filed_at else False

    def lid_is_shut(box_is_there: bool) -> bool | Open:
        """ZZ.1(2). Its lid is shut."""
        return Open((TWO,)) if box_is_there else False

    def seen(filed_at: Instant) -> EvidencePool[str]:
        """ZZ.1(3). What was seen."""
        return EvidencePool((), (Pending("broken", (FOUR,)),)) if filed_at else EvidencePool(())

    def weight(filed_at: Instant) -> int | Open:
        """ZZ.1(4). What it weighs."""
        return OPEN_ONE if filed_at else 0

    def it_matters(weight: int | Open, lid_is_shut: bool, seen: tuple[str, ...], many: int) -> bool:
        """ZZ.1(5). Whether anything of it matters."""
        return bool(weight and lid_is_shut and seen and many)

    def it_weighs(weight: int | Open, many: int) -> bool:
        """ZZ.1(5). Whether it weighs anything."""
        return bool(weight and many)

    facts = (many, box_is_there, lid_is_shut, seen, weight)
    assert comes_to(it_matters, *facts) == Open((ONE, TWO, FOUR, THREE), "pending")
    assert comes_to(it_weighs, *facts) == Open((THREE,), "pending")


@pytest.mark.parametrize(("pending", "asked_for"), [(12, 1), (13, 13)])
def test_as_many_pending_documents_are_tried_as_the_limit_allows(pending: int, asked_for: int) -> None:
    """Twelve give 4,096 selections, of which only the first document decides; with one more, everything is asked for (R62)."""

    def seen(filed_at: Instant) -> EvidencePool[int]:
        """ZZ.1(1). What was seen."""
        asks = [(Ask(Need(f"proof {number}", Party.CONSUMER)),) for number in range(pending)]
        return EvidencePool((), tuple(map(Pending, range(pending), asks)) if filed_at else ())

    def the_first_counts(seen: tuple[int, ...]) -> bool:
        """ZZ.1(2). The first document counts."""
        return 0 in seen

    found = comes_to(the_first_counts, seen)
    answer = found.answer if type(found) is Branches else found
    assert len(answer.asks) == asked_for
