"""The record: every decision that was given out, every payout on it, and nothing that can be changed afterwards."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import secrets
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any, BinaryIO, Final

import orjson
import sqlalchemy as sa
from attrs import evolve, field, fields_dict, frozen

from adjudicator.canonical import digest
from adjudicator.case import Case, Settlement
from adjudicator.civil_time import Instant
from adjudicator.codec import case_from, dump_case, dump_decision, load_case, load_decision, normalised
from adjudicator.deciding import decide
from adjudicator.decision import Award, ClaimDecision, Decision
from adjudicator.faults import Fault, InputError, shown
from adjudicator.store import database
from adjudicator.store.chain import Entry, Head, append, entries_of, entry_by_id, locked
from adjudicator.store.checkpoints import Checkpoint, check_signature, first_that_left, taken
from adjudicator.store.faults import Erased, KeyReused, NotFound, NotPayable, NotSuperseded, StillRunning
from adjudicator.store.keys import ApiKeys
from adjudicator.store.payouts import (
    Payout,
    State,
    filled,
    moved,
    payout_under,
    payouts_of,
    reservable,
    settlements_in,
)
from adjudicator.store.personal import held_apart, put_back, subject_digest
from adjudicator.store.tables import DECISIONS, ENTRIES, LONGEST_ID, REQUESTS, SEALED
from adjudicator.store.transfer import export, import_
from adjudicator.store.verifying import BrokenAt, first_fault

MOST_LISTED: Final = 1_000
"""How many decisions a page may hold."""


@frozen
class Recorded:
    """A decision that is on record: its id there, its exact bytes, and whether it had been given out before."""

    id: str
    decision: bytes
    repeat: bool


@frozen
class Kept:
    """A document of the record; ``erased`` where ``null`` stands for the personal data that it had."""

    content: bytes
    erased: bool


@frozen(kw_only=True)
class Summary:
    """A decision as the list has it. ``updated_at`` moves with its payouts, its successor, its erasure."""

    id: str
    number: int
    order_id: str | None
    case_id: str
    claim_id: str | None
    policy: str
    edition: str
    revision: int
    outcome: str
    as_of: Instant = field(converter=Instant)
    decided_at: Instant = field(converter=Instant)
    updated_at: Instant = field(converter=Instant)
    decided_by: str | None
    supersedes: str | None
    superseded_by: str | None
    erased: bool


@frozen(kw_only=True)
class Filter:
    """Which decisions to list; what is ``None`` excludes none."""

    updated_since: Instant | None = None
    order_id: str | None = None
    case_id: str | None = None
    claim_id: str | None = None
    outcome: str | None = None
    policy: str | None = None


EVERY_DECISION: Final = Filter()


@frozen
class Page:
    """Decisions, the one that changed first first; ``cursor`` leads to the next page, ``None`` where there is none."""

    items: tuple[Summary, ...]
    cursor: str | None


@frozen
class Rerun:
    """A recorded decision beside the bytes that the program gives for the same case now."""

    agrees: bool
    recorded: bytes
    now: bytes


def by_the_clock() -> Instant:
    """This moment."""
    return Instant.at(dt.datetime.now(dt.UTC))


def open_record(
    url: str = database.DEFAULT_URL, *, migrate: bool = True, now: Callable[[], Instant] = by_the_clock
) -> Record:
    """Open the record at a URL: ``sqlite:///FILE``, or ``postgresql://...`` with the extra ``postgresql``.

    The schema is brought up to date. Without ``migrate`` it has to be: :class:`~adjudicator.store.faults.SchemaMismatch` otherwise.
    Raises :class:`ValueError` for a URL of another kind.
    """
    engine = database.engine_for(url)
    try:
        (database.migrate if migrate else database.check_schema)(engine)
    except BaseException:
        engine.dispose()
        raise
    return Record(engine, now)


@frozen(eq=False)
class Record:
    """The record in one database. It may be used by any number of threads, processes and machines at once."""

    engine: sa.Engine
    now: Callable[[], Instant] = by_the_clock

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

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
        """Decide a case, given as JSON, and put the decision on record, in one transaction.

        The same idempotency key of the same caller gets the same answer; without one, a case that was decided before with the same
        result is a repeat and not recorded again. With ``fill_settlements`` what is settled on record for the order is added to the
        settlements of the case, which then must hold only what was settled elsewhere. ``supersedes`` is the id of an earlier decision
        of the same order or case that this one takes the place of, after new evidence or an appeal.

        Raises :class:`~adjudicator.faults.InputError` for a case at fault, and ``KeyReused``, ``StillRunning``, ``Erased``,
        ``NotFound`` or ``NotSuperseded`` from :mod:`adjudicator.store.faults`.
        """
        case = load_case(text)
        _can_be_found_again(case)
        chain = _chain_of(case)
        payload = digest([digest(normalised(case)), fill_settlements, supersedes])
        request = None if idempotency_key is None else digest([caller, idempotency_key])
        with database.writing(self.engine) as connection:
            if request is not None and (answered := _answered(connection, request, payload)) is not None:
                return answered
            head = locked(connection, chain)
            count_filled = None
            if fill_settlements and isinstance(case, Case):
                case, count_filled = filled(case, payouts_of(connection, case.order.id))
            decision = decide(case)
            found = _decided_before(connection, chain, decision, supersedes)
            repeat = found is not None
            if found is None:
                if supersedes is not None:
                    _may_supersede(connection, chain, supersedes)
                found = self._append_decision(connection, head, case, decision, count_filled, caller, supersedes)
            if request is not None:
                connection.execute(REQUESTS.insert().values(request=request, payload=payload, decision_id=found))
        return Recorded(found, dump_decision(decision), repeat)

    def _append_decision(
        self,
        connection: sa.Connection,
        head: Head,
        case: Any,
        decision: Decision,
        count_filled: int | None,
        caller: str | None,
        supersedes: str | None,
    ) -> str:
        at = self.now()
        new = _new_id(at)
        plain_case, plain_decision = orjson.loads(dump_case(case)), orjson.loads(dump_decision(decision))
        public_case, public_decision, seal = held_apart(plain_case, plain_decision)
        claim = case if isinstance(case, Case) else None
        told = {
            "kind": "decision",
            "at": at.utc_text(),
            "by": caller,
            "order_id": claim and claim.order.id,
            "case_id": case.id,
            "claim_id": claim and claim.claim.id,
            "policy": public_decision["policy"],
            "outcome": public_decision["outcome"],
            "as_of": case.as_of.utc_text(),
            "supersedes": supersedes,
            "settlements_filled": count_filled,
            "case": public_case,
            "decision": public_decision,
        }
        append(connection, head, new, told, seal)
        return new

    def decision(self, id: str) -> Kept:
        """The decision with an id, byte for byte as it was given out. Raises ``NotFound``."""
        return self._kept(id, "decision")

    def case(self, id: str) -> Kept:
        """The case that was decided, with the settlements that were filled in. Raises ``NotFound``."""
        return self._kept(id, "case")

    def _kept(self, id: str, part: str) -> Kept:
        with database.reading(self.engine) as connection:
            entry = _decision_entry(connection, id)
        return Kept(_document(entry, part), entry.seal is None)

    def summary(self, id: str) -> Summary:
        """What the list has of a decision. Raises ``NotFound``."""
        with database.reading(self.engine) as connection:
            return _summary(_listed(connection, id))

    def decisions(self, filter: Filter = EVERY_DECISION, cursor: str | None = None, limit: int = 100) -> Page:
        """A page of decisions in the order of their last change.

        To follow what changes, go on from the last cursor, or ask for what was ``updated_since`` a little before: workers' clocks may
        differ. Raises :class:`ValueError` for a cursor that this record did not give.
        """
        limit = max(1, min(limit, MOST_LISTED))
        chosen = sa.select(DECISIONS).order_by(DECISIONS.c.updated_at, DECISIONS.c.id).limit(limit + 1)
        for name in ("order_id", "case_id", "claim_id", "outcome", "policy"):
            if (wanted := getattr(filter, name)) is not None:
                chosen = chosen.where(DECISIONS.c[name] == wanted)
        if filter.updated_since is not None:
            chosen = chosen.where(DECISIONS.c.updated_at >= int(filter.updated_since))
        if cursor is not None:
            chosen = chosen.where(sa.tuple_(DECISIONS.c.updated_at, DECISIONS.c.id) > sa.tuple_(*_place(cursor)))
        with database.reading(self.engine) as connection:
            rows = connection.execute(chosen).mappings().all()
        items = tuple(map(_summary, rows[:limit]))
        return Page(items, _cursor(items[-1]) if len(rows) > limit else None)

    def rerun(self, id: str) -> Rerun:
        """Decide a recorded case again, and see whether the bytes agree. Raises ``NotFound`` or ``Erased``."""
        with database.reading(self.engine) as connection:
            entry = _decision_entry(connection, id)
        recorded = _document(entry, "decision")
        now = dump_decision(decide(_case_in(entry)))
        return Rerun(now == recorded, recorded, now)

    # Payouts

    def reserve(
        self, decision_id: str, keys: Iterable[str] | None = None, *, caller: str | None = None
    ) -> tuple[Payout, ...]:
        """Reserve awards of a decision by their keys, all of its awards if none are named; all of them or none.

        From now on they count as settled, for every claim on the order. Reserving again is harmless. Never more is reserved than the
        newest decision of the claim, by its ``as_of``, awards in the light of all that is settled now; otherwise ``NotPayable`` says what is left. Also
        raises ``NotFound``, and ``Erased`` where the case cannot be read any more.
        """
        with database.writing(self.engine) as connection:
            row = _listed(connection, decision_id)
            head = locked(connection, row["chain"])
            row = _listed(connection, decision_id)
            if row["superseded_by"] is not None:
                raise NotPayable(f"superseded by the decision {row['superseded_by']}: pay on that one")
            awards = _awards_of(_decision_entry(connection, decision_id), keys)
            if not awards:
                return ()
            newest = _decision_entry(connection, _newest_of_the_claim(connection, row))
            before = payouts_of(connection, row["order_id"])
            case, count_filled = _case_in(newest), newest.document()["settlements_filled"]
            there, free = reservable(awards, row["claim_id"], case, count_filled, before)
            new = []
            for award in free:
                payout = self._payout(row, award, case.order.currency, before)
                head = self._append_payout(connection, head, payout, payout.reserved_at, caller)
                new.append(payout)
        found = {payout.key: payout for payout in (*there, *new)}
        return tuple(found[award.key] for award in awards)

    def confirm(self, key: str, *, caller: str | None = None) -> Payout:
        """Say that what was reserved under a key has been paid. Raises ``NotFound`` or ``NotPayable``."""
        return self._move(key, State.CONFIRMED, caller)

    def reverse(self, key: str, *, caller: str | None = None) -> Payout:
        """Say that what was reserved will not be paid, or that what was paid came back. Raises ``NotFound`` or ``NotPayable``."""
        return self._move(key, State.REVERSED, caller)

    def _move(self, key: str, state: State, caller: str | None) -> Payout:
        with database.writing(self.engine) as connection:
            chain = f"order/{payout_under(connection, key).order_id}"
            head = locked(connection, chain)
            payout = payout_under(connection, key)
            if moved(payout, state):
                at = self.now()
                payout = evolve(payout, state=state, updated_at=at)
                self._append_payout(connection, head, payout, at, caller)
        return payout

    def _payout(self, row: sa.RowMapping, award: Award, currency: str, before: Sequence[Payout]) -> Payout:
        at = self.now()
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
        )

    def _append_payout(
        self, connection: sa.Connection, head: Head, payout: Payout, at: Instant, caller: str | None
    ) -> Head:
        told = {
            "kind": "payout",
            "at": at.utc_text(),
            "by": caller,
            "order_id": payout.order_id,
            "claim_id": payout.claim_id,
            "decision_id": payout.decision_id,
            "key": payout.key,
            "attempt": payout.attempt,
            "award": payout.kind,
            "line_id": payout.line_id,
            "amount": payout.amount,
            "currency": payout.currency,
            "state": payout.state.value,
        }
        return append(connection, head, _new_id(at), told)

    def payout(self, key: str) -> Payout:
        """The last payout under a key. Raises ``NotFound``."""
        with database.reading(self.engine) as connection:
            return payout_under(connection, key)

    def payouts(self, order_id: str) -> tuple[Payout, ...]:
        """Every payout on an order, also those that were reversed."""
        with database.reading(self.engine) as connection:
            return payouts_of(connection, order_id)

    def settlements(self, order_id: str) -> tuple[Settlement, ...]:
        """What is settled on an order, as a case holds it: what is reserved or confirmed, summed up by kind, line and claim."""
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

        Raises :class:`~adjudicator.store.faults.BadCheckpoint` for one that was altered, or not signed with the key (PEM).
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

        What is here already must be the same. Raises :class:`~adjudicator.store.faults.NotImportable`.
        """
        with database.writing(self.engine) as connection:
            return import_(connection, stream)

    @property
    def api_keys(self) -> ApiKeys:
        """Who may ask for what."""
        return ApiKeys(self.engine, self.now)

    def erase(
        self,
        *,
        order_id: str | None = None,
        case_id: str | None = None,
        subject: str | None = None,
        reason: str,
        caller: str | None = None,
    ) -> tuple[str, ...]:
        """Erase the personal data of an order, of a case without an order, or of everything that a buyer or claimant is part of.

        Returns the ids of the decisions that they were erased from. That and the reason, which must name nobody, go on record; every
        chain verifies as before. Raises :class:`ValueError` unless exactly one of the three is named.
        """
        if sum(each is not None for each in (order_id, case_id, subject)) != 1:
            raise ValueError("name an order, a case or a subject, and only one of them")
        concerned = _concerned(order_id, case_id, subject)
        erased: list[str] = []
        with database.writing(self.engine) as connection:
            chosen = sa.select(ENTRIES.c.chain).join(SEALED, SEALED.c.id == ENTRIES.c.id).where(concerned)
            for chain in sorted(set(connection.scalars(chosen))):
                erased += self._erase_in(connection, chain, concerned, reason, caller)
        database.scrub(self.engine)
        return tuple(erased)

    def _erase_in(
        self,
        connection: sa.Connection,
        chain: str,
        concerned: sa.ColumnElement[bool],
        reason: str,
        caller: str | None,
    ) -> list[str]:
        head = locked(connection, chain)
        chosen = sa.select(SEALED.c.id).join(ENTRIES, SEALED.c.id == ENTRIES.c.id)
        ids = list(connection.scalars(chosen.where(ENTRIES.c.chain == chain, concerned).order_by(ENTRIES.c.number)))
        if not ids:
            return []
        connection.execute(SEALED.delete().where(SEALED.c.id.in_(ids)))
        connection.execute(REQUESTS.update().where(REQUESTS.c.decision_id.in_(ids)).values(payload=None))
        at = self.now()
        told = {"kind": "erasure", "at": at.utc_text(), "by": caller, "erased": ids, "reason": reason}
        append(connection, head, _new_id(at), told)
        return ids


