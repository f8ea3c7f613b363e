"""Compare a million cases, chunk by chunk, in parallel. Results are recorded, so that a stopped run can resume."""

from __future__ import annotations

import hashlib
import json
import signal
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from functools import partial
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Final

from attrs import Factory, define, frozen

from adjudicator.testing import Json
from proving.cases import POLICIES, numbered_case
from proving.comparison import compared
from proving.tally import Tally

ROOT: Final = Path(__file__).parents[3]
SOURCES: Final = (
    "adjudicator",
    "policies",
    "tests/proofs/oracle",
    "tests/proofs/proving",
    "tests/support/admissions.py",
    "tests/support/tradings.py",
    "tests/support/virtual_goods.py",
    "requirements/run.txt",
)
CHUNK: Final = 2_000
MOST_SHOWN: Final = 20
"""The maximum number of differing cases shown for a chunk. All are counted."""


def revision() -> str:
    """A digest of everything on which the result of a case depends: the code, the locked packages, and Python."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(each for source in SOURCES for each in files_below(ROOT / source)):
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def files_below(path: Path) -> list[Path]:
    """A file itself, or the files in a folder, without caches."""
    if path.is_file():
        return [path]
    return [each for each in path.rglob("*") if each.is_file() and each.suffix != ".pyc"]


@frozen
class Run:
    """Which cases are compared, and where the results are recorded. Each revision of the code has its own file."""

    seed: int
    cases: int
    folder: Path
    jobs: int = 1
    chunk: int = CHUNK
    revision: str = Factory(revision)

    @property
    def file(self) -> Path:
        """The file of the finished chunks, one a line."""
        return self.folder / f"{self.seed}-{self.revision[:16]}.jsonl"

    def chunks(self) -> Iterator[range]:
        """The numbers of the cases in each chunk."""
        return (range(first, min(first + self.chunk, self.cases)) for first in range(0, self.cases, self.chunk))


@define
class Differing:
    """A case on which engine and oracle differ, and how."""

    number: int
    policy: str
    differences: list[str]


@define
class Results:
    """The results of one or more chunks."""

    tallies: dict[str, Tally] = Factory(lambda: {policy: Tally() for policy in POLICIES})
    differing: list[Differing] = Factory(list)

    def merge(self, other: Results) -> None:
        """Add the results of other chunks."""
        for policy, tally in other.tallies.items():
            self.tallies[policy].merge(tally)
        self.differing += other.differing

    def total(self) -> Tally:
        """The tally over all policies."""
        total = Tally()
        for tally in self.tallies.values():
            total.merge(tally)
        return total


# One chunk


def results_of(numbers: range, seed: int, policy: str | None = None) -> Results:
    """Compare some cases, of one policy or of each in turn."""
    results = Results()
    for number in numbers:
        case = numbered_case(seed, number, policy)
        comparison = compared(case)
        results.tallies[case.policy].add(case, comparison)
        if comparison.differences and len(results.differing) < MOST_SHOWN:
            results.differing.append(Differing(number, case.policy, [*comparison.differences]))
    return results


def record_of(run: Run, numbers: range, results: Results) -> Json:
    """The record of a finished chunk."""
    return {
        "seed": run.seed,
        "first": numbers.start,
        "count": len(numbers),
        "revision": run.revision,
        "tallies": {policy: tally.document() for policy, tally in results.tallies.items()},
        "differing": [[each.number, each.policy, each.differences] for each in results.differing],
    }


def results_in(record: Json) -> Results:
    """The results in the record of a chunk."""
    tallies = {policy: Tally.recorded(tally) for policy, tally in record["tallies"].items()}
    return Results(tallies, [Differing(*each) for each in record["differing"]])


# All of them


def results(run: Run, tell: Callable[[int, int], None]) -> Results:
    """Compare the cases of a run, except those compared earlier, and return the total. ``tell`` gets the number of finished cases.

    If interrupted, it drops unfinished chunks; a new start resumes from the record.
    """
    finished = read_records(run)
    everything = Results()
    for record in finished.values():
        everything.merge(results_in(record))
    done = sum(count for _, count in finished)
    tell(done, run.cases)
    todo = [numbers for numbers in run.chunks() if (numbers.start, len(numbers)) not in finished]
    with run.file.open("a", encoding="utf-8") as file, closing(in_parallel(run, todo)) as chunks:
        for numbers, chunk in chunks:
            file.write(json.dumps(record_of(run, numbers, chunk), ensure_ascii=False) + "\n")
            file.flush()
            everything.merge(chunk)
            done += len(numbers)
            tell(done, run.cases)
    everything.differing.sort(key=lambda each: each.number)
    return everything


def read_records(run: Run) -> dict[tuple[int, int], Json]:
    """The recorded chunks of a run, by first number and count. Removes an incomplete last line from the file."""
    run.folder.mkdir(parents=True, exist_ok=True)
    run.file.touch()
    whole, _, cut_short = run.file.read_bytes().rpartition(b"\n")
    if cut_short:
        run.file.write_bytes(whole + b"\n" if whole else b"")
    wanted = {(numbers.start, len(numbers)) for numbers in run.chunks()}
    records = (json.loads(line) for line in whole.splitlines())
    finished = {(record["first"], record["count"]): record for record in records if record["revision"] == run.revision}
    return {chunk: record for chunk, record in finished.items() if chunk in wanted}


def in_parallel(run: Run, todo: Iterable[range]) -> Generator[tuple[range, Results]]:
    """Yield each chunk and its results as it finishes."""
    work = partial(results_of, seed=run.seed)
    if run.jobs == 1:
        yield from ((numbers, work(numbers)) for numbers in todo)
        return
    with ProcessPoolExecutor(run.jobs, get_context("spawn"), initializer=ignore_interrupts) as pool:
        chunks = {pool.submit(work, numbers): numbers for numbers in todo}
        try:
            for future in as_completed(chunks):
                yield chunks.pop(future), future.result()
        except BaseException:
            for worker in active_children():
                worker.terminate()
            raise


def ignore_interrupts() -> None:
    """Ignore Control-C in a worker: the main process handles it and terminates the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
