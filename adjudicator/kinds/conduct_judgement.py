"""The judgement of conduct: of every incident, and of the case as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import combinations
from typing import Any, Final

from attrs import frozen

from adjudicator.engine.branches import Branches, deciding_assumptions
from adjudicator.engine.changes_in_time import at_moment, first_change, turning_points
from adjudicator.engine.evaluation import Facts, Memory, remembered
from adjudicator.engine.inspection import Function
from adjudicator.engine.judgement import Judgement, judge, judged_later, judgement_on
from adjudicator.engine.ladder import LadderPart
from adjudicator.engine.plan import evaluate_ahead
from adjudicator.engine.policy import Edition
from adjudicator.engine.requests import requests_for
from adjudicator.kinds.consequences import ConductCase, FoundAct, Parts, SingleIncident, consequences_of, parts_of
from adjudicator.kinds.judged_incident import JudgedIncident, needs_behind, told_of, told_of_incident
from adjudicator.kinds.review import WholeCase
from adjudicator.model.award import Measure
from adjudicator.model.decision import Gravity
from adjudicator.model.facts import Open, Repairable
from adjudicator.model.finding import Request
from adjudicator.model.money import Minor
from adjudicator.model.time import Instant

_RANK: Final[Mapping[Gravity, int]] = {each: position for position, each in enumerate(Gravity)}


@frozen
class JudgedConduct:
    """The judgements on all incidents of a case, and on the case as a whole."""

    edition: Edition
    incidents: tuple[JudgedIncident, ...]
    whole: Judgement

    def judgements(self) -> Iterator[Judgement]:
        """Every judgement: of each incident the ordinary bars, then the serious ones; last the whole."""
        for each in self.incidents:
            yield from (each.ordinary, each.serious)
        yield self.whole

    @cached_property
    def possible(self) -> tuple[Gravity, ...]:
        """The gravities that are still possible for the whole, the least first."""
        return max_gravity(tuple(each.possible for each in self.incidents))

    @property
    def gravity(self) -> Gravity | None:
        """The gravity of the whole, once it is settled."""
        return self.possible[0] if len(self.possible) == 1 else None

    @property
    def is_found(self) -> bool:
        """Whether something is found for certain."""
        return self.possible[0] is not Gravity.NONE

    def matters(self, incident: JudgedIncident) -> bool:
        """Whether an incident is open and could make the whole graver."""
        return _RANK[incident.possible[-1]] > _RANK[self.possible[0]]

    def asked_of(self, incident: JudgedIncident) -> tuple[Request, ...]:
        """The requests about an incident: everything that could make the whole graver, or only whether anything is found if the rest depends on that."""
        if self.matters(incident):
            return incident.requests
        return incident.requests_to_find if incident.at.line_id in self._turned_on else ()

    @cached_property
    def _turned_on(self) -> frozenset[str]:
        """The incidents that decide what is open about the whole."""
        return _deciding_incidents(self.whole.facts.found.values())

    # What follows

    @cached_property
    def said(self) -> Mapping[str, Any]:
        """The results of the policy's functions for the whole, by name, each resolved."""
        facts, names = self.whole.facts, consequences_of(self.edition).names
        evaluate_ahead(self.whole.edition, facts, names)
        found = facts.found
        values = [found[name] if name in found else facts[name] for name in names]
        return dict(zip(names, [each.answer if type(each) is Branches else each for each in values], strict=True))

    def value(self, function: Function) -> Any:
        """The result of a function of the policy for the whole."""
        return self.said[function.__name__]

    @property
    def outcome(self) -> str | None:
        """The outcome of the whole, if it is settled."""
        value = self.value(consequences_of(self.edition).outcome)
        return None if type(value) is Open else str(value)

    @property
    def waits(self) -> bool:
        """Whether someone can supply an unknown fact that could settle the outcome, or change what a person chooses between."""
        value = self.value(consequences_of(self.edition).outcome)
        asks = value.asks if type(value) is Open else ()
        return bool(asks) or any(self._waits_for(each) for each in self.incidents)

    def _waits_for(self, incident: JudgedIncident) -> bool:
        """Whether the outcome waits for an unknown fact of an incident."""
        if self.matters(incident):
            return incident.waits
        return incident.at.line_id in self._turning_the_outcome and bool(incident.requests_to_find)

    @cached_property
    def _turning_the_outcome(self) -> frozenset[str]:
        """The incidents that decide the outcome through a fact about the whole."""
        facts = self.whole.facts
        outcome = facts[consequences_of(self.edition).outcome.__name__]
        names = deciding_assumptions(outcome) if type(outcome) is Branches else ()
        return _deciding_incidents(facts[name] for name in names if isinstance(name, str))

    @property
    def time(self) -> int | None:
        """Which occurrence this is, if that is known."""
        value = self.value(consequences_of(self.edition).time)
        return value if type(value) is int else None

    def measures(self) -> Iterator[Measure]:
        """The measures that are certain."""
        for sanction in consequences_of(self.edition).sanctions:
            node = self.whole.edition.nodes[sanction.available.__name__]
            if self.value(sanction.available) is True:
                yield Measure(node.name, node.cites, None if sanction.amount is None else self.amount(sanction.amount))

    def ladder(self) -> Iterator[LadderPart]:
        """The amounts that are known."""
        for function in consequences_of(self.edition).amounts:
            if self.amount(function) is not None:
                yield LadderPart((self.whole.edition.nodes[function.__name__],), None, self.whole.facts.found)

    def amount(self, function: Function) -> Minor | None:
        """The result of a function that returns an amount, if it applies and is known."""
        value = self.value(function)
        return Minor(value) if type(value) is int else None

    # What is needed

    @property
    def due(self) -> tuple[Repairable, ...]:
        """What has to be repaired and still can be, once something is found."""
        return tuple(each for each in self.whole.answers if type(each) is Repairable) if self.is_found else ()

    def requests(self) -> tuple[Request, ...]:
        """The requests about the whole: what is due, and what is unknown and could matter."""
        return requests_for(self.whole, self._lacking())

    def _lacking(self) -> tuple[Repairable | Open, ...]:
        """What is due or unknown about the whole, and could matter."""
        if self.gravity is Gravity.NONE:
            return ()
        time = consequences_of(self.edition).time.__name__
        said = [value for name, value in self.said.items() if name != time]
        return (*self.due, *[each for each in (*self.whole.answers, *said) if type(each) is Open])

    def all_requests(self) -> Iterator[Request]:
        """The requests about each incident that matters, and about the whole."""
        for each in self.incidents:
            yield from self.asked_of(each)
        yield from self.requests()

    # When it changes

    @property
    def changes_at(self) -> Instant | None:
        """When time alone first changes the outcome, a clause, a request or a measure."""
        moments = [moment for each in self.judgements() for moment in turning_points(each)]
        return first_change(lambda: False, self._differs_at, moments)

    def _differs_at(self, moment: Instant) -> bool:
        """Whether a part differs at a later moment that may not change without notice.

        The whole is judged then only if the same is found of each incident, so it is given the same by them as now.
        """
        case, parts, whole = at_moment(self.whole.subject.case, moment), parts_of(self.edition), self.whole
        incidents = tuple([_incident_later(each, SingleIncident(case, each.at.index)) for each in self.incidents])
        anew = [(now, then) for now, then in zip(self.incidents, incidents, strict=True) if now is not then]
        if any(told_of_incident(now) != told_of_incident(then) for now, then in anew):
            return True
        facts, changed = whole.facts.later(WholeCase(case), parts.following)
        if not anew and changed.isdisjoint({*parts.decisive, *whole.facts.unsettled, *facts.unsettled}):
            return False
        later = JudgedConduct(self.edition, incidents, judgement_on(whole.edition, facts.subject, facts))
        return self._differs_from(later)

    def _differs_from(self, other: JudgedConduct) -> bool:
        """Whether something else is said of the whole, or asked for; what is found with few steps is compared first."""
        return (
            told_of(self.whole) != told_of(other.whole)
            or self._outcome_told() != other._outcome_told()
            or {each.measure for each in self.measures()} != {each.measure for each in other.measures()}
            or self._needs() != other._needs()
        )

    def _needs(self) -> frozenset[tuple[Any, ...]]:
        """What is asked for about the whole and each incident."""
        of_incidents = [need for each in self.incidents for need in self._needs_of(each)]
        return frozenset((*needs_behind(self.whole, self._lacking()), *of_incidents))

    def _needs_of(self, incident: JudgedIncident) -> frozenset[tuple[Any, ...]]:
        """What :meth:`asked_of` asks for."""
        if self.matters(incident):
            return incident.needs
        return incident.needs_to_find if incident.at.line_id in self._turned_on else _NO_NEEDS

    def _outcome_told(self) -> tuple[str | None, bool]:
        """The outcome, or whether it waits."""
        return self.outcome, self.outcome is None and self.waits


