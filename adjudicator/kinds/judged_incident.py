"""An incident with its judgements: what is found in it, what it waits for, and what may not change without notice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from attrs import frozen

from adjudicator.engine.branches import Branches, identities
from adjudicator.engine.judgement import Judgement
from adjudicator.engine.requests import requests_for
from adjudicator.engine.standing import Standing
from adjudicator.kinds.consequences import SingleIncident
from adjudicator.model.decision import Gravity, IncidentOutcome, SubjectVerdict
from adjudicator.model.facts import Holds, Open, Repairable
from adjudicator.model.finding import Request

_FOUND: Final[Mapping[Gravity, IncidentOutcome]] = {
    Gravity.NONE: IncidentOutcome.NOT_FOUND,
    Gravity.ORDINARY: IncidentOutcome.ORDINARY,
    Gravity.SERIOUS: IncidentOutcome.SERIOUS,
}
_SETTLED_AS: Final[Mapping[Standing, tuple[Gravity, ...]]] = {
    Standing.REFUSED: (Gravity.ORDINARY,),
    Standing.GRANTED: (Gravity.NONE,),
}
"""What follows if the ordinary bars are settled."""


@frozen
class JudgedIncident:
    """An incident with two judgements: whether a violation is found in it, and whether it is serious."""

    at: SingleIncident
    ordinary: Judgement
    serious: Judgement

    @cached_property
    def possible(self) -> tuple[Gravity, ...]:
        """The gravities that are still possible, the least first; one once it is settled."""
        if self.serious.standing is Standing.REFUSED:
            return (Gravity.SERIOUS,)
        least = _SETTLED_AS.get(self.ordinary.standing, (Gravity.NONE, Gravity.ORDINARY))
        return least if self.serious.standing is Standing.GRANTED else (*least, Gravity.SERIOUS)

    @property
    def waits(self) -> bool:
        """Whether someone can supply an unknown fact that would make a difference."""
        return any(waiting for _, waiting in self._open)

    @cached_property
    def _open(self) -> tuple[tuple[Judgement, tuple[Open, ...]], ...]:
        """The open answers that matter. One that could only lead to a manual review does not, if there is one anyway."""
        settled_already = self.ordinary.standing in (Standing.REFUSED, Standing.GRANTED)
        of_serious = tuple(_waiting(self.serious, all_of_it=settled_already))
        return (self.ordinary, tuple(_waiting(self.ordinary))), (self.serious, of_serious)

    @property
    def outcome(self) -> IncidentOutcome:
        """The outcome."""
        if len(self.possible) == 1:
            return _FOUND[self.possible[0]]
        return IncidentOutcome.NEEDS_INFORMATION if self.waits else IncidentOutcome.MANUAL_REVIEW

    def subject_verdict(self, *, matters: bool) -> SubjectVerdict:
        """The outcome, the effects of the clauses, and the requests if they matter."""
        effects = {
            clause.name: effect
            for judgement in (self.ordinary, self.serious)
            for clause, _, effect in judgement.clauses
        }
        return SubjectVerdict(self.at.line_id, self.outcome.value, effects, self.requests if matters else ())

    @cached_property
    def requests_to_find(self) -> tuple[Request, ...]:
        """What is needed to say whether anything is found."""
        judgement = self._to_find
        return tuple({each.need: each for each in requests_for(judgement, _waiting(judgement))}.values())

    @property
    def _to_find(self) -> Judgement:
        """The judgement that says whether anything is found."""
        return self.serious if self.ordinary.standing is Standing.GRANTED else self.ordinary

    @cached_property
    def requests(self) -> tuple[Request, ...]:
        """What is needed, each thing once."""
        both = [request for judgement, waiting in self._open for request in requests_for(judgement, waiting)]
        return tuple({each.need: each for each in both}.values())

    @cached_property
    def needs(self) -> frozenset[tuple[Any, ...]]:
        """What these requests ask for, and of whom."""
        return _each_once([need for judgement, waiting in self._open for need in needs_behind(judgement, waiting)])

    @cached_property
    def needs_to_find(self) -> frozenset[tuple[Any, ...]]:
        """The same of what is needed to say whether anything is found."""
        return _each_once(needs_behind(self._to_find, _waiting(self._to_find)))


def _waiting(judgement: Judgement, *, all_of_it: bool = True) -> Iterator[Open]:
    """The open answers that a judgement waits for: all of them, or those that could still defeat."""
    for clause, answer, _ in judgement.clauses if judgement.standing is Standing.WAITING else ():
        value = judgement.facts[clause.name]
        branches = value.objects if type(value) is Branches else [value]
        may_defeat = any(each is True or type(each) in (Holds, Open) for each in branches)
        if type(answer) is Open and (all_of_it or may_defeat):
            yield answer


def told_of_incident(incident: JudgedIncident) -> tuple[Any, ...]:
    """The parts of the judgements on an incident that may not change without notice, besides what is asked for."""
    return incident.outcome, told_of(incident.ordinary), told_of(incident.serious)


def told_of(judgement: Judgement) -> tuple[Any, ...]:
    """The effect of each clause, and whether it can be repaired."""
    return judgement.effects, [type(answer) is Repairable for answer in judgement.answers]


def needs_behind(judgement: Judgement, answers: Iterable[Repairable | Open]) -> Iterable[tuple[Any, ...]]:
    """What is asked for because of these answers, of whom, and about what; each thing once."""
    line_id = judgement.subject.line_id
    asks = [ask for each in answers for ask in each.asks]
    different = dict(zip(identities(asks), asks, strict=True)).values()
    asked = [
        (each.need.to, each.need.name, line_id if each.part is None else each.part, each.evidence_id)
        for each in different
    ]
    return dict.fromkeys(asked)


def _each_once(needs: Iterable[tuple[Any, ...]]) -> frozenset[tuple[Any, ...]]:
    return frozenset({need: (to, need, *rest) for to, need, *rest in needs}.values())
