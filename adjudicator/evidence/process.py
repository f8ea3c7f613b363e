"""The side of the caller: starts the process that reads files, asks it, and starts it again if it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import attrs
from attrs import frozen

from adjudicator.evidence.frames import Broken, TooLate, read_frame, write_frame
from adjudicator.evidence.limits import Limits
from adjudicator.evidence.readings import Archive, DrawnPages, FileReading, Problem, converter

T = TypeVar("T")

STARTING: Final = 60.0
"""Seconds that the process may take to start."""
PATIENCE: Final = 20.0
"""Seconds beyond the limit of a file after which the process itself is given up."""
_PASSED_ON: Final = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "TMPDIR")


class CannotStart(Exception):
    """The process that reads files does not start; the message says why."""


@frozen(kw_only=True)
class Isolation:
    """What the kernel guarantees while a file is read.

    ``network`` is ``namespace``, or ``python`` if only Python's own sockets are blocked; ``files`` is ``landlock``, or ``none`` if the
    process could read files of its user. Memory and time are always bounded.
    """

    network: str
    files: str


class Examiner:
    """Reads files in another process. A context manager; not for several threads at once."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._isolation: Isolation | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, if it runs. It starts again when the next file is read."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    @property
    def isolation(self) -> Isolation:
        """What is guaranteed. Raises :class:`CannotStart`."""
        if self._isolation is None:
            self._start()
        assert self._isolation is not None  # noqa: S101 - set by the start
        return self._isolation

    def read(self, content: bytes, **options: Any) -> FileReading:
        """Everything read in a file; ``options`` are those of :func:`adjudicator.evidence.reading.serve`."""
        header, _ = self._asked({"task": "read", **options}, content)
        return _decoded(header, FileReading, lambda problem: FileReading(problems=(problem,)))

    def draw(self, content: bytes) -> DrawnPages:
        """The first pages of a PDF as pictures. They are drawn in a fork of their own: if that fails, what was read stands."""
        header, _ = self._asked({"task": "draw"}, content)
        return _decoded(header, DrawnPages, _not_drawn)

    def unpack(self, content: bytes) -> tuple[Archive, tuple[bytes, ...]]:
        """The files in a zip archive, with their contents."""
        header, payload = self._asked({"task": "unpack"}, content)
        archive = _decoded(header, Archive, lambda problem: Archive(problems=(problem,)))
        if sum(each.size for each in archive.members) != len(payload):
            return Archive(problems=(Problem(code="crashed"),)), ()
        contents, start = [], 0
        for member in archive.members:
            contents.append(payload[start : start + member.size])
            start += member.size
        return archive, tuple(contents)

    def _asked(self, request: Mapping[str, Any], content: bytes) -> tuple[Any, bytes]:
        process = self._process or self._start()
        stdin, stdout = _pipes(process)
        deadline = time.monotonic() + self.limits.seconds + PATIENCE
        try:
            write_frame(stdin, {**request, "limits": attrs.asdict(self.limits)}, content)
            return read_frame(stdout, self.limits.bundle_bytes, deadline)
        except (Broken, TooLate) as error:
            self.close()
            code = "out_of_time" if isinstance(error, TooLate) else "crashed"
            return {"problem": {"code": code, "params": {}}}, b""

    def _start(self) -> subprocess.Popen[bytes]:
        if sys.platform == "win32":
            raise CannotStart(
                "files are only read where the system can bound the process that reads them: not on Windows"
            )
        # -P: the folder that we are in may be the bundle, and must not be imported from.
        self._process = process = subprocess.Popen(
            [sys.executable, "-P", "-m", "adjudicator.evidence.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ}
            | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"},
        )
        try:
            opening, _ = read_frame(_pipes(process)[1], 0, time.monotonic() + STARTING)
            self._isolation = converter().structure(opening, Isolation)
        except (Broken, TooLate) as error:
            process.kill()
            why = process.communicate()[1].decode(errors="replace").strip().rpartition("\n")[2]
            self._process = None
            raise CannotStart(why or "the process that reads files does not start") from error
        return process


def _not_drawn(problem: Problem) -> DrawnPages:
    return DrawnPages(problems=(Problem(code="pages_not_drawn", params={"error": problem.code}),))


def _pipes(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    assert process.stdin is not None  # noqa: S101 - opened as a pipe
    assert process.stdout is not None  # noqa: S101 - the same
    return process.stdin.fileno(), process.stdout.fileno()


def _decoded(header: Any, kind: type[T], otherwise: Callable[[Problem], T]) -> T:
    """The result in a reply. A malformed reply counts as a crash, because a hostile file may control the process."""
    try:
        if "problem" in header:
            return otherwise(converter().structure(header["problem"], Problem))
        return converter().structure(header["result"], kind)
    except Exception:  # noqa: BLE001 - whatever a hostile reply does to the converter
        return otherwise(Problem(code="crashed"))
