"""The command ``adjudicator adapt`` writes a case to standard output, and what was lost to standard error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adjudicator import load_case
from adjudicator.cli import main

PAYLOADS = Path(__file__).parents[3] / "docs" / "examples" / "doudian"


def arguments(story: str, *more: str) -> list[str]:
    """The command-line arguments for a story of the tests."""
    of = PAYLOADS / story
    return [
        "adapt",
        "doudian",
        *("--after-sale", str(of / "after-sale.json")),
        *("--order", str(of / "order.json")),
        *("--beside", str(of / "beside.json")),
        *("--map", str(PAYLOADS / "map.json")),
        *("--policy", "douyin_global.damage"),
        *("--as-of", "2022-04-12T20:00:00+08:00"),
        *more,
    ]


def test_the_case_pipes_into_decide(capfd: pytest.CaptureFixture[str]) -> None:
    """Standard output has one valid case and nothing else; the losses are on standard error."""
    assert main(arguments("leaking-milk-powder")) == 0
    output = capfd.readouterr()
    assert load_case(output.out).policy == "douyin_global.damage"
    assert "dropped" in output.err


def test_another_platform_and_another_kind_of_case(capfd: pytest.CaptureFixture[str]) -> None:
    """Pinduoduo payloads become a case about a top-up."""
    of = PAYLOADS.parent / "pinduoduo" / "top-up-not-arrived"
    inputs = (f"--{name}={of / f'{name}.json'}" for name in ("after-sale", "order", "beside"))
    moment = ("--policy=pinduoduo.virtual_arrival", "--as-of=2022-08-04T12:00:00+08:00")
    assert main(["adapt", "pinduoduo", *inputs, *moment]) == 0
    assert load_case(capfd.readouterr().out).policy == "pinduoduo.virtual_arrival"


def test_an_envelope_is_named_for_both_answers_or_for_the_order_alone(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """An envelope that a gateway has already removed is refused, unless an option says so."""
    given = arguments("leaking-milk-powder")
    for position in (3, 5):
        bare = tmp_path / f"{position}.json"
        bare.write_text(json.dumps(json.loads(Path(given[position]).read_text("utf-8"))["data"]), "utf-8")
        given[position] = str(bare)
    assert main(given) == 2
    assert main([*given, "--envelope", "platform", "--order-envelope", "bare"]) == 2
    assert "order#" not in capfd.readouterr().err.splitlines()[-1]
    assert main([*given, "--envelope", "bare"]) == 0
    assert load_case(capfd.readouterr().out).policy == "douyin_global.damage"


def test_the_report_is_for_programs_too(capfd: pytest.CaptureFixture[str]) -> None:
    """In JSON, each loss has its kind, its place and its raw value."""
    assert main(arguments("leaking-milk-powder", "--report", "json")) == 0
    report = json.loads(capfd.readouterr().err)
    assert {"kind", "source", "pointer", "raw"} <= report["losses"][0].keys()


def test_faults_of_payloads_are_reported_one_per_line(capfd: pytest.CaptureFixture[str]) -> None:
    """A withdrawn claim is refused with the reason, status 2, and no case."""
    assert main(arguments("withdrawn")) == 2
    output = capfd.readouterr()
    assert output.out == ""
    assert "after-sale#" in output.err
    assert "Traceback" not in output.err


def test_a_missing_file_is_reported(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Status 2 and one line that names the file."""
    given = arguments("leaking-milk-powder")
    given[3] = str(tmp_path / "nowhere.json")
    assert main(given) == 2
    assert "nowhere.json" in capfd.readouterr().err


def test_two_different_orders_are_refused(capfd: pytest.CaptureFixture[str]) -> None:
    """Payloads that do not belong together make no case."""
    given = arguments("leaking-milk-powder")
    given[5] = str(PAYLOADS / "wrong-reason" / "order.json")
    assert main(given) == 2
    assert capfd.readouterr().out == ""
