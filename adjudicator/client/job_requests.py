"""Every call about jobs, as a request and a reader for its response, for both clients."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, TypeAlias, TypedDict
from urllib.parse import quote

import orjson
from attrs import evolve
from httpx import Response

from adjudicator.client.requests import (
    Call,
    Document,
    Json,
    get,
    json_text,
    key_header,
    post,
    reader,
)
from adjudicator.model.time import Instant
from adjudicator.wire.messages import Job, JobPage

RESULTS: Final = 1_000
"""How many results are asked for at once."""
Doing: TypeAlias = Literal["record", "dry_run"]


def create_job(
    cases: Iterable[Json], do: Doing, fill_settlements: bool, edition: str | None, key: str | None
) -> Call[Job]:
    """Create a job over cases, one on each line."""
    lines = b"".join(_line(case) for case in cases)
    headers = {**key_header(key), "Content-Type": "application/x-ndjson"}
    query = {"do": do, "fill_settlements": fill_settlements, "edition": edition}
    return post("/v1/jobs", reader(Job), lines, headers, **query)


def _line(case: Json) -> bytes:
    """A case on one line. Line ends in JSON are between its parts, so spaces do as well."""
    return json_text(case).replace(b"\n", b" ").replace(b"\r", b" ") + b"\n"


class Replay(TypedDict, total=False):
    """Which recorded decisions, and the edition to decide under."""

    edition: str
    policy: str
    outcome: str
    order_id: str
    updated_since: Instant


def create_replay(chosen: Replay, key: str | None) -> Call[Job]:
    """Create a job that decides recorded cases again."""
    body = {name: value.utc_text() if isinstance(value, Instant) else value for name, value in chosen.items()}
    return post("/v1/jobs/replay", reader(Job), orjson.dumps(body), key_header(key))


def jobs_page(cursor: str | None) -> Call[JobPage]:
    """Get a page of the caller's jobs."""
    return get("/v1/jobs", reader(JobPage), cursor=cursor)


def job(id: str) -> Call[Job]:
    """Get a job."""
    return get(_job(id), reader(Job))


def cancel_job(id: str) -> Call[Job]:
    """Stop a job."""
    return post(f"{_job(id)}/cancel", reader(Job), None)


def delete_job(id: str) -> Call[Job]:
    """Delete a job. Not repeatable: the second time, there is none."""
    return evolve(post(_job(id), reader(Job), None), method="DELETE", repeatable=False)


def results(id: str, after: int) -> Call[list[Document]]:
    """Get some results of a job, those after a line. There are no more if there are none."""
    return get(f"{_job(id)}/results", _results, after=after, limit=RESULTS)


def _results(response: Response) -> list[Document]:
    *lines, _ = response.content.splitlines()
    return [orjson.loads(line) for line in lines]


def _job(id: str) -> str:
    return f"/v1/jobs/{quote(id, safe='')}"
