"""Compare all cases of some sources in one pass: one process reads, the others decide each case twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path
from time import monotonic
from typing import Final

import pyarrow as pa
from attrs import define, field, frozen

from adjudicator.bulk.errors import NotResumable
from adjudicator.bulk.files import write_part
from adjudicator.bulk.lines import Limits
from adjudicator.bulk.replay import Progress, default_processes, texts_in
from adjudicator.bulk.sources import Content, ParquetRows, Source
from adjudicator.bulk.workers import in_parallel
from adjudicator.comparison.comparing import Comparer, Rows
from adjudicator.comparison.sampling import Drawn, SampleOfCases
from adjudicator.comparison.tables import summary_table
from adjudicator.comparison.tally import Tally
from adjudicator.model.errors import safe

LINES: Final = "lines"
SUMMARY: Final = "summary.parquet"
SAMPLE_PART: Final = 500
"""How many cases of a sample a process gets at once."""


@frozen
class Task:
    """A part to compare, with the share of the input up to its end."""

    name: str
    number: str
    content: Content
    column: str | None
    share: float | None


def compare(
    sources: Sequence[Source],
    comparer: Comparer,
    *,
    folder: Path | None = None,
    processes: int | None = None,
    limits: Limits | None = None,
    on_progress: Callable[[Progress], object] = lambda _: None,
) -> Tally:
    """Compare every case of some sources. With a ``folder``, write all lines and the summary there as Parquet.

    Raises :class:`~adjudicator.bulk.errors.BulkError` or :class:`OSError` if it cannot go on.
    """
    if folder is not None:
        prepare(folder)
    tasks = _tasks(sources, limits or Limits())
    work = partial(compare_part, comparer=comparer, folder=folder)
    total, meter = Tally(), Meter(on_progress)
    for share, tally in in_parallel(tasks, work, processes or default_processes()):
        total.add(tally)
        meter.show(total.cases, share)
    if folder is not None:
        write_part(summary_table(total), folder / SUMMARY, "parquet")
    return total


def compare_sample(
    sample: SampleOfCases,
    comparer: Comparer,
    *,
    processes: int | None = None,
    on_progress: Callable[[Progress], object] = lambda _: None,
) -> Tally:
    """Compare the cases of a sample."""
    total, meter = Tally(left_out=sample.left_out), Meter(on_progress)
    work = partial(_compare_drawn, comparer=comparer)
    for tally in in_parallel(sample.parts(SAMPLE_PART), work, processes or default_processes()):
        total.add(tally)
        meter.show(total.cases, total.cases / len(sample.cases))
    return total


def _compare_drawn(cases: tuple[Drawn, ...], *, comparer: Comparer) -> Tally:
    total = Tally()
    for each in cases:
        erased = frozenset([each.row]) if each.is_erased else frozenset[int]()
        total.add(comparer.compare(each.source, [(each.row, each.text)], erased))
    return total


def prepare(folder: Path) -> None:
    """Make the folder for the tables. Raises :class:`~adjudicator.bulk.errors.NotResumable` if it holds something."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise NotResumable(f"{safe(str(folder))} is not empty; choose another folder")
    (folder / LINES).mkdir()


def compare_part(task: Task, *, comparer: Comparer, folder: Path | None) -> tuple[float | None, Tally]:
    """Compare the cases of a part."""
    rows = None if folder is None else Rows()
    tally = comparer.compare(task.name, texts_in(task.content, task.column), task.content.erased, rows)
    if folder is not None and rows is not None:
        _write(rows.table(), folder, task.number)
    return task.share, tally


def _write(table: pa.Table, folder: Path, number: str) -> None:
    write_part(table, folder / LINES / f"part-{number}.parquet", "parquet")


def _tasks(sources: Sequence[Source], limits: Limits) -> Iterator[Task]:
    sizes = [each.path.stat().st_size if hasattr(each, "path") else None for each in sources]
    known = [size for size in sizes if size is not None]
    whole = sum(known)
    ends = list(accumulate(known)) if whole and len(known) == len(sizes) else None
    for number, source in enumerate(sources):
        column = source.column if isinstance(source, ParquetRows) else None
        for index, content in enumerate(source.parts(limits)):
            share = None
            if ends is not None and content.end is not None:
                start = ends[number - 1] if number else 0
                share = (start + content.end * (ends[number] - start)) / whole
            yield Task(source.name, f"{number:05}-{index:06}", content, column, share)


@define
class Meter:
    """Reports how far a comparison is."""

    on_progress: Callable[[Progress], object]
    started: float = field(factory=monotonic)

    def show(self, cases: int, share: float | None) -> None:
        """Report so many cases, and the share of the input, if it is known."""
        self.on_progress(Progress(cases, monotonic() - self.started, cases, share, 0.0))
