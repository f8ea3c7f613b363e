"""A decision: the value that comes out. It holds every finding; prose is made from it, never stored in it.

As in a case, the ``metadata`` of a field goes into the JSON Schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar, Final

from attrs import field, frozen

from adjudicator.model.award import SHA_256, Award, Measure, ReturnAuthorisation, Step
from adjudicator.model.facts import Party
from adjudicator.model.finding import Deadline, Effect, Finding, Remark, Request
from adjudicator.model.lazy import Lazy
from adjudicator.model.limits import AMOUNT, COUNT, CURRENCY
from adjudicator.model.money import Minor
from adjudicator.model.privacy import Personal
from adjudicator.model.time import Instant

CONTRACT: Final = 1


class Outcome(StrEnum):
    """How a claim, or one line of it, was decided."""

    APPROVED = "approved"
    PARTIALLY_APPROVED = "partially_approved"
    DENIED = "denied"
    NEEDS_INFORMATION = "needs_information"
    MANUAL_REVIEW = "manual_review"


class Gravity(StrEnum):
    """How grave it is what was done, the gravest last."""

    NONE = "none"
    ORDINARY = "ordinary"
    SERIOUS = "serious"


class IncidentOutcome(StrEnum):
    """What an incident came to."""

    NOT_FOUND = "not_found"
    ORDINARY = "ordinary"
    SERIOUS = "serious"
    NEEDS_INFORMATION = "needs_information"
    MANUAL_REVIEW = "manual_review"


@frozen
class PolicyRef:
    """Which rule decided: its id, its edition (a date) and the revision of our code for it."""

    id: str
    edition: str = field(metadata={"means": "The day from which it governs."})
    revision: int = field(
        metadata={"means": "Counts the corrections of its code that can change a verdict.", "bounds": COUNT}
    )


@frozen
class LineResult:
    """How a claimed line was decided; ``units`` are the approved ones."""

    line_id: str = field(metadata={"means": "The claimed line."})
    outcome: Outcome
    units_claimed: int = field(metadata={"means": "How many units are claimed.", "bounds": COUNT})
    units: int = field(metadata={"means": "How many of them are approved.", "bounds": AMOUNT})


@frozen
class IncidentResult:
    """What one incident came to."""

    incident_id: str = field(metadata={"means": "The incident."})
    outcome: IncidentOutcome


@frozen
class Digests:
    """SHA-256, in hex, over canonical JSON (RFC 8785)."""

    case: str = field(metadata={"means": "Of the case: instants in UTC, what was not stated as null.", "code": SHA_256})
    decision: str = field(metadata={"means": "Of the decision without its digests.", "code": SHA_256})


@frozen
class SubjectVerdict:
    """What a claimed line, an incident, or a case as a whole comes to; ``effects`` are told clause by clause."""

    line_id: str | None
    outcome: str
    effects: Mapping[str, Effect]
    requests: tuple[Request, ...]


@frozen
class Verdict:
    """A decision in short: what a case comes to, without why. ``total`` is ``None`` where the rule pays nothing."""

    outcome: str
    subjects: tuple[SubjectVerdict, ...]
    total: Minor | None = None

    def on(self, line_id: str | None) -> SubjectVerdict | None:
        """What a line comes to, or with ``None`` a case that is judged as a whole; ``None`` for a line that is not claimed."""
        return next((each for each in self.subjects if each.line_id == line_id), None)

    @property
    def requests(self) -> tuple[Request, ...]:
        """What is still needed, and from whom."""
        return tuple([request for each in self.subjects for request in each.requests])


@frozen(kw_only=True)
class Decision(Lazy):
    """What every decision has, whatever kind of rule made it.

    What it tells of the way to its outcome is written out when it is first read, once. ``paid_for`` is what codes of texts call the
    thing that is paid for where no line is named.
    """

    paid_for: ClassVar[str] = "order"

    contract: int = field(default=CONTRACT, metadata={"means": "The version of the contract."})
    case_id: str = field(metadata={"means": "The case that was decided."})
    as_of: Instant = field(metadata={"means": "The moment at which it was decided."})
    policy: PolicyRef = field(metadata={"means": "The rule that decided."})
    outcome: str = field(metadata={"means": "How it was decided."})
    findings: tuple[Finding, ...] = field(
        metadata={"means": "Every clause for everything that it judged, in the order of the rule."}
    )
    requests: tuple[Request, ...] = field(metadata={"means": "What is still needed, and from whom."})
    deadlines: tuple[Deadline, ...] = field(metadata={"means": "The windows that clauses read."})
    remarks: tuple[Remark, ...] = field(metadata={"means": "What the reader should know besides."})
    reconsider_at: Instant | None = field(
        metadata={"means": "The earliest instant at which time alone may change the decision."}
    )
    metadata: Mapping[str, str] | None = field(
        metadata={"means": "Repeated from the case.", "personal": Personal.INTERNAL}
    )
    digests: Digests | None = field(default=None, metadata={"means": "What the case and the decision can be told by."})

    @property
    def parts(self) -> tuple[tuple[str | None, str], ...]:
        """What was judged as one, each by its id (``None``: the case as a whole) with its outcome."""
        return ((None, str(self.outcome)),)

    @property
    def granted(self) -> frozenset[str | None]:
        """The parts of which what supports is told as the reason."""
        supported = all(each.effect is Effect.SUPPORTS for each in self.findings)
        return frozenset({None}) if supported else frozenset()

    @property
    def turned_down(self) -> frozenset[str | None]:
        """The parts of which what defeats is told as the reason."""
        return frozenset({None})

    @property
    def with_a_person(self) -> frozenset[str | None]:
        """The parts of which what is undecided is told as what a person has to look at."""
        defeated = any(each.effect is Effect.DEFEATS for each in self.findings)
        return frozenset() if defeated or self.requests else frozenset({None})

    # What only some kinds of decisions have

    @property
    def sides(self) -> tuple[Party, Party | None]:
        """Who asked for it, and who has to perform what it grants, where the policy is not installed that says so."""
        return Party.MERCHANT, None

    @property
    def lines(self) -> tuple[LineResult, ...]:
        """How each claimed line was decided."""
        return ()

    @property
    def awards(self) -> tuple[Award, ...]:
        """What is payable now."""
        return ()

    @property
    def total(self) -> Minor | None:
        """The sum of the awards; ``None`` where the rule awards nothing to anyone."""
        return None

    @property
    def return_authorisation(self) -> ReturnAuthorisation | None:
        """Where the goods may be sent back to, if they may."""
        return None

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What may be done about it; nothing, unless the rule says so."""
        return ()

    @property
    def ladder(self) -> tuple[Step, ...]:
        """How the amounts came about; there are none, unless the rule says so."""
        return ()

    @property
    def currency(self) -> str | None:
        """The currency of every amount, if there are any."""
        return None


