"""Samples give every case the same chance, and the bounds of an estimate hold as often as stated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from adjudicator.bulk.lines import Limits
from adjudicator.bulk.sources import Content
from adjudicator.comparison.estimates import LEAST_CHANGED, count_of, total_of
from adjudicator.comparison.sampling import draw


@frozen
class Numbers:
    """A source of ``size`` lines, each with its number."""

    count: int
    name: str = "numbers"
    size: None = None

    def fingerprint(self) -> dict[str, Any]:
        """It is always the same."""
        return {}

    def parts(self, limits: Limits) -> Iterator[Content]:
        """All lines, in two parts."""
        half = self.count // 2
        for first, last in ((1, half), (half + 1, self.count)):
            yield Content(first, b"".join(b"%d\n" % number for number in range(first, last + 1)))


def test_every_case_has_the_same_chance_to_be_drawn() -> None:
    drawn = Counter(each.row for seed in range(2_000) for each in draw([Numbers(20)], 5, None, seed).cases)
    assert set(drawn) == set(range(1, 21))
    # 500 expected each; the standard deviation is 19.
    assert all(abs(count - 500) < 5 * 19 for count in drawn.values())


def test_a_sample_holds_each_case_once_and_counts_all() -> None:
    sample = draw([Numbers(100), Numbers(50, "others")], 30, None)
    assert (len(sample.cases), sample.population) == (30, 150)
    assert len({(each.source, each.row) for each in sample.cases}) == 30
    assert sample == draw([Numbers(100), Numbers(50, "others")], 30, None)
    assert sample != draw([Numbers(100), Numbers(50, "others")], 30, None, seed=2)
    small = draw([Numbers(7)], 30, None)
    assert ([each.row for each in small.cases], small.population) == ([*range(1, 8)], 7)


def test_only_cases_that_may_be_of_the_policies_are_drawn() -> None:
    sample = draw([Numbers(100)], 30, frozenset({"9"}))
    assert (sample.population, sample.left_out) == (19, 81)
    assert all(b"9" in each.text for each in sample.cases if isinstance(each.text, bytes))


@given(st.integers(1, 500), st.integers(0, 10_000), st.data())
def test_the_bounds_of_a_count_never_contradict_the_sample(sample: int, more: int, data: st.DataObject) -> None:
    found = data.draw(st.integers(0, sample))
    estimate = count_of(found, sample, sample + more)
    assert estimate.least is not None
    assert estimate.most is not None
    assert found <= estimate.least <= estimate.most <= more + found
    assert estimate.least <= max(estimate.value, found) <= estimate.most or more == 0


def test_without_a_case_found_the_upper_bound_is_not_zero() -> None:
    estimate = count_of(0, 2_000, 1_000_000)
    assert (estimate.value, estimate.least) == (0, 0)
    assert estimate.most is not None
    assert 1_500 < estimate.most < 2_500


def test_the_bounds_hold_in_about_95_of_100_samples() -> None:
    dice = Random(7)
    gains = [dice.choice([0, 0, 0, 0, dice.randrange(-2_000, 9_000)]) for _ in range(4_000)]
    money = counts = 0
    for _ in range(400):
        sample = dice.sample(gains, 400)
        changed = [each for each in sample if each]
        total = total_of(sum(changed), sum(each * each for each in changed), len(changed), 400, 4_000)
        count = count_of(len(changed), 400, 4_000)
        money += (total.least or 0) <= sum(gains) <= (total.most or 0)
        counts += (count.least or 0) <= sum(map(bool, gains)) <= (count.most or 0)
    assert 0.92 < money / 400 < 0.985
    assert 0.93 < counts / 400 <= 1


def test_too_few_changed_cases_give_no_bounds_of_money_and_all_cases_give_exact_ones() -> None:
    few = total_of(900, 90_000, LEAST_CHANGED - 1, 500, 10_000)
    assert (few.value, few.least, few.most) == (18_000, None, None)
    exact = total_of(900, 90_000, 3, 500, 500)
    assert (exact.value, exact.least, exact.most) == (900, 900, 900)
