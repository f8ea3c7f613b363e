"""The processes of a server: which they are, and whether they grow."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Final

from attrs import Factory, define, frozen

SETTLED: Final = 10.0
"""Before it has worked for so many seconds, a worker is not looked at: it still imports, connects and fills its caches. It is its own time that
counts, as a busy machine leaves it little."""
FEWEST: Final = 20
"""The minimum number of observations to judge growth."""
MORE_FILES: Final = 40
MORE_KILOBYTES: Final = 48 * 1024
"""How much a worker may grow from the first third of its life to the last. A leak in every request would exceed this."""
HELPER: Final = b"resource_tracker"
"""A helper process of Python's ``multiprocessing``."""


def workers_of(server: int) -> frozenset[int]:
    """The worker processes of a server that leads a process group."""
    return frozenset(each for each in processes_in(server) if each != server and not is_helper(each))


def processes_in(group: int) -> Iterator[int]:
    """The running processes of a group."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, member_of, *_ = path.read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if int(member_of) == group and state != "Z":
            yield int(path.parent.name)


def is_helper(process: int) -> bool:
    """Whether a process is a helper of Python's ``multiprocessing``, or is gone."""
    try:
        return HELPER in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return True


@frozen
class Look:
    """A worker at one moment: its open files, its memory in kB, and the seconds that a processor has worked for it."""

    files: int
    kilobytes: int
    seconds: float


def look_at(process: int) -> Look | None:
    """Observe a process now; ``None`` if it is gone."""
    try:
        files = len(os.listdir(f"/proc/{process}/fd"))  # noqa: PTH208 - only how many there are
        status = Path(f"/proc/{process}/status").read_text("utf-8")
        numbers = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    resident = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")]
    seconds = (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")
    return Look(files, int(resident[0]), seconds) if resident else None


@define
class Lives:
    """The observations of each worker."""

    looks: dict[int, list[Look]] = Factory(dict)

    def look(self, workers: Iterable[int]) -> None:
        """Observe the workers once."""
        for worker in workers:
            if (seen := look_at(worker)) is not None:
                self.looks.setdefault(worker, []).append(seen)

    def judged(self) -> dict[int, tuple[Look, Look]]:
        """The first and the last third of each life that was long enough, at their medians."""
        lives = {worker: [each for each in looks if each.seconds >= SETTLED] for worker, looks in self.looks.items()}
        return {
            worker: (median_of(looks[: len(looks) // 3]), median_of(looks[-(len(looks) // 3) :]))
            for worker, looks in lives.items()
            if len(looks) >= FEWEST
        }

    def complaints(self) -> list[str]:
        """The workers that have grown too much."""
        return [
            f"worker {worker} grew from {first.files} to {last.files} files, "
            f"{first.kilobytes // 1024} to {last.kilobytes // 1024} MB"
            for worker, (first, last) in self.judged().items()
            if last.files > first.files + MORE_FILES or last.kilobytes > first.kilobytes + MORE_KILOBYTES
        ]


def median_of(looks: Sequence[Look]) -> Look:
    """The median of files and of memory."""
    files, kilobytes, seconds = zip(*((each.files, each.kilobytes, each.seconds) for each in looks), strict=True)
    return Look(int(median(files)), int(median(kilobytes)), median(seconds))
