"""Recording a decision in a transaction of its own: whatever cannot be recorded together with others."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.chain import lock_chain
from adjudicator.store.entries import PreparedDecision, Writer
from adjudicator.store.lookups import (
    Request,
    Subject,
    check_supersedes,
    check_version,
    identical_decision,
    store_decision,
)
from adjudicator.store.replays import repeated_decision
from adjudicator.store.results import Recorded
from adjudicator.store.settlements import with_recorded_settlements


def record_alone(
    engine: sa.Engine,
    case: CaseBase,
    prepared: PreparedDecision | None,
    subject: Subject,
    payload: object,
    caller: str | None,
    idempotency_key: str | None,
    now: Callable[[], Instant],
    *,
    supersedes: str | None = None,
    if_version: int | None = None,
    also: Callable[[sa.Connection, Recorded], None] | None = None,
) -> Recorded:
    """Record the decision on a case. If it is not prepared, the settlements on record are filled in first.

    For the rest, see :meth:`~adjudicator.store.decisions.DecisionStore.decide_case`.
    """
    with database.write_transaction(engine) as connection:
        request = Request.of(connection, caller, idempotency_key, payload)
        if (previous := repeated_decision(connection, request, case, prepared is None)) is not None:
            return previous
        chain = subject.chain(connection)
        head = lock_chain(connection, chain)
        decided = prepared or PreparedDecision.of(*with_recorded_settlements(connection, case, subject.order_id))
        same = identical_decision(connection, chain, decided.case, decided.decision, supersedes)
        if same is not None and same.seal is not None:
            store_decision(connection, request, same.id, same.seal, now)
            return _with(also, connection, Recorded(same.id, decided.content, repeat=True))
        check_version(head, if_version)
        if supersedes is not None:
            check_supersedes(connection, chain, supersedes)
        decision_id = Writer(connection, now, caller).decision(head, decided, supersedes)
        store_decision(connection, request, decision_id, decided.seal, now)
        return _with(also, connection, Recorded(decision_id, decided.content, repeat=False, new=decided.decision))


def _with(
    also: Callable[[sa.Connection, Recorded], None] | None, connection: sa.Connection, recorded: Recorded
) -> Recorded:
    """What was recorded, once everything else is written that belongs to it."""
    if also is not None:
        also(connection, recorded)
    return recorded
