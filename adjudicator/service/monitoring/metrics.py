"""Metrics for Prometheus: counts and times, by labels of which there are few.

Several workers count in one folder, and whichever of them is asked tells for all. Its name stands in ``PROMETHEUS_MULTIPROC_DIR``,
which prometheus-client looks at once, when it is imported. Without that variable a process tells of itself.
"""

from __future__ import annotations

import os
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
SHARED: Final = FOLDER in os.environ
METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
OTHER: Final = "other"
"""A method that we do not know, or a path that leads nowhere: callers must not be able to make labels."""
CONTENT_TYPE: Final = CONTENT_TYPE_LATEST

REGISTRY: Final = CollectorRegistry()
DECISIONS: Final = Counter(
    "adjudicator_decisions",
    "Decisions that were given out; recorded is no for dry runs.",
    ("policy", "edition", "outcome", "recorded"),
    registry=REGISTRY,
)
REQUESTS: Final = Counter(
    "adjudicator_http_requests",
    "Requests that were answered.",
    ("method", "route", "status"),
    registry=REGISTRY,
)
SECONDS: Final = Histogram(
    "adjudicator_http_request_duration_seconds",
    "From the head of a request to the end of its answer.",
    ("method", "route"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
    registry=REGISTRY,
)


def decided(policy: str, edition: str, outcome: str, recorded: bool) -> None:
    """A decision was given out. These are names of policies and editions that are installed, never text of a caller."""
    DECISIONS.labels(policy, edition, outcome, "yes" if recorded else "no").inc()


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """A request was answered. ``route`` is the template of its path, :data:`OTHER` where it led nowhere."""
    method = method if method in METHODS else OTHER
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(method, route).observe(seconds)


def exposition() -> bytes:
    """The metrics of all workers as Prometheus reads them."""
    if not SHARED:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call] # it has no types
    return generate_latest(together)
