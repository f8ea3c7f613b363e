"""Effects: what the answer of a clause does to what is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from adjudicator.engine.branches import Branches
from adjudicator.engine.clause import Clause, PolicyError
from adjudicator.engine.inspection import location
from adjudicator.model.facts import Disputed, Failed, Holds, NotCovered, Open, Repairable
from adjudicator.model.finding import Effect

_EFFECTS: Final[Mapping[type, Effect]] = {
    Failed: Effect.DEFEATS,
    Repairable: Effect.DEFEATS,
    Open: Effect.UNDECIDED,
    Disputed: Effect.UNDECIDED,
    NotCovered: Effect.UNDECIDED,
}


def effect_of(clause: Clause, kind: bool | type) -> Effect:
    """The effect of an answer that is plain, or of one of a type. Raises :class:`PolicyError` for a type that is no answer."""
    if isinstance(kind, bool):
        return clause.effects[kind]
    if kind is Holds:
        return clause.effects[True]
    if kind not in _EFFECTS:
        where = location(clause.node.function)
        raise PolicyError(f"the clause {where} returned a {kind.__name__}, which is no answer; a clause returns bool")
    return _EFFECTS[kind]


def surely_differ(clause: Clause, one: Any, other: Any) -> bool:
    """Whether two answers of a clause have another effect, or only one can be repaired. In doubt, they do not."""
    kinds = [each if isinstance(each, bool) else type(each) for each in (one, other)]
    if Branches in kinds:
        return False
    return (Repairable in kinds and kinds[0] is not kinds[1]) or effect_of(clause, kinds[0]) is not effect_of(
        clause, kinds[1]
    )
