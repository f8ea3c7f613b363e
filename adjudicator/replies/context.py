"""What a clause of a reply is read with."""

from __future__ import annotations

from attrs import frozen

from adjudicator.analysis.promises.results import Promise
from adjudicator.model.award import AwardKind
from adjudicator.model.time import Instant
from adjudicator.replies.naming import LinesNamed


@frozen
class Context:
    """What a clause is read with: where lines are named, the currency, the moment of the reply, and what was spoken of before.

    ``before`` is the last promise of the clause before.
    """

    lines: LinesNamed
    currency: str
    now: Instant
    kinds_above: tuple[AwardKind, ...] = ()
    lines_above: tuple[str, ...] = ()
    total_above: bool = False
    before: Promise | None = None
