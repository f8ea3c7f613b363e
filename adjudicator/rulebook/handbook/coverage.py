"""Sightings: how often a test run saw each clause with each effect.

The tests write them as a JSON object: for each edition, named ``policy@edition``, and each of its clauses, how often the clause
supported a claim, defeated it, was undecided, and was decisive, that is, the only clause that prevented a grant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from adjudicator.engine.policy import Edition
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.json_names import pointer_step
from adjudicator.wire.parser import parsed

SIGHTS: Final = ("supports", "defeats", "undecided", "decisive")

Coverage: TypeAlias = Mapping[str, Mapping[str, Mapping[str, int]]]
"""Counts by edition, clause and side."""


def load_sightings(text: str | bytes) -> Coverage:
    """Parse the sightings of a test run. Raises :class:`~adjudicator.model.errors.InputError` with every fault."""
    document, faults = parsed(text)
    if faults := [*faults, *_faults_in(document)]:
        raise InputError(faults)
    sightings: Any = document
    found: Coverage = sightings
    return found


def key_of(edition: Edition) -> str:
    """The key of an edition in the sightings."""
    return f"{edition.policy}@{edition.name}"


def _faults_in(document: object) -> Iterator[Fault]:
    if not isinstance(document, dict):
        yield Fault("", shown(document), "an object with the clauses of each edition")
        return
    for edition, clauses in document.items():
        if not isinstance(clauses, dict):
            yield Fault(f"/{pointer_step(edition)}", shown(clauses), "an object with what was seen of each clause")
            continue
        for clause, counts in clauses.items():
            if not _are_counts(counts):
                expected = f"an object with the numbers {', '.join(SIGHTS)}"
                yield Fault(f"/{pointer_step(edition)}/{pointer_step(clause)}", shown(counts), expected)


def _are_counts(counts: object) -> bool:
    return (
        isinstance(counts, dict)
        and counts.keys() == {*SIGHTS}
        and all(type(count) is int and count >= 0 for count in counts.values())
    )
