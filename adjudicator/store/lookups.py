"""What is on record already, and where: looking up chains, decisions and answers within a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
import sqlalchemy as sa

from adjudicator.case import Case
from adjudicator.codec import case_from, load_decision
from adjudicator.decision import Award, ClaimDecision, Decision
from adjudicator.faults import Fault, InputError, shown
from adjudicator.store import database
from adjudicator.store.answers import Recorded
from adjudicator.store.chain import Entry, entry_by_id
from adjudicator.store.faults import Erased, KeyReused, NotFound, NotSuperseded, StillRunning
from adjudicator.store.personal import put_back, subject_digest
from adjudicator.store.tables import DECISIONS, ENTRIES, LONGEST_ID, REQUESTS, SEALED

# What a case is found by


def chain_of(case: Any) -> str:
    """The chain that a case belongs to."""
    return f"order/{case.order.id}" if isinstance(case, Case) else f"case/{case.id}"


def can_be_found_again(case: Any) -> None:
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


def concerned(order_id: str | None, case_id: str | None, subject: str | None) -> sa.ColumnElement[bool]:
    """Which sealed data an erasure is about."""
    if subject is not None:
        wanted = subject_digest(subject)
        return sa.or_(SEALED.c.buyer == wanted, SEALED.c.claimant == wanted)
    return ENTRIES.c.chain == (f"case/{case_id}" if order_id is None else f"order/{order_id}")


# What is on record already


def answered(connection: sa.Connection, request: str, payload: str) -> Recorded | None:
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
    return Recorded(row.decision_id, document_in(decision_entry(connection, row.decision_id), "decision"), repeat=True)


def decided_before(connection: sa.Connection, chain: str, decision: Decision, supersedes: str | None) -> str | None:
    """The decision with these bytes for this case, if it is on record."""
    digests = decision.digests
    chosen = sa.select(DECISIONS.c.id).where(
        DECISIONS.c.chain == chain,
        DECISIONS.c.case_digest == (digests and digests.case),
        DECISIONS.c.decision_digest == (digests and digests.decision),
    )
    if supersedes is not None:
        chosen = chosen.where(DECISIONS.c.supersedes == supersedes)
    return connection.scalars(chosen.order_by(DECISIONS.c.number.desc()).limit(1)).one_or_none()


def may_supersede(connection: sa.Connection, chain: str, id: str) -> None:
    """Raises ``NotFound`` or ``NotSuperseded`` unless a decision may be superseded by one of this chain."""
    row = listed(connection, id)
    if row["chain"] != chain:
        raise NotSuperseded(f"the decision {id} is about another order or case")
    if row["superseded_by"] is not None:
        raise NotSuperseded(f"the decision {id} is superseded already, by {row['superseded_by']}")


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
    awards = {award.key: award for award in decision.awards} if isinstance(decision, ClaimDecision) else {}
    wanted = list(awards) if keys is None else list(dict.fromkeys(keys))
    for key in wanted:
        if key not in awards:
            raise NotFound(f"the decision {entry.id} awards nothing under the key {key}")
    return tuple(awards[key] for key in wanted)
