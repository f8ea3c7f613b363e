"""Jobs for the tests of the record, and workers for them."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from attrs import evolve

from adjudicator import Instant
from adjudicator.service.jobs import JobRunner
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore, JobKind, JobLine, database
from adjudicator.store.job_tables import JOB_LINES, JOB_RESULTS, JOBS
from adjudicator.store.tenancy import across_tenants
from store.cases import a_claim

MOST = 20
INVALID = b'{"id": "odd", "policy": "douyin_global.damage"}'


def lines_of(*cases: bytes) -> list[JobLine]:
    return [JobLine(number, case) for number, case in enumerate(cases, 1)]


def a_job(record: DecisionStore, *cases: bytes, kind: JobKind = JobKind.RECORD, key: str | None = None) -> str:
    """A job that waits for a worker."""
    jobs = record.jobs_of("shop")
    upload = jobs.begin(kind, idempotency_key=key, most=MOST)
    jobs.add(upload, lines_of(*cases))
    return jobs.complete(upload, len(cases), len(cases)).id


def some_cases(number_of: int) -> list[bytes]:
    return [a_claim(order=f"O-{number}") for number in range(number_of)]


def runner(record: DecisionStore) -> JobRunner:
    return JobRunner(record, Settings())


def work(record: DecisionStore) -> None:
    """Work until there is nothing left to do."""
    each = runner(record)
    while each.round():
        pass


def results(record: DecisionStore, job: str, after: int = 0) -> list[Any]:
    _, found = record.jobs_of("shop").results(job, after)
    return [(number, None if content is None else json.loads(content)) for number, content in found]


def later(record: DecisionStore, microseconds: int) -> DecisionStore:
    at = Instant(record.now() + microseconds)
    return evolve(record, now=lambda: at)


def ids(record: DecisionStore) -> list[str]:
    return [each.id for each in record.decisions(limit=1000).items]


def contents(record: DecisionStore) -> str:
    """The content of all job tables."""
    with database.read_transaction(across_tenants(record.engine)) as connection:
        rows = [connection.execute(sa.select(table)).all() for table in (JOBS, JOB_LINES, JOB_RESULTS)]
    return repr(rows)


def rows_left(record: DecisionStore) -> tuple[int, int, int]:
    with database.read_transaction(across_tenants(record.engine)) as connection:
        counts = [
            connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in (JOBS, JOB_LINES, JOB_RESULTS)
        ]
    return counts[0], counts[1], counts[2]
