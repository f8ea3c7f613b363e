"""The first moment at which something is another than now."""

from __future__ import annotations

import pytest

from adjudicator.engine.changes_in_time import first_change
from adjudicator.model.time import Instant

THEN = {Instant(1): None, Instant(3): "as now", Instant(5): "otherwise", Instant(7): "otherwise still"}
"""What is found at some moments; nothing at one at which it cannot be otherwise."""


@pytest.mark.parametrize(("moments", "first"), [([7, 5, 3, 1], 5), ([1, 7], 7), ([3, 1], None), ([], None)])
def test_the_first_moment_at_which_something_is_otherwise(moments: list[int], first: int | None) -> None:
    """In whichever order they are given."""
    assert first_change(lambda: "as now", THEN.__getitem__, map(Instant, moments)) == first


def test_what_is_now_is_found_once_and_only_if_it_is_compared() -> None:
    found: list[str] = []

    def now() -> str:
        found.append("as now")
        return found[-1]

    assert first_change(now, lambda _: None, map(Instant, range(3))) is None
    assert found == []
    assert first_change(now, lambda _: "as now", map(Instant, range(3))) is None
    assert found == ["as now"]
