"""Budgets: pure work that a caller asks for ends when its time is over, in the middle of whatever it does.

A thread cannot be stopped from outside, but an exception can be raised in it. Only pure work runs within a budget: it holds no lock, no
connection and no transaction that the exception could leave half done.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from adjudicator.service.problems import Problem

_RAISE_IN: Final = ctypes.pythonapi.PyThreadState_SetAsyncExc
_RAISE_IN.argtypes = (ctypes.c_ulong, ctypes.py_object)


class _TimeIsOver(BaseException):
    """Raised within the work; no ``except Exception`` on its way holds it up."""


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Give the work of this thread so many seconds. Raises :class:`Problem` ``budget-exceeded`` once they are over."""
    thread, lock, done = threading.get_ident(), threading.Lock(), False

    def interrupt() -> None:
        with lock:
            if not done:
                _RAISE_IN(thread, _TimeIsOver)

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    try:
        try:
            timer.start()
            yield
        finally:
            with lock:
                done = True
                _RAISE_IN(thread, ctypes.py_object())  # NULL: what was to be raised only now is not
            timer.cancel()
    except _TimeIsOver:
        raise Problem("budget-exceeded", f"this takes more than {seconds:g} seconds to work out") from None
