"""Platform payloads to cases. The engine knows nothing of them."""

from adjudicator.adapters.doudian import Adapted, adapt_doudian
from adjudicator.adapters.losses import Loss, LossKind, LossReport, Use

__all__ = ["Adapted", "Loss", "LossKind", "LossReport", "Use", "adapt_doudian"]
