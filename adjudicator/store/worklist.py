"""What people look for in the record: decisions that nothing has replaced, and claims by their ids."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

import sqlalchemy as sa
from attrs import frozen

from adjudicator.store.chain import SELECT_ENTRIES, Entry, chain_length, entry_from
from adjudicator.store.lookups import current_among, decision_row
from adjudicator.store.payouts import Payout, State, payout_from
from adjudicator.store.results import Summary, summary_from
from adjudicator.store.tables import CHAINS, DECISIONS, ENTRIES, PAYOUTS
from adjudicator.store.tenancy import chain_name

MOST_OPEN: Final = 1_000
"""The most open decisions that one query reads, with their documents."""


MOST_ATTEMPTS: Final = 2**31 - 1
"""The largest number that the column holds."""


@frozen
class OpenDecision:
    """A decision that nothing has replaced, and its entry, which has the documents without personal data."""

    summary: Summary
    entry: Entry


@frozen
class WaitingPayout:
    """A reserved payout, the decision that it was reserved on, and the version of its order."""

    payout: Payout
    summary: Summary
    version: int

    @property
    def place(self) -> tuple[int, str, int]:
        """Its place among all that wait."""
        return int(self.payout.reserved_at), self.payout.key, self.payout.attempt


@frozen
class History:
    """The last entries of a chain, with their personal data, and how many there are in all."""

    entries: tuple[Entry, ...]
    length: int


def open_decisions(
    connection: sa.Connection, outcome: str, policy: str | None, newest_first: bool, limit: int
) -> tuple[OpenDecision, ...]:
    """The current decisions with an outcome: neither superseded nor erased, and the newest on their claim."""
    order = DECISIONS.c.decided_at.desc() if newest_first else DECISIONS.c.decided_at
    query = sa.select(DECISIONS).where(*_current(), DECISIONS.c.outcome == outcome, DECISIONS.c.erased_at.is_(None))
    if policy is not None:
        query = query.where(DECISIONS.c.policy == policy)
    chosen = query.order_by(order, DECISIONS.c.id).limit(max(1, min(limit, MOST_OPEN)))
    rows = connection.execute(chosen).mappings().all()
    entries = _entries(connection, [row["id"] for row in rows])
    return tuple(OpenDecision(summary_from(row), entries[row["id"]]) for row in rows)


def _entries(connection: sa.Connection, ids: list[str]) -> dict[str, Entry]:
    """Entries by id, without their personal data."""
    columns = (*ENTRIES.columns, sa.null().label("salt"), sa.null().label("content"))
    found = connection.execute(sa.select(*columns).where(ENTRIES.c.id.in_(ids)))
    return {row.id: entry_from(row) for row in found}


def claims_found(connection: sa.Connection, text: str, limit: int) -> tuple[Summary, ...]:
    """The current decision of each claim on an order, under a claim's id, of a case without an order, or of a decision's claim."""
    decided = connection.execute(_DATED.where(_is_named(connection, text)).order_by(*_BY_CLAIM)).all()
    by_claim = groupby(decided, key=lambda each: (each.chain, each.subject))
    current: list[Any] = [found for _, each in by_claim if (found := current_among(each)) is not None]
    shown = sorted(current, key=lambda each: (-each.decided_at, each.id))[:limit]
    rows = connection.execute(sa.select(DECISIONS).where(DECISIONS.c.id.in_([each.id for each in shown]))).mappings()
    summaries = {row["id"]: summary_from(row) for row in rows}
    return tuple(summaries[each.id] for each in shown)


def _is_named(connection: sa.Connection, text: str) -> sa.ColumnElement[bool]:
    """Whether a decision is on an order, a claim or a case of this id, or on the claim of the decision of this id."""
    named = [
        DECISIONS.c.order_id == text,
        DECISIONS.c.claim_id == text,
        DECISIONS.c.chain == chain_name(connection, "case", text),
    ]
    decision = connection.execute(_DATED.where(DECISIONS.c.id == text)).one_or_none()
    if decision is not None:
        named.append(sa.and_(DECISIONS.c.chain == decision.chain, _subject(DECISIONS) == decision.subject))
    return sa.or_(*named)


def waiting_payouts(
    connection: sa.Connection, after: tuple[int, str, int] | None, limit: int
) -> tuple[WaitingPayout, ...]:
    """The reserved payouts after a place, longest ago first."""
    query = sa.select(PAYOUTS).where(PAYOUTS.c.state == State.RESERVED.value)
    if after is not None:
        query = query.where(sa.tuple_(*_PLACE) > sa.tuple_(after[0], after[1], min(after[2], MOST_ATTEMPTS)))
    payouts = connection.execute(query.order_by(*_PLACE).limit(limit)).mappings().all()
    decided = sa.select(DECISIONS, CHAINS.c.length.label("version")).join(CHAINS, CHAINS.c.chain == DECISIONS.c.chain)
    found = connection.execute(decided.where(DECISIONS.c.id.in_([each["decision_id"] for each in payouts])))
    decisions = {row["id"]: row for row in found.mappings()}
    rows = ((each, decisions[each["decision_id"]]) for each in payouts)
    return tuple(WaitingPayout(payout_from(each), summary_from(row), row["version"]) for each, row in rows)


_PLACE: Final = (PAYOUTS.c.reserved_at, PAYOUTS.c.key, PAYOUTS.c.attempt)


def history(connection: sa.Connection, id: str, limit: int) -> History:
    """What last happened on the chain of a decision, oldest first. Raises ``NotFound``."""
    chain = decision_row(connection, id)["chain"]
    length = chain_length(connection, chain)
    last = SELECT_ENTRIES.where(ENTRIES.c.chain == chain, ENTRIES.c.number > length - limit)
    entries = connection.execute(last.order_by(ENTRIES.c.number)).all()
    return History(tuple(map(entry_from, entries)), length)


def _current() -> tuple[sa.ColumnElement[bool], ...]:
    """Only decisions that are current among those on their claim or case, as :func:`~adjudicator.store.lookups.current_among` finds them."""
    newer = DECISIONS.alias("newer")
    return *_stands(DECISIONS), ~sa.exists().where(
        *_same(newer, DECISIONS), newer.c.as_of > DECISIONS.c.as_of, *_stands(newer)
    )


def _stands(decision: sa.FromClause) -> tuple[sa.ColumnElement[bool], ...]:
    after = DECISIONS.alias()
    replaced = sa.exists().where(
        *_same(after, decision), after.c.number > decision.c.number, after.c.as_of >= decision.c.as_of
    )
    return decision.c.superseded_by.is_(None), ~replaced


def _same(one: sa.FromClause, other: sa.FromClause) -> tuple[sa.ColumnElement[bool], ...]:
    return one.c.chain == other.c.chain, _subject(one) == _subject(other)


def _subject(table: sa.FromClause) -> sa.ColumnElement[str]:
    return sa.func.coalesce(table.c.claim_id, table.c.case_id)


_DATED: Final = sa.select(
    *(DECISIONS.c[name] for name in ("id", "chain", "number", "as_of", "superseded_by", "decided_at")),
    _subject(DECISIONS).label("subject"),
)
_BY_CLAIM: Final = (DECISIONS.c.chain, _subject(DECISIONS), DECISIONS.c.number.desc())
