"""The decision about a process: the outcome of the wanted step, and of every other."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from adjudicator.model.decision import Decision
from adjudicator.model.time import Instant

OPEN: Final = "open"
OPENS_LATER: Final = "opens_later"
WAITING: Final = "waiting"
REFUSED: Final = "refused"
NEEDS_INFORMATION: Final = "needs_information"
MANUAL_REVIEW: Final = "manual_review"


@frozen
class Awaited:
    """What has to come first, a step or a repair, and from whom."""

    to: str = field(metadata={"means": "Who it is that has to act."})
    need: str = field(metadata={"means": "What is awaited: the name of a step, or another need."})


@frozen(kw_only=True)
class StepResult:
    """The outcome of one step."""

    step: str = field(metadata={"means": "The step."})
    by: tuple[str, ...] = field(metadata={"means": "Who takes it."})
    outcome: str = field(metadata={"means": "How it stands."})
    refused_by: tuple[str, ...] = field(metadata={"means": "The clauses that refuse it, now or for good."})
    waits_for: tuple[Awaited, ...] = field(metadata={"means": "What has to come first, and from whom."})
    opens_at: Instant | None = field(metadata={"means": "When it opens, where only time is in its way."})


@frozen(kw_only=True)
class ProcessDecision(Decision):
    """The outcome of the step that somebody wants to take, and of all others."""

    wanted: str = field(metadata={"means": "The step that was asked about; the outcome is how it stands."})
    by: str = field(metadata={"means": "Who wants to take it."})
    steps: tuple[StepResult, ...] = field(metadata={"means": "How each step stands, in the order of the rule."})

    @property
    def asked_by(self) -> str:
        """The party that wants to take the step."""
        return self.by

    @property
    def parts(self) -> tuple[tuple[str | None, str], ...]:
        """The steps."""
        return tuple((each.step, each.outcome) for each in self.steps)

    @property
    def granted(self) -> frozenset[str | None]:
        """The step that was asked about, if it is open."""
        return self._if_wanted(OPEN)

    @property
    def turned_down(self) -> frozenset[str | None]:
        """The step that was asked about, if it cannot be taken now."""
        return self._if_wanted(REFUSED, WAITING, OPENS_LATER)

    @property
    def with_a_person(self) -> frozenset[str | None]:
        """The step that was asked about, if a person has to decide on it."""
        return self._if_wanted(MANUAL_REVIEW)

    def _if_wanted(self, *outcomes: str) -> frozenset[str | None]:
        return frozenset({self.wanted} if self.outcome in outcomes else ())
