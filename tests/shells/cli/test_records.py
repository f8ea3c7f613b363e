"""One case, or one case a line: input, output, and how the two are distinguished."""

from __future__ import annotations

import io
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

import adjudicator.cli.commands.decide
import adjudicator.cli.ndjson
from adjudicator.cli.ndjson import Record, Records
from adjudicator.wire.parser import MOST_BYTES
from cli.running import DENIED, EXAMPLES, PAID, WAITING, Result, case, decision_of, in_bytes

# One case


@pytest.mark.parametrize("name", EXAMPLES)
def test_json_is_the_decision_and_nothing_else(run: Callable[..., Result], name: str) -> None:
    """A case on one line or many becomes its decision on one line, whatever the outcome."""
    for given in (in_bytes(case(name)), in_bytes(case(name), indent=2)):
        result = run("decide", "-", "--format", "json", given=given)
        assert (result.status, result.out, result.err) == (0, decision_of(case(name)), "")


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n \t\n"])
@pytest.mark.parametrize("beginning", [b"", b"\xef\xbb\xbf", b"\n\n", b"\r\n"])
@pytest.mark.parametrize("indent", [None, 0, 2])
def test_space_around_a_case_is_ignored(
    run: Callable[..., Result], beginning: bytes, end: bytes, indent: int | None
) -> None:
    """A byte order mark, blank lines and any line ends are ignored, in documents of one line or many."""
    given = beginning + in_bytes(case(PAID), indent=indent).replace(b"\n", b"\r\n") + end
    result = run("decide", "-", "--format", "json", given=given)
    assert (result.status, result.out) == (0, decision_of(case(PAID)))


def test_a_file_is_read_like_the_standard_input(run: Callable[..., Result], tmp_path: Path) -> None:
    """A file with any name gives the same result as its bytes on standard input."""
    file = tmp_path / "一个 case [red].json"
    file.write_bytes(in_bytes(case(PAID), indent=2))
    assert run("decide", str(file), "--format", "json").out == decision_of(case(PAID))


def test_the_faults_of_a_single_case_are_reported_one_per_line(run: Callable[..., Result]) -> None:
    """Every fault is a line on standard error; in JSON there is also a record on standard output."""
    given = in_bytes(case(PAID, as_of="tomorrow", policy="x", extra=1), indent=2)
    text = run("decide", "-", given=given)
    assert (text.status, text.out) == (2, b"")
    pointers = [line.partition(": expected ")[0] for line in text.err.splitlines()]
    assert sorted(pointers) == ["/as_of", "/extra", "/policy"]
    assert all(", got " in line for line in text.err.splitlines())
    as_json = run("decide", "-", "--format", "json", given=given)
    (record,) = as_json.lines
    assert as_json.status == 2
    assert as_json.err == text.err
    assert [fault["pointer"] for fault in record["error"]["faults"]] == pointers
    assert all(fault.keys() == {"pointer", "value", "expected"} for fault in record["error"]["faults"])
    assert record["error"]["line"] == 1


@pytest.mark.parametrize("given", [b"", b"\n", b" \r\n\t\n", b"\xef\xbb\xbf"])
def test_an_empty_input_is_at_fault(run: Callable[..., Result], given: bytes) -> None:
    """Empty input is not a case."""
    result = run("decide", "-", given=given)
    assert (result.status, result.out, result.err) == (2, b"", "(whole input): expected a case, got nothing\n")


# One case a line


def test_lines_are_decided_in_order(run: Callable[..., Result]) -> None:
    """Each line becomes one line, in order; blank lines are skipped."""
    names = [PAID, DENIED, WAITING]
    given = b"\n\r\n  \n".join(in_bytes(case(name)) for name in names)
    result = run("decide", "-", "--format", "json", given=given)
    assert (result.status, result.err) == (0, "")
    assert result.out == b"".join(decision_of(case(name)) for name in names)


