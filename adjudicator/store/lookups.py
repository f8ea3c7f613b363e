"""What is on record already, and where: looking up chains, decisions and answers within a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import orjson
import sqlalchemy as sa
from attrs import frozen

from adjudicator.engine.registry import policies
from adjudicator.model.award import Award
from adjudicator.model.claim import Claim
from adjudicator.model.decision import Decision
from adjudicator.model.digest import digest
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.order import Order
from adjudicator.model.soundness import CaseBase
from adjudicator.store import database
from adjudicator.store.chain import Entry, Head, entries_of, entry_by_id, must_be_whole
from adjudicator.store.errors import Altered, Changed, Erased, KeyReused, NotFound, NotSuperseded, StillRunning
from adjudicator.store.payouts import Payout
from adjudicator.store.personal import names_in, put_back, subject_digest
from adjudicator.store.results import Recorded
from adjudicator.store.tables import API_KEYS, DECISIONS, ENTRIES, LONGEST_ID, REQUESTS, SEALED
from adjudicator.wire.codec import case_from, load_decision

# What a case is found by


@frozen
class Subject:
    """What a case is about: an order and a claim on it, so far as a case of its kind has them."""

    case_id: str
    order: Order | None
    claim: Claim | None

    @property
    def order_id(self) -> str | None:
        """The id of the order."""
        return None if self.order is None else self.order.id

    @property
    def claim_id(self) -> str | None:
        """The id of the claim."""
        return None if self.claim is None else self.claim.id

    @property
    def chain(self) -> str:
        """The chain of the order, or of the case where there is none."""
        return f"case/{self.case_id}" if self.order is None else f"order/{self.order.id}"


def subject_of(case: CaseBase) -> Subject:
    """What a case of any kind is about; what it has of an order and a claim stands where it stands in a claim's."""
    order, claim = getattr(case, "order", None), getattr(case, "claim", None)
    return Subject(case.id, order if isinstance(order, Order) else None, claim if isinstance(claim, Claim) else None)


def can_be_found_again(subject: Subject) -> None:
    """Ids go into columns, which hold neither very long ones nor the character NUL."""
    ids = {"/id": subject.case_id}
    if subject.claim is not None:
        ids["/claim/id"] = subject.claim.id
    if subject.order is not None:
        ids["/order/id"] = subject.order.id
        ids |= {f"/order/lines/{index}/id": line.id for index, line in enumerate(subject.order.lines)}
    faults = [
        Fault(pointer, shown(each), f"an id of at most {LONGEST_ID} characters, none of them NUL")
        for pointer, each in ids.items()
        if len(each) > LONGEST_ID or "\0" in each
    ]
    if faults:
        raise InputError(faults)


@frozen
class Concern:
    """Whose personal data are meant: those of an order, of a case without one, or of a subject.

    A subject is a buyer or a claimant. In a case that has neither it is whoever is named where it is said who somebody is.
    """

    order_id: str | None
    case_id: str | None
    subject: str | None

    def entries(self, connection: sa.Connection, chain: str | None = None) -> list[tuple[str, str]]:
        """The chain and the id of each entry that has any, in their order; of all chains, or of one."""
        columns = (ENTRIES.c.chain, ENTRIES.c.id, ENTRIES.c.body, SEALED.c.content, SEALED.c.buyer, SEALED.c.claimant)
        chosen = sa.select(*columns).join(SEALED, SEALED.c.id == ENTRIES.c.id).where(self._may_be_meant())
        if chain is not None:
            chosen = chosen.where(ENTRIES.c.chain == chain)
        rows = connection.execute(chosen.order_by(ENTRIES.c.chain, ENTRIES.c.number)).mappings()
        return [(row["chain"], row["id"]) for row in rows if self._is_meant(row)]

    def _may_be_meant(self) -> sa.ColumnElement[bool]:
        if self.subject is None:
            return ENTRIES.c.chain == (f"case/{self.case_id}" if self.order_id is None else f"order/{self.order_id}")
        wanted = subject_digest(self.subject)
        named = SEALED.c.content.contains(orjson.dumps(self.subject).decode(), autoescape=True)
        without_parties = sa.and_(SEALED.c.buyer.is_(None), SEALED.c.claimant.is_(None))
        return sa.or_(SEALED.c.buyer == wanted, SEALED.c.claimant == wanted, sa.and_(without_parties, named))

    def _is_meant(self, row: sa.RowMapping) -> bool:
        no_party = row["buyer"] is None and row["claimant"] is None
        return self.subject is None or not no_party or self.subject in _named_in(row)


