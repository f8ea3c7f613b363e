"""Pinduoduo (拼多多): its payloads to cases."""

from adjudicator.adapters.pinduoduo.adapter import adapt_pinduoduo

__all__ = ["adapt_pinduoduo"]