BROKEN = [
    b'{"id": "cut off',
    b'{"id": "cut off", "claim": {',
    b'{"id": "cut off", "claim": {"items": [',
    b"[",
    b"{",
    b"nonsense",
    b"\xff\xfe{}",
    b'{"id": "\xc3\x28"}',
    b"{}{}",
    b'"a string"',
    b"null",
    b"NaN",
    b"[1, 2]",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"9" * 10_000,
    b"{" + b" " * (MOST_BYTES + 10) + b"}",
    in_bytes(EXAMPLES[PAID])[:-1],
    in_bytes(case(PAID, as_of="tomorrow")),
    in_bytes(EXAMPLES[PAID])[:-1] + b', "id": "twice"}',
]


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("broken", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_line_stops_no_other(run: Callable[..., Result], broken: bytes, place: int) -> None:
    """A broken line becomes an error record in its place, and the others are decided."""
    lines = [in_bytes(case(PAID)), in_bytes(case(DENIED))]
    lines.insert(place, broken)
    result = run("decide", "-", "--format", "json", given=b"\n".join(lines) + b"\n")
    assert result.status == 2
    error = result.lines[place]["error"]
    assert error["line"] == place + 1
    assert error["faults"]
    output = result.out.splitlines(keepends=True)
    assert output[:place] + output[place + 1 :] == [decision_of(case(PAID)), decision_of(case(DENIED))]
    assert result.err == "adjudicator decide: 1 of 3 could not be decided\n"


def test_several_broken_lines_come_first(run: Callable[..., Result]) -> None:
    """The first valid line, which shows that there is one case a line, may come late."""
    given = b"\n".join((b"nonsense", b"", b"{", in_bytes(case(PAID))))
    result = run("decide", "-", "--format", "json", given=given)
    assert [line["error"]["line"] if "error" in line else "decided" for line in result.lines] == [1, 3, "decided"]


def test_a_broken_line_is_a_block_of_text(run: Callable[..., Result]) -> None:
    """In text, the faults of one of several lines appear between the pages of the others."""
    given = b"\n".join((in_bytes(case(PAID)), b"nonsense", in_bytes(case(DENIED))))
    result = run("decide", "-", given=given)
    assert result.status == 2
    first, block, last = re.split(r"^-{20,}\n", result.text, flags=re.MULTILINE)
    assert first.startswith("PARTIALLY APPROVED")
    assert re.fullmatch(r"✗ Line 2 could not be decided\n  \(whole input\): expected JSON, got .*\n", block, re.DOTALL)
    assert last.startswith("DENIED")


def test_a_document_that_is_broken_is_one_document(run: Callable[..., Result]) -> None:
    """A case on many lines with a missing comma is one fault, not one for each line."""
    given = in_bytes(case(PAID), indent=2).replace(b",\n", b"\n", 1)
    result = run("decide", "-", "--format", "json", given=given)
    assert result.status == 2
    (record,) = result.lines
    assert [fault["expected"] for fault in record["error"]["faults"]] == ["JSON"]


# Distinguishing the two


def records_in(given: bytes) -> list[Record]:
    """The records in some bytes."""
    return list(Records(io.BytesIO(given)))


@pytest.mark.parametrize(
    ("given", "starts"),
    [
        (b'{"a":\n1}', [1]),
        (b'\n\n{\n"a": 1}\n', [3]),
        (b'[\n{"a": 1},\n{"a": 2}\n]', [1]),
        (b'{"a": [\n{"b": 1}\n]}', [1]),
        (b'{"a": [\n{"b": 1}\n,\n{"b": 2}\n]}', [1]),
        (b'{"a": [\n{"b": 1}\n{"b": 2}\n', [1, 2, 3]),
        (b'{"a": [\n{"b": 1}\n', [1, 2]),
        (b'{"a": 1}\n{"a": 2}', [1, 2]),
        (b"1\n2", [1, 2]),
        (b"x\ny\nz", [1]),
        (b"x\n{}\ny\n", [1, 2, 3]),
        (b"{}", [1]),
        (b"x", [1]),
    ],
)
def test_one_document_and_one_document_per_line_are_distinguished(given: bytes, starts: list[int]) -> None:
    """A document can have many lines, also with objects on lines of their own; records can be broken."""
    assert [record.line for record in records_in(given)] == starts


def test_the_largest_input_is_read_and_a_larger_one_is_not() -> None:
    """A line is too long from one byte above the limit, whatever ends it; so is a document of many lines."""
    for end in (b"", b"\n", b"\r\n"):
        exact, longer = (b'"' + b"x" * (size - 2) + b'"' for size in (MOST_BYTES, MOST_BYTES + 1))
        assert [record.too_long for record in records_in(exact + end)] == [False]
        assert [record.too_long for record in records_in(longer + end)] == [True]
        assert [record.too_long for record in records_in(longer + end + b"{}\n")] == ([True, False] if end else [True])
    many_lines = b"[\n" + b"1234567890,\n" * (MOST_BYTES // 12 - 1)
    many_lines += b" " * (MOST_BYTES - len(many_lines) - 1) + b"1]"
    assert len(many_lines) == MOST_BYTES + 1
    assert [record.too_long for record in records_in(many_lines)] == [True]
    assert [record.too_long for record in records_in(many_lines.replace(b" ", b"", 1))] == [False]


class Endless(io.RawIOBase):
    """A stream of ``size`` bytes, generated on reading."""

    def __init__(self, pattern: bytes, size: int) -> None:
        self.pattern = pattern * (65_536 // len(pattern) + 1)
        self.left = size

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        size = min(len(buffer), self.left, len(self.pattern))
        buffer[:size] = self.pattern[:size]
        self.left -= size
        return size


@pytest.mark.parametrize("pattern", [b"x", b'{"a": 1}\n', b"{\n", b"\n", b"[\n{}\n", b"x\n"])
def test_memory_stays_the_same_however_long_the_input(pattern: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a very long line nor very many lines are kept in memory."""
    limit = 4_000
    monkeypatch.setattr(adjudicator.cli.ndjson, "MOST_BYTES", limit)
    monkeypatch.setattr(adjudicator.cli.ndjson, "_CHUNK", limit // 10)
    stream = cast(BinaryIO, io.BufferedReader(Endless(pattern, 50 * limit)))
    tracemalloc.start()
    try:
        assert all(len(record.data) <= limit + 2 for record in Records(stream))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20 * limit
