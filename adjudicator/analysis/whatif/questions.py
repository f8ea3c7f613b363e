"""Questions: which open question settles most, who must answer it, and what each answer leads to."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import chain, islice, product
from typing import Any, Final

from attrs import evolve, field, frozen

from adjudicator.analysis.edits import Change, kind_of_field, ways
from adjudicator.analysis.whatif.actions import Acts
from adjudicator.analysis.whatif.places import Move, Place, facts_that_decide, few_values, places_of, scale_of
from adjudicator.analysis.whatif.trials import Candidates, Trials, WorkUsedUp, outcome_for
from adjudicator.analysis.work import MOST_WORK
from adjudicator.engine.checks import ALONG
from adjudicator.engine.judgement import Subject
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for
from adjudicator.model.decision import Decision, Verdict
from adjudicator.model.finding import JsonValue, Request
from adjudicator.model.money import Minor
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.wire.codec import document_of
from adjudicator.wire.pointer import NEW, held_at, kind_at

MOST_ANSWERS: Final = 64
"""The most answers listed for one acceptable form."""


@frozen
class LineOutcome:
    """The outcome of a claimed line."""

    line_id: str = field(metadata={"means": "The claimed line."})
    outcome: str = field(metadata={"means": "Its outcome."})


@frozen
class Answer:
    """One answer to a question, and the decision it leads to.

    ``changes`` enter it into the case. A number or an instant stands for every value from ``at_least`` to ``at_most``, inclusive;
    ``None`` means no bound. An answer ``settles`` the question if nothing more is needed for its lines (in a case judged as a
    whole: nothing at all). ``still_needed`` counts the requests left in the whole case.
    """

    changes: tuple[Change, ...] = field(metadata={"means": "The changes that enter the answer into the case."})
    at_least: JsonValue = field(
        metadata={"means": "The smallest value with the same result; null if there is no lower bound."}
    )
    at_most: JsonValue = field(
        metadata={"means": "The largest value with the same result; null if there is no upper bound."}
    )
    outcome: str = field(metadata={"means": "The outcome of the case then."})
    lines: tuple[LineOutcome, ...] = field(metadata={"means": "The outcomes of the lines the question is about."})
    total: Minor | None = field(metadata={"means": "The amount payable then; null if the rule does not pay."})
    settles: bool = field(metadata={"means": "Whether nothing more is needed for those lines."})
    still_needed: int = field(metadata={"means": "How many requests are left in the whole case."})


@frozen
class Question:
    """A need, asked once for all lines that share it, with every possible answer."""

    to: str = field(metadata={"means": "Who is asked."})
    need: str = field(metadata={"means": "What is asked for."})
    line_ids: tuple[str, ...] = field(metadata={"means": "The claimed lines that need it."})
    evidence_id: str | None = field(metadata={"means": "The piece of evidence it is about, if any."})
    due_at: Instant | None = field(metadata={"means": "The last instant for answering."})
    answers: tuple[Answer, ...] = field(metadata={"means": "Every answer, and what it leads to."})
    complete: bool = field(
        default=True,
        metadata={"means": "Whether all answers are listed; false if the work limit was reached first."},
    )

    @property
    def settles(self) -> Fraction:
        """The expected number of lines that an answer settles (or cases judged as a whole), all answers equally likely."""
        settling = sum(answer.settles for answer in self.answers) * max(1, len(self.line_ids))
        return Fraction(settling, max(1, len(self.answers)))

    @property
    def leaves(self) -> Fraction:
        """The expected number of requests left after an answer, all answers equally likely."""
        return Fraction(sum(answer.still_needed for answer in self.answers), max(1, len(self.answers)))


def ask_next(
    case: CaseBase, edition: Edition | None = None, *, decision: Decision | None = None, work: int = MOST_WORK
) -> tuple[Question, ...]:
    """List what is still needed, with every answer and what it leads to; questions that settle most come first.

    Questions to the same party stay together, ordered by each party's best question. A decided case has no questions.

    A fact with few values gets one answer for each; a number or an instant, one for each range of values with the same result.
    For new evidence you see each acceptable piece, and pieces with one field different from what is asked for. A defect to repair
    has a single answer.

    The search stops at ``work`` (see :data:`~adjudicator.analysis.work.MOST_WORK`); a question with missing answers is then not
    ``complete``.
    """
    return questions_in(Trials(case, edition_for(case, edition), decision, work=work))


def questions_in(trials: Trials) -> tuple[Question, ...]:
    """The questions about a case, reusing the verdicts that ``trials`` holds."""
    subjects = {subject.line_id: subject for subject in trials.edition.case_kind.subjects(trials.case)}
    groups = _grouped_by_answer(trials.current_verdict.requests)
    questions = [_QuestionBuilder(trials, group, subjects).question() for group in groups]
    ranked = sorted(questions, key=lambda question: (-question.settles, question.leaves))
    parties = list(dict.fromkeys(question.to for question in ranked))
    return tuple(sorted(ranked, key=lambda question: parties.index(question.to)))


def questions_document(questions: Iterable[Question]) -> list[dict[str, Any]]:
    """The questions as a JSON list."""
    return [document_of(question) for question in questions]


def _grouped_by_answer(requests: Iterable[Request]) -> list[tuple[Request, ...]]:
    """The requests in groups that one answer meets, across lines."""
    groups: dict[Hashable, list[Request]] = {}
    for request in requests:
        key = repr((request.to, request.need, request.accepts, request.evidence_id))
        groups.setdefault(key, []).append(request)
    return [tuple(group) for group in groups.values()]


class _QuestionBuilder:
    """Builds one question and its answers."""

    def __init__(self, trials: Trials, requests: tuple[Request, ...], subjects: Mapping[str | None, Subject]) -> None:
        self.trials = trials
        self.request = requests[0]
        self.line_ids = tuple(request.line_id for request in requests)
        self.ends = [request.due_at for request in requests if request.due_at is not None]
        self.subject = subjects[self.request.line_id]
        self.acts = Acts(trials.edition, trials.case, requests)

    def question(self) -> Question:
        """The question, with as many answers as the work limit allows."""
        answers: list[Answer] = []
        with suppress(WorkUsedUp):
            answers.extend(self.answers() if self.trials.is_complete else ())
        return Question(
            self.request.to,
            self.request.need,
            tuple(line_id for line_id in self.line_ids if line_id is not None),
            self.request.evidence_id,
            min(self.ends, default=None),
            tuple(answers),
            self.trials.is_complete,
        )

    def answers(self) -> Iterator[Answer]:
        """Every answer, without repetition."""
        seen: set[str] = set()
        for acceptable in self.request.accepts:
            for answer in self.answers_like(acceptable):
                key = repr([(change.pointer, change.to) for change in answer.changes])
                if key not in seen:
                    seen.add(key)
                    yield answer

    def answers_like(self, acceptable: Mapping[str, Sequence[JsonValue]]) -> Iterator[Answer]:
        """The answers that fill the same fields as an acceptable one."""
        if "kind" in acceptable:
            return self.answers_for(self.new_evidence(acceptable))
        places = self.open_places(acceptable)
        if len(places) == 1 and scale_of(places[0].kind, None) is not None:
            return self.ranges(places[0])
        if len(places) == 1 and places[0].kind.annotation is str:
            return self.answers_for(self.candidates().others(places[0]))
        if places and all(few_values(place.kind) is not None for place in places):
            return self.answers_for(_every_choice(places))
        return self.answers_for(ways(self.trials.case, self.request, acceptable))

    def open_places(self, acceptable: Mapping[str, Sequence[JsonValue]]) -> list[Place]:
        """The places to fill, or the fields of the document in question; all places of one fact together."""
        groups: dict[str, list[str]] = {}
        for pointer in acceptable:
            is_open = f"/{NEW}/" not in pointer and held_at(self.trials.case, pointer) is None
            if is_open or self.request.evidence_id is not None:
                groups.setdefault(self.acts.fact_at(self.subject, pointer) or pointer, []).append(pointer)
        case = self.trials.case
        return [
            Place(
                str(self.acts.fact(self.subject, pointers[0], None)),
                tuple(pointers),
                kind_at(type(case), pointers[0], case),
                held_at(case, pointers[0]),
                own=True,
            )
            for pointers in groups.values()
        ]

    def new_evidence(self, acceptable: Mapping[str, Sequence[JsonValue]]) -> Iterator[Move]:
        """A new piece of evidence as asked for, and variants with one field different."""
        other_lines = tuple(line_id for line_id in self.line_ids[1:] if line_id is not None)
        yield next(ways(self.trials.case, self.request, acceptable, also_for=other_lines))
        for name, values in acceptable.items():
            if name == "kind" or name.startswith(ALONG) or not values:
                continue
            for other in few_values(kind_of_field(self.trials.case, acceptable, name)) or ():
                if other not in values:
                    variant = {**acceptable, name: (other,)}
                    yield next(ways(self.trials.case, self.request, variant, also_for=other_lines))

    def ranges(self, place: Place) -> Iterator[Answer]:
        """One answer for each range of values with the same result."""
        scale = scale_of(place.kind, None)
        found = self.candidates().stretches_at(place, self.signature)
        for position, stretch in enumerate(found):
            if scale is not None:
                first, last = scale.written(stretch.first), scale.written(stretch.last)
                at_least = first if position else None
                at_most = last if position < len(found) - 1 else None
                for answer in self.answers_for([place.move(last if at_least is None else first)]):
                    yield evolve(answer, at_least=at_least, at_most=at_most)

    def candidates(self) -> Candidates:
        """The candidate values for the places that the outcome depends on."""
        places = places_of(self.trials.edition, self.subject, facts_that_decide(self.trials.edition, self.subject))
        return Candidates(self.trials, self.subject, places)

    def signature(self, verdict: Verdict) -> Hashable:
        """The outcome of each line, and what is still needed."""
        outcomes = tuple(outcome_for(verdict, line_id) for line_id in self.line_ids)
        return (outcomes, tuple((each.need, each.line_id, each.evidence_id) for each in verdict.requests))

    def answers_for(self, moves: Iterable[Move]) -> Iterator[Answer]:
        """An answer for each move that leaves a valid case."""
        for move in moves:
            verdict = self.trials.verdict_after(move)
            if verdict is not None:
                needed = [request for request in verdict.requests if request.line_id in self.line_ids]
                yield Answer(
                    tuple(self.acts.change(self.subject, put) for put in move),
                    None,
                    None,
                    verdict.outcome,
                    tuple(
                        LineOutcome(line_id, outcome_for(verdict, line_id) or "")
                        for line_id in self.line_ids
                        if line_id is not None
                    ),
                    verdict.total,
                    not needed,
                    len(verdict.requests),
                )


def _every_choice(places: Sequence[Place]) -> Iterator[Move]:
    """Every combination of new values for some places, up to the limit."""
    options = [
        [place.move(value) for value in few_values(place.kind) or () if value != document_of(place.held)]
        for place in places
    ]
    return (tuple(chain.from_iterable(chosen)) for chosen in islice(product(*options), MOST_ANSWERS))
