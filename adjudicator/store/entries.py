"""Writing entries: decisions, payouts and erasures, each appended to its chain."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import orjson
import sqlalchemy as sa
from attrs import frozen

from adjudicator.api import decide_as_read
from adjudicator.model.award import Award
from adjudicator.model.decision import Decision, Digests
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.store.chain import (
    Draft,
    Head,
    advance,
    append,
    draft_after,
    erase_seals,
    lock_chain,
    monotonic_time,
    store,
)
from adjudicator.store.errors import NotPayable
from adjudicator.store.lookups import (
    awards_in,
    case_in,
    current_decision,
    decision_entry,
    subject_of,
)
from adjudicator.store.outbox import review_instants
from adjudicator.store.payouts import Payout, PayoutStep, State, needs_move, payouts_on_order, payouts_to_move
from adjudicator.store.personal import Seal, personal_pointers, split_personal
from adjudicator.store.reserving import split_awards
from adjudicator.store.results import Ruling
from adjudicator.store.settlements import currency_of
from adjudicator.wire.codec import ReadCase, case_document, dump_decision


@frozen
class PreparedDecision:
    """A decided case, ready to be recorded: the bytes to give out, and both documents, as JSON, without their personal data.

    ``reviews`` are the instants at which the decision should be reviewed. ``count_filled`` is the number of settlements filled in from the
    record; ``None`` if the caller did not ask for that. ``ruling`` is that of a person, if the case was decided with one.
    """

    case: CaseBase
    decision: Decision
    content: bytes
    in_short: Mapping[str, Any]
    """The policy and the outcome, as in the JSON of the decision."""
    public_case: bytes
    public_decision: bytes
    reviews: Sequence[int]
    seal: Seal
    count_filled: int | None
    ruling: Ruling | None = None

    @classmethod
    def of(cls, case: CaseBase, count_filled: int | None = None, ruling: Ruling | None = None) -> PreparedDecision:
        """Decide a case and split off its personal data: all the work that needs no lock."""
        return cls.of_read(ReadCase(case), count_filled, ruling)

    @classmethod
    def of_read(cls, read: ReadCase, count_filled: int | None = None, ruling: Ruling | None = None) -> PreparedDecision:
        """The same for a case as it was read: its digest is that of its document."""
        case, decision = read.case, decide_as_read(read)
        content = dump_decision(decision)
        kind: Any = type(case)
        documents = case_document(case), orjson.loads(content)
        public_case, public_decision, seal = split_personal(*documents, personal_pointers(kind), decision.__class__)
        if ruling is not None:
            seal = seal.holding("ruling", ruling.content)
        return cls(
            case,
            decision,
            content,
            {name: public_decision[name] for name in ("policy", "outcome")},
            orjson.dumps(public_case),
            orjson.dumps(public_decision),
            review_instants(public_decision),
            seal,
            count_filled,
            ruling,
        )

    def draft_after(self, head: Head, at: Instant, caller: str | None, supersedes: str | None = None) -> Draft:
        """The entry of this decision after an end of its chain, at a time that is not before the last entry's."""
        subject = subject_of(self.case)
        fields = {
            "kind": "decision",
            "at": at.utc_text(),
            "by": caller,
            "order_id": subject.order_id,
            "case_id": subject.case_id,
            "claim_id": subject.claim_id,
            **self.in_short,
            "as_of": self.case.as_of.utc_text(),
            "supersedes": supersedes,
            "settlements_filled": self.count_filled,
            "case": orjson.Fragment(self.public_case),
            "decision": orjson.Fragment(self.public_decision),
        }
        if self.ruling is not None:
            fields["ruling"] = _ruling_fields(self.ruling)
        return draft_after(head, new_id(at), fields, self.seal, self.reviews)

    @property
    def case_digest(self) -> str:
        """The digest of the case, which the decision names."""
        return cast("Digests", self.decision.digests).case


