"""Deciding past cases in bulk (extra ``bulk``): record batches of Arrow in and out, whole files replayed on all cores, and made-up histories to try it on."""

from adjudicator.extras import importing

with importing("bulk"):
    from adjudicator.bulk.deciding import AS_THEY_ARE, BulkOptions, Counts, decide_batches
    from adjudicator.bulk.rows import SCHEMA, SCHEMA_WITH_DECISIONS
from adjudicator.bulk.errors import BulkError, NotResumable, UnusableInput, WorkerLost

__all__ = [
    "AS_THEY_ARE",
    "SCHEMA",
    "SCHEMA_WITH_DECISIONS",
    "BulkError",
    "BulkOptions",
    "Counts",
    "NotResumable",
    "UnusableInput",
    "WorkerLost",
    "decide_batches",
]
