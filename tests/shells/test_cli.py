"""The command line: what goes in, what comes out, with which status, and that nothing ends in a traceback."""

from __future__ import annotations

import datetime as dt
import errno
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

import pytest
from rich.cells import cell_len

import adjudicator.cli.commands.decide
import adjudicator.cli.ndjson
import interrupting
from adjudicator import decide, dump_decision, load_case
from adjudicator.cli import main
from adjudicator.cli.commands import COMMANDS
from adjudicator.cli.ndjson import Record, Records
from adjudicator.engine.registry import editions, policies
from adjudicator.wire.parser import MOST_BYTES

EXAMPLES = {
    path.stem: json.loads(path.read_text("utf-8"))["case"]
    for path in sorted((Path(__file__).parents[1] / "data" / "examples").glob("*.json"))
}
PAID = "authenticity-proof-covers-two-of-three"
DENIED = "damage-whisky-24-hours-and-a-second"
WAITING = "authenticity-unverified-report"
FULL_DISK = Path("/dev/full")
ESCAPE = "\x1b"

PLAIN_ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name not in ("LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONIOENCODING", "TERM")
} | {"PYTHONUTF8": "1"}

THE_COMMAND = (sys.executable, "-c", "import sys; from adjudicator.cli import main; sys.exit(main())")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the language, the width or the colours of whoever runs it."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Result]:
    """Run the command in this process, with some bytes as its standard input."""

    def run(*arguments: str, given: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        capsysbinary.readouterr()
        status = main(arguments)
        out, err = capsysbinary.readouterr()
        return Result(status, out, err)

    return run


class Result:
    """What a run of the command came to."""

    def __init__(self, status: int, out: bytes, err: bytes) -> None:
        self.status = status
        self.out = out
        self.err = err.decode()

    @property
    def text(self) -> str:
        """What it wrote."""
        return self.out.decode()

    @property
    def lines(self) -> list[Any]:
        """What it wrote, as one JSON document a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def command(programs: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run the command as a process of its own."""

    def run(
        *arguments: str, given: bytes = b"", environment: Mapping[str, str] | None = None, stdout: Any = subprocess.PIPE
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [programs / "adjudicator", *arguments],
            input=given,
            env={**PLAIN_ENVIRONMENT, **(environment or {})},
            timeout=60,
            check=False,
            stdout=stdout,
            stderr=subprocess.PIPE,
        )

    return run


def case(name: str, **changes: Any) -> dict[str, Any]:
    """An example, with some of its fields changed."""
    return {**EXAMPLES[name], **changes}


def in_bytes(document: object, **options: Any) -> bytes:
    """A document as JSON."""
    return json.dumps(document, ensure_ascii=False, **options).encode()


def decision_of(document: object) -> bytes:
    """The line that a case must become."""
    return dump_decision(decide(load_case(in_bytes(document)))) + b"\n"


# One case


@pytest.mark.parametrize("name", EXAMPLES)
def test_json_is_the_decision_and_nothing_else(run: Callable[..., Result], name: str) -> None:
    """A case, on one line or on many, becomes the bytes of its decision on one line, whatever the outcome."""
    for given in (in_bytes(case(name)), in_bytes(case(name), indent=2)):
        result = run("decide", "-", "--format", "json", given=given)
        assert (result.status, result.out, result.err) == (0, decision_of(case(name)), "")


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n \t\n"])
@pytest.mark.parametrize("beginning", [b"", b"\xef\xbb\xbf", b"\n\n", b"\r\n"])
@pytest.mark.parametrize("indent", [None, 0, 2])
def test_space_around_a_case_means_nothing(
    run: Callable[..., Result], beginning: bytes, end: bytes, indent: int | None
) -> None:
    """A byte order mark, blank lines and any line end are passed over, round one line as round many."""
    given = beginning + in_bytes(case(PAID), indent=indent).replace(b"\n", b"\r\n") + end
    result = run("decide", "-", "--format", "json", given=given)
    assert (result.status, result.out) == (0, decision_of(case(PAID)))


def test_a_file_is_read_like_the_standard_input(run: Callable[..., Result], tmp_path: Path) -> None:
    """A file by its name, however odd, gives what the same bytes give on the standard input."""
    file = tmp_path / "一个 case [red].json"
    file.write_bytes(in_bytes(case(PAID), indent=2))
    assert run("decide", str(file), "--format", "json").out == decision_of(case(PAID))


def test_the_faults_of_a_single_case_are_told_one_a_line(run: Callable[..., Result]) -> None:
    """Every fault is on a line of the standard error, in JSON also in a record on the standard output."""
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
    """Nothing is no case."""
    result = run("decide", "-", given=given)
    assert (result.status, result.out, result.err) == (2, b"", "(whole input): expected a case, got nothing\n")


# One case a line


def test_lines_are_decided_in_order(run: Callable[..., Result]) -> None:
    """Each line becomes one line, in the order of the input, blank lines passed over."""
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
    """Wherever a broken line stands, it becomes an error record in its place, and the others are decided."""
    lines = [in_bytes(case(PAID)), in_bytes(case(DENIED))]
    lines.insert(place, broken)
    result = run("decide", "-", "--format", "json", given=b"\n".join(lines) + b"\n")
    assert result.status == 2
    error = result.lines[place]["error"]
    assert error["line"] == place + 1
    assert error["faults"]
    told = result.out.splitlines(keepends=True)
    assert told[:place] + told[place + 1 :] == [decision_of(case(PAID)), decision_of(case(DENIED))]
    assert result.err == "adjudicator decide: 1 of 3 could not be decided\n"


def test_several_broken_lines_come_first(run: Callable[..., Result]) -> None:
    """The line that shows that there is one case a line may come late."""
    given = b"\n".join((b"nonsense", b"", b"{", in_bytes(case(PAID))))
    result = run("decide", "-", "--format", "json", given=given)
    assert [line["error"]["line"] if "error" in line else "decided" for line in result.lines] == [1, 3, "decided"]


def test_a_broken_line_is_a_block_of_text(run: Callable[..., Result]) -> None:
    """In text the faults of one line of several stand between the pages of the others."""
    given = b"\n".join((in_bytes(case(PAID)), b"nonsense", in_bytes(case(DENIED))))
    result = run("decide", "-", given=given)
    assert result.status == 2
    first, block, last = re.split(r"^-{20,}\n", result.text, flags=re.MULTILINE)
    assert first.startswith("PARTIALLY APPROVED")
    assert re.fullmatch(r"✗ Line 2 could not be decided\n  \(whole input\): expected JSON, got .*\n", block)
    assert last.startswith("DENIED")


def test_a_document_that_is_broken_is_one_document(run: Callable[..., Result]) -> None:
    """A case on many lines with a comma missing is one fault, not one a line."""
    given = in_bytes(case(PAID), indent=2).replace(b",\n", b"\n", 1)
    result = run("decide", "-", "--format", "json", given=given)
    assert result.status == 2
    (record,) = result.lines
    assert [fault["expected"] for fault in record["error"]["faults"]] == ["JSON"]


# Telling the two apart


def records_in(given: bytes) -> list[Record]:
    """The records of some bytes."""
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
def test_one_document_and_one_a_line_are_told_apart(given: bytes, starts: list[int]) -> None:
    """A document may run over many lines, also with objects on lines of their own; records may be broken."""
    assert [record.line for record in records_in(given)] == starts


def test_the_largest_input_is_read_and_a_larger_one_is_not() -> None:
    """A line is too long from one byte above the limit on, whatever ends it; so is a document of many lines."""
    for end in (b"", b"\n", b"\r\n"):
        exact, longer = (b'"' + b"x" * (size - 2) + b'"' for size in (MOST_BYTES, MOST_BYTES + 1))
        assert [record.too_long for record in records_in(exact + end)] == [False]
        assert [record.too_long for record in records_in(longer + end)] == [True]
        assert [record.too_long for record in records_in(longer + end + b"{}\n")] == ([True, False] if end else [True])
    assert [record.too_long for record in records_in(b"[\n" + b"1,\n" * (MOST_BYTES // 3) + b"1]")] == [True]


class Endless(io.RawIOBase):
    """A stream of so many bytes, made as they are read."""

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
    """Neither a very long line nor very many lines are held, whatever they look like."""
    limit = 8_000
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


# Streams


@pytest.fixture
def talking() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start the command and talk to it while it runs."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        with interrupting.heeded():
            process = subprocess.Popen(
                [*THE_COMMAND, *arguments],
                env=PLAIN_ENVIRONMENT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        started.append(process)
        return process

    yield start
    for each in started:
        with each:
            each.kill()


def test_a_stream_is_decided_while_it_runs(talking: Callable[..., subprocess.Popen[bytes]]) -> None:
    """A line is answered before the next one is sent, and so is a broken one, also as the very first."""
    process = talking("decide", "-", "--format", "json")
    assert process.stdin
    assert process.stdout
    for line in (in_bytes({"not": "a case"}), in_bytes(case(PAID)), b"nonsense", in_bytes(case(DENIED))):
        process.stdin.write(line + b"\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        assert ("error" in answer) == (b"nonsense" in line or b"not" in line[:6])
    process.stdin.close()
    assert process.wait(timeout=30) == 2


def test_text_is_shown_while_the_stream_runs(talking: Callable[..., subprocess.Popen[bytes]]) -> None:
    """A page is there before the next case is sent."""
    process = talking("decide", "-")
    assert process.stdin
    assert process.stdout
    process.stdin.write(in_bytes(case(DENIED)) + b"\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"DENIED\n"
    process.stdin.close()
    assert process.wait(timeout=30) == 0


def test_an_interruption_ends_quietly(talking: Callable[..., subprocess.Popen[bytes]]) -> None:
    """Control-C ends with status 130 and says nothing."""
    process = talking("decide", "-", "--format", "json")
    assert process.stdin
    assert process.stdout
    process.stdin.write(in_bytes(case(DENIED)) + b"\n")
    process.stdin.flush()
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
    assert process.stderr
    assert process.stderr.read() == b""


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_reader_that_leaves_early_is_no_trouble(tmp_path: Path, format: str) -> None:
    """A broken pipe ends with status 1 and says nothing."""
    file = tmp_path / "many.ndjson"
    file.write_bytes((in_bytes(case(DENIED)) + b"\n") * 300)
    process = subprocess.Popen(
        [*THE_COMMAND, "decide", str(file), "--format", format],
        env=PLAIN_ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stderr
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=60) == 1
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.mark.skipif(not FULL_DISK.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "arguments", [("decide", "-"), ("decide", "-", "--format", "json"), ("policies",), ("--help",)]
)
def test_a_full_disk_is_told_in_one_line(
    command: Callable[..., subprocess.CompletedProcess[bytes]], arguments: tuple[str, ...]
) -> None:
    """Output that cannot be written ends with status 1 and one line."""
    with FULL_DISK.open("wb") as full:
        done = command(*arguments, given=in_bytes(case(PAID)), stdout=full)
    assert done.returncode == 1
    named = " ".join(("adjudicator", *(each for each in arguments[:1] if each != "--help")))
    assert done.stderr.decode() == f"{named}: No space left on device\n"


@pytest.mark.parametrize(
    ("closed", "status", "told"),
    [
        ("<&-", 2, b"adjudicator decide: there is no standard input\n"),
        (">&-", 1, b"adjudicator decide: there is no standard output\n"),
        (">&- 2>&-", 1, b""),
        ("<&- >&- 2>&-", 1, b""),
    ],
)
def test_a_stream_that_is_closed_is_told_in_one_line(closed: str, status: int, told: bytes) -> None:
    """Whichever standard stream is missing, the command ends decently."""
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *THE_COMMAND, "decide", "-"],
        env=PLAIN_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (status, b"", told)


# What cannot be read, and what is not understood


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
    """Permission denied: status 2 and one line, also for root, who may read everything: the refusal is put in its place."""
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
    """An error while reading: what came before is decided, then status 1 and one line."""

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
def test_what_is_not_understood_has_status_2_and_one_line(
    run: Callable[..., Result], arguments: tuple[str, ...]
) -> None:
    """Bad usage is told in one line on the standard error."""
    result = run(*arguments)
    assert (result.status, result.out) == (2, b"")
    assert re.fullmatch(r"adjudicator( \w+)?: .+\n", result.err)
    named = arguments[0] if arguments[0] in COMMANDS else ""
    assert result.err.startswith(" ".join(filter(None, ("adjudicator", named))) + ": ")
    assert ESCAPE not in result.err


def test_a_bug_is_told_in_one_line(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong inside ends with status 1 and one line, never with a traceback."""

    def broken(_: object) -> object:
        raise RuntimeError("out of\norder \x1b[31m")

    monkeypatch.setattr(adjudicator.cli.commands.decide, "decide_case", broken)
    result = run("decide", "-", given=in_bytes(case(PAID)))
    assert (result.status, result.out) == (1, b"")
    assert (
        result.err == "adjudicator decide: internal error, please report it: RuntimeError: out of\\norder \\x1b[31m\n"
    )


@pytest.mark.parametrize("format", ["text", "json"])
def test_no_bytes_end_in_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], format: Literal["text", "json"]
) -> None:
    """Hundreds of inputs, random or damaged: each is decided or at fault, JSON stays JSON, and text is fit to be shown."""
    dice = random.Random(20220315)
    whole = [in_bytes(each, indent=dice.choice((None, 1))) for each in EXAMPLES.values()]
    for _ in range(400):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(damaged(dice, whole))))
        # Not through main, which would tell an exception in one line: none is to be raised in the first place.
        assert adjudicator.cli.commands.decide.decide("-", format=format) in (0, 2)
        out, err = capsysbinary.readouterr()
        assert not hidden_in(err.decode())
        if format == "json":
            assert all(json.loads(line) for line in out.splitlines())
        else:
            assert not hidden_in(out.decode())


def damaged(dice: random.Random, whole: list[bytes]) -> bytes:
    """Some bytes: at random, or of cases with a few cut out, doubled or changed."""
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


# Text


def hidden_in(text: str) -> set[str]:
    """The characters of a text that a terminal would obey, line ends apart."""
    return {each for each in text if not each.isprintable() and each != "\n"}


def test_outcome_and_money_come_first(run: Callable[..., Result]) -> None:
    """The page begins with what was decided and what is payable, then line by line what for."""
    page = run("decide", "-", given=in_bytes(case(PAID))).text
    assert page.startswith("PARTIALLY APPROVED   CNY 745.37 payable now\nCase authenticity-proof-covers-two-of-three")
    for told in (
        "2 of 3 units  Refund         CNY 66.67",
        "Compensation  CNY 666.70",
        "order",
        "Postage        CNY 12.00",
    ):
        assert told in page


def test_every_clause_is_told_with_its_mark_and_citation(run: Callable[..., Result]) -> None:
    """Every finding of a decision is on its page, with the citations of its clause."""
    for name, document in EXAMPLES.items():
        decision = decide(load_case(in_bytes(document)))
        page = run("decide", "-", given=in_bytes(document)).text
        marks = re.findall(r"^  ([✓✗?]) ", page, flags=re.MULTILINE)
        expected = [{"supports": "✓", "defeats": "✗", "undecided": "?"}[each.effect] for each in decision.findings]
        assert marks == expected, name
        assert all(cite in page for each in decision.findings for cite in each.cites)


def test_margins_and_windows_are_told_in_words(run: Callable[..., Result]) -> None:
    """A clause that measured time says by how much, and until when there was time."""
    page = " ".join(run("decide", "-", given=in_bytes(case(DENIED))).text.split())
    assert "Not met. Late by 1 second. The time runs until 27 March 2022, 18:30 Beijing time, counted from" in page


def test_what_is_needed_is_told_from_whom_until_when(run: Callable[..., Result]) -> None:
    """A request names the party, the thing, the document, the line and the last instant."""
    claim = {**case(WAITING)["claim"], "evidence_closes_at": "2022-06-01T00:00:00+08:00"}
    page = " ".join(run("decide", "-", given=in_bytes(case(WAITING, claim=claim))).text.split())
    assert (
        "→ From the platform: the verification of what was handed in · document E1 · line L1 · "
        "until 1 June 2022, 00:00 Beijing time"
    ) in page
    assert "Decide again on 1 June 2022, 00:00:00.000001 Beijing time: time alone may change this decision." in page


def test_how_the_money_came_about_is_told_step_by_step(run: Callable[..., Result]) -> None:
    """Every rung of the ladder is on the page, with its amount."""
    decision = decide(load_case(in_bytes(case(PAID))))
    page = run("decide", "-", given=in_bytes(case(PAID))).text
    ladder = page.partition("How the money came about\n")[2].partition("\n\n")[0]
    assert len(re.findall(r"CNY [\d,.]+ ", ladder)) == len(decision.ladder)


def test_a_return_says_where_to_and_at_whose_cost(run: Callable[..., Result]) -> None:
    """An approved return names the address, the lines and who bears the freight."""
    page = run("decide", "-", given=in_bytes(case("local-return-agreed"))).text
    assert re.search(r"be sent back to R-\w+ \([\w ]+\): L1\. Freight: the \w+\.", " ".join(page.split()))


def test_another_kind_of_case_reads_as_well(run: Callable[..., Result]) -> None:
    """A decision without money is shown with what it has."""
    given = in_bytes(
        {
            "id": "shop-1",
            "policy": "douyin_alliance.admission",
            "as_of": "2024-08-01T12:00:00+08:00",
            "shop": {"id": "S", "opened": True, "shop_score": "4.1"},
            "product": {"id": "P"},
        }
    )
    page = run("decide", "-", given=given).text
    assert page.startswith("REFUSED\nCase shop-1 as at 1 August 2024, 12:00 Beijing time")
    assert (
        "✗ The shop score is above 4.1; 4.1 itself is not. The experience score DA.1(5)\n    is another figure. Not met."
        in page
    )
    assert "CNY" not in page
    assert run("decide", "-", "--locale", "zh", given=given).text.startswith("不予准入\n")


@pytest.mark.parametrize("columns", ["80", "120"])
@pytest.mark.parametrize("locale", ["en", "zh-CN", "zh-HK"])
def test_pages_fit_their_width(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, columns: str, locale: str
) -> None:
    """No line is wider than the terminal, a Chinese character counted as two, and none ends in space or an ellipsis."""
    monkeypatch.setenv("COLUMNS", columns)
    for document in EXAMPLES.values():
        page = run("decide", "-", "--locale", locale, given=in_bytes(document)).text
        assert max(cell_len(line) for line in page.splitlines()) <= int(columns)
        assert [line for line in page.splitlines() if line != line.rstrip() or "…" in line] == []


@pytest.mark.parametrize(
    ("environment", "beginning"),
    [
        ({"LC_ALL": "zh_CN.UTF-8"}, "未通过"),
        ({"LANG": "zh_CN.UTF-8"}, "未通过"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "zh_TW"}, "未通過"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "DENIED"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "POSIX"}, "DENIED"),
        ({"LANG": "xx_YY"}, "DENIED"),
        ({}, "DENIED"),
    ],
)
def test_the_environment_chooses_the_language(
    command: Callable[..., subprocess.CompletedProcess[bytes]], environment: dict[str, str], beginning: str
) -> None:
    """Without --locale the environment decides, as POSIX has it."""
    done = command("decide", "-", given=in_bytes(case(DENIED)), environment=environment)
    assert done.stdout.decode().startswith(beginning)
    assert done.returncode == 0


def test_the_option_goes_before_the_environment(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """--locale decides, whatever the environment says; a locale that is not known reads English."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    for locale, beginning in (("en", "DENIED"), ("zh-Hans", "未通过"), ("zh-Hant", "未通過"), ("xx", "DENIED")):
        assert run("decide", "-", "--locale", locale, given=in_bytes(case(DENIED))).text.startswith(beginning)


def test_faults_are_told_in_the_readers_language(run: Callable[..., Result]) -> None:
    """The frame of a fault is in the language asked for."""
    result = run("decide", "-", "--locale", "zh", given=b"{}}")
    assert result.err.startswith("（整个输入）：应为 JSON，实为 ")


def test_a_pipe_gets_no_colour_and_a_terminal_does(
    command: Callable[..., subprocess.CompletedProcess[bytes]],
) -> None:
    """Colours are for terminals, FORCE_COLOR asks for them all the same, NO_COLOR takes them away."""
    given = in_bytes(case(DENIED))
    colour = re.compile(rb"\x1b\[[\d;]*3[1-7]m")
    assert b"\x1b" not in command("decide", "-", given=given).stdout
    assert colour.search(command("decide", "-", given=given, environment={"FORCE_COLOR": "1"}).stdout)
    both = command("decide", "-", given=given, environment={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout
    assert not colour.search(both)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "gbk"])
def test_any_encoding_will_do(command: Callable[..., subprocess.CompletedProcess[bytes]], encoding: str) -> None:
    """What an encoding cannot write becomes an escape, marks become letters, and JSON stays UTF-8."""
    environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    given = in_bytes(case(DENIED))
    for arguments in (("decide", "-"), ("decide", "-", "--locale", "zh"), ("policies", "--locale", "zh"), ("--help",)):
        done = command(*arguments, given=given, environment=environment)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode(encoding)
    page = command("decide", "-", given=given, environment=environment).stdout.decode(encoding)
    assert re.search(r"^  [x✗] Filed within 72 hours", page, flags=re.MULTILINE)
    as_json = command("decide", "-", "--format", "json", given=given, environment=environment)
    assert as_json.stdout == decision_of(case(DENIED))


HOSTILE = "\x1b[31mred\x1b]0;title\x07 [red]x[/red] :smile: \u202eabc\u2066 \r\n\t\x9b\x00 {0} %s"


@pytest.mark.parametrize("name", [PAID, WAITING, DENIED, "local-return-agreed"])
def test_what_came_in_with_a_case_is_never_obeyed(run: Callable[..., Result], name: str) -> None:
    """Escapes, overrides of direction and markup in ids are shown as they are, in every language."""
    document = json.loads(in_bytes(case(name)))
    document["id"] = HOSTILE
    order = document["order"]
    order["lines"][0]["id"] = document["claim"]["items"][0]["line_id"] = HOSTILE
    order["lines"][0]["brand"] = HOSTILE
    order["parcels"][0]["line_ids"] = [HOSTILE]
    for address in order["merchant"]["return_addresses"]:
        address["id"] = HOSTILE
    for evidence in document["evidence"]:
        evidence.update(id=HOSTILE * 3, line_ids=[HOSTILE])
    for locale in ("en", "zh", "zh-TW"):
        result = run("decide", "-", "--locale", locale, given=in_bytes(document))
        assert result.status == 0
        assert not hidden_in(result.text)
        assert "[red]x[/red] :smile:" in " ".join(result.text.split())


def test_faults_are_never_obeyed_either(run: Callable[..., Result]) -> None:
    """Hostile names and values in what is at fault are shown as they are."""
    given = in_bytes(case(PAID, as_of=HOSTILE, policy=HOSTILE, **{HOSTILE: HOSTILE, "x" * 5_000: 1}))
    result = run("decide", "-", given=given)
    assert result.status == 2
    assert not hidden_in(result.err)
    assert len(result.err.splitlines()) == 4
    several = run("decide", "-", given=given + b"\n{}\n")
    assert several.status == 2
    assert not hidden_in(several.text)


# demo


def test_the_demo_runs_the_command_that_it_prints(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the demo shows is what the printed command shows, and the file is there to edit."""
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
def test_the_demo_prints_what_can_be_typed(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, printed: str
) -> None:
    """Where a shell would not find the program by its name, the commands begin as they were begun."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [typed, "demo"])
    assert run("demo").text.startswith(f"$ {printed} decide adjudicator-demo/counterfeit.json\n")


def test_the_demo_speaks_the_language_asked_for(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The printed commands carry the locale on."""
    monkeypatch.chdir(tmp_path)
    text = run("demo", "--locale", "zh-CN").text
    assert text.startswith("$ adjudicator decide adjudicator-demo/counterfeit.json --locale zh-CN\n\n部分通过")


def test_the_demo_never_writes_over_a_file(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edited case stays as it is, and is what the demo decides from then on."""
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
    """A file in the way is told, with status 1."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "adjudicator-demo").touch()
    result = run("demo")
    assert (result.status, result.out) == (1, b"")
    assert result.err == "adjudicator demo: adjudicator-demo: File exists\n"


# policies and show


def test_policies_names_every_edition(run: Callable[..., Result]) -> None:
    """Each edition is a row, with the day from which it is in force."""
    page = run("policies").text
    for edition in editions():
        assert re.search(rf"^{re.escape(edition.policy)} +{edition.name} +open", page, flags=re.MULTILINE)


def test_policies_at_a_day_names_what_was_in_force(run: Callable[..., Result]) -> None:
    """Nothing before the first edition, each from its first day on."""

    def in_force(day: dt.date) -> list[str]:
        return [each["policy"] for each in run("policies", "--at", day.isoformat(), "--format", "json").lines[0]]

    firsts = [group[0] for group in policies().values()]
    for edition in firsts:
        assert edition.policy in in_force(edition.effective_from)
        assert edition.policy not in in_force(edition.effective_from - dt.timedelta(days=1))
    before_all = min(edition.effective_from for edition in firsts) - dt.timedelta(days=1)
    assert in_force(before_all) == []
    assert run("policies", "--at", before_all.isoformat()).text == f"Nothing was in force on {before_all}.\n"


@pytest.mark.parametrize("policy", policies())
def test_show_tells_the_rule_as_its_file_does(run: Callable[..., Result], policy: str) -> None:
    """Every clause with what it cites, its words and the facts it rests on, as text and as JSON."""
    edition = policies()[policy][-1]
    text = run("show", policy).text
    chinese = {locale: run("show", policy, "--locale", locale).text for locale in ("zh-Hans", "zh-Hant")}
    (document,) = run("show", policy, "--format", "json").lines
    assert [each["clause"] for each in document["clauses"]] == [clause.name for clause in edition.clauses]
    for clause, told in zip(edition.clauses, document["clauses"], strict=True):
        restated = told["restatement"]
        assert restated.keys() == {"en", *chinese}
        assert (restated["en"], restated["zh-Hans"]) == (clause.node.citation.english, clause.node.citation.chinese)
        assert (told["role"], tuple(told["cites"])) == (clause.role, clause.cites)
        assert tuple(each["name"] for each in told["facts"]) == clause.reads
        assert clause.name in text
        assert clause.node.citation.english in " ".join(text.split())
        assert all(restated[locale] in page.replace("\n    ", "") for locale, page in chinese.items())
    assert document["settings"].keys() == edition.settings.keys()
    assert [each["code"] for each in document["remarks"]] == [each.__name__ for each in edition.remarks]


def test_show_takes_an_edition_by_its_date(run: Callable[..., Result]) -> None:
    """The edition that is named is shown; one that there is not is refused with those that there are."""
    assert run("show", "douyin_global.damage", "--edition", "2022-03-15").status == 0
    refused = run("show", "douyin_global.damage", "--edition", "2022-03-16")
    assert refused.status == 2
    assert (
        refused.err
        == "adjudicator show: there is no edition 2022-03-16 of douyin_global.damage; there are: 2022-03-15\n"
    )
    unknown = run("show", "douyin_global.lost")
    assert unknown.err.startswith("adjudicator show: there is no policy douyin_global.lost; there are: consumer_law.")


# Help


@pytest.mark.parametrize("arguments", [(), ("--help",), *((name, "--help") for name in COMMANDS)])
def test_everything_has_help(run: Callable[..., Result], arguments: tuple[str, ...]) -> None:
    """Help is on the standard output, fits a terminal, and names the exit statuses."""
    result = run(*arguments)
    assert (result.status, result.err) == (0, "")
    assert result.text.startswith("Usage: adjudicator")
    assert "Exit status: 0 decided" in result.text


def test_the_version_is_the_distributions(run: Callable[..., Result]) -> None:
    """--version says which version is installed."""
    from importlib.metadata import version

    assert run("--version").text == f"{version('claim-adjudicator')}\n"


def test_the_library_does_without_the_shell() -> None:
    """Whoever imports the library gets neither the command line nor what it is made with."""
    script = "import adjudicator, sys; sys.exit(bool({'cyclopts', 'rich', 'adjudicator.cli'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
