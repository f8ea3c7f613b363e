"""The task that works on jobs, in every worker: one job at a time, for a few seconds, in a thread of its own.

Workers share jobs through the database (:mod:`adjudicator.store.job_queue`). What a killed worker had begun, another continues after the last
line that has its result.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import anyio
import orjson
import sqlalchemy as sa
from anyio import CapacityLimiter, to_thread
from attrs import define, field

from adjudicator.api import decide
from adjudicator.engine.registry import edition_named
from adjudicator.service import monitoring
from adjudicator.service.problems import Problem, log_error, problem_for
from adjudicator.service.settings import Settings
from adjudicator.store import (
    ClaimedJob,
    DecisionStore,
    JobKind,
    JobLine,
    JobQueue,
    LeaseLost,
    LineErased,
    LineResult,
    Recorded,
    check_policy,
)
from adjudicator.wire.codec import dump_decision, load_case

INTERVAL: Final = 1.0
"""The pause before a worker looks for jobs again, in seconds, if there was none."""
SLICE_SECONDS: Final = 2.0
"""How long a worker is at a job before it looks whether another has waited longer."""
REMOVE_SECONDS: Final = 10.0
"""How often a worker looks for jobs to remove, once there are no more."""
REMOVING_SECONDS: Final = 0.5
"""How long it then removes them before it goes on with other jobs."""
PASSING: Final = frozenset({"unavailable", "still-running", "too-many-requests"})
"""Problems that have nothing to do with the line: it is tried again."""

Work: TypeAlias = Callable[[DecisionStore, ClaimedJob, JobLine], dict[str, Any]]


@define(eq=False)
class JobRunner:
    """The jobs of every tenant, by one worker."""

    record: DecisionStore
    settings: Settings
    queue: JobQueue = field(init=False)
    _failing: bool = False
    _next_removal: float = field(factory=time.monotonic)

    def __attrs_post_init__(self) -> None:
        self.queue = JobQueue(self.record.engine, self.record.now)

    async def run(self, stop: anyio.Event) -> None:
        """Work until told to stop. The job in progress is then returned to the queue after the current group of lines."""
        thread = CapacityLimiter(1)
        while not stop.is_set():
            if not await to_thread.run_sync(self.round, stop.is_set, limiter=thread):
                with anyio.move_on_after(INTERVAL):
                    await stop.wait()

    def round(self, stopping: Callable[[], bool] = lambda: False) -> bool:
        """Work on one job for a while. Returns whether there may be more to do at once. A round that fails is tried again."""
        try:
            more = self._round(stopping)
        except LeaseLost:
            more = True
        except Exception as error:  # noqa: BLE001 - the task must go on once the record can be used again
            if not self._failing:  # one line for a lasting failure, not one a second
                log_error(error)
            self._failing = True
            return False
        self._failing = False
        return more

    def _round(self, stopping: Callable[[], bool]) -> bool:
        self._remove()
        monitoring.set_jobs(self.queue.unfinished())
        claimed = self.queue.claim()
        if claimed is None:
            return False
        try:
            self._work(claimed, stopping)
        except LeaseLost:
            raise
        except Exception:
            self.queue.release(claimed)
            raise
        return True

    def _remove(self) -> None:
        """Remove some finished jobs, even under load."""
        if time.monotonic() < self._next_removal:
            return
        deadline = time.monotonic() + REMOVING_SECONDS
        while time.monotonic() < deadline:
            if not self.queue.remove():
                self._next_removal = time.monotonic() + REMOVE_SECONDS
                return

    def _work(self, claimed: ClaimedJob, stopping: Callable[[], bool]) -> None:
        store = self.record.for_tenant(claimed.tenant)
        deadline = time.monotonic() + SLICE_SECONDS
        given_up = claimed.gives_up
        while lines := self.queue.lines(claimed):
            if given_up:
                self._save(claimed, [_refusal(lines[0], _given_up())])
                given_up = False
            elif claimed.job.kind is JobKind.RECORD:
                self._record(store, claimed, lines)
            else:
                self._save(claimed, [_result(_WORK[claimed.job.kind], store, claimed, line) for line in lines])
            if time.monotonic() >= deadline or stopping():
                self.queue.release(claimed)
                return
        self.queue.finish(claimed, self.settings.job_days)

    def _save(self, claimed: ClaimedJob, results: list[LineResult]) -> None:
        self.queue.save(claimed, results)
        decided = sum(each.decided for each in results)
        monitoring.count_job_lines(decided, len(results) - decided)

    def _record(self, store: DecisionStore, claimed: ClaimedJob, lines: list[JobLine]) -> None:
        """Record the decision of each line in one transaction with its result."""
        for line in lines:
            result = _result(self._decide_and_save, store, claimed, line)
            if result.decided:
                monitoring.count_job_lines(1, 0)
            else:
                self._save(claimed, [result])

    def _decide_and_save(self, store: DecisionStore, claimed: ClaimedJob, line: JobLine) -> dict[str, Any]:
        def save(connection: sa.Connection, recorded: Recorded) -> None:
            result = LineResult(line.number, _content(line, _recorded(recorded)), decided=True)
            self.queue.save_decided(connection, claimed, result)

        recorded = store.decide_case(
            load_case(line.content), fill_settlements=claimed.job.fill_settlements, caller=claimed.caller, also=save
        )
        document = orjson.loads(recorded.decision)
        if recorded.repeat:
            monitoring.count_repeat()
        else:
            policy = document["policy"]
            monitoring.count_decision(policy["id"], policy["edition"], document["outcome"], recorded=True)
        return {}


def _recorded(recorded: Recorded) -> dict[str, Any]:
    return {"id": recorded.id, "repeat": recorded.repeat, "decision": orjson.Fragment(recorded.decision)}


def _dry_run(store: DecisionStore, claimed: ClaimedJob, line: JobLine) -> dict[str, Any]:
    """Decide a case without recording it."""
    case = load_case(line.content)
    check_policy(case.policy, store.policies)
    if claimed.job.fill_settlements:
        case = store.filled(case)
    decision = decide(case, None if claimed.job.edition is None else edition_named(case, claimed.job.edition))
    monitoring.count_decision(decision.policy.id, decision.policy.edition, str(decision.outcome), recorded=False)
    return {"decision": orjson.Fragment(dump_decision(decision))}


def _replay(store: DecisionStore, claimed: ClaimedJob, line: JobLine) -> dict[str, Any]:
    """Decide a recorded case again. The result is a comparison without personal data, which an erasure therefore need not find."""
    decision_id = orjson.loads(line.content)["decision"]
    rerun = store.rerun(decision_id, claimed.job.edition)
    return {
        "id": decision_id,
        "agrees": rerun.agrees,
        "recorded": _summary(rerun.recorded),
        "now": _summary(rerun.now),
    }


def _summary(decision: bytes) -> dict[str, Any]:
    document = orjson.loads(decision)
    policy = document["policy"]
    return {
        "policy": policy["id"],
        "edition": policy["edition"],
        "outcome": document["outcome"],
        "currency": document.get("currency"),
        "total": sum(award["amount"] for award in document.get("awards", ())),
    }


_WORK: Final[Mapping[JobKind, Work]] = {JobKind.DRY_RUN: _dry_run, JobKind.REPLAY: _replay}


def _result(work: Work, store: DecisionStore, claimed: ClaimedJob, line: JobLine) -> LineResult:
    """The result of a line. Raises errors that are unrelated to the line."""
    if line.problem is not None:
        return _refusal(line, _problem_of(line.problem))
    try:
        return LineResult(line.number, _content(line, work(store, claimed, line)), decided=True)
    except LeaseLost:
        raise
    except LineErased:
        return _refusal(line, _problem_of("erased"))
    except Exception as error:  # an error in one line is that line's result
        problem = problem_for(error)
        if problem.type.name in PASSING:
            raise
        return _refusal(line, problem)


def _content(line: JobLine, members: Mapping[str, Any]) -> bytes:
    return orjson.dumps({"line": line.number, "status": 200, **members})


def _refusal(line: JobLine, problem: Problem) -> LineResult:
    monitoring.count_problem(problem.type.name)
    return LineResult(line.number, refused_line(line.number, problem), decided=False)


def refused_line(number: int, problem: Problem) -> bytes:
    """The result of a line that is a problem, as JSON."""
    return orjson.dumps({"line": number, "status": problem.type.status, "problem": problem.document()})


def _problem_of(name: str) -> Problem:
    return Problem(name, _DETAILS[name])


def erased_problem() -> Problem:
    """What is left of a line whose personal data were erased."""
    return _problem_of("erased")


def _given_up() -> Problem:
    return Problem("internal", "a worker stopped at this line again and again; it was not decided")


_DETAILS: Final = {
    "too-large": "the line has too many bytes",
    "malformed": "the line is not UTF-8",
    "erased": "the personal data of this line were erased",
}
