"""Workers of jobs: each line gets its result once, whichever worker dies, and all jobs get their turn."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from adjudicator import Instant
from adjudicator.service import monitoring
from adjudicator.store import DecisionStore, JobQueue, JobState, LeaseLost, LineResult
from adjudicator.store.job_queue import LEASE, MOST_ATTEMPTS
from adjudicator.store.jobs import JobKind, Jobs
from store.cases import a_claim
from store.working import INVALID, a_job, ids, later, lines_of, results, runner, some_cases, work


class Killed(BaseException):
    """The worker is gone: nothing of it runs any more."""


@pytest.mark.parametrize("place", [(JobQueue, "_save"), (monitoring, "count_job_lines")], ids=["before", "after"])
def test_each_line_is_decided_and_answered_once_whenever_a_worker_dies(
    record: DecisionStore, monkeypatch: pytest.MonkeyPatch, place: tuple[Any, str]
) -> None:
    """Workers die just before a transaction with a result commits, or just after. Decision and result are either both there or both missing."""
    real, calls = getattr(*place), count(1)

    def dying(*arguments: Any) -> None:
        real(*arguments)
        if next(calls) in (1, 2, 4):
            raise Killed

    monkeypatch.setattr(*place, dying)
    cases = some_cases(4)
    job = a_job(record, *cases[:2], INVALID, *cases[2:])
    at, deaths = record, 0
    for _ in range(6):
        try:
            work(at)
        except Killed:
            deaths += 1
            recorded = {line["id"] for _, line in results(record, job) if "id" in line}
            assert recorded == set(ids(record))
            at = later(at, LEASE + 1)
    lines = results(record, job)
    assert deaths == 3
    assert [line["line"] for _, line in lines] == [1, 2, 3, 4, 5]
    assert [line.get("repeat") for _, line in lines] == [False, False, None, False, False]
    assert {line["id"] for _, line in lines if "id" in line} == set(ids(record))
    found = record.jobs_of("shop").find(job)
    assert (found.state, found.decided, found.refused) == (JobState.DONE, 4, 1)
    assert record.verify() is None


def test_a_job_that_was_claimed_by_a_wrong_clock_is_not_held_until_then(record: DecisionStore) -> None:
    job = a_job(record, *some_cases(2))
    assert JobQueue(record.engine, lambda: Instant.parse("2036-01-01T00:00:00Z")).claim() is not None
    work(record)
    assert record.jobs_of("shop").find(job).state is JobState.DONE


def test_an_upload_that_was_begun_by_a_wrong_clock_makes_room_for_another(record: DecisionStore) -> None:
    ahead = Jobs(record.engine, lambda: Instant.parse("2036-01-01T00:00:00Z"), "shop")
    old = ahead.begin(JobKind.RECORD, idempotency_key="K", most=1)
    new = record.jobs_of("shop").begin(JobKind.RECORD, idempotency_key="K", most=1)
    assert new.job != old.job
    assert not new.repeat


def test_a_worker_whose_lease_is_gone_saves_nothing(record: DecisionStore) -> None:
    job = a_job(record, *some_cases(2))
    queue = JobQueue(record.engine, record.now)
    slow = queue.claim()
    assert slow is not None
    assert queue.claim() is None
    aged = later(record, LEASE + 1)
    other = JobQueue(aged.engine, aged.now).claim()
    assert other is not None
    assert (other.job.id, other.attempts) == (job, 2)
    each = runner(record)
    with pytest.raises(LeaseLost):
        each._record(record, slow, lines_of(*some_cases(1)))
    with pytest.raises(LeaseLost):
        queue.save(slow, [LineResult(1, b"{}", True)])
    with pytest.raises(LeaseLost):
        queue.lines(slow)
    assert not queue.finish(slow, 1)
    assert (ids(record), results(record, job)) == ([], [])
    JobQueue(aged.engine, aged.now).release(other)
    work(aged)
    assert len(ids(record)) == 2


def test_a_line_that_kills_workers_is_given_up_and_the_others_are_decided(record: DecisionStore) -> None:
    job = a_job(record, *some_cases(3))
    queue = JobQueue(record.engine, record.now)
    claimed = queue.claim()
    assert claimed is not None
    runner(record)._record(record, claimed, queue.lines(claimed)[:1])
    time = record
    for attempt in range(2, MOST_ATTEMPTS + 1):
        time = later(time, LEASE + 1)
        queue = JobQueue(time.engine, time.now)
        claimed = queue.claim()
        assert claimed is not None
        assert (claimed.attempts, len(queue.lines(claimed))) == (attempt, 1)
    work(later(time, LEASE + 1))
    assert [line["status"] for _, line in results(record, job)] == [200, 500, 200]


def test_an_error_unrelated_to_a_line_is_not_its_result(record: DecisionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: Any, **__: Any) -> None:
        raise sa.exc.OperationalError("SELECT", {}, Exception())

    job = a_job(record, *some_cases(2))
    with monkeypatch.context() as patch:
        patch.setattr(DecisionStore, "decide_case", unreachable)
        assert not runner(record).round()
    assert results(record, job) == []
    work(record)
    assert [line["status"] for _, line in results(record, job)] == [200, 200]


def test_jobs_take_turns(record: DecisionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long job does not delay a short one that came later."""
    monkeypatch.setattr("adjudicator.service.jobs.SLICE_SECONDS", 0.0)
    monkeypatch.setattr("adjudicator.store.job_queue.LINES_AT_ONCE", 1)
    long, short = a_job(record, *some_cases(6)), a_job(record, *some_cases(1))
    each = runner(record)
    for _ in range(4):
        each.round()
    assert record.jobs_of("shop").find(short).state is JobState.DONE
    assert record.jobs_of("shop").find(long).state is JobState.OPEN


def test_several_workers_share_the_jobs(record: DecisionStore) -> None:
    from threading import Thread

    jobs = [a_job(record, *(a_claim(order=f"O-{job}-{number}") for number in range(3))) for job in range(4)]
    workers = [Thread(target=work, args=(record,)) for _ in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    work(record)
    for job in jobs:
        assert [line["repeat"] for _, line in results(record, job)] == [False] * 3
    assert len(ids(record)) == 12
