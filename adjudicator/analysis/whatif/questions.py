"""Asking next: which open question settles most, what each answer to it would lead to, and who has to answer."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import chain, islice, product
from typing import Any, Final

from attrs import evolve, field, frozen

from adjudicator.analysis.edits import ALONG, Change, kind_of_field, ways
from adjudicator.analysis.whatif.actions import Acts
from adjudicator.analysis.whatif.trials import (
    Move,
    Place,
    Possibilities,
    Trials,
    WorkUsedUp,
    facts_that_decide,
    few_values,
    outcome_for,
    places_of,
    scale_of,
)
from adjudicator.analysis.work import MOST_WORK
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
"""How many answers of one form are told at most."""


@frozen
class LineOutcome:
    """What a claimed line comes to."""

    line_id: str = field(metadata={"means": "The claimed line."})
    outcome: str = field(metadata={"means": "What it comes to."})


@frozen
class Answer:
    """One answer to a question, and what would then be decided.

    ``changes`` put it into the case. An answer that is a number or an instant stands for all from ``at_least`` to ``at_most``,
    ends included; ``None`` is no end. It ``settles`` what was asked if nothing is needed any more for those lines (for a case
    that is judged as a whole: nothing at all). ``still_needed`` counts the requests that are left in the whole case.
    """

    changes: tuple[Change, ...] = field(metadata={"means": "What would stand in the case."})
    at_least: JsonValue = field(
        metadata={"means": "The least value that leads to the same; null where there is no least."}
    )
    at_most: JsonValue = field(
        metadata={"means": "The greatest value that leads to the same; null where there is none."}
    )
    outcome: str = field(metadata={"means": "What the case comes to then."})
    lines: tuple[LineOutcome, ...] = field(metadata={"means": "What the lines come to that are asked about."})
    total: Minor | None = field(metadata={"means": "What is payable then; null where the rule pays nothing."})
    settles: bool = field(metadata={"means": "Whether nothing more is needed for what was asked about."})
    still_needed: int = field(metadata={"means": "How many requests are left in the whole case."})


@frozen
class Question:
    """Something that is needed, asked once for all lines that need it, and every answer that there can be."""

    to: str = field(metadata={"means": "Who is asked."})
    need: str = field(metadata={"means": "What is asked for."})
    line_ids: tuple[str, ...] = field(metadata={"means": "The claimed lines for which it is needed."})
    evidence_id: str | None = field(metadata={"means": "The piece of evidence that it is about, if about one."})
    due_at: Instant | None = field(metadata={"means": "The last instant at which it can be answered."})
    answers: tuple[Answer, ...] = field(metadata={"means": "Every answer, and what it leads to."})
    complete: bool = field(
        default=True,
        metadata={"means": "Whether that is every answer; false where there was more to try than was allowed."},
    )

    @property
    def settles(self) -> Fraction:
        """How many lines (cases, where one is judged as a whole) an answer settles, all answers being as likely."""
        settling = sum(each.settles for each in self.answers) * max(1, len(self.line_ids))
        return Fraction(settling, max(1, len(self.answers)))

    @property
    def leaves(self) -> Fraction:
        """How many requests an answer leaves, all answers being as likely."""
        return Fraction(sum(each.still_needed for each in self.answers), max(1, len(self.answers)))


def ask_next(
    case: CaseBase, edition: Edition | None = None, *, decision: Decision | None = None, work: int = MOST_WORK
) -> tuple[Question, ...]:
    """What is still needed, with every answer and what it leads to; what settles most comes first.

    Questions to one party stand together; the party whose best question settles most comes first. A decided case has none.

    A fact with few values has an answer for each of them; a number or an instant one for each stretch of values that lead to the
    same. Of a new piece of evidence it is told what each acceptable one leads to, and what if one thing in it were otherwise
    than asked for. What has to be put right is either put right or not: it has one answer.

    Not more is tried than ``work`` allows (see :data:`~adjudicator.analysis.work.MOST_WORK`); what was not tried any more is
    missing from the answers of a question that is not ``complete``.
    """
    return questions_in(Trials(case, edition_for(case, edition), decision, work=work))


def questions_in(trials: Trials) -> tuple[Question, ...]:
    """The same, with what was tried before in mind."""
    subjects = {each.line_id: each for each in trials.edition.case_kind.subjects(trials.case)}
    found = [_Asked(trials, group, subjects).question() for group in _together(trials.ruling.requests)]
    ranked = sorted(found, key=lambda each: (-each.settles, each.leaves))
    parties = list(dict.fromkeys(each.to for each in ranked))
    return tuple(sorted(ranked, key=lambda each: parties.index(each.to)))


def questions_document(found: Iterable[Question]) -> list[dict[str, Any]]:
    """Questions as they stand in JSON."""
    return [document_of(each) for each in found]


def _together(requests: Iterable[Request]) -> list[tuple[Request, ...]]:
    """Requests that one answer would meet, for however many lines."""
    groups: dict[Hashable, list[Request]] = {}
    for each in requests:
        groups.setdefault(repr((each.to, each.need, each.accepts, each.evidence_id)), []).append(each)
    return [tuple(group) for group in groups.values()]


class _Asked:
    """One question, and the answers to it."""

    def __init__(self, trials: Trials, requests: tuple[Request, ...], subjects: Mapping[str | None, Subject]) -> None:
        self.trials = trials
        self.request = requests[0]
        self.line_ids = tuple(each.line_id for each in requests)
        self.ends = [each.due_at for each in requests if each.due_at is not None]
        self.subject = subjects[self.request.line_id]
        self.acts = Acts(trials.edition, trials.case, requests)

    def question(self) -> Question:
        """The question with its answers."""
        answers: list[Answer] = []
        with suppress(WorkUsedUp):
            answers.extend(self.answers() if self.trials.is_complete else ())
        return Question(
            self.request.to,
            self.request.need,
            tuple(each for each in self.line_ids if each is not None),
            self.request.evidence_id,
            min(self.ends, default=None),
            tuple(answers),
            self.trials.is_complete,
        )

    def answers(self) -> Iterator[Answer]:
        """Every answer, each once."""
        told: set[str] = set()
        for acceptable in self.request.accepts:
            for answer in self.answers_like(acceptable):
                key = repr([(each.pointer, each.to) for each in answer.changes])
                if key not in told:
                    told.add(key)
                    yield answer

    def answers_like(self, acceptable: Mapping[str, Sequence[JsonValue]]) -> Iterator[Answer]:
        """The answers of the form of an acceptable one."""
        if "kind" in acceptable:
            return self.told(self.pieces(acceptable))
        places = self.open_places(acceptable)
        if len(places) == 1 and scale_of(places[0].kind, None) is not None:
            return self.stretches(places[0])
        if len(places) == 1 and places[0].kind.annotation is str:
            return self.told(self.possible().others(places[0]))
        if places and all(few_values(place.kind) is not None for place in places):
            return self.told(_every_choice(places))
        return self.told(ways(self.trials.case, self.request, acceptable))

    def open_places(self, acceptable: Mapping[str, Sequence[JsonValue]]) -> list[Place]:
        """The places that are to be filled, or about which a document is asked: those of one fact together."""
        groups: dict[Hashable, list[str]] = {}
        for pointer in acceptable:
            is_open = f"/{NEW}/" not in pointer and held_at(self.trials.case, pointer) is None
            if is_open or self.request.evidence_id is not None:
                groups.setdefault(self.acts.fact(self.subject, pointer, None), []).append(pointer)
        of = type(self.trials.case)
        return [
            Place(
                str(fact), tuple(at), kind_at(of, at[0], self.trials.case), held_at(self.trials.case, at[0]), own=True
            )
            for fact, at in groups.items()
        ]

    def pieces(self, acceptable: Mapping[str, Sequence[JsonValue]]) -> Iterator[Move]:
        """A new piece of evidence as it is asked for, and with one thing in it otherwise."""
        others = tuple(each for each in self.line_ids[1:] if each is not None)
        asked_for = next(ways(self.trials.case, self.request, acceptable, also_for=others))
        yield asked_for
        for name, values in acceptable.items():
            if name == "kind" or name.startswith(ALONG) or not values:
                continue
            for other in few_values(kind_of_field(self.trials.case, acceptable, name)) or ():
                if other not in values:
                    otherwise = {**acceptable, name: (other,)}
                    yield next(ways(self.trials.case, self.request, otherwise, also_for=others))

    def stretches(self, place: Place) -> Iterator[Answer]:
        """One answer for each stretch of values that lead to the same."""
        scale = scale_of(place.kind, None)
        along = self.possible().along(place, self.sign)
        for position, stretch in enumerate(along):
            if scale is not None:
                first, last = scale.written(stretch.first), scale.written(stretch.last)
                at_least = first if position else None
                at_most = last if position < len(along) - 1 else None
                for answer in self.told([place.move(last if at_least is None else first)]):
                    yield evolve(answer, at_least=at_least, at_most=at_most)

    def possible(self) -> Possibilities:
        """What could stand at the places on which the outcome rests."""
        places = places_of(self.trials.edition, self.subject, facts_that_decide(self.trials.edition, self.subject))
        return Possibilities(self.trials, self.subject, places)

    def sign(self, ruling: Verdict) -> Hashable:
        """What each line comes to, and what is still needed."""
        outcomes = tuple(outcome_for(ruling, line_id) for line_id in self.line_ids)
        return (outcomes, tuple((each.need, each.line_id, each.evidence_id) for each in ruling.requests))

    def told(self, moves: Iterable[Move]) -> Iterator[Answer]:
        """What moves lead to, as answers."""
        for move in moves:
            ruling = self.trials.subject_verdict(move)
            if ruling is not None:
                needed = [each for each in ruling.requests if each.line_id in self.line_ids]
                yield Answer(
                    tuple(self.acts.change(self.subject, put) for put in move),
                    None,
                    None,
                    ruling.outcome,
                    tuple(
                        LineOutcome(line_id, outcome_for(ruling, line_id) or "")
                        for line_id in self.line_ids
                        if line_id is not None
                    ),
                    ruling.total,
                    not needed,
                    len(ruling.requests),
                )


def _every_choice(places: Sequence[Place]) -> Iterator[Move]:
    """Every choice of values for some places, but for what stands there already."""
    options = [
        [place.move(value) for value in few_values(place.kind) or () if value != document_of(place.held)]
        for place in places
    ]
    return (tuple(chain.from_iterable(chosen)) for chosen in islice(product(*options), MOST_ANSWERS))
