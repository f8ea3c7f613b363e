"""Unreadable input and wrong usage: one line, an exit status, and never a traceback."""

from __future__ import annotations

import errno
import io
import json
import os
import random
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

import adjudicator.cli.commands.decide
import adjudicator.cli.ndjson
from adjudicator.cli import main
from adjudicator.cli.commands import COMMANDS
from cli.running import ESCAPE, EXAMPLES, PAID, Result, case, decision_of, hidden_in, in_bytes
from douyin_global.damage import damage_window


@pytest.mark.parametrize("file", ["no such file", "", ".", "a\0b", "a/b/c", "x" * 5_000, "\x1b[31m", "\udcff"])
def test_a_file_that_cannot_be_read_is_the_inputs_fault(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    """No such file, a folder, an impossible name: status 2 and one line."""
    monkeypatch.chdir(tmp_path)
    result = run("decide", file)
    assert (result.status, result.out) == (2, b"")
    assert re.fullmatch(r"adjudicator decide: .*: .+\n", result.err)
    assert ESCAPE not in result.err


def test_a_file_that_may_not_be_read_is_the_inputs_fault(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Status 2 and one line. Root can read everything, so the refusal is simulated."""
    file = tmp_path / "case.json"
    file.touch(mode=0o000)

    really_open = Path.open

    def refuse(path: Path, *arguments: Any, **options: Any) -> Any:
        if path == file:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return really_open(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    result = run("decide", str(file))
    assert result.status == 2
    assert result.err == f"adjudicator decide: {file}: Permission denied\n"


def test_an_input_that_breaks_off_is_not_the_inputs_fault(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """After a read error, earlier cases are decided, then status 1 and one line."""

    class Breaking(io.BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            if line := super().readline(size):
                return line
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Breaking(in_bytes(case(PAID)) + b"\n")))
    assert main(["decide", "-", "--format", "json"]) == 1
    out, err = capsysbinary.readouterr()
    assert out == decision_of(case(PAID))
    assert err == b"adjudicator decide: standard input: Input/output error\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",), ("decide",), ("decide", "a", "b"), ("decide", "-", "--format", "xml"), ("decide", "--nonsense"),
        ("decide", "-", "--nonsense"), ("decide", "-", "--format"), ("show",), ("show", "x", "y"), ("demo", "x"),
        ("policies", "x"), ("policies", "--at", "yesterday"), ("policies", "--at", "2022-13-01"), ("--nonsense",),
        ("show", "nonsense"), ("show", "douyin_global.damage", "--edition", "2020-01-01"), ("\x1b[31m",), ("",),
    ],
)  # fmt: skip
def test_wrong_usage_has_status_2_and_one_line(run: Callable[..., Result], arguments: tuple[str, ...]) -> None:
    """Wrong usage is reported in one line on standard error."""
    result = run(*arguments)
    assert (result.status, result.out) == (2, b"")
    assert re.fullmatch(r"adjudicator( \w+)?: .+\n", result.err)
    named = arguments[0] if arguments[0] in COMMANDS else ""
    assert result.err.startswith(" ".join(filter(None, ("adjudicator", named))) + ": ")
    assert ESCAPE not in result.err


def test_a_bug_is_reported_in_one_line(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """Any internal error ends with status 1 and one line."""

    def broken(_: object) -> object:
        raise RuntimeError("out of\norder \x1b[31m")

    monkeypatch.setattr(adjudicator.cli.commands.decide, "decide_case", broken)
    result = run("decide", "-", given=in_bytes(case(PAID)))
    assert (result.status, result.out) == (1, b"")
    assert (
        result.err == "adjudicator decide: internal error, please report it: RuntimeError: out of\\norder \\x1b[31m\n"
    )


def test_a_function_of_a_pack_that_fails_is_named(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """With file and line: its author has to look there, not in the engine."""

    def broken(document: object) -> object:
        return damage_window(document, None)  # type: ignore[arg-type]  # which is what fails

    monkeypatch.setattr(adjudicator.cli.commands.decide, "decide_case", broken)
    result = run("decide", "-", given=in_bytes(case(PAID)))
    assert result.status == 1
    told = r"adjudicator decide: a function of a pack failed, douyin_global\.damage\.damage_window \(.+damage\.py:\d+\): TypeError: .+\n"
    assert re.fullmatch(told, result.err)


@pytest.mark.parametrize("format", ["text", "json"])
def test_no_bytes_end_in_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], format: Literal["text", "json"]
) -> None:
    """Hundreds of inputs, random or damaged: each is decided or reported, JSON stays valid, and text is safe to show."""
    dice = random.Random(20220315)
    whole = [in_bytes(each, indent=dice.choice((None, 1))) for each in EXAMPLES.values()]
    for _ in range(400):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(damaged(dice, whole))))
        # Not through main, which reports an exception in one line: here none may be raised at all.
        assert adjudicator.cli.commands.decide.decide("-", format=format) in (0, 2)
        out, err = capsysbinary.readouterr()
        assert not hidden_in(err.decode())
        if format == "json":
            assert all(json.loads(line) for line in out.splitlines())
        else:
            assert not hidden_in(out.decode())


def damaged(dice: random.Random, whole: list[bytes]) -> bytes:
    """Random bytes, or cases with some bytes removed, doubled or changed."""
    if dice.random() < 0.3:
        alphabet = dice.choice((bytes(range(256)), b'{}[]",:\n 0e-.tfn\\u', b"\x00\x1b\x9b\xe2\x80\xae\n"))
        return bytes(dice.choices(alphabet, k=dice.randrange(60)))
    given = bytearray(b"\n".join(dice.choices(whole, k=dice.choice((1, 1, 2)))))
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(given))
        change = dice.randrange(4)
        if change == 0:
            del given[at : at + dice.randrange(1, 30)]
        elif change == 1:
            given[at:at] = given[at : at + dice.randrange(1, 30)]
        elif change == 2:
            given[at] = dice.randrange(256)
        else:
            given[at:at] = dice.choice(
                (b"\n", b"\r\n", b"\x1b[31m", b"\xe2\x80\xae", b"\\u001b", b"[red]", b'"', b"1e999")
            )
    return bytes(given)
