"""Trying: the places of a case on which an outcome rests, what could stand there instead, and what would then be decided."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from itertools import chain, combinations
from typing import Any, Final, TypeAlias

import attrs
from attrs import frozen

from adjudicator.analysis.edits import Put, applied
from adjudicator.analysis.whatif.bisect import INSTANTS, WHOLE_NUMBERS, Scale, Stretch, decimals, stretches
from adjudicator.analysis.work import MOST_WORK, work_of_a_trial
from adjudicator.engine.clause import facts_behind
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
from adjudicator.wire.pointer import Kind, held_at, kind_at, steps

Move: TypeAlias = tuple[Put, ...]
"""Values that are put in together."""

Sign: TypeAlias = Callable[[Verdict], Hashable]
"""What is looked at in a ruling; a move makes a difference where it comes out otherwise."""

ANOTHER: Final = ("another", "ZZ")
"""Names that nobody has: the second where a code is asked for."""
_NAMES: Final = ("id", "kind", "line_id")
"""What names something, and says nothing of it."""
_LONG_AGO: Final = Instant.parse("1970-01-01T00:00:00Z")
_FAR_OFF: Final = Instant.parse("8999-01-01T00:00:00Z")
_FEW: Final = 5
"""Of how many things at most every selection is tried."""


# Decisions on changed cases


class WorkUsedUp(Exception):
    """All that may be tried was tried: what was found until then stands, and is not all."""


class Trials:
    """One case, its decision, and how it would be ruled if some values stood in it; everything is ruled once.

    A trial takes work by the size of the case (:func:`~adjudicator.analysis.work.work_of_a_trial`). Once the ``work`` that may be done is
    used up, whoever wants to try more gets :class:`WorkUsedUp`.
    """

    def __init__(
        self, case: CaseBase, edition: Edition, decision: Decision | None = None, *, work: int = MOST_WORK
    ) -> None:
        self.work_left = work
        self.is_complete = True
        self._work_each = work_of_a_trial(case, edition.case_kind.subjects(case))
        self.case = case
        self.edition = edition
        self.decision = decision or edition.case_kind.decide(edition, case)
        self._memory: Memory = {}
        self.ruling = edition.case_kind.rule(edition, case, self._memory)
        self._ruled: dict[Hashable, Verdict | None] = {frozenset(): self.ruling}

    def allowed(self, more: int) -> bool:
        """Allow more to be tried; whether all was tried so far that was wanted."""
        was_complete, self.is_complete = self.is_complete, True
        self.work_left += more
        return was_complete

    def subject_verdict(self, move: Iterable[Put]) -> Verdict | None:
        """The ruling with some values put in; ``None`` where that would be no sound case.

        Raises :class:`WorkUsedUp` where that would take more work than is allowed.
        """
        puts = tuple(move)
        key = frozenset([(pointer, repr(value)) for pointer, value in puts])
        if key not in self._ruled:
            if self.work_left < self._work_each:
                self.is_complete = False
                raise WorkUsedUp
            self.work_left -= self._work_each
            try:
                self._ruled[key] = self.edition.case_kind.rule(self.edition, applied(self.case, puts), self._memory)
            except InputError:
                self._ruled[key] = None
        return self._ruled[key]


def outcome_for(ruling: Verdict, line_id: str | None) -> str | None:
    """The outcome of a line, or of a case that is judged as a whole; ``None`` for a line that is not claimed."""
    subject_verdict = ruling.on(line_id)
    return subject_verdict.outcome if subject_verdict else None


def effects_for(ruling: Verdict, line_id: str | None) -> Mapping[str, Effect]:
    """The effect of each clause on a line."""
    subject_verdict = ruling.on(line_id)
    return subject_verdict.effects if subject_verdict else {}


# Places


@frozen(eq=False)
class Place:
    """Where a fact stands: one place, or several that are all open and are filled together.

    ``held`` is what stands there, ``None`` for what is not known. ``own`` places are told by pointers of the glossary, others
    lie within an item of a list.
    """

    fact: str
    pointers: tuple[str, ...]
    kind: Kind
    held: Any
    own: bool

    @property
    def name(self) -> str:
        """The field that it is."""
        return steps(self.pointers[0])[-1]

    def move(self, value: Any) -> Move:
        """To put a value (as it stands in JSON) there."""
        return tuple((pointer, value) for pointer in self.pointers)


def facts_that_decide(edition: Edition, subject: Subject) -> tuple[str, ...]:
    """The facts on which an outcome can rest: those behind the clauses, and behind what decides beside them."""
    part = edition.case_kind.part_for(edition, subject)
    beside = part.grants.decides_with.__name__ if part.grants else ""
    behind = facts_behind(part.nodes, beside, edition.case_kind.glossary)
    return tuple(dict.fromkeys((*(name for clause in part.clauses for name in clause.reads), *behind)))


def places_of(edition: Edition, subject: Subject, facts: Iterable[str]) -> tuple[Place, ...]:
    """The places of some facts. What nobody supplies, such as the moment of the decision, is no fact that could be otherwise."""
    glossary = edition.case_kind.glossary.facts
    fixed = {pointer for each in glossary.values() if each.supplier is None for pointer in each.pointers}
    found: dict[tuple[str, ...], Place] = {}
    for name in facts:
        if glossary[name].supplier is not None:
            told = (each for each in glossary[name].where(subject.places()) if each not in fixed)
            where = [each for each in told if steps(each)[-1] not in _NAMES]
            for place in _places_of_a_fact(subject.case, name, where, glossary[name].read(subject)):
                found.setdefault(place.pointers, place)
    return tuple(found.values())


def _places_of_a_fact(case: CaseBase, fact: str, where: Sequence[str], value: Any) -> Iterator[Place]:
    single = [each for each in where if _may_stand_alone(kind_at(type(case), each, case))]
    unknown = tuple(each for each in single if held_at(case, each) is None)
    for group in ((unknown,) if unknown else ()), ((each,) for each in single if each not in unknown):
        for at in group:
            yield Place(fact, at, kind_at(type(case), at[0], case), held_at(case, at[0]), own=True)
    for pointer in where:
        for index, item in enumerate(held_at(case, pointer) or () if pointer not in single else ()):
            if attrs.has(type(item)) and isinstance(value, tuple) and any(item is each for each in value):
                yield from _places_within(case, fact, f"{pointer}/{index}", item)


def _places_within(case: CaseBase, fact: str, pointer: str, item: Any) -> Iterator[Place]:
    """The places in an item of a list, its name apart."""
    for each in document_of(item):
        at = f"{pointer}/{each}"
        if each in _NAMES:
            continue
        kind, held = kind_at(type(case), at, case), held_at(case, at)
        if attrs.has(type(held)):
            yield from _places_within(case, fact, at, held)
        elif _may_stand_alone(kind):
            yield Place(fact, (at,), kind, held, own=False)


def _may_stand_alone(kind: Kind) -> bool:
    """Whether a place holds one value, or a selection of few."""
    return few_values(kind) is not None or scale_of(kind, None) is not None or kind.annotation is str


# What could stand there


def few_values(kind: Kind) -> tuple[Any, ...] | None:
    """All values of a type that has few, as they stand in JSON; for a list of such all selections, small ones first."""
    if kind.annotation is bool:
        return (True, False)
    if isinstance(kind.annotation, type) and issubclass(kind.annotation, Enum):
        return tuple(each.value for each in kind.annotation)
    if kind.item is None:
        return None
    items = few_values(Kind(kind.item))
    if items is None or len(items) > _FEW:
        return None
    return tuple(
        list(chosen) for chosen in chain.from_iterable(combinations(items, size) for size in range(len(items) + 1))
    )


def scale_of(kind: Kind, held: Any) -> Scale | None:
    """How the values of a type are counted, if they can be."""
    annotation = getattr(kind.annotation, "__supertype__", kind.annotation)
    if annotation is Instant:
        return INSTANTS
    if annotation is Decimal:
        return decimals(held)
    return WHOLE_NUMBERS if annotation is int else None


class Possibilities:
    """What could stand at the places of one subject, as far as it makes a difference."""

    def __init__(self, trials: Trials, subject: Subject, places: Sequence[Place]) -> None:
        self.trials = trials
        self.subject = subject
        self.places = places

    def moves(self, place: Place, sign: Sign) -> Iterator[Move]:
        """The moves at a place that make a difference: of numbers and instants the nearest, of selections the least."""
        now = sign(self.trials.ruling)
        if few_values(place.kind) is not None:
            yield from (
                self._selections(place, sign, now)
                if place.kind.item
                else self._differing(sign, now, self.others(place))
            )
        elif scale_of(place.kind, place.held) is not None:
            yield from self._turning(place, sign, now)
        else:
            yield from self._differing(sign, now, self.others(place))

    def others(self, place: Place, *, one_by_one: bool = False) -> Iterator[Move]:
        """Every move at a place whose values can be listed; of selections those alone that differ in one, if ``one_by_one``."""
        held = document_of(place.held)
        listed = few_values(place.kind)
        values = self.texts(place) if listed is None else listed
        if place.kind.item is None:
            return (place.move(value) for value in values if value != held)
        most = 1 if one_by_one else len(values)
        return (place.move(value) for value in values if 0 < len({*value} ^ {*(held or ())}) <= most or held is None)

    def _differing(self, sign: Sign, now: Hashable, moves: Iterable[Move]) -> Iterator[Move]:
        for move in moves:
            ruling = self.trials.subject_verdict(move)
            if ruling is not None and sign(ruling) != now:
                yield move

    def _selections(self, place: Place, sign: Sign, now: Hashable) -> Iterator[Move]:
        """Selections of which no part changed less would lead to the same."""
        held = frozenset(document_of(place.held) or ())
        found: dict[Hashable, list[frozenset[Any]]] = {}
        for move in sorted(self.others(place), key=lambda move: len(held.symmetric_difference(move[0][1]))):
            ruling = self.trials.subject_verdict(move)
            if ruling is None or sign(ruling) == now:
                continue
            change = held.symmetric_difference(move[0][1])
            least = found.setdefault(sign(ruling), [])
            if not any(each <= change for each in least):
                least.append(change)
                yield move

    # Numbers and instants

    def _turning(self, place: Place, sign: Sign, now: Hashable) -> Iterator[Move]:
        scale = scale_of(place.kind, place.held)
        assert scale is not None  # noqa: S101 - only places that have one come here
        nearest: dict[Hashable, tuple[int, int]] = {}
        along = self.along(place, sign)
        for position, stretch in enumerate(along):
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

    def along(self, place: Place, sign: Sign, beside: Move = ()) -> tuple[Stretch[Hashable], ...]:
        """What is found along the scale of a place; the values of another move stand ``beside``."""
        scale = scale_of(place.kind, place.held)
        assert scale is not None  # noqa: S101 - only places that have one come here

        def find(count: int) -> Hashable | None:
            value = scale.written(count)
            move = beside if value == document_of(place.held) else (*beside, *place.move(value))
            ruling = self.trials.subject_verdict(move)
            return None if ruling is None else sign(ruling)

        return stretches(self._points(place, scale), find)

    def _points(self, place: Place, scale: Scale) -> Iterator[int]:
        """Where to look: at the ends, at what stands there, and at what is compared with it."""
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
            yield from (scale.count(each.held) for each in self._alike(place))

    def _moments(self, place: Place) -> Iterator[int]:
        yield from (_LONG_AGO, self.subject.as_of - SECOND, self.subject.as_of, _FAR_OFF)
        if place.own:
            for moment in chain([self.subject.as_of], (each.held for each in self._alike(place)), self._edges(place)):
                yield from (moment, moment + SECOND)

    def _edges(self, place: Place) -> Iterator[int]:
        """Instants that lie as far away as a window has its edge, and the starts of those days and of the next."""
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

    def _alike(self, place: Place) -> Iterator[Place]:
        """Other places with values of the same type."""
        annotation = place.kind.annotation
        return (
            each
            for each in self.places
            if each is not place and each.kind.annotation == annotation and each.own and each.held is not None
        )

    # Texts

    def texts(self, place: Place) -> tuple[str, ...]:
        """What a name or a number could be: what stands where the like stands, what the policy tells apart, and another one."""
        like = place.name.rpartition("_")[2]
        known = (each.held for each in self.places if each.name.rpartition("_")[2] == like and type(each.held) is str)
        code = place.kind.limits.get("code")
        another = next(each for each in ANOTHER if code is None or code.fullmatch(each))
        told_apart = self._told_apart(place) if place.own and place.kind.may_be_unknown else ()
        return tuple(dict.fromkeys((*known, *told_apart, another)))

    def _told_apart(self, place: Place) -> Iterator[str]:
        """The values that the policy tells apart where a fact is not known."""
        unknown = applied(self.trials.case, [(place.pointers[0], None)])
        edition = self.trials.edition
        (subject,) = (each for each in edition.case_kind.subjects(unknown) if each.line_id == self.subject.line_id)
        facts = Facts(edition, subject)
        read_by = (each.__name__ for each in edition.facts if place.fact in edition.nodes[each.__name__].params)
        for name in (place.fact, *read_by):
            if type(facts[name]) is Open:
                yield from (each for each in facts[name].could_be if type(each) is str)