def _named_in(row: sa.RowMapping) -> frozenset[str]:
    """Whom an entry names; nobody, if no policy is installed that tells where its kind of case does so."""
    editions = policies().get(orjson.loads(row["body"])["policy"]["id"])
    return frozenset() if editions is None else names_in(row["content"], editions[0].case_kind.case_type)


# What is on record already


@frozen
class Request:
    """A request that may come again: the digest of its owner and idempotency key, ``None`` without a key, and that of the payload.

    The owner is the name of an API key, so that a key made anew under the same name, here or where the record was imported, goes on with
    what was asked under the old one. ``by_key`` is the digest with the id of the key, under which earlier versions kept it.
    """

    digest: str | None
    by_key: str | None
    payload: str

    @classmethod
    def of(cls, connection: sa.Connection, caller: str | None, idempotency_key: str | None, payload: object) -> Request:
        """The request of a caller."""
        if idempotency_key is None:
            return cls(None, None, digest(payload))
        name = connection.scalar(sa.select(API_KEYS.c.name).where(API_KEYS.c.id == caller))
        owner = caller if name is None else {"name": name}
        return cls(digest([owner, idempotency_key]), digest([caller, idempotency_key]), digest(payload))


def given_before(connection: sa.Connection, request: Request) -> sa.Row[Any] | None:
    """How a request was answered before. From here on until the transaction ends nobody else answers it."""
    if request.digest is None:
        return None
    if not database.only_one_runs(connection, request.digest):
        raise StillRunning("a request with this idempotency key is being answered; ask again")
    row = connection.execute(
        sa.select(REQUESTS).where(REQUESTS.c.request.in_((request.digest, request.by_key)))
    ).first()
    if row is not None and row.payload is None and row.decision_id is None:
        return row  # a batch of which something was erased: each of its cases is looked at by itself
    if row is not None and row.payload is None:
        raise Erased(f"the personal data of the decision {row.decision_id} were erased")
    if row is not None and row.payload != request.payload:
        raise KeyReused("this idempotency key was used before, with another payload")
    return row


def note_answer(
    connection: sa.Connection, request: Request, *, decision_id: str | None = None, answer: str | None = None
) -> None:
    """Keep how a request was answered, if it has a key."""
    if request.digest is not None:
        told = {"request": request.digest, "payload": request.payload, "decision_id": decision_id, "answer": answer}
        connection.execute(REQUESTS.insert().values(**told))


def decision_given_before(connection: sa.Connection, request: Request) -> Recorded | None:
    """The decision that was given to a request before."""
    row = given_before(connection, request)
    if row is None:
        return None
    entry = decision_entry(connection, row.decision_id)
    must_be_whole(entry)
    return Recorded(row.decision_id, document_in(entry, "decision"), repeat=True)


def on_record(connection: sa.Connection, payouts: tuple[Payout, ...]) -> tuple[Payout, ...]:
    """Payouts that are to be answered again. Raises :class:`~adjudicator.store.errors.Altered` unless their chain says the same."""
    for payout in payouts:
        entries = [each for each in entries_of(connection, f"order/{payout.order_id}") if _is_about(each, payout)]
        if not entries:
            raise Altered(f"the chain of the order has no payout of {payout.amount} under the key {payout.key}")
        for each in entries:
            must_be_whole(each)
    return payouts


def _is_about(entry: Entry, payout: Payout) -> bool:
    """Whether an entry reserves a payout, or moves it to where it is."""
    said = entry.document()
    named = ("key", "attempt", "claim_id", "decision_id", "line_id", "amount", "currency")
    return (
        said["kind"] == "payout"
        and said["state"] == payout.state.value
        and all(said[name] == getattr(payout, name) for name in named)
    )


