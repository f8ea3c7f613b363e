"""What the consumer filed, and what was paid before."""

from __future__ import annotations

from attrs import field, frozen

from adjudicator.model.enumerations import Channel, Demand, Reason, ReplyDecision, Service, SettlementKind
from adjudicator.model.limits import COUNT
from adjudicator.model.money import Minor
from adjudicator.model.privacy import Personal
from adjudicator.model.time import Instant


@frozen(kw_only=True)
class ClaimItem:
    """One order line that is claimed, and how many of its units."""

    line_id: str = field(metadata={"means": "A line of the order; each is claimed once at most."})
    quantity: int = field(metadata={"means": "At most the line's.", "bounds": COUNT})


@frozen(kw_only=True)
class MerchantReply:
    """The merchant's own answer to the claim."""

    decision: ReplyDecision | None = None
    replied_at: Instant | None = None


@frozen(kw_only=True)
class Claim:
    """What the consumer filed."""

    id: str
    claimant_id: str = field(
        metadata={"means": "Who filed it, to be compared with the buyer of the order.", "personal": Personal.IDENTITY}
    )
    filed_at: Instant
    filed_through: Channel
    reason: Reason
    service: Service
    demands: tuple[Demand, ...]
    items: tuple[ClaimItem, ...] = field(metadata={"means": "What is claimed.", "not_empty": True})
    requested_amount: Minor | None = field(default=None, metadata={"means": "The consumer's own figure for all of it."})
    merchant_reply: MerchantReply | None = None
    evidence_closes_at: Instant | None = field(
        default=None, metadata={"means": "After it, evidence that is missing is not waited for any longer."}
    )


@frozen(kw_only=True)
class Settlement:
    """Something paid before, under any claim."""

    kind: SettlementKind
    amount: Minor
    line_id: str | None = field(
        default=None, metadata={"means": "The line on which it was paid; null for postage, and only for postage."}
    )
    settled_at: Instant | None = None
    claim_id: str | None = field(default=None, metadata={"means": "The claim under which it was paid, if under one."})
    units: int | None = field(
        default=None,
        metadata={
            "means": "How many units of the line it settled; only of a refund or a compensation.",
            "bounds": COUNT,
        },
    )
    reversed_at: Instant | None = field(
        default=None, metadata={"means": "When it was taken back; what was taken back counts for nothing."}
    )

    @property
    def stands(self) -> bool:
        """Whether it was not taken back."""
        return self.reversed_at is None
