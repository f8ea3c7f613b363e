"""Reviews: a case that is judged as a whole and ends in a status, without money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from adjudicator.civil_time import Instant
from adjudicator.decision import Decision, Ruling
from adjudicator.facts import Glossary, Party
from adjudicator.judging import Standing, changes_at, deadlines, findings, judge, remarks, requests, ruled
from adjudicator.later import LATER, later
from adjudicator.policy import Edition


@frozen
class WholeCase:
    """A case as the one subject of its clauses."""

    case: Any
    line_id: None = None
    evidence_ids: tuple[str, ...] = ()
    closes_at: None = None

    @property
    def as_of(self) -> Instant:
        """The moment of the decision."""
        moment: Instant = self.case.as_of
        return moment

    def places(self) -> Mapping[str, tuple[int, ...]]:
        """There are no parts to tell apart."""
        return {}


@frozen(kw_only=True)
class ReviewDocket:
    """Cases that are judged as a whole, and what the possible outcomes are called.

    The edition in force at ``as_of`` governs. Who applies is a merchant unless it is said otherwise, and nobody answers.
    """

    case_type: type
    glossary: Glossary
    granted: str
    refused: str
    waiting: str = "needs_information"
    for_a_person: str = "manual_review"
    governed_from: str = "/as_of"
    claimant: Party = Party.MERCHANT
    respondent: Party | None = None

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What a case can come to."""
        return (self.granted, self.refused, self.waiting, self.for_a_person)

    @property
    def outcome_facts(self) -> Mapping[str, Any]:
        """What remarks may ask for once the clauses have been judged."""
        return {"denied": bool, "barred": bool}

    def subjects(self, case: Any) -> Iterator[WholeCase]:
        """The case as a whole."""
        yield WholeCase(case)

    def rule(self, edition: Edition, case: Any) -> Ruling:
        """Judge the case, and tell only what it comes to."""
        judgement = judge(edition, WholeCase(case))
        outcome = self._outcome(judgement.standing)
        return Ruling(outcome, (ruled(judgement, outcome),))

    def decide(self, edition: Edition, case: Any) -> Decision:
        """Judge the case."""
        judgement = judge(edition, WholeCase(case))
        judgement.facts.update(denied=judgement.standing is Standing.REFUSED, barred=judgement.barred)
        decision = Decision(
            case_id=case.id,
            as_of=case.as_of,
            policy=edition.ref,
            outcome=self._outcome(judgement.standing),
            findings=LATER,
            requests=requests(judgement),
            deadlines=LATER,
            remarks=LATER,
            reconsider_at=changes_at(judgement),
            metadata=case.metadata,
        )
        return later(
            decision,
            findings=lambda _: findings(judgement),
            deadlines=lambda _: tuple(deadlines(judgement)),
            remarks=lambda _: tuple(remarks(judgement)),
        )

    def _outcome(self, standing: Standing) -> str:
        names = {
            Standing.GRANTED: self.granted,
            Standing.REFUSED: self.refused,
            Standing.WAITING: self.waiting,
            Standing.FOR_A_PERSON: self.for_a_person,
        }
        return names[standing]
