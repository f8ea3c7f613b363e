"""Processes that each decide one part at a time. They are spawned, and end when this process ends, however it ends."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from attrs import frozen

from adjudicator.bulk.errors import BulkError, WorkerLost
from adjudicator.engine.registry import failure

T = TypeVar("T")
R = TypeVar("R")


def in_parallel(tasks: Iterator[T], work: Callable[[T], R], processes: int) -> Iterator[R]:
    """The result of each task, in the order in which they are finished. With one process, or a single task, this one does the work itself.

    Raises what ``work`` raised, or :class:`~adjudicator.bulk.errors.WorkerLost` if a process ended before its work did. What reading the
    tasks raised comes last, when those before it are finished.
    """
    if processes == 1:
        yield from map(work, tasks)
        return
    ahead = _ReadAhead(tasks)
    ahead.fill(2)
    if len(ahead.waiting) < 2:
        yield from map(work, ahead.waiting)  # too little to start a process for
    else:
        yield from _shared_out(ahead, work, processes)
    if ahead.error is not None:
        raise ahead.error


def _shared_out(ahead: _ReadAhead[T], work: Callable[[T], R], processes: int) -> Iterator[R]:
    """The results of tasks that several processes share."""
    with _workers(work, processes) as idle:
        busy: dict[Any, _Worker[T, R]] = {}
        while ahead.waiting or busy:
            if ahead.waiting and idle:
                worker = idle.pop()
                worker.start(ahead.waiting.popleft())
                busy[worker.pipe] = worker
                ahead.fill(1)
                continue
            for ready in wait(list(busy)):
                worker = busy.pop(ready)
                idle.append(worker)
                yield worker.result()


class _ReadAhead(Generic[T]):
    """The next tasks, which are read while the processes are at work on those before them."""

    def __init__(self, tasks: Iterator[T]) -> None:
        self._tasks = tasks
        self.waiting: deque[T] = deque()
        self.error: Exception | None = None

    def fill(self, count: int) -> None:
        """Read tasks until enough are waiting or none is left."""
        try:
            self.waiting.extend(islice(self._tasks, max(count - len(self.waiting), 0)))
        except Exception as error:  # noqa: BLE001 - it is raised again when the work at hand is finished
            self.error = error


@frozen(eq=False)
class _Worker(Generic[T, R]):
    """A process, and our end of the pipe to it."""

    process: BaseProcess
    pipe: Connection

    def start(self, task: T) -> None:
        """Hand over a task."""
        try:
            self.pipe.send(task)
        except OSError as error:
            raise self._lost() from error

    def result(self) -> R:
        """The result of the task, or the error that it raised."""
        try:
            result, error = self.pipe.recv()
        except (EOFError, OSError) as lost:
            raise self._lost() from lost
        if error is not None:
            raise error
        done: R = result
        return done

    def _lost(self) -> WorkerLost:
        self.process.join(1)
        status = self.process.exitcode
        return WorkerLost(f"a worker process was lost (exit status {status}), perhaps for want of memory")


@contextmanager
def _workers(work: Callable[[T], R], processes: int) -> Iterator[list[_Worker[T, R]]]:
    context = get_context("spawn")
    workers: list[_Worker[T, R]] = []
    try:
        for _ in range(processes):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, work), daemon=True)
            process.start()
            theirs.close()
            workers.append(_Worker(process, ours))
        yield workers
    finally:
        for worker in workers:
            worker.pipe.close()
            worker.process.terminate()
        for worker in workers:
            worker.process.join()


def _serve(pipe: Connection, work: Callable[[Any], Any]) -> None:
    """Do one task after the other until the other end of the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interruption is meant for the main process
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        result = outcome_of(work, task)
        try:
            pipe.send(result)
        except OSError:
            return  # the main process has ended: nobody waits for the result


def outcome_of(work: Callable[[Any], Any], task: Any) -> tuple[Any, Exception | None]:
    """The result of a task, or an error that can be sent to another process."""
    try:
        return work(task), None
    except OSError as error:
        return None, OSError(error.errno, error.strerror or os.strerror(error.errno or 0), error.filename)
    except BulkError as error:
        return None, error
    except Exception as error:  # noqa: BLE001 - it is raised again in the process that leads, with its name
        return None, WorkerLost(failure(error, "a worker process broke down"))
