"""If an answer depends on unknown facts, exactly those that make a difference are asked for."""

from __future__ import annotations

from typing import Any

import pytest

from adjudicator.engine.branches import resolve
from adjudicator.engine.changes_in_time import at_moment
from adjudicator.engine.evaluation import Facts, Memory
from adjudicator.engine.judgement import judge, memory_of
from adjudicator.engine.sameness import same
from adjudicator.kinds.claim import claimed_lines
from adjudicator.model.enumerations import Category
from adjudicator.model.facts import (
    Ask,
    EvidencePool,
    Need,
    Open,
    Party,
    Pending,
)
from adjudicator.model.time import DAY, Instant
from adjudicator.testing import a_case, a_line, an_order
from little_editions import comes_to, little_edition
from unsettled import (
    DISPUTED,
    EARLIER,
    FAILED,
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

# A function that cannot be called for several reasons


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ((1, 1), True),
        ((1, 2), False),
        ((OPEN_ONE, 1), OPEN_ONE),
        ((1, OPEN_ONE), OPEN_ONE),
        ((DISPUTED, OPEN_ONE), OPEN_ONE),
        ((1, DISPUTED), DISPUTED),
        ((OPEN_ONE, REPAIRABLE), REPAIRABLE),
        ((OPEN_ONE, FAILED), FAILED),
        ((REPAIRABLE, FAILED), FAILED),
        ((FAILED, REPAIRABLE), FAILED),
        ((OPEN_ONE, OPEN_TWO), Open((ONE, TWO), "one_is_missing", changes_at=EARLIER)),
        ((OPEN_TWO, DISPUTED, OPEN_ONE), Open((TWO, ONE), "two_is_missing", changes_at=EARLIER)),
        ((OPEN_ONE, TIMELESS), Open((ONE, THREE), "one_is_missing", changes_at=LATER)),
        ((TIMELESS, TIMELESS), TIMELESS),
        ((OPEN_TWO, OPEN_ONE, TIMELESS), Open((TWO, ONE, THREE), "two_is_missing", changes_at=EARLIER)),
    ],
)
def test_permanent_failures_come_first_and_open_answers_together(given: tuple[Any, ...], answer: Any) -> None:
    """Repairable answers come before missing ones; those for a person come last."""
    assert answer_to(*given) == answer


def test_each_unknown_fact_is_tried_separately() -> None:
    """Including unknowns that appear only under an assumption: the answer names each one that it depends on."""

    def box_is_there(filed_at: Instant) -> bool | Open:
        """ZZ.1(1). There is a box."""
        return Open((ONE,), could_be=(False, True)) if filed_at else False

    def lid_is_shut(box_is_there: bool) -> bool | Open:
        """ZZ.1(2). Its lid is shut."""
        return Open((TWO,), could_be=(False, True)) if box_is_there else False

    def key_is_lost(box_is_there: bool) -> bool | Open:
        """ZZ.1(3). Its key is lost."""
        return Open((THREE,), could_be=(False, True)) if box_is_there else False

    def it_cannot_be_opened(lid_is_shut: bool, key_is_lost: bool) -> bool:
        """ZZ.1(4). It is shut, and there is no key."""
        return lid_is_shut and key_is_lost

    answer = resolve(comes_to(it_cannot_be_opened, box_is_there, lid_is_shut, key_is_lost))
    assert answer == Open((ONE, TWO, THREE), "pending")


def test_facts_that_depend_on_the_same_unknown_use_the_same_value() -> None:
    """Two facts that follow from one are never assumed to contradict each other."""

    def box_is_there(filed_at: Instant) -> bool | Open:
        """ZZ.1(1). There is a box."""
        return Open((ONE,), could_be=(False, True)) if filed_at else False

    def weight(box_is_there: bool) -> int:
        """ZZ.1(2). What it weighs."""
        return 7 if box_is_there else 0

    def height(box_is_there: bool) -> int:
        """ZZ.1(3). How high it is."""
        return 7 if box_is_there else 0

    def as_heavy_as_high(weight: int, height: int) -> bool:
        """ZZ.1(4). Both are the same."""
        return weight == height

    assert comes_to(as_heavy_as_high, box_is_there, weight, height) is True


