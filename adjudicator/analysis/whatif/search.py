"""The search for alternatives for one subject: single changes, answers to requests, and combinations of changes."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from contextlib import suppress
from itertools import chain, combinations, islice, product
from typing import Any, Final

from attrs import field, frozen

from adjudicator.analysis.edits import Act, Change, Put, answers, applied, how_hard, ways
from adjudicator.analysis.whatif.actions import Acts
from adjudicator.analysis.whatif.places import Move, Place, facts_that_decide, few_values, places_of, scale_of
from adjudicator.analysis.whatif.trials import Candidates, Trials, WorkUsedUp, effects_for, outcome_for
from adjudicator.engine.judgement import Subject
from adjudicator.model.decision import Verdict
from adjudicator.model.finding import Effect, Request
from adjudicator.model.money import Minor
from adjudicator.model.soundness import CaseBase
from adjudicator.wire.pointer import NEW

MOST_CLAUSES: Final = 4
"""If more clauses than this are in the way, only one way to satisfy each is tried, not every combination."""
MOST_FACTS: Final = 3
"""The most facts behind one clause that are changed at once."""
MOST_CHANGES: Final = 6
"""The most changes in an alternative, unless more clauses than that are in the way."""
MOST_TRIED: Final = 64
"""The most combinations tried for each way of combining."""


@frozen
class Alternative:
    """A minimal set of changes that gives a line (or a case judged as a whole) another outcome.

    ``kind`` is the act that the hardest change takes, and ``by`` lists who would have to act: nobody, if it is too late for every
    change. ``outcome`` is the new outcome of the whole case, ``total`` the new amount payable in minor units, and ``difference``
    its increase.
    """

    line_id: str | None = field(
        metadata={"means": "The claimed line or other part of the case; null if the case is judged as a whole."}
    )
    line_outcome: str = field(metadata={"means": "The outcome of the line then."})
    outcome: str = field(metadata={"means": "The outcome of the case then."})
    kind: Act = field(metadata={"means": "The act that the hardest of the changes takes."})
    by: tuple[str, ...] = field(metadata={"means": "Who would have to act; empty if nobody can any more."})
    changes: tuple[Change, ...] = field(metadata={"means": "The changes; all of them are needed."})
    total: Minor | None = field(metadata={"means": "The amount payable then; null if the rule does not pay."})
    difference: int | None = field(metadata={"means": "How much more that is than now."})

    def applied_to(self, case: CaseBase) -> Any:
        """The case after the changes."""
        return applied(case, [(each.pointer, each.to) for each in self.changes])


class Search:
    """Searches for the alternatives for one subject."""

    def __init__(self, trials: Trials, subject: Subject) -> None:
        self.trials = trials
        self.subject = subject
        self.line_id = subject.line_id
        self.outcome_now = outcome_for(trials.current_verdict, self.line_id)
        effects = effects_for(trials.current_verdict, self.line_id)
        self.defeating = tuple(name for name, effect in effects.items() if effect is Effect.DEFEATS)
        self.in_the_way = tuple(name for name, effect in effects.items() if effect is not Effect.SUPPORTS)
        self.requests = tuple(each for each in trials.current_verdict.requests if each.line_id == self.line_id)
        self.is_refused = self.outcome_now in trials.edition.case_kind.refusals
        part = trials.edition.case_kind.part_for(trials.edition, subject)
        self.reads = {clause.name: clause.reads for clause in part.clauses}
        places = places_of(trials.edition, subject, self._facts())
        self.places = {pointer: place for place in places for pointer in place.pointers}
        self.candidates = Candidates(trials, subject, places)
        self.most_changes = max(MOST_CHANGES, len(self.in_the_way))
        self.acts = Acts(trials.edition, trials.case, self.requests)

    def _facts(self) -> tuple[str, ...]:
        """The facts that can change the outcome. A refusal stands unless a clause in the way changes."""
        if self.is_refused:
            return tuple(dict.fromkeys(name for clause in self.in_the_way for name in self.reads[clause]))
        return facts_that_decide(self.trials.edition, self.subject)

    def signature(self, verdict: Verdict) -> Hashable:
        """The outcome, and the effect of each clause that is in the way."""
        effects = effects_for(verdict, self.line_id)
        return (outcome_for(verdict, self.line_id), *(effects.get(clause) for clause in self.in_the_way))

    def outcome(self, move: Move) -> str | None:
        """The outcome after a move; ``None`` if the case would be invalid."""
        verdict = self.trials.verdict_after(move)
        return None if verdict is None else outcome_for(verdict, self.line_id)

    def changes_outcome(self, move: Move) -> bool:
        """Whether a move leads to a valid case with another outcome."""
        return self.outcome(move) not in (None, self.outcome_now)

    def alternatives(self) -> tuple[Alternative, ...]:
        """Every single change or requested answer that changes the outcome, and combinations where nothing smaller does."""
        found: dict[Hashable, Alternative] = {}
        several: dict[Hashable, Alternative] = {}
        with suppress(WorkUsedUp):
            for move in chain(self.single(), self.requested()):
                found.setdefault(_key(move), self.alternative(move))
            for move in self.several():
                several[_key(move)] = self.alternative(move)
        for key, other in sorted(several.items(), key=lambda each: len(each[1].changes)):
            if not any(_is_less(each, other) for each in found.values()):
                found.setdefault(key, other)
        return tuple(found.values())

    def single(self) -> Iterator[Move]:
        """Moves that change one place."""
        for place in dict.fromkeys(self.places.values()):
            for move in self.candidates.moves(place, lambda verdict: outcome_for(verdict, self.line_id)):
                yield self.minimal(move)

    def requested(self) -> Iterator[Move]:
        """Answers to the requests: for each acceptable answer, the first way to give it that leads to each new outcome."""
        for request in self.requests:
            for acceptable in request.accepts:
                seen = {self.outcome_now}
                for move in ways(self.trials.case, request, acceptable):
                    outcome = self.outcome(move)
                    tried_already = all(put[0] in self.places and not acceptable.get(put[0]) for put in move)
                    if outcome is not None and outcome not in seen and not tried_already:
                        seen.add(outcome)
                        yield self.minimal(move)

    # Several changes

    def several(self) -> Iterator[Move]:
        """Combinations of changes, each also followed by answers to the requests that it raises."""
        first_steps = self.openings() if self.is_refused else ()
        for move in chain(first_steps, self.one_per_clause()):
            for whole in (move, self.with_follow_ups(move)):
                if self.changes_outcome(whole) and len(whole) <= self.most_changes:
                    yield self.narrowed(self.minimal(whole))

    def openings(self) -> Iterator[Move]:
        """Single changes after which a refused line would wait for something instead."""
        seen: set[str] = set()
        for move in self.single():
            verdict = self.trials.verdict_after(move)
            requests = verdict.requests if verdict else ()
            if requests and repr(requests) not in seen:
                seen.add(repr(requests))
                yield move

    def one_per_clause(self) -> Iterator[Move]:
        """Joint moves that satisfy each defeating clause, or each clause in the way."""
        for clauses in dict.fromkeys((self.defeating, self.in_the_way)):
            ways_each = None if len(clauses) <= MOST_CLAUSES else 1
            choices = [tuple(islice(self.moves_satisfying(clause), ways_each)) for clause in clauses]
            for chosen in islice(product(*choices), MOST_TRIED if clauses else 0):
                yield joined(chosen)

    def moves_satisfying(self, clause: str) -> Iterator[Move]:
        """Moves after which a clause supports the claim: answers and single changes, else combinations of its facts."""
        single = (
            move
            for place in dict.fromkeys(self.places.values())
            if place.fact in self.reads[clause]
            for move in self.candidates.moves(place, self.signature)
        )
        found = [move for move in chain(self.first_answers(), single) if self.supports(move, clause)]
        yield from found or self.combinations_satisfying(clause)

    def first_answers(self) -> Iterator[Move]:
        """The first way to give each acceptable answer."""
        for request in self.requests:
            for acceptable in request.accepts:
                yield from islice(ways(self.trials.case, request, acceptable), 1)

    def supports(self, move: Move, clause: str) -> bool:
        """Whether a clause supports the claim after a move."""
        verdict = self.trials.verdict_after(move)
        return verdict is not None and effects_for(verdict, self.line_id).get(clause) is Effect.SUPPORTS

    def combinations_satisfying(self, clause: str) -> Iterator[Move]:
        """Moves that change two or three facts with few values and satisfy a clause."""
        few = [
            tuple(self.candidates.others(place, one_by_one=True))
            for place in dict.fromkeys(self.places.values())
            if place.fact in self.reads[clause] and few_values(place.kind) is not None
        ]
        several = (
            joined(chosen)
            for size in range(2, MOST_FACTS + 1)
            for of in combinations(few, size)
            for chosen in product(*of)
        )
        return (move for move in islice(several, MOST_TRIED) if self.supports(move, clause))

    def with_follow_ups(self, move: Move) -> Move:
        """A move extended by answers to the requests that it raises."""
        for _ in range(MOST_CLAUSES):
            verdict = self.trials.verdict_after(move)
            requests = [each for each in verdict.requests if each.line_id == self.line_id] if verdict else []
            if not requests:
                return move
            case = applied(self.trials.case, move)
            extended = joined([move, *(self.harmless_answer(case, move, request) for request in requests)])
            if extended == move or len(extended) > self.most_changes:
                return move
            move = extended
        return move

    def harmless_answer(self, case: CaseBase, move: Move, request: Request) -> Move:
        """The first answer after which the request is gone and no further clause defeats the claim; empty if none."""
        before = self.trials.verdict_after(move)
        defeats = _defeats(before, self.line_id) if before else set()
        for answer in answers(case, request):
            after = self.trials.verdict_after(joined([move, answer]))
            if after and not _repeats(after, request) and _defeats(after, self.line_id) <= defeats:
                return answer
        return ()

    # Minimal changes

    def minimal(self, move: Move) -> Move:
        """The smallest part of a move with the same outcome; of a large move, a part from which nothing can be dropped."""
        if len(move) == 1:
            return move
        target = self.outcome(move)
        if len(move) > MOST_CHANGES:
            for put in move:
                rest = tuple(each for each in move if each is not put)
                move = rest if self.outcome(rest) == target else move
            return move
        parts = (part for size in range(1, len(move)) for part in combinations(move, size))
        return next((part for part in parts if self.outcome(part) == target), move)

    def narrowed(self, move: Move) -> Move:
        """A move of several changes, with each number and instant as near to its current value as the others allow."""
        if len(move) == 1:
            return move
        for put in move:
            place = self.places.get(put[0])
            if place is not None and place.held is not None and scale_of(place.kind, place.held) is not None:
                move = self.nearest(move, put, place)
        return move

    def nearest(self, move: Move, put: Put, place: Place) -> Move:
        """A move with one value as near as possible to the current one, for the same outcome."""
        scale = scale_of(place.kind, place.held)
        rest, target = tuple(each for each in move if each is not put), self.outcome(move)
        if scale is None:
            return move
        now = scale.count(place.held)
        stretches = self.candidates.stretches_at(place, lambda verdict: outcome_for(verdict, self.line_id), rest)
        counts = [stretch.nearest(now) for stretch in stretches if stretch.found == target]
        nearest = scale.written(min(counts, key=lambda count: abs(count - now))) if counts else put[1]
        return tuple((put[0], nearest) if each is put else each for each in move)

    # Results

    def alternative(self, move: Move) -> Alternative:
        """The alternative that a move makes."""
        verdict = self.trials.verdict_after(move)
        assert verdict is not None  # noqa: S101 - the search yields no move that makes the case invalid
        changes = self.changes(move)
        now = self.trials.current_verdict.total
        return Alternative(
            self.line_id,
            outcome_for(verdict, self.line_id) or "",
            verdict.outcome,
            max((each.kind for each in changes), key=how_hard),
            tuple(dict.fromkeys(each.by for each in changes if each.by is not None)),
            changes,
            verdict.total,
            None if verdict.total is None or now is None else verdict.total - now,
        )

    def changes(self, move: Move) -> tuple[Change, ...]:
        """The changes of a move, each with who can make it: who is asked for it now, or once the others are made.

        Without work left to find out who is asked later, nobody is.
        """
        changes = tuple(self.acts.change(self.subject, put) for put in move)
        with suppress(WorkUsedUp):
            while later := self.asked_later(move, changes):
                changes = later
        return changes

    def asked_later(self, move: Move, changes: tuple[Change, ...]) -> tuple[Change, ...]:
        """The changes, more of them possible because somebody is asked for them once the others are made; empty if there are no more."""
        possible = tuple(put for put, each in zip(move, changes, strict=True) if each.kind is not Act.HAD_IT_BEEN)
        verdict = self.trials.verdict_after(possible) if 0 < len(possible) < len(move) else None
        requests = [each for each in verdict.requests if each.line_id == self.line_id] if verdict else []
        acts = Acts(self.trials.edition, self.trials.case, requests)
        later = tuple(
            each if each.kind is not Act.HAD_IT_BEEN else acts.change(self.subject, put)
            for put, each in zip(move, changes, strict=True)
        )
        return later if later != changes else ()


def _key(move: Move) -> Hashable:
    return frozenset((pointer, repr(value)) for pointer, value in move)


def _is_less(one: Alternative, other: Alternative) -> bool:
    """Whether an alternative leads to the same outcome as another with fewer changes that are no harder."""
    no_harder = how_hard(one.kind) <= how_hard(other.kind)
    return no_harder and one.line_outcome == other.line_outcome and len(one.changes) < len(other.changes)


def joined(moves: Iterable[Move]) -> Move:
    """Several moves as one. The first value for a place wins; new list items all stay."""
    puts: list[Put] = []
    for put in chain.from_iterable(moves):
        if put not in puts and (put[0].endswith(NEW) or all(put[0] != each[0] for each in puts)):
            puts.append(put)
    return tuple(puts)


def _defeats(verdict: Verdict, line_id: str | None) -> set[str]:
    return {clause for clause, effect in effects_for(verdict, line_id).items() if effect is Effect.DEFEATS}


def _repeats(verdict: Verdict, request: Request) -> bool:
    same = (request.need, request.line_id, request.evidence_id)
    return any((each.need, each.line_id, each.evidence_id) == same for each in verdict.requests)
