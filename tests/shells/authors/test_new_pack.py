"""The command ``new-pack``: a new pack that passes its own tests, and its tables that pytest runs."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from adjudicator.cli import main
from adjudicator.cli.commands.new_pack import FILES
from adjudicator.model.facts import Ask, Disputed, Failed, Holds, NotCovered, Open, Repairable

ROOT: Final = Path(__file__).parents[3]
NAME: Final = "lamp_shop"


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new pack, importable from its folder as if it were installed."""
    folder = tmp_path_factory.mktemp("new") / "pack"
    assert main(["new-pack", NAME, "--out", str(folder)]) == 0
    project: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    installed = folder / f"{NAME}-{project['version']}.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(f"Name: {project['name']}\nVersion: {project['version']}\n", "utf-8")
    ((group, points),) = project["entry-points"].items()
    lines = [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
    (installed / "entry_points.txt").write_text("\n".join(lines), "utf-8")
    return folder


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(pack: Path, programs: Path) -> Run:
    """Run a program that finds the pack, in the pack's folder."""

    def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
        return subprocess.run(
            [programs / program, *arguments],
            cwd=pack,
            env=environment | {"PYTHONPATH": os.pathsep.join([str(pack), *sys.path]), "LC_ALL": "C.UTF-8"},
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run


def test_a_new_pack_decides_cases_and_is_complete(run: Run) -> None:
    """``docs/testing-a-pack.md``, which the tests execute, shows that it passes its own tests."""
    decided = run("adjudicator", "decide", f"{NAME}/examples/within-seven-days.json", "--format", "json")
    assert (json.loads(decided.stdout)["outcome"], json.loads(decided.stdout)["total"]) == ("approved", 25900)
    linted = run("adjudicator", "lint", NAME)
    assert (linted.returncode, linted.stdout) == (0, f"No faults in {NAME}.returns 2024-01-01.\n")


def test_a_row_decided_differently_is_explained_to_a_lawyer(pack: Path, run: Run) -> None:
    """No traceback, but the expected and the actual result, and the decisive clause with its facts."""
    (pack / "wrong.cases.csv").write_text(
        f"name,case,category,outcome\nfood comes back,{NAME}/examples/within-seven-days.json,food,approved\n", "utf-8"
    )
    try:
        done = run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "wrong.cases.csv")
    finally:
        (pack / "wrong.cases.csv").unlink()
    assert done.returncode == 1
    for found in (
        "wrong.cases.csv, row 1: food comes back",
        "outcome: expected approved, got denied",
        "RP.1(3) goods_are_food speaks against L1",
        "Food and milk powder cannot be returned.",
        "category: food",
    ):
        assert found in done.stdout
    assert "Traceback" not in done.stdout
    assert "plugin.py" not in done.stdout


def test_a_bad_table_is_an_error_without_a_traceback(pack: Path, run: Run) -> None:
    (pack / "bad.cases.yaml").write_text(
        f"case: {NAME}/examples/within-seven-days.json\nrows: [{{name: a, facts: {{categroy: food}}, outcome: denied}}]\n"
    )
    try:
        done = run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "bad.cases.yaml")
    finally:
        (pack / "bad.cases.yaml").unlink()
    assert done.returncode == 2
    assert "bad.cases.yaml, row 1, column categroy: there is no such fact" in done.stdout
    assert "plugin.py" not in done.stdout


def test_a_new_pack_is_written_in_the_words_of_rules(pack: Path) -> None:
    """It uses the functions of the vocabulary instead of building their values by hand, and declares its text."""
    written = (pack / NAME / "returns.py").read_text("utf-8")
    tree = ast.parse(written)
    imported = {each.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for each in node.names}
    assert {"missing", "share", "still_due", "within_days", "Established"} <= imported
    assert not imported & {each.__name__ for each in (Open, Ask, Failed, Holds, Repairable, Disputed, NotCovered)}
    assert 'sentences=("RP.1(1)", "RP.1(2)", "RP.1(3)", "RP.1(4)")' in written


def test_every_template_is_used() -> None:
    templates = ROOT / "adjudicator" / "cli" / "new_pack"
    kept = {path.relative_to(templates).as_posix() for path in templates.rglob("*.txt")}
    assert kept == {f"{source}.txt" for source in FILES}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lamp-shop", "lamp-shop is no name for a pack"),
        ("class", "class is a word of Python's own and no name for a pack; take another"),
        ("Lamps", "Lamps is no name for a pack"),
        ("douyin_global", "douyin_global is taken: a pack of that name is installed"),
        ("json", "json is taken: Python imports something else under that name"),
    ],
)
def test_an_invalid_name_is_refused(name: str, expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-pack", name]) == 2
    assert expected in capsys.readouterr().err
    assert not [*Path().iterdir()]


@pytest.mark.parametrize("is_a_file", [True, False])
def test_existing_files_are_not_changed(is_a_file: bool, capsys: pytest.CaptureFixture[str]) -> None:
    kept = Path(NAME) if is_a_file else Path(NAME) / "note.txt"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("mine", "utf-8")
    assert main(["new-pack", NAME]) == 2
    assert f"{NAME} is not an empty folder, and stays as it is" in capsys.readouterr().err
    assert [path for path in Path().rglob("*") if path.is_file()] == [kept]


def test_an_empty_folder_is_filled() -> None:
    Path("here").mkdir()
    assert main(["new-pack", NAME, "--out", "here"]) == 0
    assert (Path("here") / NAME / "returns.py").is_file()
