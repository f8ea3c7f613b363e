"""Jobs in the record: their lines, uploads and replays, each for its caller."""

from __future__ import annotations

import json

import pytest

from adjudicator.store import (
    DecisionStore,
    JobKind,
    JobQueue,
    JobState,
    KeyReused,
    LeaseLost,
    NotFound,
    StillRunning,
    TooManyJobs,
)
from adjudicator.store.results import Filter
from store.cases import a_claim
from store.working import INVALID, MOST, a_job, ids, later, lines_of, results, runner, some_cases, work


def test_a_job_decides_each_line_and_records_it(record: DecisionStore) -> None:
    cases = some_cases(3)
    job = a_job(record, cases[0], INVALID, cases[1], cases[1], cases[2])
    assert record.jobs_of("shop").find(job).state is JobState.OPEN
    work(record)
    found = record.jobs_of("shop").find(job)
    assert (found.state, found.decided, found.refused, found.position) == (JobState.DONE, 4, 1, 5)
    lines = results(record, job)
    assert [(number, line["line"], line["status"]) for number, line in lines] == [
        (1, 1, 200),
        (2, 2, 422),
        (3, 3, 200),
        (4, 4, 200),
        (5, 5, 200),
    ]
    assert [line.get("repeat") for _, line in lines] == [False, None, False, True, False]
    for _, line in lines:
        if line["status"] == 200:
            assert json.loads(record.decision(line["id"]).content) == line["decision"]
            assert record.summary(line["id"]).decided_by == "shop"
    assert results(record, job, after=3) == lines[3:]
    assert record.verify() is None


def test_a_dry_run_records_nothing(record: DecisionStore) -> None:
    job = a_job(record, *some_cases(2), INVALID, kind=JobKind.DRY_RUN)
    work(record)
    assert [line["status"] for _, line in results(record, job)] == [200, 200, 422]
    assert ids(record) == []


# Uploads


def test_a_job_belongs_to_its_caller(record: DecisionStore) -> None:
    job = a_job(record, *some_cases(1))
    for caller in ("another", None):
        others = record.jobs_of(caller)
        assert others.page() == ((), False)
        for call in (others.find, others.delete, others.results, lambda job, jobs=others: jobs.cancel(job, 1)):
            with pytest.raises(NotFound):
                call(job)
    assert [each.id for each in record.jobs_of("shop").page()[0]] == [job]


def test_the_same_key_leads_to_the_same_job(record: DecisionStore) -> None:
    cases = some_cases(2)
    job = a_job(record, *cases, key="K")
    assert a_job(record, *cases, key="K") == job
    work(record)
    assert a_job(record, *cases, key="K") == job
    for other in (cases[::-1], [*cases, cases[0]], cases[:1]):
        with pytest.raises(KeyReused):
            a_job(record, *other, key="K")
    with pytest.raises(KeyReused):
        a_job(record, *cases, key="K", kind=JobKind.DRY_RUN)
    record.jobs_of("shop").delete(job)
    assert a_job(record, *cases, key="K") != job


def test_an_abandoned_upload_can_be_replaced_but_not_a_running_one(record: DecisionStore) -> None:
    jobs = record.jobs_of("shop")
    abandoned = jobs.begin(JobKind.RECORD, idempotency_key="K", most=MOST)
    jobs.add(abandoned, lines_of(*some_cases(1)))
    with pytest.raises(StillRunning):
        jobs.begin(JobKind.RECORD, idempotency_key="K", most=MOST)
    assert JobQueue(record.engine, record.now).claim() is None
    aged = later(record, 300_000_000)
    again = aged.jobs_of("shop").begin(JobKind.RECORD, idempotency_key="K", most=MOST)
    assert again.job != abandoned.job
    for call in (lambda: jobs.add(abandoned, lines_of(a_claim())), lambda: jobs.complete(abandoned, 1, 1)):
        with pytest.raises(NotFound):
            call()
    with pytest.raises(NotFound):
        jobs.find(abandoned.job)


def test_a_caller_has_a_limited_number_of_jobs(record: DecisionStore) -> None:
    jobs = record.jobs_of("shop")
    first = jobs.begin(JobKind.RECORD, most=2)
    jobs.begin(JobKind.RECORD, most=2)
    with pytest.raises(TooManyJobs):
        jobs.begin(JobKind.RECORD, most=2)
    record.jobs_of("another").begin(JobKind.RECORD, most=2)
    jobs.delete(first.job)
    jobs.begin(JobKind.RECORD, most=2)


def test_a_job_that_is_cancelled_keeps_what_it_has_done(record: DecisionStore) -> None:
    job = a_job(record, *some_cases(3))
    queue = JobQueue(record.engine, record.now)
    claimed = queue.claim()
    assert claimed is not None
    each = runner(record)
    each._record(record, claimed, queue.lines(claimed)[:1])
    assert record.jobs_of("shop").cancel(job, 1).state is JobState.CANCELLED
    with pytest.raises(LeaseLost):
        each._record(record, claimed, lines_of(*some_cases(3))[1:2])
    work(record)
    assert [line["line"] for _, line in results(record, job)] == [1]
    assert len(ids(record)) == 1
    assert record.jobs_of("shop").cancel(job, 1).state is JobState.CANCELLED


# Replays


def test_recorded_decisions_are_compared_with_new_ones(record: DecisionStore) -> None:
    given = [record.decide(case).id for case in some_cases(3)]
    record.erase(order_id="O-2", reason="asked")
    jobs = record.jobs_of("shop")
    upload = jobs.begin(JobKind.REPLAY, most=MOST)
    assert jobs.add_recorded(upload, Filter(policy="douyin_global.authenticity"), 100) == 2
    job = jobs.complete(upload, 2, 2).id
    record.erase(order_id="O-1", reason="asked")
    work(record)
    (_, one), (_, two) = results(record, job)
    assert (one["id"], one["agrees"], one["recorded"]) == (given[0], True, one["now"])
    assert one["now"]["total"] > 0
    assert (two["status"], two["problem"]["type"]) == (410, "/v1/problems/erased")


def test_more_decisions_than_a_job_may_have_are_not_all_listed(
    record: DecisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adjudicator.store.jobs.IDS_AT_ONCE", 1)
    for case in some_cases(4):
        record.decide(case)
    jobs = record.jobs_of("shop")
    assert jobs.add_recorded(jobs.begin(JobKind.REPLAY, most=MOST), Filter(), 2) == 3
