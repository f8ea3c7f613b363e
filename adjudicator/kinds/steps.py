"""Steps of a process: their declaration, and which of them lead from one stage to another."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache, cached_property
from typing import Any, Final, TypedDict

from attrs import field, frozen

from adjudicator.engine.clause import PolicyError
from adjudicator.engine.inspection import Function
from adjudicator.model.facts import Ask, Need

HISTORY: Final = "/history"
NEXT_EVENT: Final = f"{HISTORY}/-"
NO_STEPS: Final = frozenset[str]()


@frozen
class Counts:
    """The true-or-false field that decides whether an event counts, and the need to ask for if it is unknown."""

    field: str
    need: Need


@frozen(kw_only=True, eq=False)
class Step:
    """A step of a process: who takes it, at which stages, under which clauses, and to which stage it leads.

    Without ``then`` the process stays at its stage. An event that does not ``count`` changes nothing.
    """

    name: StrEnum
    by: tuple[StrEnum, ...]
    at: tuple[StrEnum, ...]
    then: StrEnum | None = None
    requires: tuple[Function, ...] = ()
    barred_by: tuple[Function, ...] = ()
    counts: Counts | None = None

    @cached_property
    def id(self) -> str:
        """Its name as plain text."""
        return self.name.value

    @cached_property
    def takers(self) -> tuple[str, ...]:
        """The names of the parties that take it, the first of which is asked for it."""
        return tuple([each.value for each in self.by])

    @cached_property
    def ask(self) -> Ask:
        """The ask for the step: an event at the end of the history, at any instant."""
        event: dict[str, tuple[Any, ...]] = {f"{NEXT_EVENT}/step": (self.name,), f"{NEXT_EVENT}/happened_at": ()}
        counting = {f"{NEXT_EVENT}/{self.counts.field}": (True,)} if self.counts else {}
        return Ask(Need(self.id, self.by[0]), (event | counting,))

    def leads_to(self, stage: StrEnum) -> StrEnum:
        """The stage after it."""
        return stage if self.then is None else self.then


class StepClauses(TypedDict):
    """The arguments of an edition that come from its steps."""

    requires: tuple[Function, ...]
    barred_by: tuple[Function, ...]
    clauses_by_question: Mapping[Any, tuple[Function, ...]]


def clauses_of(steps: Iterable[Step]) -> StepClauses:
    """The clauses of some steps for their edition: ``Edition(..., **clauses_of(STEPS))``."""
    declared = tuple(steps)
    return {
        "requires": tuple(dict.fromkeys(clause for each in declared for clause in each.requires)),
        "barred_by": tuple(dict.fromkeys(clause for each in declared for clause in each.barred_by)),
        "clauses_by_question": {each.name: (*each.requires, *each.barred_by) for each in declared},
    }


@frozen(eq=False)
class Process:
    """The steps of a process in the order of the rule, and the stage at which it begins.

    Raises :class:`~adjudicator.engine.clause.PolicyError` for a step that is listed twice, that nobody takes, or that can never be next.
    """

    begins_at: StrEnum
    steps: tuple[Step, ...]
    positions: Mapping[str, int] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "positions", {each.name: index for index, each in enumerate(self.steps)})
        for index, each in enumerate(self.steps):
            if self.positions[each.name] != index:
                raise PolicyError(f"two steps are called {each.name}")
            if not each.by:
                raise PolicyError(f"nobody takes the step {each.name}")
            if self.begins_at not in each.at and self.first_step_towards(self.begins_at, each) is None:
                raise PolicyError(f"no steps lead from {self.begins_at} to the turn of {each.name}")

    def __getitem__(self, name: str) -> Step:
        return self.steps[self.positions[name]]

    def places_next_at(self, stage: StrEnum) -> tuple[int, ...]:
        """The positions of the steps that are next at a stage."""
        return _places_next_at(self, stage)

    def steps_towards(self, goal: Step) -> tuple[Step, ...]:
        """Every step from which others lead to one at which ``goal`` is taken."""
        return tuple([each for each in self.steps if any(self._leads_to(goal, each.leads_to(at)) for at in each.at)])

    def _leads_to(self, goal: Step, stage: StrEnum) -> bool:
        return stage in goal.at or self.first_step_towards(stage, goal) is not None

    def first_step_towards(self, stage: StrEnum, goal: Step, closed: frozenset[str] = NO_STEPS) -> Step | None:
        """The first step on the shortest way from a stage to one at which ``goal`` is taken; it is none of ``closed``."""
        return _first_step_towards(self, stage, goal, closed)


@cache
def _places_next_at(process: Process, stage: StrEnum) -> tuple[int, ...]:
    return tuple([place for place, each in enumerate(process.steps) if stage in each.at])


@cache
def _first_step_towards(process: Process, stage: StrEnum, goal: Step, closed: frozenset[str]) -> Step | None:
    first: dict[StrEnum, Step | None] = {stage: None}
    reached = deque([stage])
    while reached:
        at = reached.popleft()
        if at in goal.at:
            return first[at]
        for each in process.steps:
            then = each.leads_to(at)
            if at in each.at and then not in first and not (at is stage and each.name in closed):
                first[then] = first[at] or each
                reached.append(then)
    return None
