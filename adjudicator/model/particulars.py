"""Particulars: what letters and pages say of a case besides its decision, whatever kind of case it is."""

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
    """What readers recognise a case by. Each field is empty where a kind of case has no such thing, or nobody knows it.

    ``titles`` are names of goods by line. ``paid`` is what was paid under this very case and not taken back. ``evidence_closes_at`` is
    the last instant at which evidence is waited for.
    """

    order_id: str | None = None
    titles: Mapping[str, str] = Factory(dict)
    documents: Mapping[str, Document] = Factory(dict)
    return_addresses: tuple[ReturnAddress, ...] = ()
    paid: tuple[Settlement, ...] = ()
    evidence_closes_at: Instant | None = None

    @classmethod
    def of(cls, case: Any) -> Particulars:
        """The particulars of a case whose fields have their usual names; a kind of case can say more, or otherwise."""
        return cls(
            order_id=getattr(getattr(case, "order", None), "id", None),
            documents={each.id: each for each in getattr(case, "evidence", ())},
            evidence_closes_at=getattr(case, "evidence_closes_at", None),
        )