def test_facts_that_share_an_unknown_only_under_an_assumption_use_the_same_value_too() -> None:
    """Whether the lid is shut is unknown only if there is a box, and whether the key is lost only if the lid is shut."""

    def box_is_there(filed_at: Instant) -> bool | Open:
        """ZZ.1(1). There is a box."""
        return Open((ONE,), could_be=(False, True)) if filed_at else False

    def lid_is_shut(box_is_there: bool) -> bool | Open:
        """ZZ.1(2). Its lid is shut."""
        return Open((TWO,), could_be=(False, True)) if box_is_there else False

    def key_is_lost(lid_is_shut: bool) -> bool | Open:
        """ZZ.1(3). Its key is lost."""
        return Open((THREE,), could_be=(False, True)) if lid_is_shut else False

    def it_cannot_be_opened(lid_is_shut: bool, key_is_lost: bool) -> bool:
        """ZZ.1(4). It is shut, and its key is lost."""
        return lid_is_shut and key_is_lost

    def an_open_lid_has_lost_its_key(lid_is_shut: bool, key_is_lost: bool) -> bool:
        """ZZ.1(4). It is not shut, and its key is lost."""
        return key_is_lost and not lid_is_shut

    facts = (box_is_there, lid_is_shut, key_is_lost)
    assert resolve(comes_to(it_cannot_be_opened, *facts)) == Open((ONE, TWO, THREE), "pending")
    assert comes_to(an_open_lid_has_lost_its_key, *facts) is False


@pytest.mark.parametrize("memory", [None, {}])
def test_a_function_is_given_all_of_the_documents_or_those_that_count_as_it_asks(memory: Memory | None) -> None:
    """Also with a memory, where nothing is tried because nothing is pending."""

    def seen(filed_at: Instant) -> EvidencePool[str]:
        """ZZ.1(1). What was seen."""
        return EvidencePool(("broken",)) if filed_at else EvidencePool(())

    def pool_of(seen: EvidencePool[str]) -> bool:
        """ZZ.1(2). Whether it is given all of them."""
        return type(seen) is EvidencePool and seen.standing == ("broken",)

    def those_that_count(seen: tuple[str, ...]) -> bool:
        """ZZ.1(2). Whether it is given those that count."""
        return seen == ("broken",)

    assert comes_to(pool_of, seen, memory=memory) is True
    assert comes_to(those_that_count, seen, memory=memory) is True


def test_pending_documents_at_different_places_are_different_unknowns() -> None:
    """Even if both would say the same."""

    def seen_at_the_door(filed_at: Instant) -> EvidencePool[str]:
        """ZZ.1(1). What was seen there."""
        return EvidencePool((), (Pending("broken", (ONE,)),)) if filed_at else EvidencePool(())

    def seen_in_the_yard(filed_at: Instant) -> EvidencePool[str]:
        """ZZ.1(2). What was seen there."""
        return EvidencePool((), (Pending("broken", (TWO,)),)) if filed_at else EvidencePool(())

    def seen_twice(seen_at_the_door: tuple[str, ...], seen_in_the_yard: tuple[str, ...]) -> bool:
        """ZZ.1(3). It was seen in both places."""
        return bool(seen_at_the_door and seen_in_the_yard)

    assert resolve(comes_to(seen_twice, seen_at_the_door, seen_in_the_yard)) == Open((ONE, TWO), "pending")


