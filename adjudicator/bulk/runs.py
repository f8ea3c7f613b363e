"""A run over some sources: which of their parts are left to do, and how far it is."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from time import monotonic

from attrs import define, field, frozen

from adjudicator.bulk.errors import NotResumable
from adjudicator.bulk.lines import Limits
from adjudicator.bulk.manifest import Kind, PartDone
from adjudicator.bulk.sources import Content, Source
from adjudicator.engine.registry import policies
from adjudicator.model.errors import safe


@frozen
class Task:
    """A part to work on."""

    source: int
    name: str
    index: int
    content: Content

    @property
    def key(self) -> tuple[int, int]:
        """Which part of which source it is."""
        return self.source, self.index

    @property
    def label(self) -> str:
        """The same in the names of files, which follow the order of the input."""
        return f"part-{self.source:05}-{self.index:06}"


@frozen
class Progress:
    """How far a run is: cases done in all and in this run, and the share of the input that is done, if that is known."""

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


def installed_editions() -> dict[str, dict[str, int]]:
    """The revision of every edition by policy and name: a run resumes only under the rules that it started with."""
    return {policy: {each.name: each.revision for each in editions} for policy, editions in sorted(policies().items())}


@define
class Run:
    """What this run has done; ``done`` are the parts that earlier runs have done."""

    kind: Kind
    sources: Sequence[Source]
    on_progress: Callable[[Progress], object]
    done: Mapping[tuple[int, int], PartDone] = field(factory=dict)
    cases_before: int = 0
    started: float = field(factory=monotonic)
    cases: int = 0
    share_before: float | None = None
    _ends: Sequence[float] | None = field(init=False)
    _ahead: deque[float | None] = field(init=False, factory=deque)

    def __attrs_post_init__(self) -> None:
        """Note the share of the whole input up to the end of each source; ``None`` if the size of one is not known."""
        sizes = [each.size for each in self.sources]
        known = [size for size in sizes if size is not None]
        whole = sum(known)
        is_known = whole and len(known) == len(sizes)
        self._ends = [done / whole for done in accumulate(known)] if is_known else None

    def tasks_left(self, limits: Limits) -> Iterator[Task]:
        """Every part that is not done yet. Raises :class:`~adjudicator.bulk.errors.NotResumable` if one that is done has changed."""
        share: float | None = 0.0
        for number, source in enumerate(self.sources):
            index = -1
            for index, content in enumerate(source.parts(limits)):
                before, share = share, self._share_at(number, content.end)
                task = Task(number, source.name, index, content)
                if not self._is_done(task):
                    self.share_before = before if self.share_before is None else self.share_before
                    self._ahead.append(share)
                    yield task
            if any(each > index for of, each in self.done if of == number):
                raise NotResumable(f"{safe(source.name)} holds less than when the {self.kind} began")

    def _share_at(self, source: int, end: float | None) -> float | None:
        """The share of the whole input up to a place in a source."""
        if self._ends is None or end is None:
            return None
        start = self._ends[source - 1] if source else 0.0
        return start + end * (self._ends[source] - start)

    def _is_done(self, task: Task) -> bool:
        done = self.done.get(task.key)
        if done is not None and done.sha256 != task.content.digest:
            raise NotResumable(
                f"{safe(task.name)} has changed since the {self.kind} began, at row {task.content.first_row} or after it"
            )
        return done is not None

    def report(self, cases: int) -> None:
        """Report that one more part, with so many cases, is done."""
        self.cases += cases
        # Parts are read ahead and finished about in the order in which they were read, so as many ends are behind us as parts are done.
        share = self._ahead.popleft() if self._ahead else None
        seconds = monotonic() - self.started
        total = self.cases_before + self.cases
        self.on_progress(Progress(total, seconds, self.cases, share, self.share_before))
