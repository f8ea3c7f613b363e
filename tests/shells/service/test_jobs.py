"""Jobs over HTTP: sent as lines, run in the background, watched, cancelled, downloaded, and not lost when a server is killed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from adjudicator.client import Client
from adjudicator.service import jobs, uploads
from adjudicator.service.jobs import JobRunner
from adjudicator.service.settings import Settings
from adjudicator.service.streams import Abandoned
from adjudicator.store import DecisionStore, Scope, open_store
from adjudicator.store.job_queue import LEASE
from service.running import running, until
from store.cases import a_claim

only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
HEADERS = {"Content-Type": "application/x-ndjson"}
INVALID = b'{"id": "odd", "policy": "douyin_global.damage"}'


@pytest.fixture
def settings() -> Settings:
    return Settings(requests_per_minute=None, max_job_lines=50, max_job_bytes=200_000, max_jobs=3)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "INTERVAL", 0.02)


def in_lines(*cases: bytes) -> bytes:
    return b"".join(case.replace(b"\n", b" ") + b"\n" for case in cases)


def create(client: httpx.Client, *cases: bytes, query: str = "do=record", **headers: str) -> httpx.Response:
    return client.post(f"/v1/jobs?{query}", content=in_lines(*cases), headers={**HEADERS, **headers})


def finished(client: httpx.Client, accepted: httpx.Response) -> dict[str, Any]:
    """The job, once it has ended."""
    assert accepted.status_code == 202, accepted.text
    until(lambda: client.get(accepted.headers["Location"]).json()["state"] in ("done", "cancelled"))
    job: dict[str, Any] = client.get(accepted.headers["Location"]).json()
    return job


def results(client: httpx.Client, job: dict[str, Any], query: str = "") -> list[Any]:
    answer = client.get(f"/v1/jobs/{job['id']}/results{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson")
    return [json.loads(line) for line in answer.content.splitlines()]


def test_a_job_gives_each_line_the_result_that_a_stream_gives_it(client: httpx.Client) -> None:
    cases = [a_claim(order=f"O-{number}") for number in range(3)]
    body = (cases[0], INVALID, b"", b"no json", b'{"id": "\xff"}', *cases[1:])
    job = finished(client, create(client, *body))
    assert {name: job[name] for name in ("do", "state", "lines", "cases", "done", "decided", "refused")} == {
        "do": "record",
        "state": "done",
        "lines": 7,
        "cases": 6,
        "done": 6,
        "decided": 3,
        "refused": 3,
    }
    assert job["cases_per_minute"] is not None
    assert job["expires_at"] > job["finished_at"]
    *lines, end = results(client, job)
    streamed = client.post("/v1/decisions/stream", content=in_lines(*body), headers=HEADERS).content.splitlines()
    again = [json.loads(line) for line in streamed[:-1]]
    for line, other in zip(lines, again, strict=True):
        if line["line"] == 5:
            assert (line["status"], other["status"]) == (400, 400)
        else:
            assert {**line, "repeat": True} == {**other, "repeat": True}
    assert end == {"state": "done", "cases": 6, "decided": 3, "refused": 3}
    assert results(client, job, "?after=4")[:-1] == lines[3:]
    assert results(client, job, "?after=1&limit=2") == [*lines[1:3], end]
    described = client.get("/v1/openapi.json").json()
    validator = Draft202012Validator({**described, "$ref": "#/components/schemas/JobLine"})
    assert [error.message for line in (*lines, end) for error in validator.iter_errors(line)] == []


def test_a_dry_run_decides_under_an_edition_and_a_replay_compares_with_the_record(
    client: httpx.Client, record: DecisionStore
) -> None:
    dry = finished(client, create(client, a_claim(), INVALID, query="do=dry_run&edition=2022-03-15"))
    assert (dry["edition"], dry["decided"], dry["refused"]) == ("2022-03-15", 1, 1)
    assert record.decisions().items == ()
    given = record.decide(a_claim())
    replay = finished(client, client.post("/v1/jobs/replay", json={"policy": "douyin_global.authenticity"}))
    line, end = results(client, replay)
    assert (line["id"], line["agrees"], line["recorded"]) == (given.id, True, line["now"])
    assert line["now"]["total"] == sum(award["amount"] for award in json.loads(given.decision)["awards"])
    described = client.get("/v1/openapi.json").json()
    validator = Draft202012Validator({**described, "$ref": "#/components/schemas/JobLine"})
    assert [error.message for each in (line, end) for error in validator.iter_errors(each)] == []
    wrong = finished(client, create(client, a_claim(), query="do=dry_run&edition=2018-10-24"))
    assert results(client, wrong)[0]["status"] == 422


@only_sqlite
def test_an_invalid_job_is_reported_and_leaves_nothing(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JobRunner, "round", lambda *_: False)
    for query, status in (
        ("", 400),
        ("do=replay", 400),
        ("do=record&edition=2022-03-15", 400),
        ("do=dry_run&edition=x", 400),
    ):
        assert create(client, a_claim(), query=query).status_code == status, query
    assert client.post("/v1/jobs?do=record", json={}).status_code == 415
    assert create(client, *[b"{}"] * 51).json()["type"] == "/v1/problems/too-large"
    assert create(client, *[b'{"a": "%s"}' % (b"x" * 100_000)] * 3).json()["type"] == "/v1/problems/too-large"
    assert client.post("/v1/jobs/replay", json={"edition": "x", "odd": 1}).status_code == 422
    assert client.get("/v1/jobs").json() == {"jobs": [], "next_cursor": None}
    made = [create(client, a_claim()).json()["id"] for _ in range(3)]
    assert create(client, a_claim()).json()["type"] == "/v1/problems/too-many-jobs"
    page = client.get("/v1/jobs?limit=2").json()
    assert [each["id"] for each in page["jobs"]] == made[:2]
    rest = client.get("/v1/jobs", params={"cursor": page["next_cursor"]}).json()
    assert ([each["id"] for each in rest["jobs"]], rest["next_cursor"]) == (made[2:], None)
    assert client.request("DELETE", f"/v1/jobs/{made[0]}").json()["state"] == "waiting"
    assert client.get(f"/v1/jobs/{made[0]}").status_code == 404
    assert client.post(f"/v1/jobs/{made[1]}/cancel").json()["state"] == "cancelled"
    assert results(client, {"id": made[1]}) == [{"state": "cancelled", "cases": 1, "decided": 0, "refused": 0}]


def test_the_same_key_leads_to_the_same_job(client: httpx.Client) -> None:
    key = {"Idempotency-Key": '"nightly"'}
    first = create(client, a_claim(), INVALID, **key)
    again = create(client, a_claim(), INVALID, **key)
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    for other in (create(client, INVALID, a_claim(), **key), create(client, a_claim(), query="do=dry_run", **key)):
        assert (other.status_code, other.json()["type"]) == (422, "/v1/problems/key-reused")
    assert finished(client, first)["decided"] == 1
    replays = [client.post("/v1/jobs/replay", json={}, headers={"Idempotency-Key": '"R"'}) for _ in range(2)]
    assert replays[0].json()["id"] == replays[1].json()["id"]


@only_sqlite
def test_a_job_is_invisible_to_other_callers(record: DecisionStore, client: httpx.Client) -> None:
    job = create(client, a_claim()).json()["id"]
    other = {"Authorization": f"Bearer {record.api_keys.create('another', [Scope.DECIDE, Scope.ADMIN]).token}"}
    assert client.get("/v1/jobs", headers=other).json()["jobs"] == []
    for method, path in (("GET", ""), ("GET", "/results"), ("POST", "/cancel"), ("DELETE", "")):
        assert client.request(method, f"/v1/jobs/{job}{path}", headers=other).status_code == 404
    assert client.get(f"/v1/jobs/{job}").status_code == 200


@only_sqlite
def test_an_upload_that_breaks_off_leaves_no_job(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection closes after the first lines."""

    async def broken(*_: Any) -> Any:
        yield [uploads_line(1)]
        raise Abandoned

    monkeypatch.setattr(uploads, "received", broken)
    assert create(client, a_claim()).status_code == 400
    assert client.get("/v1/jobs").json()["jobs"] == []


