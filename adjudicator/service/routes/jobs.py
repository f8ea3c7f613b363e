"""Jobs: many cases decided in the background, with progress, and results that can be downloaded in pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson
from attrs import define, fields_dict

from adjudicator.engine.registry import policies
from adjudicator.model.errors import InputError
from adjudicator.model.time import Instant
from adjudicator.service import examples
from adjudicator.service.conditional import IDEMPOTENCY_KEY
from adjudicator.service.jobs import erased_problem, refused_line
from adjudicator.service.operations import (
    JSON,
    NDJSON,
    Answer,
    Body,
    Call,
    Header,
    InvalidValue,
    Line,
    Link,
    Operation,
    Parameter,
    Receiver,
    Tag,
    choice,
    integer,
    json_answer,
    operation,
    string,
)
from adjudicator.service.policies import unknown_names
from adjudicator.service.problems import Problem
from adjudicator.service.request_body import read_fields
from adjudicator.service.routes.parameters import CASES, CURSOR, FILL_SETTLEMENTS, parse_instant
from adjudicator.service.schemas import lines_of, ref
from adjudicator.store import LONGEST_ID, JobKind, JobLine, Jobs, Scope, Upload, check_policy
from adjudicator.store import Job as StoredJob
from adjudicator.store.jobs import MOST_RESULTS, JobState
from adjudicator.store.results import Filter
from adjudicator.wire.codec import document_of
from adjudicator.wire.messages import Job, JobPage, JobProgress

JOB_ID: Final = Parameter(name="id", where="path", description="The id of a job.", required=True, **string(LONGEST_ID))
DO: Final = Parameter(
    name="do",
    description="`record`: decide each case and record the decision. `dry_run`: decide without recording anything.",
    required=True,
    **choice(JobKind.RECORD.value, JobKind.DRY_RUN.value),
)
EDITION: Final = Parameter(
    name="edition",
    description="The edition that decides each case, such as `2022-03-15`, instead of the one that governs it; only for a dry run.",
    **string(LONGEST_ID),
)
AFTER: Final = Parameter(name="after", description="Leave out the results up to this line.", **integer(0, 2**53 - 1, 0))
MOST: Final = Parameter(
    name="limit",
    description="The most results to return; all that are there by default.",
    **integer(1, 2**53 - 1, 2**53 - 1),
)
LIMIT: Final = Parameter(name="limit", description="The most to return.", **integer(1, 1_000, 100))
PLACE: Final = Header(
    name="Location", description="Where to ask how far it is.", schema={"type": "string", "format": "uri-reference"}
)
FOLLOW_UPS: Final = {
    name: Link(operation=name, parameters={"id": "$response.body#/id"}, description=description)
    for name, description in {
        "get_job": "How far the job is.",
        "get_job_results": "Its results.",
        "cancel_job": "Stop it.",
        "delete_job": "Remove it with its results.",
    }.items()
}


def _jobs(call: Call) -> Jobs:
    return call.record.jobs_of(call.caller)


def _message(job: StoredJob, now: Instant) -> Job:
    """Convert a job."""
    done = job.decided + job.refused
    state = job.state.value
    if job.state is JobState.OPEN:
        state = JobProgress.WAITING if job.started_at is None else JobProgress.RUNNING
    rate = None
    if job.started_at is not None:
        rate = round(done * 60_000_000 / max(1_000_000, int(job.finished_at or now) - int(job.started_at)))
    derived: dict[str, Any] = {"do": job.kind.value, "state": state, "done": done, "cases_per_minute": rate}
    same = {name: getattr(job, name) for name in fields_dict(Job) if name not in derived}
    return Job(**same, **derived)


def _answer(call: Call, job: StoredJob, **headers: str) -> Answer:
    return json_answer(document_of(_message(job, call.record.now())), headers, resource=job.id)


@define(eq=False)
class _Cases:
    """Receives the cases of a job."""

    call: Call
    jobs: Jobs
    upload: Upload
    cases: int = 0

    def add(self, lines: Sequence[Line]) -> None:
        self.jobs.add(self.upload, [_job_line(line) for line in lines])
        self.cases += len(lines)

    def complete(self, lines: int) -> Answer:
        job = self.jobs.complete(self.upload, lines, self.cases)
        return _created(self.call, job)

    def abandon(self) -> None:
        if not self.upload.repeat:
            self.jobs.delete(self.upload.job)


def _job_line(line: Line) -> JobLine:
    """A line as it is kept. What can be no case is not kept, and NUL is no JSON."""
    if line.content is None:
        return JobLine(line.number, b"", "too-large")
    try:
        line.content.decode()
    except UnicodeDecodeError:
        return JobLine(line.number, b"", "malformed")
    return JobLine(line.number, b"", "malformed") if b"\0" in line.content else JobLine(line.number, line.content)


def _receive_cases(call: Call) -> Receiver:
    kind, edition = JobKind(call.values[DO.name]), call.values[EDITION.name]
    if edition is not None:
        if kind is JobKind.RECORD:
            raise Problem("bad-request", "query parameter edition: expected only with do=dry_run")
        _check_edition(edition)
    return _Cases(call, _jobs(call), _begin(call, kind, edition, call.values[FILL_SETTLEMENTS.name]))


def _begin(call: Call, kind: JobKind, edition: str | None, fill_settlements: bool = False) -> Upload:
    return _jobs(call).begin(
        kind,
        edition=edition,
        fill_settlements=fill_settlements,
        idempotency_key=call.values[IDEMPOTENCY_KEY.name],
        most=call.settings.max_jobs,
    )


def _check_edition(name: str) -> str:
    names = sorted({edition.name for group in policies().values() for edition in group})
    if name not in names:
        raise Problem("bad-request", f"edition: expected the name of an edition, one of {', '.join(names)}")
    return name


@operation(
    "POST",
    "/v1/jobs",
    tag=Tag.JOBS,
    scope=Scope.DECIDE,
    decides=True,
    status=202,
    receiver=_receive_cases,
    parameters=(DO, FILL_SETTLEMENTS, EDITION, IDEMPOTENCY_KEY),
    request_body=CASES,
    response_schemas={JSON: ref("Job")},
    headers=(PLACE,),
    problems=("still-running", "too-many-jobs", "not-found", "erased", "key-reused"),
    links=FOLLOW_UPS,
)
def create_job(call: Call) -> Answer:
    """Create a job: a case on each line, decided in the background.

    The answer comes when all lines are there; a job whose lines did not all arrive does not exist. Each case is decided once, whatever is
    stopped or restarted meanwhile, and its result is the same as in a stream. The same idempotency key with the same lines leads to the
    same job, for as long as that exists.
    """
    raise AssertionError(f"the lines of {call.values} go to the receiver")


@operation(
    "POST",
    "/v1/jobs/replay",
    tag=Tag.JOBS,
    scope=Scope.READ,
    status=202,
    parameters=(IDEMPOTENCY_KEY,),
    request_body=Body(
        schema=ref("JobRequest"),
        description="Which recorded decisions, and the edition to decide under.",
        example=examples.A_JOB,
    ),
    response_schemas={JSON: ref("Job")},
    headers=(PLACE,),
    problems=("still-running", "too-many-jobs", "key-reused"),
    links=FOLLOW_UPS,
)
def create_replay(call: Call) -> Answer:
    """Create a job that decides recorded cases again, as they would be decided now or under an edition, and records nothing.

    The decisions are those on record now whose personal data were not erased. Each result compares outcome and total with what was
    recorded.
    """
    request = read_fields(call.body, _REPLAY_FIELDS)
    edition = request.pop("edition", None)
    wanted = Filter(**request)
    if wanted.policy is not None:
        check_policy(wanted.policy, call.record.policies)
    if faults := [*unknown_names(call, wanted)]:
        raise InputError(faults)
    jobs, upload = _jobs(call), _begin(call, JobKind.REPLAY, edition)
    if upload.repeat:
        return _created(call, jobs.find(upload.job))
    try:
        return _created(call, _add_recorded(jobs, upload, wanted, call.settings.max_job_lines))
    except BaseException:
        jobs.delete(upload.job)
        raise


def _created(call: Call, job: StoredJob) -> Answer:
    return _answer(call, job, **{PLACE.name: f"/v1/jobs/{job.id}"})


def _add_recorded(jobs: Jobs, upload: Upload, wanted: Filter, most: int) -> StoredJob:
    count = jobs.add_recorded(upload, wanted, most)
    if count > most:
        raise Problem("too-large", f"more than {most} decisions match: choose fewer")
    return jobs.complete(upload, count, count)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID or "\0" in value:
        raise InvalidValue(f"a text of 1 to {LONGEST_ID} characters, none of them NUL")
    return value


def _edition(value: Any) -> str:
    names = {edition.name for group in policies().values() for edition in group}
    if value not in names:
        raise InvalidValue(f"the name of an edition, one of {', '.join(sorted(names))}")
    return _text(value)


_REPLAY_FIELDS: Final = {
    "edition": _edition,
    "policy": _text,
    "outcome": _text,
    "order_id": _text,
    "updated_since": lambda value: parse_instant(_text(value)),
}


@operation("GET", "/v1/jobs", tag=Tag.JOBS, parameters=(CURSOR, LIMIT), response_schemas={JSON: ref("JobPage")})
def list_jobs(call: Call) -> Answer:
    """List your jobs, oldest first. Those of other callers do not exist for you."""
    found, more = _jobs(call).page(call.values[CURSOR.name], call.values[LIMIT.name])
    now = call.record.now()
    page = JobPage(tuple(_message(job, now) for job in found), found[-1].id if more else None)
    return json_answer(document_of(page))


@operation(
    "GET",
    "/v1/jobs/{id}",
    tag=Tag.JOBS,
    parameters=(JOB_ID,),
    response_schemas={JSON: ref("Job")},
    problems=("not-found",),
)
def get_job(call: Call) -> Answer:
    """Get how far a job is."""
    return _answer(call, _jobs(call).find(call.values["id"]))


@operation(
    "GET",
    "/v1/jobs/{id}/results",
    tag=Tag.JOBS,
    parameters=(JOB_ID, AFTER, MOST),
    response_schemas={NDJSON: lines_of("JobLine")},
    problems=("not-found",),
)
def get_job_results(call: Call) -> Answer:
    """Get the results of a job that are there so far, one on each line, in the order of its lines.

    The last line has the state of the job and its counts. If it is missing, the response was cut short: go on with `after`, the number of
    the last line that you have. So you can also follow a job that is running.
    """
    jobs, job_id = _jobs(call), call.values["id"]
    jobs.find(job_id)
    return Answer(b"", chunks=_chunks(jobs, job_id, call.values[AFTER.name], call.values[MOST.name]))


def _chunks(jobs: Jobs, id: str, after: int, limit: int) -> Iterator[bytes]:
    """Some results at a time, and the last line."""
    while True:
        job, results = jobs.results(id, after, min(limit, MOST_RESULTS))
        if not results:
            break
        after, limit = results[-1][0], limit - len(results)
        yield b"".join(
            (refused_line(number, erased_problem()) if content is None else content) + b"\n"
            for number, content in results
        )
    counts = {"state": _message(job, job.created_at).state, "cases": job.cases}
    yield orjson.dumps({**counts, "decided": job.decided, "refused": job.refused}, option=orjson.OPT_APPEND_NEWLINE)


@operation(
    "POST",
    "/v1/jobs/{id}/cancel",
    tag=Tag.JOBS,
    parameters=(JOB_ID,),
    response_schemas={JSON: ref("Job")},
    problems=("not-found",),
)
def cancel_job(call: Call) -> Answer:
    """Stop a job, unless it has ended. What it has decided stays decided, and the results can still be read."""
    return _answer(call, _jobs(call).cancel(call.values["id"], call.settings.job_days))


@operation(
    "DELETE",
    "/v1/jobs/{id}",
    tag=Tag.JOBS,
    parameters=(JOB_ID,),
    response_schemas={JSON: ref("Job")},
    problems=("not-found",),
)
def delete_job(call: Call) -> Answer:
    """Delete a job with its lines and results, and stop it if it has not ended. What it has recorded stays on record.

    The response is the job as it was.
    """
    return _answer(call, _jobs(call).delete(call.values["id"]))


OPERATIONS: Final[tuple[Operation, ...]] = (
    create_job,
    create_replay,
    list_jobs,
    get_job,
    get_job_results,
    cancel_job,
    delete_job,
)
