"""A step of a process, judged: whether it is open, refused, or waits, for whom or until when."""

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
    """A step with its judgement, how it stands, and when it opens if only time is in its way."""

    step: Step
    judgement: Judgement
    outcome: str
    opens_at: Instant | None

    @property
    def result(self) -> StepResult:
        """The same, as a decision tells it."""
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
    """How a step stands by a judgement on it; remarks learn whether it is open."""
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
    """The answers that defeat, and cannot be put right by anyone."""
    return [
        answer
        for _, answer, effect in judgement.clauses
        if effect is Effect.DEFEATS and not isinstance(answer, Repairable)
    ]


def is_final(judgement: Judgement) -> bool:
    """Whether a step is refused, and neither anyone nor time can open it."""
    return any(getattr(each, "changes_at", None) is None for each in _final_defeats(judgement))


def _opens_at(judgement: Judgement) -> Instant | None:
    """When a step opens that is only too early."""
    others = {effect for _, answer, effect in judgement.clauses if not isinstance(answer, Failed)}
    ends = [
        answer.changes_at for answer in _final_defeats(judgement) if isinstance(answer, Failed) and answer.changes_at
    ]
    if not ends or is_final(judgement) or others - {Effect.SUPPORTS}:
        return None
    return max(ends)
