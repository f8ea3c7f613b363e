"""A case about a top-up that allegedly did not arrive, with its evidence. ``None`` means *not known*."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    happened_by,
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
    filed_at: Instant = field(metadata={"not_before": "/order/placed_at", "not_after": "/as_of"})


@frozen(kw_only=True)
class ArrivalOrder:
    """The order under which the top-up was bought."""

    id: str
    placed_at: Instant = field(
        metadata={"means": "When it was placed; it picks the edition.", "fact": "placed_at", "not_after": "/as_of"}
    )


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
    observed_at: Instant | None = field(default=None, metadata={"means": "Of when it is.", "not_after": "/as_of"})


@frozen(kw_only=True)
class MerchantScreenshot(Document):
    """A screenshot of the merchant's own system."""

    kind: ClassVar[str] = "merchant_screenshot"
    shows: Shows


@frozen(kw_only=True)
class DispatchProof(Document):
    """The merchant's proof that it dispatched the top-up."""

    kind: ClassVar[str] = "dispatch_proof"
    dispatched_at: Instant | None = field(default=None, metadata={"not_after": "/as_of"})
    reference: str | None = field(default=None, metadata={"personal": Personal.DOCUMENT})


@frozen(kw_only=True)
class OtherDocument(Document):
    """Anything else; the rule does not read it."""

    kind: ClassVar[str] = "other"
    description: str = field(metadata={"personal": Personal.DOCUMENT})


ArrivalEvidence: TypeAlias = OfficialFeedback | MerchantScreenshot | DispatchProof | OtherDocument


@frozen(kw_only=True)
class ArrivalCase(CaseBase):
    """A claim that a top-up did not arrive, with everything that is known at ``as_of``."""

    id: str
    policy: str
    as_of: Instant = field(metadata={"means": "The moment at which it is decided."})
    claim: ArrivalClaim
    order: ArrivalOrder
    top_up: OrderedTopUp | None = None
    evidence: tuple[ArrivalEvidence, ...] = field(metadata={"each_once": "id"})
    evidence_closes_at: Instant | None = field(
        default=None, metadata={"means": "After it, evidence that is missing is not waited for any longer."}
    )
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)

    def faults(self) -> Iterable[Fault]:
        """Besides what the fields say: evidence that cannot have been submitted yet."""
        yield from super().faults()
        for index, each in enumerate(self.evidence or ()):
            if each is not None:
                yield from happened_by(f"/evidence/{index}/submitted_at", each.submitted_at, self.as_of)
