"""Counts and amounts add up in every cut, whatever is compared and in any order."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adjudicator import decide, load_case
from adjudicator.comparison.comparing import Comparer, Rows
from adjudicator.comparison.results import Flip, LineChange, Part
from adjudicator.comparison.sides import Pair
from adjudicator.comparison.tables import summary_table
from adjudicator.comparison.tally import CUTS, OF_CHANGES, OTHERS, Cell, Cut, Tally
from bulk.conftest import sampled
from comparison.conftest import CASES, of_damage

KINDS = ("refund", "compensation", "tax", "postage")
amounts = st.dictionaries(st.sampled_from(KINDS), st.integers(1, 10**9), max_size=3)
parts = st.builds(Part, st.sampled_from(["approved", "denied"]), amounts)
flips = st.builds(
    Flip, st.sampled_from("abc"), st.just("defeats"), st.just("supports"), st.frozensets(st.sampled_from("xy"))
)


@st.composite
def lines(draw: st.DrawFn) -> tuple[LineChange, dict[Cut, str]]:
    """A line under two editions, with its value in every cut."""
    before, after = draw(parts), draw(parts)
    changed = before != after
    own = draw(st.lists(flips, max_size=2, unique_by=lambda each: each.clause)) if changed else []
    change = LineChange("L1", before, after, changed, tuple(own))
    values: dict[Cut, str] = {cut: draw(st.sampled_from(["", "one", "two"])) for cut in CUTS if cut not in OF_CHANGES}
    return change, values


cases = st.tuples(st.sampled_from(["CNY", "JPY"]), st.lists(lines(), min_size=1, max_size=3))


def whole(cells: dict[str, Cell]) -> Cell:
    """The sum of a cut."""
    total = Cell()
    for cell in cells.values():
        total.add(cell)
    return total


def assert_it_adds_up(tally: Tally) -> None:
    """Every cut has the same total of lines and amounts."""
    assert tally.cases == tally.compared + tally.left_out + sum(tally.not_compared.values())
    assert sum(tally.outcomes.values()) == tally.compared
    for cut in CUTS:
        summed = whole(tally.cuts[cut])
        if cut in OF_CHANGES:
            assert (summed.lines, summed.changed) == (tally.total.changed, tally.total.changed)
            changes = {currency: money.change for currency, money in tally.total.money.items() if money.change}
            assert {currency: money.change for currency, money in summed.money.items() if money.change} == changes
            assert (summed.more, summed.less) == (tally.total.more, tally.total.less)
        elif tally.cuts[cut]:
            assert summed == tally.total
    for currency, money in tally.total.money.items():
        kinds = [each for (of, _), each in tally.kinds.items() if of == currency]
        assert sum(each.before for each in kinds) == money.before
        assert sum(each.after for each in kinds) == money.after
        assert money.gained - money.lost == money.change
        spread = tally.spreads.get(currency)
        assert (spread.total if spread else 0) == money.change


@given(st.lists(cases, max_size=6))
def test_made_up_lines_add_up_in_every_cut(made: list[tuple[str, list[tuple[LineChange, dict[Cut, str]]]]]) -> None:
    tally = Tally()
    for currency, each in made:
        tally.cases += 1
        tally.add_case(("denied", "approved"), currency, each, changed=any(line.changed for line, _ in each))
    assert_it_adds_up(tally)


def test_a_real_history_adds_up_in_every_cut(compared: tuple[Tally, Rows]) -> None:
    tally, _ = compared
    assert (tally.cases, tally.compared) == (CASES, len(of_damage()))
    assert 0 < tally.more <= tally.changed < tally.compared
    assert_it_adds_up(tally)


@settings(max_examples=15)
@given(st.integers(0, 2**32), st.integers(1, 8))
def test_the_parts_of_a_history_add_up_to_the_whole_in_any_order(seed: int, parts: int) -> None:
    """Each part has its own tally, as in separate processes."""
    total, dice = Tally(), Random(seed)
    for tally in dice.sample(_tallies(), len(_tallies())):
        total.add(tally)
    assert total == _whole()
    grouped = [Tally() for _ in range(parts)]
    for tally in _tallies():
        dice.choice(grouped).add(tally)
    again = Tally()
    for group in grouped:
        again.add(group)
    assert again == _whole()


MADE: dict[str, Any] = {}


@pytest.fixture(scope="module", autouse=True)
def _made(pair: Pair) -> None:
    """Each case compared by itself, cached."""
    comparer, cases = Comparer(pair), list(enumerate(of_damage(), 1))
    MADE["each"] = [comparer.compare("history", [case]) for case in cases]
    MADE["whole"] = comparer.compare("history", cases)


def _tallies() -> list[Tally]:
    tallies: list[Tally] = MADE["each"]
    return tallies


def _whole() -> Tally:
    tally: Tally = MADE["whole"]
    return tally


def test_a_case_counts_as_changed_if_its_two_decisions_differ(pair: Pair, compared: tuple[Tally, Rows]) -> None:
    """Checked from outside, with both decisions made by ``decide``."""
    tally, rows = compared
    expected: Counter[tuple[str, str]] = Counter()
    gains = Counter[str]()
    changed = 0
    for text in of_damage():
        case = load_case(text)
        old, new = (decide(case, side.edition(case)) for side in (pair.old, pair.new))
        expected[str(old.outcome), str(new.outcome)] += 1
        assert old.total is not None
        assert new.total is not None
        gains[str(new.currency)] += new.total - old.total
        results = [(each.outcome, each.parts, each.lines, each.awards, each.measures) for each in (old, new)]
        changed += results[0] != results[1]
    assert tally.outcomes == expected
    assert {currency: money.change for currency, money in tally.total.money.items() if money.change} == +gains
    assert tally.changed == changed
    found = rows.table().to_pylist()
    assert len({row["row"] for row in found if row["changed"]}) == changed


def test_the_summary_agrees_with_the_lines(compared: tuple[Tally, Rows]) -> None:
    """The summary is what DuckDB calculates from the lines."""
    tally, rows = compared
    found, summary = rows.table().to_pylist(), summary_table(tally).to_pylist()
    for cut in ("merchant", "category", "market", "month", "policy"):
        gains = Counter[tuple[str, str]]()
        counts = Counter[str]()
        for row in found:
            gains[row[cut] or "", row["currency"]] += row["gain"]
            counts[row[cut] or ""] += 1
        of_cut = [each for each in summary if each["cut"] == cut]
        assert {each["value"]: each["lines"] for each in of_cut if each["currency"] is None} == counts
        money = {
            (each["value"], each["currency"]): each["after"] - each["before"] for each in of_cut if each["currency"]
        }
        assert {key: value for key, value in money.items() if value} == {
            key: value for key, value in gains.items() if value
        }


def test_a_cut_with_too_many_values_still_adds_up_and_to_the_same_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adjudicator.comparison.tally.MOST_VALUES", 3)
    monkeypatch.setattr("adjudicator.comparison.tally.MOST_REASONS", 2)
    tallies = [*_tallies(), *map(_unreadable, "abcde")]
    found = []
    for seed in range(5):
        total = Tally()
        for tally in Random(seed).sample(tallies, len(tallies)):
            total.add(tally)
        found.append(total)
    assert len(found[0].cuts["merchant"]) == 4
    assert OTHERS in found[0].cuts["merchant"]
    assert found[0].not_compared["invalid", OTHERS] == 3
    assert_it_adds_up(found[0])
    assert all(each == found[0] for each in found)


def _unreadable(reason: str) -> Tally:
    """The tally of one case that cannot be compared."""
    tally = Tally(cases=1)
    tally.add_not_compared("invalid", reason)
    return tally


def test_cases_that_cannot_be_compared_are_counted_with_their_reason(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [b"{}", b'{"policy": "douyin_global.damage"}', of_damage()[0], sampled(CASES)[0]]
    tally = Comparer(pair).compare("odd", enumerate(texts, 1))
    assert (tally.cases, tally.compared, tally.left_out) == (4, 1, 1)
    assert {why for why, _ in tally.not_compared} == {"invalid"}
    monkeypatch.setattr("adjudicator.comparison.comparing.decide", lambda *_: int("one"))
    broken = Comparer(pair).compare("odd", [(1, of_damage()[0])])
    told = "internal error: ValueError: invalid literal for int() with base 10: 'one'"
    assert list(broken.not_compared) == [("broke_down", told)]
    assert_it_adds_up(tally)
