"""Observing: what the service tells about itself, in logs, metrics and spans, none of which holds personal data or a secret."""

from adjudicator.service.monitoring.metrics import decided
from adjudicator.service.monitoring.probes import routes
from adjudicator.service.monitoring.requests import Observed, observe

__all__ = ["Observed", "decided", "observe", "routes"]
