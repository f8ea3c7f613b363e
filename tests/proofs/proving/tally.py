"""Counts of what occurred in a comparison: they add up, and can be stored as JSON."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Final

from attrs import Factory, define

from adjudicator import Instant
from adjudicator.model.time import SECOND
from adjudicator.testing import Json
from adjudicator.testing.clause_coverage import sights_of
from proving.cases import NumberedCase
from proving.comparison import Comparison
from proving.occurrences import occurrences_in

OUTCOME: Final = "outcome "
SIGHT: Final = "sight "
OCCURRENCE: Final = "occurrence "


@define
class Tally:
    """The counts of one policy. A shape is an outcome with the effects that led to it, as a short digest."""

    figures: Counter[str] = Factory(Counter)
    shapes: set[str] = Factory(set)

    def add(self, case: NumberedCase, comparison: Comparison) -> None:
        """Count one case."""
        self.figures["cases"] += 1
        self.figures["agreed"] += not comparison.differences
        self.figures["invalid"] += case.broken is not None
        if comparison.decision is not None:
            self.figures.update(figures_of(case.document, comparison.decision))
            self.shapes.add(shape_of(comparison.decision))

    def merge(self, other: Tally) -> None:
        """Add the counts of another tally."""
        self.figures += other.figures
        self.shapes |= other.shapes

    def of(self, kind: str) -> dict[str, int]:
        """The counts of a kind (:data:`OUTCOME`, :data:`SIGHT` or :data:`OCCURRENCE`), by the rest of their names."""
        return {name.removeprefix(kind): count for name, count in self.figures.items() if name.startswith(kind)}

    def document(self) -> Json:
        """The counts as JSON."""
        return {
            "figures": {name: count for name, count in sorted(self.figures.items()) if count},
            "shapes": sorted(self.shapes),
        }

    @classmethod
    def recorded(cls, document: Json) -> Tally:
        """Load the counts from a record."""
        return cls(Counter(document["figures"]), set(document["shapes"]))


def figures_of(document: Json, decision: Json) -> Counter[str]:
    """The names of the counts that one decided case increases."""
    found = Counter(f"{SIGHT}{clause} {sight}" for clause, sight in sights_of(decision))
    found.update(f"{OCCURRENCE}{name}" for name in occurrences_in(document))
    found[OUTCOME + decision["outcome"]] = 1
    found["decided"] = 1
    found["on an edge"] = is_on_an_edge(document, decision)
    found["something unknown"] = any(
        fact["value"] is None for finding in decision["findings"] for fact in finding["facts"]
    )
    for name in ("findings", "awards", "requests"):
        found[name] = len(decision.get(name, ()))
    return found


def is_on_an_edge(document: Json, decision: Json) -> bool:
    """Whether a second more or less could change the case: near the end of a window, or of the time for evidence."""
    return any(abs(distance) <= 1 for distance in distances(document, decision))


def distances(document: Json, decision: Json) -> Iterator[int]:
    """Whole seconds to the nearby edges."""
    yield from (finding["margin"]["value"] for finding in decision["findings"] if finding["margin"] is not None)
    closes_at = document.get("claim", {}).get("evidence_closes_at")
    if closes_at is not None:
        yield (Instant.parse(closes_at) - Instant.parse(document["as_of"])) // SECOND


def shape_of(decision: Json) -> str:
    """A digest of the outcome and of every effect."""
    effects = ",".join(f"{each['clause']}:{each['effect']}" for each in decision["findings"])
    return hashlib.blake2b(f"{decision['outcome']} {effects}".encode(), digest_size=6).hexdigest()
