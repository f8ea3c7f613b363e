"""Jobs in the record: each line gets its result once, whichever worker dies, and nothing erased remains."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from attrs import evolve

from adjudicator import Instant
from adjudicator.service import monitoring
from adjudicator.service.jobs import JobRunner
from adjudicator.service.settings import Settings
from adjudicator.store import (
    DecisionStore,
    Erased,
    JobKind,
    JobLine,
    JobQueue,
    JobState,
    KeyReused,
    LeaseLost,
    LineResult,
    NotFound,
    StillRunning,
    TooManyJobs,
    database,
    job_rows,
)
from adjudicator.store.database import clear_log
from adjudicator.store.job_queue import LEASE, MOST_ATTEMPTS
from adjudicator.store.job_tables import JOB_LINES, JOB_RESULTS, JOBS
from adjudicator.store.jobs import DAY
from adjudicator.store.results import Filter
from adjudicator.store.tenancy import across_tenants
from store.cases import ORDER, a_claim

only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
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


# Workers that die


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


# Erasing


def contents(record: DecisionStore) -> str:
    """The content of all job tables."""
    with database.read_transaction(across_tenants(record.engine)) as connection:
        rows = [connection.execute(sa.select(table)).all() for table in (JOBS, JOB_LINES, JOB_RESULTS)]
    return repr(rows)


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("target", [{"subject": "someone-else"}, {"order_id": "O-X"}])
def test_an_erasure_reaches_the_lines_and_results_of_jobs(
    record: DecisionStore, done: bool, target: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_rows, "STEP", 2)
    theirs = a_claim(order="O-X").replace(b'"buyer-7"', b'"someone\\u002delse"').replace(b"T-1", b"secret-ticket")
    job = a_job(record, *some_cases(2), theirs, some_cases(3)[2], key="K")
    if done:
        work(record)
        assert len(ids(record)) == 4
    assert "secret-ticket" in contents(record)
    record.erase(**target, reason="asked")
    assert "secret-ticket" not in contents(record)
    assert "O-X" not in contents(record)
    work(record)
    statuses = [410 if line is None else line["status"] for _, line in results(record, job)]
    assert statuses == [200, 200, 410, 200]
    with pytest.raises(Erased):
        a_job(record, *some_cases(2), theirs, some_cases(3)[2], key="K")
    assert sum(record.decision(each).erased for each in ids(record)) == int(done)
    assert len(ids(record)) == 3 + done
    assert record.verify() is None


def test_a_line_that_is_erased_while_it_is_decided_is_not_recorded(record: DecisionStore) -> None:
    job = a_job(record, a_claim())
    queue = JobQueue(record.engine, record.now)
    claimed = queue.claim()
    assert claimed is not None
    lines = queue.lines(claimed)
    record.erase(order_id=ORDER, reason="asked")
    runner(record)._record(record, claimed, lines)
    assert ids(record) == []
    assert results(record, job) == [(1, None)]


def test_the_result_of_a_line_that_is_erased_while_it_is_decided_is_not_kept(record: DecisionStore) -> None:
    job = a_job(record, a_claim(), *some_cases(1), kind=JobKind.DRY_RUN)
    queue = JobQueue(record.engine, record.now)
    claimed = queue.claim()
    assert claimed is not None
    record.erase(order_id=ORDER, reason="asked")
    queue.save(claimed, [LineResult(1, b'{"about": "buyer-7"}', True), LineResult(2, b"{}", True)])
    assert results(record, job) == [(1, None), (2, {})]
    found = record.jobs_of("shop").find(job)
    assert (found.decided, found.refused) == (1, 1)


@pytest.mark.parametrize(
    ("line", "kind", "target", "expected"),
    [
        (b'{"id": "C-1"}', "case_id", "C-1", True),
        (b'{"id": "C-1", "order": {"id": "O"}}', "case_id", "C-1", False),
        (b'{"id": "C-1", "order": {"id": "O"}}', "order_id", "O", True),
        (b'{"id": "O", "note": "O"}', "order_id", "O", False),
        (b'{"a": [{"b": "\\u0041nna"}]}', "subject", "Anna", True),
        (b'{"a": "Anna", "a": "Bob"}', "subject", "Anna", True),
        (b'{"a": "Annabel"}', "subject", "Anna", False),
        (b"no json about Anna", "subject", "Anna", True),
        (b'["Anna"]', "case_id", "Anna", True),
        (b'{"decision": "0190-1"}', "subject", "1", False),
    ],
)
def test_an_erasure_affects_the_lines_about_its_target(line: bytes, kind: str, target: str, expected: bool) -> None:
    assert job_rows._is_about(line.decode(), kind, target) is expected


# Removing


def rows_left(record: DecisionStore) -> tuple[int, int, int]:
    with database.read_transaction(across_tenants(record.engine)) as connection:
        counts = [
            connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in (JOBS, JOB_LINES, JOB_RESULTS)
        ]
    return counts[0], counts[1], counts[2]


def test_finished_jobs_are_removed_and_others_stay(record: DecisionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_rows, "STEP", 3)
    monkeypatch.setattr(job_rows, "MARGIN", 2)
    expired = a_job(record, *some_cases(4))
    work(record)
    kept = a_job(record, *some_cases(2), kind=JobKind.DRY_RUN)
    aged = later(record, 7 * DAY)
    queue = JobQueue(aged.engine, aged.now)
    while queue.remove():
        pass
    with pytest.raises(NotFound):
        record.jobs_of("shop").find(expired)
    assert rows_left(record) == (1, 2 + 2, 2)
    assert "O-3" not in contents(record)
    work(aged)
    assert [line["status"] for _, line in results(record, kept)] == [200, 200]
    record.jobs_of("shop").delete(kept)
    while queue.remove():
        pass
    assert rows_left(record) == (0, 2, 2)
    assert len(ids(record)) == 4


def test_finished_jobs_are_removed_even_under_load(record: DecisionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adjudicator.service.jobs.SLICE_SECONDS", 0.0)
    monkeypatch.setattr("adjudicator.store.job_queue.LINES_AT_ONCE", 1)
    deleted, _ = a_job(record, *some_cases(1)), a_job(record, *some_cases(3))
    record.jobs_of("shop").delete(deleted)
    assert runner(record).round()
    assert rows_left(record)[0] == 1
    assert len(ids(record)) == 1


@only_sqlite
def test_the_files_of_a_record_hold_nothing_of_what_was_erased_from_jobs(
    record: DecisionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even though another job next to it was removed meanwhile, for which SQLite would move rows between pages and leave copies."""
    monkeypatch.setattr(job_rows, "MARGIN", 100)
    jobs = record.jobs_of("shop")
    ours, theirs = (jobs.begin(JobKind.RECORD, most=MOST) for _ in range(2))
    jobs.add(ours, [JobLine(number, b'{"id": "someone"}') for number in range(1, 201)])
    for number in range(201, 401, 2):
        jobs.add(ours, [JobLine(each, b'{"id": "someone"}') for each in (number, number + 1)])
        jobs.add(theirs, [JobLine(number, b'{"id": "someone-in-particular"}')])
    jobs.delete(ours.job)
    queue = JobQueue(record.engine, record.now)
    while queue.remove():
        pass
    assert rows_left(record) == (1, 100 + 198 + 100, 0)  # blank rows before the first that is kept, others, kept rows
    record.erase(subject="someone-in-particular", reason="asked")
    assert clear_log(record.engine)
    assert b"someone" not in Path(str(record.engine.url.database)).read_bytes()
