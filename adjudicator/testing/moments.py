"""Find the instants at which time alone could change a decision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from adjudicator.model.decision import Decision
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import DAY, HOUR, RFC3339, Instant
from adjudicator.wire.codec import case_document

A_YEAR: Final = 366 * DAY


# Cases of every kind


def moments_to_try(case: CaseBase, decision: Decision) -> Iterator[Instant]:
    """Instants after ``as_of`` at which nothing should have changed yet."""
    as_of, announced = case.as_of, decision.reconsider_at
    end = Instant(as_of + 30 * A_YEAR) if announced is None else Instant(announced - 1)
    spread = {Instant(as_of + (end - as_of) * part // 64) for part in (0, 1, 7, 64)}
    stated = {*_instants_in(case_document(case)), *(each.ends_at for each in decision.deadlines)}
    near = {Instant(each + step) for each in stated for step in (-1, 0, 1)}
    day = (as_of + 8 * HOUR) // DAY
    midnights = {Instant((day + days) * DAY - 8 * HOUR) for days in (1, 2, 3, 4, 10, 11, 45, 46, 90, 91, 365, 366)}
    yield from sorted(each for each in spread | near | midnights | {Instant(as_of + 1)} if as_of < each <= end)


def _instants_in(document: Any) -> Iterator[Instant]:
    """Every instant in a document."""
    if isinstance(document, dict):
        document = list(document.values())
    if isinstance(document, list):
        for each in document:
            yield from _instants_in(each)
    elif isinstance(document, str) and RFC3339.fullmatch(document):
        yield Instant.parse(document)
