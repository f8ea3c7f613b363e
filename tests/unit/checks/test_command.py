"""The command ``check``: its output, its page and its faults."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from adjudicator import check
from adjudicator.analysis.check import Check, check_document
from adjudicator.cli import main
from adjudicator.wire.codec import case_from
from adjudicator.wire.pointer import put
from admissions import IN_ORDER
from checks.checking import EXAMPLES


class Result:
    """The result of a run of the command."""

    def __init__(self, status: int, out: bytes, err: bytes) -> None:
        self.status = status
        self.text = out.decode()
        self.err = err.decode()

    @property
    def lines(self) -> list[Any]:
        """What it wrote, as one JSON document a line."""
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Result]:
    """Run the command in this process with some documents, one per line, as standard input."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, given: tuple[Any, ...] = ()) -> Result:
        lines = b"\n".join(json.dumps(each).encode() for each in given)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
        capsysbinary.readouterr()
        status = main(arguments)
        return Result(status, *capsysbinary.readouterr())

    return run


WAITING: Final = EXAMPLES["authenticity-unverified-report"]
FAULTY: Final = {**WAITING, "as_of": "tomorrow", "extra": 1}


def test_json_is_one_line_for_each_case(run: Callable[..., Result]) -> None:
    """Valid cases give status 0, even if something is missing."""
    given = (WAITING, IN_ORDER, EXAMPLES["damage-category-unknown-at-30-hours"])
    result = run("check", "-", "--format", "json", given=given)
    assert (result.status, result.err) == (0, "")
    assert result.lines == [json.loads(json.dumps(check_document(check(case_from(each))))) for each in given]


def test_faults_are_reported_as_by_decide(run: Callable[..., Result]) -> None:
    """An invalid case gives status 2, with the same record and lines as from ``decide``."""
    for cases in ((FAULTY,), ()):
        for output in ("text", "json"):
            checked = run("check", "-", "--format", output, given=cases)
            decided = run("decide", "-", "--format", output, given=cases)
            assert checked.status == 2
            assert (checked.status, checked.text, checked.err) == (decided.status, decided.text, decided.err)
    checked, decided = (
        run(command, "-", "--format", "json", given=(WAITING, FAULTY)) for command in ("check", "decide")
    )
    assert checked.status == decided.status == 2
    assert checked.lines[1] == decided.lines[1]
    assert checked.err == "adjudicator check: 1 of 2 invalid\n"


def test_a_missing_file_is_a_fault(run: Callable[..., Result], tmp_path: Path) -> None:
    """One line and status 2, as from ``decide``."""
    assert run("check", str(tmp_path / "nothing.json")).status == 2
    assert run("check").status == 2
    assert run("check", "--nonsense").status == 2


def test_a_bug_is_status_1(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other error ends in one line."""

    def broken(case: Any) -> Check:
        raise RuntimeError(case.id)

    monkeypatch.setattr("adjudicator.cli.commands.check.check_case", broken)
    result = run("check", "-", given=(WAITING,))
    assert (result.status, result.text) == (1, "")
    assert result.err.startswith("adjudicator check: internal error")


def test_a_page_says_what_is_missing(run: Callable[..., Result]) -> None:
    """Needs first, then other unknown facts, then evidence without effect."""
    document = json.loads(json.dumps(WAITING))
    put(document, "/order/merchant/programme", "domestic")
    put(document, "/order/lines/0/brand", None)
    put(document, "/evidence/0/verification", "rejected")
    document["evidence"].append(
        {"id": "E9", "kind": "other", "submitted_by": "consumer", "submitted_at": document["as_of"], "line_ids": [],
         "description": "chat"}
    )  # fmt: skip
    result = run("check", "-", given=(document,))
    assert (result.status, result.err) == (0, "")
    assert result.text.splitlines() == [
        "Sound, and nothing is needed now",
        "Case authenticity-unverified-report as at 20 May 2022, 12:00 Beijing time",
        "douyin_global.authenticity, edition 2022-03-15, revision 2",
        "",
        "Evidence for line L1",
        "  ✗ an appraisal report (nothing helps this line): cannot be used",
        "    document E1 · cannot be used: it was rejected",
        "  • an official finding (nothing helps this line): missing",
        "",
        "Not known, and not asked for as things stand",
        "  • the brand of the goods (the platform) · line L1 · /order/lines/0/brand",
        "",
        "Handed in, but no finding names it: it does not count, or only supports another",
        "piece",
        "  • document E1 · line L1",
        "",
        "Handed in, but no clause reads it, or it is about no claimed line",
        "  • document E9",
    ]


def test_a_page_is_words_in_every_language(run: Callable[..., Result]) -> None:
    """Requests read as in a decision, also in Chinese."""
    english = run("check", "-", given=(WAITING,))
    assert english.text.splitlines()[0] == "Sound, but something is needed"
    assert "→ From the platform: the verification of what was handed in · document E1" in english.text
    chinese = run("check", "-", "--locale", "zh-CN", given=(WAITING, FAULTY))
    assert chinese.text.splitlines()[0] == "内容无误，但尚需补充"
    assert "✗ 第 2 行有误" in chinese.text
    assert not re.search(r"check\.|need\.|fact\.", chinese.text)
