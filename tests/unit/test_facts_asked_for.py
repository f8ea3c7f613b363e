"""Facts that something asks for besides the clauses, and unknown ones at a later moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from attrs import evolve

from adjudicator.engine.changes_in_time import at_moment
from adjudicator.engine.evaluation import Facts, Further
from adjudicator.engine.judgement import judge, memory_of
from adjudicator.engine.policy import Edition
from adjudicator.kinds.claim import CLAIMS, claimed_lines
from adjudicator.kinds.trying import trying
from adjudicator.model.enumerations import Category
from adjudicator.model.facts import Open
from adjudicator.model.time import DAY, Instant
from adjudicator.testing import a_case, a_line, an_order
from little_editions import little_edition
from unsettled import OPEN_ONE


def it_was_filed(filed_at: Instant) -> bool:
    """ZZ.1(1). It was filed."""
    return filed_at > 0


def is_food(category: Category) -> bool:
    """ZZ.1(2). It is food."""
    return category is Category.FOOD


OF_UNKNOWN_GOODS = a_case("test.policy", order=an_order(a_line(category=None)))


def test_each_unsettled_fact_that_is_asked_for_is_noted() -> None:
    """Beside those that were asked for before."""

    def vintage(filed_at: Instant) -> int | Open:
        """ZZ.1(3). Of which year it is, which nobody states."""
        return OPEN_ONE if filed_at else 0

    (line,) = claimed_lines(OF_UNKNOWN_GOODS)
    facts = Facts(little_edition(it_was_filed, facts=(vintage,)), line)
    assert [type(facts[name]) for name in ("vintage", "category")] == [Open, Open]
    assert facts.unsettled == {"vintage", "category"}


def edition_of_goods_that_are_food_later(*clauses: Callable[..., Any], facts: Iterable[Callable[..., Any]]) -> Edition:
    """Under it, unknown goods could be nothing but food after the moment of the case."""

    def by_then(as_of: Instant) -> tuple[Category]:
        return (Category.FOOD,) if as_of > OF_UNKNOWN_GOODS.as_of else (Category.OTHER,)

    return evolve(little_edition(*clauses, facts=facts), case_kind=trying(CLAIMS, category=by_then))


def test_what_an_unknown_fact_could_be_may_follow_from_the_moment_alone() -> None:
    """Also where nothing that it is read from differs."""
    edition = edition_of_goods_that_are_food_later(is_food, facts=())
    at_first = OF_UNKNOWN_GOODS
    (now,), (later,) = claimed_lines(at_first), claimed_lines(at_moment(at_first, Instant(at_first.as_of + DAY)))
    before = judge(edition, now)
    assert before.answers == (False,)
    assert judge(edition, later, memory_of((before,))).answers == (True,)


def test_facts_beyond_those_behind_clauses_are_had_at_a_later_moment_if_they_are_named() -> None:
    """Though nobody has asked for them before, and they follow from the moment."""

    def is_late(as_of: Instant) -> bool:
        """ZZ.1(3). It is late."""
        return as_of > OF_UNKNOWN_GOODS.as_of

    edition = edition_of_goods_that_are_food_later(it_was_filed, facts=(is_food, is_late))
    at_first = OF_UNKNOWN_GOODS
    (now,), (later,) = claimed_lines(at_first), claimed_lines(at_moment(at_first, Instant(at_first.as_of + DAY)))
    further = Further(
        tuple([edition.case_kind.glossary.facts[name] for name in ("as_of", "category")]),
        tuple([edition.nodes[name] for name in ("is_food", "is_late")]),
    )
    before = judge(edition, now).facts
    then, changed = before.later(later, further)
    assert [before[name] for name in ("is_food", "is_late")] == [False, False]
    assert [then[name] for name in ("is_food", "is_late")] == [True, True]
    assert changed == {"as_of", "category", "is_food", "is_late"}
