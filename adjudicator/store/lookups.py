"""Look-ups within a transaction: chains, decisions and answers already on record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, Final, Protocol, TypeAlias, TypeVar

import orjson
import sqlalchemy as sa
from attrs import frozen

from adjudicator.engine.registry import edition_for
from adjudicator.kinds.paying import PaymentCase, PaymentKind
from adjudicator.model.award import Award
from adjudicator.model.claim import Claim
from adjudicator.model.decision import Decision
from adjudicator.model.digest import digest
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.order import Order
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.chain import SELECT_ENTRIES, Entry, Head, entry_from, find_entry
from adjudicator.store.columns import LONGEST_ID
from adjudicator.store.errors import Altered, Changed, Erased, KeyReused, NotFound, NotSuperseded, StillRunning
from adjudicator.store.personal import Seal, restore_personal
from adjudicator.store.tables import API_KEYS, DECISIONS, ENTRIES, REQUESTS
from adjudicator.store.tenancy import DEFAULT_TENANT, chain_name, tenant_of
from adjudicator.store.writing import Writes
from adjudicator.wire.codec import case_from, document_of, load_decision

Clock: TypeAlias = Callable[[], Instant]

# Ids of a case


PAID_FOR: Final = "paid-for:"
"""How the order id of a case begins that pays for something other than an order. No order has such an id."""


@frozen
class Subject:
    """The order and claim that a case is about, if its kind has them.

    If a case of another kind pays, the thing that it pays for takes the order's place, named by its digest, and the case takes the
    claim's: so all payments for one thing are in one chain.
    """

    case_id: str
    order: Order | None
    claim: Claim | None
    paid_for: str | None = None

    @property
    def order_id(self) -> str | None:
        """The order's id, or that of the thing that is paid for."""
        if self.order is not None:
            return self.order.id
        return None if self.paid_for is None else f"{PAID_FOR}{self.paid_for}"

    @property
    def claim_id(self) -> str | None:
        """The claim's id; that of the case, if it pays for something other than an order."""
        if self.claim is not None:
            return self.claim.id
        return None if self.paid_for is None else self.case_id

    def chain(self, connection: sa.Connection) -> str:
        """The chain of the order, or of the case if there is none."""
        return case_chain(connection, self.order_id, self.case_id)


def case_chain(connection: sa.Connection, order_id: str | None, case_id: str | None) -> str:
    """The chain of an order, or of a case if there is no order."""
    return (
        chain_name(connection, "case", str(case_id)) if order_id is None else chain_name(connection, "order", order_id)
    )


def subject_of(case: CaseBase) -> Subject:
    """The subject of a case of any kind: its ``order`` and ``claim``, if it has attributes of those names and types, or what it pays for.

    Raises :class:`~adjudicator.model.errors.InputError` for a case that pays and that no edition governs.
    """
    order, claim = getattr(case, "order", None), getattr(case, "claim", None)
    return Subject(
        case.id,
        order if isinstance(order, Order) else None,
        claim if isinstance(claim, Claim) else None,
        _paid_for(case) if isinstance(case, PaymentCase) else None,
    )


def _paid_for(case: PaymentCase) -> str | None:
    kind = edition_for(case).case_kind
    return digest(kind.names_of(case)) if isinstance(kind, PaymentKind) else None


def check_ids(subject: Subject) -> None:
    """Raises :class:`~adjudicator.model.errors.InputError` for ids that the record cannot keep: too long, with a NUL, or not an order's."""
    ids = {"/id": subject.case_id}
    if subject.claim is not None:
        ids["/claim/id"] = subject.claim.id
    if subject.order is not None:
        ids["/order/id"] = subject.order.id
        ids |= {f"/order/lines/{index}/id": line.id for index, line in enumerate(subject.order.lines)}
    faults = [
        Fault(pointer, shown(value), f"an id of at most {LONGEST_ID} characters, none of them NUL")
        for pointer, value in ids.items()
        if len(value) > LONGEST_ID or "\0" in value
    ]
    if subject.order is not None and subject.order.id.startswith(PAID_FOR):
        faults.append(Fault("/order/id", shown(subject.order.id), f"an id that does not begin with {PAID_FOR}"))
    if faults:
        raise InputError(faults)


