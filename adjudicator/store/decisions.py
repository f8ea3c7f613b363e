"""The record: an append-only store of every decision given out and every payout on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from attrs import frozen

from adjudicator.model.digest import digest
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.accesses import Accesses
from adjudicator.store.alone import record_alone
from adjudicator.store.auditing import RecordAuditor
from adjudicator.store.chain import lock_chain
from adjudicator.store.entries import PreparedDecision, Writer
from adjudicator.store.erasures import Erasures
from adjudicator.store.events import Events
from adjudicator.store.evidence_files import EvidenceFiles
from adjudicator.store.jobs import Jobs
from adjudicator.store.keys import ApiKeys, Caller
from adjudicator.store.lookups import (
    Request,
    Subject,
    check_ids,
    check_version,
    decision_row,
    previous_answer,
    store_answer,
    subject_of,
)
from adjudicator.store.payouts import Payout, PayoutStep, State, dump_payouts
from adjudicator.store.rates import Rates
from adjudicator.store.reading import by_the_clock
from adjudicator.store.recording import NewDecision, record_together, record_with_others
from adjudicator.store.replays import PayoutRequest, repeated_payouts
from adjudicator.store.results import Recorded, Ruling
from adjudicator.store.rulings import Rulings
from adjudicator.store.settlements import with_recorded_settlements
from adjudicator.store.tenancy import DEFAULT_TENANT, bound
from adjudicator.store.tenants import Tenants, check_policy
from adjudicator.store.webhooks import Webhooks
from adjudicator.wire.codec import load_case, normalised, read_case


def open_store(
    url: str = database.DEFAULT_URL,
    *,
    tenant: str = DEFAULT_TENANT,
    migrate: bool = True,
    now: Callable[[], Instant] = by_the_clock,
) -> DecisionStore:
    """Open the record of a tenant at a URL: ``sqlite:///FILE``, or ``postgresql://...`` with the extra ``postgresql``.

    Upgrades the schema first. Without ``migrate``, raises :class:`~adjudicator.store.errors.SchemaMismatch` if it is out of date.
    Raises :class:`ValueError` for an unsupported URL, and ``NotFound`` for a tenant that there is not.
    """
    engine = database.engine_for(url)
    try:
        if not migrate:
            database.check_exists(engine)
        (database.migrate if migrate else database.check_schema)(engine)
        return DecisionStore(bound(engine, DEFAULT_TENANT), now).for_tenant(tenant)
    except BaseException:
        engine.dispose()
        raise


@frozen(eq=False)
class DecisionStore(RecordAuditor):
    """The record of one tenant in one database. Any number of threads, processes and machines may use it at once."""

    @property
    def tenants(self) -> Tenants:
        """The tenants in this database."""
        return Tenants(self.engine, self.now)

    def for_tenant(self, name: str) -> DecisionStore:
        """The record of another tenant, over the same connections. Raises ``NotFound``."""
        tenant = self.tenants.tenant(name)
        return DecisionStore(bound(self.engine, tenant.name), self.now, tenant.policies)

    def for_caller(self, caller: Caller) -> DecisionStore:
        """The record of a caller's tenant, over the same connections."""
        return DecisionStore(bound(self.engine, caller.tenant), self.now, caller.policies)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def check(self) -> None:
        """Raises a ``RecordError`` unless the schema is up to date and there is space to write.

        Raises the driver's own error if the database cannot be reached.
        """
        database.check_space(self.engine)
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
        if_version: int | None = None,
    ) -> Recorded:
        """Decide a case from JSON and record the decision: see :meth:`decide_case`.

        Raises :class:`~adjudicator.model.errors.InputError` for an invalid case, and whatever :meth:`decide_case` raises.
        """
        if not fill_settlements and supersedes is None and if_version is None:
            new = self.prepare(text, idempotency_key=idempotency_key, caller=caller)
            return record_with_others(self.engine, new) or self.record_alone(new)
        return self.decide_case(
            load_case(text),
            fill_settlements=fill_settlements,
            idempotency_key=idempotency_key,
            caller=caller,
            supersedes=supersedes,
            if_version=if_version,
        )

    def prepare(
        self, text: str | bytes, *, idempotency_key: str | None = None, caller: str | None = None
    ) -> NewDecision:
        """Decide a case from JSON: all the work of :meth:`decide` before the record is needed.

        Raises :class:`~adjudicator.model.errors.InputError` for an invalid case, or one that cannot be recorded.
        """
        read = read_case(text)
        subject = self._subject_of(read.case)
        decided = PreparedDecision.of_read(read)
        return NewDecision(decided, subject, [decided.case_digest, False, None], caller, idempotency_key, self.now)

    def record_together(self, group: Sequence[NewDecision]) -> Sequence[Recorded | None]:
        """Record prepared decisions in one transaction. ``None`` for each that has to be recorded alone; for all of them after an error."""
        return record_together(self.engine, group)

    def record_alone(self, new: NewDecision) -> Recorded:
        """Record a prepared decision in a transaction of its own. Raises what :meth:`decide_case` raises."""
        asked = new.subject, new.payload, new.caller, new.idempotency_key
        return record_alone(self.engine, new.decided.case, new.decided, *asked, self.now)

    def decide_case(
        self,
        case: CaseBase,
        *,
        fill_settlements: bool = False,
        idempotency_key: str | None = None,
        caller: str | None = None,
        supersedes: str | None = None,
        if_version: int | None = None,
        ruling: Ruling | None = None,
        also: Callable[[sa.Connection, Recorded], None] | None = None,
    ) -> Recorded:
        """Decide a case and record the decision, in one transaction, which decisions of other threads may share.

        The same caller gets the same answer to the same idempotency key. Without a key, a case that was decided before with the same
        result is a repeat, and is not recorded again. ``fill_settlements`` adds the settlements on record for the order; the case must
        then hold only what was settled elsewhere, and one that holds a settlement on record is refused. ``supersedes`` is the id of an
        earlier decision on the same order or case that this one replaces, after new evidence, an appeal or a mistake. With
        ``if_version``, a new decision is recorded only if the order or case is still at that :meth:`version`. ``ruling`` is that of a
        person, which goes on record with the decision: see :meth:`decide_as_ruled`. ``also`` writes more in the same transaction; what it raises, undoes everything.

        Raises ``KeyReused``, ``StillRunning``, ``Erased``, ``NotFound``, ``NotSuperseded``, ``Changed`` or ``TooManyWaiting`` from
        :mod:`adjudicator.store.errors`, :class:`TimeoutError` if nothing was done because the record is too busy, and
        :class:`~adjudicator.model.errors.InputError` for a case that cannot be recorded.
        """
        subject = self._subject_of(case)
        prepared = None if fill_settlements else PreparedDecision.of(case, ruling=ruling)
        case_digest = digest(normalised(case)) if prepared is None else prepared.case_digest
        asked = subject, [case_digest, fill_settlements, supersedes], caller, idempotency_key
        if prepared is not None and supersedes is None and if_version is None and also is None:
            new = NewDecision(prepared, *asked, self.now)
            return record_with_others(self.engine, new) or self.record_alone(new)
        terms: Any = {"supersedes": supersedes, "if_version": if_version, "also": also}
        return record_alone(self.engine, case, prepared, *asked, self.now, **terms)

    def _subject_of(self, case: CaseBase) -> Subject:
        """The subject of a case. Raises :class:`~adjudicator.model.errors.InputError` if it cannot be recorded here."""
        subject = subject_of(case)
        check_policy(case.policy, self.policies)
        check_ids(subject)
        return subject

    def decide_as_ruled(
        self, ruling: Ruling, case: CaseBase, *, caller: str | None = None, by_another: bool = False
    ) -> Recorded:
        """Confirm a ruling: record the decision on the case with it, in place of the one that it is about, and close it.

        With ``by_another``, nobody may confirm a ruling of their own. Raises ``OwnRuling``, ``Changed`` if anything happened on the chain
        since it was entered, and what :meth:`decide_case` raises; then it is still a draft.
        """
        return self.decide_case(
            case,
            caller=caller,
            supersedes=ruling.decision_id,
            if_version=ruling.version,
            ruling=ruling,
            also=self.rulings.confirming(ruling, caller, by_another=by_another),
        )

    def filled(self, case: CaseBase) -> Any:
        """The case with the settlements on record for its order, as :meth:`decide_case` fills them in. Records nothing.

        Raises :class:`~adjudicator.model.errors.InputError` for a case that cannot be recorded.
        """
        subject = self._subject_of(case)
        with database.read_transaction(self.engine) as connection:
            return with_recorded_settlements(connection, case, subject.order_id)[0]

    def take_up(self, idempotency_key: str, payload: object, *, caller: str | None = None) -> None:
        """Bind an idempotency key to a payload (as JSON) that is answered in several parts, each under its own key.

        The payload must not hold personal data. Raises ``KeyReused`` for a key bound to another one.
        """
        with database.write_transaction(self.engine) as connection:
            request = Request.of(connection, caller, idempotency_key, payload)
            if previous_answer(connection, request) is None:
                store_answer(connection, request, "", self.now)

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
        """Reserve awards of a decision by key, or all of them if you name none; either all succeed or none.

        Reserved awards count as settled for every claim on the order. Reserving again is harmless. Reserving re-decides the case of the
        claim's newest decision (by ``as_of``) against current settlements, and you can reserve at most what that awards; otherwise
        ``NotPayable`` says what is left, and which newer decision is the reason, if one is. A decision that has a successor does not
        count. Also raises ``NotFound``, and ``Erased`` if the case can no longer be read. ``idempotency_key`` and ``if_version`` work as
        in :meth:`decide_case`; a repeated key gets the first answer again.
        """
        return self.settle(
            decision_id, State.RESERVED, keys, caller=caller, idempotency_key=idempotency_key, if_version=if_version
        )

    def confirm(self, key: str, *, caller: str | None = None) -> Payout:
        """Mark a reserved payout as paid. Raises ``NotFound`` or ``NotPayable``."""
        return self._settle_one(key, State.CONFIRMED, caller)

    def reverse(self, key: str, *, caller: str | None = None) -> Payout:
        """Mark a payout as cancelled, or as returned if it was paid. Raises ``NotFound`` or ``NotPayable``."""
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
        """Reserve awards of a decision by key, or confirm or reverse the payouts of its claim; either all succeed or none.

        Without ``keys``: all awards of the decision, or all payouts reserved on it that still count. If there are none, reversing does
        nothing and confirming raises ``NotPayable``. See :meth:`reserve`.
        """
        return self.take_step(
            decision_id, state, keys, caller=caller, idempotency_key=idempotency_key, if_version=if_version
        ).payouts

    def take_step(
        self,
        decision_id: str,
        state: State,
        keys: Iterable[str] | None = None,
        *,
        caller: str | None = None,
        idempotency_key: str | None = None,
        if_version: int | None = None,
    ) -> PayoutStep:
        """Do what :meth:`settle` does, and say what has changed."""
        keys = None if keys is None else tuple(dict.fromkeys(keys))
        asked = PayoutRequest(decision_id, state, keys)
        with database.write_transaction(self.engine) as connection:
            request = Request.of(connection, caller, idempotency_key, asked.payload)
            if (previous := repeated_payouts(connection, request, asked)) is not None:
                return PayoutStep(previous, repeat=True)
            head = lock_chain(connection, decision_row(connection, decision_id)["chain"])
            check_version(head, if_version)
            row = decision_row(connection, decision_id)
            writer = self._writer(connection, caller)
            if state is State.RESERVED:
                step = writer.reserve(head, row, keys)
            else:
                step = writer.move(head, row, state, keys)
            store_answer(connection, request, dump_payouts(step.payouts), self.now)
        return step

    # The parts of the record

    @property
    def api_keys(self) -> ApiKeys:
        """The API keys in this database."""
        return ApiKeys(self.engine, self.now)

    @property
    def accesses(self) -> Accesses:
        """The access log in this database."""
        return Accesses(self.engine, self.now)

    @property
    def events(self) -> Events:
        """The log of events in this database."""
        return Events(self.engine, self.now)

    @property
    def webhooks(self) -> Webhooks:
        """The webhooks in this database."""
        return Webhooks(self.engine, self.now)

    def jobs_of(self, caller: str | None) -> Jobs:
        """The jobs of a caller."""
        return Jobs(self.engine, self.now, caller)

    @property
    def rates(self) -> Rates:
        """The rate limiter in this database."""
        return Rates(self.engine, self.now)

    @property
    def evidence_files(self) -> EvidenceFiles:
        """The evidence files of this tenant's cases."""
        return EvidenceFiles(self.engine, self.now)

    @property
    def rulings(self) -> Rulings:
        """The rulings that people entered in this database."""
        return Rulings(self.engine, self.now)

    @property
    def erasures(self) -> Erasures:
        """The erasures in this database."""
        return Erasures(self.engine, self.now)

    def erase(
        self,
        *,
        order_id: str | None = None,
        case_id: str | None = None,
        subject: str | None = None,
        reason: str,
        caller: str | None = None,
    ) -> tuple[str, ...]:
        """Erase personal data now: see :meth:`~adjudicator.store.erasures.Erasures.request`. Returns the ids of the erased decisions.

        Also finishes erasures that were interrupted. Raises :class:`~adjudicator.store.errors.RecordError` while a reader of SQLite
        still holds an older state.
        """
        requested = self.erasures.request(
            order_id=order_id, case_id=case_id, subject=subject, reason=reason, caller=caller
        )
        erased = self.erasures.finish(requested.id, database.WRITE_LOCK_SECONDS).erased
        self.erasures.proceed(database.WRITE_LOCK_SECONDS)
        return erased

    def _writer(self, connection: sa.Connection, caller: str | None) -> Writer:
        return Writer(connection, self.now, caller)
