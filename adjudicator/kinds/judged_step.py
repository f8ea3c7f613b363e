"""The judgement of a step: open, refused, waiting for a party, or opening at an instant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from adjudicator.engine.judgement import Judgement, Standing
from adjudicator.kinds.process_decision import (
    MANUAL_REVIEW,
    NEEDS_INFORMATION,
    OPEN,
    OPENS_LATER,
    REFUSED,
    WAITING,
    Awaited,
    StepResult,
)
from adjudicator.kinds.steps import Step
from adjudicator.model.facts import Failed, Open, Repairable
from adjudicator.model.finding import Effect
from adjudicator.model.time import Instant


@frozen(eq=False)
class JudgedStep:
    """A step with its judgement and outcome, and the instant at which it opens if it is only too early."""

    step: Step
    judgement: Judgement
    outcome: str
    opens_at: Instant | None

    @property
    def result(self) -> StepResult:
        """The part of the decision about it."""
        judged = [(clause.name, answer, effect) for clause, answer, effect in self.judgement.clauses]
        waits = dict.fromkeys(answer.ask.need for _, answer, _ in judged if isinstance(answer, Repairable))
        is_waiting = self.outcome == WAITING
        return StepResult(
            step=self.step.name.value,
            by=tuple([each.value for each in self.step.by]),
            outcome=self.outcome,
            refused_by=tuple([name for name, answer, effect in judged if effect is Effect.DEFEATS]),
            waits_for=tuple([Awaited(each.to.value, each.name) for each in waits if is_waiting]),
            opens_at=self.opens_at,
        )


def judged_step(step: Step, judgement: Judgement) -> JudgedStep:
    """The outcome of a step from its judgement; adds the fact ``open_now`` for remarks."""
    opens_at = _opens_at(judgement)
    if opens_at is not None:
        outcome = OPENS_LATER
    elif judgement.standing is Standing.WAITING and not any(isinstance(each, Open) for each in judgement.answers):
        outcome = WAITING
    else:
        outcome = _OUTCOMES[judgement.standing]
    judgement.facts.update(open_now=outcome == OPEN)
    return JudgedStep(step, judgement, outcome, opens_at)


_OUTCOMES: Final[Mapping[Standing, str]] = {
    Standing.GRANTED: OPEN,
    Standing.REFUSED: REFUSED,
    Standing.WAITING: NEEDS_INFORMATION,
    Standing.FOR_A_PERSON: MANUAL_REVIEW,
}


def _final_defeats(judgement: Judgement) -> list[Any]:
    """The defeating answers that nobody can repair."""
    return [
        answer
        for _, answer, effect in judgement.clauses
        if effect is Effect.DEFEATS and not isinstance(answer, Repairable)
    ]


def is_final(judgement: Judgement) -> bool:
    """Whether a step is refused, and neither anyone nor time can open it."""
    return any(getattr(each, "changes_at", None) is None for each in _final_defeats(judgement))


def _opens_at(judgement: Judgement) -> Instant | None:
    """When a step opens, if it is only too early."""
    others = {effect for _, answer, effect in judgement.clauses if not isinstance(answer, Failed)}
    ends = [
        answer.changes_at for answer in _final_defeats(judgement) if isinstance(answer, Failed) and answer.changes_at
    ]
    if not ends or is_final(judgement) or others - {Effect.SUPPORTS}:
        return None
    return max(ends)
