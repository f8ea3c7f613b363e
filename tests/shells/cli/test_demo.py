"""The demonstration shows the output of the command that it prints."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.running import Result


def test_the_demo_runs_the_command_that_it_prints(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the file is there to edit."""
    monkeypatch.chdir(tmp_path)
    demo = run("demo")
    assert demo.status == 0
    printed, _, shown = demo.text.partition("\n\n")
    assert printed == "$ adjudicator decide adjudicator-demo/counterfeit.json"
    assert shown.startswith(run(*printed.split()[2:]).text)
    for suggested in re.findall(r"^  adjudicator (.+)$", shown, flags=re.MULTILINE):
        assert run(*suggested.split()).status == 0


@pytest.mark.parametrize(
    ("typed", "printed"),
    [(".venv/bin/adjudicator", ".venv/bin/adjudicator"), ("/x/pytest", "adjudicator"), ("", "adjudicator")],
)
def test_the_demo_prints_commands_that_work(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, printed: str
) -> None:
    """If the program is not on the shell's path, the commands start the way the demo was started."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [typed, "demo"])
    assert run("demo").text.startswith(f"$ {printed} decide adjudicator-demo/counterfeit.json\n")


def test_the_demo_is_in_the_requested_language(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The printed commands pass the locale on."""
    monkeypatch.chdir(tmp_path)
    text = run("demo", "--locale", "zh-CN").text
    assert text.startswith("$ adjudicator decide adjudicator-demo/counterfeit.json --locale zh-CN\n\n部分通过")


def test_the_demo_never_writes_over_a_file(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edited case stays as it is, and the demo decides it from then on."""
    monkeypatch.chdir(tmp_path)
    run("demo")
    file = tmp_path / "adjudicator-demo" / "counterfeit.json"
    edited = file.read_text("utf-8").replace('"verified"', '"unverified"')
    file.write_text(edited, "utf-8")
    assert "INFORMATION NEEDED" in run("demo").text
    assert file.read_text("utf-8") == edited
    file.write_text("nonsense", "utf-8")
    broken = run("demo")
    assert broken.status == 2
    assert broken.err.startswith("adjudicator-demo/counterfeit.json: (whole input): expected JSON")


def test_the_demo_says_where_it_cannot_write(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is in the way is reported, with status 1."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "adjudicator-demo").touch()
    result = run("demo")
    assert (result.status, result.out) == (1, b"")
    assert result.err == "adjudicator demo: adjudicator-demo: File exists\n"
