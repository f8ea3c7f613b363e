"""The jobs of all tenants, for the workers of a service: taken up by one at a time, for a while, and saved line by line.

A worker holds a lease that expires if it dies. Results and progress are saved in one transaction, together with the decision if there is
one, and only by the holder of the lease: so every line gets its result exactly once, whatever is killed when.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any, Final

import sqlalchemy as sa
from attrs import frozen

from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.errors import RecordError
from adjudicator.store.job_rows import (
    JobLine,
    LineResult,
    add_results,
    forget_some,
    lines_after,
    lock_lines,
    trim,
)
from adjudicator.store.job_tables import JOBS
from adjudicator.store.jobs import DAY, SECOND, UPLOAD_LEASE, Job, JobState, job_from
from adjudicator.store.leases import is_over
from adjudicator.store.tenancy import across_tenants

LEASE: Final = 60 * SECOND
"""How long a worker may take between two results before another takes the job over."""
LINES_AT_ONCE: Final = 100
"""The most lines that are saved together."""
MOST_ATTEMPTS: Final = 4
"""How often workers may die at a line before it is given up."""


class LeaseLost(RecordError):
    """Another worker has the job, or it was cancelled or deleted."""


class LineErased(RecordError):
    """The personal data of a line were erased while it was decided."""


@frozen
class ClaimedJob:
    """A job claimed by this worker. ``attempts`` is how many workers, this one included, have claimed it since its last result."""

    job: Job
    tenant: str
    caller: str | None
    lease: str
    attempts: int

    @property
    def gives_up(self) -> bool:
        """Whether the next line is not to be tried any more."""
        return self.attempts > MOST_ATTEMPTS


@frozen(eq=False)
class JobQueue:
    """The unfinished jobs of every tenant."""

    engine: sa.Engine
    now: Callable[[], Instant]

    def claim(self) -> ClaimedJob | None:
        """Claim the job that has waited longest since a worker was last at it, for this worker alone."""
        free = is_over(JOBS.c.lease_until, int(self.now()), LEASE)
        waiting = sa.and_(JOBS.c.state == JobState.OPEN.value, free)
        oldest = sa.select(JOBS).where(waiting).order_by(JOBS.c.served_at, JOBS.c.id).limit(1)
        with database.read_transaction(across_tenants(self.engine)) as connection:
            if connection.execute(oldest).one_or_none() is None:
                return None
        with database.write_transaction(across_tenants(self.engine)) as connection:
            row = connection.execute(oldest.with_for_update(skip_locked=True)).mappings().one_or_none()
            if row is None:
                return None
            now, lease = int(self.now()), str(uuid.uuid4())
            taken = {"lease": lease, "lease_until": now + LEASE, "served_at": now, "attempts": row["attempts"] + 1}
            started = now if row["started_at"] is None else row["started_at"]
            connection.execute(JOBS.update().where(JOBS.c.id == row["id"]).values(**taken, started_at=started))
        return ClaimedJob(job_from(row), row["tenant"], row["caller"], lease, row["attempts"] + 1)

    def lines(self, claimed: ClaimedJob) -> list[JobLine]:
        """The next lines without a result; one at a time if a worker died at them."""
        limit = LINES_AT_ONCE if claimed.attempts == 1 else 1
        with database.read_transaction(across_tenants(self.engine)) as connection:
            position = connection.scalar(sa.select(JOBS.c.position).where(*_mine(claimed)))
            if position is None:
                raise LeaseLost(f"job {claimed.job.id} has another worker, or was stopped")
            return lines_after(connection, claimed.job.id, position, limit)

    def save(self, claimed: ClaimedJob, results: Sequence[LineResult]) -> None:
        """Save the results of the next lines. Raises :class:`LeaseLost`, and then saves nothing."""
        with database.write_transaction(across_tenants(self.engine)) as connection:
            erased = lock_lines(connection, claimed.job.id, [each.number for each in results])
            self._save(connection, claimed, results, erased)

    def save_decided(self, connection: sa.Connection, claimed: ClaimedJob, result: LineResult) -> None:
        """Save the result of the next line in the transaction that records its decision.

        Raises :class:`LeaseLost` or :class:`LineErased`, so that it is not recorded.
        """
        if lock_lines(connection, claimed.job.id, [result.number]):
            raise LineErased(f"line {result.number} of job {claimed.job.id} was erased")
        self._save(connection, claimed, [result], frozenset())

    def _save(
        self, connection: sa.Connection, claimed: ClaimedJob, results: Sequence[LineResult], erased: frozenset[int]
    ) -> None:
        decided = sum(each.decided and each.number not in erased for each in results)
        values: dict[str, Any] = {
            "position": results[-1].number,
            "decided": JOBS.c.decided + decided,
            "refused": JOBS.c.refused + len(results) - decided,
            "lease_until": int(self.now()) + LEASE,
            "attempts": 1,
        }
        before = JOBS.c.position < results[0].number
        if connection.execute(JOBS.update().where(*_mine(claimed), before).values(**values)).rowcount != 1:
            raise LeaseLost(f"job {claimed.job.id} has another worker, or was stopped")
        add_results(connection, claimed.job.id, results, erased, tenant=claimed.tenant)

    def finish(self, claimed: ClaimedJob, days: int) -> bool:
        """Every line has its result. They are kept for some days. Returns ``False`` if the lease was lost."""
        now = int(self.now())
        ended = {"state": JobState.DONE.value, "finished_at": now, "expires_at": now + days * DAY}
        return self._give_back(claimed, **ended)

    def release(self, claimed: ClaimedJob) -> None:
        """Let any worker continue the job. This does not count as a failed attempt."""
        self._give_back(claimed, attempts=0)

    def _give_back(self, claimed: ClaimedJob, **values: Any) -> bool:
        update = JOBS.update().where(*_mine(claimed)).values(lease=None, lease_until=None, **values)
        with database.write_transaction(across_tenants(self.engine)) as connection:
            return connection.execute(update).rowcount == 1

    def unfinished(self) -> int:
        """How many jobs wait for a worker or have one."""
        query = sa.select(sa.func.count()).select_from(JOBS).where(JOBS.c.state == JobState.OPEN.value)
        with database.read_transaction(across_tenants(self.engine)) as connection:
            return connection.scalar(query) or 0

    def remove(self) -> int:
        """Remove some of what belongs to jobs that were deleted, have expired, or whose upload was abandoned.

        Returns how many rows that was; call it again until none.
        """
        going = sa.select(JOBS.c.id).where(_is_over(int(self.now()))).order_by(JOBS.c.id).limit(1)
        with database.read_transaction(across_tenants(self.engine)) as connection:
            found = connection.scalar(going)
        if found is not None:
            return self._remove(found)
        with database.write_transaction(across_tenants(self.engine)) as connection:
            return trim(connection)

    def _remove(self, id: str) -> int:
        this = JOBS.c.id == id
        gone = {"state": JobState.DELETED.value, "request": None, "lease": None, "lease_until": None}
        with database.write_transaction(across_tenants(self.engine)) as connection:
            if connection.execute(JOBS.update().where(this, _is_over(int(self.now()))).values(**gone)).rowcount != 1:
                return 0
            blanked = forget_some(connection, id)
            return blanked or connection.execute(JOBS.delete().where(this)).rowcount


def _is_over(now: int) -> sa.ColumnElement[bool]:
    """Jobs that were deleted, have expired, or whose upload was abandoned."""
    ended = JOBS.c.state.in_((JobState.DONE.value, JobState.CANCELLED.value))
    uploading = JOBS.c.state == JobState.UPLOADING.value
    deleted = JOBS.c.state == JobState.DELETED.value
    return sa.or_(
        deleted, ended & (JOBS.c.expires_at <= now), uploading & is_over(JOBS.c.lease_until, now, UPLOAD_LEASE)
    )


def _mine(claimed: ClaimedJob) -> tuple[sa.ColumnElement[bool], ...]:
    return JOBS.c.id == claimed.job.id, JOBS.c.lease == claimed.lease, JOBS.c.state == JobState.OPEN.value
