"""Measuring: contenders take turns, round after round, so that whatever else the machine does befalls all of them alike."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter_ns
from typing import TypeAlias

from attrs import frozen

Work: TypeAlias = Callable[[], object]


@frozen
class Timing:
    """How long one piece of work takes: nanoseconds, and how many times as long as the floor (medians over the rounds)."""

    nanoseconds: float
    times_the_floor: float


def side_by_side(contenders: Mapping[str, Work], *, rounds: int, seconds_a_turn: float = 0.01) -> dict[str, Timing]:
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


def nanoseconds(work: Work, repeats: int) -> int:
    """How long some repeats take in all."""
    start = perf_counter_ns()
    for _ in range(repeats):
        work()
    return perf_counter_ns() - start


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
