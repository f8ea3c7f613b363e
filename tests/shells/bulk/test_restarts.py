"""A replay that was stopped in any way resumes without losing or repeating a row. Its folder refuses any other replay."""

from __future__ import annotations

import os
import pickle
import subprocess
import time
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from pathlib import Path

import pytest

from adjudicator.bulk import workers
from adjudicator.bulk.errors import UnusableInput, WorkerLost
from adjudicator.bulk.manifest import locked_manifest
from adjudicator.bulk.workers import in_parallel
from adjudicator.store import open_store
from bulk.conftest import sampled
from bulk.halving import half
from bulk.reading import manifest_of, parts_done, rows_in
from cli.running import DENIED, EXAMPLES, PAID, THE_COMMAND, Result, in_bytes

Replay = Callable[..., Result]
OUT = Path("out")
KILLED: int = 300
PARTS: int = 30


def files_in(folder: Path) -> dict[str, bytes]:
    """The part files of a folder."""
    return {path.name: path.read_bytes() for path in folder.glob("part-*")}


def children_of(process: int) -> list[int]:
    """The processes that a process has started."""
    return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text("utf-8").split()]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def wait_for_the_end_of(processes: list[int]) -> None:
    """Wait until no process whose leader was killed is still writing its last part."""
    wait_for(lambda: not any(Path(f"/proc/{each}/exe").exists() for each in processes))


def test_a_replay_that_is_killed_goes_on_and_no_row_is_lost_or_there_twice(replay: Replay, tmp_path: Path) -> None:
    """With its processes, by SIGKILL, in the middle of its work: they end with it, and the same files come of it.

    It cannot finish before it is killed, because it waits for the rest of its input.
    """
    cases = b"".join(case + b"\n" for case in sampled(KILLED, 3))
    per_part = ("--cases-per-part", str(KILLED // PARTS))
    command = [*THE_COMMAND, "replay", "-", "--out", "killed", "--processes", "2", *per_part]
    killed = tmp_path / "killed"
    with subprocess.Popen(command, stdin=subprocess.PIPE) as started:
        assert started.stdin is not None
        started.stdin.write(cases[: len(cases) * 3 // 4])
        started.stdin.flush()
        wait_for(lambda: (killed / "manifest.ndjson").exists() and parts_done_so_far(killed) >= 2)
        workers = children_of(started.pid)
        started.kill()
    wait_for_the_end_of(workers)
    assert 2 <= parts_done_so_far(killed) < PARTS

    assert replay("-", *per_part, given=cases).status == 0
    whole = files_in(OUT)
    OUT.rename("whole")
    killed.rename("out")
    assert replay("-", *per_part, given=cases).status == 0
    assert files_in(OUT) == whole
    assert len(rows_in(OUT)) == len({(row["row"], row["part"]) for row in rows_in(OUT)})
    assert {row["row"] for row in rows_in(OUT)} == {*range(1, KILLED + 1)}
    assert "complete" in manifest_of(OUT)[-1]
    assert parts_done(OUT) == PARTS


def parts_done_so_far(folder: Path) -> int:
    """The complete lines of a manifest in progress, without its head."""
    return max((folder / "manifest.ndjson").read_bytes().count(b"\n") - 1, 0)


def stopped(replay: Replay, history: Path, lines: int, torn: bytes = b"") -> None:
    """Leave the folder as a kill would: with this many lines in the manifest, an incomplete one, and an incomplete file."""
    assert replay(history, "--cases-per-part", 10).status == 0
    path = OUT / "manifest.ndjson"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:lines]) + torn)
    (OUT / ".part-00000-000005.parquet.77.unfinished").write_bytes(b"PAR1")


@pytest.mark.parametrize("lines", range(8))
def test_a_replay_stopped_anywhere_ends_with_the_same_files(replay: Replay, history: Path, lines: int) -> None:
    """After each line of its manifest, and in the middle of the next."""
    stopped(replay, history, lines, b'{"part": {"sou')
    before = files_in(OUT)
    (OUT / "part-00000-000002.parquet").unlink()
    done = replay(history, "--cases-per-part", 10)
    assert done.text.startswith("60 cases, ")
    assert files_in(OUT) == before
    assert [path.name for path in OUT.iterdir() if path.name.startswith(".")] == []
    assert parts_done(OUT) >= 6
    assert "complete" in manifest_of(OUT)[-1]


def test_a_replay_that_is_complete_is_not_made_again(replay: Replay, history: Path) -> None:
    first = replay(history)
    times = {path: path.stat().st_mtime_ns for path in OUT.iterdir()}
    assert replay(history).out == first.out
    assert {path: path.stat().st_mtime_ns for path in OUT.iterdir()} == times


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--decisions",), "decisions was false, and is true"),
        (("--policy", "douyin_global.damage"), 'policies was not given, and is ["douyin_global.damage"]'),
        (("--as-of", "2030-01-01T00:00:00Z"), 'as_of was not given, and is "2030-01-01T08:00:00+08:00"'),
        (("--format", "csv"), 'format was "parquet", and is "csv"'),
        (("--cases-per-part", "10"), "cases_per_part was 5000, and is 10"),
        (("other.ndjson",), "its input was history.ndjson, and is history.ndjson, other.ndjson"),
    ],
)
def test_other_options_are_refused_in_the_folder_of_a_replay(
    replay: Replay, history: Path, arguments: tuple[str, ...], message: str
) -> None:
    Path("other.ndjson").write_bytes(history.read_bytes())
    replay(history.name)
    before = files_in(OUT)
    refused = replay(history.name, *arguments)
    assert refused.status == 2
    assert refused.err == f"adjudicator replay: out holds another replay: {message}; choose another folder\n"
    assert files_in(OUT) == before


