"""The search for what would change the outcome of one subject: single changes, what is asked for, and several changes together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from contextlib import suppress
from itertools import chain, combinations, islice, product
from typing import Any, Final

from attrs import field, frozen

from adjudicator.analysis.edits import Act, Change, Put, answers, applied, ways
from adjudicator.analysis.whatif.actions import Acts
from adjudicator.analysis.whatif.trials import (
    Move,
    Place,
    Possibilities,
    Trials,
    WorkUsedUp,
    effects_for,
    facts_that_decide,
    few_values,
    outcome_for,
    places_of,
    scale_of,
)
from adjudicator.engine.judgement import Subject
from adjudicator.model.decision import Verdict
from adjudicator.model.finding import Effect, Request
from adjudicator.model.money import Minor
from adjudicator.model.soundness import CaseBase
from adjudicator.wire.pointer import NEW

MOST_CLAUSES: Final = 4
"""Of how many clauses in the way every combination is looked for; of more, one way to turn each of them."""
MOST_FACTS: Final = 3
"""How many facts behind one clause are changed together."""
MOST_CHANGES: Final = 6
"""How many changes an alternative has at most, unless more clauses than that are in the way."""
MOST_TRIED: Final = 64
"""How many combinations are tried for each way of putting them together."""


@frozen
class Alternative:
    """Changes that together give a line (a case that is judged as a whole) another outcome, none of them needless.

    ``kind`` is what the hardest of the changes takes, ``by`` are those who would have to act; nobody can where it could only
    have been so. ``outcome`` is that of the whole case then, ``total`` what would be payable, in minor units, and
    ``difference`` how much more that is than now.
    """

    line_id: str | None = field(metadata={"means": "The claimed line; null where the case is judged as a whole."})
    line_outcome: str = field(metadata={"means": "What it comes to then."})
    outcome: str = field(metadata={"means": "What the case comes to then."})
    kind: Act = field(metadata={"means": "What the hardest of the changes takes."})
    by: tuple[str, ...] = field(metadata={"means": "Who would have to act; nobody where nobody can any more."})
    changes: tuple[Change, ...] = field(metadata={"means": "What would have to be otherwise, all of it."})
    total: Minor | None = field(metadata={"means": "What is payable then; null where the rule pays nothing."})
    difference: int | None = field(metadata={"means": "How much more that is than now."})

    def applied_to(self, case: CaseBase) -> Any:
        """The case as it would be then."""
        return applied(case, [(each.pointer, each.to) for each in self.changes])


class Search:
    """The search for what would change the outcome of one subject."""

    def __init__(self, trials: Trials, subject: Subject) -> None:
        self.trials = trials
        self.subject = subject
        self.line_id = subject.line_id
        self.outcome_now = outcome_for(trials.ruling, self.line_id)
        effects = effects_for(trials.ruling, self.line_id)
        self.defeating = tuple(name for name, effect in effects.items() if effect is Effect.DEFEATS)
        self.in_the_way = tuple(name for name, effect in effects.items() if effect is not Effect.SUPPORTS)
        self.requests = tuple(each for each in trials.ruling.requests if each.line_id == self.line_id)
        self.is_refused = self.outcome_now in trials.edition.case_kind.refusals
        part = trials.edition.case_kind.part_for(trials.edition, subject)
        self.reads = {clause.name: clause.reads for clause in part.clauses}
        places = places_of(trials.edition, subject, self._facts())
        self.places = {pointer: place for place in places for pointer in place.pointers}
        self.possible = Possibilities(trials, subject, places)
        self.most_changes = max(MOST_CHANGES, len(self.in_the_way))
        self.acts = Acts(trials.edition, trials.case, self.requests)

    def _facts(self) -> tuple[str, ...]:
        """The facts that could make a difference: what is turned down stays so unless a clause that defeats is turned."""
        if self.is_refused:
            return tuple(dict.fromkeys(name for clause in self.in_the_way for name in self.reads[clause]))
        return facts_that_decide(self.trials.edition, self.subject)

    def sign(self, ruling: Verdict) -> Hashable:
        """The outcome, and the effect of each clause that is in the way."""
        effects = effects_for(ruling, self.line_id)
        return (outcome_for(ruling, self.line_id), *(effects.get(clause) for clause in self.in_the_way))

    def outcome(self, move: Move) -> str | None:
        """The outcome once some values are put in; ``None`` where that cannot be."""
        ruling = self.trials.subject_verdict(move)
        return None if ruling is None else outcome_for(ruling, self.line_id)

    def changes_it(self, move: Move) -> bool:
        """Whether a move leads to another outcome."""
        return self.outcome(move) not in (None, self.outcome_now)

    def alternatives(self) -> tuple[Alternative, ...]:
        """Every single change and everything asked for that changes the outcome, and several changes where no fewer do it."""
        found: dict[Hashable, Alternative] = {}
        several: dict[Hashable, Alternative] = {}
        with suppress(WorkUsedUp):
            for move in chain(self.single(), self.asked()):
                found.setdefault(_key(move), self.alternative(move))
            for move in self.several():
                several[_key(move)] = self.alternative(move)
        for key, other in sorted(several.items(), key=lambda each: len(each[1].changes)):
            if not any(_is_less(each, other) for each in found.values()):
                found.setdefault(key, other)
        return tuple(found.values())

    def single(self) -> Iterator[Move]:
        """The moves at one place."""
        for place in dict.fromkeys(self.places.values()):
            for move in self.possible.moves(place, lambda ruling: outcome_for(ruling, self.line_id)):
                yield self.least(move)

    def asked(self) -> Iterator[Move]:
        """What is asked for: for each answer that will do, the first way to give it that leads to an outcome."""
        for request in self.requests:
            for acceptable in request.accepts:
                seen = {self.outcome_now}
                for move in ways(self.trials.case, request, acceptable):
                    outcome = self.outcome(move)
                    tried_already = all(put[0] in self.places and not acceptable.get(put[0]) for put in move)
                    if outcome is not None and outcome not in seen and not tried_already:
                        seen.add(outcome)
                        yield self.least(move)

    # Several changes

    def several(self) -> Iterator[Move]:
        """What takes several changes; and what is asked for once some were made, for often that alone would have done."""
        openings = self.opening() if self.is_refused else ()
        for move in chain(openings, self.together()):
            for whole in (move, self.followed(move)):
                if self.changes_it(whole) and len(whole) <= self.most_changes:
                    yield self.tightened(self.least(whole))

    def opening(self) -> Iterator[Move]:
        """The single changes after which a line that is turned down would wait for something."""
        seen: set[str] = set()
        for move in self.single():
            ruling = self.trials.subject_verdict(move)
            asked = ruling.requests if ruling else ()
            if asked and repr(asked) not in seen:
                seen.add(repr(asked))
                yield move

    def together(self) -> Iterator[Move]:
        """One move for each clause in the way: for those that defeat, and for all of them."""
        for clauses in dict.fromkeys((self.defeating, self.in_the_way)):
            ways_each = None if len(clauses) <= MOST_CLAUSES else 1
            choices = [tuple(islice(self.turning(clause), ways_each)) for clause in clauses]
            for chosen in islice(product(*choices), MOST_TRIED if clauses else 0):
                yield joined(chosen)

    def turning(self, clause: str) -> Iterator[Move]:
        """The moves after which a clause speaks for the claim: single ones, what is asked for; else several in its facts."""
        single = (
            move
            for place in dict.fromkeys(self.places.values())
            if place.fact in self.reads[clause]
            for move in self.possible.moves(place, self.sign)
        )
        found = [move for move in chain(self.first_answers(), single) if self.supports(move, clause)]
        yield from found or self.within(clause)

    def first_answers(self) -> Iterator[Move]:
        """The first way to give each answer that is asked for."""
        for request in self.requests:
            for acceptable in request.accepts:
                yield from islice(ways(self.trials.case, request, acceptable), 1)

    def supports(self, move: Move, clause: str) -> bool:
        """Whether a clause speaks for the claim after a move."""
        ruling = self.trials.subject_verdict(move)
        return ruling is not None and effects_for(ruling, self.line_id).get(clause) is Effect.SUPPORTS

    def within(self, clause: str) -> Iterator[Move]:
        """Two or three facts with few values that turn a clause together."""
        few = [
            tuple(self.possible.others(place, one_by_one=True))
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

    def followed(self, move: Move) -> Move:
        """A move, and everything done that is asked for once it was made."""
        for _ in range(MOST_CLAUSES):
            ruling = self.trials.subject_verdict(move)
            asked = [each for each in ruling.requests if each.line_id == self.line_id] if ruling else []
            if not asked:
                return move
            case = applied(self.trials.case, move)
            done = joined([move, *(self.a_good_answer(case, move, request) for request in asked)])
            if done == move or len(done) > self.most_changes:
                return move
            move = done
        return move

    def a_good_answer(self, case: CaseBase, move: Move, request: Request) -> Move:
        """The first answer after which the same is not asked again, and no clause defeats that did not before."""
        before = self.trials.subject_verdict(move)
        defeats = _defeats(before, self.line_id) if before else set()
        for answer in answers(case, request):
            after = self.trials.subject_verdict(joined([move, answer]))
            if after and not _is_asked(after, request) and _defeats(after, self.line_id) <= defeats:
                return answer
        return ()

    # Nothing needless

    def least(self, move: Move) -> Move:
        """The smallest part of a move that leads to the same outcome; of a large one, a part in which nothing is needless."""
        aim = self.outcome(move)
        if len(move) > MOST_CHANGES:
            for put in move:
                rest = tuple(each for each in move if each is not put)
                move = rest if self.outcome(rest) == aim else move
            return move
        parts = (part for size in range(1, len(move)) for part in combinations(move, size))
        return next((part for part in parts if self.outcome(part) == aim), move)

    def tightened(self, move: Move) -> Move:
        """A move of several changes, each number and instant of it as near as the others let it be."""
        if len(move) == 1:
            return move
        for put in move:
            place = self.places.get(put[0])
            if place is not None and place.held is not None and scale_of(place.kind, place.held) is not None:
                move = self.nearest(move, put, place)
        return move

    def nearest(self, move: Move, put: Put, place: Place) -> Move:
        """A move with one of its values as near as possible to what stands there now."""
        scale = scale_of(place.kind, place.held)
        beside, aim = tuple(each for each in move if each is not put), self.outcome(move)
        if scale is None:
            return move
        now = scale.count(place.held)
        along = self.possible.along(place, lambda ruling: outcome_for(ruling, self.line_id), beside)
        counts = [each.nearest(now) for each in along if each.found == aim]
        nearest = scale.written(min(counts, key=lambda count: abs(count - now))) if counts else put[1]
        return tuple((put[0], nearest) if each is put else each for each in move)

    # Telling

    def alternative(self, move: Move) -> Alternative:
        """A move, and what it was seen to lead to."""
        ruling = self.trials.subject_verdict(move)
        assert ruling is not None  # noqa: S101 - only moves that can be made come here
        changes = tuple(self.acts.change(self.subject, put) for put in move)
        now = self.trials.ruling.total
        return Alternative(
            self.line_id,
            outcome_for(ruling, self.line_id) or "",
            ruling.outcome,
            max((each.kind for each in changes), key=tuple(Act).index),
            tuple(dict.fromkeys(each.by for each in changes if each.by is not None)),
            changes,
            ruling.total,
            None if ruling.total is None or now is None else ruling.total - now,
        )


def _key(move: Move) -> Hashable:
    return frozenset((pointer, repr(value)) for pointer, value in move)


def _is_less(one: Alternative, other: Alternative) -> bool:
    """Whether an alternative leads to the same as another with fewer changes that are no harder."""
    no_harder = tuple(Act).index(one.kind) <= tuple(Act).index(other.kind)
    return no_harder and one.line_outcome == other.line_outcome and len(one.changes) < len(other.changes)


def joined(moves: Iterable[Move]) -> Move:
    """Several moves as one; of two values for one place the first, but everything new is added."""
    puts: list[Put] = []
    for put in chain.from_iterable(moves):
        if put not in puts and (put[0].endswith(NEW) or all(put[0] != each[0] for each in puts)):
            puts.append(put)
    return tuple(puts)


def _defeats(ruling: Verdict, line_id: str | None) -> set[str]:
    return {clause for clause, effect in effects_for(ruling, line_id).items() if effect is Effect.DEFEATS}


def _is_asked(ruling: Verdict, request: Request) -> bool:
    same = (request.need, request.line_id, request.evidence_id)
    return any((each.need, each.line_id, each.evidence_id) == same for each in ruling.requests)