@frozen(kw_only=True)
class ClaimDecision(Decision):
    """A decided claim. Pay on ``awards``, never on ``outcome``."""

    outcome: Outcome = field(metadata={"means": "How it was decided. Pay on the awards, never on this."})
    lines: tuple[LineResult, ...] = field(
        metadata={"means": "How each claimed line was decided, in the order of the claim."}
    )
    awards: tuple[Award, ...] = field(metadata={"means": "What is payable now."})
    total: Minor = field(metadata={"means": "The sum of the awards."})
    currency: str = field(metadata={"means": "The currency of every amount.", "code": CURRENCY})
    ladder: tuple[Step, ...] = field(metadata={"means": "How the money came about, step by step."})
    return_authorisation: ReturnAuthorisation | None = field(
        metadata={"means": "Where the goods may be sent back to, if they may."}
    )

    @property
    def sides(self) -> tuple[Party, Party | None]:
        """A claim is the consumer's, against the merchant."""
        return Party.CONSUMER, Party.MERCHANT

    @property
    def parts(self) -> tuple[tuple[str | None, str], ...]:
        """The claimed lines."""
        return tuple((line.line_id, line.outcome.value) for line in self.lines)

    @property
    def granted(self) -> frozenset[str | None]:
        """The lines that are approved, for all their units or for some."""
        return self._lines(Outcome.APPROVED, Outcome.PARTIALLY_APPROVED)

    @property
    def turned_down(self) -> frozenset[str | None]:
        """The lines that are denied."""
        return self._lines(Outcome.DENIED)

    @property
    def with_a_person(self) -> frozenset[str | None]:
        """The lines that a person has to look at."""
        return self._lines(Outcome.MANUAL_REVIEW)

    def _lines(self, *outcomes: Outcome) -> frozenset[str | None]:
        return frozenset(line.line_id for line in self.lines if line.outcome in outcomes)


@frozen(kw_only=True)
class PaymentDecision(Decision):
    """What a case that is judged as a whole comes to, and what it pays. Pay on ``awards``, never on ``outcome``."""

    paid_for: ClassVar[str] = "case"

    awards: tuple[Award, ...] = field(metadata={"means": "What is payable now."})
    total: Minor = field(metadata={"means": "The sum of the awards."})
    currency: str = field(metadata={"means": "The currency of every amount.", "code": CURRENCY})
    ladder: tuple[Step, ...] = field(metadata={"means": "How the money came about, step by step."})


@frozen(kw_only=True)
class ConductDecision(Decision):
    """What was found of conduct, and what follows. Measures are rights and not duties."""

    incidents: tuple[IncidentResult, ...] = field(
        metadata={"means": "What each incident came to, in the order of the case."}
    )
    gravity: Gravity | None = field(metadata={"means": "Of all incidents together; null while it is not settled."})
    time: int | None = field(
        metadata={
            "means": "Which time it is; null where nothing is found, or while that is not known.",
            "bounds": COUNT,
        }
    )
    measures: tuple[Measure, ...] = field(metadata={"means": "What may be done about it."})
    currency: str = field(metadata={"means": "The currency of every amount.", "code": CURRENCY})
    ladder: tuple[Step, ...] = field(metadata={"means": "How the amounts came about."})

    @property
    def parts(self) -> tuple[tuple[str | None, str], ...]:
        """The incidents, and the case as a whole."""
        return (*((each.incident_id, each.outcome.value) for each in self.incidents), (None, self.outcome))

    @property
    def granted(self) -> frozenset[str | None]:
        """Nobody is told what he did not do."""
        return frozenset()

    @property
    def turned_down(self) -> frozenset[str | None]:
        """The incidents in which something is found; the case as a whole, unless nothing is."""
        found = {each.line_id for each in self.findings if each.effect is Effect.DEFEATS and each.line_id is not None}
        return frozenset({*found, None} if found else ())

    @property
    def with_a_person(self) -> frozenset[str | None]:
        """The incidents that a person has to look at."""
        return frozenset(each.incident_id for each in self.incidents if each.outcome is IncidentOutcome.MANUAL_REVIEW)