def test_an_input_that_has_changed_is_refused(replay: Replay, history: Path) -> None:
    stopped(replay, history, 4)
    history.write_bytes(history.read_bytes().replace(b"case-00000055", b"case-99999955"))
    refused = replay(history, "--cases-per-part", 10)
    assert (refused.status, f"the input {history} has changed since" in refused.err) == (2, True)


def test_rules_that_have_changed_are_refused(replay: Replay, history: Path) -> None:
    stopped(replay, history, 4)
    path = OUT / "manifest.ndjson"
    path.write_bytes(
        path.read_bytes().replace(
            b'"douyin_global.damage":{"2022-03-15":1}', b'"douyin_global.damage":{"2022-03-15":0}'
        )
    )
    refused = replay(history, "--cases-per-part", 10)
    assert 'douyin_global.damage was {"2022-03-15":0}, and is {"2022-03-15":1}' in refused.err


def test_the_manifest_of_another_version_is_refused(replay: Replay, history: Path) -> None:
    stopped(replay, history, 4)
    path = OUT / "manifest.ndjson"
    path.write_bytes(path.read_bytes().replace(b'{"replay":1', b'{"replay":0'))
    assert "replay was 0, and is 1" in replay(history, "--cases-per-part", 10).err


def test_the_standard_input_may_be_given_again_and_must_be_the_same(replay: Replay, history: Path) -> None:
    given = history.read_bytes()
    assert replay("-", "--cases-per-part", 10, given=given).status == 0
    whole = files_in(OUT)
    path = OUT / "manifest.ndjson"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:4]))
    changed = replay("-", "--cases-per-part", 10, given=given.replace(b"case-00000015", b"case-99999915"))
    assert changed.status == 2
    assert changed.err.startswith(
        "adjudicator replay: standard input has changed since the replay began, at row 11 or after it"
    )
    shorter = replay("-", "--cases-per-part", 10, given=b"".join(given.splitlines(keepends=True)[:10]))
    assert shorter.err == "adjudicator replay: standard input holds less than when the replay began\n"
    assert replay("-", "--cases-per-part", 10, given=given).status == 0
    assert files_in(OUT) == whole


def test_a_record_that_has_grown_is_refused(replay: Replay, tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/record.db")
    store.decide(in_bytes(EXAMPLES[PAID]))
    assert replay("sqlite:///record.db").status == 0
    store.decide(in_bytes(EXAMPLES[DENIED]))
    store.close()
    assert "the input sqlite:///record.db has changed since" in replay("sqlite:///record.db").err


def test_two_runs_at_once_do_not_get_into_one_folder(replay: Replay, history: Path) -> None:
    with locked_manifest(OUT, "replay"):
        refused = replay(history)
    assert (refused.status, refused.err) == (2, "adjudicator replay: out: another replay is running in this folder\n")


def test_a_folder_with_other_files_is_left_alone(replay: Replay, history: Path) -> None:
    OUT.mkdir()
    (OUT / "thesis.txt").write_text("long", "utf-8")
    refused = replay(history)
    assert refused.status == 2
    assert refused.err == "adjudicator replay: out is not empty, and holds no replay; choose another folder\n"
    assert [path.name for path in OUT.iterdir()] == ["thesis.txt"]


# Processes


def test_a_single_task_starts_no_process() -> None:
    assert list(in_parallel(iter([1]), lambda _: os.getpid(), 2)) == [os.getpid()]


def test_a_lost_process_is_reported() -> None:
    with pytest.raises(WorkerLost, match="exit status -9"):
        list(in_parallel(iter([2, 13, 4]), half, 2))


def test_tasks_read_before_an_error_are_completed_first() -> None:
    done: list[int] = []

    def tasks() -> Iterator[int]:
        yield from range(0, 20, 2)
        raise UnusableInput("damaged")

    def do_all() -> None:
        done.extend(in_parallel(iter([]), half, 2))
        for result in in_parallel(tasks(), half, 2):
            done.append(result)  # noqa: PERF402 - the loop ends with an error, and the results before it count

    with pytest.raises(UnusableInput, match="damaged"):
        do_all()
    assert sorted(done) == [*range(10)]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(28, "No space left on device", "part"), "[Errno 28] No space left on device: 'part'"),
        (UnusableInput("damaged"), "damaged"),
        (ZeroDivisionError("seven"), "a worker process broke down: ZeroDivisionError: seven"),
    ],
)
def test_an_exception_of_a_worker_is_passed_on_in_a_picklable_form(error: Exception, message: str) -> None:
    def fail(_: object) -> None:
        raise error

    _, handed_over = pickle.loads(pickle.dumps(workers.outcome_of(fail, None)))
    assert str(handed_over) == message


def test_a_worker_without_its_main_process_ends_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for its result, because an answer to an earlier version of a file was abandoned."""
    monkeypatch.setattr("adjudicator.bulk.workers.signal.signal", lambda *_: None)
    ours, theirs = Pipe()
    ours.send("task")
    workers._serve(theirs, lambda _: ours.close())
    assert ours.closed
