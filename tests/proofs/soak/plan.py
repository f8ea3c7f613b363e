"""The sequence of faults in a soak: the same for the same seed."""

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
    """A fault, ``rest`` seconds after the end of the one before. A pause lasts ``seconds``."""

    rest: float
    kind: Kind
    seconds: float = 0.0


CALM: Final = (Kind.HANG_UP, Kind.PAUSE)
"""Faults that end no process."""
CALM_FROM: Final = 0.7
"""After this share of a soak no more processes are ended, so that any growth becomes visible."""
SHORTEST_REST: Final = 1.0
REST: Final = 1 / 120
"""The average length of a rest, as a share of a long soak."""
LONGEST_PAUSE: Final = 3.0
"""The longest pause of a worker, in seconds."""


@frozen
class Plan:
    """The faults of a soak of this many seconds."""

    seed: int
    seconds: float

    @property
    def calm_from(self) -> float:
        """The number of seconds after which no more processes are killed or stopped."""
        return CALM_FROM * self.seconds

    def lively(self) -> Iterator[Fault]:
        """Faults of every kind."""
        return self._faults("lively", (*Kind,))

    def calm(self) -> Iterator[Fault]:
        """Faults that end no process."""
        return self._faults("calm", CALM)

    def _faults(self, name: str, kinds: Sequence[Kind]) -> Iterator[Fault]:
        """An endless sequence of faults. Each kind occurs once before any is repeated."""
        chance = Random(f"{name} {self.seed}")
        mean = max(SHORTEST_REST, self.seconds * REST)
        while True:
            for kind in chance.sample(kinds, len(kinds)):
                pause = round(chance.uniform(0.5, LONGEST_PAUSE), 1) if kind is Kind.PAUSE else 0.0
                yield Fault(mean * chance.uniform(0.5, 1.5), kind, pause)