def test_pending_statements_of_no_document_are_different_unknowns() -> None:
    """If they say different things."""

    def seen(filed_at: Instant) -> EvidencePool[str]:
        """ZZ.1(1). What was seen."""
        return EvidencePool((), (Pending("broken", (ONE,)), Pending("wet", (TWO,)))) if filed_at else EvidencePool(())

    def both_seen(seen: tuple[str, ...]) -> bool:
        """ZZ.1(2). It was broken and wet."""
        return {*seen} == {"broken", "wet"}

    assert resolve(comes_to(both_seen, seen)) == Open((ONE, TWO), "pending")


def test_pending_documents_under_different_assumptions_are_different_unknowns() -> None:
    """Even if both would say the same of the same fact."""
    first, second = (Ask(Need("verification", Party.PLATFORM), (), name) for name in ("E1", "E2"))

    def box_is_there(filed_at: Instant) -> bool | Open:
        """ZZ.1(1). There is a box."""
        return Open((ONE,), could_be=(False, True)) if filed_at else False

    def seen(box_is_there: bool) -> EvidencePool[str]:
        """ZZ.1(2). What was seen: on a picture of the box, or else on one without it."""
        return EvidencePool((), (Pending("broken", (first if box_is_there else second,)),))

    def it_is_broken(seen: tuple[str, ...]) -> bool:
        """ZZ.1(3). It was broken."""
        return bool(seen)

    assert resolve(comes_to(it_is_broken, box_is_there, seen)) == Open((ONE, second, first), "pending")


def test_an_unknown_fact_behind_other_functions_is_tried_like_any_other() -> None:
    """It is read on demand; functions that depend on it never see that it is unknown. Only facts of the case are unknown."""

    def filed_at_all(filed_at: Instant) -> bool:
        """ZZ.1(1). It was filed."""
        return filed_at > 0

    def is_liquor(category: Category) -> bool:
        """ZZ.1(2). It is liquor."""
        return category is Category.ALCOHOL

    def vintage(filed_at: Instant) -> int | Open:
        """ZZ.1(3). Of which year it is, which nobody states."""
        return OPEN_ONE if filed_at else 0

    edition = little_edition(filed_at_all, facts=(is_liquor, vintage))
    answers: dict[Category | None, Any] = {}
    for category in (None, Category.ALCOHOL, Category.OTHER):
        (line,) = claimed_lines(a_case("test.policy", order=an_order(a_line(category=category))))
        facts = Facts(edition, line)
        answers[category] = facts["is_liquor"]
        assert facts["vintage"] == OPEN_ONE
        facts.read()
        assert facts.unsettled == {"vintage", *(("category", "is_liquor") if category is None else ())}
        assert facts.unknown == ({"category"} if category is None else set())
    assert answers[Category.ALCOHOL] is True
    assert answers[Category.OTHER] is False
    turning = resolve(answers[None])
    assert isinstance(turning, Open)
    assert [ask.need.name for ask in turning.asks] == ["goods_category"]


def test_a_function_is_called_once_for_the_same_values() -> None:
    """However many unknowns are behind them."""
    asked: list[tuple[bool, bool]] = []

    def rooms(filed_at: Instant) -> int | Open:
        """ZZ.1(1). How many rooms there are."""
        return Open((ONE,), could_be=tuple(range(50))) if filed_at else 0

    def floors(filed_at: Instant) -> int | Open:
        """ZZ.1(2). How many floors there are."""
        return Open((TWO,), could_be=tuple(range(50))) if filed_at else 0

    def is_large(rooms: int) -> bool:
        """ZZ.1(3). It has many rooms."""
        return rooms > 10

    def is_high(floors: int) -> bool:
        """ZZ.1(4). It has many floors."""
        return floors > 2

    def is_a_tower(is_large: bool, is_high: bool) -> bool:
        """ZZ.1(5). It is high, but not large."""
        asked.append((is_large, is_high))
        return is_high and not is_large

    assert resolve(comes_to(is_a_tower, rooms, floors, is_large, is_high)) == Open((ONE, TWO), "pending")
    assert sorted(asked) == [(False, False), (False, True), (True, False), (True, True)]


