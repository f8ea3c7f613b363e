"""Prometheus metrics: counts and durations, with few label values.

Several workers share one folder, so any of them can report for all. Its name is in ``PROMETHEUS_MULTIPROC_DIR``, which
prometheus-client reads on import. Without that variable, a process reports only itself.
"""

from __future__ import annotations

import os
import platform
from functools import cache
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

from adjudicator.model.time import Instant
from adjudicator.store import PayoutStep

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
SHARED: Final = FOLDER in os.environ
METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
OTHER: Final = "other"
"""The label for an unknown method or path: callers must not be able to create labels."""
MOST_CURRENCIES: Final = 32
"""The most currencies that a process tells apart."""
_CURRENCIES: Final[set[str]] = set()
CONTENT_TYPE: Final = CONTENT_TYPE_LATEST

REGISTRY: Final = CollectorRegistry()
DECISIONS: Final = Counter(
    "adjudicator_decisions",
    "Decisions made; recorded is no for dry runs.",
    ("policy", "edition", "outcome", "recorded"),
    registry=REGISTRY,
)
REQUESTS: Final = Counter(
    "adjudicator_http_requests",
    "Requests answered.",
    ("method", "route", "status"),
    registry=REGISTRY,
)
SECONDS: Final = Histogram(
    "adjudicator_http_request_duration_seconds",
    "Time from the request's head to the end of its response.",
    ("method", "route"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
    registry=REGISTRY,
)
REPEATS: Final = Counter(
    "adjudicator_repeats",
    "Recorded decisions given out again: to a repeated request, or for a case that was decided before.",
    registry=REGISTRY,
)
JOB_LINES: Final = Counter(
    "adjudicator_job_lines",
    "Lines of jobs that got their result.",
    ("result",),
    registry=REGISTRY,
)
JOBS: Final = Gauge(
    "adjudicator_jobs_unfinished",
    "Jobs that wait for a worker or have one.",
    registry=REGISTRY,
    multiprocess_mode="livemostrecent",
)
PAYOUTS: Final = Counter(
    "adjudicator_payouts",
    "Payouts that took a step, by the state that they reached.",
    ("state", "currency"),
    registry=REGISTRY,
)
PAYOUT_AMOUNT: Final = Counter(
    "adjudicator_payout_amount",
    "The amounts of these payouts, in minor units of the currency.",
    ("state", "currency"),
    registry=REGISTRY,
)
PAYOUT_REPEATS: Final = Counter(
    "adjudicator_payout_repeats",
    "Steps of payouts that were asked for again, and got the first answer.",
    registry=REGISTRY,
)
PROBLEMS: Final = Counter(
    "adjudicator_problems",
    "Problems returned, also for single cases of a batch or stream.",
    ("type",),
    registry=REGISTRY,
)
IN_FLIGHT: Final = Gauge(
    "adjudicator_http_requests_in_flight",
    "Requests in progress.",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
WAIT: Final = Histogram(
    "adjudicator_thread_wait_seconds",
    "Time that a request waits for one of the threads that use the database or analyse.",
    buckets=(0.001, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0),
    registry=REGISTRY,
)
BUILD: Final = Gauge(
    "adjudicator_build_info",
    "1, with the versions of this program and of Python.",
    ("version", "python"),
    registry=REGISTRY,
    multiprocess_mode="livemax",
)
DELIVERIES: Final = Counter(
    "adjudicator_deliveries",
    "Attempts to deliver events to webhooks; lost if another worker took the delivery over.",
    ("result",),
    registry=REGISTRY,
)
EVENT_LAG: Final = Gauge(
    "adjudicator_event_lag_seconds",
    "Age of the oldest event that has no place in the log yet; 0 if there is none.",
    registry=REGISTRY,
    multiprocess_mode="livemostrecent",
)


def note_build(version: str) -> None:
    """Note the versions that run."""
    BUILD.labels(version, platform.python_version()).set(1)


def count_problem(type: str) -> None:
    """Count a problem by the name of its type."""
    PROBLEMS.labels(type).inc()


def count_job_lines(decided: int, refused: int) -> None:
    """Count lines of jobs."""
    JOB_LINES.labels("decided").inc(decided)
    JOB_LINES.labels("refused").inc(refused)


def set_jobs(unfinished: int) -> None:
    """Note how many jobs are unfinished."""
    JOBS.set(unfinished)


def count_delivery(result: str) -> None:
    """Count an attempt to deliver an event: ``delivered``, ``failed`` or ``lost``."""
    DELIVERIES.labels(result).inc()


def set_event_lag(oldest: Instant | None, now: Instant) -> None:
    """Set how far the log of events is behind the record."""
    EVENT_LAG.set(0 if oldest is None else max(0, int(now) - int(oldest)) / 1e6)


def count_decision(policy: str, edition: str, outcome: str, recorded: bool) -> None:
    """Count a decision. The labels are names of installed policies and editions, never text from a caller."""
    _decisions(policy, edition, outcome, "yes" if recorded else "no").inc()


def count_payouts(step: PayoutStep) -> None:
    """Count what a step of payouts has changed, or that it was a repeat."""
    if step.repeat:
        PAYOUT_REPEATS.inc()
    for payout in step.changed:
        labels = payout.state.value, _known_currency(payout.currency)
        PAYOUTS.labels(*labels).inc()
        PAYOUT_AMOUNT.labels(*labels).inc(payout.amount)


def _known_currency(currency: str) -> str:
    """A currency, or :data:`OTHER` beyond the first few: currencies come from callers, who must not be able to create unlimited labels."""
    if currency not in _CURRENCIES and len(_CURRENCIES) < MOST_CURRENCIES:
        _CURRENCIES.add(currency)
    return currency if currency in _CURRENCIES else OTHER


def count_repeat() -> None:
    """Count a recorded decision that is returned again."""
    REPEATS.inc()


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request. ``route`` is the template of its path, or :data:`OTHER` if none matched."""
    count, durations = _requests(method if method in METHODS else OTHER, route, status)
    count.inc()
    durations.observe(seconds)


# Finding a metric by its labels takes longer than counting. The labels are few, so all of them are remembered.


@cache
def _decisions(*labels: str) -> Counter:
    return DECISIONS.labels(*labels)


@cache
def _requests(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, str(status)), SECONDS.labels(method, route)


def exposition() -> bytes:
    """The metrics of all workers in the Prometheus text format."""
    if not SHARED:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call] # it has no types
    return generate_latest(registry)
