"""A pack with its own kind of case: a recall, which judges each box of a batch and grades the whole.

The engine knows neither its classes of cases and decisions nor its kind of case, and it has no texts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from attrs import evolve, field, frozen

from adjudicator.engine.changes_in_time import at_moment, first_change, snapshot, turning_points
from adjudicator.engine.findings import deadlines, findings, remarks
from adjudicator.engine.judgement import Judgement, judge
from adjudicator.engine.policy import Edition
from adjudicator.engine.requests import requests, subject_verdict
from adjudicator.engine.standing import Standing
from adjudicator.model.case import METADATA
from adjudicator.model.decision import Decision, Verdict
from adjudicator.model.facts import Ask, Fact, Glossary, Need, Open, Party
from adjudicator.model.particulars import Particulars
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import BEIJING, Instant, Window, within_days

BOX: Final = "box"
SEAL: Final = Need("seal", Party.PLATFORM)


class Seal(StrEnum):
    """The state of a box's seal."""

    WHOLE = "whole"
    BROKEN = "broken"


class Grade(StrEnum):
    """The grade of a recall."""

    FULL = "full"
    PARTIAL = "partial"


@frozen(kw_only=True)
class Box:
    """A box of the batch."""

    id: str
    contents: str | None = None
    seal: Seal | None = None


@frozen(kw_only=True)
class RecallCase(CaseBase):
    """A recall of a batch."""

    id: str
    policy: str
    as_of: Instant
    recalled_at: Instant
    boxes: tuple[Box, ...] = field(metadata={"means": "The boxes of the batch.", "not_empty": True})
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)


@frozen(kw_only=True)
class BoxResult:
    """The result for a box."""

    box_id: str
    outcome: str


@frozen(kw_only=True)
class RecallDecision(Decision):
    """The decision on a recall."""

    boxes: tuple[BoxResult, ...] = field(metadata={"means": "What became of each box."})
    grade: Grade | None = field(metadata={"means": "How the recall is graded, once every box is decided."})

    @property
    def parts(self) -> tuple[tuple[str | None, str], ...]:
        """The boxes."""
        return tuple((each.box_id, each.outcome) for each in self.boxes)

    @property
    def granted(self) -> frozenset[str | None]:
        """The boxes that go back."""
        return frozenset(each.box_id for each in self.boxes if each.outcome == "taken_back")

    @property
    def turned_down(self) -> frozenset[str | None]:
        """The boxes that stay."""
        return frozenset(each.box_id for each in self.boxes if each.outcome == "kept")


@frozen
class SingleBox:
    """One box of a recall, as a subject of clauses."""

    case: RecallCase
    index: int
    closes_at: None = None
    positions: Mapping[str, int] = field(factory=dict)

    @property
    def box(self) -> Box:
        """The box."""
        return self.case.boxes[self.index]

    @property
    def line_id(self) -> str:
        """Its id."""
        return self.box.id

    @property
    def as_of(self) -> Instant:
        """The moment of the decision."""
        return self.case.as_of

    def places(self) -> Mapping[str, tuple[int, ...]]:
        """Its position in the case."""
        return {BOX: (self.index,)}


OUTCOMES: Final = {
    Standing.GRANTED: "taken_back",
    Standing.REFUSED: "kept",
    Standing.WAITING: "needs_information",
    Standing.FOR_A_PERSON: "manual_review",
}


