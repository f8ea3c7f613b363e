"""Entries of the record as they are written: decisions, payouts and erasures, each at the end of its chain."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from attrs import frozen

from adjudicator.api import decide
from adjudicator.model.award import Award
from adjudicator.model.decision import Decision
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.store.chain import Head, append, locked, not_before
from adjudicator.store.errors import NotPayable
from adjudicator.store.lookups import (
    Concern,
    awards_in,
    case_in,
    decision_entry,
    newest_of_the_claim,
    subject_of,
)
from adjudicator.store.payouts import Payout, State, movable, moved, payouts_of, reservable
from adjudicator.store.personal import Seal, held_apart, personal_in
from adjudicator.store.tables import REQUESTS, SEALED
from adjudicator.wire.codec import dump_case, dump_decision


@frozen
class Decided:
    """A case with its decision, ready to be recorded: the bytes that are given out, and both documents without their personal data.

    ``count_filled`` says how many settlements were filled in, ``None`` where that was not asked for.
    """

    case: CaseBase
    decision: Decision
    content: bytes
    public_case: Any
    public_decision: Any
    seal: Seal
    count_filled: int | None

    @classmethod
    def of(cls, case: CaseBase, count_filled: int | None = None) -> Decided:
        """Decide a case, and do all that can be done before it is its turn to be written."""
        decision = decide(case)
        content = dump_decision(decision)
        documents = orjson.loads(dump_case(case)), orjson.loads(content)
        kind: Any = type(case)
        apart = held_apart(*documents, personal_in(kind), decision.__class__)
        return cls(case, decision, content, *apart, count_filled)


@frozen(eq=False)
class Writer:
    """Who writes entries within one transaction, on whose behalf, and by which clock."""

    connection: sa.Connection
    now: Callable[[], Instant]
    caller: str | None

    def decision(self, head: Head, decided: Decided, supersedes: str | None) -> str:
        """Append a decision, in place of another one if it ``supersedes`` that. Returns its id."""
        at = not_before(self.connection, head, self.now())
        new = _new_id(at)
        subject = subject_of(decided.case)
        told = {
            "kind": "decision",
            "at": at.utc_text(),
            "by": self.caller,
            "order_id": subject.order_id,
            "case_id": subject.case_id,
            "claim_id": subject.claim_id,
            "policy": decided.public_decision["policy"],
            "outcome": decided.public_decision["outcome"],
            "as_of": decided.case.as_of.utc_text(),
            "supersedes": supersedes,
            "settlements_filled": decided.count_filled,
            "case": decided.public_case,
            "decision": decided.public_decision,
        }
        append(self.connection, head, new, told, decided.seal)
        return new

    def reserve(self, head: Head, row: sa.RowMapping, keys: Iterable[str] | None) -> tuple[Payout, ...]:
        """Append a payout for each award of a decision that is not reserved yet; of these keys, or of all. Returns all of them."""
        if row["superseded_by"] is not None:
            raise NotPayable(f"superseded by the decision {row['superseded_by']}: pay on that one")
        awards = awards_in(decision_entry(self.connection, row["id"]), keys)
        if not awards:
            return ()
        if row["order_id"] is None:
            raise NotPayable(
                f"payouts are kept for claims, and the decision {row['id']} is about no order; pay its awards under their keys, "
                "and state what was paid in the settlements of the next case"
            )
        newest = decision_entry(self.connection, newest_of_the_claim(self.connection, row))
        before = payouts_of(self.connection, row["order_id"])
        case, count_filled = case_in(newest), newest.document()["settlements_filled"]
        there, free = reservable(awards, row["claim_id"], case, count_filled, before)
        new = []
        for award in free:
            at = not_before(self.connection, head, self.now())
            payout = _reserved(row, award, case.order.currency, before, at)
            head = self._payout(head, payout, payout.reserved_at)
            new.append(payout)
        found = {payout.key: payout for payout in (*there, *new)}
        return tuple(found[award.key] for award in awards)

    def move(self, head: Head, row: sa.RowMapping, state: State, keys: Iterable[str] | None) -> tuple[Payout, ...]:
        """Append for each payout of a decision's claim that it is confirmed or reversed, unless it was before. Returns all of them."""
        payouts = []
        for payout in movable(self.connection, row, state, keys):
            if moved(payout, state):
                at = not_before(self.connection, head, self.now())
                payout = payout.moved_to(state, at)  # noqa: PLW2901 - it is the same one, further on
                head = self._payout(head, payout, at)
            payouts.append(payout)
        return tuple(payouts)

    def _payout(self, head: Head, payout: Payout, at: Instant) -> Head:
        told = {
            "kind": "payout",
            "at": at.utc_text(),
            "by": self.caller,
            "order_id": payout.order_id,
            "claim_id": payout.claim_id,
            "decision_id": payout.decision_id,
            "key": payout.key,
            "attempt": payout.attempt,
            "award": payout.kind,
            "line_id": payout.line_id,
            "amount": payout.amount,
            "currency": payout.currency,
            "units": payout.units,
            "state": payout.state.value,
        }
        return append(self.connection, head, _new_id(at), told)

    def erasure(self, chain: str, wanted: Concern, reason: str) -> list[str]:
        """Delete the personal data in the entries of a chain that are wanted, and append that. Returns the ids of the entries."""
        head = locked(self.connection, chain)
        ids = [each for _, each in wanted.entries(self.connection, chain)]
        if not ids:
            return []
        self.connection.execute(SEALED.delete().where(SEALED.c.id.in_(ids)))
        of_these = REQUESTS.c.decision_id.in_(ids)
        of_a_batch = sa.and_(REQUESTS.c.decision_id.is_(None), REQUESTS.c.answer == "")  # it may have held these cases
        self.connection.execute(REQUESTS.update().where(sa.or_(of_these, of_a_batch)).values(payload=None))
        at = not_before(self.connection, head, self.now())
        told = {"kind": "erasure", "at": at.utc_text(), "by": self.caller, "erased": ids, "reason": reason}
        append(self.connection, head, _new_id(at), told)
        return ids


def _reserved(row: sa.RowMapping, award: Award, currency: str, before: Sequence[Payout], at: Instant) -> Payout:
    return Payout(
        key=award.key,
        attempt=1 + sum(payout.key == award.key for payout in before),
        order_id=row["order_id"],
        claim_id=row["claim_id"],
        decision_id=row["id"],
        kind=award.kind.value,
        line_id=award.line_id,
        amount=award.amount,
        currency=currency,
        state=State.RESERVED,
        reserved_at=at,
        updated_at=at,
        units=award.units,
    )


def _new_id(at: Instant) -> str:
    """A UUID of version 7: ids of the same record sort by their time, roughly."""
    milliseconds = int(at) // 1000
    return str(
        uuid.UUID(int=milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62))
    )
