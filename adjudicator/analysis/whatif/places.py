"""Places: where in a case the facts stand that an outcome depends on, and which values a place can hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from itertools import chain, combinations
from typing import Any, Final, TypeAlias

import attrs
from attrs import field, frozen

from adjudicator.analysis.edits import Put
from adjudicator.analysis.whatif.bisect import INSTANTS, WHOLE_NUMBERS, Scale, decimals
from adjudicator.engine.clause import facts_behind
from adjudicator.engine.judgement import Subject
from adjudicator.engine.policy import MOST_EDITIONS, Edition
from adjudicator.model.facts import Fact
from adjudicator.model.fields import fields_by_wire_name
from adjudicator.model.time import Instant
from adjudicator.wire.pointer import Kind, kind_at, place_at

Move: TypeAlias = tuple[Put, ...]
"""Values put into a case together."""

_IDENTIFIERS: Final = ("id", "kind", "line_id")
"""Fields that only identify something."""
_FEW: Final = 5
"""The most options for which every selection is tried."""


@frozen(eq=False)
class Place:
    """The place of a fact: one pointer, or several unknown ones that are filled together.

    ``held`` is the current value, ``None`` if unknown. The glossary names ``own`` places directly; others lie within a list item.
    ``last_word`` is that of the name of the field.
    """

    fact: str
    pointers: tuple[str, ...]
    kind: Kind
    held: Any
    own: bool
    last_word: str = field(init=False)

    @last_word.default
    def _last_word_of(self) -> str:
        return self.pointers[0].rpartition("/")[2].rpartition("_")[2]

    def move(self, value: Any) -> Move:
        """The move that puts a JSON value there."""
        return tuple([(pointer, value) for pointer in self.pointers])


def facts_that_decide(edition: Edition, subject: Subject) -> tuple[str, ...]:
    """The facts that an outcome can depend on: those behind the clauses, and those behind the grants."""
    part = edition.case_kind.part_for(edition, subject)
    granting = part.grants.decides_with.__name__ if part.grants else ""
    behind_grants = facts_behind(part.nodes, granting, edition.case_kind.glossary)
    return tuple(dict.fromkeys((*(name for clause in part.clauses for name in clause.reads), *behind_grants)))


def places_of(edition: Edition, subject: Subject, facts: Iterable[str]) -> tuple[Place, ...]:
    """The places of these facts, except those that nobody supplies, such as the time of the decision."""
    glossary, positions = edition.case_kind.glossary.facts, subject.places()
    fixed = _fixed_in(edition)
    places: dict[tuple[str, ...], Place] = {}
    for name in facts:
        fact = glossary[name]
        if fact.supplier is not None:
            pointers = [
                pointer
                for pointer in fact.where(positions)
                if pointer not in fixed and pointer.rpartition("/")[2] not in _IDENTIFIERS
            ]
            for place in _places_of_fact(subject, fact, pointers):
                places.setdefault(place.pointers, place)
    return tuple(places.values())


@lru_cache(maxsize=MOST_EDITIONS)
def _fixed_in(edition: Edition) -> frozenset[str]:
    """The pointers of the facts that nobody supplies."""
    facts = edition.case_kind.glossary.facts.values()
    return frozenset(pointer for fact in facts if fact.supplier is None for pointer in fact.pointers)


def _places_of_fact(subject: Subject, fact: Fact, pointers: Sequence[str]) -> Iterator[Place]:
    """The unknown pointers as one place, each known value as one, and the fields of the list items that the fact holds."""
    case = subject.case
    found = [(pointer, *place_at(case, pointer)) for pointer in pointers]
    unknown = [(pointer, kind) for pointer, kind, held in found if held is None and _is_single_value(kind)]
    if unknown:
        yield Place(fact.name, tuple([pointer for pointer, _ in unknown]), unknown[0][1], None, own=True)
    for pointer, kind, held in found:
        if held is not None and _is_single_value(kind):
            yield Place(fact.name, (pointer,), kind, held, own=True)
    for pointer, kind, held in found:
        if held and not _is_single_value(kind):
            value = fact.read(subject)
            for index, item in enumerate(held):
                if attrs.has(type(item)) and isinstance(value, tuple) and any(item is each for each in value):
                    yield from _places_within(fact.name, f"{pointer}/{index}", item)


def _places_within(fact: str, pointer: str, item: Any) -> Iterator[Place]:
    """The places in a list item, except its identifiers."""
    of: Any = type(item)
    for name, attribute, kind in _fields_of(of):
        held = getattr(item, attribute)
        if attrs.has(type(held)):
            yield from _places_within(fact, f"{pointer}/{name}", held)
        elif _is_single_value(kind):
            yield Place(fact, (f"{pointer}/{name}",), kind, held, own=False)


@cache
def _fields_of(of: Any) -> tuple[tuple[str, str, Kind], ...]:
    """The fields of a class of list items, except its identifiers: their names in JSON and in Python, and what they can hold."""
    return tuple(
        (name, each.name, kind_at(of, f"/{name}"))
        for name, each in fields_by_wire_name(of).items()
        if name not in _IDENTIFIERS
    )


def _is_single_value(kind: Kind) -> bool:
    """Whether a type holds one value, or a selection from a few."""
    return kind.annotation is str or scale_of(kind, None) is not None or _few(kind.annotation) is not None


def few_values(kind: Kind) -> tuple[Any, ...] | None:
    """All JSON values of a type that has few; for a list, all selections, smallest first. ``None`` for other types."""
    values = _few(kind.annotation)
    return tuple(map(list, values)) if values and kind.item is not None else values


@cache
def _few(annotation: Any) -> tuple[Any, ...] | None:
    """The same, with each selection as a tuple."""
    if annotation is bool:
        return (True, False)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(member.value for member in annotation)
    item = Kind(annotation).item
    items = None if item is None else _few(item)
    if items is None or len(items) > _FEW:
        return None
    return tuple(chain.from_iterable(combinations(items, size) for size in range(len(items) + 1)))


def scale_of(kind: Kind, held: Any) -> Scale | None:
    """The scale of a type whose values can be counted; ``None`` for other types."""
    annotation = getattr(kind.annotation, "__supertype__", kind.annotation)
    if annotation is Instant:
        return INSTANTS
    if annotation is Decimal:
        return decimals(held)
    return WHOLE_NUMBERS if annotation is int else None
