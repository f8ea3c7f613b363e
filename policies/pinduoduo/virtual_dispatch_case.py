"""An order of virtual goods that is to be dispatched.

``None`` means *not known*. The values that a field ``could_be`` begin with the one that helps the case least; the two ends of a number
represent all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from adjudicator.law import (
    METADATA,
    Bounds,
    CaseBase,
    Fault,
    Instant,
    Party,
    asked_of,
    happened_by,
    not_before,
    shown,
    supplied,
)

AGREED_DAYS: Final = Bounds(1, 3650)
ORDINARY_HOURS: Final = Bounds(1, 87600)


class Commitment(StrEnum):
    """Which time for dispatch custom goods carry."""

    HOURS_24 = "hours_24"
    HOURS_48 = "hours_48"
    AGREED = "agreed"


class DispatchWay(StrEnum):
    """How an order is dispatched: with a waybill, or without logistics."""

    LOGISTICS = "logistics"
    BATCH_IMPORT = "batch_import"
    ORDER_PAGE = "order_page"


@frozen(kw_only=True)
class DispatchOrder:
    """The order that is to be dispatched."""

    id: str
    placed_at: Instant = field(metadata={"means": "When it was placed; it picks the edition.", "fact": "placed_at"})
    formed_at: Instant | None = supplied(
        Party.PLATFORM,
        "When it came about: paid, and its group complete; null where it has not, or nobody knows.",
        default=None,
    )


@frozen(kw_only=True)
class DispatchGoods:
    """What is to be dispatched, and in which time."""

    physical: bool | None = asked_of(Party.MERCHANT, "Whether there are physical goods to send.", "goods")
    custom: bool | None = asked_of(Party.MERCHANT, "Whether they are custom, design or DIY goods.", "goods")
    commitment: Commitment | None = asked_of(Party.MERCHANT, "Which time for dispatch custom goods carry.")
    agreed_otherwise: bool | None = field(
        default=None, metadata={"means": "Whether a number of days was agreed, where the time is an agreed one."}
    )
    agreed_days: int | None = field(
        default=None, metadata={"means": "How many days were agreed.", "bounds": AGREED_DAYS}
    )
    ordinary_hours: int | None = asked_of(
        Party.PLATFORM,
        "The time that the ordinary dispatch rules give these goods, in hours.",
        "ordinary_dispatch_time",
        bounds=ORDINARY_HOURS,
        could_be=(ORDINARY_HOURS.least, ORDINARY_HOURS.most),
    )


@frozen(kw_only=True)
class Dispatch:
    """What is known of the dispatch."""

    happened: bool | None = field(
        default=None, metadata={"means": "Whether it was dispatched by the moment of the decision."}
    )
    at: Instant | None = field(default=None, metadata={"means": "When; never where it has not happened."})
    through: DispatchWay | None = asked_of(
        Party.MERCHANT, "How; never where it has not happened.", "dispatch_way", fact="dispatched_through"
    )
    found_false: bool | None = asked_of(
        Party.PLATFORM,
        "Whether the platform found the dispatch false.",
        "false_dispatch",
        could_be=(True, False),
    )


@frozen(kw_only=True)
class DispatchCase(CaseBase):
    """An order of virtual goods that is to be dispatched, with everything that is known at ``as_of``.

    Every instance is valid: see :class:`~adjudicator.law.CaseBase`.
    """

    id: str
    policy: str
    as_of: Instant = field(metadata={"means": "The moment at which it is decided."})
    order: DispatchOrder
    goods: DispatchGoods | None = None
    dispatch: Dispatch | None = None
    out_of_stock: bool | None = asked_of(
        Party.PLATFORM, "Whether the merchant lacks the goods.", "stock", could_be=(True, False)
    )
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)

    def faults(self) -> Iterable[Fault]:
        """Besides what the fields say: what cannot have happened yet, or before the order."""
        yield from super().faults()
        yield from dispatch_faults(self)


def dispatch_faults(case: DispatchCase) -> Iterator[Fault]:
    """What cannot be in a dispatch case. Values that could not be read are skipped."""
    placed_at = case.order.placed_at if case.order is not None else None
    if case.order is not None:
        yield from happened_by("/order/placed_at", placed_at, case.as_of)
        yield from not_before("/order/formed_at", case.order.formed_at, placed_at, "order.placed_at")
    if case.goods is not None and case.goods.agreed_days is not None and case.goods.agreed_otherwise is not True:
        yield Fault("/goods/agreed_days", shown(case.goods.agreed_days), "nothing, unless agreed_otherwise is true")
    if case.dispatch is not None:
        yield from happened_by("/dispatch/at", case.dispatch.at, case.as_of)
        yield from not_before("/dispatch/at", case.dispatch.at, placed_at, "order.placed_at")
        yield from _nothing_of_what_has_not_happened(case.dispatch)


def _nothing_of_what_has_not_happened(dispatch: Dispatch) -> Iterator[Fault]:
    if dispatch.happened is not False:
        return
    for name, told in (
        ("at", dispatch.at),
        ("through", dispatch.through),
        ("found_false", dispatch.found_false or None),
    ):
        if told is not None:
            value = str(told) if isinstance(told, Instant) else told
            yield Fault(f"/dispatch/{name}", shown(value), "nothing of the kind, for it has not happened")
