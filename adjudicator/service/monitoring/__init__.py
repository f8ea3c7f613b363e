"""Logs, metrics and traces of the service. None of them contains personal data or secrets."""

from adjudicator.service.monitoring.metrics import count_decision
from adjudicator.service.monitoring.probes import routes
from adjudicator.service.monitoring.requests import Observed, observe

__all__ = ["Observed", "count_decision", "observe", "routes"]