_NO_NEEDS: Final = frozenset[tuple[Any, ...]]()


def _deciding_incidents(facts: Iterable[Any]) -> frozenset[str]:
    """The incidents that decide some facts."""
    return frozenset(part for each in facts if type(each) is Open for part in each.turns_on)


def max_gravity(possible: Sequence[Sequence[Gravity]]) -> tuple[Gravity, ...]:
    """The gravities that are possible for several incidents together, given those of each; the least first."""
    least = max((each[0] for each in possible), key=_RANK.__getitem__)
    graver = {each for of_one in possible for each in of_one if _RANK[each] > _RANK[least]}
    return (least, *sorted(graver, key=_RANK.__getitem__))


def _gravity(possible: tuple[Gravity, ...]) -> Gravity | Open:
    """The gravity as a fact, unknown if it is not settled."""
    return possible[0] if len(possible) == 1 else UNSETTLED_GRAVITIES[possible]


UNSETTLED_GRAVITIES: Final[Mapping[tuple[Gravity, ...], Open]] = {
    each: Open((), could_be=each) for several in range(2, len(Gravity) + 1) for each in combinations(Gravity, several)
}
"""Each gravity that is not settled, by those that are possible, the least first."""


def _set_gravity(facts: Facts, gravity: Gravity | Open) -> None:
    facts["gravity"] = gravity
    if type(gravity) is Open:
        facts.unsettled |= {"gravity"}


