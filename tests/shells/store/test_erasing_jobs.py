"""Nothing that is erased remains in a job, and finished jobs are removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from adjudicator.store import DecisionStore, Erased, JobKind, JobLine, JobQueue, LineResult, NotFound, job_rows
from adjudicator.store.database import clear_log
from adjudicator.store.jobs import DAY
from store.cases import ORDER, a_claim
from store.working import MOST, a_job, contents, ids, later, results, rows_left, runner, some_cases, work

only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


# Erasing


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
