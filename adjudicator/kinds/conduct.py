"""Conduct: acts that are judged one by one, and what follows from all of them for the party that did them.

The bars of an edition are judged on each incident, its requirements on the case as a whole. One serious incident makes the
whole serious. Functions of the policy say what follows, with the gravity of the whole as a fact: the outcome (such as a step in a
procedure), amounts, and the measures that may be taken. A decision states everything that is certain, even while something is open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from attrs import frozen

from adjudicator.engine.evaluation import Memory
from adjudicator.engine.findings import Deadlines, Findings, Remarks
from adjudicator.engine.ladder import Ladder
from adjudicator.engine.policy import Edition
from adjudicator.kinds.conduct_judgement import UNSETTLED_GRAVITIES, JudgedConduct, judged_conduct
from adjudicator.kinds.consequences import ConductCase, Consequences, FoundAct, Sanction, SingleIncident, parts_of
from adjudicator.kinds.review import WholeCase
from adjudicator.model.decision import (
    CONTRACT,
    LAZY,
    ConductDecision,
    Gravity,
    IncidentOutcome,
    IncidentResult,
    SubjectVerdict,
    Verdict,
)
from adjudicator.model.facts import Glossary, Open, Party
from adjudicator.model.lazy import lazy_maker
from adjudicator.model.particulars import Particulars

__all__ = ["ConductKind", "Consequences", "Gravity", "Sanction", "SingleIncident"]


@frozen(kw_only=True)
class ConductKind:
    """Cases about what somebody did, incident by incident, and the names of their outcomes.

    A case has an ``id``, ``as_of``, ``metadata`` and ``incidents``, each of which has an ``id``. The ``claimant`` is the party that
    the case is about, by default a merchant. ``currency`` is that of every amount, ``zone`` the one whose days its
    editions mean, unless they state their own.
    """

    case_type: type
    glossary: Glossary
    steps: tuple[str, ...]
    governed_from: str
    currency: str
    waiting: str = "needs_information"
    for_a_person: str = "manual_review"
    claimant: StrEnum = Party.MERCHANT
    respondent: StrEnum | None = None
    zone: dt.tzinfo = dt.UTC

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The possible outcomes of a case."""
        return (*self.steps, self.waiting, self.for_a_person)

    @property
    def outcomes_of_parts(self) -> tuple[str, ...]:
        """The possible outcomes of an incident."""
        return tuple(each.value for each in IncidentOutcome)

    @property
    def refusals(self) -> frozenset[str]:
        """Nothing is graver than a serious incident. The outcome of the whole depends on more than clauses."""
        return frozenset({IncidentOutcome.SERIOUS.value})

    @property
    def grantable(self) -> tuple[type, ...]:
        """The consequences of conduct."""
        return (Consequences,)

    @property
    def outcome_facts(self) -> Mapping[str, Any]:
        """What consequences and remarks may ask for after the clauses, and what the incidents give to the judgement of the whole."""
        return {"gravity": Gravity | Open, "acts_found": tuple[FoundAct, ...]}

    @property
    def given_to_requirements(self) -> frozenset[str]:
        """The whole is judged after the incidents."""
        return frozenset({"acts_found"})

    @property
    def unknown_outcomes(self) -> tuple[Open, ...]:
        """Each gravity that is not settled."""
        return tuple(UNSETTLED_GRAVITIES.values())

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
        """Judge the case, and return only its outcome."""
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
        """Judge each incident and the case as a whole, and state the consequences."""
        judged = judged_conduct(edition, case)
        return _make_decision(
            contract=CONTRACT,
            case_id=case.id,
            as_of=case.as_of,
            policy=edition.ref,
            outcome=self._outcome(judged),
            incidents=tuple([IncidentResult(each.at.line_id, each.outcome) for each in judged.incidents]),
            gravity=judged.gravity,
            time=judged.time,
            measures=tuple(judged.measures()),
            currency=self.currency,
            requests=tuple(judged.all_requests()),
            metadata=case.metadata,
            digests=None,
            _work={
                "ladder": Ladder(judged.ladder()),
                "findings": Findings(judged.judgements()),
                "deadlines": Deadlines((judged.whole,)),
                "remarks": Remarks(judged.judgements()),
                "reconsider_at": lambda _: judged.changes_at,
            },
        )

    def _outcome(self, judged: JudgedConduct) -> str:
        return judged.outcome or (self.waiting if judged.waits else self.for_a_person)


_make_decision: Final = lazy_maker(ConductDecision, (*LAZY, "ladder"))
