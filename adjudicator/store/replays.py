"""Answers given again to a repeated request, each checked against the chains first.

Idempotency keys are not part of the chains, so an altered row must not make the record say what it never said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import attrs
import sqlalchemy as sa
from attrs import frozen

from adjudicator.model.digest import digest
from adjudicator.model.soundness import CaseBase
from adjudicator.store.chain import Entry, chain_entries, check_entry, check_link
from adjudicator.store.errors import Altered, KeyExpired
from adjudicator.store.listing import Key, apply_in_memory, row_changes
from adjudicator.store.lookups import (
    Request,
    answered_entry,
    case_in,
    decision_row,
    digests_in,
    document_in,
    previous_answer,
)
from adjudicator.store.payouts import Payout, State, load_payouts, payout_from
from adjudicator.store.results import Recorded
from adjudicator.store.settlements import PayingCase
from adjudicator.store.tables import PAYOUTS, SPENT
from adjudicator.store.verification import entries_fault
from adjudicator.wire.codec import normalised

REACHED: Final = {
    State.RESERVED: frozenset({State.RESERVED, State.CONFIRMED}),
    State.CONFIRMED: frozenset({State.CONFIRMED}),
    State.REVERSED: frozenset({State.REVERSED}),
}
"""The states that a payout can be in after it was reserved, confirmed or reversed."""


def repeated_decision(
    connection: sa.Connection, request: Request, case: CaseBase, fill_settlements: bool
) -> Recorded | None:
    """The decision that answered this request before, if any.

    Raises :class:`~adjudicator.store.errors.Altered` unless its entry is intact and decides this case.
    """
    row = previous_answer(connection, request)
    if row is None:
        return None
    if row.decision_id is None:
        raise Altered("the answer to this request is missing")
    entry = answered_entry(connection, row.decision_id)
    check_entry(entry)
    check_link(connection, entry)
    if not _is_case_of(entry, case, fill_settlements):
        raise Altered(f"decision {entry.id} decides another case than this request")
    return Recorded(entry.id, document_in(entry, "decision"), repeat=True)


def _is_case_of(entry: Entry, case: CaseBase, fill_settlements: bool) -> bool:
    """Whether an entry decides a case, apart from settlements that were filled in after those of the case."""
    wanted = digest(normalised(case))
    digests = digests_in(entry)
    if digests is not None and digests["case"] == wanted:
        return True
    recorded = case_in(entry)
    if fill_settlements and isinstance(recorded, PayingCase) and isinstance(case, PayingCase):
        recorded = attrs.evolve(recorded, settlements=recorded.settlements[: len(case.settlements)])
    return digest(normalised(recorded)) == wanted


@frozen
class PayoutRequest:
    """A step of payouts that was asked for: see :meth:`~adjudicator.store.decisions.DecisionStore.settle`."""

    decision_id: str
    state: State
    keys: tuple[str, ...] | None

    @property
    def payload(self) -> list[Any]:
        """What an idempotency key is bound to."""
        return ["payouts", self.decision_id, self.state.value, self.keys]


def repeated_payouts(connection: sa.Connection, request: Request, asked: PayoutRequest) -> tuple[Payout, ...] | None:
    """The payouts that answered this request before, if any.

    Raises :class:`~adjudicator.store.errors.KeyExpired` if the answer was removed, and :class:`~adjudicator.store.errors.Altered` unless
    they are those that were asked for, as the chain of the order had them once.
    """
    row = previous_answer(connection, request)
    if row is None:
        return None
    if row.answer == SPENT:
        raise KeyExpired(
            "the answer to this idempotency key was removed, because it was too old; nothing was done: look at the payouts of the decision"
        )
    payouts = _payouts_in(row.answer)
    chain = decision_row(connection, asked.decision_id)["chain"]
    entries = tuple(chain_entries(connection, chain))
    if (fault := entries_fault(entries, chain)) is not None:
        raise Altered(f"{fault}: run adjudicator audit verify")
    known = set(_payout_states(entries))
    for payout in payouts:
        if payout not in known or payout.state not in REACHED[asked.state]:
            raise Altered(f"the chain of the order has no such payout of {payout.amount} under the key {payout.key}")
    if not _are_those_asked_for(payouts, asked, entries):
        raise Altered("the answer to this request is about other payouts")
    return payouts


def _payouts_in(answer: str | None) -> tuple[Payout, ...]:
    try:
        return load_payouts(answer or "")
    except (ValueError, TypeError) as error:
        raise Altered("the answer to this request cannot be read") from error


def _payout_states(entries: Iterable[Entry]) -> Iterable[Payout]:
    """Every payout of a chain as it was after each of its steps."""
    rows: dict[tuple[str, Key], dict[str, Any]] = {}
    for entry in entries:
        document = entry.document()
        apply_in_memory(rows, row_changes(document))
        if document["kind"] == "payout":
            yield payout_from(rows[PAYOUTS.name, (document["key"], document["attempt"])])


def _are_those_asked_for(payouts: Sequence[Payout], asked: PayoutRequest, entries: Iterable[Entry]) -> bool:
    answered = [payout.key for payout in payouts]
    if asked.keys is not None:
        return answered == [*asked.keys]
    if asked.state is State.RESERVED:
        (decision,) = (entry.document()["decision"] for entry in entries if entry.id == asked.decision_id)
        return answered == [award["key"] for award in decision.get("awards", ())]
    on_decision = all(payout.decision_id == asked.decision_id for payout in payouts)
    return on_decision and (asked.state is State.REVERSED or bool(payouts))
