"""The command ``check-reply``: a page for people in three languages, a document for programs."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from adjudicator import dump_case, dump_decision
from adjudicator.cli import main
from replies.decided import decided


@pytest.fixture
def reply(tmp_path: Path) -> Path:
    """A draft reply that promises too much."""
    path = tmp_path / "reply.txt"
    path.write_text(
        "We will refund ¥9,000, and pay ¥5,920 in compensation.\nIs that \x1b[31mall right\x1b[0m?", "utf-8"
    )
    return path


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """The case that the reply is about."""
    path = tmp_path / "case.json"
    path.write_bytes(dump_case(decided("counterfeit")[0]))
    return path


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("en", "more than is owed"), ("zh-CN", "超出应付的范围"), ("zh-TW", "超出應付的範圍")],
)
def test_a_page_shows_what_is_refused_and_what_is_owed(
    case: Path, reply: Path, locale: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check-reply", str(case), str(reply), "--locale", locale]) == 0
    page = capsys.readouterr().out
    assert expected in page
    assert "592.00" in page
    assert "DG.1.2(3)" in page
    assert "\x1b" not in page


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", "leaves the day itself out, which it need not"),
        ("zh-CN", "不包含当日时才与决定一致"),
        ("zh-TW", "不包含當日時才與決定一致"),
    ],
)
def test_a_page_says_which_reading_of_a_day_is_right_and_what_to_write(
    tmp_path: Path, locale: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    case, reply = tmp_path / "case.json", tmp_path / "reply.txt"
    case.write_bytes(dump_case(decided("no_proof")[0]))
    reply.write_text("请在6月3日前提交凭证。", "utf-8")
    assert main(["check-reply", str(case), str(reply), "--locale", locale]) == 0
    page = "".join(capsys.readouterr().out.split())
    assert expected.replace(" ", "") in page
    assert "2022年6月2日24:00前" in page


def test_a_document_has_positions_and_a_decision_is_enough(
    case: Path, reply: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decision = tmp_path / "decision.json"
    decision.write_bytes(dump_decision(decided("counterfeit")[1]))
    for arguments in ([str(case)], [str(decision)], [str(decision), "--case", str(case)]):
        assert main(["check-reply", *arguments[:1], str(reply), *arguments[1:], "--format", "json"]) == 0
        check = json.loads(capsys.readouterr().out)
        first = check["promises"][0]
        assert (check["verdict"], first["reason"]) == ("refused", "too_much")
        assert reply.read_text("utf-8")[first["start"] : first["end"]] == first["text"] == "¥9,000"


def test_the_reply_may_come_from_the_standard_input(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\ufeff您将收到6524元。".encode())))
    assert main(["check-reply", str(case), "-", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "agreed"


def test_the_moment_of_the_reply_counts(case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reply = tmp_path / "reply.txt"
    reply.write_text("You can still file until tomorrow.", "utf-8")
    for at, verdict in (("2022-06-30T09:00:00+08:00", "agreed"), ("2022-06-29T09:00:00+08:00", "refused")):
        assert main(["check-reply", str(case), str(reply), "--at", at, "--format", "json"]) == 0
        assert json.loads(capsys.readouterr().out)["verdict"] == verdict


@pytest.mark.parametrize(
    ("content", "options", "expected"),
    [
        (b"\xff\xfe", [], "UTF-8"),
        (b"x" * 20_001, [], "at most 20000 characters"),
        (b"fine", ["--at", "tomorrow"], "--at takes an instant"),
    ],
)
def test_unreadable_input_is_reported(
    case: Path, tmp_path: Path, content: bytes, options: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = tmp_path / "reply.txt"
    reply.write_bytes(content)
    assert main(["check-reply", str(case), str(reply), *options]) == 2
    assert expected in capsys.readouterr().err
