"""A candidate is a user's file. Its errors are reported with their lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from adjudicator import decide
from adjudicator.bulk import BulkOptions
from adjudicator.bulk.candidates import Candidate, CandidateError
from adjudicator.bulk.errors import UnusableInput
from adjudicator.bulk.workers import outcome_of
from adjudicator.wire.codec import load_case
from bulk.reading import rows_in, rows_of
from cli.running import Result
from comparison.conftest import DAMAGE, GENTLER, of_damage

Write = Callable[[str, str], Path]
HEAD = "import datetime as dt\nfrom douyin_global.damage import EDITION as OLD\n"


def test_a_candidate_decides_the_cases_of_its_policy(gentler: Path) -> None:
    before, after = rows_of(of_damage()), rows_of(of_damage(), options=BulkOptions(candidate=Candidate.at(gentler)))
    assert {row["edition"] for row in after} == {"2026-07-01"}
    approved = [sum(row["outcome"] == "approved" for row in rows) for rows in (before, after)]
    assert approved[0] < approved[1]


BREAKS: Final = f"""{HEAD}from adjudicator.claims import Programme

def against_a_global_merchant(programme: Programme) -> bool:
    \"\"\"DG.1. Breaks down.\"\"\"
    return {{}}[programme]


EDITION = OLD.amended(effective_from=dt.date(2026, 7, 1), replacing=(against_a_global_merchant,))
"""


def test_a_function_of_a_candidate_that_fails_is_named_with_its_line(write: Write) -> None:
    """In the rows of its cases, and by a process that ends with it."""
    path = write("breaks.py", BREAKS)
    candidate = Candidate.at(path)
    line = BREAKS.count("\n", 0, BREAKS.index("return")) + 1
    failed = [row for row in rows_of(of_damage(), options=BulkOptions(candidate=candidate)) if row["error_message"]]
    assert failed
    for row in failed:
        told = rf"a function of a pack failed, \w+\.against_a_global_merchant \(.*breaks\.py:{line}\): KeyError: .*"
        assert re.fullmatch(told, row["error_message"])
    edition = candidate.editions()[DAMAGE]
    _, error = outcome_of(lambda case: decide(case, edition), load_case(of_damage()[0]))
    assert re.fullmatch(told, str(error))


def test_the_folder_of_a_package_is_a_candidate_too(tmp_path: Path, write: Write) -> None:
    (tmp_path / "gentle_pack").mkdir()
    write("gentle_pack/rule.py", GENTLER)
    write("gentle_pack/__init__.py", "from gentle_pack.rule import EDITION\n\nEDITIONS = (EDITION,)\n")
    candidate = Candidate.at(tmp_path / "gentle_pack")
    assert candidate.edition_of(DAMAGE) is not None
    assert candidate.edition_of("consumer_law.seven_day_return") is None


def test_a_candidate_that_is_called_like_a_module_does_not_take_its_place(write: Write) -> None:
    candidate = Candidate.at(write("json.py", GENTLER))
    assert list(candidate.editions()) == [DAMAGE]
    import json

    assert json.loads("1") == 1


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("x = (\n", 1, "'(' was never closed"),
        ("import datetime\n\nprint(1 / 0)\n", 3, "ZeroDivisionError"),
        ("import no_such_module_at_all\n", 1, "ModuleNotFoundError"),
        ("raise SystemExit\n", 1, "SystemExit"),
        (f"{HEAD}EDITION = OLD.amended(\n    effective_from=dt.date(2026, 1, 1), without=['no_such'])\n", 3, "no_such"),
        (f"{HEAD}EDITION = OLD.amended(effective_from=dt.date(2026, 1, 1), settings={{'a': 1}})\n", 3, "no setting a"),
        ("x = 1\n", None, "expected EDITION"),
        ("EDITIONS = (1,)\n", None, "expected editions in EDITIONS, got 1"),
        (f"{HEAD}EDITIONS = (OLD, OLD)\n", None, f"expected one edition of each policy, got 2 of {DAMAGE}"),
    ],
)
def test_an_error_is_reported_with_file_line_and_reason(write: Write, text: str, line: int | None, reason: str) -> None:
    path = write("mine.py", text)
    with pytest.raises(CandidateError) as raised:
        Candidate.at(path).editions()
    place = f"{path}: " if line is None else f"{path}:{line}: "
    assert str(raised.value).startswith(place)
    assert reason in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_invalid_candidate_is_refused(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nothing.py", tmp_path / "text.txt"):
        with pytest.raises(CandidateError, match="expected a Python file, or the folder of a package"):
            Candidate.at(place)


def test_a_file_that_changes_during_a_run_is_refused(write: Write) -> None:
    candidate = Candidate.at(write("changing.py", GENTLER))
    write("changing.py", GENTLER + "\n    # another\n")
    with pytest.raises(UnusableInput, match="has changed since the run began"):
        candidate.editions()
    assert Candidate.at(candidate.path).editions()


def test_replay_takes_a_candidate_and_resumes_only_with_the_same(
    run: Callable[..., Result], history: Path, gentler: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    arguments = ("replay", str(history), "--out", str(out), "--candidate", str(gentler), "--processes", "1")
    assert run(*arguments).status == 0
    editions = {row["edition"] for row in rows_in(out) if row["policy"] == DAMAGE}
    assert editions == {"2026-07-01"}
    gentler.write_text(gentler.read_text("utf-8") + "\n# another\n", "utf-8")
    done = run(*arguments)
    assert done.status == 2
    assert "holds another replay: candidate was" in done.err
