"""Rulings: what a person says about a decision that waits for one.

A ruling is entered on a decision, at a version of its chain. It counts once it is confirmed: then the case is decided again with it, on
record, and the new entry holds who entered it, when, and sealed with the other personal data what it says and why. Until then it is a draft.
A ruling that was overtaken, because something else happened on the chain, can no longer be confirmed; it stays until somebody rejects it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

import orjson
import sqlalchemy as sa
from attrs import frozen

from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.chain import lock_chain
from adjudicator.store.entries import new_id
from adjudicator.store.errors import Changed, Erased, KeyExpired, NotFound, OwnRuling
from adjudicator.store.lookups import (
    Request,
    check_supersedes,
    check_version,
    decision_entry,
    decision_row,
    previous_answer,
    store_answer,
)
from adjudicator.store.results import Recorded, Ruling, RulingState
from adjudicator.store.ruling_tables import RULING_TEXTS, RULINGS
from adjudicator.store.tables import CHAINS, SPENT

MOST_RULINGS: Final = 20
"""The most rulings on one chain that are read: the newest ones."""
MOST_DRAFTS: Final = 500
"""The most drafts of a tenant that one query reads."""


class _Part(StrEnum):
    """What a text belongs to."""

    RULING = "ruling"
    REJECTION = "rejection"


@frozen(eq=False)
class Rulings:
    """The rulings of one tenant."""

    engine: sa.Engine
    now: Callable[[], Instant]

    def enter(
        self,
        decision_id: str,
        content: Mapping[str, Any],
        *,
        version: int,
        caller: str | None,
        idempotency_key: str | None = None,
        replaces: str | None = None,
    ) -> Ruling:
        """Enter a ruling on a decision, as a draft. The same caller gets the same ruling for the same idempotency key.

        ``version`` is the one that its author has seen; ``replaces`` is a ruling that was overtaken, which this one takes the place of.
        Raises ``NotFound``, ``Erased``, ``NotSuperseded``, or ``Changed`` if the chain is at another version or has a draft at this one.
        """
        with database.write_transaction(self.engine) as connection:
            request = _request(connection, decision_id, caller, idempotency_key)
            if (known := _entered(connection, request)) is not None:
                return known
            chain = decision_row(connection, decision_id)["chain"]
            check_version(lock_chain(connection, chain), version)
            check_supersedes(connection, chain, decision_id)
            _check_is_there(connection, decision_id)
            _check_has_no_draft(connection, chain, version)
            if replaces is not None:
                self._close(connection, replaces, RulingState.REPLACED, caller)
                erase_ruling_texts(connection, RULING_TEXTS.c.ruling == replaces)
            at = self.now()
            ruling = new_id(at)
            values = {"id": ruling, "chain": chain, "decision_id": decision_id, "version": version}
            values |= {"state": RulingState.OPEN.value, "entered_by": caller, "entered_at": int(at)}
            connection.execute(RULINGS.insert(), values)
            _write(connection, ruling, _Part.RULING, orjson.dumps(content).decode())
            store_answer(connection, request, ruling, self.now)
            return _find(connection, ruling)

    def entered(self, decision_id: str, *, caller: str | None, idempotency_key: str) -> Ruling | None:
        """The ruling on a decision that a caller has entered under an idempotency key, if any. Raises ``KeyReused`` and ``KeyExpired``."""
        with database.read_transaction(self.engine) as connection:
            return _entered(connection, _request(connection, decision_id, caller, idempotency_key))

    def find(self, id: str) -> Ruling:
        """A ruling. Raises ``NotFound``."""
        with database.read_transaction(self.engine) as connection:
            return _find(connection, id)

    def on_chain_of(self, decision_id: str) -> tuple[Ruling, ...]:
        """The last rulings on the order, or the case, of a decision, newest first. Raises ``NotFound``."""
        with database.read_transaction(self.engine) as connection:
            chain = decision_row(connection, decision_id)["chain"]
            last = sa.select(RULINGS).where(RULINGS.c.chain == chain).order_by(RULINGS.c.id.desc()).limit(MOST_RULINGS)
            return _with_texts(connection, last)

    def drafts(self) -> Mapping[str, bool]:
        """The decisions with a draft, oldest draft first, and whether it can still be confirmed."""
        columns = (RULINGS.c.decision_id, RULINGS.c.version, CHAINS.c.length)
        drafts = sa.select(*columns).join(CHAINS, CHAINS.c.chain == RULINGS.c.chain).where(_OPEN)
        with database.read_transaction(self.engine) as connection:
            rows = connection.execute(drafts.order_by(RULINGS.c.id).limit(MOST_DRAFTS)).all()
        return {each.decision_id: each.version == each.length for each in rows}

    def reject(self, id: str, reason: str, *, caller: str | None) -> Ruling:
        """Reject a draft, one's own too. Rejecting again changes nothing. Raises ``NotFound``, or ``Changed`` if it was confirmed meanwhile."""
        with database.write_transaction(self.engine) as connection:
            ruling = _find(connection, id)
            if ruling.state is not RulingState.REJECTED:
                lock_chain(connection, decision_row(connection, ruling.decision_id)["chain"])
                self._close(connection, id, RulingState.REJECTED, caller)
                if decision_entry(connection, ruling.decision_id).seal is not None:
                    _write(connection, id, _Part.REJECTION, reason)
            return _find(connection, id)

    def confirming(
        self, ruling: Ruling, caller: str | None, *, by_another: bool
    ) -> Callable[[sa.Connection, Recorded], None]:
        """What closes a ruling in the transaction that decides with it. ``by_another``: nobody may confirm their own ruling.

        Raises ``OwnRuling`` for one's own, and ``Changed`` if it is no longer a draft.
        """
        if by_another and ruling.entered_by == caller:
            raise OwnRuling("the person who enters a ruling cannot confirm it: somebody else has to")

        def close(connection: sa.Connection, recorded: Recorded) -> None:
            self._close(connection, ruling.id, RulingState.CONFIRMED, caller, outcome_id=recorded.id)
            erase_ruling_texts(connection, RULING_TEXTS.c.ruling == ruling.id)

        return close

    def _close(
        self, connection: sa.Connection, id: str, state: RulingState, caller: str | None, **values: str | None
    ) -> None:
        closed = {"state": state.value, "closed_by": caller, "closed_at": int(self.now()), **values}
        if connection.execute(RULINGS.update().where(RULINGS.c.id == id, _OPEN).values(**closed)).rowcount != 1:
            raise Changed("this ruling is no draft any more: somebody has confirmed, rejected or replaced it")


