"""Reviews: cases that are judged as a whole and end in a status, without money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, TypeVar

from attrs import evolve, field, frozen

from adjudicator.engine.changes_in_time import at_moment, snapshot, turning_points
from adjudicator.engine.clause import PolicyError
from adjudicator.engine.evaluation import Memory
from adjudicator.engine.findings import Deadlines, Findings, Remarks
from adjudicator.engine.judgement import Judge, JudgedEarlier, Judgement, judge, judging_with
from adjudicator.engine.policy import MOST_EDITIONS, Edition
from adjudicator.engine.requests import requests, subject_verdict
from adjudicator.engine.standing import Standing
from adjudicator.model.decision import CONTRACT, LAZY, Decision, Verdict
from adjudicator.model.evidence import Document
from adjudicator.model.facts import Glossary, Party
from adjudicator.model.finding import Effect, Request
from adjudicator.model.lazy import lazy_maker
from adjudicator.model.particulars import Particulars
from adjudicator.model.soundness import CaseBase
from adjudicator.model.source import maker_of_parts
from adjudicator.model.time import Instant

D = TypeVar("D", bound=Document)

NEEDS_INFORMATION: Final = "needs_information"


@frozen
class WholeCase:
    """A case as the only subject of its clauses. The time for its evidence, if it has any, may end."""

    case: Any
    line_id: None = None
    _positions: Mapping[str, int] | None = field(default=None, init=False, eq=False, repr=False)

    @property
    def positions(self) -> Mapping[str, int]:
        """The ids of all evidence of the case, in its order, each with its position."""
        found = self._positions
        if found is None:
            found = {each.id: position for position, each in enumerate(getattr(self.case, "evidence", ()))}
            object.__setattr__(self, "_positions", found)
        return found

    @property
    def closes_at(self) -> Instant | None:
        """The last instant at which evidence is accepted."""
        moment: Instant | None = getattr(self.case, "evidence_closes_at", None)
        return moment

    @property
    def as_of(self) -> Instant:
        """The moment of the decision."""
        moment: Instant = self.case.as_of
        return moment

    def documents(self, kind: type[D]) -> tuple[D, ...]:
        """The pieces of evidence of one kind, in the order of the case."""
        return tuple([each for each in self.case.evidence if isinstance(each, kind)])

    def places(self) -> Mapping[str, tuple[int, ...]]:
        """A case as a whole has no parts."""
        return {}


@frozen(kw_only=True, cache_hash=True)
class Question:
    """A question that a case may ask, and the names of the answers. ``due`` is the answer if everything missing can still be done.

    The ``name`` distinguishes it from other questions of the kind of case.
    """

    name: str = ""
    granted: str
    refused: str
    due: str = NEEDS_INFORMATION

    def __attrs_post_init__(self) -> None:
        if self.granted == self.refused:
            raise PolicyError(
                f"a question is answered {self.granted} either way; give granted and refused different names"
            )


@frozen(kw_only=True)
class ReviewKind:
    """Cases that are judged as a whole, with the questions that they may ask; ``asked`` returns the one that a case asks.

    With several questions, an edition lists the clauses for each. The edition in force at ``as_of`` governs. The ``claimant`` is the
    party that applies, by default a merchant. ``currency`` is that of all amounts, if all cases have the same; ``zone`` the one
    whose days its editions mean, unless they state their own.
    """

    case_type: type
    glossary: Glossary
    questions: tuple[Question, ...]
    asked: Callable[[Any], Question] | None = None
    waiting: str = NEEDS_INFORMATION
    for_a_person: str = "manual_review"
    governed_from: str = "/as_of"
    claimant: StrEnum = Party.MERCHANT
    respondent: StrEnum | None = None
    currency: str | None = None
    zone: dt.tzinfo = dt.UTC

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The possible outcomes of a case."""
        answers = [answer for each in self.questions for answer in (each.granted, each.refused, each.due)]
        return tuple(dict.fromkeys([*answers, self.waiting, self.for_a_person]))

    @property
    def outcomes_of_parts(self) -> tuple[str, ...]:
        """The same as the whole."""
        return self.outcomes

    @property
    def refusals(self) -> frozenset[str]:
        """The outcomes of a case that a clause turned down."""
        return frozenset(each.refused for each in self.questions)

    @property
    def grantable(self) -> tuple[type, ...]:
        """Nothing: a review ends in a status."""
        return ()

    @property
    def outcome_facts(self) -> Mapping[str, Any]:
        """What remarks may ask for after the clauses."""
        return {"denied": bool, "barred": bool, "granted": bool}

    def subjects(self, case: CaseBase) -> Iterator[WholeCase]:
        """The case as a whole."""
        yield WholeCase(case)

    def part_for(self, edition: Edition, subject: WholeCase) -> Edition:
        """The clauses for the question that the case asks."""
        return _part_for(edition, self.question_of(subject.case)) if edition.clauses_by_question else edition

    def question_of(self, case: CaseBase) -> Question:
        """The question that a case asks."""
        return self.asked(case) if self.asked else self.questions[0]

    def particulars(self, case: CaseBase) -> Particulars:
        """The order and the evidence of the case, if it has any."""
        return Particulars.of(case)

    def without_evidence(self, case: CaseBase) -> Any:
        """The same case without evidence, with no end to the time for it."""
        return case.replace(evidence=(), evidence_closes_at=None)

    def rule(self, edition: Edition, case: CaseBase, memory: Memory | None = None) -> Verdict:
        """Judge the case, and return only its outcome."""
        judgement = self._judged(edition, case, judging_with(memory))
        outcome = self._outcome(judgement)
        return Verdict(outcome, (subject_verdict(judgement, outcome),))

    def decide(self, edition: Edition, case: CaseBase) -> Decision:
        """Judge the case."""
        judgement = self._judged(edition, case)
        return _make_decision(*self._immediate_fields(edition, judgement), self._lazy_fields(edition, judgement))

    def _immediate_fields(self, edition: Edition, judgement: Judgement) -> tuple[Any, ...]:
        """The fields that every decision about a case as a whole has, in order and without those computed when first read."""
        case, asked = judgement.subject.case, requests(judgement)
        return CONTRACT, case.id, case.as_of, edition.ref, self._outcome(judgement), asked, case.metadata, None

    def _lazy_fields(self, edition: Edition, judgement: Judgement) -> dict[str, Callable[[Any], Any]]:
        """What computes the other fields."""
        judgements = (judgement,)
        return {
            "findings": Findings(judgements),
            "deadlines": Deadlines(judgements),
            "remarks": Remarks(judgements),
            "reconsider_at": lambda of: self._reconsidered_at(edition, judgement, of.requests),
        }

    def _reconsidered_at(self, edition: Edition, judgement: Judgement, asked: Iterable[Request]) -> Instant | None:
        """When time alone first changes the outcome, a clause or what is ``asked`` for now."""
        moments = turning_points(judgement)
        if not moments:
            return None
        case, earlier = judgement.subject.case, JudgedEarlier(judgement)
        question = self.question_of(case)

        def at(moment: Instant) -> WholeCase:
            return WholeCase(at_moment(case, moment))

        def asks_another(moment: Instant) -> bool:
            return self.asked is not None and self.question_of(at_moment(case, moment)) != question

        def differs(moment: Instant) -> bool:
            later = self._judged(edition, at_moment(case, moment), earlier.judge)
            if later.effects != judgement.effects:
                return True
            asked_then = asked if _asks_by(later) == _asks_by(judgement) else requests(later, outline=True)
            return self._snapshot(later, asked_then) != self._snapshot(judgement, asked)

        return earlier.first_difference(moments, at, differs, asks_another)

    def _snapshot(self, judgement: Judgement, asked: Iterable[Request]) -> tuple[Any, ...]:
        return snapshot(judgement, self._outcome(judgement), asked)

    def _judged(self, edition: Edition, case: CaseBase, judged: Judge = judge) -> Judgement:
        subject = _whole_case(case, None, None)
        judgement = judged(self.part_for(edition, subject), subject)
        facts, standing = judgement.facts.found, judgement.standing
        facts["denied"] = standing is Standing.REFUSED
        facts["barred"] = judgement.barred
        facts["granted"] = standing is Standing.GRANTED
        return judgement

    def _outcome(self, judgement: Judgement) -> str:
        standing, question = judgement.standing, self.question_of(judgement.subject.case)
        if standing is Standing.FOR_A_PERSON:
            return self.for_a_person
        if standing is Standing.WAITING:
            is_open = judgement.other_answers or Effect.UNDECIDED in judgement.effects
            return self.waiting if is_open else question.due
        return question.granted if standing is Standing.GRANTED else question.refused


def _asks_by(judgement: Judgement) -> tuple[Any, ...]:
    """What decides for what a judgement asks."""
    return judgement.standing, judgement.closed, judgement.answers, judgement.other_answers


_make_decision: Final = lazy_maker(Decision, LAZY)
_whole_case: Final = maker_of_parts(WholeCase, ("case", "line_id", "_positions"))


@lru_cache(maxsize=MOST_EDITIONS)
def _part_for(edition: Edition, question: Question) -> Edition:
    """The clauses for a question; all of them if there is only one."""
    return restricted_to(edition, question) if question in edition.clauses_by_question else edition


@lru_cache(maxsize=MOST_EDITIONS)
def restricted_to(edition: Edition, question: Hashable) -> Edition:
    """An edition with only the clauses for a question. The others can still be asked for as facts."""
    judged = edition.clauses_by_question[question]
    others = tuple(each for each in (*edition.requires, *edition.barred_by) if each not in judged)
    return evolve(
        edition,
        facts=(*edition.facts, *others),
        requires=tuple(each for each in edition.requires if each in judged),
        barred_by=tuple(each for each in edition.barred_by if each in judged),
        clauses_by_question={},
    )
