"""Pinduoduo's rules for merchants (拼多多): off-platform trading, and virtual goods."""

from pinduoduo.off_platform_trading import EDITION as OFF_PLATFORM_TRADING
from pinduoduo.virtual_arrival import EDITION as VIRTUAL_ARRIVAL
from pinduoduo.virtual_dispatch import EDITION as VIRTUAL_DISPATCH
from pinduoduo.virtual_listing import EDITION as VIRTUAL_LISTING

EDITIONS = (OFF_PLATFORM_TRADING, VIRTUAL_LISTING, VIRTUAL_DISPATCH, VIRTUAL_ARRIVAL)