# Idempotency keys


@frozen
class Request:
    """A request that may be repeated: digests of its owner and idempotency key (``None`` without a key) and of its payload.

    The owner is the tenant and the name of an API key, so that a new key of the same name, here or in an imported record, continues the
    requests of the old one. ``by_key`` is the digest with the key's id instead, which earlier versions stored.
    """

    digest: str | None
    by_key: str | None
    payload: str

    @classmethod
    def of(cls, connection: sa.Connection, caller: str | None, idempotency_key: str | None, payload: object) -> Request:
        """Identify a caller's request."""
        name = None if idempotency_key is None else connection.scalar(_NAME_OF_CALLER, {"wanted": caller})
        return cls.named(connection, caller, name, idempotency_key, payload)

    @classmethod
    def named(
        cls,
        connection: sa.Connection,
        caller: str | None,
        name: str | None,
        idempotency_key: str | None,
        payload: object,
    ) -> Request:
        """Identify a request, given the name of the caller's API key."""
        if idempotency_key is None:
            return cls(None, None, digest(payload))
        owner: object = caller if name is None else {"name": name}
        if (tenant := tenant_of(connection)) != DEFAULT_TENANT:
            return cls(digest([{"tenant": tenant, "owner": owner}, idempotency_key]), None, digest(payload))
        return cls(digest([owner, idempotency_key]), digest([caller, idempotency_key]), digest(payload))


_NAME_OF_CALLER: Final = sa.select(API_KEYS.c.name).where(API_KEYS.c.id == sa.bindparam("wanted"))
_NAMES_OF_CALLERS: Final = sa.select(API_KEYS.c.id, API_KEYS.c.name).where(
    API_KEYS.c.id.in_(sa.bindparam("wanted", expanding=True))
)
_KNOWN_REQUESTS: Final = sa.select(REQUESTS.c.request).where(
    REQUESTS.c.request.in_(sa.bindparam("wanted", expanding=True))
)
_PREVIOUS_ANSWER: Final = sa.select(REQUESTS).where(
    sa.or_(REQUESTS.c.request == sa.bindparam("request"), REQUESTS.c.request == sa.bindparam("by_key"))
)


def caller_names(connection: sa.Connection, callers: Collection[str]) -> dict[str | None, str]:
    """The names of the API keys with these ids."""
    rows = connection.execute(_NAMES_OF_CALLERS, {"wanted": list(callers)}) if callers else ()
    return {row.id: row.name for row in rows}


def answered_among(connection: sa.Connection, requests: Collection[Request]) -> frozenset[Request]:
    """Those of some requests with a key that have an answer, for any payload."""
    wanted = [each for request in requests for each in (request.digest, request.by_key) if each is not None]
    known = set(connection.scalars(_KNOWN_REQUESTS, {"wanted": wanted})) if wanted else set()
    return frozenset(each for each in requests if known & {each.digest, each.by_key})


def previous_answer(connection: sa.Connection, request: Request) -> sa.Row[Any] | None:
    """The stored answer to a request, if any. Locks the request until the transaction ends.

    Raises :class:`~adjudicator.store.errors.KeyReused` unless it answers the same payload.
    """
    if request.digest is None:
        return None
    if not database.try_lock(connection, request.digest):
        raise StillRunning("another request with this idempotency key is in progress; try again")
    digests = {"request": request.digest, "by_key": request.by_key}
    row = connection.execute(_PREVIOUS_ANSWER, digests).first()
    if row is not None and row.payload != _payload(connection, request, row.decision_id):
        raise KeyReused("this idempotency key was used before with a different payload")
    return row


def _payload(connection: sa.Connection, request: Request, decision_id: str | None) -> str:
    """The payload digest of a request as it is stored with its answer: salted if that is a decision."""
    if decision_id is None:
        return request.payload
    entry = answered_entry(connection, decision_id)
    if entry.seal is None:
        raise Erased(f"the personal data of decision {decision_id} were erased")
    return entry.seal.commitment(request.payload)


