"""The messages that service and client exchange besides cases and decisions; documents and schemas are made from them."""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from adjudicator.model.claim import Settlement
from adjudicator.model.limits import AMOUNT, COUNT, CURRENCY
from adjudicator.model.money import Minor
from adjudicator.model.time import Instant


class PayoutState(StrEnum):
    """How far a payout is."""

    RESERVED = "reserved"
    CONFIRMED = "confirmed"
    REVERSED = "reversed"


@frozen(kw_only=True)
class PayoutTold:
    """An award that was reserved, and how far it is."""

    key: str = field(metadata={"means": "The key of the award."})
    reference: str = field(metadata={"means": "What to give the payment provider as its idempotency key."})
    attempt: int = field(
        metadata={"means": "1, or more where it was reversed unpaid and reserved again.", "bounds": COUNT}
    )
    state: PayoutState = field(converter=PayoutState)
    kind: str = field(metadata={"means": "What it is paid for, as in the award."})
    line_id: str | None = field(metadata={"means": "The line on which it is paid; null for postage."})
    amount: Minor = field(metadata={"means": "In minor units of the currency.", "bounds": AMOUNT})
    currency: str = field(metadata={"code": CURRENCY})
    units: int | None = field(
        metadata={
            "means": "How many units of the line it settles, as in the award; null for tax and postage, or where nobody knows.",
            "bounds": AMOUNT,
        }
    )
    order_id: str
    claim_id: str
    decision_id: str = field(metadata={"means": "The decision on which it was reserved."})
    reserved_at: Instant
    confirmed_at: Instant | None = field(metadata={"means": "When it was paid, also if it was reversed since."})
    updated_at: Instant


@frozen
class Payouts:
    """Payouts, in the order in which they were reserved."""

    payouts: tuple[PayoutTold, ...]


@frozen
class Settlements:
    """What was settled on an order, as a case holds it: what is reserved or confirmed, and with `reversed_at` what was paid and reversed."""

    settlements: tuple[Settlement, ...]


@frozen(kw_only=True)
class DecisionListed:
    """A decision as the list has it."""

    id: str = field(metadata={"means": "Its id on record."})
    number: int = field(metadata={"means": "Its place in the history of its order or case.", "bounds": COUNT})
    order_id: str | None
    case_id: str
    claim_id: str | None
    policy: str
    edition: str
    revision: int = field(metadata={"bounds": COUNT})
    outcome: str
    as_of: Instant
    decided_at: Instant = field(metadata={"means": "When it was put on record."})
    updated_at: Instant = field(metadata={"means": "When it last changed: a payout, a successor, an erasure."})
    decided_by: str | None = field(metadata={"means": "The id of the API key with which it was asked for."})
    supersedes: str | None = field(metadata={"means": "The decision whose place it took."})
    superseded_by: str | None = field(metadata={"means": "The decision that took its place; it pays nothing any more."})
    erased: bool = field(metadata={"means": "Whether the personal data of its case were erased."})


@frozen
class DecisionPage:
    """A page of decisions in the order of their last change."""

    decisions: tuple[DecisionListed, ...]
    next_cursor: str | None = field(metadata={"means": "Leads to the next page; null where there is none."})


@frozen
class DecisionStanding:
    """How a decision stands at this moment."""

    decision: DecisionListed
    payouts: tuple[PayoutTold, ...] = field(
        metadata={"means": "The payouts of its claim, also those that were reversed."}
    )
    version: int = field(metadata={"means": "The version of its order, or case, as in the `ETag`.", "bounds": COUNT})


@frozen
class RunAgain:
    """A recorded decision, decided once more by the program as it is now."""

    agrees: bool = field(metadata={"means": "Whether the bytes are the same."})
    recorded_sha256: str
    now_sha256: str
