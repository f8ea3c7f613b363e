"""Facts that depend on unknowns: those that share a table of values tried are combined like those that state their assumptions."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any, Final

import pytest
from attrs import field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from adjudicator.engine import combinations
from adjudicator.engine.branches import Branches
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.vocabulary import Answer
from adjudicator.model.facts import Ask, Disputed, EvidencePool, Failed, Need, Open, Party, Pending
from adjudicator.model.time import Instant
from little_editions import comes_to, facts_under

NAMES: Final = ("box", "lid", "key", "lock", "seen")
ASKS: Final = {name: Ask(Need(name, Party.CONSUMER)) for name in NAMES}
TWO: Final = (0, 1)


def maybe_unknown(random: Random, name: str) -> int | Open:
    """A number, or one that is unknown, mostly with the same values to try."""
    tried = random.choice([TWO, TWO, TWO, TWO, (0, 1, 2), (1,), ()])
    unknown = [Open((ASKS[name],) * times, could_be=tried) for times in (1, 2)]
    possible: list[int | Open] = [0, 1, *unknown]
    return random.choice(possible)


def a_pool(random: Random) -> EvidencePool[int]:
    """What was seen, some of which is pending."""
    says = random.choices([0, 0, 1], k=random.randrange(3))
    return EvidencePool((), tuple([Pending(each, (ASKS["seen"],)) for each in says]))


def facts_of_a_box(random: Random) -> Facts:
    """Facts that depend on each other: of some it is unknown under certain assumptions only what they are."""
    answers: list[Answer] = [True, False, Failed(), Disputed("disputed"), Open((ASKS["lock"],), "pending")]
    some, three = random.sample(answers, 3), range(3)
    of_box = maybe_unknown(random, "box")
    of_lid, of_key = ([maybe_unknown(random, name) for _ in three] for name in ("lid", "key"))
    of_lock = {pair: maybe_unknown(random, "lock") for pair in product(three, three)}
    of_seen = [a_pool(random) for _ in three]
    of_hinge, of_tag = (random.choices(TWO, k=3) for _ in range(2))
    of_all = {each: random.choice(some) for each in product(three, (False, True), three)}

    def box(filed_at: Instant) -> int | Open:
        """ZZ.1(1). Which box it is."""
        return of_box if filed_at else 0

    def lid(box: int) -> int | Open:
        """ZZ.1(2). Which lid it has."""
        return of_lid[box]

    def key(box: int) -> int | Open:
        """ZZ.1(3). Which key it has."""
        return of_key[box]

    def lock(key: int, lid: int) -> int | Open:
        """ZZ.1(4). Which lock it has."""
        return of_lock[key, lid]

    def seen(box: int) -> EvidencePool[int]:
        """ZZ.1(5). What was seen of it."""
        return of_seen[box]

    def it_opens(lid: int, seen: tuple[int, ...], lock: int, box: int) -> Answer:
        """ZZ.1(6). It opens."""
        return of_all[lid, bool(seen), (lock + box) % 3]

    def hinge(lid: int) -> int:
        """ZZ.1(7). Which hinge it has."""
        return of_hinge[lid]

    def tag(key: int) -> int:
        """ZZ.1(8). Which tag it has."""
        return of_tag[key]

    def it_shuts(lid: int, hinge: int, tag: int) -> Answer:
        """ZZ.1(9). It shuts."""
        return of_all[lid, hinge > 0, tag]

    return facts_under(it_opens, it_shuts, facts=(box, lid, key, lock, seen, hinge, tag))


@settings(max_examples=20 * settings().max_examples)
@given(st.randoms(use_true_random=True), st.sampled_from([4096, 12, 5]))
def test_a_shared_table_changes_nothing(random: Random, most: int) -> None:
    """Neither the answer and what it depends on nor the branches, also beyond the limit."""
    facts = facts_of_a_box(random)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(combinations, "MOST_COMBINATIONS", most)
        found = told(facts)
        patch.setattr(combinations, "_possible_values", with_stated_assumptions)
        assert told(Facts(facts._edition, facts.subject)) == found


def with_stated_assumptions(name: str, value: Any, admitted: frozenset[type]) -> Any:
    """What a fact could be, each branch with its own assumptions."""
    found = POSSIBLE_VALUES(name, value, admitted)
    return Branches.of(found.branches, found.asks) if type(found) is Branches else found


POSSIBLE_VALUES: Final = combinations._possible_values


def told(facts: Facts) -> list[Any]:
    """Each fact with its assumptions in order, and what it comes to."""
    return [
        ([([*each.assuming.items()], each.value) for each in value.branches], value.answer, [*value.asks.items()])
        if type(value) is Branches
        else value
        for value in [facts[name] for name in (*NAMES, "it_opens", "it_shuts")]
    ]


def test_a_fact_apart_goes_with_each_row_of_those_that_share_an_unknown() -> None:
    """Also if it is the same for several values of its own unknown."""

    def lid(filed_at: Instant) -> int | Open:
        """ZZ.1(1). Which lid it has."""
        return Open((ASKS["lid"],), could_be=(0, 1)) if filed_at else 0

    def hinge(lid: int) -> int:
        """ZZ.1(2). Which hinge it has."""
        return 1 - lid

    def key(filed_at: Instant) -> int | Open:
        """ZZ.1(3). Which key it has."""
        return Open((ASKS["key"],), could_be=(0, 1, 2)) if filed_at else 0

    def tag(key: int) -> int:
        """ZZ.1(4). Which tag it has."""
        return key % 2

    def it_shuts(lid: int, hinge: int, tag: int) -> bool:
        """ZZ.1(5). It shuts."""
        return lid < hinge <= tag

    found = comes_to(it_shuts, lid, hinge, key, tag)
    assert [(dict(each.assuming), each.value) for each in found.branches] == [
        ({"lid": lid, "key": key}, (lid, key) == (0, 1)) for lid, key in product((0, 1), (0, 1, 2))
    ]
    assert found.answer == Open((ASKS["lid"], ASKS["key"]), "pending")


@frozen
class Card:
    """A card. Its colour is left out of comparison."""

    number: int
    colour: str = field(eq=False)


@pytest.mark.parametrize(
    ("cards", "opens"),
    [((Card(1, "blue"), Card(1, "red"), Card(2, "blue")), Card(1, "red")), ((5, Instant(5), 7), Instant(5))],
)
def test_equal_facts_are_tried_by_themselves_if_they_are_not_alike(cards: tuple[Any, ...], opens: Any) -> None:
    """They may differ in what is not compared, or in their type."""

    def box(filed_at: Instant) -> int | Open:
        """ZZ.1(1). Which box it is."""
        return Open((ASKS["box"],), could_be=(0, 1, 2)) if filed_at else 0

    def card(box: int) -> Card | int | Instant:
        """ZZ.1(2). Which card is in it."""
        found: Card | int | Instant = cards[box]
        return found

    def it_opens(card: Card | int | Instant) -> bool:
        """ZZ.1(3). The card opens it."""
        return repr(card) == repr(opens)

    assert comes_to(it_opens, box, card).values == (False, True, False)