def answered_entry(connection: sa.Connection, decision_id: str) -> Entry:
    """The entry of a decision that answered a request. Raises :class:`~adjudicator.store.errors.Altered` if there is none."""
    try:
        return decision_entry(connection, decision_id)
    except NotFound as error:
        raise Altered(f"the answer to this request, decision {decision_id}, is missing") from error


def store_decision(connection: Writes, request: Request, decision_id: str, seal: Seal, now: Clock) -> None:
    """Store a decision as the answer to a request, if it has a key."""
    _store(connection, request, now, payload=seal.commitment(request.payload), decision_id=decision_id)


def store_answer(connection: sa.Connection, request: Request, answer: str, now: Clock) -> None:
    """Store the answer to a request, if it has a key. Its payload must not hold personal data, as it is stored without a salt."""
    _store(connection, request, now, payload=request.payload, answer=answer)


def _store(connection: Writes, request: Request, now: Clock, **values: str) -> None:
    if request.digest is not None:
        connection.execute(_INSERT_REQUEST, {"request": request.digest, "stored_at": int(now()), **values})


_INSERT_REQUEST: Final = REQUESTS.insert()


def identical_decision(
    connection: sa.Connection, chain: str, case: CaseBase, decision: Decision, supersedes: str | None
) -> Entry | None:
    """The newest recorded decision with these exact bytes for this exact case, if any."""
    digests = decision.digests and document_of(decision.digests)
    if digests is None:
        return None
    query = _SAME_CASE if supersedes is None else _SAME_CASE_SUPERSEDING
    values = {"chain": chain, "case_id": case.id, "as_of": int(case.as_of), "supersedes": supersedes}
    for entry in map(entry_from, connection.execute(query, values).all()):
        if digests_in(entry) == digests:
            return entry
    return None


def decided_among(connection: sa.Connection, cases: Collection[tuple[str, CaseBase]]) -> frozenset[str]:
    """Those chains that have a decision of their case at the same moment, given one case for each."""
    wanted = {(chain, case.id, int(case.as_of)) for chain, case in cases}
    if not wanted:
        return frozenset()
    values = dict(zip(_MOMENT, map(list, zip(*wanted, strict=True)), strict=True))
    found = {tuple(row) for row in connection.execute(_MOMENTS_DECIDED, values)}
    return frozenset(each[0] for each in wanted & found)


def digests_in(entry: Entry) -> dict[str, str] | None:
    """The digests of the case and decision of an entry; ``None`` if there are none or they were erased."""
    removed = [] if entry.seal is None else entry.seal.values()["decision"]
    digests: dict[str, str] | None = {path[0]: value for path, value in removed}.get("digests")
    return digests


_MOMENT: Final = ("chain", "case_id", "as_of")
_MOMENTS_DECIDED: Final = sa.select(*(DECISIONS.c[name] for name in _MOMENT)).where(
    *(DECISIONS.c[name].in_(sa.bindparam(name, expanding=True)) for name in _MOMENT)
)
_SAME_CASE: Final = (
    SELECT_ENTRIES.join(DECISIONS, DECISIONS.c.id == ENTRIES.c.id)
    .where(*(DECISIONS.c[name] == sa.bindparam(name) for name in _MOMENT))
    .order_by(DECISIONS.c.number.desc())
)
_SAME_CASE_SUPERSEDING: Final = _SAME_CASE.where(DECISIONS.c.supersedes == sa.bindparam("supersedes"))


def check_supersedes(connection: sa.Connection, chain: str, id: str) -> None:
    """Raises ``NotFound`` or ``NotSuperseded`` unless a new decision on this chain may supersede this one."""
    row = decision_row(connection, id)
    if row["chain"] != chain:
        raise NotSuperseded(f"decision {id} is about another order or case")
    if row["superseded_by"] is not None:
        raise NotSuperseded(f"decision {id} is already superseded by {row['superseded_by']}")


def check_version(head: Head, version: int | None) -> None:
    """Raises ``Changed`` unless a chain is at the version that the caller expects, if any."""
    if version is not None and version != head.length:
        raise Changed(f"the version is now {head.length}" + (f", not {version}" if version > 0 else ""))