# What a case is found by


def _chain_of(case: Any) -> str:
    return f"order/{case.order.id}" if isinstance(case, Case) else f"case/{case.id}"


def _can_be_found_again(case: Any) -> None:
    """Ids go into columns, which hold neither very long ones nor the character NUL."""
    ids = {"/id": case.id}
    if isinstance(case, Case):
        ids |= {"/order/id": case.order.id, "/claim/id": case.claim.id}
        ids |= {f"/order/lines/{index}/id": line.id for index, line in enumerate(case.order.lines)}
    faults = [
        Fault(pointer, shown(each), f"an id of at most {LONGEST_ID} characters, none of them NUL")
        for pointer, each in ids.items()
        if len(each) > LONGEST_ID or "\0" in each
    ]
    if faults:
        raise InputError(faults)


def _concerned(order_id: str | None, case_id: str | None, subject: str | None) -> sa.ColumnElement[bool]:
    if subject is not None:
        wanted = subject_digest(subject)
        return sa.or_(SEALED.c.buyer == wanted, SEALED.c.claimant == wanted)
    return ENTRIES.c.chain == (f"case/{case_id}" if order_id is None else f"order/{order_id}")


def _new_id(at: Instant) -> str:
    """A UUID of version 7: ids of the same record sort by their time, roughly."""
    milliseconds = int(at) // 1000
    return str(
        uuid.UUID(int=milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62))
    )