@frozen(eq=False)
class Writer:
    """Appends entries within one transaction, on behalf of a caller."""

    connection: sa.Connection
    now: Callable[[], Instant]
    caller: str | None

    def decision(self, head: Head, decided: PreparedDecision, supersedes: str | None) -> str:
        """Append a decision, which may supersede another. Returns its id."""
        at = monotonic_time(self.connection, head, self.now())
        draft = decided.draft_after(head, at, self.caller, supersedes)
        store(self.connection, draft)
        advance(self.connection, draft.entry)
        return draft.entry.id

    def reserve(self, head: Head, row: sa.RowMapping, keys: Iterable[str] | None) -> PayoutStep:
        """Reserve the awards of a decision (those under ``keys``, or all) that are not reserved yet. Returns the payouts of all of them."""
        if row["superseded_by"] is not None:
            raise NotPayable(f"superseded by decision {row['superseded_by']}: pay on that one")
        awards = awards_in(decision_entry(self.connection, row["id"]), keys)
        if not awards:
            return PayoutStep(())
        if row["order_id"] is None:
            raise NotPayable(
                f"the decision {row['id']} was recorded before payouts were kept for cases like it: decide again, and pay on that"
            )
        current = current_decision(self.connection, row)
        if current is None:
            raise NotPayable(
                f"a newer decision than {row['id']} was superseded by one on another claim or under another policy: "
                "decide this claim again, as of a later moment"
            )
        newest = decision_entry(self.connection, current["id"])
        before = payouts_on_order(self.connection, row["order_id"])
        case, count_filled = case_in(newest), newest.document()["settlements_filled"]
        capped_by = None if current["id"] == row["id"] else current["id"]
        reserved, free = split_awards(awards, row["claim_id"], case, count_filled, before, capped_by)
        new = []
        for award in free:
            at = monotonic_time(self.connection, head, self.now())
            payout = _new_payout(row, award, currency_of(case), before, at)
            head = self._payout(head, payout, payout.reserved_at)
            new.append(payout)
        by_key = {payout.key: payout for payout in (*reserved, *new)}
        return PayoutStep(tuple(by_key[award.key] for award in awards), tuple(new))

    def move(self, head: Head, row: sa.RowMapping, state: State, keys: Iterable[str] | None) -> PayoutStep:
        """Confirm or reverse payouts of a decision's claim, skipping those already there. Returns all of them."""
        payouts, moved = [], []
        for payout in payouts_to_move(self.connection, row, state, keys):
            if needs_move(payout, state):
                at = monotonic_time(self.connection, head, self.now())
                payout = payout.moved_to(state, at)  # noqa: PLW2901 - the same payout, one state later
                head = self._payout(head, payout, at)
                moved.append(payout)
            payouts.append(payout)
        return PayoutStep(tuple(payouts), tuple(moved))

    def _payout(self, head: Head, payout: Payout, at: Instant) -> Head:
        fields = {
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
        return append(self.connection, head, new_id(at), fields)

    def erasure(self, chain: str, ids: Sequence[str], reason: str) -> list[str]:
        """Destroy the personal data of entries of a chain, and append an entry that says so. Returns the ids of those that had any."""
        head = lock_chain(self.connection, chain)
        erased = [each for each in ids if decision_entry(self.connection, each).seal is not None]
        if erased:
            erase_seals(self.connection, erased)
            at = monotonic_time(self.connection, head, self.now())
            fields = {"kind": "erasure", "at": at.utc_text(), "by": self.caller, "erased": erased, "reason": reason}
            append(self.connection, head, new_id(at), fields)
        return erased


def _ruling_fields(ruling: Ruling) -> dict[str, Any]:
    return {"id": ruling.id, "by": ruling.entered_by, "at": ruling.entered_at.utc_text()}


def _new_payout(row: sa.RowMapping, award: Award, currency: str, before: Sequence[Payout], at: Instant) -> Payout:
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


def new_id(at: Instant) -> str:
    """A version 7 UUID: ids sort roughly by time."""
    milliseconds = int(at) // 1000
    return str(
        uuid.UUID(int=milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62))
    )
