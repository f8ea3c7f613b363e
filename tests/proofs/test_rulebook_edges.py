"""Edges of the rulebooks other than the guarantees: the oracle changes where the rule says, and the engine where the oracle does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from adjudicator.testing import Json
from oracle.edges import bisect_edges, put
from proving.comparison import RULEBOOKS, engine_decision, oracle_decision
from rulebook_ranges import CHECKED, LISTED, NOT_YET, OPENED, PROMOTED, RANGES, TRADING, Range, changed, day, happened

FIGURES: Final = ("due_at", "amount", "opens_at")
"""The parts that change with every step."""


def answer(decision: Json) -> Json:
    """The answer without instants and amounts."""
    kept = {name: value for name, value in decision.items() if name not in ("deadlines", "reconsider_at", "ladder")}
    return {name: without_figures(value) if isinstance(value, list) else value for name, value in kept.items()}


def without_figures(items: list[Any]) -> list[Any]:
    """The items of a list without instants and amounts."""
    return [
        {name: value for name, value in each.items() if name not in FIGURES} if isinstance(each, dict) else each
        for each in items
    ]


def edges(at: Range, decide: Callable[[Json], Json]) -> list[tuple[Any, Any]]:
    """Where the answer changes."""
    found: list[tuple[Any, Any]] = bisect_edges(at.case(), at.place, at.low, at.high, watch=answer, decide=decide)
    return found


def name_of(at: Range) -> str:
    """The rulebook and the range."""
    return f"{at.document['policy'].partition('.')[2]}: {at.name}"


@pytest.mark.parametrize("at", RANGES, ids=name_of)
def test_the_oracle_turns_where_the_rule_says(at: Range) -> None:
    """Bisecting the oracle finds exactly the edges that the rules name, to the microsecond, the fen and the day."""
    assert tuple(after for _, after in edges(at, RULEBOOKS[at.document["policy"]])) == at.turns


@pytest.mark.parametrize("at", RANGES, ids=name_of)
def test_the_engine_turns_where_the_oracle_turns(at: Range) -> None:
    """Bisecting the engine finds the same edges, and on both sides of each it gives the oracle's whole answer."""
    found = edges(at, engine_decision)
    assert found == edges(at, oracle_decision)
    for side in (at.low, *(side for edge in found for side in edge), at.high):
        there = put(at.case(), at.place, side)
        assert engine_decision(there) == oracle_decision(there), f"{at.place} = {side}"


@pytest.mark.parametrize(
    ("document", "changes", "place", "holds", "fails"),
    [
        (
            CHECKED,
            PROMOTED,
            "/shop/experience_score",
            ("3.5", "3.50000", "3.500000001", "5"),
            ("3.4999999999", "3.4", "0"),
        ),
        (CHECKED, {}, "/shop/shop_score", ("4.100000001", "4.11", "5"), ("4.1", "4.10000", "4.0999999999", "3.5")),
        (CHECKED, {}, "/shop/positive_review_rate", ("75.000000001", "100"), ("75", "75.000", "74.9999999")),
    ],
)
def test_a_figure_is_exact_to_its_last_digit(
    document: Json, changes: Json, place: str, holds: tuple[str, ...], fails: tuple[str, ...]
) -> None:
    """A threshold is strict or inclusive as the rule says, however a figure is written, and a step of its last digit counts."""
    for texts, defeated in ((holds, 0), (fails, 1)):
        for text in texts:
            case = put(changed(document, changes), place, text)
            by_oracle = oracle_decision(case)
            assert engine_decision(case) == by_oracle, text
            assert sum(each["effect"] == "defeats" for each in by_oracle["findings"]) == defeated, text


@pytest.mark.parametrize(
    ("place", "keeps", "breaches"),
    [
        ("/shop/reply_rate", ("80", "80.0", "80.000000001"), ("79.999999999", "0")),
        ("/shop/required_reply_rate", ("80.00", "79.999999999", "0"), ("80.000000001", "100")),
    ],
)
def test_a_rate_is_exact_to_its_last_digit(place: str, keeps: tuple[str, ...], breaches: tuple[str, ...]) -> None:
    """The listing is not refused for it; it is a remark (R59)."""
    for text in (*keeps, *breaches):
        case = put(LISTED, place, text)
        by_oracle = oracle_decision(case)
        assert engine_decision(case) == by_oracle, text
        assert by_oracle["outcome"] == "may_be_listed"
        assert ("replies_below_the_required_rate" in by_oracle["remarks"]) == (text in breaches), text


@pytest.mark.parametrize(
    ("earlier", "time", "forfeits"),
    [
        ([], 1, False),
        ([NOT_YET], 1, False),
        ([None], None, False),
        ([happened(None)], None, False),
        ([happened(day("2024-02-01"))], 2, True),
        ([happened(OPENED)], 1, False),
        ([happened(day("2024-02-01")), happened(OPENED), NOT_YET], 3, True),
        ([happened(day("2024-02-01")), None], None, True),
    ],
)
def test_only_findings_with_notice_count(earlier: list[Json | None], time: int | None, forfeits: bool) -> None:
    """*Twice* means a finding on an act after notice of an earlier finding (R47, R58)."""
    findings = [{"id": f"F{number}", "notice": notice} for number, notice in enumerate(earlier)]
    case = put(TRADING, "/shop/earlier_findings", findings)
    by_oracle = oracle_decision(case)
    assert engine_decision(case) == by_oracle
    assert by_oracle["time"] == time
    assert ("forfeit_deposit" in [each["measure"] for each in by_oracle["measures"]]) == forfeits
