"""A case about a top-up that allegedly did not arrive, with its evidence. ``None`` means *not known*."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import ClassVar, TypeAlias

from attrs import field, frozen

from adjudicator.law import (
    METADATA,
    CaseBase,
    Document,
    Fault,
    Instant,
    Party,
    Personal,
    asked_of,
    each_once,
    happened_by,
    not_before,
    with_another,
)


class Shows(StrEnum):
    """What a document shows of a top-up."""

    ARRIVED = "arrived"
    NOT_ARRIVED = "not_arrived"
    UNCLEAR = "unclear"


@frozen(kw_only=True)
class ArrivalClaim:
    """What the consumer filed."""

    id: str
    filed_at: Instant


@frozen(kw_only=True)
class ArrivalOrder:
    """The order under which the top-up was bought."""

    id: str
    placed_at: Instant = field(metadata={"means": "When it was placed; it picks the edition.", "fact": "placed_at"})


def platforms_named(case: ArrivalCase) -> Iterable[str]:
    """What the platform of the account could be: any that feedback names, or none of them."""
    return with_another(each.platform for each in case.evidence if isinstance(each, OfficialFeedback))


def accounts_shown(case: ArrivalCase) -> Iterable[str]:
    """What the account could be: any that feedback shows, or none of them."""
    return with_another(each.account for each in case.evidence if isinstance(each, OfficialFeedback))


@frozen(kw_only=True)
class OrderedTopUp:
    """The account that was to be topped up."""

    account_platform: str | None = asked_of(
        Party.PLATFORM, "The platform that the account belongs to.", could_be=platforms_named
    )
    account: str | None = asked_of(
        Party.PLATFORM,
        "The account that was to be topped up.",
        "top_up_account",
        personal=Personal.IDENTITY,
        could_be=accounts_shown,
    )


@frozen(kw_only=True)
class OfficialFeedback(Document):
    """What the platform of an account says itself, such as a screenshot of its official site."""

    kind: ClassVar[str] = "official_feedback"
    shows: Shows
    platform: str | None = field(default=None, metadata={"means": "The platform that it names."})
    account: str | None = field(
        default=None, metadata={"means": "The account that it shows.", "personal": Personal.IDENTITY}
    )
    observed_at: Instant | None = field(default=None, metadata={"means": "Of when it is."})


@frozen(kw_only=True)
class MerchantScreenshot(Document):
    """A screenshot of the merchant's own system."""

    kind: ClassVar[str] = "merchant_screenshot"
    shows: Shows


@frozen(kw_only=True)
class DispatchProof(Document):
    """The merchant's proof that it dispatched the top-up."""

    kind: ClassVar[str] = "dispatch_proof"
    dispatched_at: Instant | None = None
    reference: str | None = field(default=None, metadata={"personal": Personal.DOCUMENT})


@frozen(kw_only=True)
class OtherDocument(Document):
    """Anything else; the rule does not read it."""

    kind: ClassVar[str] = "other"
    description: str = field(metadata={"personal": Personal.DOCUMENT})


ArrivalEvidence: TypeAlias = OfficialFeedback | MerchantScreenshot | DispatchProof | OtherDocument


@frozen(kw_only=True)
class ArrivalCase(CaseBase):
    """A claim that a top-up did not arrive, with everything that is known at ``as_of``.

    Every instance is valid: see :class:`~adjudicator.law.CaseBase`.
    """

    id: str
    policy: str
    as_of: Instant = field(metadata={"means": "The moment at which it is decided."})
    claim: ArrivalClaim
    order: ArrivalOrder
    top_up: OrderedTopUp | None = None
    evidence: tuple[ArrivalEvidence, ...]
    evidence_closes_at: Instant | None = field(
        default=None, metadata={"means": "After it, evidence that is missing is not waited for any longer."}
    )
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)

    def faults(self) -> Iterable[Fault]:
        """Besides what the fields say: what cannot have happened yet, or before the order, and ids that stand twice."""
        yield from super().faults()
        yield from arrival_faults(self)


def arrival_faults(case: ArrivalCase) -> Iterator[Fault]:
    """What cannot be in an arrival case. Values that could not be read are skipped."""
    placed_at = case.order.placed_at if case.order is not None else None
    if case.claim is not None:
        yield from happened_by("/claim/filed_at", case.claim.filed_at, case.as_of)
        yield from not_before("/claim/filed_at", case.claim.filed_at, placed_at, "order.placed_at")
    yield from happened_by("/order/placed_at", placed_at, case.as_of)
    for index, each in enumerate(case.evidence or ()):
        if each is not None:
            yield from _evidence_faults(f"/evidence/{index}", each, case.as_of)
    yield from each_once("/evidence", "id", case.evidence)


def _evidence_faults(pointer: str, document: ArrivalEvidence, as_of: Instant | None) -> Iterator[Fault]:
    for name in ("submitted_at", "observed_at", "dispatched_at"):
        yield from happened_by(f"{pointer}/{name}", getattr(document, name, None), as_of)
