"""A claim case: what is handed in to be decided. The names are those of the contract.

``None`` means *not known*, never false and never zero. Money is whole minor units of the order's currency.

What is said in the ``metadata`` of a field goes into the JSON Schema: ``means`` in words, and what limits it. A field that is
``personal`` (see :class:`~adjudicator.model.privacy.Personal`) is kept from readers whom it does not concern.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import field, frozen

from adjudicator.model.claim import Claim, Settlement
from adjudicator.model.consistency import claim_faults
from adjudicator.model.errors import Fault
from adjudicator.model.evidence import Evidence
from adjudicator.model.order import Order
from adjudicator.model.privacy import Personal
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant

METADATA: Final = {"means": "Repeated in the decision, and never read.", "personal": Personal.INTERNAL}


@frozen(kw_only=True)
class Case(CaseBase):
    """A claim with everything that is before us at ``as_of``.

    A case that exists is sound: see :class:`~adjudicator.model.soundness.CaseBase`.
    """

    id: str
    policy: str
    as_of: Instant = field(metadata={"means": "The moment at which it is decided."})
    claim: Claim
    order: Order
    evidence: tuple[Evidence, ...]
    settlements: tuple[Settlement, ...]
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)

    def faults(self) -> Iterator[Fault]:
        """What makes it unsound: references, amounts and instants that cannot be."""
        return claim_faults(self)
