"""The messages that service and client exchange, other than cases and decisions."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from attrs import field, frozen

from adjudicator.model.claim import Settlement
from adjudicator.model.limits import AMOUNT, COUNT, CURRENCY
from adjudicator.model.money import Minor
from adjudicator.model.time import Instant


class PayoutState(StrEnum):
    """The state of a payout."""

    RESERVED = "reserved"
    CONFIRMED = "confirmed"
    REVERSED = "reversed"


@frozen(kw_only=True)
class PayoutStatus:
    """A reserved award, and the state of its payment."""

    schema_name: ClassVar[str] = "PayoutTold"

    key: str = field(metadata={"means": "The key of the award."})
    reference: str = field(metadata={"means": "The idempotency key for the payment provider."})
    attempt: int = field(
        metadata={"means": "1, or more if it was reversed unpaid and reserved again.", "bounds": COUNT}
    )
    state: PayoutState = field(converter=PayoutState)
    kind: str = field(metadata={"means": "What it is paid for, as in the award."})
    line_id: str | None = field(metadata={"means": "The line it is paid for; null for postage."})
    amount: Minor = field(metadata={"means": "In minor units of the currency.", "bounds": AMOUNT})
    currency: str = field(metadata={"code": CURRENCY})
    units: int | None = field(
        metadata={
            "means": "How many units of the line it settles, as in the award; null for tax and postage, or if that is not known.",
            "bounds": AMOUNT,
        }
    )
    order_id: str
    claim_id: str
    decision_id: str = field(metadata={"means": "The decision on which it was reserved."})
    reserved_at: Instant
    confirmed_at: Instant | None = field(metadata={"means": "When it was paid, even if it was reversed since."})
    updated_at: Instant


@frozen
class Payouts:
    """Payouts in the order of their reservation."""

    payouts: tuple[PayoutStatus, ...]


@frozen
class Settlements:
    """The settlements of an order, as a case holds them: reserved and confirmed payouts, and paid ones with `reversed_at` if reversed."""

    settlements: tuple[Settlement, ...]


@frozen(kw_only=True)
class DecisionSummary:
    """A decision as an item of the list."""

    schema_name: ClassVar[str] = "DecisionListed"

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
    decided_at: Instant = field(metadata={"means": "When it was recorded."})
    updated_at: Instant = field(metadata={"means": "When it last changed: a payout, a successor, an erasure."})
    decided_by: str | None = field(metadata={"means": "The caller: the id of the first API key of its name."})
    supersedes: str | None = field(metadata={"means": "The decision it replaced."})
    superseded_by: str | None = field(
        metadata={"means": "The decision that replaced it; if there is one, this one pays nothing any more."}
    )
    erased: bool = field(metadata={"means": "Whether the personal data of its case were erased."})


@frozen
class DecisionPage:
    """A page of decisions in the order of their last change."""

    decisions: tuple[DecisionSummary, ...]
    next_cursor: str | None = field(metadata={"means": "The cursor of the next page; null if there is none."})


@frozen
class DecisionWithPayouts:
    """The current state of a decision."""

    schema_name: ClassVar[str] = "DecisionStanding"

    decision: DecisionSummary
    payouts: tuple[PayoutStatus, ...] = field(metadata={"means": "The payouts of its claim, including reversed ones."})
    version: int = field(metadata={"means": "The version of its order, or case, as in the `ETag`.", "bounds": COUNT})


class ErasureState(StrEnum):
    """The state of an erasure."""

    ERASING = "erasing"
    CLEARING = "clearing"
    DONE = "done"


@frozen(kw_only=True)
class Erasure:
    """An erasure of personal data, and how far it is."""

    id: str = field(metadata={"means": "Its id, for `GET /v1/erasures/{id}`."})
    state: ErasureState = field(
        converter=ErasureState,
        metadata={
            "means": "`erasing`: the data are being removed. `clearing`: nobody can read them any more, but the files of SQLite may "
            "still hold them until nobody reads an older state. `done`: the record holds them nowhere."
        },
    )
    reason: str
    requested_at: Instant
    finished_at: Instant | None
    erased: tuple[str, ...] = field(
        metadata={"means": "The ids of the decisions whose personal data it has removed so far."}
    )


@frozen
class Rerun:
    """A recorded decision, decided again by the current program."""

    schema_name: ClassVar[str] = "RunAgain"

    agrees: bool = field(metadata={"means": "Whether the bytes are the same."})
    recorded_sha256: str
    now_sha256: str


class KeyScope(StrEnum):
    """What an API key allows."""

    DECIDE = "decide"
    PAY = "pay"
    RULE = "rule"
    READ = "read"
    ADMIN = "admin"
    METRICS = "metrics"


@frozen(kw_only=True)
class ApiKeyListed:
    """An API key, without its token."""

    id: str
    name: str = field(metadata={"means": "Who uses it."})
    identity: str = field(
        metadata={
            "means": "The caller, for which idempotency keys and rates count: the same for all keys of this name."
        }
    )
    scopes: tuple[KeyScope, ...]
    created_at: Instant
    expires_at: Instant | None = field(metadata={"means": "When it stops working; null if it does not expire."})
    last_used_at: Instant | None = field(metadata={"means": "When it was last used, to the minute or so."})
    revoked_at: Instant | None


@frozen
class ApiKeyPage:
    """A page of API keys in the order of their ids."""

    keys: tuple[ApiKeyListed, ...]
    next_cursor: str | None = field(metadata={"means": "The cursor of the next page; null if there is none."})


@frozen
class ApiKeyCreated:
    """A new API key, and its token, which is never shown again."""

    key: ApiKeyListed
    token: str


@frozen
class PanelToken:
    """A token that opens a panel."""

    token: str = field(metadata={"means": "It opens the panel once; a pass opens it until it expires."})
    expires_at: Instant = field(metadata={"means": "When it stops working."})
    path: str = field(metadata={"means": "The path of the panel, with the token where no server sees it."})


@frozen(kw_only=True)
class AccessListed:
    """A request in the access log."""

    at: Instant
    caller: str = field(metadata={"means": "The identity of its API key."})
    key_id: str | None = field(metadata={"means": "The API key."})
    operation: str = field(metadata={"means": "The operation, by its id in the OpenAPI document."})
    resource: str | None = field(
        metadata={
            "means": "What it was about: a decision, a key, or an order on record; null if nothing of the record."
        }
    )
    status: int = field(metadata={"means": "The HTTP status of the response.", "bounds": COUNT})


@frozen
class AccessPage:
    """A page of the access log, newest first."""

    accesses: tuple[AccessListed, ...]
    next_cursor: str | None = field(metadata={"means": "The cursor of the next page; null if there is none."})


class JobKind(StrEnum):
    """What a job does with its lines."""

    RECORD = "record"
    DRY_RUN = "dry_run"
    REPLAY = "replay"


class JobProgress(StrEnum):
    """The state of a job."""

    UPLOADING = "uploading"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


@frozen(kw_only=True)
class Job:
    """A job, and how far it is."""

    id: str = field(metadata={"means": "Its id, for `GET /v1/jobs/{id}`."})
    do: JobKind = field(converter=JobKind)
    edition: str | None = field(
        metadata={"means": "The edition that decides; null for the one that governs each case."}
    )
    fill_settlements: bool
    state: JobProgress = field(
        converter=JobProgress,
        metadata={
            "means": "`uploading`: its lines are being received. `waiting`: no worker has begun. `done` and `cancelled`: nothing more is "
            "done. The results of lines that are done can be read in any state."
        },
    )
    lines: int = field(metadata={"means": "The lines received, blank ones included.", "bounds": AMOUNT})
    cases: int = field(metadata={"means": "The lines that are not blank; 0 while they are received.", "bounds": AMOUNT})
    done: int = field(
        metadata={"means": "The cases that have their result: `decided` and `refused`.", "bounds": AMOUNT}
    )
    decided: int = field(metadata={"bounds": AMOUNT})
    refused: int = field(metadata={"means": "The cases whose result is a problem.", "bounds": AMOUNT})
    cases_per_minute: int | None = field(
        metadata={"means": "How fast it is, since it was started; null before.", "bounds": AMOUNT}
    )
    created_at: Instant
    started_at: Instant | None
    finished_at: Instant | None
    expires_at: Instant | None = field(
        metadata={"means": "When the job and its results are removed; null until it ends."}
    )


@frozen
class JobPage:
    """A page of jobs, oldest first."""

    jobs: tuple[Job, ...]
    next_cursor: str | None = field(metadata={"means": "The cursor of the next page; null if there is none."})
