"""What the consumer filed, and earlier payments."""

from __future__ import annotations

from attrs import field, frozen

from adjudicator.model.enumerations import Channel, Demand, Reason, ReplyDecision, Service, SettlementKind
from adjudicator.model.limits import COUNT
from adjudicator.model.money import Minor
from adjudicator.model.privacy import Personal
from adjudicator.model.time import Instant


@frozen(kw_only=True)
class ClaimItem:
    """A claimed order line, and how many of its units."""

    line_id: str = field(metadata={"means": "A line of the order; claim each at most once."})
    quantity: int = field(metadata={"means": "At most the quantity of the line.", "bounds": COUNT})


@frozen(kw_only=True)
class MerchantReply:
    """The merchant's reply to the claim."""

    decision: ReplyDecision | None = None
    replied_at: Instant | None = None


@frozen(kw_only=True)
class Claim:
    """What the consumer filed."""

    id: str
    claimant_id: str = field(
        metadata={"means": "Who filed it; compared with the buyer of the order.", "personal": Personal.IDENTITY}
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
        default=None, metadata={"means": "After this instant, missing evidence is no longer awaited."}
    )


@frozen(kw_only=True)
class Settlement:
    """An earlier payment, under any claim."""

    kind: SettlementKind
    amount: Minor
    line_id: str | None = field(
        default=None, metadata={"means": "The line it was paid for; null if and only if it was for postage."}
    )
    settled_at: Instant | None = None
    claim_id: str | None = field(default=None, metadata={"means": "The claim under which it was paid, if any."})
    units: int | None = field(
        default=None,
        metadata={
            "means": "How many units of the line it settled; only for a refund or a compensation.",
            "bounds": COUNT,
        },
    )
    reversed_at: Instant | None = field(
        default=None, metadata={"means": "When it was reversed; a reversed payment does not count."}
    )

    @property
    def stands(self) -> bool:
        """Whether the payment was not reversed."""
        return self.reversed_at is None
