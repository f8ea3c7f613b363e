"""Chance that is the same for the same seed, in every version of Python, and the forms of instants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random
from typing import Final, TypeVar

T = TypeVar("T")

HOUR: Final = 3600
DAY: Final = 24 * HOUR
EPOCH: Final = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - the offset is written beside it
BEIJING: Final = 8


class Dice:
    """A seeded source of chance. It uses only ``random()``, which Python promises never to change for a seed."""

    def __init__(self, seed: int) -> None:
        self.share = Random(seed).random  # noqa: S311 - made-up data keep no secret

    def chance(self, likelihood: float) -> bool:
        """Whether something happens."""
        return self.share() < likelihood

    def between(self, least: int, most: int) -> int:
        """An integer, both ends included."""
        return least + int(self.share() * (most - least + 1))

    def pick(self, choices: Sequence[T]) -> T:
        """One of several, each as likely."""
        return choices[int(self.share() * len(choices))]

    def pick_early(self, choices: Sequence[T]) -> T:
        """One of several, the first far more likely than the last, as orders fall on merchants."""
        return choices[int(self.share() ** 3 * len(choices))]

    def digits(self, count: int) -> str:
        """A number with ``count`` digits, as text."""
        return f"{int(self.share() * 10**count):0{count}}"

    def known(self, value: T, likelihood: float) -> T | None:
        """A value, or ``None`` because nobody stated it."""
        return value if self.share() < likelihood else None


def instant(seconds: int, offset: int = BEIJING) -> str:
    """An instant, in seconds since 1970 in UTC, as RFC 3339 text at an offset in hours."""
    local = EPOCH + dt.timedelta(seconds=seconds + offset * HOUR)
    return f"{local.isoformat()}{'-' if offset < 0 else '+'}{abs(offset):02}:00"
