"""How much is tried for one question, so that no input makes an answer endless."""

from __future__ import annotations

from typing import Any, Final

import attrs

from adjudicator.model.soundness import CaseBase

MOST_WORK: Final = 20_000
"""How much is done if nobody says otherwise: about as many rulings on one line, each for one of its pieces of evidence."""

ALL_LINES: Final = "Whether every line was looked into: the work that was allowed may have been used up before."


def work_of_a_trial(case: CaseBase) -> int:
    """How much it takes to judge a case once: its pieces of evidence, and the items of the longest list that it has besides.

    Every list is read at least once, so this grows with what a trial costs, whatever the kind of the case.
    """
    lists = [_longest(getattr(case, each.name)) for each in attrs.fields(type(case)) if each.name != "evidence"]
    return max(1, *lists) + len(getattr(case, "evidence", ()))


def _longest(value: Any) -> int:
    if isinstance(value, tuple):
        return max(len(value), max(map(_longest, value), default=0))
    if attrs.has(type(value)):
        return max((_longest(getattr(value, each.name)) for each in attrs.fields(type(value))), default=0)
    return 0
