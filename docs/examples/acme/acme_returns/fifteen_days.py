"""Acme's return promise, as published on 1 July 2024 (AC.1): fifteen days instead of seven."""

from __future__ import annotations

import datetime as dt

from acme_returns.seven_days import EDITION as SEVEN_DAYS
from adjudicator.law import Instant, Window, within_days


def return_window(success: Instant) -> Window:
    """AC.1(2). Fifteen days from the day after success, to the end of the last one."""
    return within_days("completed_at", success, 15)


def filed_in_time(filed_at: Instant, return_window: Window) -> bool:
    """AC.1(2). Filed within fifteen days after the transaction succeeded."""
    return filed_at in return_window


EDITION = SEVEN_DAYS.amended(effective_from=dt.date(2024, 7, 1), replacing=(return_window, filed_in_time))
