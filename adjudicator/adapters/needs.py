"""What a guarantee reads and a case does not tell, by the guarantee's own edition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adjudicator.engine.registry import edition_for, governing
from adjudicator.kinds.claim import claimed_lines
from adjudicator.model.case import Case
from adjudicator.model.facts import Open, Party
from adjudicator.model.time import Instant


def facts_read(policy: str, placed_at: Instant | None) -> frozenset[str]:
    """The facts of the case that the clauses of a policy rest on, under the edition that governs an order."""
    edition = governing(policy, placed_at) if placed_at is not None else None
    return frozenset(fact for clause in (edition.clauses if edition else ()) for fact in clause.reads)


def not_told(case: Case) -> Iterator[tuple[str, str]]:
    """Each fact that the policy reads and the case does not tell: where it would stand, and what it is."""
    edition = edition_for(case)
    names = dict.fromkeys(fact for clause in edition.clauses for fact in clause.reads)
    for at in claimed_lines(case):
        for fact in (edition.case_kind.glossary.facts[name] for name in names):
            if _untold(fact.read(at), fact.supplier):
                for pointer in fact.pointers:
                    yield from ((field, fact.name) for field in _placed(pointer, at.places()))


def _untold(value: Any, supplier: Party | None) -> bool:
    """Whether a fact's value says nothing. That the platform has found nothing is not something untold."""
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
