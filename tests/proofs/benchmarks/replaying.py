"""``make bench-replay``: how many cases a second a replay decides, in one process, in several and on Spark, and what that costs.

How much several processes can gain depends on the machine, because its cores share caches and clock speed. For comparison, several
independent programs each take a share of the cases: no way to share work can be faster.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from functools import partial
from io import StringIO
from itertools import cycle
from pathlib import Path
from time import perf_counter

from attrs import frozen
from rich.console import Console
from rich.table import Table

from adjudicator.bulk.sample import sample_cases
from adjudicator.spark import session
from adjudicator.spark.job import main as spark_job
from benchmarks.processes import time_of_children

PROGRAM = (sys.executable, "-c", "import sys; from adjudicator.cli import main; sys.exit(main())")


@frozen
class Run:
    """One replay: wall-clock seconds, seconds of processor time of all its processes, and the bytes of the table."""

    took: float
    processor: float
    written: int


def processor_time() -> float:
    """Processor time of all child processes that have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def largest_process() -> float:
    """The peak memory of the largest of them, in megabytes."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def replay(histories: Sequence[Path], processes: int, cases_per_part: int) -> Run:
    """Replay a file as a user would, program start included. Several files run at the same time, each in its own program."""
    with tempfile.TemporaryDirectory() as folder:
        options = ("--processes", str(processes), "--cases-per-part", str(cases_per_part), "--progress")
        outs = [Path(folder) / each.stem for each in histories]
        processor, start = processor_time(), perf_counter()
        programs = [
            subprocess.Popen([*PROGRAM, "replay", history, "--out", out, *options], stdout=subprocess.DEVNULL)
            for history, out in zip(histories, outs, strict=True)
        ]
        statuses = [each.wait() for each in programs]
        if any(statuses):
            sys.exit("a replay failed")
        took, processor = perf_counter() - start, processor_time() - processor
        return Run(took, processor, sum(path.stat().st_size for out in outs for path in out.iterdir()))


def replay_on_spark(history: Path) -> Run:
    """Run the Spark job on a file, in a session that is already started."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        processor, start = time_of_children(), perf_counter()
        with redirect_stdout(StringIO()):
            status = spark_job([str(history), "--format", "ndjson", "--out", str(out)])
        took, processor = perf_counter() - start, time_of_children() - processor
        if status:
            sys.exit("the job of Spark failed")
        return Run(took, processor, sum(path.stat().st_size for path in out.rglob("*.parquet")))


@contextmanager
def spark_on(cores: int) -> Iterator[Run]:
    """A session on this machine, and the cost of starting it."""
    start = perf_counter()
    spark = session(settings={"spark.master": f"local[{cores}]", "spark.ui.enabled": "false"})
    spark.sparkContext.setLogLevel("ERROR")
    try:
        yield Run(perf_counter() - start, time_of_children(), 0)
    finally:
        spark.stop()


def main() -> None:
    """Run the measurements and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--cases-per-part", type=int, default=2_500)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=2, help="the runs of each, in turns; the best counts")
    chosen = parser.parse_args()
    cores = max(chosen.processes)
    table = Table("on", "seconds", "cases a second", "cases a second of processor time", "MB written")
    with tempfile.TemporaryDirectory() as folder, spark_on(cores) as started:
        history = Path(folder) / "history.ndjson"
        start = perf_counter()
        with history.open("wb") as file:
            file.writelines(case + b"\n" for case in sample_cases(chosen.cases, 1))
        made = chosen.cases / (perf_counter() - start)
        shares = split_lines(history, cores)
        on_spark, apart = f"Spark, {cores} cores", f"{cores} programs apart"
        ways: dict[str, Callable[[], Run]] = {
            **{in_words(each): partial(replay, [history], each, chosen.cases_per_part) for each in chosen.processes},
            apart: partial(replay, shares, 1, chosen.cases_per_part),
            on_spark: partial(replay_on_spark, history),
        }
        runs: dict[str, list[Run]] = {name: [] for name in ways}
        for _ in range(chosen.rounds):
            for name, replayed in ways.items():
                runs[name].append(replayed())
        size = history.stat().st_size / 1e6
    best = {
        name: Run(min(run.took for run in done), min(run.processor for run in done), done[0].written)
        for name, done in runs.items()
    }
    for name, run in best.items():
        figures = f"{run.took:.1f}", f"{chosen.cases / run.took:,.0f}", f"{chosen.cases / run.processor:,.0f}"
        table.add_row(name, *figures, f"{run.written / 1e6:.1f}")
    console = Console()
    console.print(f"{chosen.cases:,} made-up cases, {size:.1f} MB, made at {made:,.0f} a second")
    console.print(table)
    console.print(f"the largest process took {largest_process():.0f} MB")
    spark, pool = best[on_spark], best[in_words(cores)]
    one = best[in_words(min(chosen.processes))]
    console.print(
        f"{in_words(cores)} decide {one.took / pool.took:.2f} times as many cases a second as {in_words(min(chosen.processes))}, "
        f"and {apart} {one.took / best[apart].took:.2f} times"
    )
    console.print(
        f"Spark takes {spark.processor / pool.processor:.2f} times the processor time of {in_words(cores)}, and "
        f"{spark.took / pool.took:.2f} times as long; its start, apart, took {started.took:.1f} s, {started.processor:.1f} s of processor time"
    )


def split_lines(history: Path, shares: int) -> list[Path]:
    """Deal the lines of a file out to ``shares`` files beside it."""
    paths = [history.with_name(f"share-{number}.ndjson") for number in range(shares)]
    with ExitStack() as files, history.open("rb") as lines:
        written = [files.enter_context(path.open("wb")) for path in paths]
        for line, share in zip(lines, cycle(written), strict=False):
            share.write(line)
    return paths


def in_words(processes: int) -> str:
    """A number of processes, in words."""
    return "1 process" if processes == 1 else f"{processes} processes"


if __name__ == "__main__":
    main()
