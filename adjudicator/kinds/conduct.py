"""Conduct: acts that are judged one by one, and what follows from all of them together for whoever did them.

The bars of an edition are judged on each incident, its requirements on the case as a whole. One incident that is serious makes the
whole serious. What follows is said by functions of the policy, which take the gravity of the whole as a fact: the outcome (a
step in a procedure, say), amounts, and the measures that may be taken. All that is certain is told, also while something is open.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cache, cached_property, partial
from typing import Any, Final

from attrs import Factory, evolve, frozen

from adjudicator.engine.evaluation import Branches, Facts, Memory, remembered
from adjudicator.engine.judgement import (
    Judgement,
    Standing,
    as_told,
    asked,
    at_a_later_moment,
    deadlines,
    findings,
    first_change,
    judge,
    remarks,
    turning_points,
)
from adjudicator.engine.policy import Edition, Function, facts_behind
from adjudicator.kinds.payment import LadderStep
from adjudicator.kinds.review import WholeCase
from adjudicator.model.case import Minor
from adjudicator.model.decision import (
    ConductDecision,
    Gravity,
    IncidentOutcome,
    IncidentResult,
    Measure,
    Request,
    Step,
    SubjectVerdict,
    Verdict,
)
from adjudicator.model.facts import Glossary, Holds, Open, Party, Repairable
from adjudicator.model.lazy import UNSET, with_lazy
from adjudicator.model.particulars import Particulars
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant

__all__ = ["ConductKind", "Consequences", "Gravity", "Sanction", "SingleIncident"]

INCIDENT: Final = "{incident}"
"""Stands for the position of the incident in the pointers of a glossary."""

_RANK: Final[Mapping[Gravity, int]] = {each: position for position, each in enumerate(Gravity)}
_FOUND: Final[Mapping[Gravity, IncidentOutcome]] = {
    Gravity.NONE: IncidentOutcome.NOT_FOUND,
    Gravity.ORDINARY: IncidentOutcome.ORDINARY,
    Gravity.SERIOUS: IncidentOutcome.SERIOUS,
}


# What a policy says


@frozen(kw_only=True, eq=False)
class Sanction:
    """A measure that may be taken where a function says so, and the amount that it is about."""

    available: Function
    amount: Function | None = None


@frozen(kw_only=True, eq=False)
class Consequences:
    """What follows from conduct.

    ``serious`` are the bars that make an incident serious. ``outcome`` and ``time`` say what the whole comes to and which time
    it is, ``amounts`` are the steps of the ladder (``None`` where a step is not taken), ``sanctions`` what may be done.
    """

    serious: tuple[Function, ...]
    outcome: Function
    time: Function
    amounts: tuple[Function, ...]
    sanctions: tuple[Sanction, ...]

    def functions(self) -> Iterator[Function]:
        """The functions."""
        yield from (self.outcome, self.time, *self.amounts)
        yield from (sanction.available for sanction in self.sanctions)

    @property
    def decides_with(self) -> Function:
        """The outcome is what this function says."""
        return self.outcome

    def places(self) -> Iterator[tuple[str, Function]]:
        """The functions; there is no calculation."""
        return (("", function) for function in self.functions())

    @property
    def caps(self) -> tuple[Function, ...]:
        """Nothing is capped."""
        return ()

    @property
    def terms(self) -> Mapping[str, str]:
        """Nothing else."""
        return {}


# What is judged


class ConductCase(CaseBase):
    """A case about what somebody did: the acts are its ``incidents``, each of which has an ``id``."""

    __slots__ = ()

    incidents: tuple[Any, ...]


@frozen
class SingleIncident:
    """One incident of a case, as a subject of clauses."""

    case: Any
    index: int
    closes_at: None = None

    @property
    def incident(self) -> Any:
        """The incident."""
        return self.case.incidents[self.index]

    @property
    def line_id(self) -> str:
        """Its id."""
        name: str = self.incident.id
        return name

    @property
    def positions(self) -> Mapping[str, int]:
        """No evidence is handed in for it."""
        return {}

    @property
    def as_of(self) -> Instant:
        """The moment of the decision."""
        moment: Instant = self.case.as_of
        return moment

    def places(self) -> Mapping[str, tuple[int, ...]]:
        """Where it stands in the case."""
        return {INCIDENT[1:-1]: (self.index,)}


@frozen
class FoundAct:
    """An incident in which something is found for certain, or may be found once more is known."""

    incident: Any
    index: int
    certain: bool


@frozen(eq=False)
class Parts:
    """An edition in parts: what is judged on an incident (and of that what is ordinary, and what serious), and on the whole."""

    acts: Edition
    ordinary: Edition
    serious: Edition
    whole: Edition


@cache
def parts_of(edition: Edition) -> Parts:
    """The parts of an edition; what is judged in another part can still be asked for."""
    of_the_acts = tuple(each for each in edition.remarks if _is_about_an_incident(edition, each))
    of_the_whole = tuple(each for each in edition.remarks if each not in of_the_acts)
    serious = tuple(each for each in edition.barred_by if each in _consequences(edition).serious)
    ordinary = tuple(each for each in edition.barred_by if each not in serious)
    acts = _part(edition, barred_by=edition.barred_by, remarks=of_the_acts)
    return Parts(
        acts=acts,
        ordinary=_part(edition, barred_by=ordinary, remarks=of_the_acts),
        serious=_part(edition, barred_by=serious),
        whole=evolve(_part(edition, requires=edition.requires, remarks=of_the_whole), grants=edition.grants),
    )


def _part(
    edition: Edition,
    *,
    requires: tuple[Function, ...] = (),
    barred_by: tuple[Function, ...] = (),
    remarks: tuple[Function, ...] = (),
) -> Edition:
    others = (each for each in (*edition.requires, *edition.barred_by) if each not in (*requires, *barred_by))
    return evolve(
        edition, facts=(*edition.facts, *others), requires=requires, barred_by=barred_by, remarks=remarks, grants=None
    )


def _is_about_an_incident(edition: Edition, function: Function) -> bool:
    glossary = edition.case_kind.glossary
    behind = facts_behind(edition.nodes, function.__name__, glossary)
    return any(INCIDENT in pointer for name in behind for pointer in glossary.facts[name].pointers)


def _consequences(edition: Edition) -> Consequences:
    if not isinstance(edition.grants, Consequences):
        raise TypeError(f"{edition.policy} judges conduct, and does not say what follows from it")
    return edition.grants


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
    def requests(self) -> tuple[Request, ...]:
        """What is still needed, each thing once."""
        return self._requests()

    def _requests(self) -> tuple[Request, ...]:
        both = (request for judgement, waiting in self._open() for request in asked(judgement, waiting))
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
        value = self.value(_consequences(self.edition).outcome)
        return None if type(value) is Open else str(value)

    @property
    def waits(self) -> bool:
        """Whether something that is not known could settle it, and can be supplied."""
        value = self.value(_consequences(self.edition).outcome)
        asks = value.asks if type(value) is Open else ()
        return bool(asks) or any(each.waits for each in self.incidents if self.matters(each))

    @property
    def time(self) -> int | None:
        """Which time it is."""
        value = self.value(_consequences(self.edition).time)
        return value if type(value) is int else None

    def measures(self) -> Iterator[Measure]:
        """What may be done for certain."""
        for sanction in _consequences(self.edition).sanctions:
            node = self.whole.edition.nodes[sanction.available.__name__]
            if self.value(sanction.available) is True:
                yield Measure(node.name, node.cites, None if sanction.amount is None else self.amount(sanction.amount))

    def ladder(self) -> Iterator[Step]:
        """The amounts that are known."""
        for function in _consequences(self.edition).amounts:
            if self.amount(function) is not None:
                yield LadderStep(self.whole.edition.nodes[function.__name__], None, self.whole.facts).step()

    def amount(self, function: Function) -> Minor | None:
        """What a function says that is an amount, if there is one and it is known."""
        value = self.value(function)
        return Minor(value) if type(value) is int else None

    # What is needed

    @property
    def due(self) -> tuple[Repairable, ...]:
        """What has to be done and still can be, once something is found."""
        return tuple(each for each in self.whole.answers if type(each) is Repairable) if self.is_found else ()

    def requests(self) -> tuple[Request, ...]:
        """What is still needed of the whole: what is due, and what is not known and could matter."""
        if self.gravity is Gravity.NONE:
            return ()
        consequences = _consequences(self.edition)
        said = (self.value(each) for each in consequences.functions() if each is not consequences.time)
        waiting = (each for each in (*self.whole.answers, *said) if type(each) is Open)
        return asked(self.whole, (*self.due, *waiting))

    def all_requests(self) -> Iterator[Request]:
        """What is still needed of each incident that matters, and of the whole."""
        for each in self.incidents:
            yield from each.requests if self.matters(each) else ()
        yield from self.requests()

    # When it changes

    @property
    def changes_at(self) -> Instant | None:
        """When time alone first changes what it comes to, a clause, what is needed, or what may be done."""
        moments = [moment for each in self.judgements() for moment in turning_points(each)]
        case, memory = self.whole.subject.case, dict[Hashable, Any]()

        def then(moment: Instant) -> tuple[Any, ...]:
            return judged_conduct(self.edition, at_a_later_moment(case, moment), memory).told

        return first_change(self.told, then, moments)

    @property
    def told(self) -> tuple[Any, ...]:
        """What of it may not change unannounced."""
        outcome = (self.outcome, self.outcome is None and self.waits)
        return (
            *(
                as_told(judgement, each.outcome.value, each.requests if self.matters(each) else ())
                for each in self.incidents
                for judgement in (each.ordinary, each.serious)
            ),
            as_told(self.whole, str(outcome), self.requests()),
            frozenset(each.measure for each in self.measures()),
        )


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


@frozen(kw_only=True)
class ConductKind:
    """Cases about what somebody did, incident by incident, and what the outcomes of a policy about it are called.

    A case has an ``id``, ``as_of``, ``metadata`` and ``incidents``, each of which has an ``id``. Whom it concerns is a merchant
    unless it is said otherwise, and nobody answers. ``currency`` is that of every amount.
    """

    case_type: type
    glossary: Glossary
    steps: tuple[str, ...]
    governed_from: str
    currency: str
    waiting: str = "needs_information"
    for_a_person: str = "manual_review"
    claimant: Party = Party.MERCHANT
    respondent: Party | None = None

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What a case can come to."""
        return (*self.steps, self.waiting, self.for_a_person)

    @property
    def outcomes_of_parts(self) -> tuple[str, ...]:
        """What an incident can come to."""
        return tuple(each.value for each in IncidentOutcome)

    @property
    def refusals(self) -> frozenset[str]:
        """There is nothing graver than a serious incident; the whole does not follow from its clauses alone."""
        return frozenset({IncidentOutcome.SERIOUS.value})

    @property
    def outcome_facts(self) -> Mapping[str, Any]:
        """What consequences and remarks may ask for once the clauses have been judged, and what is found before the whole is judged."""
        return {"gravity": Gravity, "acts_found": tuple[FoundAct, ...]}

    def subjects(self, case: ConductCase) -> Iterator[SingleIncident | WholeCase]:
        """The incidents, and the case as a whole."""
        yield from (SingleIncident(case, index) for index in range(len(case.incidents)))
        yield WholeCase(case)

    def part_for(self, edition: Edition, subject: SingleIncident | WholeCase) -> Edition:
        """Bars are judged on incidents, requirements on the whole."""
        parts = parts_of(edition)
        return parts.acts if isinstance(subject, SingleIncident) else parts.whole

    def particulars(self, case: ConductCase) -> Particulars:
        """The order and the evidence of the case, if it has any."""
        return Particulars.of(case)

    def without_evidence(self, case: ConductCase) -> Any:
        """The same case with no evidence, and no end of the time for it."""
        return case.replace(evidence=(), evidence_closes_at=None)

    def rule(self, edition: Edition, case: ConductCase, memory: Memory | None = None) -> Verdict:
        """Judge the case, and tell only what it comes to."""
        judged = judged_conduct(edition, case, memory)
        outcome = self._outcome(judged)
        effects = {clause.name: effect for clause, _, effect in judged.whole.clauses}
        return Verdict(
            outcome,
            (
                *(each.subject_verdict(matters=judged.matters(each)) for each in judged.incidents),
                SubjectVerdict(None, outcome, effects, judged.requests()),
            ),
        )

    def decide(self, edition: Edition, case: ConductCase) -> ConductDecision:
        """Judge each incident and the case as a whole, and tell what follows."""
        judged = judged_conduct(edition, case)
        decision = ConductDecision(
            case_id=case.id,
            as_of=case.as_of,
            policy=edition.ref,
            outcome=self._outcome(judged),
            incidents=tuple([IncidentResult(each.at.line_id, each.outcome) for each in judged.incidents]),
            gravity=judged.gravity,
            time=judged.time,
            measures=tuple(judged.measures()),
            currency=self.currency,
            ladder=UNSET,
            findings=UNSET,
            requests=tuple(judged.all_requests()),
            deadlines=UNSET,
            remarks=UNSET,
            reconsider_at=UNSET,
            metadata=case.metadata,
        )
        return with_lazy(
            decision,
            ladder=lambda _: tuple(judged.ladder()),
            findings=lambda _: tuple([each for of in judged.judgements() for each in findings(of)]),
            deadlines=lambda _: tuple(deadlines(judged.whole)),
            remarks=lambda _: tuple([each for of in judged.judgements() for each in remarks(of)]),
            reconsider_at=lambda _: judged.changes_at,
        )

    def _outcome(self, judged: JudgedConduct) -> str:
        return judged.outcome or (self.waiting if judged.waits else self.for_a_person)


