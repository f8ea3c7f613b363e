"""Random choices for cases, and the instants that matter in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from datetime import timedelta
from random import Random
from typing import Any, Final

from adjudicator.testing import Json

BEIJING: Final = dt.timezone(timedelta(hours=8))
ZONES: Final = (BEIJING, BEIJING, dt.UTC, dt.timezone(-timedelta(hours=9, minutes=30)))
NUDGES: Final = tuple(timedelta(microseconds=each) for each in (0, 0, -1, 1, -1_000_000, 1_000_000))
DAY: Final = timedelta(days=1)
MINUTE: Final = timedelta(minutes=1)


class Dice:
    """The choices of one case. How many facts are unknown is random too."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.unknown = self.any(0, 0, 0, 6, 12, 30)

    def any(self, *values: Any) -> Any:
        """One of the values."""
        return values[self.random.randrange(len(values))]

    def in_100(self, share: int) -> bool:
        """True with a probability of ``share`` percent."""
        return self.random.randrange(100) < share

    def yes(self, share: int = 50) -> bool | None:
        """True with a probability of ``share`` percent, and sometimes None."""
        value: bool | None = self.known(self.in_100(share))
        return value

    def known(self, value: Any) -> Any:
        """The value, or sometimes None."""
        return None if self.in_100(self.unknown) else value

    def beside(self, moments: Iterable[dt.datetime]) -> dt.datetime:
        """One of the moments, or slightly before or after it."""
        moment: dt.datetime = self.any(*moments) + self.any(*NUDGES)
        return moment

    def moment(self, first: dt.datetime, days: int) -> dt.datetime:
        """A moment within some days, sometimes at midnight."""
        midnight = dt.datetime.combine(first.astimezone(BEIJING), dt.time(), BEIJING)
        some = (
            midnight + self.random.randrange(days) * DAY + timedelta(microseconds=self.random.randrange(86_400 * 10**6))
        )
        moment: dt.datetime = self.any(some, self.beside([midnight + self.random.randrange(1, days + 1) * DAY]))
        return max(first, moment)

    def written(self, moment: dt.datetime) -> str:
        """The text of an instant in one of several zones."""
        return moment.astimezone(self.any(*ZONES)).isoformat()


def midnights(moment: dt.datetime, *days: int) -> list[dt.datetime]:
    """The midnights that many Beijing days after the day of a moment; 1 is the midnight at its end."""
    midnight = dt.datetime.combine(moment.astimezone(BEIJING), dt.time(), BEIJING)
    return [midnight + each * DAY for each in days]


def without_nones(dice: Dice, document: Json) -> Json:
    """The document, with each None either kept as null or left out."""
    if dice.in_100(50):
        return document
    return {
        name: without_nones(dice, value) if isinstance(value, dict) else value
        for name, value in document.items()
        if value is not None
    }
