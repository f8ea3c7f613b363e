"""The command decides while its input arrives, and ends quietly when either end closes."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import interrupting
from cli.running import DENIED, PAID, PLAIN_ENVIRONMENT, THE_COMMAND, case, in_bytes

FULL_DISK = Path("/dev/full")


@pytest.fixture
def talking(programs: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start the command and talk to it while it runs. Use ``fresh`` to send it signals."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, fresh: bool = False) -> subprocess.Popen[bytes]:
        with interrupting.interruptible():
            process = subprocess.Popen(
                [*(THE_COMMAND if fresh else [programs / "adjudicator"]), *arguments],
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
    """Each line is answered before the next one is sent, broken ones and the first one included."""
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
    """A page appears before the next case is sent."""
    process = talking("decide", "-")
    assert process.stdin
    assert process.stdout
    process.stdin.write(in_bytes(case(DENIED)) + b"\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"DENIED\n"
    process.stdin.close()
    assert process.wait(timeout=30) == 0


def test_an_interruption_ends_quietly(talking: Callable[..., subprocess.Popen[bytes]]) -> None:
    """Control-C ends with status 130 and no message."""
    process = talking("decide", "-", "--format", "json", fresh=True)
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
def test_a_reader_that_closes_early_gets_no_error_message(programs: Path, tmp_path: Path, format: str) -> None:
    """A broken pipe ends with status 1 and no message."""
    file = tmp_path / "many.ndjson"
    file.write_bytes((in_bytes(case(DENIED)) + b"\n") * 300)
    process = subprocess.Popen(
        [programs / "adjudicator", "decide", str(file), "--format", format],
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
def test_a_full_disk_is_reported_in_one_line(
    command: Callable[..., subprocess.CompletedProcess[bytes]], arguments: tuple[str, ...]
) -> None:
    """If output cannot be written, the command ends with status 1 and one line."""
    with FULL_DISK.open("wb") as full:
        done = command(*arguments, given=in_bytes(case(PAID)), stdout=full)
    assert done.returncode == 1
    named = " ".join(("adjudicator", *(each for each in arguments[:1] if each != "--help")))
    assert done.stderr.decode() == f"{named}: No space left on device\n"


@pytest.mark.parametrize(
    ("closed", "status", "expected"),
    [
        ("<&-", 2, b"adjudicator decide: there is no standard input\n"),
        (">&-", 1, b"adjudicator decide: there is no standard output\n"),
        (">&- 2>&-", 1, b""),
        ("<&- >&- 2>&-", 1, b""),
    ],
)
def test_a_closed_stream_is_reported_in_one_line(closed: str, status: int, expected: bytes) -> None:
    """For each standard stream that is missing."""
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", *THE_COMMAND, "decide", "-"],
        env=PLAIN_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (status, b"", expected)
