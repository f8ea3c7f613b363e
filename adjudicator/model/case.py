"""A claim case, the input of a decision. The names are those of the contract.

``None`` means *not known*, never false and never zero. Money is in whole minor units of the order's currency.

The ``metadata`` of a field goes into the JSON Schema: ``means`` as its description, and its limits. A ``personal`` field (see
:class:`~adjudicator.model.privacy.Personal`) is hidden from readers it does not concern.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final, Self

from attrs import field, frozen

from adjudicator.model.claim import Claim, Settlement
from adjudicator.model.consistency import claim_faults
from adjudicator.model.declared_faults import LIMITS, is_plainly_right
from adjudicator.model.errors import Fault
from adjudicator.model.evidence import Evidence
from adjudicator.model.fields import all_fields
from adjudicator.model.order import Order
from adjudicator.model.plainly_sound import is_plainly_sound, plainly_sound_beside
from adjudicator.model.privacy import Personal
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant

METADATA: Final = {"means": "Copied to the decision and otherwise ignored.", "personal": Personal.INTERNAL}


@frozen(kw_only=True)
class Case(CaseBase):
    """A claim with everything known about it at ``as_of``.

    Every instance is valid: see :class:`~adjudicator.model.soundness.CaseBase`.
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
        """The faults of the case as a whole: impossible references, amounts and instants, and those of fields that a pack adds."""
        yield from claim_faults(self)
        kind: Any = type(self)
        if _has_further_faults(kind):
            yield from super().faults()

    def is_sound(self) -> bool:
        """Whether a case whose fields have the right types has no fault."""
        kind: Any = type(self)
        if kind is Case or not _has_further_faults(kind):
            return is_plainly_sound(self) or CaseBase.is_sound(self)
        is_plain = kind.faults is Case.faults and is_plainly_sound(self) and is_plainly_right(self)
        return is_plain or CaseBase.is_sound(self)

    def soundness_of_copies(self) -> Callable[[Self], bool]:
        """What :meth:`is_sound` says of copies of this case; it looks only at those parts of a copy that are not the same objects."""
        kind: Any = type(self)
        if kind.faults is not Case.faults or _has_further_faults(kind) or not is_plainly_sound(self):
            return super().soundness_of_copies()
        is_plain = plainly_sound_beside(self)
        return lambda copy: is_plain(copy) or CaseBase.is_sound(copy)


@cache
def _has_further_faults(kind: Any) -> bool:
    """Whether a class has faults that not every claim has: faults of its own, or limits or instants in fields of its own."""
    known = {each.name for _, each in all_fields(Case)}
    added = [each for _, each in all_fields(kind) if each.name not in known]
    return kind.faults is not Case.faults or any(
        not LIMITS.isdisjoint(each.metadata) or Instant in typing.get_args(each.type) or each.type is Instant
        for each in added
    )
