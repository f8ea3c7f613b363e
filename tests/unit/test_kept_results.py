"""Results for facts that are the same in many cases are found once for all of them, and no others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pytest
from attrs import evolve, field, frozen

from adjudicator.engine import kept_results
from adjudicator.engine.branches import Branches
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.policy import Edition
from adjudicator.kinds.own_fields import glossary_of
from adjudicator.kinds.review import Question, ReviewKind, WholeCase
from adjudicator.kinds.trying import trying
from adjudicator.law import METADATA, CaseBase, Instant, Party, asked_of
from adjudicator.model.facts import Open
from adjudicator.model.time import BEIJING
from pinduoduo.off_platform_trading import EDITION as OFF_PLATFORM_TRADING

called: list[tuple[Any, ...]] = []
"""The values for which the functions were called."""


class Colour(StrEnum):
    """The colour of a box."""

    RED = "red"
    BLUE = "blue"


@frozen(kw_only=True)
class BoxCase(CaseBase):
    """A box."""

    id: str
    policy: str
    as_of: Instant = field(metadata={"means": "The moment at which it is decided."})
    colour: Colour | None = asked_of(Party.MERCHANT, "Its colour.")
    shut: bool | None = asked_of(Party.MERCHANT, "Whether it is shut.")
    marks: tuple[str, ...] | None = asked_of(Party.MERCHANT, "Its marks.", could_be=((), ("a",)))
    weight: int | None = asked_of(Party.MERCHANT, "What it weighs.", could_be=(1, 9))
    opened_at: Instant | None = asked_of(Party.MERCHANT, "When.", could_be=lambda case: (case.as_of, Instant(0)))
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)


def it_is_hidden(colour: Colour, shut: bool, least_weight: int) -> bool:
    """ZZ.1. It is red and shut."""
    called.append((colour, shut))
    return colour is Colour.RED and shut and least_weight > 0


def it_is_found(it_is_hidden: bool, colour: Colour) -> bool:
    """ZZ.1. It is not hidden, and blue."""
    called.append((it_is_hidden, colour))
    return not it_is_hidden and colour is Colour.BLUE


def is_shut(weight: int) -> bool | None:
    """ZZ.1. Whether it is shut, if its weight tells."""
    return {1: False, 2: True}.get(weight)


def it_is_sealed(is_shut: bool | None, marks: tuple[str, ...], colour: Colour) -> bool:
    """ZZ.1. It is shut, without marks, and red."""
    called.append((is_shut, marks, colour))
    return bool(is_shut) and not marks and colour is Colour.RED


def it_is_heavy(colour: Colour, weight: int) -> bool:
    """ZZ.1. It weighs much, or is blue."""
    called.append((colour, weight))
    return weight > 5 or colour is Colour.BLUE


def it_is_new(opened_at: Instant, shut: bool) -> bool:
    """ZZ.1. It was not opened long ago."""
    called.append((opened_at, shut))
    return opened_at > 0 and shut


def edition(**changes: Any) -> Edition:
    """An edition about boxes."""
    kind = ReviewKind(
        case_type=BoxCase,
        zone=BEIJING,
        glossary=glossary_of(BoxCase),
        questions=(Question(granted="well", refused="badly"),),
        governed_from="/as_of",
    )
    fields: dict[str, Any] = {
        "policy": "test.boxes",
        "article": "ZZ.1",
        "effective_from": dt.date(2022, 3, 15),
        "case_kind": kind,
        "requires": (it_is_found, it_is_heavy, it_is_new),
        "facts": (it_is_hidden,),
        "settings": {"least_weight": 1},
    }
    return Edition(**{**fields, **changes})


def facts_of(of: Edition, **fields: Any) -> Facts:
    """The facts about a box."""
    return Facts(of, WholeCase(BoxCase(**{"id": "B-1", "policy": "test.boxes", "as_of": Instant(7), **fields})))


def calls_for(of: Edition, name: str, **fields: Any) -> tuple[Any, int]:
    """What a function comes to in a new case, and how many calls it took."""
    called.clear()
    return facts_of(of, **fields)[name], len(called)


def test_what_is_the_same_in_many_cases_is_found_once() -> None:
    """An unknown field, values of a closed set, a setting, and what comes of them; other values give another result."""
    boxes = edition()
    first, calls = calls_for(boxes, "it_is_found", colour=None, shut=True)
    assert calls == len([*Colour]) * 2
    again, calls = calls_for(boxes, "it_is_found", colour=None, shut=True, id="B-2", as_of=Instant(9))
    assert (again is first, calls) == (True, 0)
    assert (type(first), first.values) == (Branches, (False, True))
    assert calls_for(boxes, "it_is_found", colour=None, shut=False)[0] is not first
    assert calls_for(boxes, "it_is_hidden", colour=Colour.RED)[1] == len((True, False))
    assert calls_for(boxes, "it_is_hidden", colour=Colour.RED)[1] == 0
    _, calls = calls_for(edition(), "it_is_found", colour=None, shut=True)
    assert calls > 0


@pytest.mark.parametrize("weight", [1, 2, 3])
def test_yes_no_and_nothing_are_the_same_in_many_cases(weight: int) -> None:
    """And so is a list of nothing, but not one of something."""
    boxes = edition(requires=(it_is_sealed,), facts=(is_shut,))
    calls = [calls_for(boxes, "it_is_sealed", weight=weight, marks=marks)[1] for marks in ((), (), ("a",), ("a",))]
    assert calls == [2, 0, 2, 2]


def test_gravities_that_are_not_settled_are_the_same_in_all_cases() -> None:
    """A kind of case says what an unknown outcome may be."""
    conduct: Any = OFF_PLATFORM_TRADING.case_kind
    kept = kept_results.kept_results(OFF_PLATFORM_TRADING)
    node, calls = OFF_PLATFORM_TRADING.nodes["ban_goods"], []
    for _ in range(2):
        for each in conduct.unknown_outcomes:
            kept.result(node, (each,), lambda *given: calls.append(given))
    assert len(calls) == len(conduct.unknown_outcomes) == 4


@pytest.mark.parametrize(
    ("name", "fields", "calls"),
    [
        ("it_is_heavy", {"weight": 3}, 2),
        ("it_is_heavy", {}, 0),
        ("it_is_new", {"shut": True}, 2),
        ("it_is_new", {"shut": True, "opened_at": Instant(5)}, 1),
    ],
)
def test_what_differs_from_case_to_case_is_not_kept(name: str, fields: dict[str, Any], calls: int) -> None:
    """Numbers, instants, and an unknown field of which the possible values follow from the case."""
    boxes = edition()
    calls_for(boxes, name, **fields)
    assert calls_for(boxes, name, **fields)[1] == calls


def test_a_fact_that_a_rule_tries_otherwise_is_not_kept() -> None:
    """What it could be may follow from other facts of the case."""
    boxes = edition()
    others = evolve(boxes, case_kind=trying(boxes.case_kind, weight=lambda colour: (2,) if colour else (3,)))
    assert boxes.case_kind.glossary.facts["weight"].unknown
    assert not others.case_kind.glossary.facts["weight"].unknown
    for _ in range(2):
        assert calls_for(others, "it_is_heavy", colour=Colour.RED)[1] == 1


def test_an_unknown_field_is_one_of_the_objects_that_its_fact_names() -> None:
    """Also where another field beside it decides what is asked for."""
    facts = facts_of(edition())
    for fact in facts._edition.case_kind.glossary.facts.values():
        value = fact.read(facts.subject)
        if type(value) is Open:
            assert any(value is each for each in fact.unknown) is (fact.name != "opened_at")
            assert bool(fact.unknown) is (fact.name != "opened_at")


def test_everything_is_forgotten_once_there_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then results are found again, and are the same."""
    monkeypatch.setattr(kept_results, "MOST_KEPT", 1)
    boxes = edition()
    first, _ = calls_for(boxes, "it_is_found", colour=None, shut=True)
    again, calls = calls_for(boxes, "it_is_found", colour=None, shut=True)
    assert calls > 0
    assert again.values == first.values
