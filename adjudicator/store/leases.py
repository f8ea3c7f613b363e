"""Leases: a worker holds something until an instant, and if it dies, another takes it over after that."""

from __future__ import annotations

import sqlalchemy as sa


def is_over(until: sa.Column[int], now: int, longest: int) -> sa.ColumnElement[bool]:
    """Whether nobody holds a lease any more, which lasts ``longest`` microseconds at most.

    One that ends much later was taken by a worker whose clock was ahead, and would otherwise last until then: for years, if it was that wrong.
    """
    return sa.or_(until.is_(None), until <= now, until > now + 2 * longest)
