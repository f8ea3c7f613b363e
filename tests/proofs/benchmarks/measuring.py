"""Measuring: contenders take turns, round after round, so that whatever else the machine does befalls all of them alike.

What counts is the time of the processor, this process's and its children's, not that of the clock on the wall.
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
    """How long one piece of work takes: nanoseconds of the processor, and how many times as long as the floor (medians over the rounds)."""

    nanoseconds: float
    times_the_floor: float


def side_by_side(contenders: Mapping[str, Work], *, rounds: int, seconds_a_turn: float = 0.02) -> dict[str, Timing]:
    """Time each contender against the first, which is the floor."""
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
    """What single cases of many take, as multiples of what the floor takes for them on average."""

    mean: float
    p50: float
    p99: float
    worst: float


def one_by_one(floor: Callable[[bytes], object], work: Callable[[bytes], object], inputs: Sequence[bytes]) -> Spread:
    """Time each of many inputs by itself, and the floor over all of them: the least of some turns, whatever the machine does besides."""
    least = min(nanoseconds(lambda: [floor(each) for each in inputs], 1) for _ in range(9)) / len(inputs)
    times = sorted(min(nanoseconds(partial(work, each), 1) for _ in range(3)) / least for each in inputs)
    return Spread(sum(times) / len(times), times[len(times) // 2], times[len(times) * 99 // 100], times[-1])


def steps(work: Work) -> int:
    """How many instructions the interpreter carries out: the same on every machine, however busy."""
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
    """What some repeats take in all."""
    start = processor_time()
    for _ in range(repeats):
        work()
    return processor_time() - start


def processor_time() -> int:
    """What this process and the children that it has waited for have used so far, in nanoseconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time_ns() + round((used.ru_utime + used.ru_stime) * 1e9)


def repeats_in(seconds: float, work: Work) -> int:
    """How often something can be done in a time, at least once."""
    work()
    repeats = 1
    while (taken := nanoseconds(work, repeats)) < seconds * 1e9 / 4:
        repeats *= 2
    return max(1, round(repeats * seconds * 1e9 / taken))


def on_one_core() -> None:
    """Keep this process to one core, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