def uploads_line(number: int) -> Any:
    from adjudicator.service.operations import Line

    return Line(number, a_claim())


def test_a_killed_server_loses_and_repeats_no_line_of_a_job(url: str, tmp_path: Path) -> None:
    """It is killed twice while working; then two workers of another server finish the job."""
    cases = [a_claim(order=f"O-{number}") for number in range(300)]
    with running(tmp_path, database=url) as server, Client(server.url) as client:
        job = client.create_job(cases, "record").id
        until(lambda: client.job(job).done > 5)
        server.kill()
    record = open_store(url)
    expire_leases(record)
    with running(tmp_path, database=url) as server, Client(server.url) as client:
        before = client.job(job).done
        until(lambda: client.job(job).done > before + 5)
        server.kill()
    expire_leases(record)
    with running(tmp_path, "--workers", "2", database=url) as server, Client(server.url) as client:
        until(lambda: client.job(job).state == "done")
        lines = list(client.job_results(job))
        assert list(client.job_results(job, after=290)) == lines[290:]
        assert [line["line"] for line in lines] == list(range(1, 301))
        assert {line["repeat"] for line in lines} == {False}
        listed = {each.id for each in client.decisions(page_size=1000)}
        assert {line["id"] for line in lines} == listed
        assert len(listed) == 300
        assert client.delete_job(job).decided == 300
    assert record.verify() is None
    record.close()


def expire_leases(record: DecisionStore) -> None:
    """Simulate that a minute has passed since the server was killed."""
    from adjudicator.store import database
    from adjudicator.store.job_tables import JOBS

    with database.write_transaction(record.engine) as connection:
        connection.execute(JOBS.update().values(lease_until=JOBS.c.lease_until - LEASE))


def test_a_server_that_stops_returns_its_job_to_the_queue(url: str, tmp_path: Path) -> None:
    cases = [a_claim(order=f"O-{number}") for number in range(400)]
    with running(tmp_path, database=url) as server, Client(server.url) as client:
        job = client.create_job(cases, "record").id
        until(lambda: client.job(job).done > 5)
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 10
    record = open_store(url)
    (found,) = record.jobs_of(None).page()[0]
    assert found.decided > 5
    each = JobRunner(record, Settings())
    while each.round():
        pass
    assert record.jobs_of(None).find(job).decided == 400
    record.close()