def test_a_result_that_there_was_none_of_is_noticed_at_a_later_moment() -> None:
    """And one that there is none of any more. Where no result changed, nothing is called again."""
    case = a_case("test.policy")
    called: list[str] = []

    def days_over(as_of: Instant) -> int | Open | None:
        """ZZ.1(1). The days beyond the first, if there are any."""
        return 1 if as_of > case.as_of else None

    def days_left(as_of: Instant) -> int | Open | None:
        """ZZ.1(2). The days up to the first, if there are any."""
        return None if as_of > case.as_of else 1

    def it_is_late(days_over: int | None, days_left: int | None) -> bool:
        """ZZ.1(3). Only days beyond the first are counted."""
        return days_over == 1 and days_left is None

    def limits(as_of: Instant) -> tuple[int, ...] | Open:
        """ZZ.1(4). The limits, in another object each time."""
        return (min(as_of, 0),)

    def it_was_filed(filed_at: Instant, limits: tuple[int, ...]) -> bool:
        """ZZ.1(5). It was filed."""
        called.append("it_was_filed")
        return filed_at > limits[0]

    edition = little_edition(it_is_late, it_was_filed, facts=(days_over, days_left, limits))
    (now,), (later,) = claimed_lines(case), claimed_lines(at_moment(case, Instant(case.as_of + DAY)))
    for first, then, answers in ((now, later, (True, True)), (later, now, (False, True))):
        before = judge(edition, first)
        called.clear()
        assert judge(edition, then, memory_of((before,))).answers == answers
        assert called == []


def test_what_follows_from_other_values_that_make_no_other_difference_is_not_called_again() -> None:
    """It depends on the values that could be there at the later moment, and goes together with facts that depend on the same."""
    case = a_case("test.policy")
    called: list[str] = []

    def opened(as_of: Instant) -> Instant | Open:
        """ZZ.1(1). When it was opened: long ago or now."""
        return Open((ONE,), could_be=(Instant(0), as_of))

    def is_old(opened: Instant) -> bool:
        """ZZ.1(2). It was opened long ago."""
        called.append("is_old")
        return opened == 0

    def is_dear(is_old: bool) -> bool:
        """ZZ.1(3). It is dear."""
        called.append("is_dear")
        return not is_old

    def it_is_kept(is_dear: bool) -> bool:
        """ZZ.1(7). It is kept."""
        called.append("it_is_kept")
        return is_dear

    def lids(opened: Instant) -> int | Open:
        """ZZ.1(4). Which lid it has."""
        return Open((TWO,), could_be=(0, 1, 2) if opened else (0, 1))

    def it_shuts(lids: int) -> bool:
        """ZZ.1(5). It shuts."""
        called.append("it_shuts")
        return lids == 0

    def it_is_new(opened: Instant, is_old: bool, is_dear: bool) -> bool:
        """ZZ.1(6). It was not opened long ago."""
        called.append("it_is_new")
        return opened > 0 and is_dear and not is_old

    edition = little_edition(it_is_new, it_shuts, it_is_kept, facts=(opened, is_old, is_dear, lids))
    (now,), (later,) = claimed_lines(case), claimed_lines(at_moment(case, Instant(case.as_of + DAY)))
    before = judge(edition, now).facts
    called.clear()
    then, changed = before.later(later)
    assert changed == {"as_of", "opened", "it_shuts"}  # which states its assumptions
    assert {*called} == {"is_old", "it_is_new", "it_shuts"}
    assert (before["is_dear"].tried, then["is_dear"].tried) == (
        {"opened": (0, now.as_of)},
        {"opened": (0, later.as_of)},
    )
    afresh = judge(edition, later).facts
    assert [name for name in then if not same(then[name], afresh[name])] == []
    assert then["it_is_new"].answer == Open((ONE,), "pending")
    assert then.unsettled == afresh.unsettled