def decided_before(connection: sa.Connection, chain: str, decision: Decision, supersedes: str | None) -> str | None:
    """The decision with these bytes for this case, if it is on record."""
    digests = decision.digests
    wanted = {
        "chain": chain,
        "case_digest": digests and digests.case,
        "decision_digest": digests and digests.decision,
        "supersedes": supersedes,
    }
    chosen = _DECIDED if supersedes is None else _DECIDED_INSTEAD
    return connection.scalars(chosen, wanted).one_or_none()


_DECIDED: Final = (
    sa.select(DECISIONS.c.id)
    .where(*(DECISIONS.c[name] == sa.bindparam(name) for name in ("chain", "case_digest", "decision_digest")))
    .order_by(DECISIONS.c.number.desc())
    .limit(1)
)
_DECIDED_INSTEAD: Final = _DECIDED.where(DECISIONS.c.supersedes == sa.bindparam("supersedes"))


def may_supersede(connection: sa.Connection, chain: str, id: str) -> None:
    """Raises ``NotFound`` or ``NotSuperseded`` unless a decision may be superseded by one of this chain."""
    row = listed(connection, id)
    if row["chain"] != chain:
        raise NotSuperseded(f"the decision {id} is about another order or case")
    if row["superseded_by"] is not None:
        raise NotSuperseded(f"the decision {id} is superseded already, by {row['superseded_by']}")


def must_be_at(head: Head, version: int | None) -> None:
    """Raises ``Changed`` unless a chain is as long as it was when somebody last looked at it, if that is said."""
    if version is not None and version != head.length:
        raise Changed(f"this is version {head.length} by now, not {version}")


def listed(connection: sa.Connection, id: str) -> sa.RowMapping:
    """The row of a decision in the list. Raises ``NotFound``."""
    row = connection.execute(sa.select(DECISIONS).where(DECISIONS.c.id == id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no decision {id}")
    return row


def newest_of_the_claim(connection: sa.Connection, row: sa.RowMapping) -> str:
    """The id of the newest decision, by its ``as_of``, of the claim that a row is about."""
    same = [DECISIONS.c[name] == row[name] for name in ("chain", "claim_id", "policy")]
    latest = (DECISIONS.c.as_of.desc(), DECISIONS.c.number.desc())
    chosen = sa.select(DECISIONS.c.id).where(*same).order_by(*latest).limit(1)
    newest: str = connection.scalars(chosen).one()
    return newest


def decision_entry(connection: sa.Connection, id: str) -> Entry:
    """The entry of a decision. Raises ``NotFound``."""
    entry = entry_by_id(connection, id)
    if entry is None or entry.document()["kind"] != "decision":
        raise NotFound(f"there is no decision {id}")
    return entry


def document_in(entry: Entry, part: str) -> bytes:
    """The case or the decision of an entry, with what personal data are left."""
    document = entry.document()[part]
    return orjson.dumps(document if entry.seal is None else put_back(document, entry.seal.taken()[part]))


def case_in(entry: Entry) -> Any:
    """The case of an entry, to be decided again. Raises ``Erased``."""
    if entry.seal is None:
        raise Erased(f"the personal data of the decision {entry.id} were erased: its case cannot be decided any more")
    return case_from(orjson.loads(document_in(entry, "case")))


def awards_in(entry: Entry, keys: Iterable[str] | None) -> tuple[Award, ...]:
    """The awards of a decision under these keys, all of them if none are named. Raises ``NotFound`` or ``Erased``."""
    if entry.seal is None:
        raise Erased(f"the personal data of the decision {entry.id} were erased: decide again")
    decision = load_decision(document_in(entry, "decision"))
    awards: dict[str, Award] = {award.key: award for award in getattr(decision, "awards", ())}
    wanted = list(awards) if keys is None else list(dict.fromkeys(keys))
    for key in wanted:
        if key not in awards:
            raise NotFound(f"the decision {entry.id} awards nothing under the key {key}")
    return tuple(awards[key] for key in wanted)
