"""Facts that are not settled, and a clause that needs three that are."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from adjudicator.model.facts import Ask, Disputed, Failed, Need, Open, Party, Repairable
from adjudicator.model.time import DAY, HOUR, Instant
from adjudicator.testing import FILED_AT
from little_editions import comes_to

EARLIER, LATER = Instant(FILED_AT + HOUR), Instant(FILED_AT + DAY)
ONE, TWO, THREE, FOUR = (Ask(Need(name, Party.PLATFORM)) for name in ("one", "two", "three", "four"))
OPEN_ONE: Final = Open((ONE,), "one_is_missing", changes_at=LATER)
OPEN_TWO: Final = Open((TWO, ONE), "two_is_missing", changes_at=EARLIER)
TIMELESS: Final = Open((THREE,), "three_is_missing")
FAILED, REPAIRABLE, DISPUTED = Failed("late"), Repairable(ONE), Disputed("experts_differ")

Given: TypeAlias = "int | Open | Failed | Repairable | Disputed"


def answer_to(first: Given, second: Given, third: Given = 1) -> Any:
    """The answer of a clause that needs three plain numbers."""

    def one(filed_at: Instant) -> int | Open | Failed | Repairable | Disputed:
        """ZZ.1(1). A number."""
        return first if filed_at else 0

    def two(filed_at: Instant) -> int | Open | Failed | Repairable | Disputed:
        """ZZ.1(2). A number."""
        return second if filed_at else 0

    def three(filed_at: Instant) -> int | Open | Failed | Repairable | Disputed:
        """ZZ.1(3). A number."""
        return third if filed_at else 0

    def they_are_equal(one: int, two: int, three: int) -> bool:
        """ZZ.1(4). All three are the same."""
        return one == two == three

    return comes_to(they_are_equal, one, two, three)
