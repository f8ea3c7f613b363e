"""Replaying past cases: every source is read part by part, the parts are decided on all cores, and each becomes one file.

A run that was stopped, in whatever way, goes on when it is started again with the same inputs and options.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path
from time import monotonic
from typing import Any, Final

import pyarrow as pa
from attrs import define, field, frozen

from adjudicator.bulk.cases import case_texts
from adjudicator.bulk.deciding import BulkOptions, Counts, decide_texts
from adjudicator.bulk.errors import NotResumable
from adjudicator.bulk.files import OutputFormat, write_part
from adjudicator.bulk.lines import Limits, Lines, cases_in
from adjudicator.bulk.manifest import FORMAT, INPUTS, Manifest, PartDone, locked_manifest
from adjudicator.bulk.sources import Content, Source
from adjudicator.bulk.workers import in_parallel
from adjudicator.engine.registry import policies
from adjudicator.model.errors import InputError, safe

SOURCE: Final = pa.field("source", pa.dictionary(pa.int32(), pa.string()), nullable=False)
"""The column before those of :data:`~adjudicator.bulk.rows.SCHEMA`: the name of the input."""


@frozen
class Task:
    """A part to decide."""

    source: int
    name: str
    index: int
    content: Content

    @property
    def key(self) -> tuple[int, int]:
        """Which part of which source it is."""
        return self.source, self.index


@frozen
class Progress:
    """How far a run is: cases done in all and in this run, and the share of the input that has been read, if that is known."""

    cases: int
    seconds: float
    cases_of_this_run: int
    share: float | None
    share_before: float | None

    @property
    def rate(self) -> float:
        """Cases a second in this run."""
        return self.cases_of_this_run / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long the rest will take at this pace; ``None`` while that is not known."""
        if self.share is None or self.share_before is None or self.share <= self.share_before:
            return None
        return self.seconds * (1 - self.share) / (self.share - self.share_before)


def default_processes() -> int:
    """One process for each core that this one may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
    """Decide every case of some sources, and write the rows into a folder. Returns what was counted, earlier runs included.

    Raises :class:`~adjudicator.bulk.errors.BulkError` or :class:`OSError` if it cannot go on; what is done is kept.
    """
    limits = limits or Limits()
    with locked_manifest(folder) as manifest:
        header = _header(sources, options, format, limits)
        manifest.begin(header)
        if not manifest.is_complete:
            run = _Run(manifest, on_progress, _ends(header[INPUTS]), cases_before=manifest.counts().cases)
            work = partial(decide_part, folder=folder, options=options, format=format)
            for done in in_parallel(run.tasks_left(sources, limits), work, processes or default_processes()):
                run.record(done)
            manifest.complete(manifest.counts())
        return manifest.counts()


def _header(sources: Sequence[Source], options: BulkOptions, format: OutputFormat, limits: Limits) -> dict[str, Any]:
    """What must be the same for a run to go on: the inputs, the options, and the code of the rules."""
    installed = {
        policy: {each.name: each.revision for each in editions} for policy, editions in sorted(policies().items())
    }
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
        "policies": installed,
        INPUTS: [source.fingerprint() for source in sources],
    }


def _ends(inputs: Sequence[Mapping[str, Any]]) -> list[float] | None:
    """The share of the whole input up to the end of each source; ``None`` if the size of one is not known."""
    sizes = [each.get("bytes") for each in inputs]
    whole = sum(size or 0 for size in sizes)
    return None if None in sizes or not whole else [done / whole for done in accumulate(sizes)]


@define
class _Run:
    """What this run has read and done."""

    manifest: Manifest
    on_progress: Callable[[Progress], object]
    ends: Sequence[float] | None
    started: float = field(factory=monotonic)
    cases_before: int = 0
    cases: int = 0
    share: float | None = 0.0
    share_before: float | None = None

    def tasks_left(self, sources: Sequence[Source], limits: Limits) -> Iterator[Task]:
        """Every part that is not done yet. Raises :class:`~adjudicator.bulk.errors.NotResumable` if one that is done has changed."""
        for number, source in enumerate(sources):
            index = -1
            for index, content in enumerate(source.parts(limits)):
                before, self.share = self.share, self._share_at(number, content.end)
                task = Task(number, source.name, index, content)
                if not self._is_done(task):
                    self.share_before = before if self.share_before is None else self.share_before
                    yield task
            if any(each > index for of, each in self.manifest.done if of == number):
                raise NotResumable(f"{safe(source.name)} holds less than when the replay began")

    def _share_at(self, source: int, end: float | None) -> float | None:
        """The share of the whole input up to a place in a source."""
        if self.ends is None or end is None:
            return None
        start = self.ends[source - 1] if source else 0.0
        return start + end * (self.ends[source] - start)

    def _is_done(self, task: Task) -> bool:
        done = self.manifest.done.get(task.key)
        if done is not None and done.sha256 != task.content.digest:
            raise NotResumable(
                f"{safe(task.name)} has changed since the replay began, at row {task.content.first_row} or after it"
            )
        return done is not None

    def record(self, done: PartDone) -> None:
        """Record a part, and report the progress."""
        self.manifest.add(done)
        self.cases += done.counts.cases
        seconds = monotonic() - self.started
        total = self.cases_before + self.cases
        self.on_progress(Progress(total, seconds, self.cases, self.share, self.share_before))


def decide_part(task: Task, *, folder: Path, options: BulkOptions, format: OutputFormat) -> PartDone:
    """Decide the cases of a part and write its file."""
    batch, counts = decide_texts(texts_in(task.content, options.column), options)
    names = pa.array([task.name] * batch.num_rows, SOURCE.type.value_type).dictionary_encode()
    table = pa.Table.from_arrays([names.cast(SOURCE.type), *batch.columns], schema=pa.schema([SOURCE, *batch.schema]))
    file = f"part-{task.source:05}-{task.index:06}.{format}"
    size = write_part(table, folder / file, format)
    return PartDone(task.source, task.index, file, task.content.digest, size, counts)


def texts_in(content: Content, column: str | None = None) -> Iterator[tuple[int, bytes | InputError]]:
    """The cases of a part as JSON, each with the number of its row; ``column`` is that of the cases in Arrow."""
    if not content.is_arrow:
        yield from cases_in(Lines(content.first_row, content.payload))
        return
    first = content.first_row
    for batch in pa.ipc.open_stream(content.payload):
        yield from enumerate(case_texts(batch, column), first)
        first += batch.num_rows
