"""An order of virtual goods that is to be dispatched.

``None`` means *not known*. The values that a field ``could_be`` begin with the one that helps the case least; the two ends of a number
represent all.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from adjudicator.law import METADATA, Bounds, CaseBase, Instant, Party, asked_of, supplied

MERCHANT, PLATFORM = Party.MERCHANT, Party.PLATFORM
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
    placed_at: Instant = field(
        metadata={"means": "When it was placed; it picks the edition.", "fact": "placed_at", "not_after": "/as_of"}
    )
    formed_at: Instant | None = supplied(
        PLATFORM,
        "When it came about: paid, and its group complete; null where it has not, or nobody knows.",
        default=None,
        not_before="/order/placed_at",
    )


@frozen(kw_only=True)
class DispatchGoods:
    """What is to be dispatched, and in which time."""

    physical: bool | None = asked_of(MERCHANT, "Whether there are physical goods to send.", "goods")
    custom: bool | None = asked_of(MERCHANT, "Whether they are custom, design or DIY goods.", "goods")
    commitment: Commitment | None = asked_of(MERCHANT, "Which time for dispatch custom goods carry.")
    agreed_otherwise: bool | None = asked_of(
        MERCHANT, "Whether a number of days was agreed, where the time is an agreed one.", "agreed_time"
    )
    agreed_days: int | None = asked_of(
        MERCHANT,
        "How many days were agreed.",
        "agreed_time",
        bounds=AGREED_DAYS,
        could_be=(AGREED_DAYS.least, AGREED_DAYS.most),
        only_where={"agreed_otherwise": True},
    )
    ordinary_hours: int | None = asked_of(
        PLATFORM,
        "The time that the ordinary dispatch rules give these goods, in hours.",
        "ordinary_dispatch_time",
        bounds=ORDINARY_HOURS,
        could_be=(ORDINARY_HOURS.least, ORDINARY_HOURS.most),
    )


@frozen(kw_only=True)
class Dispatch:
    """What is known of the dispatch: it happened if it has an instant or a way, or was found false (R52)."""

    happened: bool | None = asked_of(
        MERCHANT,
        "Whether it was dispatched by the moment of the decision.",
        "dispatch",
        fact="dispatched",
        shown_by=("at", "through", "found_false"),
        accepts=(True,),
    )
    at: Instant | None = asked_of(
        MERCHANT,
        "When; never where it has not happened.",
        "dispatch",
        fact="dispatched_at",
        not_before="/order/placed_at",
        not_after="/as_of",
        none_where={"happened": False},
    )
    through: DispatchWay | None = asked_of(
        MERCHANT,
        "How; never where it has not happened.",
        "dispatch_way",
        fact="dispatched_through",
        never_where={"happened": False},
    )
    found_false: bool | None = asked_of(
        PLATFORM,
        "Whether the platform found the dispatch false.",
        "false_dispatch",
        could_be=(True, False),
        never_where={"happened": False},
    )


@frozen(kw_only=True)
class DispatchCase(CaseBase):
    """An order of virtual goods that is to be dispatched, with everything that is known at ``as_of``."""

    id: str
    policy: str
    as_of: Instant = field(metadata={"means": "The moment at which it is decided."})
    order: DispatchOrder
    goods: DispatchGoods | None = None
    dispatch: Dispatch | None = None
    out_of_stock: bool | None = asked_of(
        PLATFORM, "Whether the merchant lacks the goods.", "stock", could_be=(True, False)
    )
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)
