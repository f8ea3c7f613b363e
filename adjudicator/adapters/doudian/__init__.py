"""Doudian (抖店): its payloads to cases."""

from adjudicator.adapters.doudian.adapting import Adapted, adapt_doudian

__all__ = ["Adapted", "adapt_doudian"]
