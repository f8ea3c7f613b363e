"""Memory for each case: the most that a stage needs at once, and what its result keeps."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypeVar

from attrs import frozen

C = TypeVar("C")

WARM_UP: Final = 10
"""How many rounds go before: the interpreter keeps some memory for code that it runs often."""


@frozen
class Memory:
    """Bytes for each case, averaged: ``most`` at once while it is worked on, ``kept`` as long as its result is."""

    most: float
    kept: float


def memory_of(work: Callable[[C], object], cases: Sequence[C]) -> Memory:
    """Measure what Python allocates for each of some cases. What the first rounds keep for all that follow does not count."""
    most, kept = 0, 0
    with _traced():
        for each in [*cases] * WARM_UP:
            work(each)
        for each in cases:
            before, _ = tracemalloc.get_traced_memory()
            tracemalloc.reset_peak()
            result = work(each)
            after, peak = tracemalloc.get_traced_memory()
            most, kept = most + peak - before, kept + after - before
            del result
    return Memory(most / len(cases), kept / len(cases))


@contextmanager
def _traced() -> Iterator[None]:
    """Trace allocations, without garbage collections in between."""
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()
        gc.enable()