def judged_conduct(edition: Edition, case: ConductCase, memory: Memory | None = None) -> JudgedConduct:
    """Judge every incident, and the whole with how grave they are together. In a memory nothing is judged again that is the same."""
    parts = parts_of(edition)
    tried: Memory = {} if memory is None else memory
    incidents = tuple(
        _judged_before(parts, SingleIncident(case, index), memory, tried) for index in range(len(case.incidents))
    )
    known = {"acts_found": tuple(_acts_found(incidents))}
    judged = JudgedConduct(edition, incidents, judge(parts.whole, WholeCase(case), memory, known))
    _set_gravity(judged.whole.facts, judged.possible)
    return judged


def _acts_found(incidents: Sequence[JudgedIncident]) -> Iterator[FoundAct]:
    """The incidents in which something is found or may be, in their order."""
    for each in incidents:
        if each.possible[-1] is not Gravity.NONE:
            yield FoundAct(each.at.incident, each.at.index, each.possible[0] is not Gravity.NONE)


def _judged_before(parts: Parts, at: SingleIncident, memory: Memory | None, tried: Memory) -> JudgedIncident:
    """An incident as it was judged where all that it is judged by was the same: its facts, its place and the moment."""
    facts = () if memory is None else tuple([fact.read(at) for fact in parts.acts.read_always])
    return remembered(memory, (parts, at.index, at.line_id, at.as_of, facts), partial(_judged, parts, at, tried))


def _judged(parts: Parts, at: SingleIncident, tried: Memory) -> JudgedIncident:
    """An incident, judged. What a function comes to on facts that are not plainly known is ``tried`` once for all that are alike."""
    judged = JudgedIncident(at, judge(parts.ordinary, at, tried), judge(parts.serious, at, tried))
    _set_gravity(judged.ordinary.facts, judged.possible)
    return judged
