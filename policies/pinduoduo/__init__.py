"""Pinduoduo's rules for merchants (拼多多): off-platform trading."""

from pinduoduo.off_platform_trading import EDITION as OFF_PLATFORM_TRADING

EDITIONS = (OFF_PLATFORM_TRADING,)
