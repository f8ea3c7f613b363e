"""Standing: what follows for a subject from the answers of all clauses."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from itertools import compress
from typing import Final

from attrs import frozen

from adjudicator.engine.effects import effect_of
from adjudicator.engine.policy import Edition
from adjudicator.model.facts import Open, Repairable
from adjudicator.model.finding import Effect, Role

MOST_STANDINGS: Final = 16_384
"""The number of combinations of answers whose effects and standing are kept."""


class Standing(Enum):
    """The result for a subject after all clauses."""

    GRANTED = "granted"
    REFUSED = "refused"
    WAITING = "waiting"
    FOR_A_PERSON = "for a person"


@frozen
class Following:
    """What follows from answers: their kinds, the effects, the standing, and whether a bar applies."""

    kinds: tuple[bool | type, ...]
    effects: tuple[Effect, ...]
    standing: Standing
    barred: bool


@lru_cache(maxsize=MOST_STANDINGS)
def following(edition: Edition, kinds: tuple[bool | type, ...], closed: bool) -> Following:
    """What follows from answers of these kinds."""
    effects = tuple(map(effect_of, edition.clauses, kinds))
    barred = any(
        clause.role is Role.BAR and effect is Effect.DEFEATS
        for clause, effect in zip(edition.clauses, effects, strict=True)
    )
    return Following(kinds, effects, _standing(effects, kinds, closed), barred)


def _standing(effects: tuple[Effect, ...], kinds: tuple[bool | type, ...], closed: bool) -> Standing:
    defeating = compress(kinds, [effect is Effect.DEFEATS for effect in effects])
    if any(kind is not Repairable for kind in defeating):
        return Standing.REFUSED
    if Repairable in kinds or (Open in kinds and not closed):
        return Standing.WAITING
    return Standing.FOR_A_PERSON if Effect.UNDECIDED in effects else Standing.GRANTED
