"""What goes wrong in a soak, and when: the same for the same seed."""

from __future__ import annotations

from enum import StrEnum
from random import Random
from typing import Final

from attrs import frozen


class Kind(StrEnum):
    """The kinds of faults."""

    HANG_UP = "clients hung up"
    PAUSE = "workers stopped for seconds"
    WORKER_KILL = "workers killed"
    SERVER_KILL = "servers killed"
    SERVER_STOP = "servers told to stop"


@frozen
class Fault:
    """A fault. It comes ``at`` so many seconds after the start, or once the one before it is over. A pause lasts ``seconds``."""

    at: float
    kind: Kind
    seconds: float = 0.0


CALM: Final = (Kind.HANG_UP, Kind.PAUSE)
"""The faults that end no process."""
CALM_FROM: Final = 0.7
"""After this share of the time, processes live on, so that it shows whether they grow."""
SHORTEST_GAP: Final = 1.2
GAPS: Final = 120
"""A long soak has about so many faults."""
LONGEST_PAUSE: Final = 3.0
"""In seconds."""


def faults(seed: int, seconds: float) -> tuple[Fault, ...]:
    """The faults of a soak, in order. Before the calm, each kind comes once before any comes again."""
    chance = Random(f"faults {seed}")
    at, ahead, plan = 0.0, list[Kind](), list[Fault]()
    while (at := at + chance.uniform(0.5, 1.5) * max(SHORTEST_GAP, seconds / GAPS)) < seconds:
        kinds = CALM if at >= CALM_FROM * seconds else (*Kind,)
        ahead = [each for each in ahead if each in kinds] or chance.sample(kinds, len(kinds))
        kind = ahead.pop()
        pause = round(chance.uniform(0.5, LONGEST_PAUSE), 1) if kind is Kind.PAUSE else 0.0
        plan.append(Fault(at, kind, pause))
    return tuple(plan)
