"""The commands ``explain``, ``diff`` and ``codes``."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import html5lib
import pytest

from adjudicator import decide, dump_decision, load_case
from adjudicator.cli import main
from adjudicator.explain import explain
from adjudicator.rulebook.codes import codes

EXAMPLES = Path(__file__).parents[1] / "data" / "examples"
PAID = "authenticity-proof-covers-two-of-three"
PENDING = "authenticity-unverified-report"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run the command in this process, with bytes as standard input."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str | Path, given: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        status = main(list(map(str, arguments)))
        out, err = capsysbinary.readouterr()
        return status, out.decode(), err.decode()

    return run


def case_of(name: str, **changes: Any) -> bytes:
    document = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))["case"]
    return json.dumps({**document, **changes}, ensure_ascii=False).encode()


def decision_of(case: bytes) -> bytes:
    return dump_decision(decide(load_case(case)))


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A case, its decision, and the case with an unverified report."""
    unverified = json.loads(case_of(PAID))
    unverified["evidence"][0]["verification"] = "unverified"
    texts = {
        "case": case_of(PAID),
        "decision": decision_of(case_of(PAID)),
        "unverified": json.dumps(unverified).encode(),
        "other": case_of(PENDING),
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.json").write_bytes(text)
    return {name: tmp_path / f"{name}.json" for name in texts}


@pytest.mark.parametrize("voice", ["consumer", "merchant", "agent", "auditor"])
@pytest.mark.parametrize("written_as", ["text", "markdown", "html"])
def test_a_case_is_decided_and_explained_on_the_spot(
    run: Run, files: dict[str, Path], voice: Any, written_as: Any
) -> None:
    status, out, err = run("explain", files["case"], "--voice", voice, "--format", written_as, "--locale", "zh-HK")
    case = load_case(case_of(PAID))
    assert (status, err) == (0, "")
    assert out == explain(decide(case), case, voice=voice, locale="zh-HK", format=written_as)


def test_a_decision_is_explained_with_its_case_or_without(run: Run, files: dict[str, Path]) -> None:
    decision = decide(load_case(case_of(PAID)))
    assert run("explain", files["decision"])[1] == explain(decision)
    with_case = run("explain", files["decision"], "--case", files["case"])[1]
    assert with_case == run("explain", files["case"])[1] != explain(decision)


def test_the_case_of_another_decision_is_refused(run: Run, files: dict[str, Path]) -> None:
    """Even if it has the same id and is another version of the case."""
    for other in ("other", "unverified"):
        status, out, err = run("explain", files["decision"], "--case", files[other])
        assert (status, out) == (2, "")
        assert f"expected the case that was decided, {PAID}" in err


def test_several_are_several_letters(run: Run) -> None:
    given = case_of(PAID) + b"\n" + decision_of(case_of(PENDING)) + b"\n"
    status, out, _ = run("explain", "-", "--format", "html", given=given)
    assert status == 0
    assert len(html5lib.parse(out, namespaceHTMLElements=False).findall(".//article")) == 2


def test_invalid_records_are_reported_and_the_others_are_explained(run: Run) -> None:
    given = case_of(PAID) + b"\n" + case_of(PAID, policy="acme.returns") + b"\n{}\n" + case_of(PENDING) + b"\n"
    status, out, err = run("explain", "-", "--voice", "agent", given=given)
    assert status == 2
    assert out.count("What to tell the customer") == 2
    assert "Line 2 could not be decided" in err
    assert "2 of 4 could not be explained" in err


@pytest.mark.parametrize("given", [b"", b"[]", b"{", b'{"findings": []}'])
def test_input_that_is_neither_case_nor_decision_is_refused(run: Run, given: bytes) -> None:
    status, out, err = run("explain", "-", given=given)
    assert (status, out) == (2, "")
    assert "expected" in err


def test_an_unknown_voice_is_refused(run: Run, files: dict[str, Path]) -> None:
    status, _, err = run("explain", files["case"], "--voice", "judge")
    assert status == 2
    assert "consumer" in err


def test_diff_shows_what_changed_and_why(run: Run, files: dict[str, Path]) -> None:
    status, out, _ = run("diff", files["case"], files["unverified"])
    assert status == 0
    assert "Partially approved → Information needed" in out
    assert "/evidence/0/verification: verified → not verified" in out
    _, out, _ = run("diff", files["decision"], files["unverified"], "--format", "json")
    found = json.loads(out)
    assert found["outcome"] == {"before": "partially_approved", "after": "needs_information"}
    assert [each["why"] for each in found["findings"]] == ["case"]
    _, out, _ = run("diff", files["case"], files["decision"])
    assert out.startswith("Nothing changed\n")


def test_diff_refuses_two_cases(run: Run, files: dict[str, Path]) -> None:
    status, out, err = run("diff", files["case"], files["other"])
    assert (status, out) == (2, "")
    assert "/case_id: expected a decision of the same case" in err


def test_diff_takes_one_case_from_each_file(run: Run, files: dict[str, Path], tmp_path: Path) -> None:
    several = tmp_path / "several.ndjson"
    several.write_bytes(case_of(PAID) + b"\n" + case_of(PENDING) + b"\n")
    for arguments in ((files["case"], several), (several, files["case"])):
        status, out, err = run("diff", *arguments)
        assert (status, out) == (2, "")
        assert err.startswith(
            f"adjudicator diff: {several}: it contains more than one case or decision; diff compares one "
        )
        assert err.count("\n") == 1
    status, _, err = run("explain", files["decision"], "--case", several)
    assert status == 2
    assert f"{several}: it contains more than one case or decision" in err


def test_diff_cannot_read_the_standard_input_twice(run: Run) -> None:
    status, out, err = run("diff", "-", "-", given=case_of(PAID))
    assert (status, out) == (2, "")
    assert err == "adjudicator diff: only one of the two files can be the standard input\n"


def test_a_fault_names_its_file(run: Run, files: dict[str, Path], tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_bytes(case_of(PAID, as_of="tomorrow"))
    for arguments in (
        ("diff", broken, files["case"]),
        ("diff", files["case"], broken),
        ("decide", broken),
        ("explain", broken),
        ("explain", files["decision"], "--case", broken),
    ):
        status, out, err = run(*arguments)
        assert (status, out) == (2, ""), arguments
        assert err.startswith(f"{broken}: /as_of: expected "), arguments
    status, _, err = run("diff", files["case"], files["other"])
    assert status == 2
    assert err.startswith(f"{files['other']}: /case_id: ")


def test_the_codes_are_written_as_data(run: Run) -> None:
    status, out, _ = run("codes", "--format", "json")
    assert status == 0
    assert [json.loads(line)["code"] for line in out.splitlines()] == [each.code for each in codes()]
    _, out, _ = run("codes", "douyin_global.damage", "--locale", "zh-TW")
    assert "filed_within_the_damage_window.not_ripe" in out
    assert "filed_within_ninety_days" not in out


def test_the_codes_of_an_unknown_policy_are_refused(run: Run) -> None:
    status, _, err = run("codes", "acme.returns")
    assert status == 2
    assert "there is no policy acme.returns" in err


def test_the_command_runs_as_a_module() -> None:
    ran = subprocess.run([sys.executable, "-m", "adjudicator", "policies"], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "douyin_global.damage" in ran.stdout
