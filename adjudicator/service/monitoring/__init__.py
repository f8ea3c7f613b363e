"""Logs, metrics and traces of the service. None of them contains personal data or secrets."""

from adjudicator.service.monitoring.metrics import (
    WAIT,
    count_decision,
    count_delivery,
    count_job_lines,
    count_payouts,
    count_problem,
    count_repeat,
    note_build,
    set_event_lag,
    set_jobs,
)
from adjudicator.service.monitoring.requests import Observed, observe

__all__ = [
    "WAIT",
    "Observed",
    "count_decision",
    "count_delivery",
    "count_job_lines",
    "count_payouts",
    "count_problem",
    "count_repeat",
    "note_build",
    "observe",
    "set_event_lag",
    "set_jobs",
]
