"""Conduct, judged: every incident, and the case as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, Final

from attrs import Factory, frozen

from adjudicator.engine.branches import Branches, deciding_assumptions
from adjudicator.engine.changes_in_time import at_moment, first_change, snapshot, turning_points
from adjudicator.engine.clause import Function
from adjudicator.engine.evaluation import Facts, Memory, remembered
from adjudicator.engine.judgement import Judgement, Standing, judge, memory_of
from adjudicator.engine.ladder import LadderPart
from adjudicator.engine.policy import Edition
from adjudicator.engine.requests import requests_for
from adjudicator.kinds.consequences import ConductCase, FoundAct, Parts, SingleIncident, consequences_of, parts_of
from adjudicator.kinds.review import WholeCase
from adjudicator.model.award import Measure, Step
from adjudicator.model.decision import (
    Gravity,
    IncidentOutcome,
    SubjectVerdict,
)
from adjudicator.model.facts import Holds, Open, Repairable
from adjudicator.model.finding import Request
from adjudicator.model.money import Minor
from adjudicator.model.time import Instant

_RANK: Final[Mapping[Gravity, int]] = {each: position for position, each in enumerate(Gravity)}
_FOUND: Final[Mapping[Gravity, IncidentOutcome]] = {
    Gravity.NONE: IncidentOutcome.NOT_FOUND,
    Gravity.ORDINARY: IncidentOutcome.ORDINARY,
    Gravity.SERIOUS: IncidentOutcome.SERIOUS,
}


# What a policy says


@frozen
class JudgedIncident:
    """An incident, and the judgements on it: whether it is one at all, and whether it is a serious one."""

    at: SingleIncident
    ordinary: Judgement
    serious: Judgement

    @cached_property
    def possible(self) -> tuple[Gravity, ...]:
        """How grave it can be, as far as is known: one gravity once that is settled, else the least first."""
        if self.serious.standing is Standing.REFUSED:
            return (Gravity.SERIOUS,)
        settled_as = {Standing.REFUSED: (Gravity.ORDINARY,), Standing.GRANTED: (Gravity.NONE,)}
        least = settled_as.get(self.ordinary.standing, (Gravity.NONE, Gravity.ORDINARY))
        return least if self.serious.standing is Standing.GRANTED else (*least, Gravity.SERIOUS)

    @property
    def waits(self) -> bool:
        """Whether something that is not known can be supplied and would make a difference."""
        return any(waiting for _, waiting in self._open())

    def _open(self) -> Iterator[tuple[Judgement, list[Open]]]:
        """What is open and matters: what could at most bring the incident before a person does not where it goes there anyway."""
        yield self.ordinary, [*_waiting(self.ordinary)]
        settled_already = self.ordinary.standing in (Standing.REFUSED, Standing.GRANTED)
        yield self.serious, [*_waiting(self.serious, all_of_it=settled_already)]

    @property
    def outcome(self) -> IncidentOutcome:
        """What it came to."""
        if len(self.possible) == 1:
            return _FOUND[self.possible[0]]
        return IncidentOutcome.NEEDS_INFORMATION if self.waits else IncidentOutcome.MANUAL_REVIEW

    def subject_verdict(self, *, matters: bool) -> SubjectVerdict:
        """What it came to, in short."""
        effects = {
            clause.name: effect
            for judgement in (self.ordinary, self.serious)
            for clause, _, effect in judgement.clauses
        }
        return SubjectVerdict(self.at.line_id, self.outcome.value, effects, self.requests if matters else ())

    @cached_property
    def requests_to_find(self) -> tuple[Request, ...]:
        """What is still needed to say whether anything is found."""
        judgement = self.serious if self.ordinary.standing is Standing.GRANTED else self.ordinary
        return tuple({each.need: each for each in requests_for(judgement, _waiting(judgement))}.values())

    @cached_property
    def requests(self) -> tuple[Request, ...]:
        """What is still needed, each thing once."""
        return self._requests()

    def outline(self) -> tuple[Request, ...]:
        """The same without what would do."""
        return self._requests(outline=True)

    def _requests(self, *, outline: bool = False) -> tuple[Request, ...]:
        both = (
            request
            for judgement, waiting in self._open()
            for request in requests_for(judgement, waiting, outline=outline)
        )
        return tuple({each.need: each for each in both}.values())


def _waiting(judgement: Judgement, *, all_of_it: bool = True) -> Iterator[Open]:
    """The open answers on which a judgement waits: all of them, or those that could still defeat."""
    for clause, answer, _ in judgement.clauses if judgement.standing is Standing.WAITING else ():
        weighed = judgement.facts[clause.name]
        branches = [each.value for each in weighed.branches] if type(weighed) is Branches else [weighed]
        may_defeat = any(each is True or type(each) in (Holds, Open) for each in branches)
        if type(answer) is Open and (all_of_it or may_defeat):
            yield answer


@frozen
class JudgedConduct:
    """All incidents of a case, and the case as a whole."""

    edition: Edition
    incidents: tuple[JudgedIncident, ...]
    whole: Judgement
    values: dict[str, Any] = Factory(dict)

    def judgements(self) -> Iterator[Judgement]:
        """Every judgement: incident by incident, what is ordinary before what is serious; the whole last."""
        for each in self.incidents:
            yield from (each.ordinary, each.serious)
        yield self.whole

    @cached_property
    def possible(self) -> tuple[Gravity, ...]:
        """How grave it can be in all, the least first."""
        return max_gravity(tuple(each.possible for each in self.incidents))

    @property
    def gravity(self) -> Gravity | None:
        """How grave it is in all, once that is settled."""
        return self.possible[0] if len(self.possible) == 1 else None

    @property
    def is_found(self) -> bool:
        """Whether something is found for certain."""
        return self.possible[0] is not Gravity.NONE

    def matters(self, incident: JudgedIncident) -> bool:
        """Whether an incident is open, and could make the whole graver."""
        return _RANK[incident.possible[-1]] > _RANK[self.possible[0]]

    def asked_of(self, incident: JudgedIncident) -> tuple[Request, ...]:
        """What is asked about an incident: all that could make the whole graver, or whether anything is found in it where that turns the rest."""
        if self.matters(incident):
            return incident.requests
        return incident.requests_to_find if incident.at.line_id in self._turned_on else ()

    @cached_property
    def _turned_on(self) -> frozenset[str]:
        """The incidents on which it turns what is open about the whole."""
        return _deciding_incidents(self.whole.facts.values())

    # What follows

    def value(self, function: Function) -> Any:
        """What a function of the policy says of the whole, worked out once."""
        name = function.__name__
        if name not in self.values:
            value = self.whole.facts[name]
            self.values[name] = value.answer if type(value) is Branches else value
        return self.values[name]

    @property
    def outcome(self) -> str | None:
        """What the whole comes to, if that is settled."""
        value = self.value(consequences_of(self.edition).outcome)
        return None if type(value) is Open else str(value)

    @property
    def waits(self) -> bool:
        """Whether something that is not known could settle it, or turn what a person decides between, and can be supplied."""
        value = self.value(consequences_of(self.edition).outcome)
        asks = value.asks if type(value) is Open else ()
        return bool(asks) or any(self._waits_for(each) for each in self.incidents)

    def _waits_for(self, incident: JudgedIncident) -> bool:
        """Whether the outcome waits for what is not known of an incident."""
        if self.matters(incident):
            return incident.waits
        return incident.at.line_id in self._turning_the_outcome and bool(incident.requests_to_find)

    @cached_property
    def _turning_the_outcome(self) -> frozenset[str]:
        """The incidents on which the outcome turns through a fact about the whole."""
        facts = self.whole.facts
        outcome = facts[consequences_of(self.edition).outcome.__name__]
        names = deciding_assumptions(outcome) if type(outcome) is Branches else ()
        return _deciding_incidents(facts[name] for name in names if isinstance(name, str))

    @property
    def time(self) -> int | None:
        """Which time it is."""
        value = self.value(consequences_of(self.edition).time)
        return value if type(value) is int else None

    def measures(self) -> Iterator[Measure]:
        """What may be done for certain."""
        for sanction in consequences_of(self.edition).sanctions:
            node = self.whole.edition.nodes[sanction.available.__name__]
            if self.value(sanction.available) is True:
                yield Measure(node.name, node.cites, None if sanction.amount is None else self.amount(sanction.amount))

    def ladder(self) -> Iterator[Step]:
        """The amounts that are known."""
        for function in consequences_of(self.edition).amounts:
            if self.amount(function) is not None:
                yield from LadderPart((self.whole.edition.nodes[function.__name__],), None, self.whole.facts).steps()

    def amount(self, function: Function) -> Minor | None:
        """What a function says that is an amount, if there is one and it is known."""
        value = self.value(function)
        return Minor(value) if type(value) is int else None

    # What is needed

    @property
    def due(self) -> tuple[Repairable, ...]:
        """What has to be done and still can be, once something is found."""
        return tuple(each for each in self.whole.answers if type(each) is Repairable) if self.is_found else ()

    def requests(self, *, outline: bool = False) -> tuple[Request, ...]:
        """What is still needed of the whole: what is due, and what is not known and could matter."""
        if self.gravity is Gravity.NONE:
            return ()
        consequences = consequences_of(self.edition)
        said = (self.value(each) for each in consequences.functions() if each is not consequences.time)
        waiting = (each for each in (*self.whole.answers, *said) if type(each) is Open)
        return requests_for(self.whole, (*self.due, *waiting), outline=outline)

    def all_requests(self) -> Iterator[Request]:
        """What is still needed of each incident that matters, and of the whole."""
        for each in self.incidents:
            yield from self.asked_of(each)
        yield from self.requests()

    # When it changes

    @property
    def changes_at(self) -> Instant | None:
        """When time alone first changes what it comes to, a clause, what is needed, or what may be done."""
        moments = [moment for each in self.judgements() for moment in turning_points(each)]
        case, memory = self.whole.subject.case, memory_of(self.judgements())

        def then(moment: Instant) -> tuple[Any, ...]:
            return judged_conduct(self.edition, at_moment(case, moment), memory).told

        return first_change(lambda: self.told, then, moments)

    @property
    def told(self) -> tuple[Any, ...]:
        """What of it may not change unannounced."""
        outcome = (self.outcome, self.outcome is None and self.waits)
        return (
            *(
                snapshot(judgement, each.outcome.value, each.outline() if self.matters(each) else ())
                for each in self.incidents
                for judgement in (each.ordinary, each.serious)
            ),
            snapshot(self.whole, str(outcome), self.requests(outline=True)),
            frozenset(each.measure for each in self.measures()),
        )


def _deciding_incidents(facts: Iterable[Any]) -> frozenset[str]:
    """The incidents on which it turns what some facts are."""
    return frozenset(part for each in facts if type(each) is Open for part in each.turns_on)


def max_gravity(possible: Sequence[Sequence[Gravity]]) -> tuple[Gravity, ...]:
    """How grave incidents can be together, given how grave each can be; the least first."""
    least = max((each[0] for each in possible), key=_RANK.__getitem__)
    graver = {each for of_one in possible for each in of_one if _RANK[each] > _RANK[least]}
    return (least, *sorted(graver, key=_RANK.__getitem__))


def _set_gravity(facts: Facts, possible: tuple[Gravity, ...]) -> None:
    """Make the gravity a fact: what it is, or that it is not settled."""
    if len(possible) == 1:
        facts["gravity"] = possible[0]
    else:
        facts["gravity"] = Open((), could_be=possible)
        facts.unsettled.add("gravity")


# The kind of case


def judged_conduct(edition: Edition, case: ConductCase, memory: Memory | None = None) -> JudgedConduct:
    """Judge every incident, and the whole with how grave they are together. In a memory nothing is judged again that is the same."""
    parts = parts_of(edition)
    tried: Memory = {} if memory is None else memory
    incidents = tuple(
        _judged_before(parts, SingleIncident(case, index), memory, tried) for index in range(len(case.incidents))
    )
    known = {"acts_found": tuple(_acts_found(case, incidents))}
    judged = JudgedConduct(edition, incidents, judge(parts.whole, WholeCase(case), memory, known))
    _set_gravity(judged.whole.facts, judged.possible)
    return judged


def _acts_found(case: ConductCase, incidents: Sequence[JudgedIncident]) -> Iterator[FoundAct]:
    """The incidents in which something is found or may be, in their order.

    They are those of this case: one that was judged before may differ in what only the whole is judged by.
    """
    for incident, judged in zip(case.incidents, incidents, strict=True):
        if judged.possible[-1] is not Gravity.NONE:
            yield FoundAct(incident, judged.at.index, judged.possible[0] is not Gravity.NONE)


def _judged_before(parts: Parts, at: SingleIncident, memory: Memory | None, tried: Memory) -> JudgedIncident:
    """An incident as it was judged where all that it is judged by was the same: its facts, its place and the moment."""
    facts = () if memory is None else tuple([fact.read(at) for fact in parts.acts.read_always])
    return remembered(memory, (parts, at.index, at.line_id, at.as_of, facts), partial(_judged, parts, at, tried))


def _judged(parts: Parts, at: SingleIncident, tried: Memory) -> JudgedIncident:
    """An incident, judged. What a function comes to on facts that are not plainly known is ``tried`` once for all that are alike."""
    judged = JudgedIncident(at, judge(parts.ordinary, at, tried), judge(parts.serious, at, tried))
    _set_gravity(judged.ordinary.facts, judged.possible)
    return judged
