"""The facts that a policy reads and a case does not state, according to the governing edition."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for, governing
from adjudicator.model.facts import Open, Party
from adjudicator.model.time import Instant


def edition_of(policy: str, placed_at: Instant | None) -> Edition | None:
    """The edition of a policy that governs an order; ``None`` if it is unknown when the order was placed."""
    return governing(policy, placed_at) if placed_at is not None else None


def facts_read(edition: Edition | None) -> frozenset[str]:
    """The facts that the clauses of an edition read."""
    return frozenset(fact for clause in (edition.clauses if edition else ()) for fact in clause.reads)


def not_stated(case: Any) -> Iterator[tuple[str, str]]:
    """The pointer and the name of each fact that the policy reads and the case does not state."""
    edition = edition_for(case)
    for subject in edition.case_kind.subjects(case):
        clauses = edition.case_kind.part_for(edition, subject).clauses
        for name in dict.fromkeys(name for clause in clauses for name in clause.reads):
            fact = edition.case_kind.glossary.facts[name]
            if _unstated(fact.read(subject), fact.supplier):
                for pattern in fact.pointers:
                    yield from ((pointer, fact.name) for pointer in _filled_in(pattern, subject.places()))


def _unstated(value: Any, supplier: StrEnum | None) -> bool:
    """Whether a fact is unknown, in whole or in part. An empty list of the platform's findings is known."""
    if value == ():
        return supplier is not Party.PLATFORM
    return value is None or isinstance(value, Open) or (isinstance(value, tuple) and None in value)


def _filled_in(pattern: str, places: dict[str, tuple[int, ...]]) -> Iterator[str]:
    """The pointers of a pattern such as ``/order/lines/{line}/sku``; if there is no position, the list itself."""
    for name, positions in places.items():
        head, placeholder, tail = pattern.partition(f"{{{name}}}")
        if placeholder:
            yield from (f"{head}{position}{tail}" for position in positions)
            if not positions:
                yield head.rstrip("/")
            return
    yield pattern
