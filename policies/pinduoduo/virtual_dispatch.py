"""虚拟类目商品发货, dispatching virtual goods, as published on 24 October 2018 (PV.3): how, and by when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from adjudicator.law import (
    ANY,
    BEIJING,
    Answer,
    Edition,
    Established,
    Instant,
    Need,
    Party,
    Question,
    ReviewKind,
    Window,
    at_some_time,
    fails,
    glossary_of,
    known,
    missing,
    possible,
    repairable,
    within_days,
    within_hours,
)
from pinduoduo import sentences
from pinduoduo.virtual_dispatch_case import Commitment, DispatchCase, DispatchWay

ORDER_FORMED = Need("order_formed", Party.PLATFORM)
DISPATCH = Need("dispatch", Party.MERCHANT)
WITHOUT_LOGISTICS = (DispatchWay.BATCH_IMPORT, DispatchWay.ORDER_PAGE)


def formed(formed_at: Instant | None, as_of: Instant) -> Established[Instant]:
    """R5. When the order came about; until then there is nothing to be late with.

    订单成立的时间；尚未成立时，发货时间还未起算。
    """
    if formed_at is not None and formed_at <= as_of:
        return formed_at
    return missing(ORDER_FORMED, {"formed_at": ANY}, "not_formed")


def days_to_dispatch(agreed_otherwise: bool, agreed_days: int) -> int:
    """PV.3(3). "Agreed" means ten days unless it was agreed otherwise.

    “约定时间”未另行约定的，为 10 天。
    """
    return agreed_days if agreed_otherwise else 10


def dispatch_window(
    formed: Instant, custom: bool, commitment: Commitment, days_to_dispatch: int, ordinary_hours: int
) -> Window:
    """PV.3(1), PV.3(3), R1, R2. The time to dispatch, from when the order came about.

    自订单成立起的发货时间：定制、设计、DIY 商品为 24 小时、48 小时或约定时间，其余适用普通发货规则。
    """
    if not custom:
        return within_hours("formed_at", formed, ordinary_hours)
    if commitment is Commitment.AGREED:
        return within_days("formed_at", formed, days_to_dispatch)
    return within_hours("formed_at", formed, 24 if commitment is Commitment.HOURS_24 else 48)


def moment_of_dispatch(
    dispatched: bool,
    dispatched_at: Established[Instant | None],
    formed: Established[Instant],
    agreed_days: Established[int],
    ordinary_hours: Established[int],
    placed_at: Instant,
    as_of: Instant,
) -> Established[Instant]:
    """R9. When the order was dispatched; not before now if it was not. Unknown, it could be on either side of every time to dispatch.

    发货时间；尚未发货的，不早于当前时刻。不详时，可能在各发货期限之内或之后。
    """
    if not dispatched or dispatched_at is None:
        return as_of
    if not isinstance(formed, Instant):
        return known(dispatched_at, as_of)
    return at_some_time(dispatched_at, placed_at, as_of, times_to_dispatch(formed, agreed_days, ordinary_hours))


def times_to_dispatch(
    formed: Instant, agreed_days: Established[int], ordinary_hours: Established[int]
) -> Iterator[Window]:
    """PV.3(1), PV.3(3), R9. Every time to dispatch that an order may have."""
    for hours in (24, 48, *possible(ordinary_hours)):
        yield within_hours("formed_at", formed, hours)
    for days in (10, *possible(agreed_days)):
        yield within_days("formed_at", formed, days)


def dispatched_in_the_right_way(dispatched: bool, dispatched_through: DispatchWay, physical: bool) -> bool:
    """PV.3(1). Physical goods are dispatched under the ordinary rules; others without logistics, by batch import or from the order.

    实物商品按普通规则发货；非实物商品选择无物流发货，批量导入或在订单中操作。
    """
    way = dispatched_through
    return not dispatched or (way is DispatchWay.LOGISTICS if physical else way in WITHOUT_LOGISTICS)


def dispatched_in_time(dispatched: bool, moment_of_dispatch: Instant, dispatch_window: Window) -> Answer:
    """PV.3(1), PV.3(3). Dispatched within that time; as long as it lasts, it can still be done.

    在上述时间内发货；时间未届满的，仍可发货。Readings R1, R2, R5.
    """
    if moment_of_dispatch not in dispatch_window:
        return False if dispatched else fails("not_dispatched")
    return dispatched or repairable(DISPATCH, {"dispatched": (True,)}, dispatch_window.last_instant, "still_due")


def dispatch_was_false(dispatched: bool, found_false: bool) -> bool:
    """PV.3(2). The platform found the dispatch false.

    平台认定为虚假发货。
    """
    return dispatched and found_false


def goods_are_out_of_stock(dispatched: bool, out_of_stock: bool) -> bool:
    """PV.3(2). The order is not dispatched, and the merchant lacks the goods.

    尚未发货，且商家缺货。
    """
    return not dispatched and out_of_stock


def dealt_with_under_the_dispatch_rules(denied: bool) -> bool:
    """PV.3(2), R45. Late dispatch, false dispatch and lack of stock may be dealt with under the dispatch rules.

    延迟发货、虚假发货、缺货可按发货规则处理。
    """
    return denied


EDITION = Edition(
    policy="pinduoduo.virtual_dispatch",
    about=__doc__,
    article="PV.3",
    sentences=sentences.VIRTUAL_DISPATCH,
    effective_from=dt.date(2018, 10, 24),
    revision=2,
    case_kind=ReviewKind(
        case_type=DispatchCase,
        zone=BEIJING,
        glossary=glossary_of(DispatchCase),
        questions=(Question(granted="in_order", refused="against_the_rule", due="dispatch_due"),),
        governed_from="/order/placed_at",
    ),
    facts=(formed, days_to_dispatch, dispatch_window, moment_of_dispatch),
    requires=(dispatched_in_the_right_way, dispatched_in_time),
    barred_by=(dispatch_was_false, goods_are_out_of_stock),
    remarks=(dealt_with_under_the_dispatch_rules,),
)
