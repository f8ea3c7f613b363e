"""Trials: the values that a place could have instead, and the verdicts on those values."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final, TypeAlias

from adjudicator.analysis.edits import Put, applied
from adjudicator.analysis.whatif.bisect import INSTANTS, Scale, Stretch, stretches
from adjudicator.analysis.whatif.places import Move, Place, few_values, scale_of
from adjudicator.analysis.work import MOST_WORK, work_of_a_trial, work_of_trying
from adjudicator.engine.evaluation import Facts, Memory
from adjudicator.engine.judgement import Subject
from adjudicator.engine.policy import Edition
from adjudicator.model.decision import Decision, Verdict
from adjudicator.model.errors import InputError
from adjudicator.model.facts import Open
from adjudicator.model.finding import Effect, Unit
from adjudicator.model.limits import AMOUNT
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import SECOND, Instant, day_of, start_of_day
from adjudicator.wire.codec import document_of
from adjudicator.wire.pointer import Slot

Signature: TypeAlias = Callable[[Verdict], Hashable]
"""The part of a verdict that is compared: a move matters if it changes the signature."""

ANOTHER: Final = ("another", "ZZ")
"""Names that do not occur; the second one for fields that hold a code."""
_LONG_AGO: Final = Instant.parse("1970-01-01T00:00:00Z")
_FAR_OFF: Final = Instant.parse("8999-01-01T00:00:00Z")


# Decisions on changed cases


class WorkUsedUp(Exception):
    """The work limit is reached. What was found so far is valid, but may be incomplete."""


class Trials:
    """A case, its decision, and cached verdicts on edited copies of it.

    A trial costs work by the size of the case (:func:`~adjudicator.analysis.work.work_of_a_trial`) and by what is tried for its unknown
    facts (:func:`~adjudicator.analysis.work.work_of_trying`). Once the work is used up, further trials raise :class:`WorkUsedUp`.
    """

    def __init__(
        self, case: CaseBase, edition: Edition, decision: Decision | None = None, *, work: int = MOST_WORK
    ) -> None:
        self.work_left = work
        self.is_complete = True
        self.case = case
        self.edition = edition
        self.decision = decision or edition.case_kind.decide(edition, case)
        self._memory: Memory = {}
        self.current_verdict = edition.case_kind.rule(edition, case, self._memory)
        self._work_each = work_of_a_trial(case, edition.case_kind.subjects(case)) + work_of_trying(case, self._memory)
        self._verdicts: dict[Hashable, Verdict | None] = {_key(()): self.current_verdict}
        self._slots: dict[str, Slot] = {}
        self._is_sound = case.soundness_of_copies()

    def add_work(self, more: int) -> bool:
        """Raise the work limit and start a new stage; returns whether the last stage was complete."""
        was_complete, self.is_complete = self.is_complete, True
        self.work_left += more
        return was_complete

    def verdict_after(self, move: Iterable[Put]) -> Verdict | None:
        """The verdict on the edited case; ``None`` if that case is invalid.

        Raises :class:`WorkUsedUp` if the work left is not enough.
        """
        puts = tuple(move)
        key = _key(puts)
        if key not in self._verdicts:
            if self.work_left < self._work_each:
                self.is_complete = False
                raise WorkUsedUp
            self.work_left -= self._work_each
            edited = self._edited(puts)
            self._verdicts[key] = (
                None if edited is None else self.edition.case_kind.rule(self.edition, edited, self._memory)
            )
        return self._verdicts[key]

    def _edited(self, puts: Move) -> Any:
        """The edited case; ``None`` if it is invalid."""
        try:
            if len(puts) != 1:
                return applied(self.case, puts)
            ((pointer, value),) = puts
            if pointer not in self._slots:
                self._slots[pointer] = Slot(self.case, pointer)
            edited = self._slots[pointer].holding(value)
        except InputError:
            return None
        return edited if self._is_sound(edited) else None


def _key(puts: Move) -> Hashable:
    """What tells a move from all others; the order of its changes does not matter."""
    if len(puts) == 1:
        ((pointer, value),) = puts
        return pointer, repr(value)
    return frozenset([(pointer, repr(value)) for pointer, value in puts])


def outcome_for(verdict: Verdict, line_id: str | None) -> str | None:
    """The outcome of a line, or of a case judged as a whole; ``None`` for a line that is not claimed."""
    subject_verdict = verdict.on(line_id)
    return subject_verdict.outcome if subject_verdict else None


def effects_for(verdict: Verdict, line_id: str | None) -> Mapping[str, Effect]:
    """The effect of each clause on a line."""
    subject_verdict = verdict.on(line_id)
    return subject_verdict.effects if subject_verdict else {}


class Candidates:
    """The values to try at the places of one subject."""

    def __init__(self, trials: Trials, subject: Subject, places: Sequence[Place]) -> None:
        self.trials = trials
        self.subject = subject
        self.places = places

    def moves(self, place: Place, signature: Signature) -> Iterator[Move]:
        """The moves at a place that change the signature: the nearest numbers and instants, the smallest selections."""
        now = signature(self.trials.current_verdict)
        if few_values(place.kind) is not None:
            yield from (
                self._selections(place, signature, now)
                if place.kind.item
                else self._moves_with_other_signature(signature, now, self.others(place))
            )
        elif scale_of(place.kind, place.held) is not None:
            yield from self._moves_on_scale(place, signature, now)
        else:
            yield from self._moves_with_other_signature(signature, now, self.others(place))

    def others(self, place: Place, *, one_by_one: bool = False) -> Iterator[Move]:
        """Every move at a place whose values can be listed; with ``one_by_one``, selections that differ in one item only."""
        held = document_of(place.held)
        listed = few_values(place.kind)
        values = self.texts(place) if listed is None else listed
        if place.kind.item is None:
            return (place.move(value) for value in values if value != held)
        most = 1 if one_by_one else len(values)
        return (place.move(value) for value in values if 0 < len({*value} ^ {*(held or ())}) <= most or held is None)

    def _moves_with_other_signature(self, signature: Signature, now: Hashable, moves: Iterable[Move]) -> Iterator[Move]:
        for move in moves:
            verdict = self.trials.verdict_after(move)
            if verdict is not None and signature(verdict) != now:
                yield move

    def _selections(self, place: Place, signature: Signature, now: Hashable) -> Iterator[Move]:
        """Selections that no smaller change would bring to the same signature."""
        held = frozenset(document_of(place.held) or ())
        minimal_changes: dict[Hashable, list[frozenset[Any]]] = {}
        for move in sorted(self.others(place), key=lambda move: len(held.symmetric_difference(move[0][1]))):
            verdict = self.trials.verdict_after(move)
            if verdict is None or signature(verdict) == now:
                continue
            change = held.symmetric_difference(move[0][1])
            smaller = minimal_changes.setdefault(signature(verdict), [])
            if not any(each <= change for each in smaller):
                smaller.append(change)
                yield move

    # Numbers and instants

    def _moves_on_scale(self, place: Place, signature: Signature, now: Hashable) -> Iterator[Move]:
        scale = scale_of(place.kind, place.held)
        assert scale is not None  # noqa: S101 - moves() checks this
        nearest: dict[Hashable, tuple[int, int]] = {}
        for position, stretch in enumerate(self.stretches_at(place, signature)):
            if stretch.found == now:
                continue
            if place.held is None:
                count, distance = (stretch.first if position else stretch.last), 0
            else:
                count = stretch.nearest(scale.count(place.held))
                distance = abs(count - scale.count(place.held))
            if stretch.found not in nearest or distance < nearest[stretch.found][0]:
                nearest[stretch.found] = (distance, count)
        yield from (place.move(scale.written(count)) for _, count in nearest.values())

    def stretches_at(self, place: Place, signature: Signature, rest: Move = ()) -> tuple[Stretch[Hashable], ...]:
        """The signatures along the scale of a place, together with the ``rest`` of a move."""
        scale = scale_of(place.kind, place.held)
        assert scale is not None  # noqa: S101 - callers pass places that have one
        now = document_of(place.held)

        def find(count: int) -> Hashable | None:
            value = scale.written(count)
            move = rest if value == now else (*rest, *place.move(value))
            verdict = self.trials.verdict_after(move)
            return None if verdict is None else signature(verdict)

        return stretches(self._points(place, scale), find)

    def _points(self, place: Place, scale: Scale) -> Iterator[int]:
        """Where to sample: at both ends, at the current value, and at values it may be compared with."""
        if place.held is not None:
            count = scale.count(place.held)
            yield count
            yield from () if scale.written(count) == document_of(place.held) else (count + 1,)
        if scale is INSTANTS:
            yield from (moment // SECOND for moment in self._moments(place))
        else:
            bounds = place.kind.limits.get("bounds", AMOUNT)
            least = scale.count(bounds.least)
            yield from (least, least + 1, scale.count(bounds.most))
            yield from (scale.count(each.held) for each in self._similar_places(place))

    def _moments(self, place: Place) -> Iterator[int]:
        yield from (_LONG_AGO, self.subject.as_of - SECOND, self.subject.as_of, _FAR_OFF)
        if place.own:
            for moment in chain(
                [self.subject.as_of], (each.held for each in self._similar_places(place)), self._edges(place)
            ):
                yield from (moment, moment + SECOND)

    def _edges(self, place: Place) -> Iterator[int]:
        """Instants at the edge of a window, and the last seconds before and of those days."""
        margins = {
            each.margin.value
            for each in self.trials.decision.findings
            if each.line_id == self.subject.line_id and each.margin is not None and each.margin.unit is Unit.SECONDS
        }
        for margin in margins if place.held is not None else ():
            for moment in (place.held + margin * SECOND, place.held - margin * SECOND):
                zone = self.trials.edition.zone
                day = day_of(moment, zone)
                yield from (moment, start_of_day(day, zone) - SECOND, start_of_day(day + 1, zone) - SECOND)

    def _similar_places(self, place: Place) -> Iterator[Place]:
        """Other known places of the same type."""
        annotation = place.kind.annotation
        return (
            each
            for each in self.places
            if each is not place and each.kind.annotation == annotation and each.own and each.held is not None
        )

    # Texts

    def texts(self, place: Place) -> tuple[str, ...]:
        """Candidate names: those in similar fields of the case, those the policy distinguishes, and one that is new."""
        known = [each.held for each in self.places if each.last_word == place.last_word and type(each.held) is str]
        code = place.kind.limits.get("code")
        another = next(name for name in ANOTHER if code is None or code.fullmatch(name))
        distinguished = self._distinguished_values(place) if place.own and place.kind.may_be_unknown else ()
        return tuple(dict.fromkeys((*known, *distinguished, another)))

    def _distinguished_values(self, place: Place) -> Iterator[str]:
        """The values that the policy distinguishes if the fact is unknown."""
        unknown = applied(self.trials.case, [(place.pointers[0], None)])
        edition = self.trials.edition
        (subject,) = (each for each in edition.case_kind.subjects(unknown) if each.line_id == self.subject.line_id)
        facts = Facts(edition, subject)
        read_by = (each.__name__ for each in edition.facts if place.fact in edition.nodes[each.__name__].params)
        for name in (place.fact, *read_by):
            if type(facts[name]) is Open:
                yield from (each for each in facts[name].could_be if type(each) is str)
