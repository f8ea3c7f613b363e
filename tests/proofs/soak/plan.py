"""What goes wrong in a soak, one after the other: the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    """A fault, which comes after a ``rest`` since the one before it was over, in seconds. A pause lasts ``seconds``."""

    rest: float
    kind: Kind
    seconds: float = 0.0


CALM: Final = (Kind.HANG_UP, Kind.PAUSE)
"""The faults that end no process."""
CALM_FROM: Final = 0.7
"""After this share of a soak there are only those, so that it shows whether processes grow."""
SHORTEST_REST: Final = 1.0
REST: Final = 1 / 120
"""The share of a long soak that a rest takes, on average."""
LONGEST_PAUSE: Final = 3.0
"""In seconds."""


@frozen
class Plan:
    """The faults of a soak that takes so many seconds."""

    seed: int
    seconds: float

    @property
    def calm_from(self) -> float:
        """After how many seconds no process is ended any more."""
        return CALM_FROM * self.seconds

    def lively(self) -> Iterator[Fault]:
        """Faults of every kind."""
        return self._faults("lively", (*Kind,))

    def calm(self) -> Iterator[Fault]:
        """Faults that end no process."""
        return self._faults("calm", CALM)

    def _faults(self, name: str, kinds: Sequence[Kind]) -> Iterator[Fault]:
        """Faults without end. Each kind comes once before any comes again."""
        chance = Random(f"{name} {self.seed}")
        mean = max(SHORTEST_REST, self.seconds * REST)
        while True:
            for kind in chance.sample(kinds, len(kinds)):
                pause = round(chance.uniform(0.5, LONGEST_PAUSE), 1) if kind is Kind.PAUSE else 0.0
                yield Fault(mean * chance.uniform(0.5, 1.5), kind, pause)