# Judging


def judged_conduct(edition: Edition, case: ConductCase, memory: Memory | None = None) -> JudgedConduct:
    """Judge every incident, and then the whole. With a memory, an incident that is the same as before is not judged again."""
    parts = parts_of(edition)
    incidents = tuple([_judged_before(parts, SingleIncident(case, at), memory) for at in range(len(case.incidents))])
    known = {"acts_found": _acts_found(case, incidents)}
    judged = JudgedConduct(edition, incidents, judge(parts.whole, WholeCase(case), memory, known))
    _set_gravity(judged.whole.facts, _gravity(judged.possible))
    return judged


def _acts_found(case: ConductCase, incidents: Sequence[JudgedIncident]) -> tuple[FoundAct, ...]:
    """The incidents in which something is found or may be found, in order.

    They are those of this case: the same incident judged earlier may differ in facts that only the whole is judged by.
    """
    return tuple(
        [
            FoundAct(incident, judged.at.index, judged.possible[0] is not Gravity.NONE)
            for incident, judged in zip(case.incidents, incidents, strict=True)
            if judged.possible[-1] is not Gravity.NONE
        ]
    )


def _judged_before(parts: Parts, at: SingleIncident, memory: Memory | None) -> JudgedIncident:
    """The earlier judgement of an incident, if its facts, its place and the moment are the same; else a new one."""
    if memory is None:
        return _judged(parts, at, None)
    facts = tuple([fact.read(at) for fact in parts.acts.read_always])
    key = parts, at.index, at.line_id, at.as_of, facts
    return remembered(memory, key, partial(_judged, parts, at, memory))


def _judged(parts: Parts, at: SingleIncident, memory: Memory | None) -> JudgedIncident:
    """Judge an incident."""
    judged = JudgedIncident(at, judge(parts.ordinary, at, memory), judge(parts.serious, at, memory))
    _set_gravity(judged.ordinary.facts, _gravity(judged.possible))  # for remarks
    return judged


def _incident_later(earlier: JudgedIncident, at: SingleIncident) -> JudgedIncident:
    """The same incident judged at a later moment; the earlier judgement if no answer differs.

    It is only compared, and no remark is made on it; the facts of the earlier judgement may be among its own, and stay as they are.
    """
    ordinary, serious = judged_later(earlier.ordinary, at), judged_later(earlier.serious, at)
    if ordinary is None and serious is None:
        return earlier
    return JudgedIncident(at, ordinary or earlier.ordinary, serious or earlier.serious)