_OPEN: Final = RULINGS.c.state == RulingState.OPEN.value


def erase_rulings_on(connection: sa.Connection, decisions: Iterable[str]) -> None:
    """Destroy what people wrote about decisions, with the personal data of these. Their chain must be locked."""
    for each in decisions:
        about = sa.select(RULINGS.c.id).where(RULINGS.c.decision_id == each)
        for ruling in connection.scalars(about).all():
            erase_ruling_texts(connection, RULING_TEXTS.c.ruling == ruling)


def erase_ruling_texts(connection: sa.Connection, these: sa.ColumnElement[bool]) -> None:
    """Destroy texts, in the way of :func:`~adjudicator.store.chain.erase_seals`."""
    if connection.dialect.name == "sqlite":
        connection.execute(RULING_TEXTS.update().where(these).values(content=database.blank(RULING_TEXTS.c.content)))
    else:
        connection.execute(RULING_TEXTS.delete().where(these))


def _request(connection: sa.Connection, decision_id: str, caller: str | None, key: str | None) -> Request:
    return Request.of(connection, caller, key, ["ruling", decision_id])


def _entered(connection: sa.Connection, request: Request) -> Ruling | None:
    """The ruling that a request has entered before."""
    known = previous_answer(connection, request)
    if known is None:
        return None
    if known.answer is None or known.answer == SPENT:
        raise KeyExpired("this ruling was entered so long ago that the answer to its idempotency key was removed")
    return _find(connection, known.answer)


def _check_is_there(connection: sa.Connection, decision_id: str) -> None:
    if decision_entry(connection, decision_id).seal is None:
        raise Erased(f"the personal data of decision {decision_id} were erased: its case can no longer be decided")


def _check_has_no_draft(connection: sa.Connection, chain: str, version: int) -> None:
    """One draft at a time: of two that say different things, confirming one would silently overtake the other."""
    there = sa.select(RULINGS.c.id).where(RULINGS.c.chain == chain, RULINGS.c.version == version, _OPEN)
    if connection.scalar(there.limit(1)) is not None:
        raise Changed("a ruling waits for confirmation already: confirm or reject that one first")


def _write(connection: sa.Connection, ruling: str, part: _Part, content: str) -> None:
    connection.execute(RULING_TEXTS.insert(), {"ruling": ruling, "part": part.value, "content": content})


def _find(connection: sa.Connection, id: str) -> Ruling:
    found = _with_texts(connection, sa.select(RULINGS).where(RULINGS.c.id == id))
    if not found:
        raise NotFound(f"there is no ruling {id}")
    return found[0]


def _with_texts(connection: sa.Connection, query: sa.Select[Any]) -> tuple[Ruling, ...]:
    rows = connection.execute(query).mappings().all()
    written = sa.select(RULING_TEXTS).where(RULING_TEXTS.c.ruling.in_([row["id"] for row in rows]))
    texts = {(each.ruling, each.part): each.content for each in connection.execute(written) if each.content.strip(" ")}
    return tuple(_ruling(row, texts) for row in rows)


def _ruling(row: sa.RowMapping, texts: Mapping[tuple[str, str], str]) -> Ruling:
    content = texts.get((row["id"], _Part.RULING.value))
    return Ruling(
        **{name: value for name, value in row.items() if name not in ("tenant", "chain")},
        content=None if content is None else orjson.loads(content),
        rejection=texts.get((row["id"], _Part.REJECTION.value)),
    )
