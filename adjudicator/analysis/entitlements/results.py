"""The answer to an inquiry: for each line and guarantee its status, deadline, maximum, and what a claim will need."""

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
    """The status of a guarantee for a line.

    Open: a claim filed now with what it needs is approved, until a last instant. Open without end: there is no such instant. Not
    yet: a clock must start first. Closed: it is too late for a claim. Not covered: no claim can be approved, whatever the evidence.
    For a person: the rule leaves the decision to a person. Depends: it depends on unknown facts.
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
    """The window for filing a claim. ``last_instant`` is in time; one microsecond later is not."""

    clause: str = field(metadata={"means": "The clause that reads the window."})
    counted_from: str = field(metadata={"means": "The fact from which the window is counted."})
    starts_at: Instant = field(metadata={"means": "The instant of that fact."})
    last_instant: Instant = field(metadata={"means": "The last instant in time."})
    ends_at: Instant = field(metadata={"means": "The last instant in time, or the first late one."})
    includes_end: bool = field(metadata={"means": "Whether the end itself is in time."})


@frozen
class Needed:
    """Something a claim will need, and from whom. ``accepts`` lists acceptable answers, as in a request; any one will do."""

    to: str
    need: str
    accepts: tuple[Mapping[str, tuple[JsonValue, ...]], ...]


@frozen
class Amount:
    """The most that can be awarded of one kind. It is not an award: do not pay on it."""

    kind: AwardKind
    line_id: str | None
    amount: Minor
    entitled: Minor
    settled: Minor


@frozen
class Freight:
    """Who pays for returning the goods if a claim makes certain choices. ``where`` maps claim fields to their values."""

    borne_by: FreightBearer
    where: Mapping[str, tuple[JsonValue, ...]]


@frozen
class Maximum:
    """The most a claim can get, and how it is calculated."""

    units: int
    amounts: tuple[Amount, ...]
    total: Minor
    ladder: tuple[Step, ...]
    return_authorisation: ReturnAuthorisation | None
    freight: tuple[Freight, ...]


@frozen
class Against:
    """A finding against every claim for the line, or one that leaves it to a person, with the facts it rests on."""

    clause: str
    cites: tuple[str, ...]
    role: Role
    effect: Effect
    because: Because
    facts: tuple[FactRead, ...]


@frozen
class Answer:
    """The status of a guarantee if unknown facts turn out as assumed.

    ``assuming`` maps places in the order to the values this answer assumes; it is empty if everything that matters is known.
    ``supposing`` is set if a clock has not started, or its start is unknown: the window and the maximum assume it started then.
    ``path`` says how to file: for each field of the claim the values that will do (for a list, the items to name); no values
    means any.
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
    """An unknown fact of the order, where to state it and who can; ``matters`` if an answer depends on it."""

    fact: str
    pointers: tuple[str, ...]
    supplier: str | None
    matters: bool


@frozen
class Entitlement:
    """The entitlement of one line under one guarantee.

    There is one answer if everything that matters is known, else one for each way the unknown facts can turn out. ``status`` is
    the one they share, else it depends. Until ``certain_until`` a claim is in time whatever the facts turn out to be.
    """

    line_id: str
    policy: PolicyRef
    status: Status
    certain_until: Instant | None
    answers: tuple[Answer, ...]
    not_known: tuple[Missing, ...]


@frozen
class Together:
    """The most that one claim for several lines can get under one guarantee, filed at ``as_of``."""

    policy: PolicyRef
    line_ids: tuple[str, ...]
    path: Mapping[str, tuple[JsonValue, ...]]
    last_instant: Instant | None
    at_most: Maximum


@frozen
class Entitlements:
    """The entitlements under an order at an instant: for each line and guarantee, then for lines claimed together."""

    order_id: str
    as_of: Instant
    currency: str
    lines: tuple[Entitlement, ...]
    together: tuple[Together, ...]
    complete: bool = field(default=True, metadata={"means": ALL_LINES})
