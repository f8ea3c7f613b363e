"""Steps whose judgement follows from the state of the process, whatever the case: each is judged once, and kept.

Such a step is judged without a case: all that its functions ask for is the stage, how often a step was taken, and what fields say that
have few values. If one asks for more, there is nothing to keep, and the step is judged in every case. The moment may be handed to a
function that does not look at it, as it makes no difference then.

If it is uncertain whether some events count, a step is judged for all states that are possible. Which events they are makes a difference
only to what is asked for, and is asked for only where the wanted step needs it, which is then judged in every case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, TypeAlias

from attrs import Factory, evolve, field, frozen

from adjudicator.engine.clause import PolicyError
from adjudicator.engine.findings import remarks_made
from adjudicator.engine.judgement import Judgement, judge
from adjudicator.engine.moment_plan import AS_OF
from adjudicator.engine.policy import MOST_EDITIONS, Edition
from adjudicator.engine.shared_judgement import AnyMoment, NeedsTheCase, SharedJudgement, SharedWork
from adjudicator.kinds.judged_step import Blocked, JudgedStep, judged_step
from adjudicator.kinds.progress import Progress
from adjudicator.kinds.review import restricted_to
from adjudicator.kinds.step_in_any_case import Answer, Asked, Known, NeedsToKnow, States, StepInAnyCase, Times
from adjudicator.kinds.steps import Process, Step
from adjudicator.model.facts import Ask
from adjudicator.model.finding import Effect

MOST_KEPT: Final = 8192
"""The number of judgements that are kept, each of a step in a state of the process of an edition."""
MOST_STATES: Final = 4
"""The most possible states of a process for which judgements are kept."""


@frozen(eq=False)
class Question:
    """What has to be asked of a case, and what follows from each answer."""

    asked: Asked
    follows: _Follows


Kept: TypeAlias = JudgedStep | Question | None
"""A step in every case in which something is known, or what else has to be known; ``None`` if cases differ even then."""


@frozen(eq=False)
class KeptStep:
    """A step in some states of a process, as it is judged in all cases that give the same answers to what its functions ask for.

    ``event_class`` is the class of the event that takes the step, if there is one. It is kept ``with_remarks`` about it if you will ask for
    them.
    """

    edition: Edition
    process: Process
    step: Step
    states: States
    event_class: type | None
    with_remarks: bool
    whatever: Kept = field(init=False)

    def __attrs_post_init__(self) -> None:
        _ROOM.make()
        object.__setattr__(self, "whatever", self._judged(()))

    def judged(self, case: Any, times: Sequence[Times], event: Any = None) -> JudgedStep | None:
        """The step as it is judged in all cases like this one; ``None`` if even those differ."""
        found = self.whatever
        while isinstance(found, Question):
            found = found.follows[found.asked.answer(case, times, event)]
        return found

    def said(self, case: Any, times: Sequence[Times]) -> Iterator[tuple[Asked, Answer | None]]:
        """All that is asked of a case, with its answers; the last is ``None`` if the case has to be judged because of it."""
        found = self.whatever
        while isinstance(found, Question):
            answer = found.asked.answer(case, times, None)
            yield found.asked, answer
            found = found.follows[answer]

    def given(self, known: Known) -> Kept:
        """The step in every case in which something is known."""
        _ROOM.make()
        return self._judged(known)

    def _judged(self, known: Known) -> Kept:
        case_class = self.edition.case_kind.case_type
        subject = StepInAnyCase(self.process, self.step, self.states, case_class, self.event_class, known)
        try:
            found = judged_step(self.step, SharedJudgement.of(judge(part_of(self.edition, self.step), subject)))
            if self.with_remarks:
                tuple(remarks_made(found.judgement))
            _check_holds_no_moment(found.judgement)
        except NeedsToKnow as more:
            return Question(more.asked, _Follows(self, known, more.asked))
        except NeedsTheCase:
            return None
        return found


class _Follows(dict[Answer | None, Kept]):
    """What follows from each answer, after what is known; it is found when the answer is given for the first time."""

    def __init__(self, step: KeptStep, known: Known, asked: Asked) -> None:
        super().__init__()
        self._of = step, known, asked

    def __missing__(self, answer: Answer | None) -> Kept:
        if answer is None:
            return None
        step, known, asked = self._of
        self[answer] = found = step.given((*known, (asked, answer)))
        return found


def _check_holds_no_moment(judgement: Judgement) -> None:
    """Raises :class:`NeedsTheCase` if something depends on the moment, beside the fact that it is, or could not be looked through."""
    facts = {name: value for name, value in judgement.facts.items() if name != AS_OF or type(value) is not AnyMoment}
    try:
        deepcopy((facts, judgement.answers))  # it reaches every field, and whoever copies the moment looks at it
    except Exception as error:
        raise NeedsTheCase(AS_OF) from error
    measuring = [clause.node for clause in judgement.edition.clauses if clause.node.window is not None]
    if any(node.moment == AS_OF for node in measuring):
        raise NeedsTheCase(AS_OF)


@frozen(eq=False)
class StepsTogether(SharedWork[JudgedStep]):
    """All steps as they are judged in many cases; ``missing`` are the places of those that have to be judged in each."""

    missing: tuple[int, ...] = field(init=False)
    _own: dict[int, tuple[int, ...]] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        missing = tuple([place for place, each in enumerate(self.judged) if each is None])
        object.__setattr__(self, "missing", missing)

    def own(self, wanted: int) -> tuple[int, ...]:
        """The places of the steps that a case judges by itself, if it wants the step at a place."""
        found = self._own.get(wanted)
        if found is None:
            self._own[wanted] = found = tuple(sorted({wanted, *self.missing}))
        return found


@frozen
class Fork:
    """What is asked of a case for all steps together, and where each answer leads that was given before."""

    asked: Asked
    follows: dict[Answer | None, Fork | StepsTogether] = Factory(dict)


@frozen(eq=False)
class KeptSteps:
    """All steps in some states, with the same for the wanted one, which has the fields that it is wanted with."""

    edition: Edition
    process: Process
    states: States
    steps: tuple[KeptStep, ...]
    wanted: dict[tuple[StrEnum, type], KeptStep] = Factory(dict)
    _together: dict[Answer | None, Fork | StepsTogether] = Factory(dict)

    def judged(self, case: Any, times: Sequence[Times]) -> StepsTogether:
        """All steps as they are judged in cases like this one, with no details of how they are taken."""
        found = self._together.get(())
        while isinstance(found, Fork):
            found = found.follows.get(found.asked.answer(case, times, None))
        return self._put_together(case, times) if found is None else found

    def _put_together(self, case: Any, times: Sequence[Times]) -> StepsTogether:
        """The same from each step, kept by all that they asked for: one that asks for something with many values is missing."""
        steps = tuple([each.judged(case, times) for each in self.steps])
        said = {asked: answer for each in self.steps for asked, answer in each.said(case, times)}
        found = StepsTogether(steps)
        _ROOM.make()
        follows: dict[Answer | None, Fork | StepsTogether] = self._together
        answer: Answer | None = ()
        for asked, said_then in said.items():
            fork = follows.get(answer)
            if not isinstance(fork, Fork):
                follows[answer] = fork = Fork(asked)
            follows, answer = fork.follows, said_then
        follows[answer] = found
        return found

    def given(self, blocked: Blocked) -> KeptSteps:
        """The same at the same stage, given some steps that are blocked."""
        return kept_steps(self.edition, self.process, States(self.states.stages, (blocked,)))

    def wanted_step(self, case: Any, times: Sequence[Times]) -> JudgedStep | None:
        """The wanted step of a case in the same way, with its details."""
        event = case.wanted
        key = event.step, type(event)
        kept = self.wanted.get(key)
        if kept is None:
            step = self.process[event.step]
            self.wanted[key] = kept = KeptStep(
                self.edition, self.process, step, self.states, type(event), with_remarks=True
            )
        return kept.judged(case, times, event)


def states_of(progress: Sequence[Progress], blocked: Sequence[Blocked], asks: Sequence[Ask]) -> States:
    """Several states that are possible in a case, and what to ask for to settle which it is."""
    return States(tuple([each.stage for each in progress]), (*blocked,), tuple([each.need for each in asks]))


@lru_cache(maxsize=MOST_KEPT)
def kept_steps(edition: Edition, process: Process, states: States) -> KeptSteps:
    """All steps of a process in some states."""
    kept = [KeptStep(edition, process, each, states, None, with_remarks=False) for each in process.steps]
    return KeptSteps(edition, process, states, tuple(kept))


class _AtStages(dict[StrEnum, KeptSteps]):
    """All steps by the stage of the process, if it is certain."""

    def __init__(self, edition: Edition, process: Process) -> None:
        super().__init__()
        self._of = edition, process

    def __missing__(self, stage: StrEnum) -> KeptSteps:
        self[stage] = steps = kept_steps(*self._of, States((stage,)))
        return steps


@lru_cache(maxsize=MOST_EDITIONS)
def steps_at(edition: Edition, process: Process) -> Mapping[StrEnum, KeptSteps]:
    """All steps of a process at each stage."""
    return _AtStages(edition, process)


Move: TypeAlias = "tuple[int, str | None, MovesAt, bool, KeptStep]"
"""What an event does at a stage: the position of its step, the field that says whether it counts, and what events do at the stage after it.