# What is on record already


def _answered(connection: sa.Connection, request: str, payload: str) -> Recorded | None:
    """The answer that was given to a request before."""
    if not database.only_one_runs(connection, request):
        raise StillRunning("a request with this idempotency key is being answered; ask again")
    row = connection.execute(sa.select(REQUESTS).where(REQUESTS.c.request == request)).one_or_none()
    if row is None:
        return None
    if row.payload is None:
        raise Erased(f"the personal data of the decision {row.decision_id} were erased")
    if row.payload != payload:
        raise KeyReused("this idempotency key was used before, with another payload")
    return Recorded(row.decision_id, _document(_decision_entry(connection, row.decision_id), "decision"), repeat=True)


def _decided_before(connection: sa.Connection, chain: str, decision: Decision, supersedes: str | None) -> str | None:
    digests = decision.digests
    chosen = sa.select(DECISIONS.c.id).where(
        DECISIONS.c.chain == chain,
        DECISIONS.c.case_digest == (digests and digests.case),
        DECISIONS.c.decision_digest == (digests and digests.decision),
    )
    if supersedes is not None:
        chosen = chosen.where(DECISIONS.c.supersedes == supersedes)
    return connection.scalars(chosen.order_by(DECISIONS.c.number.desc()).limit(1)).one_or_none()


