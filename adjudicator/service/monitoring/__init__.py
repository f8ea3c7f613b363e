"""Logs, metrics and traces of the service. None of them contains personal data or secrets."""

from adjudicator.service.monitoring.metrics import count_decision, count_delivery, set_event_lag
from adjudicator.service.monitoring.probes import routes
from adjudicator.service.monitoring.requests import Observed, observe

__all__ = ["Observed", "count_decision", "count_delivery", "observe", "routes", "set_event_lag"]
