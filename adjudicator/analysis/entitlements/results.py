"""What an inquiry is told: per line and guarantee how it stands, until when, how much at most, and what a claim will need."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from adjudicator.analysis.work import ALL_LINES
from adjudicator.model.award import AwardKind, FreightBearer, ReturnAuthorisation, Step
from adjudicator.model.decision import PolicyRef
from adjudicator.model.finding import Because, Effect, FactRead, JsonValue, Role
from adjudicator.model.money import Minor
from adjudicator.model.time import Instant


class Status(StrEnum):
    """How a guarantee stands for a line.

    Open: a claim that is filed now with what it needs is approved, and up to a last instant. Open without end: there is no such
    instant. Not yet: a clock has to start first. Closed: a claim would come too late. Not covered: no claim would be approved,
    whatever is handed in. For a person: the rule leaves it to one. Depends: it hangs on what is not known.
    """

    OPEN = "open"
    OPEN_WITHOUT_END = "open_without_end"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    NOT_COVERED = "not_covered"
    FOR_A_PERSON = "for_a_person"
    DEPENDS = "depends"


@frozen
class Term:
    """The time in which a claim can be filed. ``last_instant`` is in time, one microsecond later is not."""

    clause: str = field(metadata={"means": "The clause that reads the window."})
    counted_from: str = field(metadata={"means": "The fact at which the count starts."})
    starts_at: Instant = field(metadata={"means": "Its instant."})
    last_instant: Instant = field(metadata={"means": "The last instant in time."})
    ends_at: Instant = field(metadata={"means": "The last instant in time, or the first late one."})
    includes_end: bool = field(metadata={"means": "Whether the end is in time itself."})


@frozen
class Needed:
    """Something that a claim will need, and from whom. ``accepts`` reads as in a request; a piece of evidence can be any one of them."""

    to: str
    need: str
    accepts: tuple[Mapping[str, tuple[JsonValue, ...]], ...]


@frozen
class Amount:
    """Money of one kind that can be had at most. It is no award: nothing is to be paid on it."""

    kind: AwardKind
    line_id: str | None
    amount: Minor
    entitled: Minor
    settled: Minor


@frozen
class Freight:
    """Who pays for sending the goods back where a claim chooses so; ``where`` names places of the claim, and their values."""

    borne_by: FreightBearer
    where: Mapping[str, tuple[JsonValue, ...]]


@frozen
class Maximum:
    """What can be had at most, and how that comes about."""

    units: int
    amounts: tuple[Amount, ...]
    total: Minor
    ladder: tuple[Step, ...]
    return_authorisation: ReturnAuthorisation | None
    freight: tuple[Freight, ...]


@frozen
class Against:
    """A finding that stands against every claim for the line, or leaves it to a person, with the facts that it stood on."""

    clause: str
    cites: tuple[str, ...]
    role: Role
    effect: Effect
    because: Because
    facts: tuple[FactRead, ...]


@frozen
class Answer:
    """How a guarantee stands, if what is not known turns out as assumed.

    ``assuming`` names places of the order and the values for which this holds; it is empty where everything that matters is known.
    ``supposing`` is set where the clock has not started, or nobody knows when it did: then window and maximum are those of an
    order whose clock had started there. ``path`` is how to file: places of the claim, and for each the values of which one will
    do (for a list: which to name), none listed meaning any.
    """

    assuming: Mapping[str, tuple[JsonValue, ...]]
    status: Status
    supposing: Mapping[str, JsonValue]
    window: Term | None
    path: Mapping[str, tuple[JsonValue, ...]]
    proof: tuple[Needed, ...]
    besides: tuple[Needed, ...]
    at_most: Maximum | None
    against: tuple[Against, ...]


@frozen
class Missing:
    """A fact of the order that is not known, where it would stand and who can tell it; ``matters`` if an answer hangs on it."""

    fact: str
    pointers: tuple[str, ...]
    supplier: str | None
    matters: bool


@frozen
class Entitlement:
    """What one guarantee gives for one line.

    There is one answer where all that matters is known, else one for each way in which it can turn out. ``status`` is theirs if they
    share one. ``certain_until`` is the last instant up to which a claim is in time however they turn out, where there is one.
    """

    line_id: str
    policy: PolicyRef
    status: Status
    certain_until: Instant | None
    answers: tuple[Answer, ...]
    not_known: tuple[Missing, ...]


@frozen
class Together:
    """What can be had at most under one guarantee for several lines in one claim, filed at ``as_of``."""

    policy: PolicyRef
    line_ids: tuple[str, ...]
    path: Mapping[str, tuple[JsonValue, ...]]
    last_instant: Instant | None
    at_most: Maximum


@frozen
class Entitlements:
    """What an order gives as at an instant: line by line and guarantee by guarantee, then for all its lines together."""

    order_id: str
    as_of: Instant
    currency: str
    lines: tuple[Entitlement, ...]
    together: tuple[Together, ...]
    complete: bool = field(default=True, metadata={"means": ALL_LINES})
