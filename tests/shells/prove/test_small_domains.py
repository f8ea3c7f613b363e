"""The solver agrees with trying every value, on small domains."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Final, TypeAlias

import pytest

from adjudicator.engine.sameness import same
from adjudicator.law import Answer, Edition, fails
from adjudicator.prove import Proofs, Statement, StatementKind, Status, check, compare
from prove.visits import Grade, all_facts, answer, edition


def may_enter(age: int, grade: Grade, member: bool, least: int, most: int, needs_gold: bool) -> Answer:
    """AB.1(1). Old enough, not too old, and a member or of a good grade."""
    if needs_gold and grade is not Grade.GOLD:
        return fails("not_gold")
    return least <= age < most and (member or grade is not Grade.PLAIN)


Settings: TypeAlias = tuple[int, int, bool]
SETTINGS: Final = ((0, 5, False), (2, 5, False), (2, 4, False), (2, 4, True), (3, 3, False), (5, 4, False))


def with_settings(least: int, most: int, needs_gold: bool, year: int = 2024) -> Edition:
    return edition(may_enter, year=year, least=least, most=most, needs_gold=needs_gold)


def of_kind(proofs: Proofs, kind: StatementKind, about: str | None = None) -> Statement:
    (found,) = (each for each in proofs.statements if each.kind is kind and about in (None, each.about))
    return found


@pytest.mark.parametrize(("before", "after"), [*pairwise(SETTINGS), (SETTINGS[-1], SETTINGS[-2]), SETTINGS[1:2] * 2])
def test_two_editions_agree_if_and_only_if_they_do_on_every_value(
    before: tuple[int, int, bool], after: Settings
) -> None:
    old, new = with_settings(*before), with_settings(*after, year=2025)
    differing = [
        facts for facts in all_facts("age", "grade", "member") if not same(answer(old, facts), answer(new, facts))
    ]
    statement = of_kind(compare(old, new), StatementKind.SAME_ANSWER)
    assert statement.status is (Status.REFUTED if differing else Status.PROVED)
    assert statement.same_code is (before == after)
    if differing:
        (example,) = statement.examples
        assert example.smallest
        given = {each.name: each.value if each.known else None for each in example.facts}
        usual = [unusual_facts(each) for each in differing]
        assert unusual_facts(given) == min(usual)
        assert given["age"] == min(
            facts["age"] for facts, each in zip(differing, usual, strict=True) if each == min(usual)
        )


def unusual_facts(facts: Mapping[str, object]) -> int:
    """The number of facts that do not have their first listed value."""
    return (facts["grade"] != Grade.PLAIN) + (facts["member"] is not False)


@pytest.mark.parametrize("settings", SETTINGS)
def test_a_clause_decides_if_and_only_if_two_values_have_different_effects(settings: Settings) -> None:
    looked_at = with_settings(*settings)
    stated = [facts for facts in all_facts("age", "grade", "member") if isinstance(facts["member"], bool)]
    effects = {answer(looked_at, facts) is True for facts in stated}
    statement = of_kind(check(looked_at), StatementKind.DECIDES)
    assert statement.status is (Status.PROVED if len(effects) == 2 else Status.REFUTED)
    assert len(statement.examples) == len(effects)
