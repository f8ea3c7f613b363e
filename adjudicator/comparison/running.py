"""Compare all cases of some sources in one pass: one process reads, the others decide each case twice.

With a folder, a run that was stopped, in whatever way, goes on when it is started again with the same inputs and editions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Final

from attrs import define, field

from adjudicator.bulk.lines import Limits
from adjudicator.bulk.runs import Progress, Run, Task, default_processes
from adjudicator.bulk.sources import ParquetRows, Source, texts_in
from adjudicator.bulk.workers import in_parallel
from adjudicator.comparison.comparing import Comparer, Rows
from adjudicator.comparison.kept import ComparedPart, Ledger, NothingKept, keep_part, kept_in
from adjudicator.comparison.sampling import Drawn, SampleOfCases
from adjudicator.comparison.sides import Side
from adjudicator.comparison.tally import Tally
from adjudicator.words import tag_of

SAMPLE_PART: Final = 500
"""How many cases of a sample a process gets at once."""


def compare(
    sources: Sequence[Source],
    comparer: Comparer,
    *,
    folder: Path | None = None,
    processes: int | None = None,
    limits: Limits | None = None,
    on_progress: Callable[[Progress], object] = lambda _: None,
) -> Tally:
    """Compare every case of some sources. With a ``folder``, store all lines and the summary there as Parquet, earlier runs included.

    Raises :class:`~adjudicator.bulk.errors.BulkError` or :class:`OSError` if it cannot continue; the content of the folder is kept.
    """
    limits = limits or Limits()
    with ExitStack() as stack:
        ledger: Ledger = NothingKept()
        if folder is not None:
            inputs = [each.fingerprint() for each in sources]
            ledger = stack.enter_context(kept_in(folder, _options(sources, comparer, limits), inputs))
        total = ledger.total()
        if not ledger.is_complete:
            run = Run("comparison", sources, on_progress, ledger.done, cases_before=total.cases)
            work = partial(compare_part, comparer=comparer, folder=folder)
            for part in in_parallel(run.tasks_left(limits), work, processes or default_processes()):
                ledger.add(part)
                total.add(part.tally)
                run.report(part.tally.cases)
            ledger.complete(total)
        return total


def _options(sources: Sequence[Source], comparer: Comparer, limits: Limits) -> dict[str, Any]:
    """What decides on the lines and on the examples that are kept."""
    pair = comparer.pair
    columns = {each.column: None for each in sources if isinstance(each, ParquetRows) and each.column is not None}
    return {
        **_side("old", pair.old),
        **_side("new", pair.new),
        "policies": None if pair.policies is None else sorted(pair.policies),
        "column": next(iter(columns), None),
        "seed": comparer.seed,
        "locale": comparer.locale and tag_of(comparer.locale),
        "cases_per_part": limits.cases,
        "bytes_per_part": limits.bytes,
    }


def _side(name: str, side: Side) -> dict[str, Any]:
    return {
        name: side.label,
        f"the candidate {name}": None if side.candidate is None else side.candidate.sha256,
        f"the editions of {name}": dict(sorted(side.editions.items())),
    }


def compare_part(task: Task, *, comparer: Comparer, folder: Path | None) -> ComparedPart:
    """Compare the cases of a part, and store the results in the folder, if there is one."""
    rows = None if folder is None else Rows()
    tally = comparer.compare(task.name, texts_in(task.content), task.content.erased, rows)
    if folder is None or rows is None:
        return ComparedPart(tally)
    return keep_part(folder, task.key, task.label, task.content.digest, rows, tally)


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


@define
class Meter:
    """Reports how far a comparison is."""

    on_progress: Callable[[Progress], object]
    started: float = field(factory=monotonic)

    def show(self, cases: int, share: float | None) -> None:
        """Report the number of cases, and the share of the input, if it is known."""
        self.on_progress(Progress(cases, monotonic() - self.started, cases, share, 0.0))
