"""Acme's return promise, as published on 1 July 2024 (AC.1): fifteen days instead of seven."""

from __future__ import annotations

import datetime as dt

from acme_returns.seven_days import REFUND, filed_on_the_order_page, goods_are_food, success
from adjudicator.claims import CLAIMS
from adjudicator.law import Edition, Instant, Window, within_days


def return_window(success: Instant) -> Window:
    """AC.1(2). Fifteen days from the day after success, to the end of the last one."""
    return within_days("completed_at", success, 15)


def filed_in_time(filed_at: Instant, return_window: Window) -> bool:
    """AC.1(2). Filed within fifteen days after the transaction succeeded."""
    return filed_at in return_window


EDITION = Edition(
    policy="acme.returns",
    article="AC.1",
    effective_from=dt.date(2024, 7, 1),
    case_kind=CLAIMS,
    facts=(success, return_window),
    requires=(filed_on_the_order_page, filed_in_time),
    barred_by=(goods_are_food,),
    grants=REFUND,
)
