"""Everything that is generated for an edition, as Python to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from adjudicator.engine.findings import findings_source
from adjudicator.engine.moment_plan import moment_source
from adjudicator.engine.plan import clause_source, remarks_source
from adjudicator.engine.policy import Edition
from adjudicator.model.source import Source


@runtime_checkable
class Planned(Protocol):
    """What an edition grants, if plans calculate it."""

    def plans(self, edition: Edition) -> Iterator[Source]:
        """Their sources."""


def plan_text(edition: Edition) -> Iterator[str]:
    """The plans of an edition: for its clauses, for what it grants and its remarks if it has any, for a later moment, and for its findings."""
    granted = edition.grants.plans(edition) if isinstance(edition.grants, Planned) else ()
    remarks = [remarks_source(edition)] if edition.remarks else []
    for source in (clause_source(edition), *granted, *remarks, moment_source(edition), findings_source(edition)):
        yield f"# {source.title}\n{source.text}"
