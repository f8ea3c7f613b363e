"""What a policy reads and a case does not state, by the policy's own edition."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for, governing
from adjudicator.model.facts import Open, Party
from adjudicator.model.time import Instant


def edition_of(policy: str, placed_at: Instant | None) -> Edition | None:
    """The edition of a policy that governs an order, if it is known when the order was placed."""
    return governing(policy, placed_at) if placed_at is not None else None


def facts_read(edition: Edition | None) -> frozenset[str]:
    """The facts of the case that the clauses of an edition rest on."""
    return frozenset(fact for clause in (edition.clauses if edition else ()) for fact in clause.reads)


def not_stated(case: Any) -> Iterator[tuple[str, str]]:
    """Each fact that the policy reads and the case does not state: where it would stand, and what it is called."""
    edition = edition_for(case)
    for at in edition.case_kind.subjects(case):
        names = dict.fromkeys(
            fact for clause in edition.case_kind.part_for(edition, at).clauses for fact in clause.reads
        )
        for fact in (edition.case_kind.glossary.facts[name] for name in names):
            if _unstated(fact.read(at), fact.supplier):
                for pointer in fact.pointers:
                    yield from ((field, fact.name) for field in _placed(pointer, at.places()))


def _unstated(value: Any, supplier: StrEnum | None) -> bool:
    """Whether a fact's value says nothing. That the platform has found nothing is not unstated."""
    if value == ():
        return supplier is not Party.PLATFORM
    return value is None or isinstance(value, Open) or (isinstance(value, tuple) and None in value)


def _placed(pointer: str, places: dict[str, tuple[int, ...]]) -> Iterator[str]:
    """A pointer with the positions filled in; without any, the list that would hold it."""
    for name, positions in places.items():
        head, found, tail = pointer.partition(f"{{{name}}}")
        if found:
            yield from (f"{head}{position}{tail}" for position in positions)
            if not positions:
                yield head.rstrip("/")
            return
    yield pointer
