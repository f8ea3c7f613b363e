"""The judgement of a step: open, refused, waiting for a party, or opening at an instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from attrs import frozen

from adjudicator.engine.judgement import Judgement
from adjudicator.engine.standing import Standing
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
from adjudicator.model.facts import Ask, Failed, Open, Repairable
from adjudicator.model.finding import Effect
from adjudicator.model.source import maker
from adjudicator.model.time import Instant

Blocked: TypeAlias = tuple[tuple[str, tuple[Ask, ...]], ...]
"""Steps that cannot be taken, each with the asks that would together repair that; none if nothing would."""


@frozen(eq=False)
class JudgedStep:
    """A step with its judgement and outcome, and the part of the decision about it.

    ``blocked`` is the step itself if it cannot be taken, unless time alone opens it.
    """

    step: Step
    judgement: Judgement
    outcome: str
    result: StepResult
    blocked: Blocked


_make_judged: Final = maker(JudgedStep)
_make_result: Final[Any] = maker(StepResult)


def _awaited(answers: Iterable[Any]) -> tuple[Awaited, ...]:
    """What has to come first, each once."""
    needs = dict.fromkeys([ask.need for ask in _repairs(answers)])
    return tuple([Awaited(need.to.value, need.name) for need in needs])


def _repairs(answers: Iterable[Any]) -> list[Ask]:
    return [ask for answer in answers if type(answer) is Repairable for ask in answer.asks]


def judged_step(step: Step, judgement: Judgement) -> JudgedStep:
    """The outcome of a step from its judgement; adds the fact ``open_now`` for remarks."""
    opens_at = _opens_at(judgement)
    if opens_at is not None:
        outcome = OPENS_LATER
    elif judgement.standing is Standing.WAITING and Open not in judgement.kinds:
        outcome = WAITING
    else:
        outcome = _OUTCOMES[judgement.standing]
    judgement.facts["open_now"] = outcome == OPEN
    result = _make_result(
        step.id,
        step.takers,
        outcome,
        tuple([clause.name for clause, _, effect in judgement.clauses if effect is Effect.DEFEATS]),
        _awaited(judgement.answers) if outcome == WAITING else (),
        opens_at,
    )
    return _make_judged(step, judgement, outcome, result, _blocked(step, judgement))


def _blocked(step: Step, judgement: Judgement) -> Blocked:
    """The step, if it cannot be taken and somebody or nobody can repair that."""
    if Effect.DEFEATS not in judgement.effects:
        return ()
    if is_final(judgement):
        return ((step.id, ()),)
    repairs = tuple(_repairs(judgement.answers))
    return ((step.id, repairs),) if repairs else ()


_OUTCOMES: Final[Mapping[Standing, str]] = {
    Standing.GRANTED: OPEN,
    Standing.REFUSED: REFUSED,
    Standing.WAITING: NEEDS_INFORMATION,
    Standing.FOR_A_PERSON: MANUAL_REVIEW,
}


def _final_defeats(judgement: Judgement) -> list[Any]:
    """The defeating answers that nobody can repair."""
    if Effect.DEFEATS not in judgement.effects:
        return []
    return [
        answer
        for answer, effect in zip(judgement.answers, judgement.effects, strict=True)
        if effect is Effect.DEFEATS and type(answer) is not Repairable
    ]


def is_final(judgement: Judgement) -> bool:
    """Whether a step is refused, and neither anyone nor time can open it."""
    return any(getattr(each, "changes_at", None) is None for each in _final_defeats(judgement))


def _opens_at(judgement: Judgement) -> Instant | None:
    """When a step opens, if it is only too early."""
    if Failed not in judgement.kinds or is_final(judgement):
        return None
    others = {
        effect
        for answer, effect in zip(judgement.answers, judgement.effects, strict=True)
        if type(answer) is not Failed
    }
    return None if others - {Effect.SUPPORTS} else max([answer.changes_at for answer in _final_defeats(judgement)])
