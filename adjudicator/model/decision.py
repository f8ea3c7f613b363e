"""A decision, the output. It holds every finding; prose is generated from it and never stored in it.

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

LAZY: Final = ("findings", "deadlines", "remarks", "reconsider_at")
"""The fields of every decision that are computed when first read."""

CONTRACT: Final = 1


class Outcome(StrEnum):
    """The outcome of a claim, or of one of its lines."""

    APPROVED = "approved"
    PARTIALLY_APPROVED = "partially_approved"
    DENIED = "denied"
    NEEDS_INFORMATION = "needs_information"
    MANUAL_REVIEW = "manual_review"


class Gravity(StrEnum):
    """How serious the conduct is; the most serious last."""

    NONE = "none"
    ORDINARY = "ordinary"
    SERIOUS = "serious"


class IncidentOutcome(StrEnum):
    """The outcome of an incident."""

    NOT_FOUND = "not_found"
    ORDINARY = "ordinary"
    SERIOUS = "serious"
    NEEDS_INFORMATION = "needs_information"
    MANUAL_REVIEW = "manual_review"


@frozen
class PolicyRef:
    """The rule that decided: its id, its edition (a date), and the revision of our code for it."""

    id: str
    edition: str = field(metadata={"means": "The first day on which it governs."})
    revision: int = field(
        metadata={"means": "Counts corrections of its code that can change a verdict.", "bounds": COUNT}
    )


@frozen
class LineResult:
    """The outcome of a claimed line; ``units`` are the approved ones."""

    line_id: str = field(metadata={"means": "The claimed line."})
    outcome: Outcome
    units_claimed: int = field(metadata={"means": "How many units are claimed.", "bounds": COUNT})
    units: int = field(metadata={"means": "How many of them are approved.", "bounds": AMOUNT})


@frozen
class IncidentResult:
    """The outcome of one incident."""

    incident_id: str = field(metadata={"means": "The incident."})
    outcome: IncidentOutcome


@frozen
class Digests:
    """SHA-256 in hex over canonical JSON (RFC 8785)."""

    case: str = field(
        metadata={"means": "Of the case, with instants in UTC and null for what was not stated.", "code": SHA_256}
    )
    decision: str = field(metadata={"means": "Of the decision without its digests.", "code": SHA_256})


@frozen
class SubjectVerdict(Lazy):
    """The outcome of a claimed line, an incident or a whole case; ``effects`` are by clause. ``requests`` may be computed when first read."""

    line_id: str | None
    outcome: str
    effects: Mapping[str, Effect]
    requests: tuple[Request, ...]


@frozen
class Verdict(Lazy):
    """A decision without its reasons. ``total`` is ``None`` if the rule does not pay; it may be computed when first read."""

    outcome: str
    subjects: tuple[SubjectVerdict, ...]
    total: Minor | None = None

    def on(self, line_id: str | None) -> SubjectVerdict | None:
        """The verdict on a line, or with ``None`` on a case judged as a whole; ``None`` for a line that is not claimed."""
        for each in self.subjects:
            if each.line_id == line_id:
                return each
        return None

    @property
    def requests(self) -> tuple[Request, ...]:
        """The requests that are open."""
        return tuple([request for each in self.subjects for request in each.requests])


@frozen(kw_only=True)
class Decision(Lazy):
    """What every decision has, whatever kind of rule made it.

    The fields that explain the outcome are computed when first read. ``paid_for`` is what codes of texts call
    the thing that is paid for where no line is named.
    """

    paid_for: ClassVar[str] = "order"

    contract: int = field(default=CONTRACT, metadata={"means": "The version of the contract."})
    case_id: str = field(metadata={"means": "The case that was decided."})
    as_of: Instant = field(metadata={"means": "The instant of the decision."})
    policy: PolicyRef = field(metadata={"means": "The rule that decided."})
    outcome: str = field(metadata={"means": "How it was decided."})
    findings: tuple[Finding, ...] = field(
        metadata={"means": "The finding of every clause on everything it judged, in the order of the rule."}
    )
    requests: tuple[Request, ...] = field(metadata={"means": "What is still needed, and from whom."})
    deadlines: tuple[Deadline, ...] = field(metadata={"means": "The windows that clauses read."})
    remarks: tuple[Remark, ...] = field(metadata={"means": "What else the reader should know."})
    reconsider_at: Instant | None = field(
        metadata={"means": "The earliest instant at which the decision may change without new evidence."}
    )
    metadata: Mapping[str, str] | None = field(
        metadata={"means": "Copied from the case.", "personal": Personal.INTERNAL}
    )
    digests: Digests | None = field(
        default=None, metadata={"means": "The digests that identify the case and the decision."}
    )

    @property
    def parts(self) -> tuple[tuple[str | None, str], ...]:
        """The id (``None``: the case as a whole) and outcome of each part that was judged separately."""
        return ((None, str(self.outcome)),)

    @property
    def granted(self) -> frozenset[str | None]:
        """The parts whose supporting findings count as the reason."""
        supported = all(each.effect is Effect.SUPPORTS for each in self.findings)
        return frozenset({None}) if supported else frozenset()

    @property
    def turned_down(self) -> frozenset[str | None]:
        """The parts whose defeating findings count as the reason."""
        return frozenset({None})

    @property
    def with_a_person(self) -> frozenset[str | None]:
        """The parts whose undecided findings a person must review."""
        defeated = any(each.effect is Effect.DEFEATS for each in self.findings)
        return frozenset() if defeated or self.requests else frozenset({None})

    # What only some kinds of decisions have

    @property
    def sides(self) -> tuple[Party, Party | None]:
        """Who asked for the decision, and who must carry it out; used if the policy, which says so, is not installed."""
        return Party.MERCHANT, None

    @property
    def asked_by(self) -> str | None:
        """Who asked for it, where cases of its kind differ in that."""
        return None

    @property
    def lines(self) -> tuple[LineResult, ...]:
        """The outcome of each claimed line."""
        return ()

    @property
    def awards(self) -> tuple[Award, ...]:
        """What is payable now."""
        return ()

    @property
    def total(self) -> Minor | None:
        """The sum of the awards; ``None`` if the rule never awards money."""
        return None

    @property
    def return_authorisation(self) -> ReturnAuthorisation | None:
        """Where the goods may be returned to; ``None`` if they may not."""
        return None

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The measures that the rule allows, if any."""
        return ()

    @property
    def ladder(self) -> tuple[Step, ...]:
        """The calculation of the amounts, if there is one."""
        return ()

    @property
    def currency(self) -> str | None:
        """The currency of every amount; ``None`` without amounts."""
        return None