_DECISION_BY_ID: Final = sa.select(DECISIONS).where(DECISIONS.c.id == sa.bindparam("wanted"))


def decision_row(connection: sa.Connection, id: str) -> sa.RowMapping:
    """The list row of a decision. Raises ``NotFound``."""
    row = connection.execute(_DECISION_BY_ID, {"wanted": id}).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no decision {id}")
    return row


class Dated(Protocol):
    """What tells which of several decisions on one claim or case is current."""

    @property
    def number(self) -> int:
        """Its number in the chain."""

    @property
    def as_of(self) -> Instant:
        """The instant as of which it was decided."""

    @property
    def superseded_by(self) -> str | None:
        """The id of its successor."""


D = TypeVar("D", bound=Dated)


def current_among(last_recorded_first: Iterable[D]) -> D | None:
    """The current one of the decisions on one claim or case: of those that stand, the newest by ``as_of``.

    A decision stands unless it has a successor, or one that is as new was recorded after it: superseding that one does not bring back what
    it had made out of date.
    """
    current, latest = None, None
    for each in last_recorded_first:
        if latest is None or each.as_of > latest:
            latest = each.as_of
            current = current if each.superseded_by is not None else each
    return current


_ON_SUBJECT: Final = (
    sa.select(DECISIONS.c.id, DECISIONS.c.number, DECISIONS.c.as_of, DECISIONS.c.superseded_by)
    .where(
        DECISIONS.c.chain == sa.bindparam("of_chain"),
        DECISIONS.c.policy == sa.bindparam("of_policy"),
        sa.func.coalesce(DECISIONS.c.claim_id, DECISIONS.c.case_id) == sa.bindparam("of_subject"),
    )
    .order_by(DECISIONS.c.number.desc())
)


def current_decision(connection: sa.Connection, row: sa.RowMapping) -> sa.RowMapping | None:
    """The list row of the decision on the same claim as a row (without a claim, on the same case) that is current.

    ``None`` if there is none, because a decision on something else superseded the last one.
    """
    subject = row["case_id"] if row["claim_id"] is None else row["claim_id"]
    values = {"of_chain": row["chain"], "of_policy": row["policy"], "of_subject": subject}
    current: Any = current_among(connection.execute(_ON_SUBJECT, values).all())
    return None if current is None else decision_row(connection, current.id)


def decision_entry(connection: sa.Connection, id: str) -> Entry:
    """The chain entry of a decision. Raises ``NotFound``."""
    entry = find_entry(connection, id)
    if entry is None or entry.document()["kind"] != "decision":
        raise NotFound(f"there is no decision {id}")
    return entry


def document_in(entry: Entry, part: str) -> bytes:
    """The case or decision of an entry, with its personal data unless they were erased."""
    (document,) = documents_in(entry, part)
    return document


def documents_in(entry: Entry, *parts: str) -> tuple[bytes, ...]:
    """Both of them, or those that are named: the entry is parsed once."""
    document = entry.document()
    removed = {} if entry.seal is None else entry.seal.values()
    return tuple([orjson.dumps(restore_personal(document[part], removed.get(part, ()))) for part in parts])


def case_in(entry: Entry) -> Any:
    """The case of an entry, ready to be decided again. Raises ``Erased``."""
    if entry.seal is None:
        raise Erased(f"the personal data of decision {entry.id} were erased: its case can no longer be decided")
    return case_from(orjson.loads(document_in(entry, "case")))


def awards_in(entry: Entry, keys: Iterable[str] | None) -> tuple[Award, ...]:
    """The awards of a decision under ``keys``, or all of them. Raises ``NotFound`` or ``Erased``."""
    if entry.seal is None:
        raise Erased(f"the personal data of decision {entry.id} were erased: decide again")
    decision = load_decision(document_in(entry, "decision"))
    awards: dict[str, Award] = {award.key: award for award in getattr(decision, "awards", ())}
    wanted = list(awards) if keys is None else list(dict.fromkeys(keys))
    for key in wanted:
        if key not in awards:
            raise NotFound(f"decision {entry.id} awards nothing under the key {key}")
    return tuple(awards[key] for key in wanted)
