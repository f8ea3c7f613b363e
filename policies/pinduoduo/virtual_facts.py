"""Facts that the glossaries of virtual goods share: the goods, and when an order was placed and is decided."""

from __future__ import annotations

from typing import Final

from adjudicator.law import (
    Instant,
    Need,
    Party,
    WholeCase,
)

GOODS = Need("goods", Party.MERCHANT)

NO_OR_YES: Final = (False, True)
YES_OR_NO: Final = (True, False)


def as_of(at: WholeCase) -> Instant:
    """The moment at which the case is decided."""
    return at.as_of


def placed_at(at: WholeCase) -> Instant:
    """When the order was placed."""
    moment: Instant = at.case.order.placed_at
    return moment
