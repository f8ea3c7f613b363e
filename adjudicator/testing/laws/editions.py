"""Laws of the editions of a policy."""

# ruff: noqa: S101 - a law asserts

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import governing
from adjudicator.model.time import DAY, Instant
from adjudicator.testing.laws.deciders import Governor
from adjudicator.testing.moments import A_YEAR


def one_edition_governs(editions: Sequence[Edition], *, governed_by: Governor = governing) -> None:
    """Each edition governs from its first instant until the next one takes over; before the first, none governs.

    The law checks both ends of every day from a year before the first edition to ten years after the last, and thus the first
    instant of each edition and the instant before it.
    """
    for policy in dict.fromkeys(edition.policy for edition in editions):
        group = sorted((each for each in editions if each.policy == policy), key=lambda each: each.governs_from)
        for one, other in pairwise(group):
            assert one.governs_from < other.governs_from, f"two editions of {policy} govern from {one.name}"
        for moment in _ends_of_days(group[0].governs_from - A_YEAR, group[-1].governs_from + 10 * A_YEAR):
            begun = [edition for edition in group if edition.governs_from <= moment]
            expected = begun[-1] if begun else None
            found = governed_by(policy, moment)
            assert found is expected, (
                f"{policy} is governed at {moment} by {found and found.name}, not by {expected and expected.name}"
            )


def _ends_of_days(since: int, until: int) -> Iterator[Instant]:
    """The first and last instant of every day between two midnights."""
    for start in range(since, until, DAY):
        yield Instant(start)
        yield Instant(start + DAY - 1)
