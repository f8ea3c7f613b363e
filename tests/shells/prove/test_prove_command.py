"""The command ``prove``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from attrs import evolve

from adjudicator.cli import main
from adjudicator.cli.commands import prove as command
from adjudicator.prove import Proofs, Reason, Statement, StatementKind, Status, Why

RETURN = "consumer_law.seven_day_return"


def test_it_prints_what_is_proved_and_exits_with_3_if_something_is_refuted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["prove", RETURN, "--format", "json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert (document["policy"], document["edition"], document["against"]) == (RETURN, "2014-03-15", None)
    needed = {each["about"]: each["status"] for each in document["statements"] if each["kind"] == "needed"}
    assert needed["goods_are_back"] == "refuted"
    assert needed["goods_are_intact"] == "proved"
    window = next(each for each in document["statements"] if each["kind"] == "window")
    assert window["bound"] == {
        "items": 1,
        "paths": 2000,
        "milliseconds": 5000,
        "seconds": 10,
        "lists": ["signings"],
        "sets": [],
        "always_stated": [],
        "sampled": [],
    }


@pytest.mark.parametrize("other", ["2014-03-15", "consumer_law:2014-03-15", f"{RETURN}:2014-03-15"])
def test_an_edition_can_be_compared_with_another(other: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", RETURN, "--against", other, "--locale", "en"]) == 0
    out = capsys.readouterr().out
    assert "10 proved, 0 refuted, 0 not answered in time, 0 not provable here" in out
    assert "The same functions with the same settings" in out


GENEROUS = """
import datetime as dt

from adjudicator.law import Minor
from consumer_law.seven_day_return import EDITION as IN_FORCE


def price_paid(goods_paid: Minor) -> Minor:
    \"\"\"CL.25(3). The price, whatever was given back of it.\"\"\"
    return goods_paid


EDITION = IN_FORCE.amended(effective_from=dt.date(2027, 1, 1), replacing=[price_paid])
"""


def test_a_change_of_amounts_alone_refutes_nothing_and_the_page_says_that_it_is_not_about_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "generous.py"
    path.write_text(GENEROUS, "utf-8")
    arguments = ["prove", RETURN, "--candidate", str(path), "--against", "2014-03-15"]
    assert main([*arguments, "--locale", "en"]) == 0
    out = capsys.readouterr().out
    assert "10 proved, 0 refuted" in out
    assert "About the clauses alone: their answers and effects, not amounts or units" in out
    assert main([*arguments, "--locale", "zh-CN"]) == 0
    assert "只证明各条款的答复和效果，不涉及金额和件数" in capsys.readouterr().out


LONGER = """
import datetime as dt

from adjudicator.law import Instant, Window, within_days
from consumer_law.seven_day_return import EDITION as IN_FORCE


def return_window(receipt: Instant) -> Window:
    \"\"\"CL.25(1), R1. Eight days instead of seven.\"\"\"
    return within_days("signed_at", receipt, 8)


EDITION = IN_FORCE.amended(effective_from=dt.date(2027, 1, 1), replacing=[return_window])
"""


def test_a_candidate_is_proved_alone_and_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "longer.py"
    path.write_text(LONGER, "utf-8")
    assert main(["prove", RETURN, "--candidate", str(path), "--format", "json"]) == 3
    alone = json.loads(capsys.readouterr().out)
    assert (alone["edition"], alone["against"]) == ("2027-01-01", None)
    assert {"decides", "needed", "no_gap", "window", "periods"} == {each["kind"] for each in alone["statements"]}
    assert main(["prove", RETURN, "--candidate", str(path), "--against", "2014-03-15", "--format", "json"]) == 3
    compared = json.loads(capsys.readouterr().out)
    refuted = {each["about"] for each in compared["statements"] if each["status"] == "refuted"}
    assert refuted == {"claimed_as_a_return", "claimed_within_seven_days"}


def test_a_candidate_must_be_about_the_policy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "longer_still.py"
    path.write_text(LONGER, "utf-8")
    assert main(["prove", "douyin_global.damage", "--candidate", str(path)]) == 2
    assert f"there is no edition of douyin_global.damage in it; there are those of: {RETURN}" in capsys.readouterr().err
    assert main(["prove", RETURN, "--candidate", str(path), "--edition", "2014-03-15"]) == 2
    assert "--candidate is the edition: give it without --edition" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--against", "2013-01-01"], "there is no edition 2013-01-01"),
        (
            ["--against", "pinduoduo:2018-10-24"],
            "there is no edition 2018-10-24 of consumer_law.seven_day_return in pinduoduo",
        ),
        (["--items", "5"], "--items: expected a whole number from 0 to 4, got 5"),
        (["--paths", "0"], "--paths: expected a whole number from 1 to 1000000, got 0"),
        (["--edition", "x"], "there is no edition x"),
    ],
)
def test_a_wrong_argument_is_named(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", RETURN, *arguments]) == 2
    assert message in capsys.readouterr().err


REFUTED = Statement(StatementKind.SAME_ANSWER, "a_clause", Status.REFUTED)
UNKNOWN = Statement(StatementKind.DECIDES, "a_clause", Status.UNKNOWN, reason=Reason(Why.TIMEOUT, "a_clause"))
PROVED = Statement(StatementKind.NO_GAP, "a_clause: as_of", Status.PROVED)


@pytest.mark.parametrize(("statements", "status"), [((PROVED,), 0), ((PROVED, UNKNOWN), 4), ((UNKNOWN, REFUTED), 3)])
def test_the_exit_status_says_the_worst(
    statements: tuple[Statement, ...], status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "check", lambda *_: Proofs(RETURN, "2014-03-15", None, statements))
    assert main(["prove", RETURN, "--locale", "en"]) == status
    assert capsys.readouterr().out.count("a_clause") == len(statements) + (UNKNOWN in statements)


@pytest.mark.parametrize(
    ("locale", "heading"), [("en", "No gap in time"), ("zh-CN", "时间上没有空档"), ("zh-TW", "時間上沒有空檔")]
)
def test_every_kind_status_and_reason_has_words(
    locale: str, heading: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    statements = [
        *(evolve(PROVED, kind=kind, status=status) for kind in StatementKind for status in Status),
        *(Statement(StatementKind.DECIDES, "x", Status.NOT_PROVABLE, reason=Reason(why, "this")) for why in Why),
    ]
    monkeypatch.setattr(command, "check", lambda *_: Proofs(RETURN, "2014-03-15", None, (*statements,)))
    main(["prove", RETURN, "--locale", locale])
    out = capsys.readouterr().out
    assert heading in out
    assert "prove." not in out
