"""A comparison that was stopped in any way resumes without losing or repeating a row. Its folder refuses any other comparison."""

from __future__ import annotations

import gzip
import os
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from adjudicator.bulk.manifest import locked_manifest
from bulk.conftest import sampled
from bulk.test_restarts import children_of, parts_done_so_far, wait_for, wait_for_the_end_of
from cli.running import THE_COMMAND, Result

Run = Callable[..., Result]
OUT = Path("out")
PARTS = 6
PER_PART = ("--cases-per-part", "40")


@pytest.fixture
def compare(run: Run, gentler: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Compare the edition in force with the candidate on some inputs, in this process, into the folder ``out``."""
    monkeypatch.chdir(tmp_path)

    def compare(*arguments: object, old: str = "governing", given: bytes = b"") -> Result:
        options = (*PER_PART, "--processes", "1", "--out", "out", "--html", "report.html")
        return run("compare", old, gentler.name, *map(str, arguments), *options, given=given)

    return compare


def kept(folder: Path) -> dict[str, bytes]:
    """The files of a comparison, without the manifest, whose lines depend on the order in which parts finished."""
    files = (each for each in folder.rglob("*") if each.is_file() and each.name != "manifest.ndjson")
    return {str(each.relative_to(folder)): each.read_bytes() for each in files}


def outcome(done: Result) -> tuple[int, str, bytes]:
    """The exit status, the report in the terminal and the page."""
    return done.status, done.text, Path("report.html").read_bytes()


def cut_short(lines: int) -> None:
    """Leave the folder as a kill would: with this many lines in the manifest, an incomplete one, and incomplete files."""
    path = OUT / "manifest.ndjson"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:lines]) + b'{"part": {"sou')
    (OUT / "summary.parquet").unlink()
    (OUT / "lines" / ".part-00000-000004.parquet.77.unfinished").write_bytes(b"PAR1")
    (OUT / "tallies" / ".part-00000-000004.json.zst.77.unfinished").write_bytes(b"{")


def test_a_killed_comparison_resumes_with_the_same_result(compare: Run, gentler: Path) -> None:
    """First a worker is killed, then, after a restart, the main process. The report equals that of an undisturbed run."""
    cases = b"".join(case + b"\n" for case in sampled(240))
    command = [*THE_COMMAND, "compare", "governing", gentler.name, "-", *PER_PART, "--processes", "2", "--out", "out"]
    lines = cases.splitlines(keepends=True)

    def started(parts: int) -> subprocess.Popen[bytes]:
        """Start the command with enough input for these parts and some of the next."""
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(b"".join(lines[: 40 * parts + 10]))
        process.stdin.flush()
        return process

    with started(3) as process:
        wait_for(lambda: (OUT / "manifest.ndjson").exists() and parts_done_so_far(OUT) >= 1)
        os.kill(children_of(process.pid)[-1], signal.SIGKILL)
        _, errors = process.communicate(b"".join(lines[40 * 3 + 10 :]))
    assert (process.returncode, b"a worker process was lost" in errors) == (1, True)
    assert errors.endswith(b"; what is done is kept: start it again to go on\n")
    first = parts_done_so_far(OUT)
    assert 1 <= first < PARTS

    with started(5) as process:
        wait_for(lambda: parts_done_so_far(OUT) > first)
        workers = children_of(process.pid)
        process.kill()
    wait_for_the_end_of(workers)
    assert first < parts_done_so_far(OUT) < PARTS

    gone_on = outcome(compare("-", given=cases))
    files = kept(OUT)
    OUT.rename("killed")
    assert outcome(compare("-", given=cases)) == gone_on
    assert kept(OUT) == files
    rows = pq.read_table(OUT / "lines").select(["row", "part"]).to_pylist()
    assert len({tuple(each.values()) for each in rows}) == len(rows)


@pytest.mark.parametrize("lines", [0, 1, 4, PARTS + 1])
def test_a_comparison_stopped_anywhere_ends_with_the_same_result(compare: Run, history: Path, lines: int) -> None:
    """After a line of its manifest, and in the middle of the next. A part with missing or damaged files is compared again."""
    whole = outcome(compare(history))
    before = kept(OUT)
    cut_short(lines)
    (OUT / "lines" / "part-00000-000001.parquet").write_bytes(b"PAR1")
    (OUT / "tallies" / "part-00000-000000.json.zst").write_bytes(before["tallies/part-00000-000000.json.zst"][:-9])
    (OUT / "tallies" / "part-00000-000002.json.zst").unlink()
    assert outcome(compare(history)) == whole
    assert kept(OUT) == before
    assert len(before) == 2 * PARTS + 1


def test_a_comparison_that_is_complete_is_not_made_again(compare: Run, history: Path) -> None:
    first = outcome(compare(history))
    times = {path: path.stat().st_mtime_ns for path in OUT.rglob("*")}
    Path("report.html").unlink()
    assert outcome(compare(history)) == first
    assert {path: path.stat().st_mtime_ns for path in OUT.rglob("*")} == times


def test_two_tables_are_compared_to_the_end_too(
    run: Run, history: Path, gentler: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, options in (("old", ()), ("new", ("--candidate", gentler.name))):
        chosen = ("--policy", "douyin_global.damage", "--processes", "1", "--decisions")
        assert run("replay", str(history), "--out", name, *chosen, *options).status == 0
    arguments = ("compare", "old", "new", "--out", "out", "--html", "report.html")
    whole = outcome(run(*arguments))
    before = kept(OUT)
    cut_short(1)
    assert outcome(run(*arguments)) == whole
    assert kept(OUT) == before
    assert outcome(run(*arguments)) == whole
    refused = run(*arguments, "--seed", "2")
    assert (refused.status, "out holds another comparison: seed was 1, and is 2" in refused.err) == (2, True)
    part = next(Path("old").glob("part-*.parquet"))
    part.write_bytes(part.read_bytes()[:-1])
    damaged = run("compare", "old", "new")
    assert (damaged.status, damaged.out) == (2, b"")
    assert f"{part}: missing, or not as it was written; give the command of the replay again" in damaged.err
    odd = run("compare", "out", "new")
    assert (odd.status, "out: the folder of a comparison; expected one that replay wrote" in odd.err) == (2, True)


@pytest.mark.parametrize(
    ("old", "arguments", "message"),
    [
        ("2026-01-31", (), 'old was "governing", and is "2026-01-31"'),
        ("governing", ("--seed", "7"), "seed was 1, and is 7"),
        ("governing", ("--locale", "zh-CN"), 'locale was "en", and is "zh-Hans"'),
        ("governing", ("other.ndjson",), "its input was history.ndjson, and is history.ndjson, other.ndjson"),
    ],
)
def test_another_comparison_is_refused_in_its_folder(
    compare: Run, history: Path, old: str, arguments: tuple[str, ...], message: str
) -> None:
    Path("other.ndjson").write_bytes(history.read_bytes())
    assert compare(history.name).status == 0
    before = kept(OUT)
    refused = compare(history.name, *arguments, old=old)
    assert (refused.status, refused.out) == (2, b"")
    assert refused.err == f"adjudicator compare: out holds another comparison: {message}; choose another folder\n"
    assert kept(OUT) == before


def test_a_candidate_or_an_input_that_has_changed_is_refused(compare: Run, history: Path, gentler: Path) -> None:
    assert compare(history.name).status == 0
    history.write_bytes(history.read_bytes() + b"\n")
    assert "out holds another comparison: the input history.ndjson has changed since" in compare(history.name).err
    gentler.write_text(gentler.read_text("utf-8") + "\n", "utf-8")
    assert "out holds another comparison: the candidate new was" in compare(history.name).err


def test_the_folder_of_a_replay_is_left_alone_and_that_of_a_comparison_too(
    run: Run, compare: Run, history: Path
) -> None:
    assert run("replay", str(history), "--out", "out", "--processes", "1").status == 0
    refused = compare(history)
    assert (refused.status, refused.err) == (
        2,
        "adjudicator compare: out holds no comparison; choose another folder\n",
    )
    OUT.rename("replayed")
    assert compare(history).status == 0
    odd = run("replay", str(history), "--out", "out", "--processes", "1")
    assert (odd.status, odd.err) == (2, "adjudicator replay: out holds no replay; choose another folder\n")


def test_two_comparisons_at_once_do_not_get_into_one_folder(compare: Run, history: Path) -> None:
    with locked_manifest(OUT, "comparison"):
        refused = compare(history)
    assert (refused.status, refused.err) == (
        2,
        "adjudicator compare: out: another comparison is running in this folder\n",
    )


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Limit the size of files of this process, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_comparison_resumes_when_there_is_room_again(compare: Run, history: Path) -> None:
    whole = outcome(compare(history))
    before = kept(OUT)
    cut_short(3)
    with no_file_larger_than(4096):
        full = compare(history)
    assert (full.status, full.out) == (1, b"")
    assert full.err == "adjudicator compare: out: File too large; what is done is kept: start it again to go on\n"
    assert [each.name for each in OUT.rglob(".*")] == []
    assert outcome(compare(history)) == whole
    assert kept(OUT) == before


# Inputs that are not cases


def _a_table(path: Path, **columns: list[object]) -> None:
    pq.write_table(pa.table(columns), path)


def _without_cases(path: Path) -> None:
    _a_table(path / "cases.parquet", text=["{}"])


def _numbers(path: Path) -> None:
    _a_table(path / "cases.parquet", case=[1, 2])


def _two_schemas(path: Path) -> None:
    _a_table(path / "a.parquet", case=["{}"])
    _a_table(path / "b.parquet", id=["1"], policy=["p"], as_of=["now"])


def _half_a_table(path: Path) -> None:
    _a_table(path / "cases.parquet", case=["{}"])
    content = (path / "cases.parquet").read_bytes()
    (path / "cases.parquet").write_bytes(content[: len(content) // 2])


def _half_an_archive(path: Path) -> None:

    content = gzip.compress(b"".join(case + b"\n" for case in sampled(60)))
    (path / "cases.ndjson.gz").write_bytes(content[: len(content) // 2])


BAD_INPUTS: dict[Callable[[Path], None], str] = {
    _without_cases: "cases.parquet: there is no column case, and no id and no policy and no as_of",
    _numbers: "cases.parquet: the column case holds int64; cases are JSON text or structs",
    _two_schemas: "b.parquet: cases in other columns than in ",
    _half_a_table: "cases.parquet: not a whole Parquet file: ",
    _half_an_archive: "cases.ndjson.gz: the compressed data are damaged, or end too soon: ",
}


@pytest.mark.parametrize("command", ["compare", "propose"])
@pytest.mark.parametrize("make", BAD_INPUTS, ids=lambda make: make.__name__)
def test_an_invalid_input_is_reported(
    run: Run, gentler: Path, tmp_path: Path, command: str, make: Callable[[Path], None]
) -> None:
    folder = tmp_path / "cases"
    folder.mkdir()
    make(folder)
    editions = ("governing", str(gentler)) if command == "compare" else (str(gentler), "--laws", "0")
    page = tmp_path / "report.html"
    done = run(command, *editions, str(folder), "--processes", "1", "--html", str(page))
    assert (done.status, done.err.count("\n"), page.exists()) == (2, 1, False)
    assert done.err.startswith(f"adjudicator {command}: {folder}/")
    assert BAD_INPUTS[make] in done.err


@pytest.mark.parametrize("command", ["compare", "propose"])
def test_a_process_that_is_lost_is_reported(
    run: Run, write: Callable[[str, str], Path], history: Path, command: str
) -> None:
    """The candidate is foreign code: this one ends every worker process."""
    path = write(
        "deadly.py",
        """
        import datetime as dt
        import multiprocessing
        import os
        import signal

        from douyin_global.damage import EDITION as IN_FORCE

        if multiprocessing.parent_process() is not None:
            os.kill(os.getpid(), signal.SIGKILL)
        EDITION = IN_FORCE.amended(effective_from=dt.date(2026, 7, 1), settings={"leak_required": False})
        """,
    )
    editions = ("governing", str(path), *PER_PART) if command == "compare" else (str(path), "--laws", "2")
    done = run(command, *editions, str(history), "--processes", "2")
    assert done.status == 1
    lost = "a worker process was lost (exit status -9), perhaps for want of memory"
    assert done.err == f"adjudicator {command}: {lost}\n"


@pytest.mark.parametrize("command", ["compare", "propose"])
def test_no_incomplete_page_is_left_on_a_full_disk(
    run: Run, history: Path, gentler: Path, tmp_path: Path, command: str
) -> None:
    page = tmp_path / "report.html"
    page.write_text("the last report", "utf-8")
    editions = ("governing", str(gentler)) if command == "compare" else (str(gentler), "--laws", "0")
    with no_file_larger_than(4096):
        done = run(command, *editions, str(history), "--processes", "1", "--html", str(page))
    assert done.status == 1
    assert done.err == f"adjudicator {command}: {page}: File too large\n"
    assert page.read_text("utf-8") == "the last report"
    assert [each.name for each in tmp_path.glob(".report*")] == []
