"""The record: every decision that was given out, every payout on it, and nothing that can be changed afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

import sqlalchemy as sa
from attrs import frozen

from adjudicator.api import decide
from adjudicator.model.claim import Settlement
from adjudicator.model.digest import digest
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.chain import Entry, entries_of, length_of, locked
from adjudicator.store.checkpoints import Checkpoint, check_signature, first_that_left, taken
from adjudicator.store.entries import Decided, Writer
from adjudicator.store.keys import ApiKeys
from adjudicator.store.lookups import (
    Concern,
    Request,
    can_be_found_again,
    case_in,
    decided_before,
    decision_entry,
    decision_given_before,
    document_in,
    given_before,
    listed,
    may_supersede,
    must_be_at,
    note_answer,
    on_record,
    subject_of,
)
from adjudicator.store.payouts import (
    Payout,
    State,
    filled_in,
    payout_under,
    payouts_from,
    payouts_of,
    settlements_in,
    text_of,
)
from adjudicator.store.rates import Rates
from adjudicator.store.results import (
    EVERY_DECISION,
    DecisionStatus,
    Filter,
    Page,
    Recorded,
    Rerun,
    StoredDocument,
    Summary,
    page_of,
    summary_of,
)
from adjudicator.store.transfer import export, import_
from adjudicator.store.verification import BrokenAt, first_fault
from adjudicator.wire.codec import dump_decision, load_case, normalised


def by_the_clock() -> Instant:
    """This moment."""
    return Instant.at(dt.datetime.now(dt.UTC))


def open_store(
    url: str = database.DEFAULT_URL, *, migrate: bool = True, now: Callable[[], Instant] = by_the_clock
) -> DecisionStore:
    """Open the record at a URL: ``sqlite:///FILE``, or ``postgresql://...`` with the extra ``postgresql``.

    The schema is brought up to date. Without ``migrate`` it has to be: :class:`~adjudicator.store.errors.SchemaMismatch` otherwise.
    Raises :class:`ValueError` for a URL of another kind.
    """
    engine = database.engine_for(url)
    try:
        if not migrate:
            database.must_exist(engine)
        (database.migrate if migrate else database.check_schema)(engine)
    except BaseException:
        engine.dispose()
        raise
    return DecisionStore(engine, now)


@frozen(eq=False)
class DecisionStore:
    """The record in one database. It may be used by any number of threads, processes and machines at once."""

    engine: sa.Engine
    now: Callable[[], Instant] = by_the_clock

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def check(self) -> None:
        """Raises a ``RecordError`` unless the schema is the one that this program needs and something can be written.

        Raises what the driver raises where the database cannot be reached.
        """
        database.must_have_space(self.engine)
        database.check_schema(self.engine)

    # Decisions

    def decide(
        self,
        text: str | bytes,
        *,
        fill_settlements: bool = False,
        idempotency_key: str | None = None,
        caller: str | None = None,
        supersedes: str | None = None,
    ) -> Recorded:
        """Decide a case, given as JSON, and put the decision on record: see :meth:`decide_case`.

        Raises :class:`~adjudicator.model.errors.InputError` for a case at fault, and what :meth:`decide_case` raises.
        """
        return self.decide_case(
            load_case(text),
            fill_settlements=fill_settlements,
            idempotency_key=idempotency_key,
            caller=caller,
            supersedes=supersedes,
        )

    def decide_case(
        self,
        case: CaseBase,
        *,
        fill_settlements: bool = False,
        idempotency_key: str | None = None,
        caller: str | None = None,
        supersedes: str | None = None,
        if_version: int | None = None,
    ) -> Recorded:
        """Decide a case and put the decision on record, in one transaction.

        The same idempotency key of the same caller gets the same answer; without one, a case that was decided before with the same
        result is a repeat and not recorded again. With ``fill_settlements`` what is settled on record for the order is added to the
        settlements of the case, which then must hold only what was settled elsewhere. ``supersedes`` is the id of an earlier decision
        of the same order or case that this one takes the place of, after new evidence or an appeal. With ``if_version`` something
        new is recorded only while the order or case is at that :meth:`version`.

        Raises ``KeyReused``, ``StillRunning``, ``Erased``, ``NotFound``, ``NotSuperseded`` or ``Changed`` from
        :mod:`adjudicator.store.errors`, and :class:`~adjudicator.model.errors.InputError` for a case that cannot be recorded.
        """
        subject = subject_of(case)
        can_be_found_again(subject)
        ready = None if fill_settlements else Decided.of(case)
        payload = [digest(normalised(case)), fill_settlements, supersedes]
        with database.writing(self.engine) as connection:
            request = Request.of(connection, caller, idempotency_key, payload)
            if (given := decision_given_before(connection, request)) is not None:
                return given
            head = locked(connection, subject.chain)
            decided = ready or Decided.of(*filled_in(connection, case, subject.order_id))
            found = decided_before(connection, subject.chain, decided.decision, supersedes)
            repeat = found is not None
            if found is None:
                must_be_at(head, if_version)
                if supersedes is not None:
                    may_supersede(connection, subject.chain, supersedes)
                found = self._writer(connection, caller).decision(head, decided, supersedes)
            note_answer(connection, request, decision_id=found)
        return Recorded(found, decided.content, repeat)

    def filled(self, case: CaseBase) -> Any:
        """A case with what is settled on record for its order at this moment, as :meth:`decide_case` fills it in. Nothing is recorded.

        Raises :class:`~adjudicator.model.errors.InputError` for a case that could not be recorded.
        """
        subject = subject_of(case)
        can_be_found_again(subject)
        with database.reading(self.engine) as connection:
            return filled_in(connection, case, subject.order_id)[0]

    def take_up(self, idempotency_key: str, payload: object, *, caller: str | None = None) -> None:
        """Bind an idempotency key to a payload (as JSON) that is answered in several parts, each under a key of its own.

        Raises ``KeyReused`` for a key that is bound to another payload.
        """
        with database.writing(self.engine) as connection:
            request = Request.of(connection, caller, idempotency_key, payload)
            if given_before(connection, request) is None:
                note_answer(connection, request, answer="")

    def decision(self, id: str) -> StoredDocument:
        """The decision with an id, byte for byte as it was given out. Raises ``NotFound``."""
        return self._kept(id, "decision")

    def case(self, id: str) -> StoredDocument:
        """The case that was decided, with the settlements that were filled in. Raises ``NotFound``."""
        return self._kept(id, "case")

    def _kept(self, id: str, part: str) -> StoredDocument:
        with database.reading(self.engine) as connection:
            entry = decision_entry(connection, id)
        return StoredDocument(document_in(entry, part), entry.seal is None)

    def summary(self, id: str) -> Summary:
        """What the list has of a decision. Raises ``NotFound``."""
        with database.reading(self.engine) as connection:
            return summary_of(listed(connection, id))

    def standing(self, id: str) -> DecisionStatus:
        """How a decision stands at this moment, and at which version its order or case is. Raises ``NotFound``."""
        with database.reading(self.engine) as connection:
            row = listed(connection, id)
            paid = () if row["order_id"] is None else payouts_of(connection, row["order_id"])
            of_the_claim = tuple(each for each in paid if each.claim_id == row["claim_id"])
            return DecisionStatus(summary_of(row), of_the_claim, length_of(connection, row["chain"]))

    def decisions(self, filter: Filter = EVERY_DECISION, cursor: str | None = None, limit: int = 100) -> Page:
        """A page of decisions in the order of their last change.

        To follow what changes, go on from the last cursor, or ask for what was ``updated_since`` a little before: workers' clocks may
        differ. Raises :class:`ValueError` for a cursor that this record did not give.
        """
        with database.reading(self.engine) as connection:
            return page_of(connection, filter, cursor, limit)

    def rerun(self, id: str) -> Rerun:
        """Decide a recorded case again, and see whether the bytes agree. Raises ``NotFound`` or ``Erased``."""
        with database.reading(self.engine) as connection:
            entry = decision_entry(connection, id)
        recorded = document_in(entry, "decision")
        now = dump_decision(decide(case_in(entry)))
        return Rerun(now == recorded, recorded, now)

    # Payouts

    def reserve(
        self,
        decision_id: str,
        keys: Iterable[str] | None = None,
        *,
        caller: str | None = None,
        idempotency_key: str | None = None,
        if_version: int | None = None,
    ) -> tuple[Payout, ...]:
        """Reserve awards of a decision by their keys, all of its awards if none are named; all of them or none.

        From now on they count as settled, for every claim on the order. Reserving again is harmless. Never more is reserved than the
        newest decision of the claim, by its ``as_of``, awards in the light of all that is settled now; otherwise ``NotPayable`` says what is left. Also
        raises ``NotFound``, and ``Erased`` where the case cannot be read any more. ``idempotency_key`` and ``if_version`` are those
        of :meth:`decide_case`; the answer to a key is the one that was first given.
        """
        return self.settle(
            decision_id, State.RESERVED, keys, caller=caller, idempotency_key=idempotency_key, if_version=if_version
        )

    def confirm(self, key: str, *, caller: str | None = None) -> Payout:
        """Say that what was reserved under a key has been paid. Raises ``NotFound`` or ``NotPayable``."""
        return self._settle_one(key, State.CONFIRMED, caller)

    def reverse(self, key: str, *, caller: str | None = None) -> Payout:
        """Say that what was reserved will not be paid, or that what was paid came back. Raises ``NotFound`` or ``NotPayable``."""
        return self._settle_one(key, State.REVERSED, caller)

    def _settle_one(self, key: str, state: State, caller: str | None) -> Payout:
        (payout,) = self.settle(self.payout(key).decision_id, state, (key,), caller=caller)
        return payout

    def settle(
        self,
        decision_id: str,
        state: State,
        keys: Iterable[str] | None = None,
        *,
        caller: str | None = None,
        idempotency_key: str | None = None,
        if_version: int | None = None,
    ) -> tuple[Payout, ...]:
        """Reserve awards of a decision by their keys, or confirm or reverse the payouts of its claim; all of them or none.

        Without ``keys``: all awards of the decision, or all payouts that were reserved on it and count; where there are none, there is
        nothing to reverse, and to confirm is ``NotPayable``. See :meth:`reserve`.
        """
        keys = None if keys is None else tuple(dict.fromkeys(keys))
        with database.writing(self.engine) as connection:
            request = Request.of(connection, caller, idempotency_key, ["payouts", decision_id, state.value, keys])
            if (before := given_before(connection, request)) is not None:
                return on_record(connection, payouts_from(before.answer))
            head = locked(connection, listed(connection, decision_id)["chain"])
            must_be_at(head, if_version)
            row = listed(connection, decision_id)
            writer = self._writer(connection, caller)
            if state is State.RESERVED:
                payouts = writer.reserve(head, row, keys)
            else:
                payouts = writer.move(head, row, state, keys)
            note_answer(connection, request, answer=text_of(payouts))
        return payouts

    def payout(self, key: str) -> Payout:
        """The last payout under a key. Raises ``NotFound``."""
        with database.reading(self.engine) as connection:
            return payout_under(connection, key)

    def payouts(self, order_id: str) -> tuple[Payout, ...]:
        """Every payout on an order, also those that were reversed."""
        with database.reading(self.engine) as connection:
            return payouts_of(connection, order_id)

    def settlements(self, order_id: str) -> tuple[Settlement, ...]:
        """What was settled on an order, as a case holds it: see :func:`~adjudicator.store.payouts.settlements_in`."""
        return settlements_in(self.payouts(order_id))

    # The chains

    def entries(self, order_id: str) -> tuple[Entry, ...]:
        """Everything that happened to an order, in its order."""
        with database.reading(self.engine) as connection:
            return tuple(entries_of(connection, f"order/{order_id}"))

    def verify(self) -> BrokenAt | None:
        """The first place at which the record is altered, incomplete or out of order; ``None`` where there is none."""
        with database.reading(self.engine) as connection:
            return first_fault(connection)

    def checkpoint(self, key: bytes | None = None) -> Checkpoint:
        """The ends of all chains at this moment, signed with an Ed25519 private key (PEM) if one is given."""
        with database.reading(self.engine) as connection:
            return taken(connection, self.now(), key)

    def verify_checkpoint(self, checkpoint: Checkpoint, public_key: bytes | None = None) -> BrokenAt | None:
        """The first chain that does not lead through where it was at the checkpoint; ``None`` where all do.

        Raises :class:`~adjudicator.store.errors.BadCheckpoint` for one that was altered, or not signed with the key (PEM).
        """
        check_signature(checkpoint, public_key)
        with database.reading(self.engine) as connection:
            return first_that_left(connection, checkpoint)

    def export(self, stream: BinaryIO) -> int:
        """Write the whole record as NDJSON, API keys left out; returns how many entries that is."""
        with database.reading(self.engine) as connection:
            return export(connection, stream)

    def import_(self, stream: BinaryIO) -> int:
        """Take an export in, all of it or nothing; returns how many entries were new.

        What is here already must be the same. Raises :class:`~adjudicator.store.errors.NotImportable`.
        """
        with database.writing(self.engine) as connection:
            return import_(connection, stream)

    @property
    def api_keys(self) -> ApiKeys:
        """Who may ask for what."""
        return ApiKeys(self.engine, self.now)

    @property
    def rates(self) -> Rates:
        """How often a caller may ask."""
        return Rates(self.engine, self.now)

    def erase(
        self,
        *,
        order_id: str | None = None,
        case_id: str | None = None,
        subject: str | None = None,
        reason: str,
        caller: str | None = None,
    ) -> tuple[str, ...]:
        """Erase the personal data of an order, of a case without an order, or of everything that somebody is part of.

        ``subject`` is a buyer or claimant, or, in a case that has neither, whoever else it names. Returns the ids of the decisions that
        they were erased from. That and the reason, which must name nobody, go on record; every chain verifies as before. Raises
        :class:`ValueError` unless exactly one of the three is named.
        """
        if sum(each is not None for each in (order_id, case_id, subject)) != 1:
            raise ValueError("name an order, a case or a subject, and only one of them")
        wanted = Concern(order_id, case_id, subject)
        erased: list[str] = []
        with database.writing(self.engine) as connection:
            writer = self._writer(connection, caller)
            for chain in sorted({chain for chain, _ in wanted.entries(connection)}):
                erased += writer.erasure(chain, wanted, reason)
        database.scrub(self.engine)
        return tuple(erased)

    def _writer(self, connection: sa.Connection, caller: str | None) -> Writer:
        return Writer(connection, self.now, caller)