@frozen(kw_only=True)
class ClaimDecision(Decision):
    """A decided claim. Pay on ``awards``, never on ``outcome``."""

    outcome: Outcome = field(metadata={"means": "The outcome. Pay on the awards, never on this."})
    lines: tuple[LineResult, ...] = field(
        metadata={"means": "The outcome of each claimed line, in the order of the claim."}
    )
    awards: tuple[Award, ...] = field(metadata={"means": "What is payable now."})
    total: Minor = field(metadata={"means": "The sum of the awards."})
    currency: str = field(metadata={"means": "The currency of every amount.", "code": CURRENCY})
    ladder: tuple[Step, ...] = field(metadata={"means": "The calculation of the money, step by step."})
    return_authorisation: ReturnAuthorisation | None = field(
        metadata={"means": "Where the goods may be returned to, if they may."}
    )

    @property
    def sides(self) -> tuple[Party, Party | None]:
        """The consumer, and the merchant: a claim is the one's against the other."""
        return Party.CONSUMER, Party.MERCHANT

    @property
    def parts(self) -> tuple[tuple[str | None, str], ...]:
        """The claimed lines."""
        return tuple((line.line_id, line.outcome.value) for line in self.lines)

    @property
    def granted(self) -> frozenset[str | None]:
        """The lines that are approved, for some or all of their units."""
        return self._lines(Outcome.APPROVED, Outcome.PARTIALLY_APPROVED)

    @property
    def turned_down(self) -> frozenset[str | None]:
        """The lines that are denied."""
        return self._lines(Outcome.DENIED)

    @property
    def with_a_person(self) -> frozenset[str | None]:
        """The lines that a person must review."""
        return self._lines(Outcome.MANUAL_REVIEW)

    def _lines(self, *outcomes: Outcome) -> frozenset[str | None]:
        return frozenset(line.line_id for line in self.lines if line.outcome in outcomes)


@frozen(kw_only=True)
class PaymentDecision(Decision):
    """The outcome of a case that is judged as a whole, and what it pays. Pay on ``awards``, never on ``outcome``."""

    paid_for: ClassVar[str] = "case"

    awards: tuple[Award, ...] = field(metadata={"means": "What is payable now."})
    total: Minor = field(metadata={"means": "The sum of the awards."})
    currency: str = field(metadata={"means": "The currency of every amount.", "code": CURRENCY})
    ladder: tuple[Step, ...] = field(metadata={"means": "How the money came about, step by step."})


@frozen(kw_only=True)
class ConductDecision(Decision):
    """What was found about someone's conduct, and the measures it allows. Measures are rights, not duties."""

    incidents: tuple[IncidentResult, ...] = field(
        metadata={"means": "The outcome of each incident, in the order of the case."}
    )
    gravity: Gravity | None = field(metadata={"means": "Of all incidents together; null until it is settled."})
    time: int | None = field(
        metadata={
            "means": "Which occurrence this is (1 for the first); null if nothing is found, or it is not known yet.",
            "bounds": COUNT,
        }
    )
    measures: tuple[Measure, ...] = field(metadata={"means": "The measures that the rule allows."})
    currency: str = field(metadata={"means": "The currency of every amount.", "code": CURRENCY})
    ladder: tuple[Step, ...] = field(metadata={"means": "The calculation of the amounts."})

    @property
    def parts(self) -> tuple[tuple[str | None, str], ...]:
        """The incidents, and the case as a whole."""
        return (*((each.incident_id, each.outcome.value) for each in self.incidents), (None, self.outcome))

    @property
    def granted(self) -> frozenset[str | None]:
        """Nothing: nobody is informed about acts that they did not commit."""
        return frozenset()

    @property
    def turned_down(self) -> frozenset[str | None]:
        """The incidents that were established; or the case as a whole, unless nothing was."""
        established = {
            each.line_id for each in self.findings if each.effect is Effect.DEFEATS and each.line_id is not None
        }
        return frozenset({*established, None} if established else ())

    @property
    def with_a_person(self) -> frozenset[str | None]:
        """The incidents that a person must review."""
        return frozenset(each.incident_id for each in self.incidents if each.outcome is IncidentOutcome.MANUAL_REVIEW)
