"""Leases: a worker holds something until an instant, and if it dies, another takes it over after that."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

FURTHEST_AHEAD: Final = 86_400_000_000
"""How far ahead the clock of a worker may be without losing what it holds, in microseconds: a day."""


def is_over(until: sa.Column[int], now: int, longest: int) -> sa.ColumnElement[bool]:
    """Whether nobody holds a lease any more, which lasts ``longest`` microseconds at most.

    One that ends much later was taken by a worker whose clock was wrong, and would otherwise last until then: for years, perhaps.
    """
    return sa.or_(until.is_(None), until <= now, until > now + longest + FURTHEST_AHEAD)