def _may_supersede(connection: sa.Connection, chain: str, id: str) -> None:
    row = _listed(connection, id)
    if row["chain"] != chain:
        raise NotSuperseded(f"the decision {id} is about another order or case")
    if row["superseded_by"] is not None:
        raise NotSuperseded(f"the decision {id} is superseded already, by {row['superseded_by']}")


def _listed(connection: sa.Connection, id: str) -> sa.RowMapping:
    row = connection.execute(sa.select(DECISIONS).where(DECISIONS.c.id == id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no decision {id}")
    return row


def _newest_of_the_claim(connection: sa.Connection, row: sa.RowMapping) -> str:
    same = [DECISIONS.c[name] == row[name] for name in ("chain", "claim_id", "policy")]
    latest = (DECISIONS.c.as_of.desc(), DECISIONS.c.number.desc())
    chosen = sa.select(DECISIONS.c.id).where(*same).order_by(*latest).limit(1)
    newest: str = connection.scalars(chosen).one()
    return newest


def _decision_entry(connection: sa.Connection, id: str) -> Entry:
    entry = entry_by_id(connection, id)
    if entry is None or entry.document()["kind"] != "decision":
        raise NotFound(f"there is no decision {id}")
    return entry


def _document(entry: Entry, part: str) -> bytes:
    document = entry.document()[part]
    return orjson.dumps(document if entry.seal is None else put_back(document, entry.seal.taken()[part]))


def _case_in(entry: Entry) -> Any:
    if entry.seal is None:
        raise Erased(f"the personal data of the decision {entry.id} were erased: its case cannot be decided any more")
    return case_from(orjson.loads(_document(entry, "case")))


def _awards_of(entry: Entry, keys: Iterable[str] | None) -> tuple[Award, ...]:
    if entry.seal is None:
        raise Erased(f"the personal data of the decision {entry.id} were erased: decide again")
    decision = load_decision(_document(entry, "decision"))
    awards = {award.key: award for award in decision.awards} if isinstance(decision, ClaimDecision) else {}
    wanted = list(awards) if keys is None else list(dict.fromkeys(keys))
    for key in wanted:
        if key not in awards:
            raise NotFound(f"the decision {entry.id} awards nothing under the key {key}")
    return tuple(awards[key] for key in wanted)


def _summary(row: sa.RowMapping) -> Summary:
    told = {name: row[name] for name in fields_dict(Summary) if name in row}
    return Summary(**told, erased=row["erased_at"] is not None)


# Cursors


def _cursor(item: Summary) -> str:
    return base64.urlsafe_b64encode(f"{int(item.updated_at)} {item.id}".encode()).decode()


def _place(cursor: str) -> tuple[int, str]:
    try:
        at, last = base64.urlsafe_b64decode(cursor.encode()).decode().split(" ")
        return int(at), last
    except (ValueError, binascii.Error) as error:
        raise ValueError(f"{shown(cursor)} is no cursor of this record") from error
