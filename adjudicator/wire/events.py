"""Events and webhooks as JSON: what a caller polls, what a webhook receives, and what is administered.

An event is thin: it says what happened to which order and where to read more. It holds no personal data, so that it can be
sent, stored and replayed after they were erased.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from attrs import field, frozen

from adjudicator.model.award import SHA_256
from adjudicator.model.limits import AMOUNT, COUNT
from adjudicator.model.time import Instant


class EventType(StrEnum):
    """What happened."""

    DECISION_RECORDED = "decision.recorded"
    PAYOUT_RESERVED = "payout.reserved"
    PAYOUT_CONFIRMED = "payout.confirmed"
    PAYOUT_REVERSED = "payout.reversed"
    REVIEW_DUE = "review.due"
    ERASURE_RECORDED = "erasure.recorded"
    WEBHOOK_TEST = "webhook.test"


@frozen(kw_only=True)
class EventData:
    """Which things an event is about."""

    order_id: str | None = field(
        metadata={"means": "The order, or what else is paid for; null for a case without either."}
    )
    case_id: str | None = field(metadata={"means": "The case; null for a payout, and for an erasure on an order."})
    claim_id: str | None
    decision_id: str | None = field(metadata={"means": "The decision, for `GET /v1/decisions/{id}`."})
    payout_key: str | None = field(metadata={"means": "The key of the award that was reserved, confirmed or reversed."})
    due_at: Instant | None = field(
        metadata={"means": "For a review: the `reconsider_at` of the decision, or the `due_at` of one of its requests."}
    )
    erased: tuple[str, ...] = field(
        metadata={"means": "For an erasure: the ids of the decisions without personal data now."}
    )
    sequence: int = field(
        metadata={
            "means": "The number of entries in the chain of the order (or of the case without one) at that moment, as in its `ETag`; 0 in a test.",
            "bounds": AMOUNT,
        }
    )
    digest: str | None = field(
        metadata={
            "means": "The digest of the entry in that chain, which covers the decision or payout without personal data; for a review, "
            "that of the decision.",
            "code": SHA_256,
        }
    )


@frozen(kw_only=True)
class Event:
    """Something that happened on record."""

    schema_name: ClassVar[str] = "RecordedEvent"

    id: str = field(
        metadata={"means": "Unique, and the same at every attempt to deliver it. Ignore an id that you have seen."}
    )
    type: EventType = field(converter=EventType)
    timestamp: Instant = field(metadata={"means": "When it happened."})
    data: EventData


@frozen(kw_only=True)
class EventPage:
    """Events in the order in which they entered the log."""

    events: tuple[Event, ...]
    next_cursor: str = field(metadata={"means": "Where to go on, also if there are no events now. Never null."})
    has_more: bool = field(metadata={"means": "Whether you can go on at once; otherwise, wait a moment."})


class WebhookState(StrEnum):
    """Whether events are delivered."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    FAILED = "failed"


@frozen(kw_only=True)
class WebhookListed:
    """A webhook: an address to which events are delivered, and how that is going."""

    id: str
    url: str
    description: str | None
    types: tuple[EventType, ...] | None = field(metadata={"means": "Only events of these types; null means all."})
    state: WebhookState = field(
        converter=WebhookState,
        metadata={
            "means": "`disabled`: you switched it off. `failed`: nothing could be delivered for days, or the receiver answered 410; "
            "enable it to go on where it stopped."
        },
    )
    created_at: Instant
    updated_at: Instant
    old_secret_until: Instant | None = field(
        metadata={"means": "Until then, deliveries are signed with the secret before the last rotation too."}
    )
    cursor: str = field(metadata={"means": "Up to where in the log its deliveries are planned."})
    waiting: int = field(metadata={"means": "How many planned deliveries have not succeeded yet.", "bounds": AMOUNT})
    given_up: int = field(metadata={"means": "How many deliveries were given up.", "bounds": AMOUNT})
    behind: int = field(metadata={"means": "How many events of the log are not planned yet.", "bounds": AMOUNT})
    failing_since: Instant | None = field(metadata={"means": "When the first attempt since the last success failed."})
    last_success_at: Instant | None
    last_failure_at: Instant | None
    last_failure: str | None = field(metadata={"means": "Why the last failed attempt failed, such as `status 500`."})


@frozen
class WebhookPage:
    """A page of webhooks in the order of their ids."""

    webhooks: tuple[WebhookListed, ...]
    next_cursor: str | None = field(metadata={"means": "The cursor of the next page; null if there is none."})


@frozen
class WebhookCreated:
    """A webhook and its new secret, which is never shown again."""

    webhook: WebhookListed
    secret: str


@frozen(kw_only=True)
class DeliveryListed:
    """A delivery that has not succeeded."""

    event_id: str
    type: EventType = field(converter=EventType)
    state: str = field(metadata={"means": "`waiting` or `given_up`."})
    attempts: int = field(metadata={"means": "How often it was attempted.", "bounds": AMOUNT})
    next_at: Instant | None = field(
        metadata={"means": "The next attempt, unless an earlier event of its order still waits."}
    )
    last_failure: str | None


@frozen
class DeliveryPage:
    """A page of the deliveries of a webhook that have not succeeded, in the order of the log."""

    deliveries: tuple[DeliveryListed, ...]
    next_cursor: str | None = field(metadata={"means": "The cursor of the next page; null if there is none."})


@frozen(kw_only=True)
class DeliveryTested:
    """What became of a test delivery."""

    delivered: bool
    status: int | None = field(metadata={"means": "The HTTP status of the answer, if there was one.", "bounds": COUNT})
    failure: str | None = field(metadata={"means": "Why it failed."})
