"""Adapters turn a platform's payloads into cases. The engine does not know them."""

from adjudicator.adapters.assembly import Adapted
from adjudicator.adapters.doudian import adapt_doudian
from adjudicator.adapters.losses import Loss, LossKind, LossReport, Use
from adjudicator.adapters.pinduoduo import adapt_pinduoduo

__all__ = ["Adapted", "Loss", "LossKind", "LossReport", "Use", "adapt_doudian", "adapt_pinduoduo"]
