"""The glossary of a dispatch of virtual goods: each fact, its place in a case and its supplier.

``could_be`` lists the possible values, the one that helps the case least first. For numbers, the two ends represent all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adjudicator.law import (
    ANY,
    Fact,
    Glossary,
    Instant,
    Missing,
    Need,
    Party,
    Question,
    ReviewKind,
    WholeCase,
    missing,
    stated,
    supposing,
)
from pinduoduo.virtual_dispatch_case import (
    AGREED_DAYS,
    ORDINARY_HOURS,
    Commitment,
    Dispatch,
    DispatchCase,
    DispatchGoods,
    DispatchWay,
)
from pinduoduo.virtual_facts import GOODS, NO_OR_YES, YES_OR_NO, as_of, placed_at

ORDER_FORMED = Need("order_formed", Party.PLATFORM)
COMMITMENT = Need("commitment", Party.MERCHANT)
AGREED_TIME = Need("agreed_time", Party.MERCHANT)
ORDINARY_DISPATCH_TIME = Need("ordinary_dispatch_time", Party.PLATFORM)
DISPATCH = Need("dispatch", Party.MERCHANT)
DISPATCH_WAY = Need("dispatch_way", Party.MERCHANT)
FALSE_DISPATCH = Need("false_dispatch", Party.PLATFORM)
STOCK = Need("stock", Party.PLATFORM)

WHAT_WAS_AGREED: Final[tuple[Mapping[str, tuple[bool, ...]], ...]] = (
    {"agreed_otherwise": (False,)},
    {"agreed_otherwise": (True,), "agreed_days": ANY},
)
"""The acceptable answers to what was agreed. A number of days is valid only if one is stated to be agreed."""


def _goods(at: WholeCase) -> DispatchGoods:
    goods: DispatchGoods = at.case.goods or DispatchGoods()
    return goods


def _dispatch(at: WholeCase) -> Dispatch:
    dispatch: Dispatch = at.case.dispatch or Dispatch()
    return dispatch


def formed_at(at: WholeCase) -> Instant | None:
    """When the order was formed, if it was and the time is known."""
    moment: Instant | None = at.case.order.formed_at
    return moment


def physical(at: WholeCase) -> bool | Missing:
    """Whether there are physical goods to send."""
    return stated(_goods(at).physical, GOODS, "physical", NO_OR_YES)


def custom(at: WholeCase) -> bool | Missing:
    """Whether they are custom, design or DIY goods."""
    return stated(_goods(at).custom, GOODS, "custom", NO_OR_YES)


def commitment(at: WholeCase) -> Commitment | Missing:
    """Which time for dispatch custom goods carry."""
    return stated(_goods(at).commitment, COMMITMENT, "commitment", Commitment)


def agreed_otherwise(at: WholeCase) -> bool | Missing:
    """Whether a number of days was agreed."""
    known = _goods(at).agreed_otherwise
    return supposing(missing(AGREED_TIME, WHAT_WAS_AGREED), *NO_OR_YES) if known is None else known


def agreed_days(at: WholeCase) -> int | Missing:
    """How many days were agreed."""
    goods = _goods(at)
    if goods.agreed_days is not None:
        return goods.agreed_days
    answers = WHAT_WAS_AGREED if goods.agreed_otherwise is None else {"agreed_days": ANY}
    return supposing(missing(AGREED_TIME, answers), AGREED_DAYS.least, AGREED_DAYS.most)


def ordinary_hours(at: WholeCase) -> int | Missing:
    """The time that the ordinary dispatch rules give these goods, in hours."""
    could_be = (ORDINARY_HOURS.least, ORDINARY_HOURS.most)
    return stated(_goods(at).ordinary_hours, ORDINARY_DISPATCH_TIME, "ordinary_hours", could_be)


def dispatched(at: WholeCase) -> bool | Missing:
    """Whether the order was dispatched: it was if it has an instant or a way, or was found false (R52).

    An answer that it was has to state when.
    """
    dispatch = _dispatch(at)
    if dispatch.happened is not None:
        return dispatch.happened
    if dispatch.at is not None or dispatch.through is not None or dispatch.found_false is True:
        return True
    return supposing(missing(DISPATCH, {"dispatched": (True,), "dispatched_at": ANY}), *NO_OR_YES)


def dispatched_at(at: WholeCase) -> Instant | None | Missing:
    """When the order was dispatched, if it was."""
    dispatch = _dispatch(at)
    if dispatch.at is not None or dispatch.happened is False:
        return dispatch.at
    return missing(DISPATCH, {"dispatched_at": ANY})


def dispatched_through(at: WholeCase) -> DispatchWay | Missing:
    """How the order was dispatched."""
    return stated(_dispatch(at).through, DISPATCH_WAY, "dispatched_through", DispatchWay)


def found_false(at: WholeCase) -> bool | Missing:
    """Whether the platform found the dispatch false."""
    return stated(_dispatch(at).found_false, FALSE_DISPATCH, "found_false", YES_OR_NO)


def out_of_stock(at: WholeCase) -> bool | Missing:
    """Whether the merchant lacks the goods."""
    lacking: bool | None = at.case.out_of_stock
    return stated(lacking, STOCK, "out_of_stock", YES_OR_NO)


DISPATCHES = ReviewKind(
    case_type=DispatchCase,
    glossary=Glossary.of(
        Fact(as_of, ("/as_of",)),
        Fact(placed_at, ("/order/placed_at",)),
        Fact(formed_at, ("/order/formed_at",), Party.PLATFORM),
        Fact(physical, ("/goods/physical",), Party.MERCHANT),
        Fact(custom, ("/goods/custom",), Party.MERCHANT),
        Fact(commitment, ("/goods/commitment",), Party.MERCHANT),
        Fact(agreed_otherwise, ("/goods/agreed_otherwise",), Party.MERCHANT),
        Fact(agreed_days, ("/goods/agreed_days",), Party.MERCHANT),
        Fact(ordinary_hours, ("/goods/ordinary_hours",), Party.PLATFORM),
        Fact(dispatched, ("/dispatch/happened",), Party.MERCHANT),
        Fact(dispatched_at, ("/dispatch/at",), Party.MERCHANT),
        Fact(dispatched_through, ("/dispatch/through",), Party.MERCHANT),
        Fact(found_false, ("/dispatch/found_false",), Party.PLATFORM),
        Fact(out_of_stock, ("/out_of_stock",), Party.PLATFORM),
    ),
    questions=(Question(granted="in_order", refused="against_the_rule", due="dispatch_due"),),
    governed_from="/order/placed_at",
)
