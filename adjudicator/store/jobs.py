"""Jobs: many cases decided in the background, for one caller. Workers share them through :mod:`adjudicator.store.job_queue`."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, Final

import orjson
import sqlalchemy as sa
from attrs import field, frozen
from attrs.converters import optional

from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.entries import new_id
from adjudicator.store.errors import Erased, KeyReused, NotFound, StillRunning, TooManyJobs
from adjudicator.store.job_rows import JobLine, add_lines, results_after, same_lines
from adjudicator.store.job_tables import JOBS
from adjudicator.store.leases import is_over
from adjudicator.store.lookups import Request
from adjudicator.store.results import Filter, matching
from adjudicator.store.tables import DECISIONS

SECOND: Final = 1_000_000
UPLOAD_LEASE: Final = 120 * SECOND
"""How long an upload may send nothing before it counts as abandoned."""
DAY: Final = 86_400 * SECOND
MOST_RESULTS: Final = 500
"""The most results that are read at once."""
IDS_AT_ONCE: Final = 1_000


class JobKind(StrEnum):
    """What a job does with each of its lines."""

    RECORD = "record"
    DRY_RUN = "dry_run"
    REPLAY = "replay"


class JobState(StrEnum):
    """The state of a job. An ``open`` one waits for a worker, or one works on it; a ``deleted`` one no longer exists for anyone."""

    UPLOADING = "uploading"
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"
    DELETED = "deleted"


@frozen(kw_only=True)
class Job:
    """A job and its progress. ``lines`` counts blank ones too, ``cases`` does not; each case becomes one of ``decided`` and ``refused``."""

    id: str
    kind: JobKind = field(converter=JobKind)
    edition: str | None
    fill_settlements: bool = field(converter=bool)
    state: JobState = field(converter=JobState)
    lines: int
    cases: int
    position: int
    decided: int
    refused: int
    created_at: Instant = field(converter=Instant)
    started_at: Instant | None = field(converter=optional(Instant))
    finished_at: Instant | None = field(converter=optional(Instant))
    expires_at: Instant | None = field(converter=optional(Instant))


@frozen
class Upload:
    """Lines on their way into a job; a ``repeat`` only compares them with those that the job has."""

    job: str
    lease: str
    repeat: bool = False


@frozen(eq=False)
class Jobs:
    """The jobs of one caller of a tenant. ``None`` is a caller without a key, in development mode."""

    engine: sa.Engine
    now: Callable[[], Instant]
    caller: str | None

    def begin(
        self,
        kind: JobKind,
        *,
        edition: str | None = None,
        fill_settlements: bool = False,
        idempotency_key: str | None = None,
        most: int,
    ) -> Upload:
        """Begin a job, whose lines then follow: :meth:`add` and :meth:`complete`. Or :meth:`delete` it.

        The same idempotency key leads to the same job. Raises ``KeyReused`` if that has other options, ``StillRunning`` while its lines are
        being received, and ``TooManyJobs`` for a caller that has ``most`` jobs, finished ones included.
        """
        options = {"kind": kind.value, "edition": edition, "fill_settlements": int(fill_settlements)}
        with database.write_transaction(self.engine) as connection:
            request = Request.of(connection, self.caller, idempotency_key and f"{idempotency_key}\njob", "").digest
            if request is not None and (known := self._known(connection, request, options)) is not None:
                return known
            kept = sa.select(sa.func.count()).select_from(JOBS).where(self._own)
            if (connection.scalar(kept) or 0) >= most:
                raise TooManyJobs(f"you have {most} jobs, finished ones included: delete one that you no longer need")
            now = self.now()
            upload = Upload(new_id(now), str(uuid.uuid4()))
            row = {**options, "id": upload.job, "caller": self.caller, "request": request, "lease": upload.lease}
            row |= dict.fromkeys(("lines", "cases", "position", "decided", "refused", "attempts", "served_at"), 0)
            times = {"created_at": int(now), "lease_until": int(now) + UPLOAD_LEASE}
            connection.execute(JOBS.insert().values(**row, **times, state=JobState.UPLOADING.value))
        return upload

    def _known(self, connection: sa.Connection, request: str, options: dict[str, Any]) -> Upload | None:
        """The job that an idempotency key leads to. One whose upload was abandoned makes room for a new one."""
        if not database.try_lock(connection, request):
            raise StillRunning("another request with this idempotency key is in progress; try again")
        row = connection.execute(sa.select(JOBS).where(JOBS.c.request == request)).mappings().one_or_none()
        if row is None:
            return None
        if any(row[name] != value for name, value in options.items()):
            raise KeyReused("this idempotency key was used before for a job with other options")
        if row["state"] != JobState.UPLOADING.value:
            return Upload(row["id"], "", repeat=True)
        this = JOBS.c.id == row["id"]
        if connection.scalar(
            sa.select(JOBS.c.id).where(this, ~is_over(JOBS.c.lease_until, int(self.now()), UPLOAD_LEASE))
        ):
            raise StillRunning("the lines of this job are being received; try again")
        connection.execute(JOBS.update().where(this).values(**_DELETED))
        return None

    def add(self, upload: Upload, lines: Sequence[JobLine]) -> None:
        """Add lines, or compare them if it is a repeat. Raises ``NotFound`` if the job was deleted, ``KeyReused`` and ``Erased``."""
        with database.write_transaction(self.engine) as connection:
            if not upload.repeat:
                self._extend(connection, upload, lease_until=int(self.now()) + UPLOAD_LEASE)
                add_lines(connection, upload.job, lines)
                return
            same = same_lines(connection, upload.job, lines)
        if same is None:
            raise Erased(
                "this job had personal data that were erased: nobody can tell whether these are the same lines"
            )
        if not same:
            raise KeyReused("this idempotency key was used before for a job with other lines")

    def complete(self, upload: Upload, lines: int, cases: int) -> Job:
        """All lines were added: workers may begin. Raises as :meth:`add` does."""
        if not upload.repeat:
            ready = {"state": JobState.OPEN.value, "lease": None, "lease_until": None}
            with database.write_transaction(self.engine) as connection:
                self._extend(connection, upload, lines=lines, cases=cases, **ready)
        job = self.find(upload.job)
        if upload.repeat and (job.lines, job.cases) != (lines, cases):
            raise KeyReused("this idempotency key was used before for a job with another number of lines")
        return job

    def _extend(self, connection: sa.Connection, upload: Upload, **values: Any) -> None:
        mine = (JOBS.c.id == upload.job, JOBS.c.lease == upload.lease, JOBS.c.state == JobState.UPLOADING.value)
        if connection.execute(JOBS.update().where(*mine).values(**values)).rowcount != 1:
            raise NotFound("the job was deleted, or its upload took too long")

    def add_recorded(self, upload: Upload, filter: Filter, most: int) -> int:
        """Add the ids of recorded decisions that match a filter and were not erased. Returns how many; more than ``most`` if there are."""
        last, count = "", 0
        while count <= most:
            query = matching(sa.select(DECISIONS.c.id), filter).where(DECISIONS.c.erased_at.is_(None))
            with database.read_transaction(self.engine) as connection:
                ids = connection.scalars(query.where(DECISIONS.c.id > last).order_by(DECISIONS.c.id).limit(IDS_AT_ONCE))
                found = ids.all()
            if not found:
                break
            texts = (orjson.dumps({"decision": each}) for each in found)
            self.add(upload, [JobLine(count + number, text) for number, text in enumerate(texts, 1)])
            last, count = found[-1], count + len(found)
        return count

    def find(self, id: str) -> Job:
        """A job. Raises :class:`~adjudicator.store.errors.NotFound`, also for one of another caller."""
        with database.read_transaction(self.engine) as connection:
            return self._find(connection, id)

    def _find(self, connection: sa.Connection, id: str) -> Job:
        row = connection.execute(sa.select(JOBS).where(JOBS.c.id == id, self._own)).mappings().one_or_none()
        if row is None:
            raise NotFound(f"there is no job {id}")
        return job_from(row)

    def page(self, cursor: str | None = None, limit: int = 100) -> tuple[tuple[Job, ...], bool]:
        """Jobs after a cursor, the id of the last one seen, oldest first; and whether there are more."""
        query = sa.select(JOBS).where(self._own, JOBS.c.id > (cursor or "")).order_by(JOBS.c.id).limit(limit + 1)
        with database.read_transaction(self.engine) as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(map(job_from, rows[:limit])), len(rows) > limit

    def cancel(self, id: str, days: int) -> Job:
        """Stop a job, unless it has ended. What it has done stays, and its results are kept for some days."""
        now = int(self.now())
        ended = {"finished_at": now, "expires_at": now + days * DAY, "lease": None, "lease_until": None}
        unfinished = JOBS.c.state.in_((JobState.UPLOADING.value, JobState.OPEN.value))
        with database.write_transaction(self.engine) as connection:
            self._find(connection, id)
            update = JOBS.update().where(JOBS.c.id == id, unfinished)
            connection.execute(update.values(state=JobState.CANCELLED.value, **ended))
            return self._find(connection, id)

    def delete(self, id: str) -> Job:
        """Delete a job, with its lines and results, and stop it if it has not ended. Returns it as it was."""
        with database.write_transaction(self.engine) as connection:
            job = self._find(connection, id)
            connection.execute(JOBS.update().where(JOBS.c.id == id).values(**_DELETED))
        return job

    def results(self, id: str, after: int = 0, limit: int = MOST_RESULTS) -> tuple[Job, list[tuple[int, bytes | None]]]:
        """A job, and its results after a line: the number of each line and its result as JSON, ``None`` if it was erased."""
        with database.read_transaction(self.engine) as connection:
            return self._find(connection, id), results_after(connection, id, after, limit)

    @property
    def _own(self) -> sa.ColumnElement[bool]:
        own = JOBS.c.caller.is_(None) if self.caller is None else JOBS.c.caller == self.caller
        return sa.and_(own, JOBS.c.state != JobState.DELETED.value)


_DELETED: Final = {"state": JobState.DELETED.value, "request": None, "lease": None, "lease_until": None}


def job_from(row: sa.RowMapping) -> Job:
    """Build a job from a row of its table."""
    return Job(**{name: row[name] for name in Job.__annotations__})