Then whether it is allowed in all cases; where they may differ, the last says of many what it is in all like them.
"""


class MovesAt(dict[StrEnum, Move]):
    """What events of a class do at a stage, by their steps; each is found when the first event takes it."""

    def __init__(self, stage: StrEnum, moves: Moves) -> None:
        super().__init__()
        self.stage = stage
        self._moves = moves

    def __missing__(self, name: StrEnum) -> Move:
        edition, process, event_class = self._moves.of
        step = process[name]
        kept = KeptStep(edition, process, step, States((self.stage,)), event_class, with_remarks=False)
        is_allowed = type(kept.whatever) is JudgedStep and allows(kept.whatever)
        counts = None if step.counts is None else step.counts.field
        then = self._moves[step.leads_to(self.stage)]
        self[name] = move = process.positions[name], counts, then, is_allowed, kept
        return move


class Moves(dict[StrEnum, MovesAt]):
    """The same by stages."""

    def __init__(self, edition: Edition, process: Process, event_class: Any) -> None:
        super().__init__()
        self.of = edition, process, event_class

    def __missing__(self, stage: StrEnum) -> MovesAt:
        self[stage] = moves = MovesAt(stage, self)
        return moves


@lru_cache(maxsize=MOST_EDITIONS)
def moves_of(edition: Edition, process: Process, event_class: Any) -> Moves:
    """What events of a class do under an edition."""
    return Moves(edition, process, event_class)


class _Room:
    """The place for what is kept."""

    def __init__(self) -> None:
        self.taken = 0

    def make(self) -> None:
        """Forget everything once :data:`MOST_KEPT` judgements are kept, so that one more has a place."""
        if self.taken == MOST_KEPT:
            self.taken = 0
            kept_steps.cache_clear()
            steps_at.cache_clear()
            moves_of.cache_clear()
        self.taken += 1


_ROOM: Final = _Room()


def allows(judged: JudgedStep | None) -> bool:
    """Whether a step is surely allowed."""
    return judged is not None and Effect.DEFEATS not in judged.judgement.effects


@lru_cache(maxsize=MOST_KEPT)
def part_of(edition: Edition, step: Step) -> Edition:
    """The clauses of an edition for a step, in the order of the step."""
    if step.name not in edition.clauses_by_question:
        raise PolicyError(
            f"{edition.policy}: there are no clauses for the step {step.name}; take them from clauses_of(STEPS)"
        )
    part, declared = restricted_to(edition, step.name), edition.clauses_by_question[step.name]
    return evolve(
        part,
        requires=tuple([each for each in declared if each in part.requires]),
        barred_by=tuple([each for each in declared if each in part.barred_by]),
    )
