"""The report counts mutants by state, and fails if a survivor has no reason."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from adjudicator.engine.moment_plan import moment_plan
from adjudicator.engine.registry import editions
from adjudicator.model import time
from adjudicator.model.time import Instant
from mutation.caches import TABLES, forget_what_was_made
from mutation.run import Change, can_match, function_of, mutate_only, report, survivors

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


@pytest.mark.parametrize(
    ("pattern", "can"),
    [
        ("pack.*", True),
        ("pack.rule.*", True),
        ("*", True),
        ("pack.r*", True),
        ("pack.[a-r]ule.x_one*", True),
        ("pack.rule.x_one__mutmut_1", True),
        ("pack.rule", False),
        ("pack.rules.*", False),
        ("pack.rule.facts.*", False),
        ("pack.facts.*", False),
        ("other.*", False),
    ],
)
def test_a_pattern_can_match_functions_of_a_module(pattern: str, can: bool) -> None:
    """If it begins like the name of one."""
    assert can_match("pack.rule", pattern) is can


SETTINGS = """[tool.mutmut]
source_paths = ["src/pack"]
only_mutate = [
    "src/pack/*",
]
timeout_multiplier = 3.0
"""


def test_with_patterns_only_the_modules_that_they_can_match_are_mutated(tmp_path: Path) -> None:
    """A pack itself is a module too. The other settings stay."""
    for name in ("pack/__init__.py", "pack/rule.py", "pack/facts.py", "other/rule.py"):
        (tmp_path / "src" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "src" / name).touch()
    settings = tmp_path / "pyproject.toml"
    for patterns, modules in {
        ("pack.rule.*",): ["src/pack/rule.py"],
        ("pack.x_*", "pack.facts.x_two*"): ["src/pack/__init__.py", "src/pack/facts.py"],
    }.items():
        settings.write_text(SETTINGS, "utf-8")
        mutate_only(tmp_path, patterns)
        found = tomllib.loads(settings.read_text("utf-8"))["tool"]["mutmut"]
        assert found == {"source_paths": ["src/pack"], "only_mutate": modules, "timeout_multiplier": 3.0}
    settings.write_text(SETTINGS, "utf-8")
    with pytest.raises(SystemExit, match=r"matches other\.rule\.\*"):
        mutate_only(tmp_path, ["other.rule.*"])


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


def test_what_was_read_of_instants_is_forgotten() -> None:
    tables = [getattr(time, name) for name in TABLES]
    Instant.parse("2022-05-30T23:59:59+08:00").utc_text()
    assert all(tables)
    forget_what_was_made()
    assert not any(tables)
