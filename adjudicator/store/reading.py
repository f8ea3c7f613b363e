"""What the record says: decisions, cases and payouts, as they were given out and as they stand now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import sqlalchemy as sa
from attrs import frozen

from adjudicator.api import decide
from adjudicator.engine.registry import edition_named
from adjudicator.model.claim import Settlement
from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.chain import Entry, all_entries, chain_entries, chain_length
from adjudicator.store.lookups import (
    case_in,
    decision_entry,
    decision_row,
    document_in,
    documents_in,
)
from adjudicator.store.payouts import Payout, payout_by_key, payouts_on_order
from adjudicator.store.results import (
    EVERY_DECISION,
    DecisionStatus,
    Filter,
    Page,
    Rerun,
    StoredDocument,
    Summary,
    list_page,
    matching,
    page_document,
    summary_from,
)
from adjudicator.store.settlements import PayingCase, settlements_in, with_current_ledger
from adjudicator.store.tables import DECISIONS
from adjudicator.store.tenancy import chain_name, tenant_of
from adjudicator.store.worklist import (
    MOST_OPEN,
    History,
    OpenDecision,
    WaitingPayout,
    claims_found,
    history,
    open_decisions,
    waiting_payouts,
)
from adjudicator.wire.codec import dump_decision


def by_the_clock() -> Instant:
    """The current time."""
    return Instant.at(dt.datetime.now(dt.UTC))


@frozen(eq=False)
class RecordReader:
    """Reads the record of one tenant in one database.

    ``engine`` is bound to the tenant: see :mod:`adjudicator.store.tenancy`. ``policies`` are those that it may use.
    """

    engine: sa.Engine
    now: Callable[[], Instant] = by_the_clock
    policies: frozenset[str] | None = None

    @property
    def tenant(self) -> str:
        """The tenant whose record this is."""
        return tenant_of(self.engine)

    def decision(self, id: str) -> StoredDocument:
        """A decision, byte for byte as it was returned. Raises ``NotFound``."""
        return self._document(id, "decision")

    def case(self, id: str) -> StoredDocument:
        """The case of a decision, with the settlements that were filled in. Raises ``NotFound``."""
        return self._document(id, "case")

    def decision_and_case(self, id: str) -> tuple[StoredDocument, StoredDocument]:
        """Both, from one entry that is read once. Raises ``NotFound``."""
        with database.read_transaction(self.engine) as connection:
            entry = decision_entry(connection, id)
        decision, case = documents_in(entry, "decision", "case")
        return StoredDocument(decision, entry.seal is None), StoredDocument(case, entry.seal is None)

    def current_case(self, id: str, as_of: Instant) -> Any:
        """The case of a decision as at an instant: with the settlements on record for its order by then.

        Raises ``NotFound``, ``Erased``, or :class:`~adjudicator.model.errors.InputError` for an instant before something in the case.
        """
        with database.read_transaction(self.engine) as connection:
            entry = decision_entry(connection, id)
            case = attrs.evolve(case_in(entry), as_of=as_of)
            order_id = entry.document()["order_id"]
            if order_id is None or not isinstance(case, PayingCase):
                return case
            payouts = payouts_on_order(connection, order_id)
            return with_current_ledger(case, entry.document()["settlements_filled"], payouts)

    def cases(self) -> Iterator[StoredDocument]:
        """The case of every decision, chain by chain, on one snapshot. Those whose personal data were erased lack these data."""
        with database.read_transaction(self.engine) as connection, database.without_timeouts(connection):
            for entry in all_entries(connection):
                if entry.document()["kind"] == "decision":
                    yield StoredDocument(document_in(entry, "case"), entry.seal is None)

    def _document(self, id: str, part: str) -> StoredDocument:
        with database.read_transaction(self.engine) as connection:
            entry = decision_entry(connection, id)
        return StoredDocument(document_in(entry, part), entry.seal is None)

    def summary(self, id: str) -> Summary:
        """The list entry of a decision. Raises ``NotFound``."""
        with database.read_transaction(self.engine) as connection:
            return summary_from(decision_row(connection, id))

    def standing(self, id: str) -> DecisionStatus:
        """The current status of a decision: its list entry, payouts and version. Raises ``NotFound``."""
        with database.read_transaction(self.engine) as connection:
            row = decision_row(connection, id)
            on_order = () if row["order_id"] is None else payouts_on_order(connection, row["order_id"])
            on_claim = tuple(payout for payout in on_order if payout.claim_id == row["claim_id"])
            return DecisionStatus(summary_from(row), on_claim, chain_length(connection, row["chain"]))

    def decisions(self, filter: Filter = EVERY_DECISION, cursor: str | None = None, limit: int = 100) -> Page:
        """A page of decisions, least recently changed first.

        To follow changes, continue from the last cursor, or set ``updated_since`` a little into the past, because workers' clocks may
        differ. Raises :class:`ValueError` for a cursor from elsewhere.
        """
        with database.read_transaction(self.engine) as connection:
            return list_page(connection, filter, cursor, limit)

    def decisions_document(
        self, filter: Filter = EVERY_DECISION, cursor: str | None = None, limit: int = 100
    ) -> dict[str, Any]:
        """The same page as a JSON document: see :class:`~adjudicator.wire.messages.DecisionPage`."""
        with database.read_transaction(self.engine) as connection:
            return page_document(connection, filter, cursor, limit)

    def has_any(self, filter: Filter) -> bool:
        """Whether any decision matches."""
        with database.read_transaction(self.engine) as connection:
            return connection.scalar(matching(sa.select(DECISIONS.c.id), filter).limit(1)) is not None

    def open_decisions(
        self, outcome: str, policy: str | None = None, *, newest_first: bool = False, limit: int = MOST_OPEN
    ) -> tuple[OpenDecision, ...]:
        """Decisions with an outcome that nothing has replaced, longest ago first unless ``newest_first``; none that were erased."""
        with database.read_transaction(self.engine) as connection:
            return open_decisions(connection, outcome, policy, newest_first, limit)

    def claims_found(self, text: str, limit: int = 100) -> tuple[Summary, ...]:
        """The newest decision of each claim that an id identifies: that of an order, a claim, a case without an order, or a decision."""
        with database.read_transaction(self.engine) as connection:
            return claims_found(connection, text, limit)

    def history(self, id: str, limit: int = 100) -> History:
        """The last entries on the order, or the case, of a decision: decisions, payouts and erasures. Raises ``NotFound``."""
        with database.read_transaction(self.engine) as connection:
            return history(connection, id, limit)

    def rerun(self, id: str, edition: str | None = None) -> Rerun:
        """Decide a recorded case again and compare the bytes. Raises ``NotFound`` or ``Erased``.

        With ``edition``, decide it under the edition of this name of its policy. Raises
        :class:`~adjudicator.model.errors.InputError` if there is none.
        """
        with database.read_transaction(self.engine) as connection:
            entry = decision_entry(connection, id)
        recorded = document_in(entry, "decision")
        case = case_in(entry)
        now = dump_decision(decide(case, None if edition is None else edition_named(case, edition)))
        return Rerun(now == recorded, recorded, now)

    def payout(self, key: str) -> Payout:
        """The latest payout under a key. Raises ``NotFound``."""
        with database.read_transaction(self.engine) as connection:
            return payout_by_key(connection, key)

    def waiting_payouts(self, after: tuple[int, str, int] | None = None, limit: int = 100) -> tuple[WaitingPayout, ...]:
        """The reserved payouts, oldest first; ``after`` is the position of one, to continue from there."""
        with database.read_transaction(self.engine) as connection:
            return waiting_payouts(connection, after, max(1, min(limit, MOST_OPEN)))

    def payouts(self, order_id: str) -> tuple[Payout, ...]:
        """Every payout on an order, including reversed ones."""
        with database.read_transaction(self.engine) as connection:
            return payouts_on_order(connection, order_id)

    def settlements(self, order_id: str) -> tuple[Settlement, ...]:
        """The settlements on record for an order: see :func:`~adjudicator.store.settlements.settlements_in`."""
        return settlements_in(self.payouts(order_id))

    def entries(self, order_id: str) -> tuple[Entry, ...]:
        """The chain of an order: everything that happened to it, in order."""
        with database.read_transaction(self.engine) as connection:
            return tuple(chain_entries(connection, chain_name(connection, "order", order_id)))
