"""The choices of an author: what is in order, and which sides of a case are not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import Enum
from typing import Any, Final, TypeAlias, TypeVar

from adjudicator.model.time import BEIJING, Instant
from adjudicator.testing.steering import Steering

Json: TypeAlias = dict[str, Any]
"""A case as it stands in JSON."""

T = TypeVar("T")

ZONES: Final = (BEIJING, dt.UTC, dt.timezone(dt.timedelta(hours=-9, minutes=-30)))


class Trouble(Enum):
    """A side of a case that can be out of order."""

    PATH = "how it was filed, and by whom"
    TIME = "when it was filed and is decided"
    FACTS = "what is known of the order"
    SAYS = "what the evidence says, and of which line"
    WORTH = "what the evidence is worth"
    MONEY = "what was paid before or asked for"
    CLOSING = "the time for evidence is over, or nearly"


TROUBLES: Final = (
    (),
    (Trouble.SAYS,),
    (Trouble.WORTH,),
    (Trouble.SAYS, Trouble.CLOSING),
    (Trouble.SAYS, Trouble.WORTH),
    (Trouble.WORTH, Trouble.CLOSING),
    (Trouble.FACTS,),
    (Trouble.FACTS, Trouble.CLOSING),
    (Trouble.PATH, Trouble.TIME),
    tuple(Trouble),
)
"""Which sides of a case are out of order together, money apart. None at all comes first."""


class Choices:
    """How an author chooses. What comes first among the choices is what is in order; shrinking tends to it.

    ``choose`` picks a position below a count; who chooses, Hypothesis or dice, is not the author's concern.
    """

    def __init__(self, choose: Callable[[int], int], steering: Steering) -> None:
        self.choose = choose
        self.steering = steering
        self.out_of_order = (*self.any(*TROUBLES), *self.any((), (Trouble.MONEY,)))
        self.zone = self.any(*ZONES)

    def any(self, *values: T) -> T:
        """One of some values, each as likely."""
        return values[self.choose(len(values))] if len(values) > 1 else values[0]

    def usually(self, side: Trouble, usual: T, *others: T) -> T:
        """What is in order; if this side of the case is out of order, something else one time in three."""
        return self.any(*others) if side in self.out_of_order and self.any(False, False, True) else usual

    def text(self, moment: Instant) -> str:
        """An instant in the zone that this case is written in."""
        return moment.datetime(self.zone).isoformat()
