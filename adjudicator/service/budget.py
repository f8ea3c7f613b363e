"""Time budgets: an analysis that takes too long is interrupted, wherever it is.

Python cannot stop a thread from outside, but it can raise an exception in it. Only pure code runs within a budget: it holds no lock,
connection or transaction that the exception could leave half done.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from adjudicator.service.problems import Problem

_raise_in_thread: Final = ctypes.pythonapi.PyThreadState_SetAsyncExc
_raise_in_thread.argtypes = (ctypes.c_ulong, ctypes.py_object)


_ROUNDS: Final = 100
"""Loop iterations after which a pending exception has certainly been raised; one would do."""


class _OutOfTime(BaseException):
    """Interrupts the work. A ``BaseException``, so that no ``except Exception`` catches it."""


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Limit the work of this thread to some seconds. Raises :class:`Problem` ``budget-exceeded`` when they are over."""
    thread, lock, running, interrupted = threading.get_ident(), threading.Lock(), True, False

    def interrupt() -> None:
        nonlocal interrupted
        with lock:
            if running:
                interrupted = True
                _raise_in_thread(thread, _OutOfTime)

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    try:
        try:
            timer.start()
            yield
        finally:
            with lock:
                running = False
            timer.cancel()
            if interrupted:
                _absorb()
    except _OutOfTime:
        raise Problem("budget-exceeded", f"the analysis takes more than {seconds:g} seconds") from None


def _absorb() -> None:
    """Let a pending exception arrive here, and not later in unrelated code.

    It cannot be cancelled: clearing it would make the interpreter check for it forever.
    """
    for _ in range(_ROUNDS):
        pass
