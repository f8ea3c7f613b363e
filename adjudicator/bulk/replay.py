"""Replaying past cases: every source is read part by part, the parts are decided on all cores, and each becomes one file.

A run that was stopped, in whatever way, goes on when it is started again with the same inputs and options.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from adjudicator.bulk.deciding import BulkOptions, Counts, decide_texts
from adjudicator.bulk.files import OutputFormat, write_part
from adjudicator.bulk.lines import Limits
from adjudicator.bulk.manifest import FORMAT, INPUTS, PartDone, locked_manifest
from adjudicator.bulk.runs import Progress, Run, Task, default_processes, installed_editions
from adjudicator.bulk.sources import Source, texts_in
from adjudicator.bulk.workers import in_parallel

SOURCE: Final = pa.field("source", pa.dictionary(pa.int32(), pa.string()), nullable=False)
"""The column before those of :data:`~adjudicator.bulk.rows.SCHEMA`: the name of the input."""


def replay(
    sources: Sequence[Source],
    folder: Path,
    options: BulkOptions,
    *,
    format: OutputFormat = "parquet",
    processes: int | None = None,
    limits: Limits | None = None,
    on_progress: Callable[[Progress], object] = lambda _: None,
) -> Counts:
    """Decide every case of some sources, and write the rows into a folder. Returns the counts, earlier runs included.

    Raises :class:`~adjudicator.bulk.errors.BulkError` or :class:`OSError` if it cannot continue; finished parts are kept.
    """
    limits = limits or Limits()
    with locked_manifest(folder, "replay") as manifest:
        manifest.begin(_header(sources, options, format, limits))
        if not manifest.is_complete:
            run = Run("replay", sources, on_progress, manifest.done, cases_before=manifest.counts().cases)
            work = partial(decide_part, folder=folder, options=options, format=format)
            for done in in_parallel(run.tasks_left(limits), work, processes or default_processes()):
                manifest.add(done)
                run.report(done.counts.cases)
            manifest.complete(manifest.counts())
        return manifest.counts()


def _header(sources: Sequence[Source], options: BulkOptions, format: OutputFormat, limits: Limits) -> dict[str, Any]:
    """What must be the same for a run to resume: the inputs, the options, and the code of the rules."""
    return {
        "replay": FORMAT,
        "options": {
            "column": options.column,
            "editions": dict(sorted(options.editions.items())),
            "policies": None if options.policies is None else sorted(options.policies),
            "as_of": None if options.as_of is None else str(options.as_of),
            "decisions": options.decisions,
            "format": format,
            "cases_per_part": limits.cases,
            "bytes_per_part": limits.bytes,
            **({"candidate": options.candidate.sha256} if options.candidate else {}),
        },
        "policies": installed_editions(),
        INPUTS: [source.fingerprint() for source in sources],
    }


def decide_part(task: Task, *, folder: Path, options: BulkOptions, format: OutputFormat) -> PartDone:
    """Decide the cases of a part and write its file."""
    batch, counts = decide_texts(texts_in(task.content), options, task.content.erased)
    names = pa.array([task.name] * batch.num_rows, SOURCE.type.value_type).dictionary_encode()
    table = pa.Table.from_arrays([names.cast(SOURCE.type), *batch.columns], schema=pa.schema([SOURCE, *batch.schema]))
    file = f"{task.label}.{format}"
    size = write_part(table, folder / file, format)
    return PartDone(task.source, task.index, file, task.content.digest, size, counts)
