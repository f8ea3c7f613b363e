"""Particulars: what letters and pages say about a case beyond its decision, for every kind of case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import Factory, frozen

from adjudicator.model.claim import Settlement
from adjudicator.model.evidence import Document
from adjudicator.model.order import ReturnAddress
from adjudicator.model.time import Instant


@frozen(kw_only=True)
class Particulars:
    """What readers recognise a case by. A field is empty if the kind of case has no such thing, or it is unknown.

    ``titles`` are names of goods by line. ``paid`` lists payments under this very case that were not reversed.
    ``evidence_closes_at`` is the last instant for evidence.
    """

    order_id: str | None = None
    titles: Mapping[str, str] = Factory(dict)
    documents: Mapping[str, Document] = Factory(dict)
    return_addresses: tuple[ReturnAddress, ...] = ()
    paid: tuple[Settlement, ...] = ()
    evidence_closes_at: Instant | None = None

    @classmethod
    def of(cls, case: Any) -> Particulars:
        """The particulars of a case whose fields have the usual names; a kind of case can override this."""
        return cls(
            order_id=getattr(getattr(case, "order", None), "id", None),
            documents={each.id: each for each in getattr(case, "evidence", ())},
            evidence_closes_at=getattr(case, "evidence_closes_at", None),
        )
