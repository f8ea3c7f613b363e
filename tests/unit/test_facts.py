"""Facts and their values, and how documents and glossaries are combined."""

from __future__ import annotations

import pytest
from attrs.exceptions import FrozenInstanceError

from adjudicator.model.facts import (
    Ask,
    Disputed,
    EvidencePool,
    Fact,
    Failed,
    Glossary,
    Holds,
    Need,
    NotCovered,
    Open,
    Party,
    Pending,
    Repairable,
)

VERIFICATION = Need("verification", Party.PLATFORM)


def shoe_size(subject: object) -> int:
    """The size of the feet."""
    return len(str(subject))


def test_statements_are_sorted_into_accepted_and_pending_ones() -> None:
    """In their original order."""
    ask, other = Ask(VERIFICATION, evidence_id="E2"), Ask(VERIFICATION, evidence_id="E4")
    heard = [("broken", ()), ("leaking", (ask,)), ("dry", ()), ("broken", (other, ask))]
    pool = EvidencePool.of(iter(heard))
    assert pool.standing == ("broken", "dry")
    assert pool.pending == (Pending("leaking", (ask,)), Pending("broken", (other, ask)))
    assert EvidencePool.of(()) == EvidencePool(())


def test_a_glossary_holds_its_facts_by_their_names() -> None:
    """A fact is named after the function that reads it."""
    fact = Fact(shoe_size, ("/feet",), Party.CONSUMER)
    assert fact.name == "shoe_size"
    assert Glossary.of(fact).facts == {"shoe_size": fact}
    assert Glossary.of().facts == Glossary().facts == {}


def test_the_defaults_are_empty() -> None:
    """No evidence, no end, no moment at which it changes; the reason has no parameters."""
    ask = Ask(VERIFICATION)
    assert ask == Ask(VERIFICATION, (), None, None)
    assert Open((ask,)) == Open((ask,), "unknown", (), None, False)
    assert Failed() == Failed("fails", (), None)
    assert Repairable(ask) == Repairable(ask, None, "repairable", ())
    assert (Repairable(ask).asks, Repairable(ask, also=(ask,)).asks) == ((ask,), (ask, ask))
    assert Disputed("why") == Disputed("why", ())
    assert NotCovered("why") == NotCovered("why", ())
    assert Holds() == Holds("holds", ())
    assert EvidencePool(("broken",)) == EvidencePool(("broken",), ())
    assert Fact(shoe_size) == Fact(shoe_size, (), None)


def test_the_parties_are_those_of_the_contract() -> None:
    """Under the names used in requests."""
    assert [str(each) for each in Party] == ["consumer", "merchant", "platform", "carrier"]


def test_asks_differ_by_what_they_accept_and_yet_can_be_keys() -> None:
    """Acceptable answers are a mapping, which is not hashable."""
    one, other = Ask(VERIFICATION, ({"final": (True,)},)), Ask(VERIFICATION, ({"final": (False,)},))
    assert one != other
    assert len({one, other, Ask(VERIFICATION, ({"final": (True,)},))}) == 2


def test_a_fact_does_not_change() -> None:
    """Its values are frozen."""
    with pytest.raises(FrozenInstanceError):
        VERIFICATION.name = "another"  # type: ignore[misc]  # mypy knows it too


@pytest.mark.parametrize(
    ("pointer", "where"),
    [
        ("/order/paid_at", ("/order/paid_at",)),
        ("/order/lines/{line}/quantity", ("/order/lines/2/quantity", "/order/lines/5/quantity")),
        ("/order/lines/{line}", ("/order/lines/2", "/order/lines/5")),
        ("/order/lines/{line}/{}", ("/order/lines/2/{}", "/order/lines/5/{}")),
    ],
)
def test_a_fact_has_a_place_for_each_match_of_its_pointer(pointer: str, where: tuple[str, ...]) -> None:
    """One for each match of the placeholder; any other brace is part of a name."""
    assert Fact(shoe_size, (pointer,), Party.CONSUMER).where({"line": (2, 5)}) == where
    several = Fact(shoe_size, (pointer, "/order/lines/{line}/brand", "/as_of"), Party.CONSUMER)
    assert several.where({"line": (2,)})[-2:] == ("/order/lines/2/brand", "/as_of")
    assert several.where({"line": (2, 5)})[: len(where)] == where
    assert Fact(shoe_size, ("/order/lines/{line}/brand", "/as_of"), Party.CONSUMER).where({}) == ("/as_of",)
