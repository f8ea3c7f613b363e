"""Time budgets: an analysis that takes too long is interrupted, wherever it is.

Python cannot stop a thread from outside, but it can raise an exception in it. Only pure code runs within a budget: it holds no lock,
connection or transaction that the exception could leave half done.
"""

from __future__ import annotations

import ctypes
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Thread
from typing import Final

from attrs import define, field

from adjudicator.service.problems import Problem

_raise_in_thread: Final = ctypes.pythonapi.PyThreadState_SetAsyncExc
_raise_in_thread.argtypes = (ctypes.c_ulong, ctypes.py_object)


_ROUNDS: Final = 100
"""Loop iterations after which a pending exception has certainly been raised; one would do."""
_LATER: Final = 0.05
"""After how many seconds an interruption that was dropped arrives again. At once, it would hit the code that reports the first one, and be dropped too."""
_TICK: Final = 0.02
"""How many seconds late an interruption may be: so often the budgets in use are checked."""
_IDLE_TICKS: Final = 50
"""After how many ticks without a budget the thread that checks them ends."""
_dropped: Final[dict[int, float]] = {}
"""The threads whose interruption was dropped, and when."""


class _OutOfTime(BaseException):
    """Interrupts the work. A ``BaseException``, so that no ``except Exception`` catches it."""


@define(eq=False)
class _Work:
    """Work that is in progress in a thread, until the clock says ``ends_at``."""

    thread: int
    ends_at: float
    is_over: bool = False
    is_interrupted: bool = False
    lock: Lock = field(factory=Lock)
    """Held to interrupt it and to end it, so that nothing is raised in code that comes after it."""

    def check(self, now: float) -> None:
        """Interrupt it if its time is over, and again if Python has dropped that."""
        if now < self.ends_at or (self.is_interrupted and now - _dropped.get(self.thread, math.inf) < _LATER):
            return
        with self.lock:
            if not self.is_over:
                self.is_interrupted = True
                _dropped.pop(self.thread, None)
                _raise_in_thread(self.thread, _OutOfTime)


@define(eq=False)
class _Watch:
    """The thread that checks all budgets in use. One for all: to start one for each would take longer than to write a letter."""

    in_use: dict[int, _Work] = field(factory=dict)
    lock: Lock = field(factory=Lock)
    thread: Thread | None = None

    def add(self, work: _Work) -> None:
        """Check this work too, from now on."""
        with self.lock:
            self.in_use[id(work)] = work
            if self.thread is None or not self.thread.is_alive():  # it is gone in a process that was forked
                self.thread = Thread(target=self.run, name="budgets", daemon=True)
                self.thread.start()

    def remove(self, work: _Work) -> None:
        """Check it no longer."""
        with self.lock:
            self.in_use.pop(id(work), None)

    def run(self) -> None:
        """Check all budgets until there has been none for a while."""
        idle = 0
        while idle < _IDLE_TICKS:
            time.sleep(_TICK)
            with self.lock:
                works = [*self.in_use.values()]
                idle = 0 if works else idle + 1
                if idle == _IDLE_TICKS:
                    self.thread = None
            for work in works:
                work.check(time.monotonic())


_watch: Final = _Watch()


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Limit the work of this thread to some seconds. Raises :class:`Problem` ``budget-exceeded`` when they are over."""
    work = _Work(threading.get_ident(), time.monotonic() + seconds)
    _dropped.pop(work.thread, None)
    try:
        try:
            _watch.add(work)
            yield
        finally:
            with work.lock:
                work.is_over = True
            _watch.remove(work)
            if work.is_interrupted:
                _absorb()
    except _OutOfTime:
        work.is_over = True
        _watch.remove(work)
        raise Problem("budget-exceeded", f"the analysis takes more than {seconds:g} seconds") from None


def arrives_again(dropped: type[BaseException]) -> bool:
    """Let an interruption arrive once more that Python has dropped, as it drops what a callback of a weak reference raises.

    To be called with the type of every exception that Python drops, in its thread. Returns whether it was an interruption.
    """
    if dropped is not _OutOfTime:
        return False
    _dropped[threading.get_ident()] = time.monotonic()
    return True


def _absorb() -> None:
    """Let a pending exception arrive here, and not later in unrelated code.

    It cannot be cancelled: clearing it would make the interpreter check for it forever.
    """
    for _ in range(_ROUNDS):
        pass
