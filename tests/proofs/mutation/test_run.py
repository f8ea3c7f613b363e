"""The report counts mutants by state, and fails if a survivor has no reason."""

from __future__ import annotations

import pytest

from adjudicator.engine.moment_plan import moment_plan
from adjudicator.engine.registry import editions
from mutation.caches import forget_what_was_made
from mutation.run import Change, function_of, report, survivors

FOUND = {
    "pack.rule.x_one__mutmut_1": "killed",
    "pack.rule.x_one__mutmut_2": "survived",
    "pack.rule.xǁWindowǁ__contains____mutmut_1": "timeout",
    "pack.facts.x__two__mutmut_1": "no tests",
}
ONE = Change("pack.rule.one", "- 1\n+ 2")
TWO = Change("pack.facts._two", "- a\n+ b")
CHANGES = {"pack.rule.x_one__mutmut_2": ONE, "pack.facts.x__two__mutmut_1": TWO}


def test_a_mutant_belongs_to_a_function_or_a_method() -> None:
    """By its full name."""
    assert [function_of(mutant) for mutant in FOUND] == [
        "pack.rule.one",
        "pack.rule.one",
        "pack.rule.Window.__contains__",
        "pack.facts._two",
    ]


def test_a_mutant_that_no_test_killed_survives() -> None:
    """A mutant that times out counts as killed."""
    assert survivors(FOUND) == CHANGES.keys()


def test_the_table_counts_the_mutants_by_state(capsys: pytest.CaptureFixture[str]) -> None:
    """One row for each module."""
    report(FOUND, CHANGES, {ONE: "Nobody sees it."})
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith(("pack", "in all"))]
    assert ["pack.facts", "1", "0", "0", "0", "1"] in rows
    assert ["pack.rule", "3", "1", "1", "1", "0"] in rows
    assert ["in", "all", "4", "1", "1", "1", "1"] in rows


@pytest.mark.parametrize(
    ("reasons", "status", "said"),
    [
        ({ONE: "", TWO: ""}, 0, ""),
        ({ONE: ""}, 1, "no reason is written (pack.facts.x__two__mutmut_1: no tests)"),
        ({ONE: "", TWO: "", Change("pack.rule.one", "- 3\n+ 4"): ""}, 1, "it is no survivor:\npack.rule.one\n- 3\n+ 4"),
        ({ONE: "", TWO: "", Change("pack.rule.not_tried", "- 3\n+ 4"): ""}, 0, ""),
    ],
)
def test_it_fails_on_a_survivor_without_a_reason_and_on_a_reason_without_a_survivor(
    reasons: dict[Change, str], status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only mutants of functions that were tested count."""
    assert report(FOUND, CHANGES, reasons) == status
    assert said in capsys.readouterr().out


def test_what_was_made_of_editions_is_forgotten_but_not_the_editions() -> None:
    """The same editions are read by tests that were collected before."""
    before = editions()
    plan = moment_plan(before[0])
    assert moment_plan(before[0]) is plan
    forget_what_was_made()
    assert moment_plan(before[0]) is not plan
    assert all(one is other for one, other in zip(before, editions(), strict=True))
