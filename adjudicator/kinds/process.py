"""Processes: which steps are open, and what the others wait for, given the history of a case and the rules for its steps.

The history is replayed under the same clauses that decide the next step. An event that they do not allow makes the case unsound. If it
is unknown whether an event counts, both possibilities are followed until a later event settles it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache, partial
from itertools import chain
from operator import attrgetter, le
from typing import Any, ClassVar, Final, cast

import attrs
from attrs import frozen

from adjudicator.engine.changes_in_time import at_moment, first_change, snapshot, turning_points
from adjudicator.engine.evaluation import Memory
from adjudicator.engine.findings import Deadlines, Remarks, findings_together, measured
from adjudicator.engine.judgement import JudgedEarlier, judge
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_in_force
from adjudicator.engine.requests import requests
from adjudicator.engine.shared_judgement import JudgedTogether, SharedJudgement, judged_together, results_of
from adjudicator.kinds.histories import note_states, possible_states, states_after
from adjudicator.kinds.judged_step import Blocked, JudgedStep, judged_step
from adjudicator.kinds.kept_steps import MOST_STATES, StepsTogether, kept_steps, part_of, states_of, steps_at
from adjudicator.kinds.process_decision import (
    MANUAL_REVIEW,
    NEEDS_INFORMATION,
    OPEN,
    OPENS_LATER,
    REFUSED,
    WAITING,
    ProcessDecision,
)
from adjudicator.kinds.progress import Progress, progress_by_stages
from adjudicator.kinds.single_step import SingleStep, make_step
from adjudicator.kinds.steps import HISTORY, Process, Step
from adjudicator.kinds.uncertain_events import asks_about
from adjudicator.model.decision import CONTRACT, LAZY, SubjectVerdict, Verdict
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.facts import Ask, Glossary, Party
from adjudicator.model.lazy import lazy_maker
from adjudicator.model.limits import happened_by, not_before
from adjudicator.model.particulars import Particulars
from adjudicator.model.soundness import CaseBase
from adjudicator.model.source import changed
from adjudicator.model.time import Instant

MOST_EVENTS: Final = 100
"""The most events in a history."""

# The case and its history


class ProcessCase(CaseBase):
    """A case about the steps of a process: its ``history``, and the step that somebody wants to take at ``as_of``.

    Each event has a ``step`` and ``happened_at``; ``wanted`` has a ``step`` and ``by``, the party that wants to take it. Both have the
    fields that decide whether they count. A history that the governing edition does not allow makes a case unsound.
    """

    __slots__ = ("_states",)
    NOTED: ClassVar = frozenset({"_states"})

    history: tuple[Any, ...]
    wanted: Any

    def faults(self) -> Iterable[Fault]:
        """Those of the history and of the fields, and those that the class adds; if there are none, the first event that was not possible."""
        found = (*_faults_of_the_history(self), *super().faults(), *self.own_faults())
        return found or (_impossible_event(self) if _is_complete(self) else ())

    def is_sound(self) -> bool:
        """Whether a case whose fields have the right types has no fault."""
        if type(self).faults is not ProcessCase.faults:
            return super().is_sound()
        of_fields = chain(CaseBase.faults(self), self.own_faults())
        return _are_in_order(self) and next(of_fields, None) is None and not _impossible_event(self)

    def own_faults(self) -> Iterable[Fault]:
        """More faults of a case of this class; fields that are ``None`` are ignored."""
        return ()


def _faults_of_the_history(case: ProcessCase) -> Iterator[Fault]:
    events = case.history or ()
    if len(events) > MOST_EVENTS:
        yield Fault(HISTORY, shown(len(events)), f"a history of at most {MOST_EVENTS} events")
        return
    before: Instant | None = None
    for index, event in enumerate(events):
        if event is not None and event.happened_at is not None:
            pointer = f"{HISTORY}/{index}/happened_at"
            yield from happened_by(pointer, event.happened_at, case.as_of)
            yield from not_before(pointer, event.happened_at, before, "the event before it")
            before = event.happened_at


def _are_in_order(case: ProcessCase) -> bool:
    """Whether the events of a case are not too many, and in order."""
    moments = [event.happened_at for event in case.history]
    return len(moments) <= MOST_EVENTS and all(map(le, moments, [*moments[1:], case.as_of]))


def _impossible_event(case: ProcessCase) -> tuple[Fault, ...]:
    """The first event that the governing edition does not allow; none if no installed edition governs the case."""
    edition = edition_in_force(case)
    if edition is None or not isinstance(edition.case_kind, ProcessKind):
        return ()
    try:
        note_states(edition, edition.case_kind.process, case)
    except InputError as error:
        return error.faults
    return ()


def _is_complete(part: Any) -> bool:
    """Whether all required fields of a part of a case could be read."""
    if isinstance(part, tuple):
        return all(each is not None and _is_complete(each) for each in part)
    kind: Any = type(part)
    for name, may_be_none in _fields_of(kind):
        value = getattr(part, name)
        if not may_be_none if value is None else not _is_complete(value):
            return False
    return True


@cache
def _fields_of(kind: Any) -> tuple[tuple[str, bool], ...]:
    """The fields of a class, each with whether it may be ``None``; none for what is not made of fields."""
    return tuple([(each.name, each.default is None) for each in attrs.fields(kind)]) if attrs.has(kind) else ()


# The kind of case


@frozen(kw_only=True)
class ProcessKind:
    """Cases about the steps of a process; ``case_type`` is a class of :class:`ProcessCase`.

    The edition in force at ``governed_from`` governs the whole history. The party that wants to take the step asks; ``claimant`` is
    the one that usually does. ``zone`` is the one whose days its editions mean, unless they state their own.
    """

    case_type: type
    glossary: Glossary
    process: Process
    governed_from: str = "/as_of"
    claimant: StrEnum = Party.CONSUMER
    respondent: StrEnum | None = None
    currency: str | None = None
    zone: dt.tzinfo = dt.UTC

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The possible outcomes of the step that is asked about."""
        return (OPEN, OPENS_LATER, WAITING, REFUSED, NEEDS_INFORMATION, MANUAL_REVIEW)

    @property
    def outcomes_of_parts(self) -> tuple[str, ...]:
        """Those of any other step, which are the same."""
        return self.outcomes

    @property
    def refusals(self) -> frozenset[str]:
        """The outcomes that change only if a defeating clause does."""
        return frozenset({REFUSED})

    @property
    def grantable(self) -> tuple[type, ...]:
        """Nothing: a step only leads to another stage."""
        return ()

    @property
    def outcome_facts(self) -> Mapping[str, Any]:
        """What remarks may ask about the step that is asked about."""
        return {"open_now": bool}

    def subjects(self, case: ProcessCase) -> Iterator[SingleStep]:
        """The steps at the end of the history, without those that block others, which depend on the edition."""
        progress = progress_by_stages(self.process, case)
        replay = partial(progress_by_stages, self.process, strictly=True)
        asks = asks_about(self.process, case, progress, replay)
        return (self._subject(case, each, progress, asks=asks) for each in self.process.steps)

    def part_for(self, edition: Edition, subject: SingleStep) -> Edition:
        """The clauses of the step, in its order."""
        return part_of(edition, subject.step)

    def particulars(self, case: ProcessCase) -> Particulars:
        """A process has no goods and no documents."""
        return Particulars()

    def without_evidence(self, case: ProcessCase) -> ProcessCase:
        """There is no evidence."""
        return case

    def rule(self, edition: Edition, case: ProcessCase, memory: Memory | None = None) -> Verdict:
        """Judge every step, and return only the outcomes.

        Raises :class:`~adjudicator.model.errors.InputError` for a history that the edition does not allow.
        """
        judged = self._judged(edition, case, states_after(edition, self.process, case), memory).judged
        asked = self._asked(judged, case)
        verdicts = (
            SubjectVerdict(
                each.judgement.subject.line_id,
                each.outcome,
                {clause.name: effect for clause, _, effect in each.judgement.clauses},
                requests(each.judgement) if each is asked else (),
            )
            for each in judged
        )
        return Verdict(asked.outcome, tuple(verdicts))

    def decide(self, edition: Edition, case: ProcessCase) -> ProcessDecision:
        """Judge every step, with reasons, and ask for what the wanted step lacks.

        Raises :class:`~adjudicator.model.errors.InputError` for a history that the edition does not allow.
        """
        progress = states_after(edition, self.process, case)
        together = self._judged(edition, case, progress)
        judged = together.judged
        asked = self._asked(judged, case)
        return _make_decision(
            CONTRACT,
            case.id,
            case.as_of,
            edition.ref,
            asked.outcome,
            requests(asked.judgement),
            case.metadata,
            None,
            asked.step.id,
            str(case.wanted.by),
            {
                "steps": results_of(together),
                "findings": findings_together(together),
                "deadlines": Deadlines(map(_JUDGEMENT, judged) if measured(edition) else ()),
                "remarks": Remarks((asked.judgement,)),
                "reconsider_at": lambda _: self._reconsidered_at(edition, case, progress, together),
            },
        )

    def _reconsidered_at(
        self, edition: Edition, case: ProcessCase, progress: tuple[Progress, ...], together: JudgedTogether[JudgedStep]
    ) -> Instant | None:
        """When time alone first changes the outcome of a step, a clause or a request."""
        judged = together.judged
        own = [judged[place].judgement for place in together.own]
        varying = [each for each in own if type(each) is not SharedJudgement]
        moments = {moment for each in varying for moment in turning_points(each)}
        if not moments:
            return None
        memory = dict[Hashable, Any]()
        earlier = [JudgedEarlier(each) for each in varying]

        def then(moment: Instant) -> tuple[Any, ...] | None:
            unlike = [each for of in earlier for each in of.unlike((moment,), partial(_later, of.judgement.subject))]
            if not unlike:
                return None
            if any(surely for _, surely in unlike):
                return _ANOTHER
            return self._snapshot(case, self._judged(edition, at_moment(case, moment), progress, memory).judged)

        return first_change(lambda: self._snapshot(case, judged), then, moments)

    def _snapshot(self, case: ProcessCase, judged: Sequence[JudgedStep]) -> tuple[Any, ...]:
        asked_for = requests(self._asked(judged, case).judgement)
        return tuple([snapshot(each.judgement, each.outcome, asked_for) for each in judged])

    def _asked(self, judged: Sequence[JudgedStep], case: ProcessCase) -> JudgedStep:
        return judged[self.process.positions[case.wanted.step]]

    def _judged(
        self, edition: Edition, case: ProcessCase, progress: tuple[Progress, ...], memory: Memory | None = None
    ) -> JudgedTogether[JudgedStep]:
        """Judge every step, given the steps that are next and cannot be taken."""
        asks = asks_about(self.process, case, progress, partial(possible_states, edition, self.process))
        blocked, kept, found = self._kept(edition, case, progress, asks, memory)
        at = self.process.positions[case.wanted.step]
        own = kept.own(at)
        missing = [place for place in own if found[place] is None]
        if missing:
            by_state = {each: dict(of) for each, of in zip(progress, blocked, strict=True)}
            for place in missing:
                step = self.process.steps[place]
                event = case.wanted if place == at else None
                subject = make_step(case, self.process, step, progress, case.as_of, event, by_state, asks=asks)
                found[place] = judged_step(step, judge(part_of(edition, step), subject, memory))
        return judged_together(cast("Sequence[JudgedStep]", found), kept, own)

    def _kept(
        self,
        edition: Edition,
        case: ProcessCase,
        progress: tuple[Progress, ...],
        asks: Sequence[Ask],
        memory: Memory | None,
    ) -> tuple[Sequence[Blocked], StepsTogether, list[JudgedStep | None]]:
        """What is blocked in each state, the steps as they are judged in all cases like this one, and those of this case if they are found."""
        process, at_stages = self.process, steps_at(edition, self.process)
        blocked: list[Blocked] = []
        are_kept = len(progress) <= MOST_STATES
        for state in progress:
            steps, times = at_stages[state.stage], (state.times,)
            kept = steps.judged(case, times)
            of, declared = self._blocked(edition, case, state, kept.judged, memory)
            are_kept = are_kept and not any(each.blocked for each in declared.values())
            blocked.append(of)
        if not are_kept:
            return blocked, (nothing := StepsTogether((None,) * len(process.steps))), [*nothing.judged]
        if len(progress) > 1:
            together = kept_steps(edition, process, states_of(progress, blocked, asks))
            kept = together.judged(case, [each.times for each in progress])
            found = [*kept.judged]
            found[process.positions[case.wanted.step]] = None
            return blocked, kept, found
        if blocked[0]:
            steps, declared = steps.given(blocked[0]), {}
            kept = steps.judged(case, times)
        found = [*kept.judged]
        for place, step in declared.items():
            found[place] = step
        found[process.positions[case.wanted.step]] = steps.wanted_step(case, times)
        return blocked, kept, found

    def _blocked(
        self,
        edition: Edition,
        case: ProcessCase,
        state: Progress,
        kept: Sequence[JudgedStep | None],
        memory: Memory | None,
    ) -> tuple[Blocked, Mapping[int, JudgedStep]]:
        """The steps that are next in a state and cannot be taken, and those of the next that are judged for this case alone, by place."""
        blocked: Blocked = ()
        declared: dict[int, JudgedStep] = {}
        for place in self.process.places_next_at(state.stage):
            judged = kept[place]
            if judged is None:
                subject = self._subject(case, self.process.steps[place], (state,), as_declared=True)
                declared[place] = judged = judged_step(
                    subject.step, judge(part_of(edition, subject.step), subject, memory)
                )
            blocked += judged.blocked
        return blocked, declared

    def _subject(
        self,
        case: ProcessCase,
        step: Step,
        progress: tuple[Progress, ...],
        *,
        asks: tuple[Ask, ...] = (),
        as_declared: bool = False,
    ) -> SingleStep:
        """A step at the end of the history; the wanted one with the fields it is wanted with, unless ``as_declared``."""
        event = case.wanted if case.wanted.step == step.name and not as_declared else None
        return make_step(case, self.process, step, progress, case.as_of, event, {}, asks=asks)


def _later(step: Any, moment: Instant) -> Any:
    """The same step at a later moment."""
    return changed(step, {"case": at_moment(step.case, moment), "as_of": moment})


_JUDGEMENT: Final = attrgetter("judgement")
_ANOTHER: Final = ("another",)
"""In place of what surely differs from now."""
_make_decision: Final = lazy_maker(ProcessDecision, (*LAZY, "steps"))
