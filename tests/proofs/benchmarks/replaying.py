"""``make bench-replay``: how many cases a replay decides in a second, in one process and in several, and what memory and room it takes."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from attrs import frozen
from rich.console import Console
from rich.table import Table

from adjudicator.bulk.sample import sample_cases

PROGRAM = (sys.executable, "-c", "import sys; from adjudicator.cli import main; sys.exit(main())")


@frozen
class Run:
    """One replay: seconds by the clock, seconds of processor time of all its processes, and the bytes of the table."""

    took: float
    processor: float
    written: int


def processor_time() -> float:
    """The processor time of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def largest_process() -> float:
    """The most memory that one of them took, in megabytes."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def replay(history: Path, processes: int, cases_per_part: int) -> Run:
    """Replay a file as its user does, start of the program included."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        options = ("--out", out, "--processes", str(processes), "--cases-per-part", str(cases_per_part))
        processor, start = processor_time(), perf_counter()
        subprocess.run([*PROGRAM, "replay", history, *options, "--progress"], check=True, stdout=subprocess.DEVNULL)
        took, processor = perf_counter() - start, processor_time() - processor
        return Run(took, processor, sum(path.stat().st_size for path in out.iterdir()))


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--cases-per-part", type=int, default=2_500)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=2, help="the runs of each, in turns; the best counts")
    chosen = parser.parse_args()
    table = Table("processes", "seconds", "cases a second", "cases a second of processor time", "MB written")
    with tempfile.TemporaryDirectory() as folder:
        history = Path(folder) / "history.ndjson"
        start = perf_counter()
        with history.open("wb") as file:
            file.writelines(case + b"\n" for case in sample_cases(chosen.cases, 1))
        made = chosen.cases / (perf_counter() - start)
        runs: dict[int, list[Run]] = {processes: [] for processes in chosen.processes}
        for _ in range(chosen.rounds):
            for processes, done in runs.items():
                done.append(replay(history, processes, chosen.cases_per_part))
        size = history.stat().st_size / 1e6
    for processes, done in runs.items():
        took, processor = min(run.took for run in done), min(run.processor for run in done)
        figures = f"{took:.1f}", f"{chosen.cases / took:,.0f}", f"{chosen.cases / processor:,.0f}"
        table.add_row(str(processes), *figures, f"{done[0].written / 1e6:.1f}")
    console = Console()
    console.print(f"{chosen.cases:,} made-up cases, {size:.1f} MB, made at {made:,.0f} a second")
    console.print(table)
    console.print(f"the largest process took {largest_process():.0f} MB")


if __name__ == "__main__":
    main()
