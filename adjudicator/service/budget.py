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
from typing import Final

from adjudicator.service.problems import Problem

_raise_in_thread: Final = ctypes.pythonapi.PyThreadState_SetAsyncExc
_raise_in_thread.argtypes = (ctypes.c_ulong, ctypes.py_object)


_ROUNDS: Final = 100
"""Loop iterations after which a pending exception has certainly been raised; one would do."""
_LATER: Final = 0.05
"""After how many seconds an interruption that was dropped arrives again. At once, it would hit the code that reports the first one, and be dropped too."""
_dropped: Final[dict[int, float]] = {}
"""The threads whose interruption was dropped, and when."""


class _OutOfTime(BaseException):
    """Interrupts the work. A ``BaseException``, so that no ``except Exception`` catches it."""


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Limit the work of this thread to some seconds. Raises :class:`Problem` ``budget-exceeded`` when they are over."""
    thread, lock, over, interrupted = threading.get_ident(), threading.Lock(), threading.Event(), False

    def interrupt() -> None:
        nonlocal interrupted
        with lock:
            if not over.is_set():
                interrupted = True
                _raise_in_thread(thread, _OutOfTime)

    def interrupt_until_it_arrives() -> None:
        interrupt()
        while not over.wait(_LATER):
            if time.monotonic() - _dropped.get(thread, math.inf) >= _LATER:
                del _dropped[thread]
                interrupt()

    timer = threading.Timer(seconds, interrupt_until_it_arrives)
    timer.daemon = True
    _dropped.pop(thread, None)
    try:
        try:
            timer.start()
            yield
        finally:
            with lock:
                over.set()
            timer.cancel()
            if interrupted:
                _absorb()
    except _OutOfTime:
        over.set()
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
