"""The glossary of a dispatch of virtual goods: the facts that several fields of a case answer together, beside those of one field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adjudicator.law import (
    ANY,
    BEIJING,
    Fact,
    Instant,
    Missing,
    Need,
    Party,
    Question,
    ReviewKind,
    WholeCase,
    glossary_of,
    missing,
    supposing,
)
from pinduoduo.virtual_dispatch_case import (
    AGREED_DAYS,
    Dispatch,
    DispatchCase,
    DispatchGoods,
)

ORDER_FORMED = Need("order_formed", Party.PLATFORM)
AGREED_TIME = Need("agreed_time", Party.MERCHANT)
DISPATCH = Need("dispatch", Party.MERCHANT)

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


def agreed_otherwise(at: WholeCase) -> bool | Missing:
    """Whether a number of days was agreed."""
    known = _goods(at).agreed_otherwise
    return supposing(missing(AGREED_TIME, WHAT_WAS_AGREED), False, True) if known is None else known


def agreed_days(at: WholeCase) -> int | Missing:
    """How many days were agreed."""
    goods = _goods(at)
    if goods.agreed_days is not None:
        return goods.agreed_days
    answers = WHAT_WAS_AGREED if goods.agreed_otherwise is None else {"agreed_days": ANY}
    return supposing(missing(AGREED_TIME, answers), AGREED_DAYS.least, AGREED_DAYS.most)


def dispatched(at: WholeCase) -> bool | Missing:
    """Whether the order was dispatched: it was if it has an instant or a way, or was found false (R52).

    An answer that it was has to state when.
    """
    dispatch = _dispatch(at)
    if dispatch.happened is not None:
        return dispatch.happened
    if dispatch.at is not None or dispatch.through is not None or dispatch.found_false is True:
        return True
    return supposing(missing(DISPATCH, {"dispatched": (True,), "dispatched_at": ANY}), False, True)


def dispatched_at(at: WholeCase) -> Instant | None | Missing:
    """When the order was dispatched, if it was."""
    dispatch = _dispatch(at)
    if dispatch.at is not None or dispatch.happened is False:
        return dispatch.at
    return missing(DISPATCH, {"dispatched_at": ANY})


DISPATCHES = ReviewKind(
    case_type=DispatchCase,
    zone=BEIJING,
    glossary=glossary_of(
        DispatchCase,
        Fact(agreed_otherwise, ("/goods/agreed_otherwise",), Party.MERCHANT),
        Fact(agreed_days, ("/goods/agreed_days",), Party.MERCHANT),
        Fact(dispatched, ("/dispatch/happened",), Party.MERCHANT),
        Fact(dispatched_at, ("/dispatch/at",), Party.MERCHANT),
    ),
    questions=(Question(granted="in_order", refused="against_the_rule", due="dispatch_due"),),
    governed_from="/order/placed_at",
)
