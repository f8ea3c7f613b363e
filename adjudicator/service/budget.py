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


_CHECKS: Final = 100
"""In how many rounds of a loop an exception that was raised in a thread has arrived there for certain: one would do."""


class _TimeIsOver(BaseException):
    """Raised within the work; no ``except Exception`` on its way holds it up."""


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Give the work of this thread so many seconds. Raises :class:`Problem` ``budget-exceeded`` once they are over."""
    thread, lock, at_work, raised = threading.get_ident(), threading.Lock(), True, False

    def interrupt() -> None:
        nonlocal raised
        with lock:
            if at_work:
                raised = True
                _RAISE_IN(thread, _TimeIsOver)

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    try:
        try:
            timer.start()
            yield
        finally:
            with lock:
                at_work = False
            timer.cancel()
            if raised:
                _let_it_arrive()
    except _TimeIsOver:
        raise Problem("budget-exceeded", f"this takes more than {seconds:g} seconds to work out") from None


def _let_it_arrive() -> None:
    """Give what was raised in this thread the occasion to arrive here and not later, in work that it does not concern.

    It cannot be called off: to raise nothing in its place leaves the interpreter looking out for it ever after.
    """
    for _ in range(_CHECKS):
        pass
