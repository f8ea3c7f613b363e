"""The random choices behind a generated case: which sides of it are in order and which are not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import Enum
from typing import Any, Final, TypeAlias, TypeVar

from adjudicator.model.time import BEIJING, Instant
from adjudicator.testing.steering import Steering

Json: TypeAlias = dict[str, Any]
"""A case as parsed JSON."""

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
"""The combinations of sides that are out of order together, apart from money. The first is none at all."""


class Choices:
    """Chooses values at random. The first choice is always the ordinary one, towards which Hypothesis shrinks.

    ``choose`` returns a position below a count, drawn by Hypothesis or a random number generator.
    """

    def __init__(self, choose: Callable[[int], int], steering: Steering) -> None:
        self.choose = choose
        self.steering = steering
        self.out_of_order = (*self.any(*TROUBLES), *self.any((), (Trouble.MONEY,)))
        self.zone = self.any(*ZONES)

    def any(self, *values: T) -> T:
        """One of these values, all equally likely."""
        return values[self.choose(len(values))] if len(values) > 1 else values[0]

    def usually(self, side: Trouble, usual: T, *others: T) -> T:
        """The usual value; if this side of the case is out of order, another one a third of the time."""
        return self.any(*others) if side in self.out_of_order and self.any(False, False, True) else usual

    def text(self, moment: Instant) -> str:
        """An instant in the time zone of this case."""
        return moment.datetime(self.zone).isoformat()
