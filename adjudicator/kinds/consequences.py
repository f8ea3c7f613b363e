"""What a policy about conduct declares: which acts are serious, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from attrs import evolve, field, frozen

from adjudicator.engine.clause import facts_behind, in_order
from adjudicator.engine.evaluation import Further
from adjudicator.engine.inspection import Function
from adjudicator.engine.policy import MOST_EDITIONS, Edition
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant

INCIDENT: Final = "{incident}"
"""Stands for the position of the incident in the pointers of a glossary."""


@frozen(kw_only=True, eq=False)
class Sanction:
    """A measure that may be taken if a function says so, and its amount, if it has one."""

    available: Function
    amount: Function | None = None


@frozen(kw_only=True, eq=False)
class Consequences:
    """What follows from conduct.

    ``serious`` are the bars that make an incident serious. ``outcome`` returns the outcome of the whole and ``time`` which occurrence it
    is. ``amounts`` are the steps of the ladder (``None`` for a step that is not taken), ``sanctions`` the possible measures.
    """

    serious: tuple[Function, ...]
    outcome: Function
    time: Function
    amounts: tuple[Function, ...]
    sanctions: tuple[Sanction, ...]

    def functions(self) -> Iterator[Function]:
        """The functions."""
        yield from (self.outcome, self.time, *self.amounts)
        yield from (sanction.available for sanction in self.sanctions)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the functions."""
        return tuple([function.__name__ for function in self.functions()])

    @property
    def decides_with(self) -> Function:
        """The function that returns the outcome."""
        return self.outcome

    def places(self) -> Iterator[tuple[str, Function]]:
        """The functions; there is no calculation."""
        return (("", function) for function in self.functions())

    @property
    def caps(self) -> tuple[Function, ...]:
        """Nothing is capped."""
        return ()

    @property
    def terms(self) -> Mapping[str, str]:
        """Nothing else."""
        return {}


# What is judged


class ConductCase(CaseBase):
    """A case about what somebody did: its ``incidents`` are the acts, each with an ``id``."""

    __slots__ = ()

    incidents: tuple[Any, ...]


@frozen
class SingleIncident:
    """One incident of a case, as a subject of clauses."""

    case: Any
    index: int
    closes_at: None = None
    incident: Any = field(init=False, eq=False, repr=False)
    """The incident."""

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "incident", self.case.incidents[self.index])

    @property
    def line_id(self) -> str:
        """Its id."""
        name: str = self.incident.id
        return name

    @property
    def positions(self) -> Mapping[str, int]:
        """No evidence is handed in for it."""
        return {}

    @property
    def as_of(self) -> Instant:
        """The moment of the decision."""
        moment: Instant = self.case.as_of
        return moment

    def places(self) -> Mapping[str, tuple[int, ...]]:
        """Where it stands in the case."""
        return {INCIDENT[1:-1]: (self.index,)}


@frozen
class FoundAct:
    """An incident in which something is found for certain, or may be found once more is known."""

    incident: Any
    index: int
    certain: bool


@frozen(eq=False)
class Parts:
    """An edition in parts: the clauses on an incident (all of them, the ordinary and the serious ones), and those on the whole.

    ``following`` is what else is evaluated to say what follows from the whole, and ``decisive`` are the names of all that is said of it.
    """

    acts: Edition
    ordinary: Edition
    serious: Edition
    whole: Edition
    following: Further
    decisive: frozenset[str]


@lru_cache(maxsize=MOST_EDITIONS)
def parts_of(edition: Edition) -> Parts:
    """The parts of an edition. Clauses of another part can still be asked for as facts."""
    of_the_acts = tuple(each for each in edition.remarks if _is_about_an_incident(edition, each))
    of_the_whole = tuple(each for each in edition.remarks if each not in of_the_acts)
    serious = tuple(each for each in edition.barred_by if each in consequences_of(edition).serious)
    ordinary = tuple(each for each in edition.barred_by if each not in serious)
    acts = _part(edition, barred_by=edition.barred_by, remarks=of_the_acts)
    whole = evolve(_part(edition, requires=edition.requires, remarks=of_the_whole), grants=edition.grants)
    said = consequences_of(edition).names
    return Parts(
        acts=acts,
        ordinary=_part(edition, barred_by=ordinary, remarks=of_the_acts),
        serious=_part(edition, barred_by=serious),
        whole=whole,
        following=_beyond_clauses(whole, said),
        decisive=frozenset((*[clause.name for clause in whole.clauses], *said)),
    )


def _beyond_clauses(edition: Edition, names: tuple[str, ...]) -> Further:
    """What is evaluated for these functions and not for the clauses."""
    nodes = [node for node in in_order(edition.nodes, names) if node.name not in edition.always]
    asked = dict.fromkeys(name for node in nodes for name in node.params if name not in edition.always)
    facts = edition.case_kind.glossary.facts
    return Further(tuple([facts[name] for name in asked if name in facts]), tuple(nodes))


def _part(
    edition: Edition,
    *,
    requires: tuple[Function, ...] = (),
    barred_by: tuple[Function, ...] = (),
    remarks: tuple[Function, ...] = (),
) -> Edition:
    others = (each for each in (*edition.requires, *edition.barred_by) if each not in (*requires, *barred_by))
    return evolve(
        edition, facts=(*edition.facts, *others), requires=requires, barred_by=barred_by, remarks=remarks, grants=None
    )


def _is_about_an_incident(edition: Edition, function: Function) -> bool:
    glossary = edition.case_kind.glossary
    behind = facts_behind(edition.nodes, function.__name__, glossary)
    return any(INCIDENT in pointer for name in behind for pointer in glossary.facts[name].pointers)


def consequences_of(edition: Edition) -> Consequences:
    """The consequences that an edition declares. Raises :class:`TypeError` if it declares none."""
    if not isinstance(edition.grants, Consequences):
        raise TypeError(f"{edition.policy} judges conduct, and does not say what follows from it")
    return edition.grants
