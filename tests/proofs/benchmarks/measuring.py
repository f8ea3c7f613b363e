"""Timing: contenders take turns, round after round, so that any load on the machine affects all of them alike.

Times are processor time of this process and its children, not wall-clock time.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import median
from time import process_time_ns
from types import FrameType
from typing import Any, TypeAlias

from attrs import frozen

Work: TypeAlias = Callable[[], object]


@frozen
class Timing:
    """How long a piece of work takes: nanoseconds of processor time, and the multiple of the floor (medians over the rounds)."""

    nanoseconds: float
    times_the_floor: float


def side_by_side(contenders: Mapping[str, Work], *, rounds: int, seconds_a_turn: float = 0.02) -> dict[str, Timing]:
    """Time each contender, as a multiple of the first one, which is the floor."""
    repeats = {name: repeats_in(seconds_a_turn, work) for name, work in contenders.items()}
    turns: dict[str, list[float]] = {name: [] for name in contenders}
    gc.disable()
    try:
        for _ in range(rounds):
            for name, work in contenders.items():
                turns[name].append(nanoseconds(work, repeats[name]) / repeats[name])
            gc.collect()
    finally:
        gc.enable()
    floor = next(iter(turns.values()))
    return {
        name: Timing(median(taken), median(one / least for one, least in zip(taken, floor, strict=True)))
        for name, taken in turns.items()
    }


@frozen
class Spread:
    """The cost of single cases, as multiples of the floor's average."""

    mean: float
    p50: float
    p99: float
    worst: float


def one_by_one(floor: Callable[[bytes], object], work: Callable[[bytes], object], inputs: Sequence[bytes]) -> Spread:
    """Time each input by itself, and the floor over all of them. Takes the minimum of several rounds, to exclude other load."""
    least = min(nanoseconds(lambda: [floor(each) for each in inputs], 1) for _ in range(9)) / len(inputs)
    times = sorted(min(nanoseconds(partial(work, each), 1) for _ in range(3)) / least for each in inputs)
    return Spread(sum(times) / len(times), times[len(times) // 2], times[len(times) * 99 // 100], times[-1])


def steps(work: Work) -> int:
    """Count the bytecode instructions that run. The number is the same on every machine, however busy."""
    counted = 0

    def count(frame: FrameType, event: str, _: object) -> Any:
        nonlocal counted
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        counted += event == "opcode"
        return count

    work()
    sys.settrace(count)
    try:
        work()
    finally:
        sys.settrace(None)
    return counted


def nanoseconds(work: Work, repeats: int) -> int:
    """How long ``repeats`` runs take in total."""
    start = processor_time()
    for _ in range(repeats):
        work()
    return processor_time() - start


def processor_time() -> int:
    """Processor time of this process and of the children it has waited for, in nanoseconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time_ns() + round((used.ru_utime + used.ru_stime) * 1e9)


def repeats_in(seconds: float, work: Work) -> int:
    """How many runs fit into a time, at least one."""
    work()
    repeats = 1
    while (taken := nanoseconds(work, repeats)) < seconds * 1e9 / 4:
        repeats *= 2
    return max(1, round(repeats * seconds * 1e9 / taken))


def on_one_core() -> None:
    """Pin this process to one core, where the system supports it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
