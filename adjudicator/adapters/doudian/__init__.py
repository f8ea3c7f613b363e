"""Doudian (抖店): its payloads to cases."""

from adjudicator.adapters.doudian.adapter import adapt_doudian

__all__ = ["adapt_doudian"]
