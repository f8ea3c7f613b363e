"""A decision: the value that comes out. It holds every finding; prose is made from it, never stored in it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, TypeAlias

from attrs import Factory, frozen

from adjudicator.case import Minor
from adjudicator.civil_time import Instant

CONTRACT: Final = 1

Plain: TypeAlias = str | int | bool | None | tuple[Any, ...]
"""A value as it stands in JSON: instants as RFC 3339 text, enumerations by their value."""


class Outcome(StrEnum):
    """How a claim, or one line of it, was decided."""

    APPROVED = "approved"
    PARTIALLY_APPROVED = "partially_approved"
    DENIED = "denied"
    NEEDS_INFORMATION = "needs_information"
    MANUAL_REVIEW = "manual_review"


class Role(StrEnum):
    """Whether a clause must hold, or must not."""

    REQUIREMENT = "requirement"
    BAR = "bar"


class Effect(StrEnum):
    """What a finding does to the claim. A bar that is not shown supports it."""

    SUPPORTS = "supports"
    DEFEATS = "defeats"
    UNDECIDED = "undecided"


class AwardKind(StrEnum):
    """What money is awarded for."""

    REFUND = "refund"
    COMPENSATION = "compensation"
    TAX = "tax"
    POSTAGE = "postage"


class Unit(StrEnum):
    """What a margin is counted in."""

    SECONDS = "seconds"
    MINOR_UNITS = "minor_units"
    UNITS = "units"


class FreightBearer(StrEnum):
    """Who pays for sending the goods back."""

    MERCHANT = "merchant"
    CONSUMER = "consumer"
    UNDETERMINED = "undetermined"


@frozen
class PolicyRef:
    """Which rule decided: its id, its edition (a date) and the revision of our code for it."""

    id: str
    edition: str
    revision: int


@frozen
class Because:
    """Why: a stable code, and what to put into its words."""

    code: str
    params: Mapping[str, Plain] = Factory(dict)


@frozen
class FactRead:
    """A fact that a clause stood on, and where in the case it was read (JSON pointers)."""

    name: str
    value: Plain
    pointers: tuple[str, ...]


@frozen
class Margin:
    """How far from the nearest edge: 0 or more on the good side of it, negative beyond it."""

    unit: Unit
    value: int


@frozen
class Finding:
    """What one clause came to. ``line_id`` is ``None`` where the rule judges the case as a whole."""

    clause: str
    cites: tuple[str, ...]
    line_id: str | None
    role: Role
    effect: Effect
    because: Because
    facts: tuple[FactRead, ...]
    evidence: tuple[str, ...]
    margin: Margin | None


@frozen
class LineResult:
    """How a claimed line was decided; ``units`` are the approved ones."""

    line_id: str
    outcome: Outcome
    units_claimed: int
    units: int


@frozen
class Award:
    """Money payable now.

    ``entitled`` is what the claim entitles to in all, ``settled`` what was settled before and is taken off. ``key`` stays the
    same until something is settled for the same order, line and kind: use it as the idempotency key of the payment.
    """

    key: str
    kind: AwardKind
    line_id: str | None
    amount: Minor
    entitled: Minor
    settled: Minor


@frozen
class Step:
    """One rung of the ladder: a named money function, what went in and what came out (minor units)."""

    step: str
    cites: tuple[str, ...]
    line_id: str | None
    inputs: Mapping[str, Plain]
    amount: Minor


@frozen
class ReturnAuthorisation:
    """Where the approved lines may be sent back to, and at whose cost."""

    address_id: str | None
    market: str
    line_ids: tuple[str, ...]
    freight_borne_by: FreightBearer


@frozen
class Deadline:
    """A window that a clause read. ``ends_at`` is the last instant in time where ``includes_end``, else the first late one."""

    clause: str
    line_id: str | None
    counted_from: str
    starts_at: Instant
    ends_at: Instant
    includes_end: bool


@frozen
class Request:
    """Something still needed, and from whom.

    Each entry of ``accepts`` is one acceptable answer: field by field the values that will do (none listed: any). A field that
    starts with ``/`` is a JSON pointer into the case (``-`` in it is one new item of a list), one that starts with ``with/`` a
    field of a second piece of evidence that has to come along, any other a field of a new piece of evidence. ``due_at`` is the
    last instant at which it can be handed in.
    """

    to: str
    need: str
    line_id: str | None
    accepts: tuple[Mapping[str, tuple[Plain, ...]], ...]
    due_at: Instant | None
    evidence_id: str | None


@frozen
class Remark:
    """Something the reader of the decision should know: a reading that mattered, a right that remains, discretion used."""

    code: str
    cites: tuple[str, ...]
    line_id: str | None
    params: Mapping[str, Plain] = Factory(dict)


@frozen
class Digests:
    """SHA-256, in hex, over canonical JSON (RFC 8785)."""

    case: str
    decision: str


@frozen(kw_only=True)
class Decision:
    """What every decision has, whatever kind of rule made it."""

    contract: int = CONTRACT
    case_id: str
    as_of: Instant
    policy: PolicyRef
    outcome: str
    findings: tuple[Finding, ...]
    requests: tuple[Request, ...]
    deadlines: tuple[Deadline, ...]
    remarks: tuple[Remark, ...]
    reconsider_at: Instant | None
    metadata: Mapping[str, str] | None
    digests: Digests | None = None


@frozen(kw_only=True)
class ClaimDecision(Decision):
    """A decided claim. Pay on ``awards``, never on ``outcome``."""

    outcome: Outcome
    lines: tuple[LineResult, ...]
    awards: tuple[Award, ...]
    total: Minor
    currency: str
    ladder: tuple[Step, ...]
    return_authorisation: ReturnAuthorisation | None