@frozen
class RecallKind:
    """Recalls, box by box."""

    case_type: type = RecallCase
    governed_from: str = "/recalled_at"
    claimant: Party = Party.MERCHANT
    respondent: Party | None = Party.PLATFORM
    currency: str | None = None
    zone: dt.tzinfo = BEIJING
    outcomes: tuple[str, ...] = tuple(OUTCOMES.values())
    outcomes_of_parts: tuple[str, ...] = tuple(OUTCOMES.values())
    refusals: frozenset[str] = frozenset({"kept"})
    grantable: tuple[type, ...] = ()

    @property
    def glossary(self) -> Glossary:
        """The facts of a recall."""
        return GLOSSARY

    @property
    def outcome_facts(self) -> Mapping[str, Any]:
        """The facts about the outcome that remarks may ask for."""
        return {"denied": bool}

    def subjects(self, case: RecallCase) -> Iterator[SingleBox]:
        """The boxes."""
        return (SingleBox(case, index) for index in range(len(case.boxes)))

    def part_for(self, edition: Edition, subject: SingleBox) -> Edition:
        """The whole edition."""
        return edition

    def particulars(self, case: RecallCase) -> Particulars:
        """The contents of each box."""
        return Particulars(titles={each.id: each.contents for each in case.boxes if each.contents})

    def without_evidence(self, case: RecallCase) -> RecallCase:
        """The case itself: it has no evidence."""
        return case

    def rule(self, edition: Edition, case: RecallCase, memory: dict[Hashable, Any] | None = None) -> Verdict:
        """Judge every box, and return only the outcome of the recall."""
        judged = self._judged(edition, case, memory)
        return Verdict(self._outcome(judged), tuple(subject_verdict(each, OUTCOMES[each.standing]) for each in judged))

    def decide(self, edition: Edition, case: RecallCase) -> RecallDecision:
        """Judge every box, and grade the recall."""
        judged = self._judged(edition, case)
        outcome = self._outcome(judged)
        grades = {"taken_back": Grade.FULL, "kept": Grade.PARTIAL}
        return RecallDecision(
            case_id=case.id,
            as_of=case.as_of,
            policy=edition.ref,
            outcome=outcome,
            boxes=tuple(
                BoxResult(box_id=str(each.subject.line_id), outcome=OUTCOMES[each.standing]) for each in judged
            ),
            grade=grades.get(outcome),
            findings=tuple(finding for each in judged for finding in findings(each)),
            requests=tuple(request for each in judged for request in requests(each)),
            deadlines=tuple(deadline for each in judged for deadline in deadlines(each)),
            remarks=tuple(remark for each in judged for remark in remarks(each)),
            reconsider_at=self._reconsidered_at(edition, case, judged),
            metadata=case.metadata,
        )

    def _reconsidered_at(self, edition: Edition, case: RecallCase, judged: tuple[Judgement, ...]) -> Instant | None:
        moments = (moment for each in judged for moment in turning_points(each))
        return first_change(
            lambda: self._snapshot(judged),
            lambda at: self._snapshot(self._judged(edition, at_moment(case, at))),
            moments,
        )

    def _snapshot(self, judged: tuple[Judgement, ...]) -> tuple[Any, ...]:
        return tuple(snapshot(each, OUTCOMES[each.standing], requests(each)) for each in judged)

    def _judged(
        self, edition: Edition, case: RecallCase, memory: dict[Hashable, Any] | None = None
    ) -> tuple[Judgement, ...]:
        judged = tuple(judge(edition, each, memory) for each in self.subjects(case))
        for each in judged:
            each.facts["denied"] = each.standing is Standing.REFUSED
        return judged

    def _outcome(self, judged: tuple[Judgement, ...]) -> str:
        standings = {each.standing for each in judged}
        order = (Standing.WAITING, Standing.FOR_A_PERSON, Standing.REFUSED, Standing.GRANTED)
        return OUTCOMES[next(each for each in order if each in standings)]


# The rule


def as_of(at: SingleBox) -> Instant:
    """The moment of the decision."""
    return at.as_of


def recalled_at(at: SingleBox) -> Instant:
    """When the batch was recalled."""
    return at.case.recalled_at


def seal(at: SingleBox) -> Seal | Open:
    """What the seal of the box looks like."""
    return at.box.seal or Open((Ask(SEAL, ({"seal": tuple(Seal)},)),), could_be=tuple(Seal))


GLOSSARY: Final = Glossary.of(
    Fact(as_of, ("/as_of",)),
    Fact(recalled_at, ("/recalled_at",), Party.PLATFORM),
    Fact(seal, ("/boxes/{box}/seal",), Party.PLATFORM),
)


def time_to_send_back(recalled_at: Instant) -> Window:
    """RC.1(1). Ten days after the recall."""
    return within_days("recalled_at", recalled_at, 10)


def decided_in_time(as_of: Instant, time_to_send_back: Window) -> bool:
    """RC.1(1). The box comes back within ten days after the recall.

    召回后十日内退回。
    """
    return as_of in time_to_send_back


def seal_is_whole(seal: Seal) -> bool:
    """RC.1(2). The seal of the box is whole.

    封条完好。
    """
    return seal is Seal.WHOLE


def box_stays(denied: bool) -> bool:
    """RC.1(3). A box that does not go back stays where it is.

    不退回的留在原处。
    """
    return denied


EDITION: Final = Edition(
    policy="recalls.batch",
    article="RC.1",
    effective_from=dt.date(2024, 1, 1),
    case_kind=RecallKind(),
    facts=(time_to_send_back,),
    requires=(decided_in_time, seal_is_whole),
    remarks=(box_stays,),
)
EDITIONS: Final = (EDITION, evolve(EDITION, effective_from=dt.date(2025, 1, 1), requires=(seal_is_whole,)))
