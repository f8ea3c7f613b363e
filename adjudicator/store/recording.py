"""New decisions that arrive together, recorded in one transaction.

Only those are recorded here that nothing on record concerns but the end of their chain: no answer to their key, no earlier decision of
the same case and moment, and of several in a group on one order only the first. For them, being recorded together or one after another
makes no difference. All others are left to their callers, who record them alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import sqlalchemy as sa
from attrs import frozen

from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.chain import START, Head, advance, last_times, lock_free_chains, store
from adjudicator.store.entries import PreparedDecision
from adjudicator.store.groups import Groups
from adjudicator.store.lookups import Request, Subject, answered_among, caller_names, decided_among, store_decision
from adjudicator.store.results import Recorded
from adjudicator.store.tenancy import tenant_of
from adjudicator.store.writing import Later

_log = logging.getLogger(__name__)


@frozen(eq=False)
class NewDecision:
    """A decision to be recorded for a caller, and what its idempotency key is bound to."""

    decided: PreparedDecision
    subject: Subject
    payload: object
    caller: str | None
    idempotency_key: str | None
    now: Callable[[], Instant]


def record_with_others(engine: sa.Engine, new: NewDecision) -> Recorded | None:
    """Record a decision together with those that other threads record for the same tenant.

    ``None`` if it has to be recorded alone. Raises :class:`~adjudicator.store.errors.TooManyWaiting` or :class:`TimeoutError` if nothing
    was done.
    """
    return _groups_of(engine).answer(new, partial(record_together, engine))


def _groups_of(engine: sa.Engine) -> Groups[NewDecision, Recorded]:
    by_tenant: dict[str, Groups[NewDecision, Recorded]] = engine.get_execution_options()[database.GROUPS]
    return by_tenant.setdefault(tenant_of(engine), Groups())


def record_together(engine: sa.Engine, group: Sequence[NewDecision]) -> list[Recorded | None]:
    """Record those of a group that can be, all or none of them. ``None`` for those that have to be recorded alone.

    An error may be about any of them, so each then finds out alone.
    """
    try:
        with database.write_transaction(engine) as connection:
            recorded = dict(_recorded(connection, group))
    except Exception as error:  # noqa: BLE001 - alone, each gets its own error
        # Only its name: the text of a database error can contain the data being written.
        _log.warning("decisions that arrived together are recorded one by one: %s", type(error).__name__)
        recorded = {}
    return [recorded.get(new) for new in group]


def _recorded(connection: sa.Connection, group: Sequence[NewDecision]) -> Iterator[tuple[NewDecision, Recorded]]:
    unanswered = _unanswered(connection, _requests(connection, group))
    first: dict[str, NewDecision] = {}
    for new in unanswered:
        first.setdefault(new.subject.chain(connection), new)
    # Most orders are new: so each entry is made as the first of its chain, which is created with it.
    drafts = {
        chain: new.decided.draft_after(Head(chain, 0, START), new.now(), new.caller) for chain, new in first.items()
    }
    heads = lock_free_chains(connection, [draft.entry.head for draft in drafts.values()])
    existing = {chain: head for chain, head in heads.items() if head != drafts[chain].entry.head}
    before = decided_among(connection, [(chain, first[chain].decided.case) for chain in existing])
    times = last_times(connection, [*existing])
    later = Later()
    for chain, new in first.items():
        decided = new.decided
        if chain not in heads or chain in before:
            continue
        draft = drafts[chain]
        if chain in existing:
            at = new.now()
            draft = decided.draft_after(existing[chain], max(at, times.get(chain, at)), new.caller)
            advance(later, draft.entry)
        store(later, draft)
        store_decision(later, unanswered[new], draft.entry.id, decided.seal, new.now)
        yield new, Recorded(draft.entry.id, decided.content, repeat=False, new=decided.decision)
    later.write(connection)


def _requests(connection: sa.Connection, group: Iterable[NewDecision]) -> dict[NewDecision, Request]:
    """The request of each of a group; of several with the same key, only the first."""
    names = caller_names(connection, {new.caller for new in group if new.idempotency_key is not None and new.caller})
    requests: dict[NewDecision, Request] = {}
    seen: set[str] = set()
    for new in group:
        request = Request.named(connection, new.caller, names.get(new.caller), new.idempotency_key, new.payload)
        if request.digest is None or request.digest not in seen:
            requests[new] = request
            seen |= {request.digest} if request.digest else set()
    return requests


def _unanswered(connection: sa.Connection, requests: dict[NewDecision, Request]) -> dict[NewDecision, Request]:
    """The requests without an answer so far. Those with a key are locked until the transaction ends; others' are left out."""
    free = database.try_locks(connection, [request.digest for request in requests.values() if request.digest])
    answered = answered_among(connection, [request for request in requests.values() if request.digest in free])
    return {
        new: request
        for new, request in requests.items()
        if request.digest is None or (request.digest in free and request not in answered)
    }
